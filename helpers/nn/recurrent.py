r"""What RNN, LSTM and GRU share: layers, directions, layouts, lengths and pins around a kernel for one of each."""

import math
from typing import NamedTuple

import numpy as np

from helpers import checks

from .module import Module, Parameter

WEIGHTS = "weight_ih", "weight_hh", "bias_ih", "bias_hh"


class Call(NamedTuple):
    """How one call's arrays lie. Inside, all are (T, N, ...)."""

    layout: str
    last: tuple  # the last real step of each sequence, as an index
    reversal: np.ndarray | None  # (T, N): where each step goes when sequences are reversed within their lengths
    padding: np.ndarray | None  # (T, N): True where a step is none

    @classmethod
    def of(cls, owner, x, batch_first, lengths):
        """Read the layout off an input of 2 or 3 axes; returns also the input as (T, N, I)."""
        layout = "unbatched" if x.ndim == 2 else "batch first" if batch_first else "time first"
        x = cls(layout, (), None, None).inward(x)
        steps, batch = x.shape[:2]
        if steps == 0:
            raise ValueError(f"{owner}: input must have at least one step, got T = 0")
        if lengths is None:
            return cls(layout, (-1, slice(None)), None, None), x
        lengths = checks.lengths(owner, lengths, batch, steps)
        t = np.arange(steps)[:, None]
        padding = t >= lengths
        call = cls(layout, (lengths - 1, np.arange(batch)), np.where(padding, t, lengths - 1 - t), padding)
        return call, np.where(padding[..., None], 0, x)

    def inward(self, array):
        """From the caller's layout to (T, N, ...)."""
        return {"unbatched": array[:, None], "batch first": array.swapaxes(0, 1), "time first": array}[self.layout]

    def outward(self, array):
        """From (T, N, ...) to the caller's layout."""
        if self.layout == "unbatched":
            return array[:, 0]
        return array.swapaxes(0, 1) if self.layout == "batch first" else array

    def state_inward(self, state):
        """A state has no time: only a missing batch axis is added."""
        return state[:, None] if self.layout == "unbatched" else state

    def state_outward(self, state):
        """The state without a batch axis where the caller gave none."""
        return state[:, 0] if self.layout == "unbatched" else state

    def turn(self, array, direction):
        """Reverse each sequence within its length where the direction is 1; twice gives the array back."""
        if not direction:
            return array
        return array[::-1] if self.reversal is None else np.take_along_axis(array, self.reversal[..., None], 0)


class Recurrent(Module):
    """Run one kernel for every layer and direction; subclasses name the kernels, the gates and the states.

    A subclass gives `_run(x, states, weights, pin, padding)` -> cache and `_run_backward(grad_h, grad_states, cache)`
    -> (grad_x, grad_states, grad_weights, dh).
    """

    gates = ""  # each has H rows in every weight; a net without gates has H rows in all
    state_names = ("h",)
    shown = (("num_layers", 1), ("bias", True), ("batch_first", False), ("bidirectional", False))  # unless as usual
    dh = None

    def _set_up(self, input_size, hidden_size, num_layers, bias, batch_first, bidirectional, dtype, rng):
        owner = type(self).__name__
        self.input_size = checks.integer(owner, "input_size", input_size, 1)
        self.hidden_size = checks.integer(owner, "hidden_size", hidden_size, 1)
        self.num_layers = checks.integer(owner, "num_layers", num_layers, 1)
        self.bias, self.batch_first = checks.flag(owner, "bias", bias), checks.flag(owner, "batch_first", batch_first)
        self.bidirectional = checks.flag(owner, "bidirectional", bidirectional)
        dtype, rng = checks.float_dtype(owner, dtype), checks.generator(owner, rng)
        for layer in range(self.num_layers):
            width = self.hidden_size * len(self._directions) if layer else self.input_size
            for suffix in self._directions:
                values = cell_parameters(owner, len(self.gates) or 1, width, self.hidden_size, self.bias, dtype, rng)
                for name, parameter in values.items():
                    setattr(self, f"{name}_l{layer}{suffix}", parameter)

    @property
    def _directions(self):
        return ("", "_reverse") if self.bidirectional else ("",)

    def _parameters_of(self, k):
        """The parameters of the cell that has row k of the states; None for a bias that is not there."""
        layer, direction = divmod(k, len(self._directions))
        return [getattr(self, f"{name}_l{layer}{self._directions[direction]}", None) for name in WEIGHTS]

    def forward(self, x, h0=None, *, lengths=None, pin=None):
        """Run the net; the class says which shapes come in and go out."""
        y, states, call, pin = self._checked(x, h0, lengths, pin)
        caches = []
        for _ in range(self.num_layers):
            halves = []
            for direction in range(len(self._directions)):
                k = len(caches)
                weights = [None if weight is None else weight.data for weight in self._parameters_of(k)]
                turned = {name: call.turn(value, direction) for name, value in pin.items()}
                cache = self._run(call.turn(y, direction), [s[k] for s in states], weights, turned, call.padding)
                if call.padding is not None:
                    cache.h[call.padding] = 0
                caches.append(cache)
                halves.append(call.turn(cache.h, direction))
            y = halves[0] if len(halves) == 1 else np.concatenate(halves, -1)
        self.cache, self._call = caches[0] if len(caches) == 1 else tuple(caches), call
        last = [
            call.state_outward(np.stack([self._last(cache, name, call) for cache in caches]))
            for name in self.state_names
        ]
        return call.outward(y), last[0] if len(last) == 1 else tuple(last)

    def backward(self, grad_out, grad_states=None):
        """Return the gradients of the input and of the first states; those of the parameters are added to `grad`.

        Parameters
        ----------
        grad_out : ndarray in the output's shape, or None for zeros
        grad_states : as the last states, optional
            Their gradients. None, here or in place of one of a pair, stands for zeros.
        """
        cache = self._last_cache()
        caches = cache if isinstance(cache[0], tuple) else (cache,)
        call, size = self._call, self.hidden_size
        grad_y, grad_states = self._checked_gradients(grad_out, grad_states, caches)
        grad_weights, self_dh = {}, {}
        for layer in reversed(range(self.num_layers)):
            grad_x = 0
            for direction in range(len(self._directions)):
                k = layer * len(self._directions) + direction
                grad_h = call.turn(grad_y[..., direction * size : (direction + 1) * size], direction).copy()
                grad_h[call.last] += grad_states[0][k]
                of_x, of_states, grad_weights[k], self_dh[k] = self._run_backward(
                    grad_h, [g[k] for g in grad_states], caches[k]
                )
                for grad, of_state in zip(grad_states, of_states, strict=True):
                    grad[k] = of_state
                grad_x = grad_x + call.turn(of_x, direction)
            grad_y = grad_x
        for k, grads in grad_weights.items():
            for parameter, grad in zip(self._parameters_of(k), grads, strict=True):
                if parameter is not None:
                    parameter.add_grad(grad)
        self.dh = self_dh[0] if len(caches) == 1 else tuple(self_dh[k] for k in range(len(caches)))
        first = [call.state_outward(grad) for grad in grad_states]
        return call.outward(grad_y), first[0] if len(first) == 1 else tuple(first)

    def _last(self, cache, name, call):
        return cache.h[call.last]

    def _checked(self, x, h0, lengths, pin):
        """Return the input as (T, N, I), the first states as (L, N, H), the layout, and the pins as (T, N, H)."""
        owner = type(self).__name__
        x = sequence_input(owner, x, self.input_size, self.batch_first)
        call, x = Call.of(owner, x, self.batch_first, lengths)
        x = x.astype(np.result_type(x, self.weight_ih_l0.data), copy=False)
        steps, batch = x.shape[:2]
        shape = (self.num_layers * len(self._directions), batch, self.hidden_size)
        outer = shape[:1] + shape[2:] if call.layout == "unbatched" else shape
        given = self._states_given(h0, "0")
        states = [
            np.zeros(shape, x.dtype)
            if state is None
            else call.state_inward(checks.shaped(owner, f"{name}0", state, outer)).astype(x.dtype)
            for name, state in zip(self.state_names, given, strict=True)
        ]
        return x, states, call, checked_pins(owner, pin, self.gates, (steps, batch, self.hidden_size), x.dtype)

    def _checked_gradients(self, grad_out, grad_states, caches):
        owner, call, h = type(self).__name__, self._call, caches[0].h
        y = call.outward(np.empty((*h.shape[:2], self.hidden_size * len(self._directions)), h.dtype))
        grad_y = np.zeros_like(y) if grad_out is None else checks.upstream(owner, grad_out, y)
        grad_y = call.inward(grad_y)
        if call.padding is not None:
            grad_y = np.where(call.padding[..., None], 0, grad_y)
        shape = (len(caches), *h.shape[1:])
        outer = call.state_outward(np.empty(shape, h.dtype))
        states = []
        for name, grad in zip(self.state_names, self._states_given(grad_states, "_n"), strict=True):
            if grad is None:
                states.append(np.zeros(shape, h.dtype))
            else:
                grad = checks.gradient(owner, grad, outer.shape, h.dtype, f"the gradient of {name}_n", f"{name}_n")
                states.append(call.state_inward(grad).copy())
        return grad_y, states

    def _states_given(self, states, suffix):
        """The first or last states, or their gradients, as a list, one for each name; None for what is not given."""
        return [states]

    def extra_repr(self):
        options = [f", {name}={getattr(self, name)!r}" for name, usual in self.shown if getattr(self, name) != usual]
        return f"{self.input_size}, {self.hidden_size}{''.join(options)}"


def cell_parameters(owner, gates, input_size, hidden_size, bias, dtype, rng):
    """New parameters of one cell by name, drawn from U(-k, k) with k = 1 / sqrt(hidden_size), as torch's are."""
    rows, bound = gates * hidden_size, 1 / math.sqrt(hidden_size)
    shapes = dict(zip(WEIGHTS, ((rows, input_size), (rows, hidden_size), (rows,), (rows,)), strict=True))
    shapes = {name: shape for name, shape in shapes.items() if bias or name.startswith("weight")}
    for name, shape in shapes.items():
        checks.affordable(owner, name, shape, dtype)
    return {name: Parameter(rng.uniform(-bound, bound, shape).astype(dtype)) for name, shape in shapes.items()}


def sequence_input(owner, x, input_size, batch_first):
    """Return the input of a recurrent net as a float array of 2 or 3 axes, the last of them input_size long."""
    x = checks.real_array(owner, "input", x)
    axes = "(N, T, input_size)" if batch_first else "(T, N, input_size)"
    if x.ndim not in (2, 3):
        raise ValueError(f"{owner}: input must have shape {axes} or (T, input_size), got {x.shape}")
    if x.shape[-1] != input_size:
        hint = "; is the features' axis not the last?" if input_size in x.shape else ""
        raise ValueError(f"{owner}: input must have shape {axes} with input_size={input_size}, got {x.shape}{hint}")
    return x


def checked_pins(owner, pin, gates, shape, dtype):
    """Return the pinned gates' values by name, each of `shape`."""
    if pin is None:
        return {}
    if not gates:
        raise TypeError(f"{owner}: pin must be None, for this net has no gates; got {pin!r}")
    if not isinstance(pin, dict):
        raise TypeError(f"{owner}: pin must be a dict of gates and values, such as {{{gates[0]!r}: 1.0}}, got {pin!r}")
    pinned = {}
    for name, value in pin.items():
        if name not in [*gates]:
            raise ValueError(f"{owner}: pin must name gates among {', '.join(gates)}, got {name!r}")
        value = checks.real_array(owner, f"pin[{name!r}]", value).astype(dtype, copy=False)
        try:
            pinned[name] = np.broadcast_to(value, shape)
        except ValueError:
            raise ValueError(
                f"{owner}: pin[{name!r}] must broadcast to (T, N, H) = {shape}, got {value.shape}"
            ) from None
    return pinned
