r"""Long short-term memory over a whole sequence, forward and backward through time."""

from typing import NamedTuple

import numpy as np

from .linear import linear_backward
from .recurrence import parts_from_the_end, project, start, transposed_product

GATES = "ifgo"  # torch's order of the rows in weights and biases
HALF, LIFT = (0.5, 0.5, 1, 0.5), (0.5, 0.5, 0, 0.5)  # each gate is HALF * tanh(HALF * a) + LIFT


class LSTM(NamedTuple):
    """What the recurrence keeps: `gates` (T, N, 4 H) joins i, f, g and o, which are views of it.

    Every gate and state is (T, N, H); `*_before` are the states before each step.
    """

    x: np.ndarray
    gates: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    c_before: np.ndarray
    tanh_c: np.ndarray
    h: np.ndarray
    h_before: np.ndarray
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    pinned: frozenset


def lstm_forward(x, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh, pin=None, padding=None):
    r"""Run one layer over a sequence.

    Parameters
    ----------
    x : ndarray, (T, N, I)
    h0, c0 : ndarray, (N, H)
    weight_ih, weight_hh : ndarray, (4 H, I) and (4 H, H)
        Rows of the gates in the order i, f, g, o.
    bias_ih, bias_hh : ndarray, (4 H,), or None
    pin : dict of str to ndarray, (T, N, H), optional
        Values that stand in for a gate's own.
    padding : ndarray of bool, (T, N), optional
        Steps that are none: the cell holds there, i = 0 and f = 1.

    Returns
    -------
    LSTM

    Notes
    -----
    .. math:: i, f, o &= \sigma(W x_t + b + U h_{t-1} + b_h), \quad g = \tanh(\ldots)                (1) \\
              c_t &= f c_{t-1} + i g                                                                 (2) \\
              h_t &= o \tanh c_t                                                                     (3)

    A sigmoid is a tanh of half its input, halved and lifted: one call of tanh serves all four gates. Halving is exact,
    so the weights are halved beforehand.

    References
    ----------
    S. Hochreiter, J. Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9; the forget gate is from
    F. A. Gers, J. Schmidhuber, F. Cummins (2000), Learning to Forget, Neural Computation 12.
    """
    half, lift = (_row(values, h0) for values in (HALF, LIFT))
    halved = [None if a is None else (a.T * half).T for a in (weight_ih, weight_hh, bias_ih, bias_hh)]
    gates = project(x, halved[0], *halved[2:])  # (T, N, 4 H)
    i, f, g, o = np.split(gates, 4, axis=-1)
    hs, cs = start(h0, len(x)), start(c0, len(x))  # (T + 1, N, H)
    fixed = [(dict(zip(GATES, (i, f, g, o), strict=True))[k], value, True) for k, value in (pin or {}).items()]
    if padding is not None:
        fixed += [(i, np.zeros_like(hs[1:]), padding[..., None]), (f, np.ones_like(hs[1:]), padding[..., None])]
    tanh_c, weight, fed, written = np.empty_like(cs[1:]), halved[1].T, np.empty_like(gates[0]), np.empty_like(hs[0])
    half, lift = (np.tile(row, (len(h0), 1)) for row in (half, lift))  # multiplying by whole rows is faster
    for t in range(len(x)):
        a, c = gates[t], cs[t + 1]
        a += np.dot(hs[t], weight, out=fed)
        np.tanh(a, out=a)
        a *= half
        a += lift  # (1)
        for gate, value, where in fixed:
            np.copyto(gate[t], value[t], where=where if where is True else where[t])
        np.multiply(f[t], cs[t], out=c)
        c += np.multiply(i[t], g[t], out=written)  # (2)
        np.multiply(o[t], np.tanh(c, out=tanh_c[t]), out=hs[t + 1])  # (3)
    pinned = frozenset(pin or ())
    return LSTM(x, gates, i, f, g, o, cs[1:], cs[:-1], tanh_c, hs[1:], hs[:-1], weight_ih, weight_hh, pinned)


def lstm_backward(grad_h, grad_c, cache):
    r"""Follow the gradient back through time.

    Parameters
    ----------
    grad_h : ndarray, (T, N, H)
        Gradient of each state from outside the recurrence.
    grad_c : ndarray, (N, H)
        Gradient of the last cell.
    cache : LSTM

    Returns
    -------
    grad_x, (grad_h0, grad_c0) : ndarrays
    grad_weights : tuple
        Of weight_ih, weight_hh, bias_ih and bias_hh.
    (dh, dc) : ndarrays, (T, N, H)
        The whole gradients of each state and cell, (4).

    Notes
    -----
    .. math:: dL/dh_t &= g_t + U^T da_{t+1}, \qquad
              dL/dc_t = f_{t+1}\, dL/dc_{t+1} + dL/dh_t \cdot o (1 - \tanh^2 c_t)                    (4) \\
              da &= dL/dc_t \cdot (g\, i',\; c_{t-1} f',\; i\, g'), \quad dL/dh_t \cdot \tanh c_t\, o'  (5)

    with :math:`i' = i (1 - i)` and so on, :math:`g' = 1 - g^2`. What does not depend on the incoming gradient is made
    before the loop, for a part of the sequence that stays in the processor's cache.
    """
    grad_a = np.empty_like(cache.gates)  # (T, N, 4 H): the factors in (5), then da
    factors = np.split(grad_a, 4, axis=-1)
    dh, dc = np.empty_like(cache.h), np.empty_like(cache.c)
    carried_h, carried_c = np.zeros_like(dh[0]), grad_c.copy()
    for part in parts_from_the_end(len(dh), grad_a[:1].nbytes):
        _local_factors(cache, part, grad_a, dc)
        for t in reversed(range(part.start, part.stop)):
            h, c = dh[t], dc[t]
            np.add(grad_h[t], carried_h, out=h)
            c *= h
            c += carried_c  # (4)
            for factor, grad in zip(factors, (c, c, c, h), strict=True):
                da = factor[t]
                da *= grad  # (5)
            np.multiply(c, cache.f[t], out=carried_c)
            np.dot(grad_a[t], cache.weight_hh, out=carried_h)
    grad_x, grad_ih, grad_bias = linear_backward(grad_a, (cache.x, cache.weight_ih))
    grad_weights = grad_ih, transposed_product(grad_a, cache.h_before), grad_bias, grad_bias
    return grad_x, (carried_h, carried_c), grad_weights, (dh, dc)


def _local_factors(cache, part, grad_a, dc):
    """Put what is known before the gradient comes into its place: the factors of dL/dh in (4) and those in (5)."""
    gates, tanh_c, factors, through = cache.gates[part], cache.tanh_c[part], grad_a[part], dc[part]
    np.multiply(tanh_c, tanh_c, out=through)
    np.subtract(1, through, out=through)
    through *= cache.o[part]
    lowest = _row(LIFT, tanh_c) - _row(HALF, tanh_c)  # a sigmoid begins at 0, a tanh at -1, and both end at 1
    np.subtract(gates, lowest, out=factors)
    factors *= 1 - gates  # i', f', g', o'
    others = cache.g, cache.c_before, cache.i, cache.tanh_c
    for gate, factor, other in zip(GATES, np.split(factors, 4, axis=-1), others, strict=True):
        factor *= 0 if gate in cache.pinned else other[part]


def _row(values, state):
    """One value for each gate as a row for all of them, (4 H,)."""
    return np.repeat(np.array(values, state.dtype), state.shape[-1])
