r"""Linear, Embedding, and the two layers that only pass on: Flatten and Identity."""

import math

import numpy as np

from helpers import checks
from helpers.kernels import linear

from .module import Module, Parameter


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
        shape = self.out_features, self.in_features
        checks.affordable("Linear", "weight", shape, dtype)
        bound = 1 / math.sqrt(self.in_features)
        self.weight = Parameter(rng.uniform(-bound, bound, shape).astype(dtype))
        self.bias = Parameter(rng.uniform(-bound, bound, self.out_features).astype(dtype)) if bias else None

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


class Embedding(Module):
    r"""Look up a learned vector for each index.

    Parameters
    ----------
    num_embeddings : int
        Number K of vectors.
    embedding_dim : int
        Length D of each.
    padding_idx : int, optional
        A row that starts at 0 and learns nothing; negative ones count from the end.
    max_norm, norm_type, scale_grad_by_freq, sparse, device
        Must stay at their defaults.
    dtype : float32 or float64, optional
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight : Parameter, (num_embeddings, embedding_dim)
        Starts in N(0, 1).

    Shape
    -----
    Input of any shape (...), integers in 0..num_embeddings - 1; output (..., embedding_dim).

    Raises
    ------
    TypeError
        The indices are no integers.
    IndexError
        An index is outside 0..num_embeddings - 1.

    Notes
    -----
    `backward` returns None: an index has no gradient.

    Examples
    --------
    >>> from helpers import nn
    >>> table = nn.Embedding(3, 2)
    >>> table.load_state_dict({"weight": [[0.0, 0.1], [1.0, 1.1], [2.0, 2.1]]})
    <All keys matched successfully>
    >>> table([2, 0, 2])
    array([[2. , 2.1],
           [0. , 0.1],
           [2. , 2.1]])
    >>> table.backward([[1.0, 1.0]] * 3)
    >>> table.weight.grad
    array([[1., 1.],
           [0., 0.],
           [2., 2.]])
    """

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        sparse=False,
        _weight=None,
        _freeze=False,
        device=None,
        dtype=None,
        *,
        rng=None,
    ):
        self.num_embeddings = checks.integer("Embedding", "num_embeddings", num_embeddings, 1)
        self.embedding_dim = checks.integer("Embedding", "embedding_dim", embedding_dim, 1)
        if padding_idx is not None:
            padding_idx = checks.integer("Embedding", "padding_idx", padding_idx, -self.num_embeddings)
            if padding_idx >= self.num_embeddings:
                raise ValueError(f"Embedding: padding_idx must be below {self.num_embeddings}, got {padding_idx}")
            padding_idx %= self.num_embeddings
        self.padding_idx = padding_idx
        checks.not_offered(
            "Embedding",
            max_norm=(max_norm, None),
            norm_type=(norm_type, 2.0),
            scale_grad_by_freq=(scale_grad_by_freq, False),
            sparse=(sparse, False),
            _weight=(_weight, None),
            _freeze=(_freeze, False),
            device=(device, None),
        )
        dtype, rng = checks.float_dtype("Embedding", dtype), checks.generator("Embedding", rng)
        shape = self.num_embeddings, self.embedding_dim
        checks.affordable("Embedding", "weight", shape, dtype)
        self.weight = Parameter(rng.standard_normal(shape).astype(dtype))
        if padding_idx is not None:
            self.weight.data[padding_idx] = 0

    def forward(self, indices):
        indices = checks.indices("Embedding", "input", indices, self.num_embeddings)
        checks.affordable("Embedding", "the output", (*indices.shape, self.embedding_dim), self.weight.data.dtype)
        out, self.cache = linear.embedding_forward(indices, self.weight.data, self.padding_idx)
        return out

    def backward(self, grad_out):
        """Add the gradient of the looked-up rows to `weight.grad`; an index has none, so None comes back."""
        cache = self._last_cache()
        shape = (*cache.indices.shape, self.embedding_dim)
        grad_out = checks.gradient("Embedding", grad_out, shape, self.weight.data.dtype)
        self.weight.add_grad(linear.embedding_backward(grad_out, cache))

    def extra_repr(self):
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


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
        self.cache = x, out
        return out

    def backward(self, grad_out):
        """Return the gradient in the input's shape."""
        x, out = self._last_cache()
        return checks.upstream("Flatten", grad_out, out).reshape(x.shape)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


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
