r"""Losses: one number that says how far an output is from its target, and its gradient."""

from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.kernels import loss

from .module import Module

_REDUCTIONS = "mean", "sum", "none"


class Reduced(NamedTuple):
    """What a loss keeps: the kernel's cache, the input's shape, what the sum was divided by, and what came out."""

    kernel: NamedTuple
    shape: tuple
    divisor: float
    out: np.ndarray


class Loss(Module):
    """Reduce the losses of the elements to one number; a subclass gives them and their gradient."""

    def _set_reduction(self, size_average, reduce, reduction):
        owner = type(self).__name__
        checks.not_offered(owner, size_average=(size_average, None), reduce=(reduce, None))
        self.size_average = self.reduce = None
        self.reduction = checks.choice(owner, "reduction", reduction, _REDUCTIONS)

    def _reduced(self, losses, cache, shape, count):
        """Reduce, with `count` for what the mean divides by, and keep what backward needs."""
        divisor = count if self.reduction == "mean" else 1
        with np.errstate(invalid="ignore", divide="ignore"):  # the mean of nothing is NaN
            out = losses if self.reduction == "none" else losses.sum() / losses.dtype.type(divisor)
        self.cache = Reduced(cache, shape, divisor, out)
        return out

    def backward(self, grad_out=None):
        """Return the gradient of the input, in its shape; `grad_out` is the loss' own gradient, 1 for one number.

        With reduction 'none' there is a loss for each element, and `grad_out` must be given in their shape. Where
        nothing counts, every label ignored, the mean is NaN and the gradient 0, as in torch.
        """
        cache, shape, divisor, out = self._last_cache()
        if grad_out is None and out.ndim:
            raise ValueError(f"{type(self).__name__}: backward needs the gradient of the losses {out.shape}, got None")
        scale = np.ones((), out.dtype) if grad_out is None else checks.upstream(type(self).__name__, grad_out, out)
        return _sum_to(self._gradient(cache, scale / out.dtype.type(divisor or 1)), shape)

    def extra_repr(self):
        return "" if self.reduction == "mean" else f"reduction={self.reduction!r}"


class _Elementwise(Loss):
    """A loss of pairs of numbers."""

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        self._set_reduction(size_average, reduce, reduction)

    def _pair(self, input, target, broadcasts=True):
        owner = type(self).__name__
        input, target = checks.real_array(owner, "input", input), checks.real_array(owner, "target", target)
        if input.shape != target.shape:
            try:
                shape = np.broadcast_shapes(input.shape, target.shape) if broadcasts else None
            except ValueError:
                shape = None
            if shape is None:
                raise ValueError(f"{owner}: target must have the input's shape {input.shape}, got {target.shape}")
            checks.warn_once(
                self, f"target {target.shape} and input {input.shape} differ in shape and are spread to {shape}"
            )
        return input, target.astype(input.dtype, copy=False)

    def forward(self, input, target):
        input, target = self._pair(input, target)
        losses, cache = self._run(input, target)
        return self._reduced(losses, cache, input.shape, losses.size)

    def _gradient(self, cache, scale):
        return scale * self._run_backward(cache)


class MSELoss(_Elementwise):
    r"""Mean squared error: :math:`\tfrac{1}{n} \sum (x_i - y_i)^2`.

    Parameters
    ----------
    size_average, reduce : None
        Must stay None.
    reduction : {'mean', 'sum', 'none'}

    Shape
    -----
    `loss = criterion(input, target)` of one shape; `dinput = criterion.backward()`. Shapes that differ and broadcast
    are taken, as by torch, with a warning: (4, 1) against (4,) compares all pairs.

    Examples
    --------
    >>> from helpers import nn
    >>> criterion = nn.MSELoss()
    >>> criterion([1.0, 2.0], [1.0, 4.0]), criterion.backward()
    (np.float64(2.0), array([ 0., -2.]))
    """

    _run = staticmethod(loss.mse_forward)
    _run_backward = staticmethod(loss.mse_backward)


class L1Loss(_Elementwise):
    r"""Mean absolute error: :math:`\tfrac{1}{n} \sum |x_i - y_i|`; where the two are equal the gradient is 0.

    Parameters
    ----------
    size_average, reduce : None
        Must stay None.
    reduction : {'mean', 'sum', 'none'}

    Shape
    -----
    As in `MSELoss`.

    Examples
    --------
    >>> from helpers import nn
    >>> criterion = nn.L1Loss(reduction="sum")
    >>> criterion([1.0, 2.0], [1.0, 4.0]), criterion.backward()
    (np.float64(2.0), array([ 0., -1.]))
    """

    _run = staticmethod(loss.l1_forward)
    _run_backward = staticmethod(loss.l1_backward)


class _BinaryLoss(_Elementwise):
    """Cross-entropy of yes and no; `weight` and `pos_weight` are stored, not learned."""

    buffer_names = ("weight",)

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        self._set_reduction(size_average, reduce, reduction)
        self.weight = None if weight is None else weights(type(self).__name__, "weight", weight)

    def _checked(self, input, target):
        owner = type(self).__name__
        input, target = self._pair(input, target, broadcasts=False)
        if not ((target >= 0) & (target <= 1) | np.isnan(target)).all():
            raise ValueError(f"{owner}: target must hold numbers in 0..1, got {target.min()} to {target.max()}")
        return input, target, *(self._spread(name, input) for name in self.buffer_names)

    def _spread(self, name, input):
        weight = getattr(self, name)
        if weight is None:
            return input.dtype.type(1)
        try:
            return np.broadcast_to(weight.astype(input.dtype), input.shape)
        except ValueError:
            raise ValueError(
                f"{type(self).__name__}: {name} must broadcast to the input's shape {input.shape}, got {weight.shape}"
            ) from None


class BCELoss(_BinaryLoss):
    r"""Cross-entropy of probabilities of yes: :math:`-w (y \log x + (1 - y) \log(1 - x))`, reduced.

    Parameters
    ----------
    weight : ndarray, optional
        Of each element, at least 0; broadcasts to the input.
    size_average, reduce : None
        Must stay None.
    reduction : {'mean', 'sum', 'none'}

    Shape
    -----
    Input, probabilities in 0..1, and target in 0..1 of one shape.

    Notes
    -----
    As in torch, logarithms are at least -100, so that a sure mistake costs 100 and not infinity. `BCEWithLogitsLoss`
    needs no such bound.

    Examples
    --------
    >>> from helpers import nn
    >>> criterion = nn.BCELoss()
    >>> criterion([0.5, 1.0], [1.0, 1.0]).round(4), criterion.backward()
    (np.float64(0.3466), array([-1.,  0.]))
    """

    _run_backward = staticmethod(loss.bce_backward)

    def forward(self, input, target):
        input, target, weight = self._checked(input, target)
        if not ((input >= 0) & (input <= 1) | np.isnan(input)).all():
            raise ValueError(f"BCELoss: input must hold probabilities in 0..1, got {input.min()} to {input.max()}")
        losses, cache = loss.bce_forward(input, target, weight)
        return self._reduced(losses, cache, input.shape, losses.size)


class BCEWithLogitsLoss(_BinaryLoss):
    r"""Cross-entropy of sigmoid(x), exact for any x: :math:`-w (p y \log \sigma(x) + (1 - y) \log(1 - \sigma(x)))`.

    Parameters
    ----------
    weight : ndarray, optional
        Of each element, at least 0; broadcasts to the input.
    size_average, reduce : None
        Must stay None.
    reduction : {'mean', 'sum', 'none'}
    pos_weight : ndarray, optional
        Weight p of the positive answers; broadcasts to the input.

    Shape
    -----
    Input of any numbers and target in 0..1, of one shape.

    Examples
    --------
    >>> from helpers import nn
    >>> criterion = nn.BCEWithLogitsLoss()
    >>> criterion([0.0, -1000.0], [1.0, 1.0]).round(4), criterion.backward()
    (np.float64(500.3466), array([-0.25, -0.5 ]))
    """

    buffer_names = ("weight", "pos_weight")
    _run_backward = staticmethod(loss.bce_with_logits_backward)

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None):
        super().__init__(weight, size_average, reduce, reduction)
        self.pos_weight = None if pos_weight is None else weights("BCEWithLogitsLoss", "pos_weight", pos_weight)

    def forward(self, input, target):
        losses, cache = loss.bce_with_logits_forward(*self._checked(input, target))
        return self._reduced(losses, cache, np.shape(input), losses.size)


def weights(owner, name, value):
    """Return a copy of weights, each finite and at least 0."""
    values = np.array(checks.real_array(owner, name, value))
    if not (np.isfinite(values) & (values >= 0)).all():
        raise ValueError(f"{owner}: {name} must hold finite numbers of at least 0, got {values.tolist()}")
    return values


def _sum_to(grad, shape):
    """Undo a broadcast: add up what went to one entry."""
    extra = tuple(range(grad.ndim - len(shape)))
    kept = tuple(axis for axis, size in enumerate(shape, len(extra)) if size == 1 and grad.shape[axis] != 1)
    return grad.sum(extra + kept).reshape(shape) if extra + kept else grad
