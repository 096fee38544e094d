r"""A layer's gradients against central differences."""

import numpy as np

from helpers import checks
from helpers.nn.module import check_module

from .report import FINEST_TO_DIFFERENCES, Check, Report, largest_difference
from .trial import Trial, flat, is_real


def gradcheck(layer, *inputs, directions=None, seed=0, step=1e-6, **call_options):
    r"""Compare a layer's gradients with central differences.

    Nudge one number up and down, see how far the output moves along a random gradient g, compare with what backward
    says.

    Parameters
    ----------
    layer : Module
        A layer, a recurrent net or cell, or a loss. A copy of it is run, so that nothing in it changes.
    *inputs : ndarray, tuple of them, or None
        What it is called with: x, or x and h0, or x and (h0, c0), or a loss' input and target. Those whose gradient
        backward returns are checked, in float64. There must be no tie nearer than `step` where the layer picks a
        maximum, and no kink.
    directions : int, optional
        Nudge all entries of an array at once, each up or down at random, so many times, in place of each entry alone:
        for arrays with more entries than that.
    seed : int
        Seed of the upstream gradient g and of the directions.
    step : float
        Size h of the nudge.
    **call_options
        Further arguments of the call: lengths, pin.

    Returns
    -------
    Report
        Differences |numeric - backward| / max(1, |backward|), one line for each input and each parameter.

    Raises
    ------
    TypeError, ValueError
        `layer` is no Module; `directions` is below 1 or `step` not above 0; backward returns None for an input of real
        numbers.

    Notes
    -----
    .. math:: \left\langle \frac{\partial \langle g, y \rangle}{\partial x}, v \right\rangle \approx
              \frac{\langle g, y(x + h v) \rangle - \langle g, y(x - h v) \rangle}{2 h}

    with v one entry, or random signs.

    Examples
    --------
    >>> from helpers import nn
    >>> gradcheck(nn.AvgPool2d(2), np.arange(16.0).reshape(1, 4, 4)).largest < 1e-8
    True
    >>> gradcheck(nn.GRU(2, 3, rng=0), np.ones((4, 1, 2)), np.zeros((1, 1, 3)), lengths=[3]).largest < 1e-8
    True
    """
    check_module("gradcheck", "layer", layer)
    if directions is not None:
        directions = checks.integer("gradcheck", "directions", directions, 1)
    step = checks.number("gradcheck", "step", step, "a number above 0", lambda size: 0 < size < np.inf)
    trial = Trial(layer, inputs, call_options, seed, double=True)
    random = np.random.default_rng(seed)

    def outputs():
        found = map(np.array, flat(trial.layer(*trial.inputs, **call_options)))  # copies of what may be views
        return [out for out in found if is_real(out)]

    def slope(values, move):
        kept = values.copy()
        values[...] = kept + step * move
        above = outputs()
        values[...] = kept - step * move
        below = outputs()
        values[...] = kept
        moved = zip(trial.upstream, above, below, strict=True)
        return sum(np.sum(upstream * (high - low)) for upstream, high, low in moved) / (2 * step)

    def difference(values, grad):
        if values.shape != np.shape(grad):
            return np.inf
        pairs = [(slope(values, move), np.sum(move * grad)) for move in _moves(values.shape, directions, random)]
        return largest_difference(*np.array(pairs).reshape(-1, 2).T)

    found = [Check(what, values.shape, difference(values, grad)) for what, (values, grad) in trial.grads.items()]
    return Report(trial.title("central differences"), found, FINEST_TO_DIFFERENCES)


def _moves(shape, directions, random):
    """Each entry alone; or, where there are more of them than `directions`, so many times all at once."""
    size = int(np.prod(shape))
    if directions is None or size <= directions:
        return (one.reshape(shape) for one in np.eye(size))
    return (random.choice([-1.0, 1.0], shape) for _ in range(directions))
