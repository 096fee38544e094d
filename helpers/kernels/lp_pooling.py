r"""Pooling by the p-norm of each window, forward and backward: a sum at p = 1, a maximum as p grows without end.

The powers are averaged by plain average pooling; what is added here is the power before it and the root behind it.
"""

from typing import NamedTuple

import numpy as np

from .pooling import (
    AvgPoolCache,
    MaxPoolCache,
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)


class LPPoolCache(NamedTuple):
    """What backward needs: the arrays themselves, not copies; leave them unchanged until backward."""

    x: np.ndarray  # (..., H, W)
    out: np.ndarray  # (..., H_out, W_out)
    norm_type: float
    powers: AvgPoolCache | MaxPoolCache  # of the pooling of x to the power p; for p = inf, of |x|


def lp_pool2d_forward(x, rows, cols, norm_type):
    r"""Replace every window by the p-norm of its pixels.

    Parameters
    ----------
    x : ndarray, (..., H, W), float
        Planes of pixels.
    rows, cols : Windows
        The windows along H and along W; their padding is 0 and their dilation 1.
    norm_type : float
        The power p, above 0; infinity stands for the largest absolute value.

    Returns
    -------
    out : ndarray, (..., H_out, W_out)
    cache : LPPoolCache

    Notes
    -----
    With k = kernel rows times kernel columns, and m the pixels that the window reads,

    .. math:: y = \Big( \frac{k}{m} \sum_{q \in window} x_q^p \Big)^{1/p}                               (1)

    Only in a window that hangs over the edge (`ceil_mode`) is m less than k: torch scales its sum up to a full window.
    There is no absolute value in (1), as there is none in torch. Negative pixels are safe for p = 1 and for even p; a
    sum below 0 gives NaN for odd p, and any negative pixel does where p is no whole number.

    Powers leave the range of floating-point numbers early: :math:`20^{300}` is infinite, and so is y then.

    Examples
    --------
    >>> from helpers.kernels.windows import Windows
    >>> lp_pool2d_forward(np.array([[3.0, 4.0, 6.0, 8.0]]), Windows(1, 1), Windows(4, 2, 2), 2.0)[0]
    array([[ 5., 10.]])
    """
    if norm_type == np.inf:
        out, powers = max_pool2d_forward(np.abs(x), rows, cols)
    else:
        with np.errstate(invalid="ignore"):  # the NaN of negative pixels, of which the layer warns
            mean, powers = avg_pool2d_forward(x**norm_type, rows, cols)
            out = (mean * (rows.kernel * cols.kernel)) ** (1 / norm_type)  # (1)
    return out, LPPoolCache(x, out, norm_type, powers)


def lp_pool2d_backward(grad_out, cache):
    r"""Send each window's gradient to its pixels, the more the larger they are for p > 1.

    Parameters
    ----------
    grad_out : ndarray, (..., H_out, W_out)
    cache : LPPoolCache

    Returns
    -------
    grad_x : ndarray, (..., H, W)

    Notes
    -----
    .. math:: \frac{\partial L}{\partial x_q}
              = x_q^{p-1} \sum_{ij \ni q} \frac{k}{m_{ij}} \, y_{ij}^{1-p} \, \frac{\partial L}{\partial y_{ij}}   (2)

    A window whose norm is 0 or NaN hands nothing on. At 0 the norm has a corner, where (2) reads 0 times infinity:
    torch takes 0 as well for :math:`p \ge 1`, and returns NaN for p < 1. In other windows, for p < 1, the slope at a
    pixel of 0 is infinite. So is its gradient, here and in torch, unless nothing arrives: torch has NaN, we have 0.
    """
    p = cache.norm_type
    if p == np.inf:
        return max_pool2d_backward(grad_out, cache.powers) * np.nan_to_num(np.sign(cache.x))
    kernel = cache.powers.rows.kernel * cache.powers.cols.kernel
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(np.abs(cache.out) > 0, cache.out ** (1 - p), 0)  # 0 for NaN too
        share = avg_pool2d_backward(kernel * slope * grad_out, cache.powers)  # the sum in (2)
        return np.where(share == 0, 0, share * cache.x ** (p - 1))
