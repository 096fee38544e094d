r"""Losses: each forward gives the loss of every element, its backward the gradient of one element's loss."""

from typing import NamedTuple

import numpy as np

from .activation import log_softmax_forward, sigmoid

LEAST = float(np.float32(1e-12))  # of a denominator; torch keeps this number in float32


class Pair(NamedTuple):
    """What a loss of pairs keeps: input and target, and the weights of all elements and of the positive ones, or 1."""

    input: np.ndarray
    target: np.ndarray
    weight: np.ndarray | float = 1.0
    pos_weight: np.ndarray | float = 1.0


class CrossEntropy(NamedTuple):
    """What cross-entropy keeps: log-probabilities (N, C, ...), and what each of them weighs in the loss, as `share`."""

    log_p: np.ndarray
    share: np.ndarray


def mse_forward(input, target):
    r"""Squared difference: :math:`(x - y)^2`."""
    return (input - target) ** 2, Pair(input, target)


def mse_backward(cache):
    r""":math:`2 (x - y)`."""
    return 2 * (cache.input - cache.target)


def l1_forward(input, target):
    r"""Absolute difference: :math:`|x - y|`."""
    return np.abs(input - target), Pair(input, target)


def l1_backward(cache):
    r"""The sign of :math:`x - y`; 0 where they are equal and there is no derivative."""
    return np.sign(cache.input - cache.target)


def bce_forward(input, target, weight):
    r"""Cross-entropy of one probability: :math:`-w (y \log x + (1 - y) \log (1 - x))`, logarithms at least -100."""
    with np.errstate(divide="ignore"):
        log_x, log_not = (np.maximum(np.log(p), -100) for p in (input, 1 - input))
    return -weight * (target * log_x + (1 - target) * log_not), Pair(input, target, weight)


def bce_backward(cache):
    r""":math:`w (x - y) / (x (1 - x))`, the denominator at least 1e-12."""
    x, y, weight, _ = cache
    return weight * (x - y) / np.maximum(x * (1 - x), LEAST)


def bce_with_logits_forward(input, target, weight, pos_weight):
    r"""Cross-entropy of sigmoid(x), exact for any x.

    .. math:: w ((1 - y) x + (1 + (p - 1) y) (\log(1 + e^{-|x|}) + \max(-x, 0)))

    with the weight p of the positive class.
    """
    softplus = np.log1p(np.exp(-np.abs(input))) + np.maximum(-input, 0)
    out = weight * ((1 - target) * input + (1 + (pos_weight - 1) * target) * softplus)
    return out, Pair(input, target, weight, pos_weight)


def bce_with_logits_backward(cache):
    r""":math:`w ((1 - y) \sigma(x) - p y (1 - \sigma(x)))`."""
    x, y, weight, pos_weight = cache
    return weight * ((1 - y) * sigmoid(x) - pos_weight * y * sigmoid(-x))


def cross_entropy_forward(log_p, share):
    r"""Weigh log-probabilities: :math:`l = -\sum_c s_c \log p_c`, with the target's shares :math:`s`.

    Parameters
    ----------
    log_p : ndarray, (N, C, ...)
        Log-probabilities.
    share : ndarray, (N, C, ...)
        What each class weighs: class weight times the target's probability; one entry of a row for a label.
    """
    with np.errstate(invalid="ignore"):
        products = np.where(share == 0, 0, share * log_p)  # a class without a share may have probability 0
    return -products.sum(1), CrossEntropy(log_p, share)


def cross_entropy_backward(cache):
    r"""The gradient of the log-probabilities: :math:`-s`."""
    return -cache.share


def softmax_cross_entropy_forward(input, share):
    r"""Cross-entropy of softmax(x); see :func:`cross_entropy_forward`."""
    log_p, _ = log_softmax_forward(input, 1)
    return cross_entropy_forward(log_p, share)


def softmax_cross_entropy_backward(cache):
    r"""The gradient of the scores: :math:`p_c \sum_k s_k - s_c`. For one label of weight 1 it is p - s."""
    return np.exp(cache.log_p) * cache.share.sum(1, keepdims=True) - cache.share
