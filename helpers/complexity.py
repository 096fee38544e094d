r"""What a network costs: its parameters, and the multiplications of one forward pass."""

import copy
from functools import partial
from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.nn.module import check_module

PLACES = {  # how often one call of a layer uses each of its weights
    nn.Linear: lambda layer, x, out: out.size // layer.out_features,
    (nn.Conv1d, nn.Conv2d): lambda layer, x, out: out.size // layer.out_channels,
    (nn.RNN, nn.LSTM, nn.GRU, nn.JordanRNN, nn.RNNCell, nn.LSTMCell, nn.GRUCell): (
        lambda layer, x, out: x.size // layer.input_size
    ),
    nn.SequencePool: lambda layer, x, out: x.size // x.shape[-1],
    (nn.BatchNorm1d, nn.BatchNorm2d): lambda layer, x, out: x.size // layer.num_features,
    nn.Embedding: lambda layer, x, out: 0,  # looks its weights up
}


class Cost(NamedTuple):
    """What one layer costs: the shape of its output, its parameters, at how many places it uses each of its weights."""

    layer: str
    output: tuple
    parameters: int
    places: int
    multiplications: int


class Complexity(tuple):
    """The costs of each layer of a model; printed as a table."""

    @property
    def parameters(self):
        """How many numbers the model learns."""
        return sum(cost.parameters for cost in self)

    @property
    def multiplications(self):
        """How many products with a weight one call takes."""
        return sum(cost.multiplications for cost in self)

    def __repr__(self):
        total = Cost("total", "", self.parameters, "", self.multiplications)
        rows = [[*map(_written, row)] for row in (Cost._fields, *self, total)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        sides = (str.ljust, str.ljust, str.rjust, str.rjust, str.rjust)
        return "\n".join("  ".join(side(*at) for side, *at in zip(sides, row, widths, strict=True)) for row in rows)


def count_parameters(model):
    """How many numbers a model learns.

    Examples
    --------
    >>> count_parameters(nn.Linear(64, 10))
    650
    """
    return sum(parameter.data.size for parameter in check_module("count_parameters", "model", model).parameters())


def widest(build, budget):
    """The largest size whose model has at most `budget` parameters.

    Parameters
    ----------
    build : callable
        Makes the model of a size, 1 or more; a larger size has more parameters.
    budget : int

    Examples
    --------
    >>> widest(lambda size: nn.Linear(9, size), 1000)
    100
    """
    size = 1
    while count_parameters(build(size + 1)) <= budget:
        size += 1
    return size


def complexity(model, *inputs, **call_options):
    r"""Count the parameters of each layer, and the multiplications that one call takes.

    A weight that is used at many places is one parameter and many multiplications: a convolution uses its weights at
    every pixel of its output, a recurrent net at every step of a sequence.

    Parameters
    ----------
    model : Module
        A layer or a network of layers. A copy of it is run in evaluation mode, so that nothing in it changes.
    *inputs : ndarray
        What it is called with; the numbers do not matter, their shape does.
    **call_options
        Further arguments of the call.

    Returns
    -------
    Complexity
        One Cost for each layer.

    Raises
    ------
    TypeError
        `model` is no Module, or a layer with parameters is of a kind whose multiplications are not known here.

    Notes
    -----
    What is counted are the products of a weight and a number that comes from the input:

    .. math:: \text{multiplications} = \text{weights} \times \text{places}

    Padding counts like what it stands beside. Not counted are additions, biases, activations, and the products of two
    numbers of which none is a weight (three for each hidden unit and step of an LSTM): in wide layers they are few.

    Examples
    --------
    >>> net = nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10))
    >>> complexity(net, np.zeros((1, 64)))
    layer     output   parameters  places  multiplications
    0 Linear  (1, 16)       1,040       1            1,024
    1 Tanh    (1, 16)           0       1                0
    2 Linear  (1, 10)         170       1              160
    total                   1,210                    1,184
    """
    model = copy.deepcopy(check_module("complexity", "model", model)).eval()
    costs = {}
    layers = [named for named in model.named_modules() if _own_sizes(named[1]) or not any(named[1].children())]
    for name, layer in layers:
        layer.forward = partial(_counted, layer.forward, costs, name, layer, _rule(layer))
    model(*inputs, **call_options)
    return Complexity(costs.values())


def _own_sizes(layer):
    return {name: value.data.size for name, value in vars(layer).items() if isinstance(value, nn.Parameter)}


def _rule(layer):
    for kinds, places in PLACES.items():
        if isinstance(layer, kinds):
            return places
    if _own_sizes(layer):
        known = ", ".join(kind.__name__ for kinds in PLACES for kind in (kinds if type(kinds) is tuple else (kinds,)))
        raise TypeError(f"complexity: a layer with parameters must be one of {known}, got {type(layer).__name__}")
    return lambda layer, x, out: 1


def _counted(forward, costs, name, layer, rule, x, *args, **kwargs):
    """Call a layer and add what the call costs; a layer that is called twice has its parameters once."""
    result = forward(x, *args, **kwargs)
    out = result[0] if isinstance(result, tuple) else result
    sizes = _own_sizes(layer)
    weights = sum(size for name, size in sizes.items() if not name.startswith("bias"))
    before = costs.get(name)
    places = rule(layer, np.asarray(x), out) + (before.places if before else 0)
    title = f"{name} {type(layer).__name__}".strip()
    costs[name] = Cost(title, out.shape, sum(sizes.values()), places, weights * places)
    return result


def _written(value):
    return f"{value:,}" if isinstance(value, int) else str(value)
