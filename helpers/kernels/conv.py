r"""Convolution over planes, forward and backward: windows copied into columns, then one matrix product."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

COLUMN_BYTES = 1 << 23  # columns of a block of images: larger ones leave the cache, smaller ones make too many products


class Conv(NamedTuple):
    """What convolution keeps: the input with its zeros around, (N, C, H, W), and how the windows lie on it."""

    padded: np.ndarray
    weight: np.ndarray
    stride: tuple
    dilation: tuple
    groups: int
    padding: tuple


def conv2d_forward(x, weight, bias=None, stride=(1, 1), padding=((0, 0), (0, 0)), dilation=(1, 1), groups=1):
    r"""Slide learned windows over planes and sum the products.

    Parameters
    ----------
    x : ndarray, (N, C, H, W)
    weight : ndarray, (O, C / groups, K, L)
    bias : ndarray, (O,), optional
    stride, dilation : pair of int
        Along H and W.
    padding : pair of pairs of int
        Zeros before and behind, along H and W.
    groups : int
        Parts of the channels that do not see each other.

    Returns
    -------
    out : ndarray, (N, O, H_out, W_out)
    cache : Conv

    Notes
    -----
    .. math:: y_{o,i,j} = b_o + \sum_{c,k,l} w_{o,c,k,l}\, x_{c,\; s i + d k - p,\; s j + d l - p}            (1)

    This is cross-correlation: the window is not turned round, as mathematics' convolution would.
    """
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    cache = Conv(padded, weight, stride, dilation, groups, padding)
    filters = weight.reshape(groups, len(weight) // groups, -1)  # (G, O / G, R)
    shape = _windows(cache).shape[-2:]
    out = np.empty((len(x), groups, filters.shape[1], shape[0] * shape[1]), np.result_type(x, weight))
    for block in _blocks(cache):
        np.matmul(filters, _columns(cache, block), out=out[block])  # (1)
    out = out.reshape(len(x), len(weight), *shape)
    if bias is not None:
        out += bias[:, None, None]
    return out, cache


def conv2d_backward(grad_out, cache):
    r"""Gradients of the input, the weight and the bias.

    Notes
    -----
    .. math:: dw = \sum dy \cdot \text{window}, \qquad dx: \text{each window gets } w^T dy \text{ added}       (2)
    """
    padded, weight, groups = cache.padded, cache.weight, cache.groups
    filters = weight.reshape(groups, len(weight) // groups, -1)
    grad = grad_out.reshape(len(padded), groups, filters.shape[1], -1 if grad_out.size else 0)
    grad_weight = np.zeros_like(filters, grad.dtype)
    grad_padded = np.zeros(padded.shape, grad.dtype)
    for block in _blocks(cache):
        columns = _columns(cache, block)  # (n, G, R, M)
        grad_weight += (grad[block] @ columns.swapaxes(-1, -2)).sum(0)
        _add_windows(grad_padded[block], filters.swapaxes(-1, -2) @ grad[block], cache, grad_out.shape[-2:])  # (2)
    (top, bottom), (left, right) = cache.padding
    height, width = padded.shape[-2:]
    grad_x = grad_padded[..., top : height - bottom, left : width - right]
    return grad_x, grad_weight.reshape(weight.shape), grad_out.sum((0, 2, 3))


def _windows(cache):
    """A view of every window: (N, C, K, L, H_out, W_out)."""
    reach = [d * (k - 1) + 1 for d, k in zip(cache.dilation, cache.weight.shape[2:], strict=True)]
    (s, t), (d, e) = cache.stride, cache.dilation
    view = sliding_window_view(cache.padded, reach, (-2, -1))[:, :, ::s, ::t, ::d, ::e]
    return view.transpose(0, 1, 4, 5, 2, 3)


def _columns(cache, block):
    """The windows of a block of images as columns of matrices, (n, G, R, M), copied once."""
    windows = _windows(cache)[block]
    n, channels, k, width, *out = windows.shape
    return windows.reshape(n, cache.groups, channels // cache.groups * k * width, out[0] * out[1])


def _blocks(cache):
    """Slices of images whose columns fit the cache."""
    bytes_each = max(1, _windows(cache)[:1].size * cache.padded.itemsize)
    step = max(1, COLUMN_BYTES // bytes_each)
    return [slice(start, start + step) for start in range(0, len(cache.padded), step)]


def _add_windows(grad_padded, grad_columns, cache, out):
    """Add each window's gradient where the window stood: one shifted sum for each of its taps."""
    taps = cache.weight.shape[2:]
    grads = grad_columns.reshape(*grad_padded.shape[:2], *taps, *out)
    (s, t), (d, e) = cache.stride, cache.dilation
    for k, width in np.ndindex(*taps):
        rows, cols = slice(k * d, k * d + s * out[0], s), slice(width * e, width * e + t * out[1], t)
        grad_padded[:, :, rows, cols] += grads[:, :, k, width]
