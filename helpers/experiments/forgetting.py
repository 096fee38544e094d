r"""How long a cell holds what it holds: the forget gate's bias, and the gradient that comes back over many steps."""

from typing import NamedTuple

import numpy as np

from helpers import nn

from .adding import NETS, examples, new_model
from .gates import set_forget_bias

SEEDS = range(5)


class Decay(NamedTuple):
    """The gradient of the last state by each earlier one, as a share of the nearest: `share` (names, T), medians."""

    names: tuple
    share: np.ndarray


def half_life(f):
    """Steps after which a forget gate that stays at `f` has left one half."""
    return np.log(0.5) / np.log(f)


def kept(bias, steps):
    """What comes back of a gradient of 1 for the last cell, in an LSTM whose weights and inputs are all 0.

    Returns
    -------
    ndarray (steps + 1,)
        What is left after 0, 1, ..., `steps` steps.
    """
    lstm = nn.LSTM(1, 1, rng=0)
    for parameter in lstm.parameters():
        nn.init.zeros_(parameter)
    set_forget_bias(lstm, bias)
    lstm(np.zeros((steps, 1, 1)))
    _, (_, grad_c0) = lstm.backward(None, (None, np.ones((1, 1, 1))))
    return np.append(lstm.dh[1][::-1], grad_c0)


def at_the_start(length=100, n=16):
    """Follow gradients through untrained nets of `adding.NETS` on sequences of the adding problem, over five seeds.

    For an RNN the state is h, for an LSTM the cell c, with all that comes back through h.
    """
    x, _ = examples(n, length, 0)
    share = []
    for name in NETS:
        norms = []
        for seed in SEEDS:
            model = new_model(name, seed)
            model(x)
            model.backward(np.ones((n, 1)))
            dh = model.recurrent.dh
            norms.append(np.linalg.norm(dh[1] if isinstance(dh, tuple) else dh, axis=(1, 2)))
        share.append(np.median([norm / norm[-1] for norm in norms], axis=0))
    return Decay(tuple(NETS), np.array(share))
