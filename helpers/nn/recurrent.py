r"""What recurrent nets share: layers, directions and pins around a kernel for one of each."""

import numpy as np

from helpers import checks

from .layout import Call, sequence_input
from .module import Module
from .parameter import add_grads, drawn_parameters, values_of

WEIGHTS = "weight_ih", "weight_hh", "bias_ih", "bias_hh"


class Stateful(Module):
    """A net with a state: what every such net has, and its states' way in."""

    gates = ""  # each has H rows in every weight; a net without gates has H rows in all
    state_names = ("h",)
    shown = (("bias", True),)  # in repr, unless as usual
    dh = None

    def _set_sizes(self, input_size, hidden_size, bias):
        owner = type(self).__name__
        self.input_size = checks.integer(owner, "input_size", input_size, 1)
        self.hidden_size = checks.integer(owner, "hidden_size", hidden_size, 1)
        self.bias = checks.flag(owner, "bias", bias)

    def _states_inward(self, call, given, naming, shape, dtype):
        """The states that the caller gave, or their gradients, as new arrays of `shape`; zeros for None."""
        owner, names = type(self).__name__, [naming.format(name) for name in self.state_names]
        if len(names) == 1:
            given = [given]
        elif given is None:
            given = [None] * len(names)
        elif not isinstance(given, (tuple, list)) or len(given) != len(names):
            kind = f"an array of shape {given.shape}" if hasattr(given, "shape") else f"a {type(given).__name__}"
            size = f" of length {len(given)}" if isinstance(given, (tuple, list)) else ""
            raise TypeError(f"{owner}: ({', '.join(names)}) must be a pair, got {kind}{size}")
        return [call.state_inward(owner, *named, shape, dtype) for named in zip(names, given, strict=True)]

    def extra_repr(self):
        options = [f", {name}={getattr(self, name)}" for name, usual in self.shown if getattr(self, name) != usual]
        return f"{self.input_size}, {self.hidden_size}{''.join(options)}"


class Recurrent(Stateful):
    """Run one kernel for every layer and direction; subclasses name the kernel, the gates and the states.

    A subclass gives `_run(x, states, weights, pin, padding)` -> cache and `_run_backward(grad_h, grad_states, cache)`
    -> (grad_x, grad_states, grad_weights, dh).
    """

    shown = (("num_layers", 1), ("bias", True), ("batch_first", False), ("bidirectional", False))

    def _set_up(self, input_size, hidden_size, options, device, dtype, rng):
        owner, (num_layers, bias, batch_first, dropout, bidirectional) = type(self).__name__, options
        dropout = checks.number(owner, "dropout", dropout)
        checks.not_offered(owner, dropout=(dropout, 0.0), device=(device, None))
        self.dropout = dropout
        self._set_sizes(input_size, hidden_size, bias)
        self.num_layers = checks.integer(owner, "num_layers", num_layers, 1)
        self.batch_first = checks.flag(owner, "batch_first", batch_first)
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
                weights = values_of(self._parameters_of(k))
                turned = {name: call.turn(value, direction) for name, value in pin.items()}
                cache = self._run(call.turn(y, direction), [s[k] for s in states], weights, turned, call.padding)
                if call.padding is not None:
                    cache.h[call.padding] = 0
                caches.append(cache)
                halves.append(call.turn(cache.h, direction))
            y = halves[0] if len(halves) == 1 else np.concatenate(halves, -1)
        self.cache, self._call = one_or_tuple(caches), call
        last = [
            call.state_outward(np.stack([self._last(cache, name, call) for cache in caches]))
            for name in self.state_names
        ]
        return call.outward(y), one_or_tuple(last)

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
        grad_weights, dh = {}, {}
        for layer in reversed(range(self.num_layers)):
            of_xs = []
            for direction in range(len(self._directions)):
                k = layer * len(self._directions) + direction
                grad_h = call.turn(grad_y[..., direction * size : (direction + 1) * size], direction)
                if grad_states[0][k].any():
                    grad_h = grad_h.copy()
                    grad_h[call.last] += grad_states[0][k]
                of_states = [grad[k] for grad in grad_states]
                of_x, of_states, grad_weights[k], dh[k] = self._run_backward(grad_h, of_states, caches[k])
                for grad, of_state in zip(grad_states, of_states, strict=True):
                    grad[k] = of_state
                of_xs.append(call.turn(of_x, direction))
            grad_y = of_xs[0] if len(of_xs) == 1 else sum(of_xs)
        for k, grads in grad_weights.items():
            add_grads(self._parameters_of(k), grads)
        self.dh = one_or_tuple([dh[k] for k in range(len(caches))])
        return call.outward(grad_y), one_or_tuple([call.state_outward(grad) for grad in grad_states])

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
        states = self._states_inward(call, h0, "{}0", shape, x.dtype)
        return x, states, call, checked_pins(owner, pin, self.gates, (steps, batch, self.hidden_size), x.dtype)

    def _checked_gradients(self, grad_out, grad_states, caches):
        owner, call, h = type(self).__name__, self._call, caches[0].h
        shape = (*h.shape[:2], self.hidden_size * len(self._directions))
        grad_y = call.gradient_inward(owner, grad_out, shape, h.dtype)
        return grad_y, self._states_inward(call, grad_states, "d{}_n", (len(caches), *h.shape[1:]), h.dtype)


def cell_parameters(owner, gates, input_size, hidden_size, bias, dtype, rng):
    """New parameters of one cell by name."""
    rows = gates * hidden_size
    shapes = dict(zip(WEIGHTS, ((rows, input_size), (rows, hidden_size), (rows,), (rows,)), strict=True))
    return drawn_parameters(owner, shapes, hidden_size, bias, dtype, rng)


def one_or_tuple(values):
    """The value itself where there is one, else a tuple of them."""
    return values[0] if len(values) == 1 else tuple(values)


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
