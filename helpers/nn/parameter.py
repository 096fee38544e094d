r"""What is learned: an array and its gradient; and what layers do with their parameters."""

import math

import numpy as np

from helpers import checks


class Parameter:
    """An array that is learned, and its gradient.

    Parameters
    ----------
    data : array_like, float
        The values; integers become float64.
    requires_grad : bool
        Must stay True: what shall not be learned is left out of the optimizer.

    Attributes
    ----------
    data : ndarray
    grad : ndarray or None
        Sum of the gradients since the last `zero_grad()`, in the shape and dtype of `data`; None before the first.

    Notes
    -----
    NumPy's functions take a Parameter for its `data`: `np.abs(weight)`, `x @ weight`. `np.asarray(weight)` is `data`
    itself, not a copy.

    Examples
    --------
    >>> weight = Parameter([1.0, 2.0])
    >>> weight.add_grad(np.array([0.5, 0.5]))
    >>> weight.grad
    array([0.5, 0.5])
    """

    def __init__(self, data, requires_grad=True):
        self.requires_grad = requires_grad
        self._data = np.array(checks.real_array("Parameter", "data", data))
        self.grad = None

    @property
    def data(self):
        """The values; new ones must have the same shape."""
        return self._data

    @data.setter
    def data(self, value):
        self._data = checks.shaped("Parameter", "data", value, self._data.shape)

    def add_grad(self, grad):
        """Add `grad`, shape of `data`, to the gradient; the array itself is never kept."""
        self.grad = np.array(grad if self.grad is None else self.grad + grad, self.data.dtype)

    @property
    def requires_grad(self):
        """True, for code that asks."""
        return True

    @requires_grad.setter
    def requires_grad(self, value):
        checks.not_offered("Parameter", requires_grad=(value, True))

    @property
    def shape(self):
        """The shape of `data`."""
        return self.data.shape

    def numel(self):
        """How many numbers are learned here."""
        return self.data.size

    def __array__(self, dtype=None, copy=None):
        return np.array(self.data, dtype, copy=copy)

    def __repr__(self):
        return f"Parameter(shape={self.data.shape}, dtype={self.data.dtype})"


def drawn_parameters(owner, shapes, fan, bias, dtype, rng):
    """New parameters by name, drawn from U(-k, k) with k = 1 / sqrt(fan), as in torch; without `bias` only weights."""
    bound = 1 / math.sqrt(fan)
    shapes = {name: shape for name, shape in shapes.items() if bias or name.startswith("weight")}
    for name, shape in shapes.items():
        checks.affordable(owner, name, shape, dtype)
    return {name: Parameter(rng.uniform(-bound, bound, shape).astype(dtype)) for name, shape in shapes.items()}


def values_of(parameters):
    """The arrays of parameters, None for one that is not there."""
    return [None if parameter is None else parameter.data for parameter in parameters]


def add_grads(parameters, grads):
    """Add its gradient to each parameter that is there."""
    for parameter, grad in zip(parameters, grads, strict=True):
        if parameter is not None:
            parameter.add_grad(grad)


def forget_gradients(owner, parameters, set_to_none):
    """Make each gradient None, or zeros where there is one."""
    set_to_none = checks.flag(owner, "set_to_none", set_to_none)
    for parameter in parameters:
        if parameter.grad is not None:
            parameter.grad = None if set_to_none else np.zeros_like(parameter.grad)
