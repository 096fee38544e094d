r"""First values of weights, under torch.nn.init's names: each function fills in place and returns what it was given.

`tensor` is everywhere a `Parameter`, whose `data` is filled, or an ndarray of float32 or float64, a view included:
`eye_(lstm.weight_hh_l0.data[:hidden])` fills one gate. `generator` is a numpy.random.Generator, an integer seed, or
None for fresh values, where torch takes a torch.Generator. Two calls with the same seed draw the same numbers, so give
several tensors one Generator.
"""

import math
import warnings

import numpy as np

from helpers import checks

from .parameter import Parameter

_GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"), 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "leaky_relu": None,  # depends on the slope
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity, param=None):
    r"""Factor on the weights' standard deviation that makes up for what a nonlinearity takes away.

    Parameters
    ----------
    nonlinearity : str
        'linear', 'sigmoid' or a convolution: 1; 'tanh': 5/3; 'relu': :math:`\sqrt 2`; 'leaky_relu':
        :math:`\sqrt{2 / (1 + s^2)}` with slope s; 'selu': 3/4.
    param : float, optional
        The slope s of 'leaky_relu', 0.01 if it is None; the others ignore it.

    Examples
    --------
    >>> from helpers import nn
    >>> round(nn.init.calculate_gain("leaky_relu", 0.2), 4)
    1.3868
    """
    return _gain("calculate_gain", nonlinearity, "param", 0.01 if param is None else param)


def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Draw from U(a, b), a <= b."""
    a = checks.number("uniform_", "a", a)
    b = checks.number("uniform_", "b", b, f"finite and at least a={a}", lambda value: 0 <= value - a < math.inf)
    return _fill("uniform_", tensor, lambda rng, shape: rng.uniform(a, b, shape), generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Draw from a normal distribution of this mean and standard deviation, std at least 0."""
    mean = checks.number("normal_", "mean", mean)
    std = checks.at_least_zero("normal_", "std", std)
    return _fill("normal_", tensor, lambda rng, shape: rng.normal(mean, std, shape), generator)


def constant_(tensor, val):
    """Set every entry to `val`, a finite number."""
    val = checks.number("constant_", "val", val)
    return _fill("constant_", tensor, lambda rng, shape: val)


def ones_(tensor):
    """Set every entry to 1."""
    return _fill("ones_", tensor, lambda rng, shape: 1.0)


def zeros_(tensor):
    """Set every entry to 0."""
    return _fill("zeros_", tensor, lambda rng, shape: 0.0)


def eye_(tensor):
    r"""Write the identity into a matrix: 1 on the diagonal, 0 elsewhere.

    Notes
    -----
    A recurrent network of ReLUs that starts with the identity hands its state on as it is, so that no gradient vanishes
    at first: the IRNN.

    References
    ----------
    Q. V. Le, N. Jaitly, G. E. Hinton (2015), A Simple Way to Initialize Recurrent Networks of Rectified Linear Units,
    arXiv 1504.00941.

    Examples
    --------
    >>> from helpers import nn
    >>> rnn = nn.RNN(1, 2, nonlinearity="relu")
    >>> for bias in (rnn.bias_ih_l0, rnn.bias_hh_l0):
    ...     _ = nn.init.zeros_(bias)
    >>> nn.init.eye_(rnn.weight_hh_l0).data
    array([[1., 0.],
           [0., 1.]])
    """
    if _target("eye_", tensor).ndim != 2:
        raise ValueError(f"eye_: tensor must have 2 axes, got shape {tensor.shape}")
    return _fill("eye_", tensor, lambda rng, shape: np.eye(*shape))


def xavier_uniform_(tensor, gain=1.0, generator=None):
    r"""Draw from :math:`U(-\sqrt 3\, \sigma, \sqrt 3\, \sigma)`, whose standard deviation is that of `xavier_normal_`.

    Parameters
    ----------
    tensor, gain, generator
        As in `xavier_normal_`.

    Examples
    --------
    >>> from helpers import nn
    >>> layer = nn.Linear(3, 3)
    >>> bool(abs(nn.init.xavier_uniform_(layer.weight, generator=0).data).max() <= 1)
    True
    """
    return _uniform("xavier_uniform_", tensor, _xavier("xavier_uniform_", tensor, gain), generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    r"""Draw from a normal distribution that keeps the size of signals both ways, as far as one number can.

    Parameters
    ----------
    tensor : Parameter or ndarray, (out, in, ...)
        Further axes are those of a convolution's kernel.
    gain : float
        At least 0; see `calculate_gain`.
    generator : numpy.random.Generator or int, optional

    Notes
    -----
    .. math:: \sigma = \text{gain} \sqrt{\frac{2}{\text{fan}_{in} + \text{fan}_{out}}}

    The fans are in and out, each times the kernel's size. An empty tensor gives a `SettingWarning`.

    References
    ----------
    X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward neural networks, equation 16.
    """
    return _normal("xavier_normal_", tensor, _xavier("xavier_normal_", tensor, gain), generator)


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    r"""Draw from :math:`U(-\sqrt 3\, \sigma, \sqrt 3\, \sigma)`, whose standard deviation is that of `kaiming_normal_`.

    Parameters
    ----------
    tensor, a, mode, nonlinearity, generator
        As in `kaiming_normal_`.

    Notes
    -----
    With :math:`a = \sqrt 5` the bound is :math:`1 / \sqrt{\text{fan}_{in}}`, how torch and we start `Linear` and
    `Conv2d`.
    """
    std = _kaiming("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return _uniform("kaiming_uniform_", tensor, std, generator)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    r"""Draw from a normal distribution that keeps the size of signals through layers of ReLUs.

    Parameters
    ----------
    tensor : Parameter or ndarray, (out, in, ...)
        Further axes are those of a convolution's kernel.
    a : float
        Slope of 'leaky_relu' for negative inputs; the others ignore it.
    mode : {'fan_in', 'fan_out'}
        Whether signals keep their size on the way forward or gradients on the way back.
    nonlinearity : str
        What follows the layer; see `calculate_gain`.
    generator : numpy.random.Generator or int, optional

    Notes
    -----
    .. math:: \sigma = \frac{\text{gain}}{\sqrt{\text{fan}}}

    The fan is in or out times the kernel's size. An empty tensor gives a `SettingWarning`.

    References
    ----------
    K. He et al. (2015), Delving Deep into Rectifiers, arXiv 1502.01852, equations 10 and 14.
    """
    return _normal("kaiming_normal_", tensor, _kaiming("kaiming_normal_", tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor, gain=1, generator=None):
    r"""Draw a matrix whose rows or columns, whichever are fewer, stand at right angles and have the length `gain`.

    Parameters
    ----------
    tensor : Parameter or ndarray, (out, in, ...)
        All axes but the first are read as one.
    gain : float
        A finite number.
    generator : numpy.random.Generator or int, optional

    Notes
    -----
    A square one keeps every length, forward and back. Q of the factors Q R of a normal matrix, each column times the
    sign of R's diagonal, is uniform over the orthogonal matrices (Haar measure); without the signs it is not.
    The gates of an LSTM are one matrix (4H, H): to make each orthogonal by itself, fill its views one by one.

    References
    ----------
    A. Saxe, J. McClelland, S. Ganguli (2013), Exact solutions to the nonlinear dynamics of learning in deep linear
    neural networks, arXiv 1312.6120; F. Mezzadri (2006), How to generate random matrices from the classical compact
    groups, arXiv math-ph/0609050, section 5.

    Examples
    --------
    >>> from helpers import nn
    >>> lstm, generator = nn.LSTM(1, 2), np.random.default_rng(0)
    >>> for gate in np.split(lstm.weight_hh_l0.data, 4):
    ...     gate = nn.init.orthogonal_(gate, generator=generator)
    >>> np.abs(gate.T @ gate).round(12)
    array([[1., 0.],
           [0., 1.]])
    """
    if _target("orthogonal_", tensor).ndim < 2:
        raise ValueError(f"orthogonal_: tensor must have 2 axes or more, got shape {tensor.shape}")
    gain = checks.number("orthogonal_", "gain", gain)

    def draw(rng, shape):
        rows, columns = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.copysign(1.0, np.diag(r))
        return gain * (q if rows >= columns else q.T).reshape(shape)

    return _fill("orthogonal_", tensor, draw, generator)


def _target(owner, tensor):
    """The array that is to be filled."""
    data = tensor.data if isinstance(tensor, Parameter) else tensor
    if not isinstance(data, np.ndarray) or data.dtype not in (np.float32, np.float64):
        got = f"an array of {data.dtype}" if isinstance(data, np.ndarray) else repr(data)
        raise TypeError(f"{owner}: tensor must be a Parameter or an array of float32 or float64, got {got}")
    if not data.flags.writeable:
        raise ValueError(f"{owner}: tensor must be writeable, got a read-only array of shape {data.shape}")
    return data


def _fill(owner, tensor, draw, generator=None):
    """Put draw(rng, shape) into the tensor, in the tensor's own dtype."""
    data, rng = _target(owner, tensor), checks.generator(owner, generator, "generator")
    data[...] = draw(rng, data.shape)
    return tensor


def _uniform(owner, tensor, std, generator):
    bound = math.sqrt(3) * std
    return _fill(owner, tensor, lambda rng, shape: rng.uniform(-bound, bound, shape), generator)


def _normal(owner, tensor, std, generator):
    return _fill(owner, tensor, lambda rng, shape: rng.normal(0, std, shape), generator)


def _xavier(owner, tensor, gain):
    """Standard deviation after Glorot and Bengio."""
    gain = checks.at_least_zero(owner, "gain", gain)
    return gain * math.sqrt(2 / sum(_fans(owner, tensor)))


def _kaiming(owner, tensor, a, mode, nonlinearity):
    """Standard deviation after He et al."""
    gain = _gain(owner, nonlinearity, "a", a)
    checks.choice(owner, "mode", mode, ("fan_in", "fan_out"))
    fan_in, fan_out = _fans(owner, tensor)
    return gain / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def _gain(owner, nonlinearity, name, slope):
    checks.choice(owner, "nonlinearity", nonlinearity, _GAINS)
    if nonlinearity != "leaky_relu":
        return _GAINS[nonlinearity]
    return math.sqrt(2 / (1 + checks.number(owner, name, slope) ** 2))


def _fans(owner, tensor):
    """How many inputs meet in one output, and how many outputs one input reaches: weights (out, in, kernel...)."""
    shape = _target(owner, tensor).shape
    if len(shape) < 2:
        raise ValueError(f"{owner}: tensor must have 2 axes or more, (out, in, ...), got shape {shape}")
    if 0 in shape:
        warnings.warn(f"{owner}: tensor of shape {shape} has nothing to fill", checks.SettingWarning, stacklevel=4)
        return 1, 1
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel
