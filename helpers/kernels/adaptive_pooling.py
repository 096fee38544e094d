r"""Average and max pooling into a given number of bins, forward and backward.

Plain pooling is told its windows, and the output's size follows. Here the output's size is told, and the bins follow:
the same layer serves pictures of every size. Bins hardly overlap, so the work grows with the pixels, however many bins.
Bins of one size are plain windows. They take no way of their own: plain pooling is faster for windows of 2 to 4 only.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .blocks import each_block


class AdaptiveAvgPoolCache(NamedTuple):
    """What backward needs."""

    out: np.ndarray  # (..., H_out, W_out)
    divisor: np.ndarray  # pixels of each bin, (H_out, W_out)
    size: tuple[int, int]  # (H, W)


class AdaptiveMaxPoolCache(NamedTuple):
    """What backward and the pictures need."""

    out: np.ndarray  # (..., H_out, W_out)
    winners: np.ndarray  # where each bin's maximum stands in its plane, h * W + w, int64, (..., H_out, W_out)
    size: tuple[int, int]  # (H, W)


def adaptive_bins(size, count):
    r"""Return the pixels of each bin along one axis.

    Cut a ruler of `size` pixels into `count` equal parts: a bin holds every pixel that its part touches.

    Parameters
    ----------
    size : int
        Pixels along the axis, at least 1.
    count : int
        Number of bins, at least 1; there may be more bins than pixels.

    Returns
    -------
    list of range

    Notes
    -----
    With n = size and o = count, bin i holds the pixels q with

    .. math:: \lfloor i n / o \rfloor \le q < \lceil (i + 1) n / o \rceil                               (1)

    Where o does not divide n, neighbours share pixels, and bins may differ in size. Turned round, pixel q lies in the
    bins :math:`\lfloor q o / n \rfloor \le i < \lceil (q + 1) o / n \rceil`: equation (1) again, n and o swapped.

    Examples
    --------
    >>> adaptive_bins(3, 2)
    [range(0, 2), range(1, 3)]
    """
    return [range(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]  # -(-a // b) rounds up


def adaptive_avg_pool2d_forward(x, height, width):
    r"""Replace every bin by the mean of its pixels.

    Parameters
    ----------
    x : ndarray, (..., H, W), float
        Planes of pixels.
    height, width : int
        Bins along H and along W.

    Returns
    -------
    out : ndarray, (..., height, width)
    cache : AdaptiveAvgPoolCache

    Notes
    -----
    .. math:: y_{ij} = \frac{1}{m_{ij}} \sum_{h \in bin_i} \sum_{w \in bin_j} x_{hw}                     (2)

    Examples
    --------
    >>> adaptive_avg_pool2d_forward(np.array([[1.0, 2.0, 6.0]]), 1, 2)[0]
    array([[1.5, 4. ]])
    """
    size = x.shape[-2:]
    divisor = np.outer(np.diff(_edges(size[0], height)), np.diff(_edges(size[1], width))).astype(x.dtype)  # m
    out = np.empty(x.shape[:-2] + (height, width), x.dtype)
    x_planes, out_planes = x.reshape(-1, *size), out.reshape(-1, height, width)

    @np.errstate(invalid="ignore")  # inf - inf is NaN, silently, as in torch
    def pool(block):
        if height == width == 1:
            total = np.einsum("phw->p", x_planes[block])[:, None, None]  # the whole plane in one pass
        else:
            total = _sum_bins(_sum_bins(x_planes[block], height, -2), width, -1)  # (P, height, W), (P, height, width)
        np.divide(total, divisor, out=out_planes[block])

    each_block(pool, len(x_planes), x_planes[:1].nbytes)
    return out, AdaptiveAvgPoolCache(out, divisor, size)


def adaptive_avg_pool2d_backward(grad_out, cache):
    r"""Give every pixel of a bin an equal share of the bin's gradient.

    Parameters
    ----------
    grad_out : ndarray, (..., height, width)
    cache : AdaptiveAvgPoolCache

    Returns
    -------
    grad_x : ndarray, (..., H, W)

    Notes
    -----
    .. math:: \partial L / \partial x_q = \sum_{ij \ni q} \frac{1}{m_{ij}} \, \partial L / \partial y_{ij}   (3)

    By equation (1) the bins around a pixel are a bin of bins, so the way back is a pooling too, from o bins to n.
    """
    size, divisor = cache.size, cache.divisor
    grad_x = np.empty(grad_out.shape[:-2] + size, grad_out.dtype)
    grad_planes, grad_x_planes = grad_out.reshape(-1, *divisor.shape), grad_x.reshape(-1, *size)

    @np.errstate(invalid="ignore")
    def share(block):
        across = _sum_bins(grad_planes[block] / divisor, size[1], -1)  # (P, height, W)
        grad_x_planes[block] = _sum_bins(across, size[0], -2)  # (P, H, W)

    each_block(share, len(grad_x_planes), grad_x_planes[:1].nbytes)
    return grad_x


def adaptive_max_pool2d_forward(x, height, width):
    r"""Keep the largest pixel of every bin.

    Parameters
    ----------
    x : ndarray, (..., H, W), float
        Planes of pixels.
    height, width : int
        Bins along H and along W.

    Returns
    -------
    out : ndarray, (..., height, width)
    cache : AdaptiveMaxPoolCache

    Notes
    -----
    .. math:: y_{ij} = \max_{h \in bin_i, \; w \in bin_j} x_{hw}                                          (4)

    Of equal pixels the first in reading order wins. NaN wins its bin, of several the last, as in torch.

    Examples
    --------
    >>> adaptive_max_pool2d_forward(np.array([[1.0, 2.0, 6.0]]), 1, 2)[0]
    array([[2., 6.]])
    """
    size = x.shape[-2:]
    places = _places(size, height, width)  # (B, K), B = height * width
    pixels = x.reshape(-1, size[0] * size[1])
    out, winners = np.empty((len(pixels), len(places)), x.dtype), np.empty((len(pixels), len(places)), np.int64)

    def pool(block):
        best = _winning(pixels[block].take(places, 1))  # (P, B)
        winners[block] = places[np.arange(len(places)), best]
        out[block] = np.take_along_axis(pixels[block], winners[block], 1)

    each_block(pool, len(pixels), places.size * x.itemsize)
    shape = x.shape[:-2] + (height, width)
    out = out.reshape(shape)
    return out, AdaptiveMaxPoolCache(out, winners.reshape(shape), size)


def adaptive_max_pool2d_backward(grad_out, cache):
    r"""Send each bin's gradient to its winner; a pixel that wins several bins collects the sum.

    Parameters
    ----------
    grad_out : ndarray, (..., height, width)
    cache : AdaptiveMaxPoolCache

    Returns
    -------
    grad_x : ndarray, (..., H, W)

    Notes
    -----
    .. math:: \partial L / \partial x_q = \sum_{ij : \, winner(ij) = q} \partial L / \partial y_{ij}       (5)
    """
    grad_x = np.empty(grad_out.shape[:-2] + cache.size, grad_out.dtype)
    planes = grad_x.reshape(-1, cache.size[0] * cache.size[1])
    bins = len(planes), cache.out.shape[-2] * cache.out.shape[-1]
    winners, grads = cache.winners.reshape(bins), grad_out.reshape(bins)

    def send(block):
        pixels = planes[block]  # (P, H * W)
        at = winners[block] + np.arange(0, pixels.size, pixels.shape[1])[:, None]  # (P, B)
        pixels[...] = np.bincount(at.ravel(), grads[block].ravel(), pixels.size).reshape(pixels.shape)  # (5)

    each_block(send, len(planes), planes[:1].nbytes)
    return grad_x


@lru_cache(maxsize=256)
def _edges(size, count):
    """First pixel of each bin, and the one after its last, (count, 2)."""
    return np.array([(pixels.start, pixels.stop) for pixels in adaptive_bins(size, count)])


def _sum_bins(x, count, axis):
    """Sum the pixels of each of `count` bins along the axis -2 or -1."""
    size, edges = x.shape[axis], _edges(x.shape[axis], count)
    if count == size:
        return x
    if count > size:  # a bin holds one pixel or two
        sums = x.take(edges[:, 0], axis)
        into, source = np.moveaxis(sums, axis, 0), np.moveaxis(x, axis, 0)
        for i in np.flatnonzero(np.diff(edges) > 1):
            into[i] += source[edges[i, 1] - 1]
        return sums
    if axis == -2:  # a product with ones adds rows faster than sum does
        return np.stack([np.ones(end - start, x.dtype) @ x[..., start:end, :] for start, end in edges], -2)
    # from each edge to the next: a bin, then what lies between it and the one after
    return np.add.reduceat(x, edges.ravel()[:-1], -1)[..., ::2]


def _places(size, height, width):
    """Where the pixels of each bin stand in the plane, in reading order, (B, K); smaller bins repeat their last."""
    rows, cols = (_filled_up(_edges(*axis)) for axis in zip(size, (height, width), strict=True))
    return (rows[:, None, :, None] * size[1] + cols[None, :, None, :]).reshape(height * width, -1)


def _filled_up(edges):
    """The pixels of each bin along one axis, (count, pixels of the largest)."""
    return np.minimum(edges[:, :1] + np.arange(np.diff(edges).max()), edges[:, 1:] - 1)


def _winning(values):
    """Which pixel of each bin (..., K) wins: the first of the largest, or the last NaN."""
    best = values.argmax(-1)  # NaN is the largest here
    nan = np.isnan(np.take_along_axis(values, best[..., None], -1)[..., 0])
    if nan.any():
        last = values.shape[-1] - 1 - np.isnan(values[..., ::-1]).argmax(-1)
        best = np.where(nan, last, best)
    return best
