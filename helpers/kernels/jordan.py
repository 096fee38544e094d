r"""Jordan's recurrent net over a whole sequence, forward and backward through time."""

from typing import NamedTuple

import numpy as np

from .activation import Softmax, sigmoid, softmax_backward, softmax_forward
from .linear import linear_backward, linear_forward
from .recurrence import project, start, transposed_product

FUNCTIONS = {  # each with the gradient through it, in terms of the value y that it gave
    "identity": (lambda a: a, lambda grad, y: grad),
    "tanh": (np.tanh, lambda grad, y: grad * (1 - y * y)),
    "relu": (lambda a: np.maximum(a, 0), lambda grad, y: grad * (y > 0)),
    "sigmoid": (sigmoid, lambda grad, y: grad * y * (1 - y)),
    "softmax": (lambda a: softmax_forward(a, -1)[0], lambda grad, y: softmax_backward(grad, Softmax(y, -1))),
}


class Jordan(NamedTuple):
    """What the recurrence keeps.

    The state s that a step starts from and its output y are (T, N, O), its hidden layer h is (T, N, H); `s_n`, (N, O),
    is the state after the last step. `kept` and `fed`, (T, N, 1), say how much of the state and of the output make the
    next state: alpha and 1, at padding 1 and 0.
    """

    x: np.ndarray
    s: np.ndarray
    h: np.ndarray
    y: np.ndarray
    s_n: np.ndarray
    kept: np.ndarray
    fed: np.ndarray
    weight_ih: np.ndarray
    weight_sh: np.ndarray
    weight_hy: np.ndarray
    nonlinearity: str
    output: str


def jordan_forward(
    x, s0, weight_ih, weight_sh, bias_ih, bias_sh, weight_hy, bias_hy, nonlinearity, output, alpha, padding=None
):
    r"""Run one net over a sequence.

    Parameters
    ----------
    x : ndarray, (T, N, I)
    s0 : ndarray, (N, O)
        The state that the first step starts from.
    weight_ih, weight_sh, weight_hy : ndarray, (H, I), (H, O) and (O, H)
    bias_ih, bias_sh, bias_hy : ndarray, (H,), (H,) and (O,), or None
    nonlinearity, output : str
        Names of f and g in `FUNCTIONS`.
    alpha : float
        Share of the state that is kept from step to step.
    padding : ndarray of bool, (T, N), optional
        Steps that are none: the state stays as it is there.

    Returns
    -------
    Jordan

    Notes
    -----
    .. math:: h_t &= f(W_{ih} x_t + b_{ih} + W_{sh} s_t + b_{sh})                                    (1) \\
              y_t &= g(W_{hy} h_t + b_{hy})                                                          (2) \\
              s_{t+1} &= \alpha s_t + y_t                                                            (3)

    (1) is the step of Elman's net with s in place of the hidden layer before. As there, the products with x are made
    for all steps at once; those with h cannot be, for the next step waits for y.

    References
    ----------
    M. I. Jordan (1986), Serial Order: A Parallel Distributed Processing Approach, ICS Report 8604, University of
    California, San Diego.
    """
    f, g = FUNCTIONS[nonlinearity][0], FUNCTIONS[output][0]
    padding = np.zeros((*x.shape[:2], 1), bool) if padding is None else padding[..., None]
    kept, fed = np.where(padding, 1, alpha).astype(x.dtype), ~padding
    states = start(s0, len(x))  # (T + 1, N, O)
    h, y = project(x, weight_ih, bias_ih, bias_sh), np.empty_like(states[1:])  # (T, N, H), (T, N, O)
    for t in range(len(x)):
        h[t] = f(h[t] + states[t] @ weight_sh.T)  # (1)
        y[t] = g(linear_forward(h[t], weight_hy, bias_hy)[0])  # (2)
        states[t + 1] = kept[t] * states[t] + fed[t] * y[t]  # (3)
    return Jordan(x, states[:-1], h, y, states[-1], kept, fed, weight_ih, weight_sh, weight_hy, nonlinearity, output)


def jordan_backward(grad_y, grad_s, cache):
    r"""Follow the gradient back through time.

    Parameters
    ----------
    grad_y : ndarray, (T, N, O)
        Gradient of each output from outside the recurrence.
    grad_s : ndarray, (N, O)
        Gradient of the state after the last step.
    cache : Jordan

    Returns
    -------
    grad_x, grad_s0 : ndarray
    grad_weights : tuple
        Of weight_ih, weight_sh, bias_ih, bias_sh, weight_hy and bias_hy.
    dh : ndarray, (T, N, H)
        The whole gradient :math:`dL/dh_t` of each hidden layer, (5).

    Notes
    -----
    .. math:: do_t &= g'(o_t)^T (g_t + dL/ds_{t+1}), \qquad o_t = W_{hy} h_t + b_{hy}                (4) \\
              dL/dh_t &= W_{hy}^T do_t, \qquad da_t = dL/dh_t \cdot f'(a_t)                          (5) \\
              dL/ds_t &= \alpha\, dL/ds_{t+1} + W_{sh}^T da_t                                        (6)
    """
    through_f, through_g = FUNCTIONS[cache.nonlinearity][1], FUNCTIONS[cache.output][1]
    grad_a, grad_o, dh = np.empty_like(cache.h), np.empty_like(cache.y), np.empty_like(cache.h)
    ds = grad_s
    for t in reversed(range(len(dh))):
        grad_o[t] = through_g(grad_y[t] + cache.fed[t] * ds, cache.y[t])  # (4)
        np.matmul(grad_o[t], cache.weight_hy, out=dh[t])
        grad_a[t] = through_f(dh[t], cache.h[t])  # (5)
        ds = cache.kept[t] * ds + grad_a[t] @ cache.weight_sh  # (6)
    grad_x, grad_ih, grad_bias = linear_backward(grad_a, (cache.x, cache.weight_ih))
    grad_sh, grad_hy = transposed_product(grad_a, cache.s), transposed_product(grad_o, cache.h)
    return grad_x, ds, (grad_ih, grad_sh, grad_bias, grad_bias, grad_hy, grad_o.sum((0, 1))), dh
