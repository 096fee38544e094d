r"""Max and average pooling in one and two dimensions, as torch.nn has them."""

from helpers import checks
from helpers.kernels import pooling

from .windowed import Pool


class _MaxPool(Pool):
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


class _AvgPool(Pool):
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
        self.kernel_size, self.stride, self.padding, _ = self._sizes()  # torch keeps 1-tuples here


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
