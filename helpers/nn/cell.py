r"""One step of a recurrent net as a layer: RNNCell, LSTMCell and GRUCell."""

import numpy as np

from helpers import checks

from .layout import Call
from .parameter import add_grads, values_of
from .recurrent import WEIGHTS, Stateful, cell_parameters, checked_pins, one_or_tuple
from .rnn import GRU, LSTM, RNN


class Cell(Stateful):
    """Run the kernel of a net, which a subclass names, for a sequence of one step."""

    def _set_up(self, input_size, hidden_size, bias, device, dtype, rng):
        owner = type(self).__name__
        self._set_sizes(input_size, hidden_size, bias)
        checks.not_offered(owner, device=(device, None))
        dtype, rng = checks.float_dtype(owner, dtype), checks.generator(owner, rng)
        rows = len(self.gates) or 1
        values = cell_parameters(owner, rows, self.input_size, self.hidden_size, self.bias, dtype, rng)
        for name in WEIGHTS:
            setattr(self, name, values.get(name))

    def _parameters(self):
        return [getattr(self, name) for name in WEIGHTS]

    def forward(self, x, h0=None, *, pin=None):
        """Make one step; the class says which shapes come in and go out."""
        x, states, call, pin = self._checked(x, h0, pin)
        self.cache, self._call = self._run(x, states, values_of(self._parameters()), pin, None), call
        return one_or_tuple([call.state_outward(getattr(self.cache, name)[0]) for name in self.state_names])

    def backward(self, grad_states, *others):
        """Return the gradients of the input and of the states before; those of the parameters are added to `grad`.

        Parameters
        ----------
        grad_states : as the states that the last call returned
            Their gradients; a pair may also come as two arguments. None, here or in place of one of a pair, stands for
            zeros.
        """
        cache, call = self._last_cache(), self._call
        grad_states = (grad_states, *others) if others else grad_states
        grads = self._states_inward(call, grad_states, "d{}", cache.h.shape[1:], cache.h.dtype)
        grad_x, grads, grad_weights, self.dh = self._run_backward(grads[0][None], grads, cache)
        add_grads(self._parameters(), grad_weights)
        return call.state_outward(grad_x[0]), one_or_tuple([call.state_outward(grad) for grad in grads])

    def _checked(self, x, h0, pin):
        """Return the input as (1, N, I), the states before as (N, H), the layout, and the pins as (1, N, H)."""
        owner, size = type(self).__name__, self.input_size
        x = checks.real_array(owner, "input", x)
        if x.ndim not in (1, 2) or x.shape[-1] != size:
            raise ValueError(f"{owner}: input must have shape (N, input_size={size}) or ({size},), got {x.shape}")
        call, x = Call.of(owner, x[None], False, None)
        x = x.astype(np.result_type(x, self.weight_ih.data), copy=False)
        shape = x.shape[1], self.hidden_size
        states = self._states_inward(call, h0, "{}0", shape, x.dtype)
        return x, states, call, checked_pins(owner, pin, self.gates, (1, *shape), x.dtype)


class RNNCell(Cell):
    r"""One step of Elman's net: the new state is made of the input and the state before.

    Parameters
    ----------
    input_size, hidden_size : int
        Length I of each input vector and H of the state.
    bias : bool
        Whether biases are added; `bias_ih` and `bias_hh` are None without.
    nonlinearity : {'tanh', 'relu'}
    device : None
        Must stay None.
    dtype : float32 or float64, optional
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        (H, I), (H, H), (H,), (H,). They start in U(-k, k) with k = 1 / sqrt(H).
    cache : NamedTuple
        The last call's arrays as in `RNN`, a sequence of one step: `h` is (1, N, H).
    dh : ndarray (1, N, H)
        The gradient of the state in the last backward.

    Shape
    -----
    `h = cell(x, h0=None)` and `dx, dh0 = cell.backward(dh)`.

    x (N, I) or (I,); h0, h (N, H) or (H,), zeros where none is given.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast.
    NotImplementedError
        device.

    Notes
    -----
    .. math:: h = \phi(W_{ih} x + b_{ih} + W_{hh} h_0 + b_{hh})

    One call is remembered, as in every layer: the next one replaces its cache. To go back through several, either run
    the sequence through `RNN`, which does the same steps, or keep each call's cache and set it again, as below.

    References
    ----------
    J. L. Elman (1990), Finding Structure in Time, Cognitive Science 14.

    Examples
    --------
    >>> from helpers import nn
    >>> cell = nn.RNNCell(1, 1)
    >>> cell.load_state_dict(dict(weight_ih=[[1.0]], weight_hh=[[0.5]], bias_ih=[0], bias_hh=[0]))
    <All keys matched successfully>
    >>> h, kept = None, []
    >>> for x in ([1.0], [0.0]):
    ...     h = cell(x, h)
    ...     kept.append(cell.cache)
    >>> h.round(4)
    array([0.3634])
    >>> dh = [1.0]
    >>> for cache in reversed(kept):
    ...     cell.cache = cache
    ...     dx, dh = cell.backward(dh)
    >>> dx.round(4)
    array([0.1823])
    """

    shown = (*Cell.shown, ("nonlinearity", "tanh"))
    _run, _run_backward = RNN._run, RNN._run_backward

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None, *, rng=None):
        self.nonlinearity = checks.choice("RNNCell", "nonlinearity", nonlinearity, ("tanh", "relu"))
        self._set_up(input_size, hidden_size, bias, device, dtype, rng)


class LSTMCell(Cell):
    r"""One step of long short-term memory.

    Parameters
    ----------
    input_size, hidden_size, bias, device, dtype, rng
        As in `RNNCell`.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        (4 H, I), (4 H, H), (4 H,), (4 H,), the rows of the gates in the order i, f, g, o.
    cache : NamedTuple
        The last call's arrays as in `LSTM`, a sequence of one step: `f` is (1, N, H).
    dh : tuple of two ndarrays (1, N, H)
        The gradients of the state and of the cell in the last backward, the latter with the share that came through h.

    Shape
    -----
    `h, c = cell(x, (h0, c0)=None, pin=None)` and `dx, (dh0, dc0) = cell.backward((dh, dc))`, shapes as in `RNNCell`,
    pin as in `LSTM`. What one backward returns for the states, the backward of the step before takes.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast; h0 without c0.
    NotImplementedError
        device.

    Notes
    -----
    .. math:: i, f, o &= \sigma(W x + b + U h_0 + b_h), \quad g = \tanh(\ldots) \\
              c &= f c_0 + i g, \qquad h = o \tanh c

    One call is remembered; `RNNCell` shows how to go back through several.

    Examples
    --------
    >>> from helpers import nn
    >>> cell = nn.LSTMCell(2, 1, rng=0)
    >>> h, c = cell([1.0, 1.0], ([0.0], [0.25]), pin={"f": 1.0, "i": 0.0})
    >>> c
    array([0.25])
    >>> dx, (dh0, dc0) = cell.backward((None, [1.0]))
    >>> dc0
    array([1.])
    """

    gates, state_names = LSTM.gates, LSTM.state_names
    _run, _run_backward = LSTM._run, LSTM._run_backward

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None, *, rng=None):
        self._set_up(input_size, hidden_size, bias, device, dtype, rng)


class GRUCell(Cell):
    r"""One step of a gated recurrent unit.

    Parameters
    ----------
    input_size, hidden_size, bias, device, dtype, rng
        As in `RNNCell`.
    reset_after : bool
        As in `GRU`: whether the reset gate multiplies after the product with the recurrent weights, as in torch.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        (3 H, I), (3 H, H), (3 H,), (3 H,), the rows of the gates in the order r, z, n.
    cache : NamedTuple
        The last call's arrays as in `GRU`, a sequence of one step: `z` is (1, N, H).
    dh : ndarray (1, N, H)
        As in `RNNCell`.

    Shape
    -----
    `h = cell(x, h0=None, pin=None)` and `dx, dh0 = cell.backward(dh)`, shapes as in `RNNCell`, pin as in `LSTM`.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast.
    NotImplementedError
        device.

    Notes
    -----
    .. math:: r, z &= \sigma(W x + b + U h_0 + b_h) \\
              n &= \tanh(W x + b + r (U h_0 + b_h)) \text{ or } \tanh(W x + b + U (r h_0) + b_h) \\
              h &= (1 - z) n + z h_0

    One call is remembered; `RNNCell` shows how to go back through several.

    Examples
    --------
    >>> from helpers import nn
    >>> cell = nn.GRUCell(2, 1, rng=0)
    >>> cell([1.0, 1.0], [0.25], pin={"z": 1.0})
    array([0.25])
    """

    gates = GRU.gates
    shown = (*Cell.shown, ("reset_after", True))
    _run, _run_backward = GRU._run, GRU._run_backward

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None, *, reset_after=True, rng=None):
        self.reset_after = checks.flag("GRUCell", "reset_after", reset_after)
        self._set_up(input_size, hidden_size, bias, device, dtype, rng)
