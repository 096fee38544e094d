r"""Average and max pooling into a given number of bins, in one and two dimensions, as torch.nn has them."""

from helpers import checks
from helpers.kernels import adaptive_pooling

from .windowed import Pool


class _AdaptivePool(Pool):
    """What the four layers share: the output's size is a setting, and the bins follow from each input."""

    def __init__(self, output_size):
        self.output_size = output_size
        self._checked_output_size()

    def _checked_output_size(self):
        n = len(self.axes)
        return checks.sizes(type(self).__name__, "output_size", self.output_size, n, 1, optional=n > 1)

    def _planes(self, x):
        """Return the checked input as planes (..., H, W), and its number of bins along H and W."""
        x, n = self._checked(x), len(self.axes)
        counts = [count or size for count, size in zip(self._checked_output_size(), x.shape[-n:], strict=True)]
        checks.affordable(type(self).__name__, "the output", (*x.shape[:-n], *counts), x.dtype)
        return (x, *counts) if n == 2 else (x[..., None, :], 1, *counts)

    def extra_repr(self):
        return f"output_size={self.output_size}"


class _AdaptiveAvgPool(_AdaptivePool):
    _kernel_backward = staticmethod(adaptive_pooling.adaptive_avg_pool2d_backward)

    def forward(self, x):
        out, self.cache = adaptive_pooling.adaptive_avg_pool2d_forward(*self._planes(x))
        return self._unplane(out)


class _AdaptiveMaxPool(_AdaptivePool):
    _kernel_backward = staticmethod(adaptive_pooling.adaptive_max_pool2d_backward)

    def __init__(self, output_size, return_indices=False):
        super().__init__(output_size)
        self.return_indices = checks.flag(type(self).__name__, "return_indices", return_indices)

    def forward(self, x):
        out, self.cache = adaptive_pooling.adaptive_max_pool2d_forward(*self._planes(x))
        out = self._unplane(out)
        return (out, self._unplane(self.cache.winners)) if self.return_indices else out


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    r"""Average a sequence of any length down to a fixed number of values.

    Parameters
    ----------
    output_size : int
        Number of bins L_out, at least 1.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, C, L_out) or (C, L_out).

    Notes
    -----
    Which values a bin holds: `adaptive_bins` in `helpers.kernels.adaptive_pooling`.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AdaptiveAvgPool1d(2)([[1.0, 2.0, 6.0]])
    array([[1.5, 4. ]])
    """

    axes = ("L",)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    r"""Average a picture of any size down to a fixed one.

    Parameters
    ----------
    output_size : int or pair of (int or None)
        Rows and columns of the output, at least 1; None keeps the input's. `AdaptiveAvgPool2d(1)` is the mean of a
        whole plane, also called global average pooling.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, C, H_out, W_out) or (C, H_out, W_out).

    Notes
    -----
    Where H_out divides H and W_out divides W, this is `AvgPool2d` with windows of H / H_out by W / W_out. Else
    neighbours share pixels: `adaptive_bins` in `helpers.kernels.adaptive_pooling` lists which. With more bins than
    pixels, pixels are repeated. torch takes an output of no rows; we refuse it.

    References
    ----------
    M. Lin, Q. Chen, S. Yan (2014), Network In Network, arXiv 1312.4400, section 3.2: global average pooling.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AdaptiveAvgPool2d((1, 2))([[[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]]])
    array([[[2.5, 5. ]]])
    """

    axes = ("H", "W")


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    r"""Keep the largest value in each of a fixed number of bins, for a sequence of any length.

    Parameters
    ----------
    output_size : int
        Number of bins L_out, at least 1.
    return_indices : bool
        Return also the position of each winner, int64.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, C, L_out) or (C, L_out).

    Notes
    -----
    Which values a bin holds: `adaptive_bins` in `helpers.kernels.adaptive_pooling`.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AdaptiveMaxPool1d(2)([[1.0, 2.0, 6.0]])
    array([[2., 6.]])
    """

    axes = ("L",)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    r"""Keep the largest pixel of every bin, with a fixed number of bins for pictures of any size.

    Parameters
    ----------
    output_size : int or pair of (int or None)
        Rows and columns of the output, at least 1; None keeps the input's.
    return_indices : bool
        Return also where each winner stands in its plane, h * W + w, int64.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, C, H_out, W_out) or (C, H_out, W_out).

    Notes
    -----
    The bins are those of `AdaptiveAvgPool2d`. Of equal pixels the first in reading order gets the gradient, as in
    torch. NaN wins its bin.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.AdaptiveMaxPool2d((1, 2), return_indices=True)([[[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]]])
    (array([[[4., 8.]]]), array([[[4, 5]]]))
    """

    axes = ("H", "W")
