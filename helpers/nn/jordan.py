r"""Jordan's recurrent net."""

import numpy as np

from helpers import checks
from helpers.kernels import jordan

from .layout import Call, sequence_input
from .parameter import add_grads, drawn_parameters, values_of
from .recurrent import Stateful


class JordanRNN(Stateful):
    r"""Jordan's recurrent net: each step reads the input and a fading trace of the outputs before. Not in torch.

    Parameters
    ----------
    input_size, hidden_size, output_size : int
        Length I of each input vector, H of the hidden layer, O of the output and of the state.
    nonlinearity : {'tanh', 'relu'}
        The function f of the hidden layer.
    output : {'identity', 'softmax', 'sigmoid', 'tanh'}
        The function g of the output.
    alpha : float
        Share of the state that is kept from step to step, in 0..1, 1 excluded.
    bias : bool
        Whether biases are added; they are None without.
    batch_first : bool
        Whether sequences come and go as (N, T, ...) in place of (T, N, ...); states never do.
    device : None
        Must stay None.
    dtype : float32 or float64, optional
    rng : numpy.random.Generator or int, optional

    Attributes
    ----------
    weight_ih, weight_sh, bias_ih, bias_sh, weight_hy, bias_hy : Parameter
        (H, I), (H, O), (H,), (H,), (O, H), (O,). They start in U(-k, k) with k = 1 / sqrt(H).
    cache : NamedTuple
        The last call's `x`, `s`, `h`, `y`, each (T, N, ...), named as in the equations, and more.
    dh : ndarray (T, N, H)
        The gradient of each hidden layer in the last backward, everything that comes from later steps included.

    Shape
    -----
    `y, h_n = rnn(x, h0=None, lengths=None)` and `dx, dh0 = rnn.backward(dy, dh_n=None)`, as in `RNN`.

    x (T, N, I) or (T, I); y (T, N, O); h0, h_n (1, N, O), zeros where none is given: the state s that the first step
    starts from, and the one that the next step would start from. A sequence cut in two is the whole if h_n of the
    first part is h0 of the second. lengths (N,) as in `RNN`.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape: nothing is broadcast.
    NotImplementedError
        device.

    Notes
    -----
    .. math:: h_t &= f(W_{ih} x_t + b_{ih} + W_{sh} s_t + b_{sh}) \\
              y_t &= g(W_{hy} h_t + b_{hy}) \\
              s_{t+1} &= \alpha s_t + y_t

    As in Elman's net, `RNN`, a hidden layer reads the input and a state, and the gradient goes back through time. What
    differs is the state: there it is the hidden layer of the step before; here it is what the net has said, the latest
    with weight 1, the one before with alpha, and so on. So the output layer is part of the net, and what it does not
    tell is forgotten. With alpha = 0 and g = identity this is Elman's net with the recurrent weights
    :math:`W_{sh} W_{hy}`, whose rank is at most O.

    References
    ----------
    M. I. Jordan (1986), Serial Order: A Parallel Distributed Processing Approach, ICS Report 8604, University of
    California, San Diego.

    Examples
    --------
    >>> from helpers import nn
    >>> net = nn.JordanRNN(1, 1, 1, nonlinearity="relu", bias=False)
    >>> net.load_state_dict(dict(weight_ih=[[1.0]], weight_sh=[[1.0]], weight_hy=[[0.5]]))
    <All keys matched successfully>
    >>> y, h_n = net([[4.0], [0.0], [0.0]])
    >>> y.ravel(), net.cache.s.ravel(), h_n.ravel()
    (array([2., 1., 1.]), array([0., 2., 2.]), array([2.]))
    >>> dx, dh0 = net.backward([[0.0], [0.0], [1.0]])
    >>> dx.ravel()
    array([0.25, 0.25, 0.5 ])
    """

    shown = (
        ("output_size", None),
        ("nonlinearity", "tanh"),
        ("output", "identity"),
        ("alpha", 0.5),
        ("bias", True),
        ("batch_first", False),
    )

    def __init__(
        self,
        input_size,
        hidden_size,
        output_size,
        nonlinearity="tanh",
        output="identity",
        alpha=0.5,
        bias=True,
        batch_first=False,
        device=None,
        dtype=None,
        *,
        rng=None,
    ):
        self._set_sizes(input_size, hidden_size, bias)
        self.output_size = checks.integer("JordanRNN", "output_size", output_size, 1)
        self.nonlinearity = checks.choice("JordanRNN", "nonlinearity", nonlinearity, ("tanh", "relu"))
        self.output = checks.choice("JordanRNN", "output", output, ("identity", "softmax", "sigmoid", "tanh"))
        self.alpha = checks.share("JordanRNN", "alpha", alpha, without=(1,))
        self.batch_first = checks.flag("JordanRNN", "batch_first", batch_first)
        checks.not_offered("JordanRNN", device=(device, None))
        dtype, rng = checks.float_dtype("JordanRNN", dtype), checks.generator("JordanRNN", rng)
        i, h, o = self.input_size, self.hidden_size, self.output_size
        shapes = dict(weight_ih=(h, i), weight_sh=(h, o), bias_ih=(h,), bias_sh=(h,), weight_hy=(o, h), bias_hy=(o,))
        values = drawn_parameters("JordanRNN", shapes, h, self.bias, dtype, rng)
        for name in shapes:
            setattr(self, name, values.get(name))

    def _parameters(self):
        return self.weight_ih, self.weight_sh, self.bias_ih, self.bias_sh, self.weight_hy, self.bias_hy

    def forward(self, x, h0=None, *, lengths=None):
        """Run the net; the class says which shapes come in and go out."""
        x = sequence_input("JordanRNN", x, self.input_size, self.batch_first)
        call, x = Call.of("JordanRNN", x, self.batch_first, lengths)
        x = x.astype(np.result_type(x, self.weight_ih.data), copy=False)
        (state,) = self._states_inward(call, h0, "{}0", (1, x.shape[1], self.output_size), x.dtype)
        options = self.nonlinearity, self.output, self.alpha, call.padding
        cache = jordan.jordan_forward(x, state[0], *values_of(self._parameters()), *options)
        if call.padding is not None:
            cache.h[call.padding] = cache.y[call.padding] = 0
        self.cache, self._call = cache, call
        return call.outward(cache.y), call.state_outward(cache.s_n[None])

    def backward(self, grad_out, grad_states=None):
        """Return the gradients of the input and of the first state; those of the parameters are added to `grad`.

        Parameters
        ----------
        grad_out : ndarray in the output's shape, or None for zeros
        grad_states : as the last state, optional
            Its gradient; None stands for zeros.
        """
        cache, call = self._last_cache(), self._call
        grad_y = call.gradient_inward("JordanRNN", grad_out, cache.y.shape, cache.y.dtype)
        (grad_s,) = self._states_inward(call, grad_states, "d{}_n", (1, *cache.s_n.shape), cache.y.dtype)
        grad_x, grad_s0, grad_weights, self.dh = jordan.jordan_backward(grad_y, grad_s[0], cache)
        add_grads(self._parameters(), grad_weights)
        return call.outward(grad_x), call.state_outward(grad_s0[None])
