r"""Batch normalisation under torch.nn's names."""

import math

import numpy as np

from helpers import checks
from helpers.kernels import normalization

from .module import Module
from .parameter import Parameter, add_grads, values_of


class _BatchNorm(Module):
    """What both layers share; a subclass says how many axes its input may have."""

    buffer_names = ("running_mean", "running_var", "num_batches_tracked")
    ranks: tuple
    shapes: str

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        owner = type(self).__name__
        self.num_features = checks.integer(owner, "num_features", num_features, 1)
        self.eps = checks.number(owner, "eps", eps, "above 0 and finite", lambda value: 0 < value < math.inf)
        if momentum is not None:
            momentum = checks.number(owner, "momentum", momentum, "in 0..1 or None", lambda value: 0 <= value <= 1)
        self.momentum = momentum
        self.affine = checks.flag(owner, "affine", affine)
        self.track_running_stats = checks.flag(owner, "track_running_stats", track_running_stats)
        bias = checks.flag(owner, "bias", bias) and self.affine
        checks.not_offered(owner, device=(device, None))
        dtype, count = checks.float_dtype(owner, dtype), self.num_features
        checks.affordable(owner, "weight", (count,), dtype)
        self.weight = Parameter(np.ones(count, dtype)) if self.affine else None
        self.bias = Parameter(np.zeros(count, dtype)) if bias else None
        tracked = self.track_running_stats
        self.running_mean = np.zeros(count, dtype) if tracked else None
        self.running_var = np.ones(count, dtype) if tracked else None
        self.num_batches_tracked = np.array(0) if tracked else None

    def forward(self, x):
        owner = type(self).__name__
        x = checks.real_array(owner, "input", x)
        if x.ndim not in self.ranks or x.shape[1] != self.num_features:
            hint = "; is it (N, ..., C)?" if x.ndim > 2 and x.shape[-1] == self.num_features else ""
            shape = self.shapes.format(self.num_features)
            raise ValueError(f"{owner}: input must have shape {shape}, got {x.shape}{hint}")
        own = self.training or not self.track_running_stats
        count = x.size // self.num_features
        if own and count == 1:
            raise ValueError(
                f"{owner}: a batch's own statistics need two values or more in each channel, got {x.shape}"
            )
        weight, bias = values_of((self.weight, self.bias))
        with np.errstate(invalid="ignore", over="ignore"):
            mean, variance = normalization.batch_statistics(x) if own else (self.running_mean, self.running_var)
            out, cache = normalization.batch_norm_forward(x, mean, variance, weight, bias, self.eps, own)
            if self.training and self.track_running_stats:
                self._remember(mean, variance, count)
        self.cache = cache
        return out

    def _remember(self, mean, variance, count):
        """Move the running statistics towards those of `count` values; an empty batch is counted, as torch does."""
        if not np.isfinite(mean + variance).all():
            checks.warn_once(self, "the input's mean or variance is not finite, which spoils the running statistics")
        self.num_batches_tracked += 1
        if not count:
            return
        share = 1 / int(self.num_batches_tracked) if self.momentum is None else self.momentum
        unbiased = variance * (count / (count - 1))
        self.running_mean[...] = (1 - share) * self.running_mean + share * mean
        self.running_var[...] = (1 - share) * self.running_var + share * unbiased

    def backward(self, grad_out):
        """Return the gradient of the input; those of weight and bias are added to their `grad`."""
        cache = self._last_cache()
        dtype = cache.x_hat.dtype if cache.weight is None else np.result_type(cache.x_hat, cache.weight)
        grad_out = checks.gradient(type(self).__name__, grad_out, cache.x_hat.shape, dtype)
        grad_x, *grads = normalization.batch_norm_backward(grad_out, cache)
        add_grads((self.weight, self.bias), grads)
        return grad_x

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    r"""Batch normalisation of vectors or sequences; arguments, attributes and notes as in `BatchNorm2d`.

    Shape
    -----
    Input and output (N, C) or (N, C, L).

    Examples
    --------
    >>> from helpers import nn
    >>> nn.BatchNorm1d(2)([[1.0, 0.0], [3.0, 0.0]]).round(4)
    array([[-1.,  0.],
           [ 1.,  0.]])
    """

    ranks = 2, 3
    shapes = "(N, {0}) or (N, {0}, L)"


class BatchNorm2d(_BatchNorm):
    r"""Give each channel mean 0 and variance 1 over the batch, then a learned scale and shift.

    Parameters
    ----------
    num_features : int
        Channels C.
    eps : float
        Added to the variance, above 0.
    momentum : float or None
        Share of the new batch in the running statistics, in 0..1; None takes the mean of all batches so far.
    affine : bool
        Whether there is a learned scale and shift.
    track_running_stats : bool
        Whether running statistics are kept, which `eval()` then uses in place of the batch's.
    device : None
        Must stay None.
    dtype : float32 or float64, optional
        Of parameters and statistics; None is float64.
    bias : bool
        With False there is a learned scale and no shift.

    Attributes
    ----------
    weight, bias : Parameter, (C,), or None
        Start at 1 and 0.
    running_mean, running_var : ndarray, (C,), or None
        The variance is the unbiased one, while the batch is normalised with the biased one.
    num_batches_tracked : ndarray of int, (), or None

    Shape
    -----
    Input and output (N, C, H, W).

    Raises
    ------
    ValueError
        The input's shape is wrong; a channel has one value only, in training; a setting is out of its range.

    Notes
    -----
    .. math:: y = w \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b

    In training the gradient goes through mean and variance too. What comes before a batch norm may be scaled at will:
    the output stays. The running statistics move by

    .. math:: \mu_{run} \leftarrow (1 - m) \mu_{run} + m \mu

    with m the momentum, so that torch's momentum weights the new batch. Differences: torch takes a momentum outside
    0..1, and refuses eps = 0 only when it is used in training.

    References
    ----------
    S. Ioffe, C. Szegedy (2015), Batch Normalization, arXiv 1502.03167.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> norm = nn.BatchNorm2d(1)
    >>> y = norm(np.arange(4.0).reshape(1, 1, 2, 2))
    >>> y.mean().round(6), y.std().round(4), norm.running_mean, norm.running_var.round(4)
    (np.float64(0.0), np.float64(1.0), array([0.15]), array([1.0667]))
    """

    ranks = (4,)
    shapes = "(N, {0}, H, W)"
