"""One call of a layer, forward and backward, as arrays by name: what both judges compare."""

import copy
import inspect

import numpy as np


class Trial:
    """Run a copy of a layer forward, and backward under a random upstream gradient.

    Parameters
    ----------
    layer : Module
    inputs : tuple
        The positional arguments: arrays, tuples of arrays such as (h0, c0), or None.
    options : dict
        The keyword arguments.
    seed : int
        Seed of the upstream gradient.
    double : bool
        Whether real inputs, parameters and buffers become float64. Integers that have a gradient do so anyway.

    Attributes
    ----------
    layer : Module
        The copy.
    inputs : tuple
        Copies of what was given; `leaves` are its arrays by the names of their gradients.
    outputs : dict of str to ndarray
        Everything that came out, integers included.
    upstream : list of ndarray
        The gradient given to each output of real numbers.
    grads : dict of str to (ndarray, ndarray)
        Each array that has a gradient and what backward says it is: `dx` of an input, `d weight` of a parameter.
    """

    def __init__(self, layer, inputs, options, seed, double=False):
        self.layer, self.options = copy.deepcopy(layer), options
        inputs = mapped(np.array, inputs)
        if double:
            self.layer.double()
            inputs = mapped(lambda value: value.astype(np.float64) if is_real(value) else value, inputs)
        out = mapped(np.asarray, self.layer(*inputs, **options))
        self.outputs = dict(zip(_output_names(self.layer, flat(out)), flat(out), strict=True))
        self.layer.zero_grad()
        self.upstream, grads = _backward(self.layer, out, np.random.default_rng(seed))
        grads = aligned(inputs, grads)
        if grads and grads[0] is None and is_real(flat(inputs)[0]):
            raise ValueError(f"{type(layer).__name__}.backward must return the gradient of its first input, got None")

        leaves = zip(flat(inputs), grads, strict=True)
        leaves = [leaf if grad is None or is_real(leaf) else leaf.astype(np.float64) for leaf, grad in leaves]
        self.inputs = rebuilt(inputs, leaves)
        self.leaves = {f"d{name}": leaf for name, leaf in zip(_input_names(layer, inputs), leaves, strict=True)}
        named = zip(self.leaves.items(), grads, strict=True)
        self.grads = {what: (leaf, grad) for (what, leaf), grad in named if grad is not None}
        for name, parameter in self.layer.named_parameters():
            grad = np.zeros_like(parameter.data) if parameter.grad is None else parameter.grad
            self.grads[f"d {name}"] = parameter.data, grad

    def title(self, judge):
        """Say what is compared with which judge: the layer, the options of the call, the judge."""
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{self.layer!r}{f' called with {options}' if options else ''} against {judge}"


# ---------------------------------------------------------------------------------------- values, tuples of them, None


def mapped(function, value):
    """Apply a function to each array and leave tuples and None where they stand."""
    if isinstance(value, tuple):
        return tuple(mapped(function, part) for part in value)
    return None if value is None else function(value)


def flat(value):
    """The arrays in a value, one after the other."""
    found = []
    mapped(found.append, value)
    return found


def rebuilt(value, arrays):
    """Put other arrays in the places of those in a value."""
    arrays = iter(arrays)
    return mapped(lambda _: next(arrays), value)


def aligned(value, grad):
    """The gradients of the arrays in a value, one after the other; None for an array that got none.

    >>> aligned((2.0, (3.0, 4.0), None), (0.2, (0.3, 0.4), 0.5)), aligned((2.0, 3.0), 0.2)
    ([0.2, 0.3, 0.4], [0.2, None])
    """
    if isinstance(value, tuple):
        grads = grad if isinstance(grad, tuple) else (grad,)
        grads += (None,) * len(value)
        return [found for part, grad in zip(value, grads, strict=False) for found in aligned(part, grad)]
    return [] if value is None else [grad]


def is_real(array):
    """Whether an array, ours or torch's, can have a gradient."""
    return "float" in str(array.dtype)


def _backward(layer, out, random):
    """Draw a gradient for each real output; return them, and what the layer's backward makes of them.

    backward takes as many arguments as there are outputs, or a pair of states as one, or none: a loss whose own
    gradient is 1.
    """

    def like(value):
        return np.asarray(random.standard_normal(value.shape), value.dtype) if is_real(value) else None

    takes = len(inspect.signature(layer.backward).parameters)
    upstream = mapped(like if takes else np.ones_like, out)
    parts = tuple(part for part in (upstream if isinstance(upstream, tuple) else (upstream,)) if part is not None)
    return flat(upstream), layer.backward(*(parts if takes >= len(parts) else (parts,)[:takes]))


# ------------------------------------------------------------------------------------------------------------- names


def _input_names(layer, inputs):
    """Names of the inputs' arrays as forward calls them; of a pair of states h0 the second is c0."""
    names = []
    for name, value in zip(inspect.signature(layer.forward).parameters, inputs, strict=False):
        pair = isinstance(value, tuple)
        names += [f"{letter}{name[1:]}" for letter in "hc"[: len(value)]] if pair else [name] * (value is not None)
    return names


def _output_names(layer, outputs):
    """Names of what came out: of a recurrent net the states last, of a pool its indices."""
    states = [f"{name}_n" for name in getattr(layer, "state_names", ())]
    real = sum(map(is_real, outputs))
    return ["output", *states][-real:] + ["indices"] * (len(outputs) - real)
