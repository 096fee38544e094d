r"""Pooling by the p-norm in one and two dimensions, as torch.nn has it."""

import math

import numpy as np

from helpers import checks
from helpers.kernels import lp_pooling

from .windowed import Pool


class _LPPool(Pool):
    _kernel_backward = staticmethod(lp_pooling.lp_pool2d_backward)

    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        self.norm_type = norm_type
        self._power()
        self._set_sizes(kernel_size, stride, 0, 1, ceil_mode)
        self.stride = stride  # torch keeps None here

    def _power(self):
        allowed = "a number above 0, or infinity"
        return checks.number(type(self).__name__, "norm_type", self.norm_type, allowed, lambda power: power > 0)

    def forward(self, x):
        planes, power = self._planes(x), self._power()
        takes_negatives = power in (1, math.inf) or power % 2 == 0
        if not takes_negatives and np.any(planes[0] < 0):
            told = f"negative numbers with norm_type={power:g} cancel others or give NaN, as in torch"
            checks.warn_once(self, f"{told}; pool their absolute values, or use an even norm_type")
        out, self.cache = lp_pooling.lp_pool2d_forward(*planes, power)
        return self._unplane(out)

    def backward(self, grad_out):
        """Return the gradient of the input from that of the output; each has the shape of what it belongs to."""
        grad_x = super().backward(grad_out)
        power = self.cache.norm_type
        if power < 1 and np.isinf(grad_x[self._unplane(self.cache.x) == 0]).any():
            told = f"with norm_type={power:g} the gradient of a 0 is infinite"
            checks.warn_once(self, f"{told}; add a small number to the input, or use a norm_type of 1 or more")
        return grad_x

    def extra_repr(self):
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    r"""Replace every window along a sequence by its p-norm.

    Parameters
    ----------
    norm_type : float
        The power p, above 0: 1 adds up, 2 is the Euclidean length, infinity keeps the largest absolute value.
    kernel_size : int
        Values that a window looks at.
    stride : int, optional
        Steps between windows; `kernel_size` if None.
    ceil_mode : bool
        Keep a last window that hangs over the end; its sum is scaled up to a full window.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, C, L_out) or (C, L_out), `Windows.count` gives L_out.

    Notes
    -----
    See `LPPool2d`.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.LPPool1d(2, 2)([[3.0, 4.0, 6.0, 8.0]])
    array([[ 5., 10.]])
    """

    axes = ("L",)


class LPPool2d(_LPPool):
    r"""Replace every window by the p-norm of its pixels, between average pooling and max pooling.

    Parameters
    ----------
    norm_type : float
        The power p, above 0: 1 adds up, 2 is the Euclidean length, infinity keeps the largest absolute value.
    kernel_size : int or pair of int
        Rows and columns that a window looks at.
    stride : int or pair of int, optional
        Pixels between windows; `kernel_size` if None.
    ceil_mode : bool
        Keep last windows that hang over the far edges; their sums are scaled up to full windows.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, C, H_out, W_out) or (C, H_out, W_out), sizes by `Windows.count`.

    Notes
    -----
    .. math:: y = \Big( \sum_{q \in window} x_q^p \Big)^{1/p}

    Without an absolute value, as in torch: negative pixels are fine for p = 1 and even p; otherwise they cancel
    others or give NaN, and the layer warns. A window whose y is 0 or NaN hands no gradient on. In other windows the
    gradient of a 0 is infinite for p < 1, and the layer warns. Where torch's gradient at 0 is NaN, ours is 0.
    `SequencePool('lp')` takes absolute values first.

    References
    ----------
    P. Sermanet, S. Chintala, Y. LeCun (2012), Convolutional neural networks applied to house numbers digit
    classification, arXiv 1204.3968: Lp pooling, there with Gaussian weights.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.LPPool2d(2, (1, 2))([[[3.0, 4.0], [6.0, 8.0]]])
    array([[[ 5.],
            [10.]]])
    """

    axes = ("H", "W")
