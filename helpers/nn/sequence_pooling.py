r"""Pooling over time: one vector for each sequence, however long it is."""

import math

import numpy as np

from helpers import checks
from helpers.kernels import sequence_pooling as kernels

from .layout import sequence_input
from .module import Module
from .parameter import add_grads, drawn_parameters, values_of

KINDS = {  # forward and backward
    "last": (kernels.last_forward, kernels.pick_backward),
    "first": (kernels.first_forward, kernels.pick_backward),
    "mean": (kernels.mean_forward, kernels.sum_backward),
    "max": (kernels.max_forward, kernels.pick_backward),
    "sum": (kernels.sum_forward, kernels.sum_backward),
    "lp": (kernels.lp_forward, kernels.lp_backward),
    "kmax": (kernels.kmax_forward, kernels.kmax_backward),
    "attention": (kernels.attention_forward, kernels.attention_backward),
}
OPTIONS = {  # and the kind that each belongs to
    "bidirectional": "last",
    "norm_type": "lp",
    "k": "kmax",
    "hidden_size": "attention",
    "dtype": "attention",
    "rng": "attention",
}


class SequencePool(Module):
    r"""Make one vector of all steps of a sequence. Not in torch.

    A recurrent net gives a vector for each step, a classifier wants one. Padding never has a say in it.

    Parameters
    ----------
    kind : {'last', 'first', 'mean', 'max', 'sum', 'lp', 'kmax', 'attention'}
        Take the last real step or the first; average; keep the largest of each feature; add up; take the norm of each
        feature; keep the k largest of each feature in the order of time; average with learned weights.
    batch_first : bool
        Whether sequences come as (N, T, H) in place of (T, N, H).
    bidirectional : bool
        For 'last' after a bidirectional net: the second half of H was read from the end, so its last state is taken
        from the first real step.
    norm_type : float
        For 'lp', which needs it: the exponent p, above 0.
    k : int
        For 'kmax', which needs it: at least 1 and at most the shortest sequence.
    hidden_size : int
        For 'attention', which needs it: H.
    dtype : float32 or float64, optional
        For 'attention': of the parameters; None is float64.
    rng : numpy.random.Generator or int, optional
        For 'attention': source of their first values.

    Attributes
    ----------
    weight, bias, vector : Parameter, (H, H), (H,), (H,)
        Of 'attention' alone; they start in U(-k, k) with k = 1 / sqrt(H).
    cache : NamedTuple
        What the last call kept: `winners`, the steps that were picked, in the output's shape; or `weights` (T, N) of
        attention. Time comes first there, also with batch_first.

    Shape
    -----
    `y = pool(x, lengths=None, mask=None)` and `dx = pool.backward(dy)`.

    x (T, N, H) or (T, H); y (N, H) or (H,). With 'kmax' y is (N, k, H) in both layouts: `nn.Flatten()` makes it
    (N, k H).

    lengths (N,), (1,) for x without N: sequence n ends after lengths[n] steps. mask (T, N), (N, T) with batch_first,
    (T,) for x without N: True at each real step, in any pattern. torch's key_padding_mask is the opposite: True there
    is padding.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape; an option that belongs to another kind; lengths and mask
        together; a sequence without a real step, or with fewer than k.

    Notes
    -----
    With a for the weights of attention and L for the number of real steps:

    .. math:: y = x_L, \quad x_1, \quad \tfrac{1}{L} \sum_t x_t, \quad \max_t x_t, \quad \sum_t x_t, \quad
              \Bigl( \sum_t |x_t|^p \Bigr)^{1/p}, \quad \sum_t a_t x_t, \qquad
              a = \mathrm{softmax}_t (v \cdot \tanh(W x_t + b))

    What each step contributes to learning is what `backward` returns. Last and first send all of the gradient to one
    step, max to one step for each feature (of equal ones the first), the mean 1/L to every step.

    The output of a bidirectional net at the last step has, in its second half, seen one token only.
    `SequencePool('last', bidirectional=True)` gives the last layer's two states of h_n side by side. The other kinds
    need no such option, for they see all steps.

    References
    ----------
    N. Kalchbrenner, E. Grefenstette, P. Blunsom (2014), arXiv 1404.2188, for 'kmax'; Z. Lin et al. (2017), arXiv
    1703.03130, and Z. Yang et al. (2016), Hierarchical Attention Networks for Document Classification, NAACL, whose
    form with a bias it is, for 'attention'.

    Examples
    --------
    Two sequences of one feature; the second is one step long, and what stands behind it does not matter:

    >>> import numpy as np
    >>> from helpers import nn
    >>> x = [[[-3.0], [-5.0]], [[-1.0], [99.0]]]
    >>> pool = nn.SequencePool("max")
    >>> pool(x, lengths=[2, 1])
    array([[-1.],
           [-5.]])
    >>> pool.backward([[1.0], [1.0]])[..., 0]
    array([[0., 1.],
           [1., 0.]])
    >>> nn.SequencePool("mean")(x, mask=[[True, True], [True, False]])
    array([[-2.],
           [-5.]])

    After a net that reads both ways:

    >>> net = nn.GRU(1, 2, bidirectional=True, rng=0)
    >>> y, h_n = net(x, lengths=[2, 1])
    >>> last = nn.SequencePool("last", bidirectional=True)(y, lengths=[2, 1])
    >>> bool((last == np.concatenate([h_n[0], h_n[1]], -1)).all())
    True
    """

    def __init__(
        self,
        kind,
        *,
        batch_first=False,
        bidirectional=False,
        norm_type=None,
        k=None,
        hidden_size=None,
        dtype=None,
        rng=None,
    ):
        self.kind = checks.choice("SequencePool", "kind", kind, KINDS)
        self.batch_first = checks.flag("SequencePool", "batch_first", batch_first)
        self.bidirectional = checks.flag("SequencePool", "bidirectional", bidirectional)
        self.norm_type, self.k, self.hidden_size = norm_type, k, hidden_size
        self._refuse_options_of_other_kinds(vars(self) | {"dtype": dtype, "rng": rng})
        if kind == "lp":
            allowed = "a finite number above 0"
            self.norm_type = checks.number("SequencePool", "norm_type", norm_type, allowed, lambda p: 0 < p < math.inf)
        elif kind == "kmax":
            self.k = checks.integer("SequencePool", "k", k, 1)
        elif kind == "attention":
            self._set_parameters(dtype, rng)

    def _refuse_options_of_other_kinds(self, given):
        for option, kind in OPTIONS.items():
            if kind != self.kind and given[option] is not None and given[option] is not False:
                raise ValueError(
                    f"SequencePool: {option} must be left out with kind {self.kind!r}, for it belongs to {kind!r}; "
                    f"got {given[option]!r}"
                )

    def _set_parameters(self, dtype, rng):
        size = self.hidden_size = checks.integer("SequencePool", "hidden_size", self.hidden_size, 1)
        dtype, rng = checks.float_dtype("SequencePool", dtype), checks.generator("SequencePool", rng)
        shapes = {"weight": (size, size), "bias": (size,), "vector": (size,)}
        for name, parameter in drawn_parameters("SequencePool", shapes, size, True, dtype, rng).items():
            setattr(self, name, parameter)

    def forward(self, x, *, lengths=None, mask=None):
        """Pool the sequences; the class says which shapes come in and go out."""
        x, mask = self._checked(x, lengths, mask)
        if self.kind == "attention":
            settings = values_of(self.parameters())
        else:
            settings = [getattr(self, option) for option, kind in OPTIONS.items() if kind == self.kind]
        out, self.cache = KINDS[self.kind][0](x, mask, *settings)
        return out

    def backward(self, grad_out):
        """Return the gradient of the input, 0 at padding; those of the parameters are added to their `grad`."""
        cache = self._last_cache()
        grad_x = KINDS[self.kind][1](checks.upstream("SequencePool", grad_out, cache.out), cache)
        if self.kind == "attention":
            grad_x, grads = grad_x
            add_grads(self.parameters(), grads)
        return self._swapped(grad_x, cache.x.ndim)

    def _swapped(self, array, input_axes):
        """From the caller's layout to (T, N, ...), or back."""
        return array.swapaxes(0, 1) if self.batch_first and input_axes == 3 else array

    def _checked(self, x, lengths, mask):
        """Return the input as (T, N, H) and the mask as (T, N), both without N where the caller gives none."""
        if isinstance(x, tuple) and len(x) == 2 and isinstance(x[0], np.ndarray):
            raise TypeError("SequencePool: input must be one array, got two; of what a recurrent net returns give y")
        x = sequence_input("SequencePool", x, self.hidden_size, self.batch_first, "hidden_size")
        if self.bidirectional and x.shape[-1] % 2:
            raise ValueError(f"SequencePool: input must hold two halves with bidirectional=True, got shape {x.shape}")
        if lengths is not None and mask is not None:
            raise ValueError(f"SequencePool: lengths must be None where a mask is given, got {lengths!r}")
        if mask is not None:
            mask = checks.mask("SequencePool", mask, x.shape[:-1], -1 if self.batch_first else 0)
            mask = self._swapped(mask, x.ndim)
        x = self._swapped(x, x.ndim)
        if lengths is not None:
            lengths = checks.lengths("SequencePool", lengths, math.prod(x.shape[1:-1]), len(x))
            mask = (np.arange(len(x))[:, None] < lengths).reshape(x.shape[:-1])
        elif mask is None:
            mask = np.ones(x.shape[:-1], bool)
        if self.kind == "kmax":
            self._check_k(mask)
        return x, mask

    def _check_k(self, mask):
        steps = mask.sum(0).reshape(-1)
        short = np.flatnonzero(steps < self.k)
        if short.size:
            raise ValueError(
                f"SequencePool: k must be at most the real steps of each sequence, got k={self.k} and "
                f"{steps[short[0]]} in sequence {short[0]}"
            )

    def extra_repr(self):
        usual = {"batch_first": False, "bidirectional": False, "norm_type": None, "k": None, "hidden_size": None}
        shown = [f"{name}={getattr(self, name)!r}" for name in usual if getattr(self, name) != usual[name]]
        return ", ".join([repr(self.kind), *shown])
