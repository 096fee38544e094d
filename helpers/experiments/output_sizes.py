"""How many windows fit, counted for inputs of growing size."""

from typing import NamedTuple

from helpers.kernels.windows import Windows


class OutputSizes(NamedTuple):
    """How many windows fit into inputs of growing size, rounded down and up."""

    kernel: int
    stride: int
    padding: int
    sizes: list[int]
    floor: list[int]
    ceil: list[int]


def output_sizes(kernel, stride, padding, largest):
    """Count the windows for every input size from `kernel` to `largest`."""
    sizes = list(range(kernel, largest + 1))
    floor, ceil = (
        [Windows(n, kernel, stride, padding, ceil_mode=ceil_mode).count for n in sizes] for ceil_mode in (False, True)
    )
    return OutputSizes(kernel, stride, padding, sizes, floor, ceil)
