r"""One place for the checks of arguments: every message names the argument, what is allowed and what came."""

import math
import os
import sys
import warnings

import numpy as np

MOST = 2**31 - 1  # a size beyond it is a mistake, and its arithmetic would overflow


class SettingWarning(UserWarning):
    """A setting is legal and does something that its user may not expect."""


def warn_once(owner, message):
    """Warn about a setting once for each layer, however often the layer is called."""
    said = owner.__dict__.setdefault("_warned", set())
    if message not in said:
        said.add(message)
        level = 1
        while sys._getframe(level).f_globals.get("__name__", "").startswith("helpers."):
            level += 1  # the line to show is the reader's, however deep the layer stands
        warnings.warn(f"{type(owner).__name__}: {message}", SettingWarning, stacklevel=level + 1)


def integer(owner, name, value, minimum, maximum=MOST):
    """Return `value` as an int in `minimum`..`maximum`; NumPy integers are fine, bool and float are not."""
    if not _is_integer(value):
        raise TypeError(f"{owner}: {name} must be an integer, got {value!r}")
    if value < minimum:
        raise ValueError(f"{owner}: {name} must be at least {minimum}, got {value!r}")
    if value > maximum:
        raise ValueError(f"{owner}: {name} must be at most {maximum}, got {value!r}")
    return int(value)


def _is_integer(value):
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def axis(owner, name, value, ndim=None):
    """Return `value` as an int that names an axis, negative ones from the last; of `ndim` axes where that is given."""
    integer(owner, name, value, -MOST)
    if ndim is not None and not -ndim <= value < ndim:
        raise IndexError(f"{owner}: {name} must be in {-ndim}..{ndim - 1} for an input of {ndim} axes, got {value!r}")
    return int(value)


def sizes(owner, name, value, length, minimum, optional=False):
    """Return `value` as a tuple of `length` ints; one number stands for all axes. Entries may be None if `optional`."""
    allowed = "an integer" if length == 1 else f"an integer or {length} of them"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, (tuple, list, np.ndarray)):
        if not _is_integer(value):
            raise TypeError(f"{owner}: {name} must be {allowed}, got {value!r}")
        value = (value,)
    if len(value) not in (1, length):
        raise ValueError(f"{owner}: {name} must be {allowed}, got {value!r}")
    numbers = tuple(None if optional and v is None else integer(owner, name, v, minimum) for v in value)
    return numbers * length if len(numbers) == 1 else numbers


def number(owner, name, value, allowed="a finite number", holds=math.isfinite):
    """Return `value` as a float for which `holds`; `allowed` says so in words. NumPy numbers are fine, bool is not."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not (_is_integer(value) or isinstance(value, (float, np.floating))):
        raise TypeError(f"{owner}: {name} must be {allowed}, got {value!r}")
    if math.isnan(value) or not holds(value):
        raise ValueError(f"{owner}: {name} must be {allowed}, got {value!r}")
    return float(value)


def at_least_zero(owner, name, value):
    """Return `value` as a finite float that is not negative."""
    return number(owner, name, value, "a finite number of at least 0", lambda value: 0 <= value < math.inf)


def above_zero(owner, name, value):
    """Return `value` as a float above 0; infinity is fine."""
    return number(owner, name, value, "a number above 0", lambda value: value > 0)


def share(owner, name, value, without=()):
    """Return `value` as a float in 0..1; an end that is named in `without` is excluded."""
    allowed = "in 0..1" + "".join(f", {end} excluded" for end in without)
    return number(owner, name, value, allowed, lambda value: 0 <= value <= 1 and value not in without)


def choice(owner, name, value, allowed):
    """Return `value`, which must be one of the strings in `allowed`."""
    if not isinstance(value, str):
        raise TypeError(f"{owner}: {name} must be one of {(*allowed,)}, got {value!r}")
    if value not in allowed:
        raise ValueError(f"{owner}: {name} must be one of {(*allowed,)}, got {value!r}")
    return value


def not_offered(owner, **options):
    """Refuse by name each of torch's options that is not at its default: `dropout=(value, 0.0)`."""
    for name, (value, default) in options.items():
        if value is not default and not (type(value) is type(default) and value == default):
            raise NotImplementedError(f"{owner}: {name} is not offered, leave it at {default!r}; got {value!r}")


def float_dtype(owner, dtype):
    """Return float32 or float64 as a numpy.dtype; None stands for float64."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = ""
    if name not in ("float32", "float64"):
        raise TypeError(f"{owner}: dtype must be float32, float64 or None, got {dtype!r}")
    return np.dtype(name)


def generator(owner, rng, name="rng"):
    """Return a numpy.random.Generator: the one given, one seeded with the given integer, or a fresh one for None."""
    if rng is None or isinstance(rng, np.random.Generator):
        return np.random.default_rng(rng)
    if not _is_integer(rng):
        raise TypeError(f"{owner}: {name} must be a numpy.random.Generator, an integer seed or None, got {rng!r}")
    return np.random.default_rng(integer(owner, name, rng, 0))


def affordable(owner, what, shape, dtype=np.float64):
    """Refuse an array that is larger than the machine's memory, before anything is allocated."""
    wanted = math.prod(shape) * np.dtype(dtype).itemsize
    if wanted > _memory():
        raise MemoryError(f"{owner}: {what} of shape {tuple(shape)} would need {wanted / 2**30:,.0f} GiB")


def _memory():
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows and the browser edition do not say
        return 64 * 2**30


def flag(owner, name, value):
    """Return `value` as a bool; numbers and strings are refused."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{owner}: {name} must be True or False, got {value!r}")
    return bool(value)


def real_array(owner, name, value):
    """Return `value` as a float32 or float64 array in C order, without a copy where it is one; others become float64.

    One order in memory for all that comes in: sums and matrix products round differently in another.
    """
    array = rectangular(owner, name, value)
    if array.dtype == np.float64 or array.dtype == np.float32:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{owner}: {name} must hold real numbers, got dtype {array.dtype}")
    return array.astype(np.float64)


def rectangular(owner, name, value):
    """Return `value` as an array in C order; lists of different lengths and tensors with a gradient are refused."""
    try:
        return np.asarray(value, order="C")
    except (ValueError, RuntimeError) as error:
        raise ValueError(f"{owner}: {name} must be a rectangular array of numbers: {error}") from None


def shaped(owner, name, value, shape):
    """Return `value` as a float array of exactly this shape: nothing is broadcast."""
    array = real_array(owner, name, value)
    if array.shape != tuple(shape):
        raise ValueError(f"{owner}: {name} must have shape {tuple(shape)}, got {array.shape}")
    return array


def indices(owner, name, value, count):
    """Return `value` as an array of int64, each in 0..count - 1: nothing wraps round."""
    array = rectangular(owner, name, value)
    if array.dtype.kind not in "iu" and not (array.size == 0 and isinstance(value, (list, tuple))):
        raise TypeError(f"{owner}: {name} must hold integers, got dtype {array.dtype}")
    array = array.astype(np.int64)
    outside = (array < 0) | (array >= count)
    if outside.any():
        place = tuple(int(i) for i in np.argwhere(outside)[0])
        raise IndexError(f"{owner}: {name} must be in 0..{count - 1}, got {array[place]} at {place}")
    return array


def lengths(owner, value, count, longest):
    """Return the lengths of `count` sequences as int64, each in 1..longest, in any order."""
    array = rectangular(owner, "lengths", value)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{owner}: lengths must hold integers, got dtype {array.dtype}")
    if array.shape != (count,):
        raise ValueError(f"{owner}: lengths must have shape ({count},), one for each sequence, got {array.shape}")
    if array.size and not 1 <= array.min() <= array.max() <= longest:
        raise ValueError(f"{owner}: lengths must be in 1..{longest}, got {array.tolist()}")
    return array.astype(np.int64)


def mask(owner, value, shape, time):
    """Return a mask of exactly this shape, True at real steps, of which each sequence has one along the axis `time`."""
    array = rectangular(owner, "mask", value)
    if array.dtype != bool:
        raise TypeError(f"{owner}: mask must hold True for a real step and False for padding, got dtype {array.dtype}")
    if array.shape != tuple(shape):
        raise ValueError(f"{owner}: mask must have shape {tuple(shape)}, one entry a step, got {array.shape}")
    empty = np.flatnonzero(~array.any(time))
    if empty.size:
        raise ValueError(f"{owner}: mask must be True at one step of each sequence, got none in sequence {empty[0]}")
    return array


def gradient(owner, value, shape, dtype):
    """Return an upstream gradient in the shape and dtype of the output that it belongs to."""
    grad = real_array(owner, "the gradient given to backward", value)
    if grad.shape != tuple(shape):
        raise ValueError(
            f"{owner}: the gradient given to backward must have the output's shape {tuple(shape)}, got {grad.shape}"
        )
    return grad.astype(dtype, copy=False)


def upstream(owner, value, out):
    """Return the upstream gradient in the shape and dtype of the output `out` that it belongs to."""
    return gradient(owner, value, out.shape, out.dtype)
