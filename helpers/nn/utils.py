r"""The norm of gradients and their clipping, under torch.nn.utils' names."""

import math
import warnings

import numpy as np

from helpers import checks

from .parameter import Parameter


def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    r"""The norm of all entries of several arrays together, in float64.

    Parameters
    ----------
    tensors : ndarray, or iterable of them
        Gradients, for one.
    norm_type : float
        The p of the norm, above 0; infinity is the largest entry.
    error_if_nonfinite : bool
        Whether a norm that is NaN or infinite is an error.
    foreach : None
        Must stay None.

    Returns
    -------
    numpy.float64
        0 where there is no array.

    Raises
    ------
    RuntimeError
        The norm is not finite and `error_if_nonfinite` is set.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.utils.get_total_norm([np.array([3.0]), np.array([[4.0]])])
    np.float64(5.0)
    """
    owner = "get_total_norm"
    norm_type = checks.above_zero(owner, "norm_type", norm_type)
    strict = checks.flag(owner, "error_if_nonfinite", error_if_nonfinite)
    checks.not_offered(owner, foreach=(foreach, None))
    if isinstance(tensors, np.ndarray):
        tensors = [tensors]
    if not hasattr(tensors, "__iter__"):
        raise TypeError(f"{owner}: tensors must be an array or an iterable of them, got {tensors!r}")
    norm = _total_norm([checks.real_array(owner, "tensors", tensor) for tensor in tensors], norm_type)
    return _finite(owner, norm) if strict else norm


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    r"""Scale all gradients by one factor, in place, so that their common norm is at most `max_norm`.

    Parameters
    ----------
    parameters : Parameter, or iterable of them
        Those without a gradient are left out.
    max_norm : float
        Largest norm, above 0.
    norm_type : float
        The p of the norm, above 0; infinity is the largest entry.
    error_if_nonfinite : bool
        Whether a norm that is NaN or infinite is an error; else it is a warning, and the gradients are spoilt as by
        torch.
    foreach : None
        Must stay None.

    Returns
    -------
    numpy.float64
        The norm before clipping; 0 where there is no gradient.

    Raises
    ------
    RuntimeError
        The norm is not finite and `error_if_nonfinite` is set; no gradient has been changed.

    Notes
    -----
    .. math:: g \leftarrow g \cdot \min\left(1, \frac{m}{\|g\| + 10^{-6}}\right)

    The direction stays; it helps against explosion, not against vanishing. The norm is taken in float64.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, arXiv 1211.5063.

    Examples
    --------
    >>> from helpers import nn
    >>> weight = nn.Parameter([0.0, 0.0])
    >>> weight.add_grad(np.array([3.0, 4.0]))
    >>> nn.utils.clip_grad_norm_([weight], max_norm=1.0)
    np.float64(5.0)
    >>> weight.grad.round(4)
    array([0.6, 0.8])
    """
    owner = "clip_grad_norm_"
    max_norm = checks.above_zero(owner, "max_norm", max_norm)
    norm_type = checks.above_zero(owner, "norm_type", norm_type)
    strict = checks.flag(owner, "error_if_nonfinite", error_if_nonfinite)
    checks.not_offered(owner, foreach=(foreach, None))
    grads = _gradients(owner, parameters)
    norm = _total_norm(grads, norm_type)
    if strict:
        _finite(owner, norm)
    if not np.isfinite(norm):
        warnings.warn(f"{owner}: the norm of the gradients is {norm}", checks.SettingWarning, stacklevel=2)
    elif norm > np.finfo(np.float32).max and any(grad.dtype == np.float32 for grad in grads):
        warnings.warn(f"{owner}: the norm {norm:.3g} overflows float32", checks.SettingWarning, stacklevel=2)
    _scale(grads, max_norm, norm)
    return norm


def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    r"""The second half of `clip_grad_norm_`, for a norm that is known already.

    Parameters
    ----------
    parameters : Parameter, or iterable of them
    max_norm : float
        Largest norm, above 0.
    total_norm : float
        What `get_total_norm` said of the gradients.
    foreach : None
        Must stay None.

    Examples
    --------
    >>> from helpers import nn
    >>> weight = nn.Parameter([0.0, 0.0])
    >>> weight.add_grad(np.array([3.0, 4.0]))
    >>> nn.utils.clip_grads_with_norm_(weight, 1.0, nn.utils.get_total_norm(weight.grad))
    >>> weight.grad.round(4)
    array([0.6, 0.8])
    """
    owner = "clip_grads_with_norm_"
    max_norm = checks.above_zero(owner, "max_norm", max_norm)
    total_norm = checks.number(owner, "total_norm", total_norm, "a number of at least 0", lambda value: value >= 0)
    checks.not_offered(owner, foreach=(foreach, None))
    _scale(_gradients(owner, parameters), max_norm, total_norm)


def clip_grad_value_(parameters, clip_value, foreach=None):
    r"""Cut every entry of the gradients, in place, to at most `clip_value` in size.

    Parameters
    ----------
    parameters : Parameter, or iterable of them
        Those without a gradient are left out.
    clip_value : float
        Largest size of an entry, above 0.
    foreach : None
        Must stay None.

    Notes
    -----
    Entries are cut one by one, so the direction turns.

    Examples
    --------
    >>> from helpers import nn
    >>> weight = nn.Parameter([0.0, 0.0])
    >>> weight.add_grad(np.array([3.0, -0.5]))
    >>> nn.utils.clip_grad_value_([weight], 1.0)
    >>> weight.grad
    array([ 1. , -0.5])
    """
    owner = "clip_grad_value_"
    clip_value = checks.above_zero(owner, "clip_value", clip_value)
    checks.not_offered(owner, foreach=(foreach, None))
    for grad in _gradients(owner, parameters):
        np.clip(grad, -clip_value, clip_value, out=grad)


def _gradients(owner, parameters):
    if isinstance(parameters, Parameter):
        parameters = [parameters]
    if isinstance(parameters, (np.ndarray, str)) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"{owner}: parameters must be a Parameter or an iterable of them, got {parameters!r}")
    parameters = [*parameters]
    for place, parameter in enumerate(parameters):
        if not isinstance(parameter, Parameter):
            raise TypeError(f"{owner}: parameters[{place}] must be a Parameter, got {type(parameter).__name__}")
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


def _total_norm(arrays, p):
    if p == 2:
        square = sum(np.vdot(flat, flat) for flat in (a.astype(np.float64, copy=False).ravel() for a in arrays))
        if 1e-200 < square < math.inf:  # else squares have overflowed or vanished, or are none
            return np.float64(math.sqrt(square))
    entries = np.concatenate([np.abs(a.ravel(), dtype=np.float64) for a in arrays] or [np.zeros(0)])
    largest = entries.max(initial=0.0)
    if p == np.inf or largest == 0 or not np.isfinite(largest):
        return np.float64(largest)
    return np.float64(largest * np.sum((entries / largest) ** p) ** (1 / p))


def _finite(owner, norm):
    if not np.isfinite(norm):
        raise RuntimeError(f"{owner}: the norm of the gradients must be finite, got {norm}")
    return norm


def _scale(grads, max_norm, norm):
    with np.errstate(invalid="ignore"):
        factor = float(np.minimum(1.0, max_norm / (norm + 1e-6)))
        for grad in grads:
            grad *= factor
