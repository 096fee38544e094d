r"""The receptive-field lab: a stack of layers, and the pixels that one number of the last one depends on."""

from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from helpers import checks
from helpers.kernels.windows import Windows

MOST_LAYERS = 5
SETTINGS = "kernel", "stride", "dilation"
LARGEST = 9  # of each setting


@dataclass(frozen=True)
class State:
    """What the controls say: how many layers, (kernel, stride, dilation) of each, pixels of the input, the unit chosen.

    `sizes` holds a row for each of 5 layers, those not in use included; the first `layers` rows count.
    """

    layers: int = 3
    sizes: tuple = ((3, 1, 1),) * MOST_LAYERS
    pixels: int = 24
    unit: int = 8

    def __post_init__(self):
        checks.integer("receptive field", "layers", self.layers, 1, MOST_LAYERS)
        for name, minimum in (("pixels", 1), ("unit", 0)):
            checks.integer("receptive field", name, getattr(self, name), minimum)
        if checks.real_array("receptive field", "sizes", self.sizes).shape != (MOST_LAYERS, len(SETTINGS)):
            rows = f"{MOST_LAYERS} rows of {', '.join(SETTINGS)}"
            raise ValueError(f"receptive field: sizes must be {rows}, got {self.sizes!r}")
        self.windows()

    def windows(self):
        """The windows of each layer, from the input on."""
        size, found = self.pixels, []
        for number, (kernel, stride, dilation) in enumerate(self.sizes[: self.layers], 1):
            axis = Windows(size, kernel, stride, dilation=dilation)
            if axis.count < 1:
                raise ValueError(
                    f"layer {number} needs at least {axis.span} numbers, and gets {size}; "
                    "make a kernel, stride or dilation smaller, take a layer away, or give the input more pixels"
                )
            found.append(axis)
            size = axis.count
        return found


class Result(NamedTuple):
    """What the picture shows; lists run from the input, at 0, to the last layer."""

    state: State
    windows: list  # of each layer
    fields: list  # for each level the units that the chosen one depends on, ascending
    reach: list  # of a unit of each level: pixels from the first that it depends on to the last
    jump: list  # pixels from the field of a unit of each level to that of its neighbour

    @property
    def counts(self):
        """Units of each level."""
        return [self.state.pixels, *(axis.count for axis in self.windows)]


def compute(state):
    """Follow the chosen unit of the last layer down to the input."""
    windows = state.windows()
    fields = [[min(state.unit, windows[-1].count - 1)]]
    for axis in reversed(windows):
        fields.append(sorted({below for unit in fields[-1] for below in axis.reads(unit)}))
    jump = [*accumulate((axis.stride for axis in windows), lambda a, b: a * b, initial=1)]
    growth = [axis.dilation * (axis.kernel - 1) * step for axis, step in zip(windows, jump, strict=False)]
    return Result(state, windows, fields[::-1], [*accumulate(growth, initial=1)], jump)


def describe(result):
    """The result in sentences: size and receptive field of each layer with their terms, and what the unit reads."""
    lines = []
    for i, axis in enumerate(result.windows):
        field = f"{result.reach[i]} + {axis.dilation}·({axis.kernel} − 1)·{result.jump[i]} = {result.reach[i + 1]}"
        lines.append(f"layer {i + 1}: size {axis.formula}; receptive field {field}")
    read = len(result.fields[0])
    gaps = f", and reads {read} of them" if read < result.reach[-1] else ""
    return [*lines, f"one number of the last layer looks at {result.reach[-1]} pixels{gaps}"]
