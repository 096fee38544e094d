r"""XOR: what one neuron cannot do, and a hidden layer can; weights given, searched for and trained."""

from typing import NamedTuple

import numpy as np

from helpers import nn, optim
from helpers.experiments.neuron import CORNERS, DATA
from helpers.train import fit


class Search(NamedTuple):
    """Every neuron of a grid on the four corners."""

    tried: int
    counts: np.ndarray  # (5,): how many neurons get 0, 1, ... 4 corners right

    @property
    def best(self):
        """The most corners that any of them gets right."""
        return int(np.flatnonzero(self.counts)[-1])


def search_neurons(name, most=4.0, step=0.25):
    """Try every w1, w2 and b between -most and most, a step apart, on AND, OR or XOR."""
    points, labels = DATA[name]
    values = np.arange(-most, most + step / 2, step)
    w1, w2, b = (grid.ravel() for grid in np.meshgrid(values, values, values))
    z = points @ np.stack([w1, w2]) + b  # (4, tried)
    right = ((z >= 0) == (labels[:, None] == 1)).sum(axis=0)
    return Search(len(b), np.bincount(right, minlength=5))


class Neurons(NamedTuple):
    """What many neurons have learned, each from a start of its own."""

    right: np.ndarray  # (count,): corners on the right side
    answers: np.ndarray  # (4, count): the sigmoid's output at each corner
    loss: float  # mean over corners and neurons


def train_neurons(name, count=1000, epochs=1000, seed=0):
    """Train `count` sigmoid neurons on AND, OR or XOR by gradient descent: a Linear with as many outputs holds them."""
    points, labels = DATA[name]
    targets = np.repeat(labels[:, None], count, axis=1).astype(float)  # (4, count)
    layer = nn.Linear(2, count, rng=seed)
    optimizer = optim.SGD(layer.parameters(), lr=1.0)
    criterion = nn.BCEWithLogitsLoss(reduction="sum")  # the neurons share no weight: each descends its own loss
    history = fit(layer, (points, targets), criterion, optimizer, epochs=epochs)
    z = layer(points)
    right = ((z >= 0) == (targets == 1)).sum(axis=0)
    return Neurons(right, nn.Sigmoid()(z), float(history.loss[-1]) / targets.size)


def xor_by_hand():
    """Two step units, OR and NAND, and a third one that asks for both: weights that anyone can check."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Step(), nn.Linear(2, 1), nn.Step())
    net.load_state_dict(
        {
            "0.weight": [[1.0, 1.0], [-1.0, -1.0]],  # OR, NAND
            "0.bias": [-0.5, 1.5],
            "2.weight": [[1.0, 1.0]],  # AND
            "2.bias": [-1.5],
        }
    )
    return net


def train_xor(hidden, seed, epochs=100, lr=0.3):
    """Train Linear, Tanh, Linear on XOR; return the net and its history."""
    points, labels = DATA["XOR"]
    rng = np.random.default_rng(seed)
    net = nn.Sequential(nn.Linear(2, hidden, rng=rng), nn.Tanh(), nn.Linear(hidden, 1, rng=rng))
    optimizer = optim.Adam(net.parameters(), lr=lr)
    targets = labels[:, None].astype(float)
    return net, fit(net, (points, targets), nn.BCEWithLogitsLoss(), optimizer, epochs=epochs, seed=seed)


def solved(hidden, seeds):
    """For each seed, whether a net of so many hidden units answers all four corners with at least 0.9 certainty."""
    labels = DATA["XOR"][1]
    answers = np.stack([nn.Sigmoid()(train_xor(hidden, seed)[0](CORNERS))[:, 0] for seed in seeds])
    return (np.abs(answers - labels) < 0.1).all(axis=1)
