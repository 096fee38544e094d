r"""What every layer shares: parameters by name, modes, state."""

from collections import namedtuple
from contextlib import contextmanager

import numpy as np

from helpers import checks

from .parameter import Parameter, forget_gradients


class IncompatibleKeys(namedtuple("IncompatibleKeys", ("missing_keys", "unexpected_keys"))):
    """The names that a loaded state lacked, and those that it had to spare."""

    __slots__ = ()

    def __repr__(self):
        return super().__repr__() if any(self) else "<All keys matched successfully>"


class Module:
    """A layer, or several as one: a subclass gives `forward` and `backward` and sets its parameters as attributes.

    Attributes
    ----------
    training : bool
        True after `train()`, False after `eval()`.
    buffer_names : tuple of str
        Attributes that hold arrays which are stored and loaded, yet not learned; a subclass names them.
    cache : NamedTuple or None
        What the last call kept for backward, under the names of the equations: the arrays themselves, not copies, so
        that what went in and came out must not be changed in place before backward.

    Examples
    --------
    A layer that stretches each feature; its backward is the chain rule by hand:

    >>> class Scale(Module):
    ...     def __init__(self, features):
    ...         self.weight = Parameter(np.ones(features))
    ...
    ...     def forward(self, x):
    ...         self.cache = x = np.asarray(x)
    ...         return self.weight.data * x
    ...
    ...     def backward(self, grad_out):
    ...         self.weight.add_grad((grad_out * self.cache).sum(0))
    ...         return grad_out * self.weight.data
    >>> from helpers.gradcheck import gradcheck
    >>> gradcheck(Scale(3), np.arange(6.0).reshape(2, 3)).largest < 1e-8
    True
    """

    training = True
    buffer_names = ()
    cache = None

    def __setattr__(self, name, value):
        if isinstance(vars(self).get(name), Parameter) and not (value is None or isinstance(value, Parameter)):
            owner, kind = type(self).__name__, type(value).__name__
            raise TypeError(f"{owner}: {name} must be a Parameter, got {kind}; new values go to {name}.data")
        super().__setattr__(name, value)

    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)

    def forward(self, *args, **kwargs):
        """Compute the output, and keep in `cache` what backward needs; calling the module calls this."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, *args, **kwargs):
        """Return the gradient of the last call's input, and add those of the parameters to their `grad`."""
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def children(self):
        """The modules that this one is made of, in the order in which they were set."""
        return (child for _, child in self.named_children())

    def named_children(self):
        """Pairs (name, module) of the modules that this one is made of."""
        return ((name, value) for name, value in vars(self).items() if isinstance(value, Module))

    def modules(self):
        """This module and all within it."""
        return (module for _, module in self.named_modules())

    def named_modules(self, prefix=""):
        """Pairs (name, module) of this module, whose name is the prefix, and of all within it: `0.block`."""
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def apply(self, fn):
        """Call `fn(module)` for all modules within this one, then for itself; returns the module itself."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def named_parameters(self, prefix=""):
        """Pairs (name, Parameter), names as torch spells them: `0.weight`."""
        return self._walk(_own_parameters, prefix)

    def named_buffers(self, prefix=""):
        """Pairs (name, array) of what is stored and loaded, yet not learned: `1.running_mean`."""
        return self._walk(_own_buffers, prefix)

    def _walk(self, own, prefix):
        """Pairs (name, value) of what `own` finds in this module, then in those within it."""
        for place, module in self.named_modules(prefix):
            for name, value in own(module):
                yield f"{place}.{name}" if place else name, value

    def parameters(self):
        """Every Parameter of this module and of those within it."""
        return (parameter for _, parameter in self.named_parameters())

    def buffers(self):
        """Every array that is stored and loaded, yet not learned."""
        return (buffer for _, buffer in self.named_buffers())

    def zero_grad(self, set_to_none=True):
        """Forget the gradients: each becomes None, or zeros."""
        forget_gradients(type(self).__name__, self.parameters(), set_to_none)

    def train(self, mode=True):
        """Switch to training, or with `mode=False` to evaluation; returns the module itself."""
        mode = checks.flag(type(self).__name__, "mode", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        """Switch to evaluation; returns the module itself."""
        return self.train(False)

    def double(self):
        """Turn every parameter and buffer of real numbers into float64; returns the module itself."""
        return self._cast(np.float64)

    def float(self):
        """Turn every parameter and buffer of real numbers into float32; returns the module itself."""
        return self._cast(np.float32)

    def _cast(self, dtype):
        for module in self.modules():
            for name, value in vars(module).items():
                if isinstance(value, Parameter):
                    value.data = value.data.astype(dtype)
                    value.grad = None if value.grad is None else value.grad.astype(dtype)
                elif name in module.buffer_names and value is not None and value.dtype.kind == "f":
                    setattr(module, name, value.astype(dtype))
            module.cache = None
        return self

    def state_dict(self):
        """A copy of the values of every parameter and buffer by name."""
        return {name: values.copy() for name, values in self._walk(_own_state, "")}

    def load_state_dict(self, state_dict, strict=True):
        """Copy values in by name, all or nothing.

        Parameters
        ----------
        state_dict : dict of str to array_like
        strict : bool
            Whether missing and unexpected names are refused; wrong shapes always are.

        Returns
        -------
        IncompatibleKeys
            `missing_keys` and `unexpected_keys`, two lists, which stay empty where `strict` is set.

        Raises
        ------
        TypeError
            `state_dict` is not a dict.
        KeyError
            Names are missing or unexpected. The message of this error and of the next lists all that is wrong.
        ValueError
            An entry does not hold real numbers or has another shape. Nothing has been changed then.
        """
        owner = type(self).__name__
        strict = checks.flag(owner, "strict", strict)
        if not isinstance(state_dict, dict):
            raise TypeError(f"{owner}: state_dict must be a dict of names and arrays, got {state_dict!r}")
        own = dict(self._walk(_own_state, ""))
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        names = (
            [f"missing names {missing} and unexpected names {unexpected}"] if strict and missing + unexpected else []
        )
        new, unfit = {}, []
        for name in (name for name in own if name in state_dict):
            try:
                new[name] = checks.real_array(owner, name, state_dict[name]).astype(own[name].dtype)
            except (TypeError, ValueError) as error:
                unfit.append(str(error).removeprefix(f"{owner}: "))
            else:
                if new[name].shape != own[name].shape:
                    unfit.append(f"{name} must have shape {own[name].shape}, got {new[name].shape}")
        if names or unfit:
            raise (KeyError if names else ValueError)(f"{owner}: state_dict does not fit: {'; '.join(names + unfit)}")
        for name, value in new.items():
            own[name][...] = value
        return IncompatibleKeys(missing, unexpected)

    def extra_repr(self):
        """The settings that `repr` shows."""
        return ""

    def __repr__(self):
        inner = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        if not inner:
            return f"{type(self).__name__}({self.extra_repr()})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(inner) + "\n)"

    @contextmanager
    def _caches_kept_on_error(self):
        """Leave every layer within at its last whole call where a call fails, an interrupt included."""
        restore = snapshot(self)
        try:
            yield
        except BaseException:
            restore()
            raise

    def _last_cache(self):
        if self.cache is None:
            raise RuntimeError(f"{type(self).__name__}.backward called before forward")
        return self.cache


def snapshot(module):
    """Note what all within a module hold, caches, modes and buffers' values; return a function that puts it back."""
    held = [
        (one, vars(one).copy(), [(buffer, buffer.copy()) for _, buffer in _own_buffers(one)])
        for one in module.modules()
    ]

    def restore():
        for one, attributes, buffers in held:
            one.__dict__ = attributes
            for buffer, values in buffers:
                buffer[...] = values

    return restore


def check_module(owner, name, value):
    """Return `value`, which must be a Module."""
    if not isinstance(value, Module):
        raise TypeError(f"{owner}: {name} must be a Module, got {value!r}")
    return value


def _own_parameters(module):
    return ((name, value) for name, value in vars(module).items() if isinstance(value, Parameter))


def _own_buffers(module):
    return ((name, getattr(module, name)) for name in module.buffer_names if getattr(module, name) is not None)


def _own_state(module):
    yield from ((name, parameter.data) for name, parameter in _own_parameters(module))
    yield from _own_buffers(module)
