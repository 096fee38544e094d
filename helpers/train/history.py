r"""What a training run leaves behind: its curves by name."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

STEPS = "loss", "lr", "grad_norm"  # what every step records


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """The curves of one run; printed as a table.

    Attributes
    ----------
    loss : ndarray (S,)
        The loss of each step's batch: loss[k] is that of the parameters after k steps.
    lr : ndarray (S,)
        The learning rate of each step; that of the first group where there are several.
    grad_norm : ndarray (S,)
        The norm of all gradients together, before clipping.
    measured_at : ndarray (E + 1,), int64
        How many steps had been taken when the model was measured: 0 first, then the end of each epoch.
    measures : dict of str to ndarray (E + 1,)
        What was measured then: 'validation loss', 'validation accuracy'.
    settings : dict of str to object
        Seed, epochs, batch size and more; None for what was left out.
    interrupted : bool
        Whether the run was stopped from outside.
    diverged : str
        After how many steps and why the run could not go on; '' where it could.
    seconds : float
        How long the run took: the one value that differs each time. It is not printed.
    """

    loss: np.ndarray
    lr: np.ndarray
    grad_norm: np.ndarray
    measured_at: np.ndarray
    measures: dict
    settings: dict
    interrupted: bool = False
    diverged: str = ""
    seconds: float = 0.0

    def curve(self, name):
        """The steps taken and the values of 'loss', 'lr', 'grad_norm' or a measure: `ax.plot(*history.curve(name))`."""
        if name in STEPS:
            return np.arange(len(self.loss)), getattr(self, name)
        if name in self.measures:
            return self.measured_at, self.measures[name]
        raise ValueError(f"History: name must be one of {(*STEPS, *self.measures)}, got {name!r}")

    @property
    def epoch_loss(self):
        """The mean of `loss` over each epoch's steps, (E,)."""
        return np.array([steps.mean() for steps in np.split(self.loss, self.measured_at[1:])[:-1]])

    def __repr__(self):
        settings = ", ".join(f"{name}={value}" for name, value in self.settings.items() if value is not None)
        lines = [f"History of {len(self.loss)} steps ({settings})"]
        columns = {
            "epoch": range(len(self.measured_at)),
            "steps": self.measured_at,
            "lr": ["", *self.lr[self.measured_at[1:] - 1]],
            "loss": ["", *self.epoch_loss],
            **self.measures,
        }
        last = len(self.measured_at) - 1
        shown = sorted({last * part // 6 for part in range(7)}) if last >= 0 else []
        lines += table({name: [values[row] for row in shown] for name, values in columns.items()})
        return "\n".join(lines + self.ending())

    def ending(self):
        """A line that says why the run ended before its last epoch, if it did."""
        diverged = [f"diverged {self.diverged}"] if self.diverged else []
        return diverged + ["interrupted"] * self.interrupted


def table(columns):
    """Lines of a table, each column as wide as its widest entry."""
    written = [[name, *map(_written, values)] for name, values in columns.items()]
    widths = [max(map(len, column)) for column in written]
    return ["  ".join(map(str.rjust, row, widths)).rstrip() for row in zip(*written, strict=True)]


def _written(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class Log:
    """The history of a run that is still going on: lists that grow; a Checkpoint can set them back."""

    def __init__(self):
        self.steps, self.epochs = [], []
        self.interrupted, self.diverged, self.start = False, "", perf_counter()

    def stepped(self, loss, lr, grad_norm):
        """Note a step."""
        self.steps.append((float(loss), float(lr), float(grad_norm)))

    def measured(self, measures):
        """Note what was measured after the steps so far."""
        self.epochs.append((len(self.steps), measures))

    def last_loss(self, steps):
        """The first of the last measures, a loss; where there is none, the mean loss of the last steps."""
        measures = self.epochs[-1][1]
        return next(iter(measures.values()), np.mean([loss for loss, _, _ in self.steps[-steps:]]))

    def state_dict(self):
        """How many steps have been noted."""
        return {"steps": len(self.steps)}

    def load_state_dict(self, state):
        """Forget the steps noted since; what is measured is measured between steps."""
        del self.steps[state["steps"] :]

    def history(self, settings):
        """All that was noted, as arrays."""
        columns = np.array(self.steps).reshape(-1, len(STEPS)).T
        measured_at = np.array([steps for steps, _ in self.epochs], np.int64)
        names = self.epochs[0][1] if self.epochs else ()
        measures = {name: np.array([measures[name] for _, measures in self.epochs]) for name in names}
        seconds = perf_counter() - self.start
        return History(*columns, measured_at, measures, settings, self.interrupted, self.diverged, seconds)
