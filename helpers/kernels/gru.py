r"""Gated recurrent units over a whole sequence in both published forms, forward and backward through time."""

from typing import NamedTuple

import numpy as np

from .linear import linear_backward
from .recurrence import parts_from_the_end, project, start, transposed_product

GATES = "rzn"  # torch's order of the rows in weights and biases


class GRU(NamedTuple):
    """What the recurrence keeps. Every gate and state is (T, N, H); `u` is what the candidate takes from the past."""

    x: np.ndarray
    r: np.ndarray
    z: np.ndarray
    n: np.ndarray
    u: np.ndarray
    h: np.ndarray
    h_before: np.ndarray
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    pinned: frozenset
    reset_after: bool


def gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, pin=None, reset_after=True):
    r"""Run one layer over a sequence.

    Parameters
    ----------
    x : ndarray, (T, N, I)
    h0 : ndarray, (N, H)
    weight_ih, weight_hh : ndarray, (3 H, I) and (3 H, H)
        Rows of the gates in the order r, z, n.
    bias_ih, bias_hh : ndarray, (3 H,), or None
    pin : dict of str to ndarray, (T, N, H), optional
        Values that stand in for a gate's own.
    reset_after : bool
        Whether r multiplies after the product with U, as in (3), or before it, as in (4).

    Returns
    -------
    GRU
        `u` is :math:`U h_{t-1} + b_h` with reset_after, else :math:`r h_{t-1}`.

    Notes
    -----
    .. math:: r, z &= \sigma(W x_t + b + U h_{t-1} + b_h)                                            (1) \\
              h_t &= (1 - z) n + z h_{t-1}                                                           (2) \\
              n &= \tanh(W x_t + b + r (U h_{t-1} + b_h)) \quad \text{(cuDNN, torch)}                (3) \\
              n &= \tanh(W x_t + b + U (r h_{t-1}) + b_h) \quad \text{(Cho et al.)}                  (4)

    The same weights give other results in the two forms. A sigmoid is a tanh of half its input, halved and lifted.

    References
    ----------
    K. Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder, arXiv 1406.1078, equations 5 to 8.
    """
    (ih_rz, ih_n), (hh_rz, hh_n) = _halved(weight_ih), _halved(weight_hh)
    (bias_rz, bias_n), (bias_h_rz, bias_u) = _halved(bias_ih), _halved(bias_hh)
    rz = project(x, ih_rz, bias_rz, bias_h_rz)  # (T, N, 2 H); one array with n would make every step's part of it slow
    n = project(x, ih_n, bias_n, None if reset_after else bias_u)  # (T, N, H)
    r, z = np.split(rz, 2, axis=-1)
    pin = pin or {}
    fixed_rz = [(gate, pin[name]) for name, gate in (("r", r), ("z", z)) if name in pin]
    states, us = start(h0, len(x)), np.empty_like(n)
    fed_rz, fed_n = np.empty_like(rz[0]), np.empty_like(n[0])
    bias_u = np.zeros_like(fed_n) if bias_u is None else np.tile(bias_u, (len(h0), 1))
    for t in range(len(x)):
        before, rz_t, n_t, u = states[t], rz[t], n[t], us[t]
        rz_t += np.dot(before, hh_rz.T, out=fed_rz)
        np.tanh(rz_t, out=rz_t)
        rz_t *= 0.5
        rz_t += 0.5  # (1)
        for gate, value in fixed_rz:
            gate[t] = value[t]
        if reset_after:
            np.dot(before, hh_n.T, out=u)
            u += bias_u
            n_t += np.multiply(r[t], u, out=fed_n)
        else:
            np.multiply(r[t], before, out=u)
            n_t += np.dot(u, hh_n.T, out=fed_n)
        np.tanh(n_t, out=n_t)  # (3), (4)
        if "n" in pin:
            n_t[...] = pin["n"][t]
        h = np.multiply(z[t], before, out=states[t + 1])
        h += np.multiply(1 - z[t], n_t, out=fed_n)  # (2)
    return GRU(x, r, z, n, us, states[1:], states[:-1], weight_ih, weight_hh, frozenset(pin), reset_after)


def gru_backward(grad_h, cache):
    r"""Follow the gradient back through time.

    Parameters
    ----------
    grad_h : ndarray, (T, N, H)
        Gradient of each state from outside the recurrence.
    cache : GRU

    Returns
    -------
    grad_x, grad_h0 : ndarray
    grad_weights : tuple
        Of weight_ih, weight_hh, bias_ih and bias_hh.
    dh : ndarray, (T, N, H)
        The whole gradient :math:`dL/dh_t` of each state.

    Notes
    -----
    With :math:`r' = r (1 - r)`, :math:`z' = z (1 - z)`, :math:`n' = 1 - n^2` and :math:`da_n = dL/dh_t (1 - z) n'`,

    .. math:: da_z = dL/dh_t (h_{t-1} - n) z', \qquad
              da_r = da_n\, u\, r' \text{ or } U_n^T da_n\, h_{t-1} r'                              (5)

    in the two forms. What does not depend on the incoming gradient is made before the loop, for a part of the sequence
    that stays in the processor's cache.
    """
    size = cache.n.shape[-1]
    grad_a = np.empty((*cache.n.shape[:2], 3 * size), cache.n.dtype)  # (T, N, 3 H), of the sums with U
    da_n, dh = np.empty_like(cache.n), np.empty_like(cache.n)
    grad_h0 = _through_time(grad_h, cache, grad_a, da_n, dh)
    grad_hh, grad_bias_hh = transposed_product(grad_a, cache.h_before), grad_a.sum((0, 1))
    if cache.reset_after:
        grad_a[..., 2 * size :] = da_n
    else:
        grad_hh[2 * size :] = transposed_product(da_n, cache.u)
    grad_x, grad_ih, grad_bias_ih = linear_backward(grad_a, (cache.x, cache.weight_ih))
    return grad_x, grad_h0, (grad_ih, grad_hh, grad_bias_ih, grad_bias_hh), dh


def _through_time(grad_h, cache, grad_a, da_n, dh):
    """Fill the gradients of the sums, of n's argument and of the states; return that of the state before all steps."""
    r, z, gates = cache.r, cache.z, np.split(grad_a, 3, axis=-1)
    weight_rz, weight_n = np.split(cache.weight_hh, [2 * z.shape[-1]])
    carried = np.zeros_like(dh[0])
    for part in parts_from_the_end(len(dh), grad_a[:1].nbytes):
        _local_factors(cache, part, grad_a, da_n)
        for t in reversed(range(part.start, part.stop)):
            a_r, a_z, a_n, to_n = (*(gate[t] for gate in gates), da_n[t])
            d = np.add(grad_h[t], carried, out=dh[t])
            to_n *= d
            a_z *= d
            if cache.reset_after:
                a_r *= d
                np.multiply(to_n, r[t], out=a_n)  # (5)
                np.dot(grad_a[t], cache.weight_hh, out=carried)
            else:
                a_n[...] = to_n
                grad_u = np.dot(to_n, weight_n)
                a_r *= grad_u  # (5)
                np.dot(grad_a[t, :, : 2 * z.shape[-1]], weight_rz, out=carried)
                carried += grad_u * r[t]
            carried += d * z[t]
    return carried


def _local_factors(cache, part, grad_a, da_n):
    """Put what is known before the gradient comes into its place: (1 - z) n', and the other factors in (5)."""
    r, z, n, before = cache.r[part], cache.z[part], cache.n[part], cache.h_before[part]
    a_r, a_z, _ = np.split(grad_a[part], 3, axis=-1)
    to_n = np.multiply(1 - z, 0 if "n" in cache.pinned else 1 - n * n, out=da_n[part])
    np.multiply(r, 0 if "r" in cache.pinned else 1 - r, out=a_r)
    a_r *= to_n * cache.u[part] if cache.reset_after else before
    np.multiply(z, 0 if "z" in cache.pinned else 1 - z, out=a_z)
    a_z *= before - n


def _halved(weight):
    """The rows of r and z, halved for their sigmoids, and those of n; of a bias or a weight, or None."""
    if weight is None:
        return None, None
    rz, n = np.split(weight, [len(weight) // 3 * 2])
    return 0.5 * rz, n
