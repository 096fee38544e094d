r"""Batch normalisation: each channel gets mean 0 and variance 1, then a learned scale and shift."""

from typing import NamedTuple

import numpy as np


class BatchNorm(NamedTuple):
    """What batch norm keeps: x_hat (N, C, ...), 1 / std (C, ...), the weight, and whether they are the batch's own."""

    x_hat: np.ndarray
    inverse_std: np.ndarray
    weight: np.ndarray | None
    own: bool


def batch_statistics(x):
    """Mean and biased variance of each channel of x (N, C, ...): two arrays (C,), zeros for an empty batch.

    Two passes: the mean of the squares minus the square of the mean would lose its digits far from 0.
    """
    mean = _mean(x)
    return mean, _mean(np.square(x - _spread(mean, x)))


def batch_norm_forward(x, mean, variance, weight=None, bias=None, eps=1e-5, own=True):
    r"""Normalise each channel.

    Parameters
    ----------
    x : ndarray, (N, C, ...)
    mean, variance : ndarray, (C,)
        Of the batch (`own`), or remembered.
    weight, bias : ndarray, (C,), or None
    eps : float
        Added to the variance, above 0.
    own : bool
        Whether mean and variance are those of x, so that the gradient goes through them too.

    Returns
    -------
    out : ndarray, (N, C, ...)
    cache : BatchNorm

    Notes
    -----
    .. math:: \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad y = w \hat x + b                   (1)

    References
    ----------
    S. Ioffe, C. Szegedy (2015), Batch Normalization, arXiv 1502.03167, algorithm 1.
    """
    inverse_std = _spread(1 / np.sqrt(variance + eps), x)
    x_hat = (x - _spread(mean, x)) * inverse_std
    out = x_hat.copy() if weight is None else x_hat * _spread(weight, x)
    if bias is not None:
        out += _spread(bias, x)
    return out, BatchNorm(x_hat, inverse_std, weight, own)


def batch_norm_backward(grad_out, cache):
    r"""Gradients of the input, the weight and the bias.

    Parameters
    ----------
    grad_out : ndarray, (N, C, ...)
    cache : BatchNorm

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray, (N, C, ...), (C,) and (C,)

    Notes
    -----
    .. math:: d\hat x = w\, dy, \qquad dx = \frac{d\hat x - \overline{d\hat x}
              - \hat x\, \overline{d\hat x\, \hat x}}{\sqrt{\sigma^2 + \epsilon}}                             (2)

    and :math:`dw = \sum dy\, \hat x`, :math:`db = \sum dy`. Bars are means over the channel; they fall away where mean
    and variance are remembered ones.
    """
    x_hat, inverse_std, weight, own = cache
    axes = (0, *range(2, x_hat.ndim))
    grad_weight, grad_bias = (grad_out * x_hat).sum(axes), grad_out.sum(axes)
    grad = grad_out if weight is None else grad_out * _spread(weight, x_hat)
    if own:
        grad = grad - _spread(_mean(grad), grad) - x_hat * _spread(_mean(grad * x_hat), grad)
    return grad * inverse_std, grad_weight, grad_bias


def _mean(x):
    """Mean of each channel, summed in float64: a long sum of float32 numbers loses digits."""
    total = x.sum((0, *range(2, x.ndim)), dtype=np.float64)
    return (total / max(x.size // x.shape[1], 1)).astype(x.dtype)


def _spread(values, x):
    """One value per channel, in a shape that stretches over x (N, C, ...)."""
    return values.reshape(-1, *[1] * (x.ndim - 2))
