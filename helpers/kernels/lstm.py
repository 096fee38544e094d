r"""Long short-term memory over a whole sequence, forward and backward through time."""

from typing import NamedTuple

import numpy as np

from helpers.kernels.linear import linear_backward
from helpers.kernels.rnn import project, start, transposed_product

GATES = "ifgo"  # torch's order of the rows in weights and biases


class LSTM(NamedTuple):
    """What the recurrence keeps. Every gate and state is (T, N, H); `*_before` are the states before each step."""

    x: np.ndarray
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

    A sigmoid is a tanh of half its input, halved and lifted: one call of tanh serves all four gates. Halving is exact.

    References
    ----------
    S. Hochreiter, J. Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9; the forget gate is from
    F. A. Gers, J. Schmidhuber, F. Cummins (2000), Learning to Forget, Neural Computation 12.
    """
    size = h0.shape[-1]
    half = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), size)  # g is a tanh already
    lift = 1 - half
    lift[2 * size : 3 * size] = 0
    halved = [None if a is None else (a.T * half).T for a in (weight_ih, weight_hh, bias_ih, bias_hh)]
    gates = project(x, halved[0], *halved[2:])  # (T, N, 4 H)
    i, f, g, o = (gates[..., k * size : (k + 1) * size] for k in range(4))
    hs, cs = start(h0, len(x)), start(c0, len(x))  # (T + 1, N, H)
    h, c, tanh_c = hs[1:], cs[1:], np.empty_like(hs[1:])
    fixed = [(gates[..., GATES.index(k) * size :][..., :size], value, True) for k, value in (pin or {}).items()]
    if padding is not None:
        fixed += [(i, np.zeros_like(h), padding[..., None]), (f, np.ones_like(h), padding[..., None])]
    weight, fed = np.ascontiguousarray(halved[1].T), np.empty_like(gates[0])
    for t in range(len(x)):
        z = gates[t]
        z += np.matmul(hs[t], weight, out=fed)
        np.tanh(z, out=z)
        z *= half
        z += lift  # (1)
        for gate, value, where in fixed:
            np.copyto(gate[t], value[t], where=where if where is True else where[t])
        np.multiply(f[t], cs[t], out=c[t])
        c[t] += i[t] * g[t]  # (2)
        np.multiply(o[t], np.tanh(c[t], out=tanh_c[t]), out=h[t])  # (3)
    return LSTM(x, i, f, g, o, c, cs[:-1], tanh_c, h, hs[:-1], weight_ih, weight_hh, frozenset(pin or ()))


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
    for all steps before the loop.
    """
    i, f, g, o, tanh_c = cache.i, cache.f, cache.g, cache.o, cache.tanh_c
    grad_a = np.stack(  # (T, N, 4, H): the factors in (5), then da
        [g * i * (1 - i), cache.c_before * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], axis=2
    )
    for gate in cache.pinned:
        grad_a[:, :, GATES.index(gate)] = 0
    through = o * (1 - tanh_c * tanh_c)
    flat = grad_a.reshape(*tanh_c.shape[:2], 4 * tanh_c.shape[2])
    dh, dc = np.empty_like(tanh_c), np.empty_like(tanh_c)
    carried_h, carried_c = np.zeros_like(tanh_c[0]), grad_c.copy()
    for t in reversed(range(len(dh))):
        np.add(grad_h[t], carried_h, out=dh[t])
        np.multiply(dh[t], through[t], out=dc[t])
        dc[t] += carried_c  # (4)
        grad_a[t, :, :3] *= dc[t, :, None]
        grad_a[t, :, 3] *= dh[t]  # (5)
        np.multiply(dc[t], f[t], out=carried_c)
        np.matmul(flat[t], cache.weight_hh, out=carried_h)
    grad_x, grad_ih, grad_bias = linear_backward(flat, (cache.x, cache.weight_ih))
    grad_weights = grad_ih, transposed_product(flat, cache.h_before), grad_bias, grad_bias
    return grad_x, (carried_h, carried_c), grad_weights, (dh, dc)
