r"""Convolution over planes, forward and backward: windows copied into columns, then one matrix product."""

import math
from typing import NamedTuple

import numpy as np

from .windows import Windows

COLUMN_BYTES = 1 << 20  # columns of a block of images: larger ones leave the cache, smaller ones make too many products


class Conv(NamedTuple):
    """What convolution keeps: its input (N, C, H, W), its weights, and how the windows lie on the planes."""

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    rows: Windows
    cols: Windows
    groups: int


def conv2d_forward(x, weight, bias, rows, cols, groups=1):
    r"""Slide learned windows over planes and sum the products.

    Parameters
    ----------
    x : ndarray, (N, C, H, W)
    weight : ndarray, (O, C / groups, K, L)
    bias : ndarray, (O,), or None
    rows, cols : Windows
        The windows along H and along W; their padding counts as 0.
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

    The bias is one more weight, that of a pixel which is always 1: one product makes the whole of (1).
    """
    cache = Conv(x, weight, bias, rows, cols, groups)
    filters = _filters(cache)
    out = np.empty((len(x), *filters.shape[:2], rows.count * cols.count), np.result_type(x, weight))  # (N, G, O / G, M)
    for block, columns, _ in _columns(cache):
        np.matmul(filters, columns, out=out[block])  # (1)
    return out.reshape(len(x), len(weight), rows.count, cols.count), cache


def conv2d_backward(grad_out, cache):
    r"""Gradients of the input, the weight and the bias.

    Parameters
    ----------
    grad_out : ndarray, (N, O, H_out, W_out)
    cache : Conv

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray, (N, C, H, W), (O, C / groups, K, L) and (O,)

    Notes
    -----
    .. math:: dw = \sum dy \cdot \text{window}, \qquad dx: \text{each window gets } w^T dy \text{ added}       (2)
    """
    filters = _filters(cache)
    grad = grad_out.reshape(len(grad_out), *filters.shape[:2], cache.rows.count * cache.cols.count)  # (N, G, O / G, M)
    grad_filters, grad_x = np.zeros_like(filters, grad.dtype), np.zeros(cache.x.shape, grad.dtype)
    images = _grouped(grad_x, cache)
    for block, columns, windows in _columns(cache):
        grad_filters += (grad[block] @ columns.swapaxes(-1, -2)).sum(0)
        grad_windows = filters[..., :-1].swapaxes(-1, -2) @ grad[block]  # (n, G, R, M)
        for pixels, places in _taps(cache, images[block], grad_windows.reshape(windows.shape)):
            pixels += places  # (2)
    return grad_x, grad_filters[..., :-1].reshape(cache.weight.shape), grad_filters[..., -1].reshape(-1)


def _filters(cache):
    """Weight and bias as matrices, (G, O / G, R + 1): a filter a row, R = C / G * K * L."""
    bias = np.zeros(len(cache.weight), cache.weight.dtype) if cache.bias is None else cache.bias
    return np.concatenate([a.reshape(cache.groups, len(a) // cache.groups, -1) for a in (cache.weight, bias)], -1)


def _grouped(images, cache):
    """Images as (N, G, C / G, H, W), a view."""
    return images.reshape(len(images), cache.groups, images.shape[1] // cache.groups, *images.shape[2:])


def _columns(cache):
    """Yield slices of images, their windows and a 1 as the columns of matrices, and the windows in these as a view.

    The matrices are (n, G, R + 1, M), the windows (n, G, C / G, K, L, H_out, W_out); each time in the same memory.
    """
    rows, cols, x = cache.rows, cache.cols, _grouped(cache.x, cache)
    sizes = x.shape[2], rows.kernel, cols.kernel, rows.count, cols.count
    shape = cache.groups, math.prod(sizes[:3]) + 1, math.prod(sizes[3:])  # (G, R + 1, M)
    step = max(1, COLUMN_BYTES // (math.prod(shape) * x.itemsize))
    columns = np.zeros((min(step, len(x)), *shape), x.dtype)  # they stay 0 where windows read padding
    columns[:, :, -1] = 1
    windows = columns[:, :, :-1].reshape(len(columns), cache.groups, *sizes)
    for start in range(0, len(x), step):
        block = slice(start, min(start + step, len(x)))
        n = block.stop - start
        for pixels, places in _taps(cache, x[block], windows[:n]):
            places[...] = pixels
        yield block, columns[:n], windows[:n]


def _taps(cache, images, windows):
    """Yield the pixels that each tap of the windows reads, and the places in the windows that it reads them for."""
    for k, (row, i) in enumerate(cache.rows.taps):
        for l, (col, j) in enumerate(cache.cols.taps):
            yield images[..., row, col], windows[..., k, l, i, j]
