r"""What the loop is made of: batches, schedules, and the last whole step to go back to."""

from inspect import signature

import numpy as np

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


def advance(scheduler, metric):
    """Step a scheduler, if there is one, as torch does: one that follows a metric is given it."""
    if scheduler is not None:
        follows = "metrics" in signature(scheduler.step).parameters
        scheduler.step(*[metric] * follows)


def must_be_finite(name, value):
    """Stop a run that diverges."""
    if not np.isfinite(value):
        raise FloatingPointError(f"the {name} is {value}")


class Checkpoint:
    """The states of several objects after the last whole step; those without a `state_dict` are left out."""

    def __init__(self, *parts):
        self.parts = [part for part in parts if hasattr(part, "state_dict")]
        self.keep()

    def keep(self):
        """Copy all states. An interrupt on the way leaves the copies that were there."""
        self.states = [part.state_dict() for part in self.parts]

    def restore(self):
        """Give every object back the state that was kept last."""
        for part, state in zip(self.parts, self.states, strict=True):
            part.load_state_dict(state)
