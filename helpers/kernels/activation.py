r"""Activation functions with their derivatives: each forward keeps what its backward, directly below, needs."""

from typing import NamedTuple

import numpy as np


class Activation(NamedTuple):
    """What an activation keeps: its input and its output, of one shape."""

    x: np.ndarray
    out: np.ndarray


class LeakyReLU(NamedTuple):
    """What a leaky ReLU keeps: its input, its output, and the slope for what is negative."""

    x: np.ndarray
    out: np.ndarray
    negative_slope: float


class Softmax(NamedTuple):
    """What softmax and its logarithm keep: the output, and the axis along which it sums to one."""

    out: np.ndarray
    axis: int


def relu_forward(x):
    r"""Cut off what is negative: :math:`y = \max(0, x)`. NaN stays NaN."""
    out = np.maximum(x, 0)
    return out, Activation(x, out)


def relu_backward(grad_out, cache):
    r"""Pass the gradient where :math:`x > 0`; at 0 itself, where there is no derivative, torch and we take 0."""
    return np.where(cache.out <= 0, 0, grad_out)


def leaky_relu_forward(x, negative_slope):
    r"""Keep what is positive, scale what is not: :math:`y = x` or :math:`y = a x`, with slope :math:`a`."""
    with np.errstate(invalid="ignore"):  # -inf with slope 0 is NaN
        out = np.where(x > 0, x, negative_slope * x)
    return out, LeakyReLU(x, out, negative_slope)


def leaky_relu_backward(grad_out, cache):
    r"""Pass the gradient where :math:`x > 0`, scaled by the slope elsewhere."""
    return np.where(cache.x > 0, grad_out, cache.negative_slope * grad_out)


def sigmoid(x):
    r"""The logistic function :math:`\sigma(x) = 1 / (1 + e^{-x}) = (1 + \tanh(x / 2)) / 2`; the last never overflows.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def sigmoid_forward(x):
    r"""Squeeze into 0..1, see :func:`sigmoid`."""
    out = sigmoid(x)
    return out, Activation(x, out)


def sigmoid_backward(grad_out, cache):
    r""":math:`\sigma' = \sigma (1 - \sigma)`, at most 1/4."""
    return grad_out * cache.out * (1 - cache.out)


def tanh_forward(x):
    r"""Squeeze into -1..1."""
    out = np.tanh(x)
    return out, Activation(x, out)


def tanh_backward(grad_out, cache):
    r""":math:`\tanh' = 1 - \tanh^2`, at most 1."""
    return grad_out * (1 - cache.out * cache.out)


def step_forward(x, threshold):
    r"""The perceptron's unit: 1 from the threshold on, 0 below. NaN stays NaN."""
    out = np.where(np.isnan(x), x, x >= threshold)
    return out, Activation(x, out)


def step_backward(grad_out, cache):
    r"""Zero: the derivative of a step is 0 wherever there is one, so gradient descent learns nothing through it."""
    return np.zeros_like(grad_out)


def softmax_forward(x, axis):
    r"""Turn scores into shares that sum to one.

    Parameters
    ----------
    x : ndarray
        Scores; minus infinity gets the share 0.
    axis : int
        Along which the shares sum to one.

    Notes
    -----
    .. math:: p_i = e^{x_i - m} / \sum_j e^{x_j - m}, \qquad m = \max_j x_j                            (1)

    Taking the maximum off changes nothing and keeps the powers at most 1.
    """
    out = np.exp(_below_zero(x, axis))
    out /= out.sum(axis, keepdims=True)
    return out, Softmax(out, axis)


def softmax_backward(grad_out, cache):
    r""":math:`dx_i = p_i (g_i - \sum_j g_j p_j)`."""
    p, axis = cache
    return p * (grad_out - (grad_out * p).sum(axis, keepdims=True))


def log_softmax_forward(x, axis):
    r"""The logarithm of softmax, exact where a share rounds to 0: :math:`y_i = x_i - m - \log \sum_j e^{x_j - m}`."""
    z = _below_zero(x, axis)
    with np.errstate(divide="ignore"):  # an axis of length 0
        out = z - np.log(np.exp(z).sum(axis, keepdims=True))
    return out, Softmax(out, axis)


def log_softmax_backward(grad_out, cache):
    r""":math:`dx_i = g_i - p_i \sum_j g_j`."""
    return grad_out - np.exp(cache.out) * grad_out.sum(cache.axis, keepdims=True)


def _below_zero(x, axis):
    with np.errstate(invalid="ignore"):  # a row of infinities has no softmax: NaN
        return x - np.max(x, axis, keepdims=True, initial=-np.inf)
