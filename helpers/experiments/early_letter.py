r"""A letter near the start decides: which poolings let a plain RNN learn it, over growing length and several seeds."""

from typing import NamedTuple

import numpy as np

from helpers import checks, data, nn, optim
from helpers.train import accuracy, fit

from .languages import new_pool

KINDS = "last", "mean", "max", "attention"  # of pooling
TASKS = "one", "first of two", "same"
LENGTHS = 10, 25, 50
SEEDS = range(5)
MARKS, NOISE, STATE = 2, 6, 16  # letters that count, letters that do not, size of a state
BATCH, STEPS, EPOCHS = 32, 50, 10
SOLVED = 0.95


def examples(task, n, length, rng):
    """Draw N sequences of letters, (N, T, 8) one-hot, and their labels 0 or 1, (N,).

    All letters are noise but two, which are A or B: one a fifth of the way from the start, one a fifth from the end.
    In the task 'one' there is the early one alone, and the label says which it is. In 'first of two' the label says
    the same, so the late one has to be told from it. In 'same' it says whether both are the same.
    """
    checks.choice("early_letter", "task", task, TASKS)
    rng = np.random.default_rng(rng)
    letters = rng.integers(MARKS, MARKS + NOISE, (n, length))
    early, late = rng.integers(0, MARKS, (2, n))
    letters[:, length // 5] = early
    if task != "one":
        letters[:, -1 - length // 5] = late
    labels = (early == late).astype(int) if task == "same" else early
    return data.one_hot(letters, MARKS + NOISE), labels


def new_model(kind, seed):
    """An untrained RNN of 16 units, the pooling, a linear head."""
    rng = np.random.default_rng(seed)
    net = nn.RNN(MARKS + NOISE, STATE, batch_first=True, rng=rng)
    return nn.SequenceModel(net, nn.Linear(STATE, 2, rng=rng), new_pool(kind, STATE, rng))


def run(task, kind, length, seed, epochs=EPOCHS):
    """Train one net on freshly drawn sequences; return the History, measured on the same 500 sequences each time."""
    model = new_model(kind, seed)
    return fit(
        model,
        lambda rng: examples(task, BATCH, length, rng),
        nn.CrossEntropyLoss(),
        optim.Adam(model.parameters(), lr=0.01),
        epochs=epochs,
        steps_per_epoch=STEPS,
        max_norm=1.0,
        validation=examples(task, 500, length, 1000),
        metrics={"accuracy": accuracy},
        seed=seed,
    )


class Race(NamedTuple):
    """The stored runs: `accuracy` at the end, (3 tasks, 4 kinds, 3 lengths, 5 seeds), and how many were `solved`."""

    accuracy: np.ndarray

    @property
    def solved(self):
        """Seeds that ended above `SOLVED`, (tasks, kinds, lengths)."""
        return (self.accuracy > SOLVED).sum(axis=-1)


def stored_race():
    """The runs of all tasks, kinds, lengths and seeds, as scripts/train_records.py has made them."""
    return Race(data.stored("early_letter.npz")["accuracy"])
