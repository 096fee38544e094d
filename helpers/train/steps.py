r"""What the loop is made of: batches, schedules, and the last whole step to go back to."""

from contextlib import contextmanager

import numpy as np

from helpers.optim.lr_scheduler import ReduceLROnPlateau

from .arguments import batch


def batches(data, batch_size, rng):
    """Yield batches without end: drawn by a function, or all samples in one random order after another."""
    while callable(data):
        yield batch("fit", "a batch", data(rng))
    while batch_size is None:
        yield data
    while True:
        order = rng.permutation(len(data[0]))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            yield tuple(array[chosen] for array in data)


def advance(scheduler, loss):
    """Step a schedule, if there is one; one that listens to the loss is told it."""
    if isinstance(scheduler, ReduceLROnPlateau):
        scheduler.step(loss)
    elif scheduler is not None:
        scheduler.step()


def must_be_finite(name, value):
    """Stop a run that diverges."""
    if not np.isfinite(value):
        raise FloatingPointError(f"the {name} is {value}")


@contextmanager
def training(model):
    """Switch a model to training for a while; each layer gets its own mode back."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield model.train()
    finally:
        for module, before in modes:
            module.training = before


class Checkpoint:
    """The states of several objects, None left out, after the last whole step."""

    def __init__(self, *parts):
        self.parts = [part for part in parts if part is not None]
        self.keep()

    def keep(self):
        """Copy all states. An interrupt on the way leaves the copies that were there."""
        self.states = [part.state_dict() for part in self.parts]

    def restore(self):
        """Give every object back the state that was kept last."""
        for part, state in zip(self.parts, self.states, strict=True):
            part.load_state_dict(state)
