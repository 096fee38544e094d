r"""Gradients through time, measured: what truncation leaves out, and how far back a net looks."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.complexity import Complexity, complexity

LENGTHS = (1, 2, 4, 8, 16, 32, 64)
DELAY = 5  # steps back to what the net is asked for


def asking_net(seed, hidden_size=16, keeps=False):
    """A new Elman net with a linear output; where it `keeps`, its recurrent weights only turn the state.

    Weights as torch draws them make the state fade; orthogonal ones keep its length.
    """
    rnn = nn.RNN(1, hidden_size, batch_first=True, rng=seed)
    if keeps:
        nn.init.orthogonal_(rnn.weight_hh_l0, generator=seed)
    return nn.SequenceModel(rnn, nn.Linear(hidden_size, 1, rng=seed))


def echo(n, steps, rng):
    """Noise, and the noise of `DELAY` steps before, 0 at first: x and target, both (N, T, 1)."""
    x = rng.standard_normal((n, steps, 1))
    return x, np.concatenate([np.zeros((n, DELAY, 1)), x[:, :-DELAY]], axis=1)


def truncated_gradient(model, x, target, length):
    """The gradient of the mean squared error by all parameters, cut off every `length` steps, as one vector.

    The state is handed on from window to window; no gradient comes back. With `length` = T it is the whole gradient.
    """
    model.zero_grad()
    criterion, state = nn.MSELoss(reduction="sum"), None
    for first in range(0, x.shape[1], length):
        window = slice(first, first + length)
        criterion(model(x[:, window], None, state), target[:, window])
        model.backward(criterion.backward())
        state = model.h_n
    return np.concatenate([parameter.grad.ravel() for parameter in model.parameters()]) / target.size


class Truncation(NamedTuple):
    """How far the truncated gradient is from the whole one, by net and length: (2, seeds, lengths).

    The first net fades, the second keeps. `error` is relative to the whole gradient's length, `angle` in degrees.
    """

    lengths: tuple[int, ...]
    error: np.ndarray
    angle: np.ndarray


def truncation(seeds=range(8), lengths=LENGTHS):
    """Compare truncated gradients with the whole one, on an echo of 64 steps, for nets that fade and that keep."""
    error, angle = np.empty((2, 2, len(seeds), len(lengths)))
    for kind, keeps in enumerate((False, True)):
        for row, seed in enumerate(seeds):
            model = asking_net(seed, keeps=keeps)
            x, target = echo(16, lengths[-1], np.random.default_rng(seed))
            whole = truncated_gradient(model, x, target, lengths[-1])
            for column, length in enumerate(lengths):
                cut = truncated_gradient(model, x, target, length)
                cosine = cut @ whole / (np.linalg.norm(cut) * np.linalg.norm(whole))
                error[kind, row, column] = np.linalg.norm(cut - whole) / np.linalg.norm(whole)
                angle[kind, row, column] = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return Truncation(tuple(lengths), error, angle)


class Averages(NamedTuple):
    """Relative errors of gradients averaged over ever more sequences, (counts,), with and without truncation."""

    counts: tuple[int, ...]
    length: int
    whole: np.ndarray
    truncated: np.ndarray


def averages(counts=(1, 4, 16, 64, 256, 1024), length=2, steps=32, seed=0, repeats=3):
    r"""Average gradients over sequences: noise averages out, a bias stays.

    The gradient that both are compared with is the mean over 8192 other sequences. Each error is the median of
    `repeats` draws.
    """
    model, rng = asking_net(seed, keeps=True), np.random.default_rng(seed)
    truth = truncated_gradient(model, *echo(8192, steps, rng), steps)
    found = np.empty((2, len(counts), repeats))
    for column, count in enumerate(counts):
        for repeat in range(repeats):
            drawn = echo(count, steps, rng)
            for row, cut in enumerate((steps, length)):
                found[row, column, repeat] = np.linalg.norm(truncated_gradient(model, *drawn, cut) - truth)
    return Averages(tuple(counts), length, *np.median(found, axis=2) / np.linalg.norm(truth))


class Reach(NamedTuple):
    """The gradient of the last output by the input of each step before, (D,), by net."""

    distance: np.ndarray  # steps back
    gradients: dict[str, np.ndarray]
    costs: dict[str, Complexity]  # of the parameters, and of the multiplications for all steps


def reach(steps=24, hidden_size=8, seed=0):
    """Ask how much the last output of two recurrent nets and a convolutional one depends on each input."""
    channels = (1, hidden_size, hidden_size, 1)
    layers = [nn.Conv1d(i, o, 3, rng=seed) for i, o in pairwise(channels)]
    nets = {
        "RNN, torch's weights": asking_net(seed, hidden_size),
        "RNN, orthogonal weights": asking_net(seed, hidden_size, keeps=True),
        "CNN, 3 layers of width 3": nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2]),
    }
    x = 0.1 * np.random.default_rng(seed).standard_normal((1, steps, 1))
    gradients, costs = {}, {}
    for name, net in nets.items():
        given = x if isinstance(net, nn.SequenceModel) else x.swapaxes(1, 2)
        costs[name], y = complexity(net, given), net(given)
        asked = np.zeros_like(y)
        asked.reshape(-1)[-1] = 1  # the last output alone
        gradients[name] = np.abs(net.backward(asked)).ravel()[::-1]
    return Reach(np.arange(steps), gradients, costs)
