r"""Max and average pooling over planes of pixels, forward and backward.

A window is a stack of short rows: its maximum is the largest of their maxima, and likewise its sum. So every function
here slides along one axis, then along the other (`sliding`), and the work grows at most with k, not with k squared.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .blocks import each_block
from .sliding import slide, spread, winning_tap
from .windows import Windows


class MaxPoolCache(NamedTuple):
    """What backward and the pictures need: the arrays themselves, not copies; leave them unchanged until backward."""

    x: np.ndarray  # (..., H, W)
    out: np.ndarray  # (..., H_out, W_out)
    rows: Windows
    cols: Windows


class AvgPoolCache(NamedTuple):
    """What backward and the pictures need."""

    out: np.ndarray  # (..., H_out, W_out)
    divisor: np.ndarray | int  # (H_out, W_out), or one number for all windows
    rows: Windows
    cols: Windows


def max_pool2d_forward(x, rows, cols):
    r"""Keep the largest pixel of every window.

    Parameters
    ----------
    x : ndarray, (..., H, W), float
        Planes of pixels; padding counts as minus infinity and never wins over a pixel.
    rows, cols : Windows
        The windows along H and along W.

    Returns
    -------
    out : ndarray, (..., H_out, W_out)
    cache : MaxPoolCache

    Notes
    -----
    .. math:: y_{ij} = \max_{a, b} x_{i s + a d - p,\; j s + b d - p}                               (1)

    NaN wins its window, as in torch.

    Examples
    --------
    >>> x = np.array([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 8.0, 7.0]])
    >>> max_pool2d_forward(x, Windows(2, kernel=2, stride=2), Windows(4, kernel=2, stride=2))[0]
    array([[5., 8.]])
    """
    out = np.empty(x.shape[:-2] + (rows.count, cols.count), x.dtype)
    x_planes, out_planes = _planes(x), _planes(out)

    def pool(block):
        down = slide(np.maximum, x_planes[block], rows, -2)  # (P, H_out, W)
        slide(np.maximum, down, cols, -1, out_planes[block])  # (P, H_out, W_out)

    each_block(pool, len(x_planes), x_planes[:1].nbytes)
    return out, MaxPoolCache(x, out, rows, cols)


def max_pool2d_winners(cache):
    r"""Return where each window's maximum stands in its plane, h * W + w, as torch's `return_indices` does.

    Of equal pixels the first in reading order wins; of several NaN the last; a window that reads only padding has -1.

    Parameters
    ----------
    cache : MaxPoolCache

    Returns
    -------
    winners : ndarray, (..., H_out, W_out), int64
    """
    rows, cols = cache.rows, cache.cols
    nowhere = _nothing_read(rows, cols)
    winners = np.empty(cache.out.shape, np.int64)
    x_planes, out_planes, winner_planes = _planes(cache.x), _planes(cache.out), _planes(winners)

    def find(block):
        at = _winners(x_planes[block], out_planes[block], rows, cols)
        at -= np.arange(len(at))[:, None, None] * (rows.size * cols.size)
        winner_planes[block] = at
        winner_planes[block, nowhere] = -1

    each_block(find, len(x_planes), x_planes[:1].nbytes)
    return winners


def max_pool2d_backward(grad_out, cache):
    r"""Send each window's gradient to its winner; a pixel that wins several windows collects the sum.

    Parameters
    ----------
    grad_out : ndarray, (..., H_out, W_out)
    cache : MaxPoolCache

    Returns
    -------
    grad_x : ndarray, (..., H, W)

    Notes
    -----
    .. math:: \partial L / \partial x_q = \sum_{ij : \, winner(ij) = q} \partial L / \partial y_{ij}       (2)
    """
    rows, cols = cache.rows, cache.cols
    grad_x = np.empty(cache.x.shape, cache.x.dtype)
    if rows.empty or cols.empty:
        grad_out = np.where(_nothing_read(rows, cols), 0, grad_out)
    x_planes, out_planes = _planes(cache.x), _planes(cache.out)
    grad_planes, grad_x_planes = _planes(grad_out), _planes(grad_x)

    def send(block):
        at = _winners(x_planes[block], out_planes[block], rows, cols)  # (P, H_out, W_out)
        pixels = grad_x_planes[block].reshape(-1)
        pixels[:] = 0
        np.add.at(pixels, at.reshape(-1), grad_planes[block].reshape(-1))  # (2); fast where all three have one axis

    each_block(send, len(x_planes), x_planes[:1].nbytes)
    return grad_x


def avg_pool2d_forward(x, rows, cols, count_include_pad=True, divisor_override=None):
    r"""Replace every window by the mean of its pixels.

    Parameters
    ----------
    x : ndarray, (..., H, W), float
        Planes of pixels; padding counts as 0.
    rows, cols : Windows
        The windows along H and along W; their dilation is 1.
    count_include_pad : bool
        Whether declared padding counts in the divisor. The overhang of `ceil_mode` never does.
    divisor_override : int or None
        Divide by this number instead.

    Returns
    -------
    out : ndarray, (..., H_out, W_out)
    cache : AvgPoolCache

    Notes
    -----
    .. math:: y_{ij} = \frac{1}{m_{ij}} \sum_{a, b} x_{i s + a - p,\; j s + b - p}                    (3)

    Examples
    --------
    >>> edge = Windows(4, kernel=3, stride=1, padding=1)
    >>> avg_pool2d_forward(np.ones((1, 4)), Windows(1, kernel=1), edge)[0].round(3)
    array([[0.667, 1.   , 1.   , 0.667]])
    """
    divisor = divisor_override or _window_sizes(rows, cols, count_include_pad)  # (H_out, W_out)
    out = np.empty(x.shape[:-2] + (rows.count, cols.count), x.dtype)
    x_planes, out_planes = _planes(x), _planes(out)

    @np.errstate(invalid="ignore")  # inf - inf is NaN, silently, as in torch
    def pool(block):
        down = slide(np.add, x_planes[block], rows, -2)  # (P, H_out, W)
        total = slide(np.add, down, cols, -1, out_planes[block])  # (P, H_out, W_out)
        total /= divisor

    each_block(pool, len(x_planes), x_planes[:1].nbytes)
    return out, AvgPoolCache(out, divisor, rows, cols)


def avg_pool2d_backward(grad_out, cache):
    r"""Give every pixel of a window an equal share of the window's gradient.

    Parameters
    ----------
    grad_out : ndarray, (..., H_out, W_out)
    cache : AvgPoolCache

    Returns
    -------
    grad_x : ndarray, (..., H, W)

    Notes
    -----
    .. math:: \partial L / \partial x_q = \sum_{ij \ni q} \frac{1}{m_{ij}} \, \partial L / \partial y_{ij}   (4)
    """
    rows, cols = cache.rows, cache.cols
    grad_x = np.empty(grad_out.shape[:-2] + (rows.size, cols.size), grad_out.dtype)
    grad_planes, grad_x_planes = _planes(grad_out), _planes(grad_x)

    def share(block):
        per_pixel = np.divide(grad_planes[block], cache.divisor, dtype=grad_x.dtype)
        across = spread(per_pixel, cols, -1)  # (P, H_out, W)
        spread(across, rows, -2, grad_x_planes[block])  # (P, H, W)

    each_block(share, len(grad_x_planes), grad_x_planes[:1].nbytes)
    return grad_x


def _planes(x):
    return x.reshape(-1, *x.shape[-2:])


def _winners(x, out, rows, cols):
    """Position of each window's winner among the pixels of a block (P, H, W); 0 where it reads only padding."""
    has_nan = bool(out.size) and np.isnan(out.max())
    across = slide(np.maximum, x, cols, -1)  # (P, H, W_out)
    dtype = np.min_scalar_type(rows.kernel * cols.kernel)
    row_tap = winning_tap(across, out, rows, -2, has_nan, dtype)  # (P, H_out, W_out)
    col_tap = winning_tap(x, across, cols, -1, has_nan, dtype)  # (P, H, W_out)
    tap = row_tap * row_tap.dtype.type(cols.kernel)  # the winner's number in its window, row by row
    for number, (source, target) in enumerate(rows.taps):
        some = tap[:, target]
        some += col_tap[:, source] * (row_tap[:, target] == number)
    first, further = _places(rows, cols)
    at = further.take(tap, mode="clip")  # every tap fits: this mode is here as the one that does not check
    at += first
    at += np.arange(0, x.size, rows.size * cols.size)[:, None, None]
    if rows.empty or cols.empty:
        at[:, _nothing_read(rows, cols)] = 0
    return at


@lru_cache(maxsize=64)
def _window_sizes(rows, cols, count_include_pad):
    """Pixels that each window counts, (H_out, W_out); one number where that is the same for all."""
    sizes = np.outer(rows.sizes(count_include_pad), cols.sizes(count_include_pad)).astype(np.float32)  # small and exact
    if (sizes == sizes[0, 0]).all():
        return int(sizes[0, 0])
    sizes.setflags(write=False)
    return sizes


@lru_cache(maxsize=64)
def _places(rows, cols):
    """Where each window begins in the flat plane, (H_out, W_out), and how far from there its taps stand, (K * L,)."""
    first = rows.starts[:, None] * cols.size + cols.starts
    return first, np.add.outer(
        np.arange(rows.kernel) * rows.dilation * cols.size, np.arange(cols.kernel) * cols.dilation
    ).ravel()


def _nothing_read(rows, cols):
    """Which windows read only padding, (H_out, W_out)."""
    by_row, by_col = (np.isin(np.arange(axis.count), axis.empty) for axis in (rows, cols))
    return by_row[:, None] | by_col
