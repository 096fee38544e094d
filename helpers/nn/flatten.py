r"""Axes joined into one."""

import math
from typing import NamedTuple

import numpy as np

from helpers import checks

from .module import Module


class Flattened(NamedTuple):
    """What flattening keeps: the same numbers in the shape that came in and in the one that went out."""

    x: np.ndarray
    out: np.ndarray


class Flatten(Module):
    r"""Join neighbouring axes into one.

    Parameters
    ----------
    start_dim, end_dim : int
        First and last axis that are joined; negative ones count from the last.

    Shape
    -----
    Input (N, A, B, ...); output (N, A * B * ...) by default. A number becomes an array of one.

    Raises
    ------
    IndexError
        The input has no such axis.
    ValueError
        The last axis comes before the first.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> nn.Flatten()(np.zeros((2, 3, 4, 5))).shape
    (2, 60)
    """

    def __init__(self, start_dim=1, end_dim=-1):
        self.start_dim = checks.axis("Flatten", "start_dim", start_dim)
        self.end_dim = checks.axis("Flatten", "end_dim", end_dim)

    def forward(self, x):
        x = checks.real_array("Flatten", "input", x)
        axes = max(x.ndim, 1)
        start = checks.axis("Flatten", "start_dim", self.start_dim, axes) % axes
        end = checks.axis("Flatten", "end_dim", self.end_dim, axes) % axes
        if start > end:
            raise ValueError(f"Flatten: start_dim={self.start_dim} must not come after end_dim={self.end_dim}")
        out = x.reshape(*x.shape[:start], math.prod(x.shape[start : end + 1]), *x.shape[end + 1 :])
        self.cache = Flattened(x, out)
        return out

    def backward(self, grad_out):
        """Return the gradient in the input's shape."""
        x, out = self._last_cache()
        return checks.upstream("Flatten", grad_out, out).reshape(x.shape)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
