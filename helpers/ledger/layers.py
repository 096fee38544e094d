"""Which settings of the layers are checked, and with which inputs."""

from functools import partial
from itertools import product

import numpy as np

from helpers import nn

from . import references
from .case import ANY, BOTH, Case, filled, numbers, settings

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
PLAIN = {
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
    "AdaptiveAvgPool1d": (settings(output_size=[1, 3, 5]), SERIES),
    "AdaptiveAvgPool2d": (settings(output_size=[1, (3, 4), (None, 5)]), PICTURES),
    "AdaptiveMaxPool1d": (settings(output_size=[1, 3, 5], return_indices=BOTH), SERIES),
    "AdaptiveMaxPool2d": (settings(output_size=[1, (3, 4), (None, 5)], return_indices=BOTH), PICTURES),
    "BatchNorm1d": (NORM, [(5, 4), (3, 4, 5)]),
    "BatchNorm2d": (NORM, [(3, 4, 2, 3)]),
}


def plain(name):
    """A layer with one input, in training and in evaluation where the two differ."""
    choices, shapes = PLAIN[name]
    for options, shape, training in product(choices, shapes, BOTH if name.startswith("BatchNorm") else [True]):
        yield Case(filled(getattr(nn, name)(**options)).train(training), (numbers(*shape),))


def powers(name):
    """Pooling by a norm. Of negative numbers whole even powers are taken, and the first, which adds them up."""
    shapes = SERIES if name == "LPPool1d" else PICTURES
    choices = settings(norm_type=[1, 2, 3.5], kernel_size=[2, 3], stride=[None, 1], ceil_mode=BOTH)
    for options, shape in product(choices, shapes):
        x = numbers(*shape)
        yield Case(getattr(nn, name)(**options), (np.abs(x) if options["norm_type"] == 3.5 else x,))


def embedding():
    """Rows of a table. That the row of padding learns nothing is agreed upon: its derivative is another."""
    for padding_idx, indices in product([None, 1, -1], [[3], [[1, 4, 4], [0, 1, 2]]]):
        layer = filled(nn.Embedding(5, 3, padding_idx))
        yield Case(layer, (indices,), smooth=layer.padding_idx not in np.ravel(indices))


def in_a_row():
    """Layers whose parameters have names with dots."""
    for last in (nn.ReLU, nn.Sigmoid):
        net = nn.Sequential(nn.Linear(4, 5), nn.Sequential({"bend": nn.Tanh(), "norm": nn.BatchNorm1d(5)}), last())
        yield Case(filled(net), (numbers(6, 4),))


def around_a_block():
    """The sum of an input and a block's output."""
    layer = filled(nn.Residual(nn.Sequential(nn.Linear(4, 4), nn.Tanh())))
    yield Case(layer, (numbers(3, 4),), reference=references.residual)


def unit():
    """The perceptron's unit."""
    for shape in ANY:
        yield Case(nn.Step(), (numbers(*shape),), reference=references.step)


LAYERS = {name: partial(plain, name) for name in PLAIN} | {
    **{name: partial(powers, name) for name in ("LPPool1d", "LPPool2d")},
    "Embedding": embedding,
    "Sequential": in_a_row,
    "Residual": around_a_block,
    "Step": unit,
}
