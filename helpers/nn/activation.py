r"""Activations under torch.nn's names, and the perceptron's step."""

from helpers import checks
from helpers.kernels import activation

from .module import Module


class _Elementwise(Module):
    """Run a kernel on an input of any shape; the subclass names the kernels and their setting, if there is one."""

    def forward(self, x):
        x = checks.real_array(type(self).__name__, "input", x)
        out, self.cache = self._run(x)
        return out

    def backward(self, grad_out):
        """Return the gradient of the input from that of the output, both in the input's shape."""
        cache = self._last_cache()
        return self._run_backward(checks.upstream(type(self).__name__, grad_out, cache.out), cache)

    def _note_inplace(self, inplace):
        """Take torch's option for what it is, a wish: the output is the same without."""
        if checks.flag(type(self).__name__, "inplace", inplace):
            checks.warn_once(self, "inplace=True has no effect: an input is never written to")
        self.inplace = False


class ReLU(_Elementwise):
    r"""Cut off what is negative: :math:`y = \max(0, x)`.

    Parameters
    ----------
    inplace : bool
        True has no effect, and warns: an input is never written to.

    Shape
    -----
    Input and output of any one shape.

    Notes
    -----
    The derivative is 1 for x > 0 and 0 for x < 0; at 0, where there is none, torch and we take 0. NaN stays NaN.

    Examples
    --------
    >>> from helpers import nn
    >>> relu = nn.ReLU()
    >>> relu([-1.0, 0, 2]), relu.backward([1.0, 1, 1])
    (array([0., 0., 2.]), array([0., 0., 1.]))
    """

    _run = staticmethod(activation.relu_forward)
    _run_backward = staticmethod(activation.relu_backward)

    def __init__(self, inplace=False):
        self._note_inplace(inplace)


class LeakyReLU(_Elementwise):
    r"""Let a part of what is negative through: :math:`y = x` for x > 0, :math:`a x` elsewhere.

    Parameters
    ----------
    negative_slope : float
        The slope :math:`a`, finite.
    inplace : bool
        True has no effect, and warns: an input is never written to.

    Shape
    -----
    Input and output of any one shape.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.LeakyReLU(0.1)([-1.0, 0, 2])
    array([-0.1,  0. ,  2. ])
    """

    def __init__(self, negative_slope=0.01, inplace=False):
        self._note_inplace(inplace)
        self.negative_slope = checks.number(type(self).__name__, "negative_slope", negative_slope)

    def _run(self, x):
        return activation.leaky_relu_forward(x, self.negative_slope)

    def _run_backward(self, grad_out, cache):
        return activation.leaky_relu_backward(grad_out, cache)

    def extra_repr(self):
        return f"negative_slope={self.negative_slope}"


class Sigmoid(_Elementwise):
    r"""Squeeze into 0..1: :math:`y = 1 / (1 + e^{-x})`, computed as :math:`(1 + \tanh(x / 2)) / 2`.

    Shape
    -----
    Input and output of any one shape.

    Notes
    -----
    The derivative is y (1 - y), at most 1/4. The first form overflows for very negative x, the second never does; below
    about -37 it gives exactly 0.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.Sigmoid()([-1000.0, 0, 1000])
    array([0. , 0.5, 1. ])
    """

    _run = staticmethod(activation.sigmoid_forward)
    _run_backward = staticmethod(activation.sigmoid_backward)


class Tanh(_Elementwise):
    r"""Squeeze into -1..1: :math:`y = \tanh x`, with the derivative :math:`1 - y^2`.

    Shape
    -----
    Input and output of any one shape.

    Examples
    --------
    >>> from helpers import nn
    >>> tanh = nn.Tanh()
    >>> tanh([0.0, 100]), tanh.backward([1.0, 1])
    (array([0., 1.]), array([1., 0.]))
    """

    _run = staticmethod(activation.tanh_forward)
    _run_backward = staticmethod(activation.tanh_backward)


class Step(_Elementwise):
    r"""The perceptron's unit: 1 from the threshold on, 0 below. Not in torch.

    Parameters
    ----------
    threshold : float
        Where the step stands.

    Shape
    -----
    Input and output of any one shape.

    Notes
    -----
    Its derivative is 0 wherever it has one. The gradient that it hands back is therefore 0: descent learns nothing
    through a step, which is why the smooth units came.

    References
    ----------
    F. Rosenblatt (1958), The perceptron, Psychological Review 65.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.Step()([-0.1, 0, 3])
    array([0., 1., 1.])
    """

    _run_backward = staticmethod(activation.step_backward)

    def __init__(self, threshold=0.0):
        self.threshold = checks.number("Step", "threshold", threshold)

    def _run(self, x):
        return activation.step_forward(x, self.threshold)

    def extra_repr(self):
        return f"threshold={self.threshold}"


class _AlongAxis(Module):
    """Softmax and its logarithm: sum to one along `dim`."""

    def __init__(self, dim=None):
        self.dim = dim if dim is None else checks.axis(type(self).__name__, "dim", dim)

    def forward(self, x):
        owner = type(self).__name__
        x = checks.real_array(owner, "input", x)
        dim = self.dim
        if dim is None:
            dim = 0 if x.ndim in (0, 1, 3) else 1
            checks.warn_once(self, f"dim is not set; torch then guesses {dim} for an input of shape {x.shape}")
        rows = x.reshape(x.shape or (1,))
        out, self.cache = self._run(rows, checks.axis(owner, "dim", dim, rows.ndim))
        self._shape = x.shape
        return out.reshape(x.shape)

    def backward(self, grad_out):
        """Return the gradient of the input from that of the output, both in the input's shape."""
        cache = self._last_cache()
        grad_out = checks.gradient(type(self).__name__, grad_out, self._shape, cache.out.dtype)
        return self._run_backward(grad_out.reshape(cache.out.shape), cache).reshape(self._shape)

    def extra_repr(self):
        return f"dim={self.dim}"


class Softmax(_AlongAxis):
    r"""Turn scores into shares that sum to one: :math:`p_i = e^{x_i} / \sum_j e^{x_j}`.

    Parameters
    ----------
    dim : int
        The axis along which the shares sum to one, negative ones from the last. None is torch's old guess: 0 for inputs
        of 0, 1 or 3 axes, else 1, with a warning.

    Shape
    -----
    Input and output of any one shape.

    Raises
    ------
    IndexError
        The input has no such axis.

    Notes
    -----
    The largest score is taken off first, which changes no share, so that no power overflows. A score of minus infinity
    gets the share 0 and no gradient; where all are minus infinity the shares are NaN.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.Softmax(dim=-1)([[0.0, 0.0], [1000.0, -1000.0]])
    array([[0.5, 0.5],
           [1. , 0. ]])
    """

    _run = staticmethod(activation.softmax_forward)
    _run_backward = staticmethod(activation.softmax_backward)


class LogSoftmax(_AlongAxis):
    r"""The logarithm of softmax, exact also where a share rounds to 0: :math:`y_i = x_i - \log \sum_j e^{x_j}`.

    Parameters
    ----------
    dim : int
        The axis along which the shares sum to one; None as in `Softmax`.

    Shape
    -----
    Input and output of any one shape.

    Raises
    ------
    IndexError
        The input has no such axis.

    Examples
    --------
    >>> from helpers import nn
    >>> nn.LogSoftmax(dim=-1)([1000.0, 0.0])
    array([    0., -1000.])
    """

    _run = staticmethod(activation.log_softmax_forward)
    _run_backward = staticmethod(activation.log_softmax_backward)
