r"""Linear, and Identity, which passes its input on."""

import numpy as np

from helpers import checks
from helpers.kernels import linear

from .module import Module
from .parameter import drawn_parameters


class Linear(Module):
    r"""Multiply each vector by a learned matrix and add a learned bias.

    Parameters
    ----------
    in_features, out_features : int
        Length of each vector that comes in and goes out, at least 1.
    bias : bool
        Whether a bias is added; `bias` is None without.
    device : None
        Must stay None.
    dtype : float32 or float64, optional
        Of the parameters; None is float64.
    rng : numpy.random.Generator or int, optional
        Source of the first values; a seed, or None for fresh ones.

    Attributes
    ----------
    weight : Parameter, (out_features, in_features)
    bias : Parameter, (out_features,), or None
        Both start in U(-k, k) with k = 1 / sqrt(in_features), as torch's do.

    Shape
    -----
    Input (..., in_features), output (..., out_features).

    Raises
    ------
    ValueError
        The input's last axis is not in_features long, or a size is below 1.
    MemoryError
        The weight would be larger than the machine's memory.

    Notes
    -----
    .. math:: y = W x + b, \qquad dx = W^T dy, \quad dW = \sum dy\, x^T, \quad db = \sum dy

    Examples
    --------
    >>> from helpers import nn
    >>> neuron = nn.Linear(2, 1, rng=0)
    >>> neuron.load_state_dict({"weight": [[2.0, -1.0]], "bias": [0.5]})
    <All keys matched successfully>
    >>> neuron([[1.0, 1.0], [0.0, 3.0]])
    array([[ 1.5],
           [-2.5]])
    >>> neuron.backward([[1.0], [1.0]])
    array([[ 2., -1.],
           [ 2., -1.]])
    >>> neuron.weight.grad
    array([[1., 4.]])
    """

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None, *, rng=None):
        self.in_features = checks.integer("Linear", "in_features", in_features, 1)
        self.out_features = checks.integer("Linear", "out_features", out_features, 1)
        bias = checks.flag("Linear", "bias", bias)
        checks.not_offered("Linear", device=(device, None))
        dtype, rng = checks.float_dtype("Linear", dtype), checks.generator("Linear", rng)
        shapes = {"weight": (self.out_features, self.in_features), "bias": (self.out_features,)}
        drawn = drawn_parameters("Linear", shapes, self.in_features, bias, dtype, rng)
        self.weight, self.bias = drawn["weight"], drawn.get("bias")

    def forward(self, x):
        x = checks.real_array("Linear", "input", x)
        if x.ndim == 0 or x.shape[-1] != self.in_features:
            raise ValueError(f"Linear: input must have shape (..., in_features={self.in_features}), got {x.shape}")
        out, self.cache = linear.linear_forward(x, self.weight.data, None if self.bias is None else self.bias.data)
        return out

    def backward(self, grad_out):
        """Return the gradient of the input; those of weight and bias are added to their `grad`."""
        cache = self._last_cache()
        shape = (*cache.x.shape[:-1], self.out_features)
        grad_out = checks.gradient("Linear", grad_out, shape, np.result_type(cache.x, cache.weight))
        grad_x, grad_weight, grad_bias = linear.linear_backward(grad_out, cache)
        self.weight.add_grad(grad_weight)
        if self.bias is not None:
            self.bias.add_grad(grad_bias)
        return grad_x

    def extra_repr(self):
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Identity(Module):
    r"""Pass the input on as it is; any arguments are taken and ignored, as torch does.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.Identity()([1.0, 2.0])
    array([1., 2.])
    """

    def __init__(self, *args, **kwargs):
        pass

    def forward(self, x):
        self.cache = checks.real_array("Identity", "input", x)
        return self.cache

    def backward(self, grad_out):
        """Return the gradient as it is."""
        return checks.upstream("Identity", grad_out, self._last_cache())
