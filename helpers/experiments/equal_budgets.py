r"""RNN, LSTM and GRU with equally many parameters on three tasks: adding, copying, and the next letter of real text."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim
from helpers.complexity import widest
from helpers.train import fit

NETS = "RNN", "LSTM", "GRU"
SEEDS = range(5)
BATCH, STEPS = 32, 100  # steps in an epoch


class Task(NamedTuple):
    """What the nets are given: sizes of input and output, length of a sequence, most parameters, epochs of `STEPS`."""

    inputs: int
    outputs: int
    length: int
    budget: int
    epochs: int


DELAY, ROW, KINDS = 15, 3, 4  # of copying
LETTERS = "abcdefghijklmnopqrstuvwxyz ,-."
TASKS = {
    "adding": Task(2, 1, 40, 1000, 15),
    "copying": Task(KINDS + 2, KINDS + 2, DELAY + 2 * ROW, 1000, 20),
    "text": Task(len(LETTERS), len(LETTERS), 40, 5000, 20),
}


class AtEachStep(nn.Module):
    """The mean cross-entropy over all steps: scores (N, T, C) against labels (N, T)."""

    def __init__(self):
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, scores, labels):
        self.shape = scores.shape
        return self.criterion(scores.reshape(-1, scores.shape[-1]), np.ravel(labels))

    def backward(self):
        return self.criterion.backward().reshape(self.shape)


def new_model(name, task, seed):
    """The largest net of a kind that the task's budget pays for, untrained, with a linear head."""
    return _model(name, task, widest(lambda size: _model(name, task, size, 0), TASKS[task].budget), seed)


def _model(name, task, size, seed):
    rng, sizes = np.random.default_rng(seed), TASKS[task]
    net = getattr(nn, name)(sizes.inputs, size, batch_first=True, rng=rng)
    pool = nn.SequencePool("last", batch_first=True) if task == "adding" else None
    return nn.SequenceModel(net, nn.Linear(size, sizes.outputs, rng=rng), pool)


def examples(task, n, rng, held_out=False):
    """Draw N sequences: x (N, T, I) and the target, (N, 1) for adding, else a label for each step, (N, T)."""
    length = TASKS[task].length
    if task == "adding":
        drawn = data.adding(n, length, rng=rng)
        return drawn.x.swapaxes(0, 1), drawn.target
    if task == "copying":
        drawn = data.copying(n, DELAY, ROW, KINDS, rng=rng)
        return drawn.x.swapaxes(0, 1), drawn.target.T
    letters = text()[held_out]
    starts = np.random.default_rng(rng).integers(0, len(letters) - length, n)
    cut = letters[starts[:, None] + np.arange(length + 1)]  # (N, T + 1)
    return data.one_hot(cut[:, :-1], len(LETTERS)), cut[:, 1:]


@lru_cache(maxsize=1)
def text():
    """The sentences of `data.docstrings` in small letters, as numbers: four fifths to learn from, the rest to test."""
    sentences = [" ".join([sentence.lower(), ""]) for sentence in data.docstrings().sentences]
    cut = len(sentences) * 4 // 5
    return tuple(
        np.array([LETTERS.index(letter) for letter in "".join(part)]) for part in (sentences[:cut], sentences[cut:])
    )


def baselines():
    """The loss of the best answer that needs no memory: the mean, blanks and guesses, what follows the last letter."""
    train, test = text()
    pairs = np.ones((len(LETTERS), len(LETTERS)))  # one of each, so that no pair is impossible
    np.add.at(pairs, (train[:-1], train[1:]), 1)
    share = pairs / pairs.sum(axis=1, keepdims=True)
    return {
        "adding": 1 / 6,
        "copying": ROW * np.log(KINDS) / TASKS["copying"].length,
        "text": -np.mean(np.log(share[test[:-1], test[1:]])),
    }


def run(name, task, seed, epochs=None):
    """Train one net on freshly drawn sequences; return the History, measured on the same 500 sequences each time."""
    model, sizes = new_model(name, task, seed), TASKS[task]
    return fit(
        model,
        lambda rng: examples(task, BATCH, rng),
        nn.MSELoss() if task == "adding" else AtEachStep(),
        optim.Adam(model.parameters(), lr=0.01),
        epochs=epochs or sizes.epochs,
        steps_per_epoch=STEPS,
        max_norm=1.0,
        validation=examples(task, 500, 1000, held_out=True),
        seed=seed,
    )


class Race(NamedTuple):
    """The stored runs of a task: validation `loss` (nets, seeds, epochs + 1), and how many `updates` had been made."""

    loss: np.ndarray
    updates: np.ndarray


def stored_races():
    """The runs of all nets and seeds by task, as scripts/train_records.py has made them."""
    stored = data.stored("equal_budgets.npz")
    return {task: Race(stored[task], np.arange(stored[task].shape[-1]) * STEPS) for task in TASKS}
