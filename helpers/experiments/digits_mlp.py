r"""A small multilayer perceptron that reads handwritten digits."""

from typing import NamedTuple

import numpy as np

from helpers import nn, optim
from helpers.train import accuracy, fit

from .digit_parts import digit_parts

HIDDEN = 32


class Reader(NamedTuple):
    """A trained net, how it got there, and its answers on the digits that were kept back."""

    net: nn.Sequential
    history: object
    images: np.ndarray  # (M, 8, 8)
    labels: np.ndarray  # (M,)
    probabilities: np.ndarray  # (M, 10)

    @property
    def answers(self):
        """The most probable digit, (M,)."""
        return self.probabilities.argmax(axis=1)

    def confusion(self):
        """How often each digit (row) is read as each (column), (10, 10)."""
        return np.bincount(10 * self.labels + self.answers, minlength=100).reshape(10, 10)

    def wrong(self):
        """The positions of the digits that are read wrongly, the surest mistake first."""
        sure = self.probabilities.max(axis=1)
        missed = np.flatnonzero(self.answers != self.labels)
        return missed[np.argsort(-sure[missed], kind="stable")]


def make_net(seed):
    """Linear(64, 32), Tanh, Linear(32, 10)."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(64, HIDDEN, rng=rng), nn.Tanh(), nn.Linear(HIDDEN, 10, rng=rng))


def train_reader(seed, strangers=False, epochs=20):
    """Train on three quarters of the digits; with `strangers` no writer of the training stands in the test."""
    train, (images, labels) = digit_parts(seed, strangers)
    train, test = ((part.reshape(-1, 64), of) for part, of in (train, (images, labels)))
    net = make_net(seed)
    optimizer = optim.SGD(net.parameters(), lr=0.2)
    history = fit(
        net,
        train,
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=epochs,
        batch_size=32,
        validation={"train": train, "test": test},
        metrics={"accuracy": accuracy},
        seed=seed,
    )
    probabilities = nn.Softmax(dim=1)(net(test[0]))
    return Reader(net, history, images, labels, probabilities)
