r"""Elman's recurrent net over a whole sequence, forward and backward through time."""

from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .linear import linear_backward
from .recurrence import project, start, transposed_product


class RNN(NamedTuple):
    """What the recurrence keeps: x (T, N, I), each state h and the one before it, (T, N, H), and the weights."""

    x: np.ndarray
    h: np.ndarray
    h_before: np.ndarray
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    nonlinearity: str


def rnn_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity="tanh"):
    r"""Run one layer over a sequence.

    Parameters
    ----------
    x : ndarray, (T, N, I)
    h0 : ndarray, (N, H)
    weight_ih, weight_hh : ndarray, (H, I) and (H, H)
    bias_ih, bias_hh : ndarray, (H,), or None
    nonlinearity : {'tanh', 'relu'}

    Returns
    -------
    RNN

    Notes
    -----
    .. math:: h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})                              (1)

    The products with x are made for all steps at once; only what depends on the state stays in the loop. There each
    array has its place beforehand, for a new one costs more than the arithmetic.

    References
    ----------
    J. L. Elman (1990), Finding Structure in Time, Cognitive Science 14.
    """
    states = start(h0, len(x))  # (T + 1, N, H)
    project(x, weight_ih, bias_ih, bias_hh, out=states[1:])
    phi, fed = np.tanh if nonlinearity == "tanh" else partial(np.maximum, 0), np.empty_like(states[0])
    for before, h in pairwise(states):
        h += np.dot(before, weight_hh.T, out=fed)
        phi(h, out=h)  # (1)
    return RNN(x, states[1:], states[:-1], weight_ih, weight_hh, nonlinearity)


def rnn_backward(grad_h, cache):
    r"""Follow the gradient back through time.

    Parameters
    ----------
    grad_h : ndarray, (T, N, H)
        Gradient of each state from outside the recurrence.
    cache : RNN

    Returns
    -------
    grad_x, grad_h0 : ndarray
    grad_weights : tuple
        Of weight_ih, weight_hh, bias_ih and bias_hh.
    dh : ndarray, (T, N, H)
        The whole gradient :math:`dL/dh_t` of each state, (2).

    Notes
    -----
    .. math:: dL/dh_t = g_t + W_{hh}^T da_{t+1}, \qquad da_t = dL/dh_t \cdot \phi'(a_t)              (2)
    """
    h = cache.h
    if cache.nonlinearity == "tanh":
        grad_a = h * h
        np.subtract(1, grad_a, out=grad_a)  # phi', later da
    else:
        grad_a = (h > 0).astype(h.dtype)
    dh, carried = np.empty_like(h), np.zeros_like(h[0])
    for t in reversed(range(len(h))):
        da = grad_a[t]
        da *= np.add(grad_h[t], carried, out=dh[t])  # (2)
        np.dot(da, cache.weight_hh, out=carried)
    grad_x, grad_ih, grad_bias = linear_backward(grad_a, (cache.x, cache.weight_ih))
    return grad_x, carried, (grad_ih, transposed_product(grad_a, cache.h_before), grad_bias, grad_bias), dh
