r"""The adding problem over growing length: an RNN against LSTMs of about as many parameters, over several seeds."""

from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim
from helpers.train import fit

from .gates import set_forget_bias

LENGTHS = 10, 25, 50, 100
SEEDS = range(5)
BATCH, STEPS, EPOCHS = 64, 100, 20
BASELINE = 1 / 6  # mean squared error of the answer 1, the variance of the sum of two numbers from U[0, 1)
SOLVED = 0.01


def _rnn(rng):
    return nn.RNN(2, 32, batch_first=True, rng=rng)


def _lstm(rng):
    return nn.LSTM(2, 16, batch_first=True, rng=rng)


def _lstm_that_keeps(rng):
    lstm = _lstm(rng)
    set_forget_bias(lstm, 1.0)
    return lstm


NETS = {"RNN": _rnn, "LSTM": _lstm, "LSTM, forget bias 1": _lstm_that_keeps}


def new_model(name, seed):
    """An untrained net of `NETS` with a linear head that reads its last state."""
    rng = np.random.default_rng(seed)
    net = NETS[name](rng)
    head = nn.Linear(net.hidden_size, 1, rng=rng)
    return nn.SequenceModel(net, head, nn.SequencePool("last", batch_first=True))


def examples(n, length, rng):
    """Sequences (N, T, 2) and their sums (N, 1)."""
    drawn = data.adding(n, length, rng=rng)
    return drawn.x.swapaxes(0, 1), drawn.target


def run(name, length, seed, epochs=EPOCHS):
    """Train one net on freshly drawn sequences; return the History, measured on the same 500 sequences each time."""
    model = new_model(name, seed)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    return fit(
        model,
        lambda rng: examples(BATCH, length, rng),
        nn.MSELoss(),
        optimizer,
        epochs=epochs,
        steps_per_epoch=STEPS,
        max_norm=1.0,
        validation=examples(500, length, 1000),
        seed=seed,
    )


class Race(NamedTuple):
    """The stored runs: validation `loss` (nets, lengths, seeds, epochs + 1), and how many `updates` had been made."""

    nets: tuple
    lengths: tuple
    loss: np.ndarray
    updates: np.ndarray

    @property
    def solved_after(self):
        """Updates until the loss first fell below `SOLVED`, (nets, lengths, seeds); infinite where it never did."""
        below = self.loss < SOLVED
        return np.where(below.any(axis=-1), self.updates[below.argmax(axis=-1)], np.inf)


def stored_race():
    """The runs of all nets, lengths and seeds, as scripts/train_records.py has made them."""
    loss = data.stored("adding.npz")["loss"]
    return Race(tuple(NETS), LENGTHS, loss, np.arange(loss.shape[-1]) * STEPS)
