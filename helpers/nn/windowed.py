r"""What layers of windows share: how pools check sizes and shapes, and the warnings of windows that miss pixels."""

from functools import lru_cache

import numpy as np

from helpers import checks
from helpers.kernels.windows import Windows, check_padding, enumeration, fit

from .module import Module

ONE_ROW = Windows(size=1, kernel=1)  # along the axis that 1-D lacks


class Pool(Module):
    """What all pools share: sizes checked at construction, shapes at each call; 1-D runs as one row of 2-D."""

    axes: tuple  # names of the axes that are pooled

    def _set_sizes(self, kernel_size, stride, padding, dilation, ceil_mode):
        self.kernel_size, self.padding, self.dilation = kernel_size, padding, dilation
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode = checks.flag(type(self).__name__, "ceil_mode", ceil_mode)
        sizes = self.kernel_size, self.stride, self.padding, self.dilation
        _checked_sizes.__wrapped__(type(self).__name__, len(self.axes), *sizes)

    def _sizes(self):
        """Kernel size, stride, padding and dilation as tuples; each may have been changed since construction."""
        stride = self.kernel_size if self.stride is None else self.stride
        sizes = self.kernel_size, stride, self.padding, self.dilation
        return _checked_sizes(type(self).__name__, len(self.axes), *map(_hashable, sizes))

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
        windows = fit(owner, x.shape[-n:], *self._sizes(), self.ceil_mode)
        warn_of_windows(self, windows, self.axes)
        return (x, *windows) if n == 2 else (x[..., None, :], ONE_ROW, *windows)

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
