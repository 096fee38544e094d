"""Which settings of every layer and loss are checked, and with which inputs."""

from collections.abc import Mapping
from functools import partial
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.gradcheck import compare_with_torch, gradcheck

from . import references

BOTH = False, True
REDUCTIONS = "mean", "sum", "none"


class Case(NamedTuple):
    """One call of one layer."""

    layer: nn.Module
    inputs: tuple
    options: Mapping = MappingProxyType({})
    reference: object = None  # in torch, where torch.nn has no such layer
    smooth: bool = True  # whether what backward returns is the derivative, and not agreed upon

    @property
    def judge(self):
        """Who says what is right."""
        if self.reference is None:
            return f"torch.nn.{type(self.layer).__name__}"
        return f"references.{self.reference.__name__}"

    def against_torch(self):
        return compare_with_torch(self.layer, *self.inputs, reference=self.reference, **self.options)

    def against_differences(self, directions):
        if self.smooth:
            return gradcheck(self.layer, *self.inputs, directions=directions, **self.options)
        return None


def settings(**choices):
    """Every combination of the choices."""
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


def numbers(*shape, seed=0):
    """Random numbers, the same for the same shape and seed."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def filled(layer):
    """Give parameters and running statistics random values: the zeros and ones of the start would hide mistakes."""
    for seed, parameter in enumerate(layer.parameters()):
        parameter.data[...] = numbers(*parameter.shape, seed=seed) / 2
    for name, buffer in layer.named_buffers():
        if name.startswith("running"):
            buffer[...] = np.exp(numbers(*buffer.shape))
    return layer


ANY = [(4,), (3, 4), (2, 3, 4)]
PICTURES, SERIES = [(2, 4, 7, 6), (4, 5, 8)], [(2, 4, 9), (4, 8)]
UNEVEN = dict(kernel_size=(2, 3), stride=(1, 2), padding=(1, 0))
WINDOWS = dict(kernel_size=[2, 3], stride=[1, 2], padding=[0, 1], ceil_mode=BOTH)
MAX = [dict(kernel_size=3), *settings(**WINDOWS, dilation=[1, 2], return_indices=BOTH)]
AVG = [dict(kernel_size=3), *settings(**WINDOWS, count_include_pad=BOTH)]
STRIDES = dict(kernel_size=[1, 3], stride=[1, 2], padding=[0, 1], dilation=[1, 2])
CONV = settings(in_channels=[4], out_channels=[2, 6], **STRIDES, groups=[1, 2], bias=BOTH)
SAME = settings(in_channels=[4], out_channels=[4], kernel_size=[3], padding=["same", "valid"], dilation=[1, 2])
NORM = settings(num_features=[4], momentum=[0.1, None], affine=BOTH, track_running_stats=BOTH)

# A layer with one input: its settings, and the shapes that it is called with.
LAYERS = {
    "Linear": (settings(in_features=[4], out_features=[1, 3], bias=BOTH), ANY),
    "Flatten": (settings(start_dim=[0, 1], end_dim=[1, -1]), [(3, 4), (2, 3, 4)]),
    "Identity": ([{}], ANY),
    "ReLU": ([{}], ANY),
    "LeakyReLU": (settings(negative_slope=[0.01, 0.5, -1.0]), ANY),
    "Sigmoid": ([{}], ANY),
    "Tanh": ([{}], ANY),
    "Softmax": (settings(dim=[0, -1]), ANY),
    "LogSoftmax": (settings(dim=[0, -1]), ANY),
    "Conv1d": ([*CONV, *SAME], SERIES),
    "Conv2d": ([*CONV, *SAME, dict(in_channels=4, out_channels=2, **UNEVEN, dilation=(2, 1))], PICTURES),
    "MaxPool1d": (MAX, SERIES),
    "MaxPool2d": ([*MAX, dict(**UNEVEN, dilation=(2, 1))], PICTURES),
    "AvgPool1d": (AVG, SERIES),
    "AvgPool2d": ([*AVG, UNEVEN, *settings(kernel_size=[(3, 2)], divisor_override=[1, 5])], PICTURES),
    "BatchNorm1d": (NORM, [(5, 4), (3, 4, 5)]),
    "BatchNorm2d": (NORM, [(3, 4, 2, 3)]),
}


def plain(name):
    """A layer with one input, in training and in evaluation where the two differ."""
    choices, shapes = LAYERS[name]
    for options, shape, training in product(choices, shapes, BOTH if name.startswith("BatchNorm") else [True]):
        yield Case(filled(getattr(nn, name)(**options)).train(training), (numbers(*shape),))


def embedding():
    """Rows of a table. That the row of padding learns nothing is agreed upon: its derivative is another."""
    for padding_idx, indices in product([None, 1, -1], [[3], [[1, 4, 4], [0, 1, 2]]]):
        layer = filled(nn.Embedding(5, 3, padding_idx))
        yield Case(layer, (indices,), smooth=layer.padding_idx not in np.ravel(indices))


def in_a_row():
    """Layers whose parameters have names with dots."""
    for last in (nn.ReLU, nn.Sigmoid):
        net = nn.Sequential(nn.Linear(4, 5), nn.Sequential({"norm": nn.BatchNorm1d(5), "bend": nn.Tanh()}), last())
        yield Case(filled(net), (numbers(6, 4),))


def around_a_block():
    """The sum of an input and a block's output."""
    yield Case(
        filled(nn.Residual(nn.Sequential(nn.Linear(4, 4), nn.Tanh()))), (numbers(3, 4),), {}, references.residual
    )


def unit():
    """The perceptron's unit."""
    for shape in ANY:
        yield Case(nn.Step(), (numbers(*shape),), reference=references.step)


def pairs(name):
    """A loss of pairs of numbers."""
    for reduction, shape in product(REDUCTIONS, ANY):
        yield Case(getattr(nn, name)(reduction=reduction), (numbers(*shape), numbers(*shape, seed=1)))


def answers(name):
    """A loss of yes and no."""
    choices = settings(reduction=REDUCTIONS, weight=[None, np.array([0.5, 1.0, 2.0, 0.0])])
    if name == "BCEWithLogitsLoss":
        choices = [options | {"pos_weight": pos} for options in choices for pos in (None, np.array(3.0))]
    for options, shape, hard in product(choices, ANY, BOTH):
        target = np.random.default_rng(0).random(shape)
        scores = numbers(*shape)
        input = scores if name == "BCEWithLogitsLoss" else 1 / (1 + np.exp(-scores))
        yield Case(getattr(nn, name)(**options), (input, target.round() if hard else target))


def classes(name):
    """A loss of class scores, with labels of which one may not count, or with probabilities."""
    choices = settings(reduction=REDUCTIONS, weight=[None, np.array([0.5, 1.0, 2.0])], ignore_index=[-100, 1])
    if name == "CrossEntropyLoss":
        choices = [options | {"label_smoothing": share} for options in choices for share in (0.0, 0.1)]
    for options, shape in product(choices, [(4, 3), (2, 3, 5)]):
        labels = np.arange(shape[0] * np.prod(shape[2:], dtype=int)) % 3
        yield Case(getattr(nn, name)(**options), (numbers(*shape), labels.reshape(shape[:1] + shape[2:])))
        if name == "CrossEntropyLoss" and options["ignore_index"] < 0:
            shares = np.exp(numbers(*shape, seed=1))
            yield Case(getattr(nn, name)(**options), (numbers(*shape), shares / shares.sum(1, keepdims=True)))


def sequences(name):
    """A recurrent net: without a batch axis, with states given and not, with sequences that end early."""
    extra = {"nonlinearity": ["tanh", "relu"]} if name == "RNN" else {}
    for options in settings(num_layers=[1, 2], bias=BOTH, batch_first=BOTH, bidirectional=BOTH, **extra):
        net = filled(getattr(nn, name)(2, 3, **options))
        rows = net.num_layers * (1 + net.bidirectional)
        yield Case(net, (numbers(4, 2), states(net, rows, 3)))
        shape = (3, 4, 2) if net.batch_first else (4, 3, 2)
        yield Case(net, (numbers(*shape),))
        yield Case(net, (numbers(*shape), states(net, rows, 3, 3)), {"lengths": [2, 4, 1]})
    yield from written_out(name)


def steps(name):
    """A recurrent cell: without a batch axis, with states given and not."""
    extra = {"nonlinearity": ["tanh", "relu"]} if name == "RNNCell" else {}
    for options in settings(bias=BOTH, **extra):
        cell = filled(getattr(nn, name)(2, 3, **options))
        yield Case(cell, (numbers(2), states(cell, 3)))
        yield Case(cell, (numbers(3, 2),))
        yield Case(cell, (numbers(3, 2), states(cell, 3, 3)))
    yield from written_out(name)


def states(net, *shape):
    """The first states of a net: h0, or the pair (h0, c0)."""
    given = tuple(numbers(*shape, seed=seed) for seed, _ in enumerate(net.state_names, 1))
    return given if len(given) > 1 else given[0]


def written_out(name):
    """Pinned gates, and the form of the GRU that torch does not have: one layer, or one step."""
    kind, cell = name.removesuffix("Cell"), name.endswith("Cell")
    forms = {
        "RNN": [],
        "LSTM": [({}, references.lstm_written_out)],
        "GRU": [({}, references.gru_reset_after), ({"reset_after": False}, references.gru_reset_before)],
    }
    for options, reference in forms[kind]:
        net = filled(getattr(nn, name)(2, 3, **options))
        inputs = numbers(3, 2) if cell else numbers(4, 3, 2), states(net, *(() if cell else (1,)), 3, 3)
        for pin in (None, *({gate: 0.3} for gate in net.gates), {net.gates[0]: 1.0, net.gates[1]: 0.0}):
            yield Case(net, inputs, {"pin": pin}, references.one_step(reference) if cell else reference)


def over_time():
    """Pooling over time, of whole sequences, of some that end early, and of steps here and there."""
    kinds = [*settings(kind=["last", "first", "mean", "max", "sum"]), dict(kind="last", bidirectional=True)]
    kinds += [*settings(kind=["lp"], norm_type=[1, 2.0, 3.5]), *settings(kind=["kmax"], k=[1, 2])]
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 0, 0, 0, 1]], bool)
    for options in [*kinds, dict(kind="attention", hidden_size=4)]:
        for batch_first, call in product(BOTH, ({}, {"lengths": [3, 5, 2]}, {"mask": mask})):
            pool = filled(nn.SequencePool(**options, batch_first=batch_first))
            if "mask" in call and not batch_first:
                call = {"mask": mask.T}
            x = numbers(3, 5, 4) if batch_first else numbers(5, 3, 4)
            yield Case(pool, (x,), call, references.pooled_one_by_one(pool))


CASES = {name: partial(plain, name) for name in LAYERS} | {
    "Embedding": embedding,
    "Sequential": in_a_row,
    "Residual": around_a_block,
    "Step": unit,
    **{name: partial(sequences, name) for name in ("RNN", "LSTM", "GRU")},
    **{name: partial(steps, name) for name in ("RNNCell", "LSTMCell", "GRUCell")},
    "SequencePool": over_time,
    **{name: partial(pairs, name) for name in ("MSELoss", "L1Loss")},
    **{name: partial(answers, name) for name in ("BCELoss", "BCEWithLogitsLoss")},
    **{name: partial(classes, name) for name in ("NLLLoss", "CrossEntropyLoss")},
}
