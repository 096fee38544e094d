r"""Gated recurrent units over a whole sequence in both published forms, forward and backward through time."""

from typing import NamedTuple

import numpy as np

from helpers.kernels.linear import linear_backward
from helpers.kernels.rnn import project, start, transposed_product

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
    K. Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder, arXiv 1406.1078, equations 5 to 8
    (their z is our 1 - z).
    """
    size = h0.shape[-1]
    half = np.repeat(np.array([0.5, 0.5, 1], x.dtype), size)  # n is a tanh already
    halved = [None if a is None else (a.T * half).T for a in (weight_ih, weight_hh, bias_ih, bias_hh)]
    bias_u = np.zeros(3 * size, x.dtype) if bias_hh is None else halved[3].copy()
    outside = bias_u.copy()
    if reset_after:
        outside[2 * size :] = 0  # the candidate's share stands inside r (...)
    gates = project(x, halved[0], halved[2], outside)  # (T, N, 3 H)
    rz, (r, z, n) = gates[..., : 2 * size], (gates[..., k * size : (k + 1) * size] for k in range(3))
    fixed = {name: (dict(zip(GATES, (r, z, n), strict=True))[name], value) for name, value in (pin or {}).items()}
    states, u = start(h0, len(x)), np.empty_like(n)
    weight_rz, weight_n = (np.ascontiguousarray(part.T) for part in np.split(halved[1], [2 * size]))
    for t in range(len(x)):
        before, h = states[t], states[t + 1]
        rz[t] += before @ weight_rz
        np.tanh(rz[t], out=rz[t])
        rz[t] *= 0.5
        rz[t] += 0.5  # (1)
        _pin(fixed, "rz", t)
        if reset_after:
            np.add(np.matmul(before, weight_n, out=u[t]), bias_u[2 * size :], out=u[t])
            n[t] += r[t] * u[t]
        else:
            n[t] += np.multiply(r[t], before, out=u[t]) @ weight_n
        np.tanh(n[t], out=n[t])  # (3), (4)
        _pin(fixed, "n", t)
        np.multiply(z[t], before, out=h)
        h += (1 - z[t]) * n[t]  # (2)
    return GRU(x, r, z, n, u, states[1:], states[:-1], weight_ih, weight_hh, frozenset(fixed), reset_after)


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

    in the two forms. What does not depend on the incoming gradient is made for all steps before the loop.
    """
    r, z, n, before = cache.r, cache.z, cache.n, cache.h_before
    to_n = (1 - z) * (1 - n * n)  # dL/dh to da_n
    if "n" in cache.pinned:
        to_n[...] = 0
    of_r = (to_n * cache.u if cache.reset_after else before) * r * (1 - r)
    grad_a = np.stack([of_r, (before - n) * z * (1 - z), to_n * r if cache.reset_after else to_n], axis=2)
    for gate in cache.pinned:
        grad_a[:, :, GATES.index(gate)] = 0
    flat = grad_a.reshape(
        *z.shape[:2], 3 * z.shape[2]
    )  # (T, N, 3 H): the factors in (5), then the gradients of the sums with U
    dh, grad_h0 = (_back_after if cache.reset_after else _back_before)(grad_h, cache, grad_a, flat)
    grad_hh, grad_bias_hh = transposed_product(flat, before), flat.reshape(-1, flat.shape[-1]).sum(0)
    if cache.reset_after:
        flat[..., -z.shape[-1] :] = dh * to_n
    else:
        grad_hh[-z.shape[-1] :] = transposed_product(grad_a[:, :, 2], cache.u)
    grad_x, grad_ih, grad_bias_ih = linear_backward(flat, (cache.x, cache.weight_ih))
    return grad_x, grad_h0, (grad_ih, grad_hh, grad_bias_ih, grad_bias_hh), dh


def _back_after(grad_h, cache, grad_a, flat):
    dh, carried = np.empty_like(cache.h), np.zeros_like(cache.h[0])
    for t in reversed(range(len(dh))):
        np.add(grad_h[t], carried, out=dh[t])
        grad_a[t] *= dh[t, :, None]
        np.matmul(flat[t], cache.weight_hh, out=carried)
        carried += dh[t] * cache.z[t]
    return dh, carried


def _back_before(grad_h, cache, grad_a, flat):
    size = cache.h.shape[-1]
    weight_rz, weight_n = np.split(cache.weight_hh, [2 * size])
    dh, carried = np.empty_like(cache.h), np.zeros_like(cache.h[0])
    for t in reversed(range(len(dh))):
        np.add(grad_h[t], carried, out=dh[t])
        grad_a[t, :, 1:] *= dh[t, :, None]
        grad_u = grad_a[t, :, 2] @ weight_n
        grad_a[t, :, 0] *= grad_u
        np.matmul(flat[t, :, : 2 * size], weight_rz, out=carried)
        carried += dh[t] * cache.z[t]
        carried += grad_u * cache.r[t]
    return dh, carried


def _pin(fixed, names, t):
    for name in names:
        if name in fixed:
            gate, value = fixed[name]
            gate[t] = value[t]
