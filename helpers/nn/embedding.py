r"""Vectors looked up in a table."""

from helpers import checks
from helpers.kernels import linear

from .module import Module
from .parameter import Parameter


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
