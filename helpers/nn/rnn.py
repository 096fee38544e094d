r"""The recurrent nets: Elman's RNN, LSTM and GRU."""

from helpers import checks
from helpers.kernels import gru, lstm, rnn

from .recurrent import Recurrent


class RNN(Recurrent):
    r"""Elman's recurrent net: each step's state is made of the step's input and the state before.

    Parameters
    ----------
    input_size, hidden_size : int
        Length I of each input vector and H of the state.
    num_layers : int
        Nets on top of each other: each reads the states of the one below.
    nonlinearity : {'tanh', 'relu'}
    bias : bool
    batch_first : bool
        Whether sequences come and go as (N, T, ...) in place of (T, N, ...); states never do.
    dropout : float
        Must stay 0.
    bidirectional : bool
        Whether a second net reads each sequence from its end.
    device : None
        Must stay None.
    dtype : float32 or float64, optional
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        (H, I), (H, H), (H,), (H,); l1 for the next layer, l0_reverse for the second direction. They start in U(-k, k)
        with k = 1 / sqrt(H).
    cache : NamedTuple, or tuple of them
        The last call's `x`, `h`, `h_before`, each (T, N, ...). With several layers or directions one for each row of
        h_n; a reverse direction's arrays run in its own order.
    dh : ndarray (T, N, H), or tuple of them
        The gradient of each state in the last backward, everything that comes from later steps included.

    Shape
    -----
    `y, h_n = rnn(x, h0=None, lengths=None)` and `dx, dh0 = rnn.backward(dy, dh_n=None)`.

    x (T, N, I) or (T, I); y (T, N, D H) with D directions; h0, h_n (num_layers D, N, H), zeros where none is given.
    lengths (N,): sequence n ends after lengths[n] steps. What stands behind has no effect, y and dx are 0 there, h_n is
    the state at each sequence's own end, and the reverse direction starts there.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast.
    NotImplementedError
        dropout or device.

    Notes
    -----
    .. math:: h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})

    Truncated backpropagation through time needs no option: call on one part of the sequence, hand h_n to the next call
    as h0, and leave the gradient of h0 unused.

    A call that fails leaves the last one's cache in place. So two calls in a row hold two caches at the end of the
    second; `net.cache = None` between them frees the first.

    References
    ----------
    J. L. Elman (1990), Finding Structure in Time, Cognitive Science 14.

    Examples
    --------
    >>> from helpers import nn
    >>> net = nn.RNN(1, 1)
    >>> net.load_state_dict(dict(weight_ih_l0=[[1.0]], weight_hh_l0=[[0.5]], bias_ih_l0=[0], bias_hh_l0=[0]))
    <All keys matched successfully>
    >>> y, h_n = net([[1.0], [0.0]])
    >>> y.round(4)
    array([[0.7616],
           [0.3634]])
    >>> dx, dh0 = net.backward([[0.0], [1.0]])
    >>> dx.round(4)
    array([[0.1823],
           [0.8679]])
    """

    shown = (("nonlinearity", "tanh"), *Recurrent.shown)

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        nonlinearity="tanh",
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        device=None,
        dtype=None,
        *,
        rng=None,
    ):
        self.nonlinearity = checks.choice("RNN", "nonlinearity", nonlinearity, ("tanh", "relu"))
        options = num_layers, bias, batch_first, dropout, bidirectional
        self._set_up(input_size, hidden_size, options, device, dtype, rng)

    def _run(self, x, states, weights, pin, padding):
        return rnn.rnn_forward(x, *states, *weights, self.nonlinearity)

    def _run_backward(self, grad_h, grad_states, cache):
        grad_x, grad_h0, grad_weights, dh = rnn.rnn_backward(grad_h, cache)
        return grad_x, (grad_h0,), grad_weights, dh


class LSTM(Recurrent):
    r"""Long short-term memory: a cell that is kept, and gates that say what is kept, written and shown.

    Parameters
    ----------
    input_size, hidden_size : int
        Length I of each input vector and H of the state.
    num_layers, bias, batch_first, dropout, bidirectional, device, dtype, rng
        As in `RNN`.
    proj_size : int
        Must stay 0.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        (4 H, I), (4 H, H), (4 H,), (4 H,), the rows of the gates in the order i, f, g, o; further ones as in `RNN`.
        They start in U(-1/sqrt(H), 1/sqrt(H)), so that f is about 1/2.
    cache : NamedTuple, or tuple of them
        The last call's `i`, `f`, `g`, `o`, `c`, `tanh_c`, `h` and more, each (T, N, H); several as in `RNN`.
    dh : tuple of two ndarrays (T, N, H), or tuple of such pairs
        The gradients of each state and each cell in the last backward.

    Shape
    -----
    `y, (h_n, c_n) = lstm(x, (h0, c0)=None, lengths=None, pin=None)` and
    `dx, (dh0, dc0) = lstm.backward(dy, (dh_n, dc_n)=None)`, shapes as in `RNN`.

    pin, such as {'f': 1.0}, sets gates to given values (numbers, or arrays that broadcast to (T, N, H), also with
    batch_first) in all layers and directions; the gradients are exactly those of the pinned net.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast; h0 without c0.
    NotImplementedError
        dropout, proj_size or device.

    Notes
    -----
    .. math:: i, f, o &= \sigma(W x_t + b + U h_{t-1} + b_h), \quad g = \tanh(\ldots) \\
              c_t &= f c_{t-1} + i g, \qquad h_t = o \tanh c_t

    References
    ----------
    S. Hochreiter, J. Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9. It had no forget gate: that is
    from F. A. Gers, J. Schmidhuber, F. Cummins (2000), Learning to Forget, Neural Computation 12.

    Examples
    --------
    A pinned cell holds what it was given, however long the sequence is:

    >>> import numpy as np
    >>> from helpers import nn
    >>> lstm = nn.LSTM(2, 3, rng=0)
    >>> c0 = np.full((1, 1, 3), 0.25)
    >>> y, (h_n, c_n) = lstm(np.ones((100, 1, 2)), (np.zeros((1, 1, 3)), c0), pin={"f": 1.0, "i": 0.0})
    >>> bool((c_n == c0).all()), lstm.cache.f.shape
    (True, (100, 1, 3))
    """

    gates = lstm.GATES
    state_names = ("h", "c")

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        proj_size=0,
        device=None,
        dtype=None,
        *,
        rng=None,
    ):
        checks.not_offered("LSTM", proj_size=(checks.integer("LSTM", "proj_size", proj_size, 0), 0))
        self.proj_size = 0
        options = num_layers, bias, batch_first, dropout, bidirectional
        self._set_up(input_size, hidden_size, options, device, dtype, rng)

    def _run(self, x, states, weights, pin, padding):
        return lstm.lstm_forward(x, *states, *weights, pin, padding)

    def _run_backward(self, grad_h, grad_states, cache):
        return lstm.lstm_backward(grad_h, grad_states[1], cache)

    def _last(self, cache, name, call):
        return cache.c[-1] if name == "c" else cache.h[call.last]


class GRU(Recurrent):
    r"""Gated recurrent unit: one gate mixes the old state with a new one, the other says how much of the old it sees.

    Parameters
    ----------
    input_size, hidden_size : int
        Length I of each input vector and H of the state.
    num_layers, bias, batch_first, dropout, bidirectional, device, dtype, rng
        As in `RNN`.
    reset_after : bool
        Whether the reset gate multiplies after the product with the recurrent weights, as torch and cuDNN have it, or
        before it, as first published. The same weights give other results.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        (3 H, I), (3 H, H), (3 H,), (3 H,), the rows of the gates in the order r, z, n; further ones as in `RNN`.
    cache : NamedTuple, or tuple of them
        The last call's `r`, `z`, `n`, `h` and more, each (T, N, H); several as in `RNN`.
    dh : ndarray (T, N, H), or tuple of them
        As in `RNN`.

    Shape
    -----
    `y, h_n = gru(x, h0=None, lengths=None, pin=None)` and `dx, dh0 = gru.backward(dy, dh_n=None)`, shapes as in `RNN`,
    pin as in `LSTM`.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast.
    NotImplementedError
        dropout or device.

    Notes
    -----
    .. math:: r, z &= \sigma(W x_t + b + U h_{t-1} + b_h) \\
              n &= \tanh(W x_t + b + r (U h_{t-1} + b_h)) \text{ or } \tanh(W x_t + b + U (r h_{t-1}) + b_h) \\
              h_t &= (1 - z) n + z h_{t-1}

    In the first form b_h of the candidate stands inside the bracket with r: the two biases are not redundant there.

    References
    ----------
    K. Cho et al. (2014), Learning Phrase Representations using RNN Encoder-Decoder, arXiv 1406.1078.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> gru = nn.GRU(2, 3, rng=0)
    >>> h0 = np.full((1, 1, 3), 0.25)
    >>> y, h_n = gru(np.ones((100, 1, 2)), h0, pin={"z": 1.0})
    >>> bool((h_n == h0).all())
    True
    """

    gates = gru.GATES
    shown = (*Recurrent.shown, ("reset_after", True))

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=False,
        dropout=0.0,
        bidirectional=False,
        device=None,
        dtype=None,
        *,
        reset_after=True,
        rng=None,
    ):
        self.reset_after = checks.flag("GRU", "reset_after", reset_after)
        options = num_layers, bias, batch_first, dropout, bidirectional
        self._set_up(input_size, hidden_size, options, device, dtype, rng)

    def _run(self, x, states, weights, pin, padding):
        return gru.gru_forward(x, *states, *weights, pin, self.reset_after)

    def _run_backward(self, grad_h, grad_states, cache):
        grad_x, grad_h0, grad_weights, dh = gru.gru_backward(grad_h, cache)
        return grad_x, (grad_h0,), grad_weights, dh
