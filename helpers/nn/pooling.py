r"""Max and average pooling in one and two dimensions, as torch.nn has them."""

from functools import lru_cache

import numpy as np

from helpers import checks
from helpers.kernels import pooling
from helpers.kernels.windows import Windows, check_padding, enumeration, fit

from .module import Module

_ONE_ROW = Windows(size=1, kernel=1)


class _Pool(Module):
    """What all pools share: sizes checked at construction, shapes at each call; 1-D runs as one row of 2-D."""

    axes: tuple  # names of the axes that are pooled

    def _set_sizes(self, kernel_size, stride, padding, dilation, ceil_mode):
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode = checks.flag(type(self).__name__, "ceil_mode", ceil_mode)
        sizes = self.kernel_size, self.stride, self.padding, self.dilation
        _checked_sizes.__wrapped__(type(self).__name__, len(self.axes), *sizes)

    def _settings(self):
        stride = self.kernel_size if self.stride is None else self.stride
        sizes = self.kernel_size, stride, self.padding, self.dilation
        return type(self).__name__, len(self.axes), *map(_hashable, sizes)

    def _checked(self, x):
        """Return the input as an array of floats in a shape that is pooled."""
        owner, n = type(self).__name__, len(self.axes)
        x = checks.real_array(owner, "input", x)
        if x.ndim not in (n + 1, n + 2):
            batched = ", ".join(("N", "C", *self.axes))
            raise ValueError(f"{owner}: input must have shape ({batched}) or ({batched[3:]}), got {x.shape}")
        if 0 in x.shape[-n - 1 :]:
            raise ValueError(f"{owner}: input may be empty along N only, got shape {x.shape}")
        return x

    def _planes(self, x):
        """Return the checked input as planes (..., H, W), and its windows along H and W."""
        x, owner, n = self._checked(x), type(self).__name__, len(self.axes)
        windows = fit(owner, x.shape[-n:], *_checked_sizes(*self._settings()), self.ceil_mode)
        warn_of_windows(self, windows, self.axes)
        return (x, *windows) if n == 2 else (x[..., None, :], _ONE_ROW, *windows)

    def _unplane(self, planes):
        return planes if len(self.axes) == 2 else planes[..., 0, :]

    def backward(self, grad_out):
        """Return the gradient of the input from that of the output; each has the shape of what it belongs to."""
        cache = self._last_cache()
        grad_out = checks.upstream(type(self).__name__, grad_out, self._unplane(cache.out))
        return self._unplane(self._kernel_backward(grad_out.reshape(cache.out.shape), cache))


def warn_of_windows(layer, windows, names):
    """Warn once for each axis on which a pixel is read by no window, or a window reads no pixel."""
    for axis, name in zip(windows, names, strict=True):
        if axis.unread:
            sizes = f"kernel_size={axis.kernel}, stride={axis.stride} and dilation={axis.dilation}"
            checks.warn_once(layer, f"no window reads pixels {enumeration(axis.unread)} along {name} with {sizes}")
        if axis.empty:
            sizes = f"padding={axis.padding} and dilation={axis.dilation}"
            checks.warn_once(layer, f"windows {enumeration(axis.empty)} along {name} read only padding with {sizes}")


def _hashable(sizes):
    sizes = sizes.tolist() if isinstance(sizes, np.ndarray) else sizes
    return tuple(sizes) if isinstance(sizes, list) else sizes


@lru_cache(maxsize=256, typed=True)
def _checked_sizes(owner, n, kernel_size, stride, padding, dilation):
    kernel_size = checks.sizes(owner, "kernel_size", kernel_size, n, 1)
    stride = checks.sizes(owner, "stride", stride, n, 1)
    padding = checks.sizes(owner, "padding", padding, n, 0)
    dilation = checks.sizes(owner, "dilation", dilation, n, 1)
    check_padding(owner, kernel_size, padding)
    return kernel_size, stride, padding, dilation


class _MaxPool(_Pool):
    _kernel_backward = staticmethod(pooling.max_pool2d_backward)

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False):
        self._set_sizes(kernel_size, stride, padding, dilation, ceil_mode)
        self.return_indices = checks.flag(type(self).__name__, "return_indices", return_indices)

    def forward(self, x):
        out, self.cache = pooling.max_pool2d_forward(*self._planes(x))
        out = self._unplane(out)
        return (out, self._unplane(pooling.max_pool2d_winners(self.cache))) if self.return_indices else out

    def extra_repr(self):
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class _AvgPool(_Pool):
    _kernel_backward = staticmethod(pooling.avg_pool2d_backward)
    divisor_override = None

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        self._set_sizes(kernel_size, stride, padding, 1, ceil_mode)
        self.count_include_pad = checks.flag(type(self).__name__, "count_include_pad", count_include_pad)

    def forward(self, x):
        planes = self._planes(x)
        out, self.cache = pooling.avg_pool2d_forward(*planes, self.count_include_pad, self.divisor_override)
        return self._unplane(out)

    def extra_repr(self):
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxPool1d(_MaxPool):
    r"""Keep the largest value of every window along a sequence.

    Parameters
    ----------
    kernel_size : int
        Values that a window looks at.
    stride : int, optional
        Steps between windows; `kernel_size` if None.
    padding : int
        Imaginary minus infinities on each side, at most half of `kernel_size`.
    dilation : int
        Distance between the values that a window looks at; 1 means side by side.
    return_indices : bool
        Return also the position of each winner, int64.
    ceil_mode : bool
        Keep a last window that hangs over the end.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, C, L_out) or (C, L_out), `Windows.count` gives L_out.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.MaxPool1d(2)([[0.0, 0, 1, 1, 0, 0, 1, 1]])
    array([[0., 1., 0., 1.]])
    """

    axes = ("L",)


class MaxPool2d(_MaxPool):
    r"""Keep the largest pixel of every window.

    Parameters
    ----------
    kernel_size : int or pair of int
        Rows and columns that a window looks at.
    stride : int or pair of int, optional
        Pixels between windows; `kernel_size` if None.
    padding : int or pair of int
        Imaginary pixels of minus infinity on each side, at most half of `kernel_size`.
    dilation : int or pair of int
        Distance between the pixels that a window looks at; 1 means side by side.
    return_indices : bool
        Return also where each winner stands in its plane, h * W + w, int64.
    ceil_mode : bool
        Keep last windows that hang over the far edges.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, C, H_out, W_out) or (C, H_out, W_out), sizes by `Windows.count`.

    Raises
    ------
    TypeError, ValueError
        A size of the wrong kind or value, or a padding of more than half of `kernel_size`; in a call, an input of
        another shape, or smaller with its padding than the window.

    Notes
    -----
    Of equal pixels the first in reading order gets the gradient, as in torch. NaN wins its window.

    Examples
    --------
    >>> from helpers import nn
    >>> pool = nn.MaxPool2d(2, return_indices=True)
    >>> pool([[[1.0, 5, 2, 0], [3, 4, 8, 7]]])
    (array([[[5., 8.]]]), array([[[1, 6]]]))
    """

    axes = ("H", "W")


class AvgPool1d(_AvgPool):
    r"""Replace every window along a sequence by its mean.

    Parameters
    ----------
    kernel_size : int
        Values that a window looks at.
    stride : int, optional
        Steps between windows; `kernel_size` if None.
    padding : int
        Imaginary zeros on each side, at most half of `kernel_size`.
    ceil_mode : bool
        Keep a last window that hangs over the end; the overhang never counts in the mean.
    count_include_pad : bool
        Whether the padding counts in the mean.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, C, L_out) or (C, L_out), `Windows.count` gives L_out.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True)([[1.0, 1, 1, 1, 1, 1]]).round(3)
    array([[0.667, 1.   , 1.   , 0.5  ]])
    """

    axes = ("L",)

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        self.kernel_size, self.stride, self.padding, _ = _checked_sizes(*self._settings())  # torch keeps 1-tuples here


class AvgPool2d(_AvgPool):
    r"""Replace every window by the mean of its pixels.

    Parameters
    ----------
    kernel_size : int or pair of int
        Rows and columns that a window looks at.
    stride : int or pair of int, optional
        Pixels between windows; `kernel_size` if None.
    padding : int or pair of int
        Imaginary pixels of 0 on each side, at most half of `kernel_size`.
    ceil_mode : bool
        Keep last windows that hang over the far edges; the overhang never counts in the mean.
    count_include_pad : bool
        Whether the padding counts in the mean.
    divisor_override : int, optional
        Divide each sum by this number instead of the number of pixels.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, C, H_out, W_out) or (C, H_out, W_out), sizes by `Windows.count`.

    Raises
    ------
    TypeError, ValueError
        A size of the wrong kind or value, or a padding of more than half of `kernel_size`; in a call, an input of
        another shape, or smaller with its padding than the window.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AvgPool2d(2)([[[1.0, 5, 2, 0], [3, 4, 8, 7]]])
    array([[[3.25, 4.25]]])
    """

    axes = ("H", "W")

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
    ):
        super().__init__(kernel_size, stride, padding, ceil_mode, count_include_pad)
        if divisor_override is not None:
            divisor_override = checks.integer("AvgPool2d", "divisor_override", divisor_override, 1)
        self.divisor_override = divisor_override
