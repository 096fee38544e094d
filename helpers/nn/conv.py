r"""Convolution in one and two dimensions, as torch.nn has it."""

import math

import numpy as np

from helpers import checks
from helpers.kernels import conv
from helpers.kernels.windows import fit

from .module import Module
from .parameter import add_grads, drawn_parameters, values_of
from .windowed import ONE_ROW, warn_of_windows


class _Conv(Module):
    """What both layers share; 1-D runs as one row of 2-D."""

    axes: tuple

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
        *,
        rng=None,
    ):
        owner, n = type(self).__name__, len(self.axes)
        self.in_channels = checks.integer(owner, "in_channels", in_channels, 1)
        self.out_channels = checks.integer(owner, "out_channels", out_channels, 1)
        self.groups = checks.integer(owner, "groups", groups, 1)
        for name, channels in (("in_channels", self.in_channels), ("out_channels", self.out_channels)):
            if channels % self.groups:
                raise ValueError(f"{owner}: {name} must be a multiple of groups={self.groups}, got {channels}")
        self.kernel_size = checks.sizes(owner, "kernel_size", kernel_size, n, 1)
        self.stride = checks.sizes(owner, "stride", stride, n, 1)
        self.dilation = checks.sizes(owner, "dilation", dilation, n, 1)
        self.padding = self._checked_padding(padding)
        bias = checks.flag(owner, "bias", bias)
        checks.choice(owner, "padding_mode", padding_mode, ("zeros", "reflect", "replicate", "circular"))
        checks.not_offered(owner, padding_mode=(padding_mode, "zeros"), device=(device, None))
        self.padding_mode = "zeros"
        dtype, rng = checks.float_dtype(owner, dtype), checks.generator(owner, rng)
        shape = self.out_channels, self.in_channels // self.groups, *self.kernel_size
        shapes = {"weight": shape, "bias": (self.out_channels,)}
        drawn = drawn_parameters(owner, shapes, math.prod(shape[1:]), bias, dtype, rng)
        self.weight, self.bias = drawn["weight"], drawn.get("bias")

    def _checked_padding(self, padding):
        owner, n = type(self).__name__, len(self.axes)
        if not isinstance(padding, str):
            return checks.sizes(owner, "padding", padding, n, 0)
        checks.choice(owner, "padding", padding, ("same", "valid"))
        if padding == "same" and set(self.stride) != {1}:
            raise ValueError(f"{owner}: padding='same' needs stride 1, got stride={self.stride}")
        return padding

    def _zeros(self):
        """Zeros on each side along each axis, and one more behind where 'same' needs an odd number, as in torch."""
        if not isinstance(self.padding, str):
            return self.padding, (0,) * len(self.axes)
        total = [d * (k - 1) * (self.padding == "same") for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        return tuple(size // 2 for size in total), tuple(size % 2 for size in total)

    def _checked_input(self, x):
        owner, n = type(self).__name__, len(self.axes)
        x = checks.real_array(owner, "input", x)
        if x.ndim not in (n + 1, n + 2) or x.shape[-n - 1] != self.in_channels:
            shape = ", ".join(("N", f"in_channels={self.in_channels}", *self.axes))
            hint = f"; is it (N, {', '.join(self.axes)}, C)?" if x.ndim > 1 and x.shape[-1] == self.in_channels else ""
            raise ValueError(f"{owner}: input must have shape ({shape}) or ({shape[3:]}), got {x.shape}{hint}")
        if 0 in x.shape[-n:]:
            raise ValueError(f"{owner}: input may be empty along N only, got shape {x.shape}")
        return x

    def forward(self, x):
        owner, n, x = type(self).__name__, len(self.axes), self._checked_input(x)
        padding, behind = self._zeros()
        sizes = tuple(size + more for size, more in zip(x.shape[-n:], behind, strict=True))
        windows = fit(owner, sizes, self.kernel_size, self.stride, padding, self.dilation, False)
        out_shape = *x.shape[: -n - 1], self.out_channels, *(axis.count for axis in windows)
        checks.affordable(owner, "the output", out_shape, x.dtype)
        warn_of_windows(self, windows, self.axes)
        planes = x.reshape(-1 if x.size else 0, self.in_channels, *self._planar(x.shape[-n:], 1))
        if any(behind):
            planes = np.pad(planes, ((0, 0), (0, 0), *((0, more) for more in self._planar(behind, 0))))
        weight, bias = values_of((self.weight, self.bias))
        weight = weight.reshape(*weight.shape[:2], *self._planar(self.kernel_size, 1))
        windows = self._planar(windows, ONE_ROW)
        out, self.cache = conv.conv2d_forward(planes, weight, bias, *windows, self.groups)
        self._shapes = x.shape, out_shape
        return out.reshape(out_shape)

    def backward(self, grad_out):
        """Return the gradient of the input; those of weight and bias are added to their `grad`."""
        cache, n = self._last_cache(), len(self.axes)
        shape, out_shape = self._shapes
        grad_out = checks.gradient(type(self).__name__, grad_out, out_shape, np.result_type(cache.x, cache.weight))
        planes = len(cache.x), self.out_channels, cache.rows.count, cache.cols.count
        grad_x, grad_weight, grad_bias = conv.conv2d_backward(grad_out.reshape(planes), cache)
        add_grads((self.weight, self.bias), (grad_weight.reshape(self.weight.shape), grad_bias))
        return grad_x[(..., *map(slice, shape[-n:]))].reshape(shape)

    def _planar(self, values, single):
        return tuple(values) if len(self.axes) == 2 else (single, *values)

    def extra_repr(self):
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        n = len(self.axes)
        usual = {"padding": (0,) * n, "dilation": (1,) * n, "groups": 1}
        text += "".join(f", {name}={getattr(self, name)}" for name in usual if getattr(self, name) != usual[name])
        return text if self.bias is not None else f"{text}, bias=False"


class Conv1d(_Conv):
    r"""Slide learned windows along a sequence; the arguments, attributes and notes of `Conv2d` with one axis.

    Shape
    -----
    Input (N, C, L) or (C, L); output (N, O, L_out) or (O, L_out).

    Examples
    --------
    >>> from helpers import nn
    >>> layer = nn.Conv1d(1, 1, 2, bias=False)
    >>> layer.load_state_dict({"weight": [[[-1.0, 1.0]]]})
    <All keys matched successfully>
    >>> layer([[0.0, 0, 1, 1, 0]])
    array([[ 0.,  1.,  0., -1.]])
    """

    axes = ("L",)


class Conv2d(_Conv):
    r"""Slide learned windows over planes and sum the products.

    Parameters
    ----------
    in_channels, out_channels : int
        Planes C that come in and O that go out, multiples of `groups`.
    kernel_size, stride, dilation : int or pair of int
        Pixels of a window, pixels from window to window, pixels from tap to tap.
    padding : int, pair of int, 'same' or 'valid'
        Zeros on each side. 'same' keeps the size, needs stride 1, and puts an odd zero behind; 'valid' is none.
    groups : int
        Parts of the channels that do not see each other.
    bias : bool
    padding_mode : {'zeros'}
    device : None
        Must stay None.
    dtype : float32 or float64, optional
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, (O, C / groups, K, L)
    bias : Parameter, (O,), or None
        Both start in U(-k, k) with k = 1 / sqrt(C / groups K L), as torch's do.

    Shape
    -----
    Input (N, C, H, W) or (C, H, W); output (N, O, H_out, W_out) or (O, H_out, W_out), sizes by `Windows.count`.

    Raises
    ------
    TypeError, ValueError
        A setting or an input of the wrong kind, value or shape; the window does not fit into the input.
    NotImplementedError
        Another padding_mode, or a device.

    Notes
    -----
    .. math:: y_{o,i,j} = b_o + \sum_{c,k,l} w_{o,c,k,l}\, x_{c,\; s i + d k - p,\; s j + d l - p}

    What deep learning calls convolution is cross-correlation: the window is not turned round.

    Examples
    --------
    >>> from helpers import nn
    >>> layer = nn.Conv2d(1, 1, 2, bias=False)
    >>> layer.load_state_dict({"weight": [[[[1.0, 0.0], [0.0, -1.0]]]]})
    <All keys matched successfully>
    >>> layer([[[1.0, 2, 3], [4, 5, 6], [7, 8, 10]]])
    array([[[-4., -4.],
            [-4., -5.]]])
    """

    axes = ("H", "W")
