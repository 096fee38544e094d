r"""The pooling lab: one picture, one pooling layer, one window looked at closely."""

from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from helpers import checks, data
from helpers.kernels import pooling
from helpers.kernels.windows import Windows, check_padding, enumeration, fit

from .pictures import PICTURES, load

KINDS = ("max", "average", "average without padding")


@dataclass(frozen=True)
class State:
    """What the controls say; a setting that no layer allows raises ValueError with the reason in words.

    `window` counts the windows in reading order, from 0; `own` holds the bytes of an uploaded picture file.
    """

    kind: str = "max"
    picture: str = PICTURES[0]
    kernel_size: int = 2
    stride: int = 2
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    window: int = 0
    own: bytes | None = None

    def __post_init__(self):
        for name, allowed in (("kind", KINDS), ("picture", PICTURES)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        for name, minimum in (("kernel_size", 1), ("stride", 1), ("padding", 0), ("dilation", 1), ("window", 0)):
            checks.integer(self.layer, name, getattr(self, name), minimum)
        check_padding(self.layer, (self.kernel_size,), (self.padding,))
        if self.kind != "max" and self.dilation > 1:
            raise ValueError(f"{self.layer} has no dilation; set dilation to 1, or choose max pooling")
        self.windows()

    @property
    def layer(self):
        """Name of the layer in helpers.nn and in torch.nn."""
        return "MaxPool2d" if self.kind == "max" else "AvgPool2d"

    def pixels(self):
        """The picture as (C, H, W) floats and a note on what was done to it, "" for nothing."""
        return load(self.picture, self.own)

    def windows(self):
        """The windows along the rows and along the columns of the picture."""
        shape = self.pixels()[0].shape[1:]
        sizes = ((size,) * 2 for size in (self.kernel_size, self.stride, self.padding, self.dilation))
        return fit(self.layer, shape, *sizes, self.ceil_mode)


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    pixels: np.ndarray  # (C, H, W)
    out: np.ndarray  # (C, H_out, W_out)
    winners: np.ndarray | None  # (C, H_out, W_out), h * W + w of each maximum; None for averages
    cache: pooling.MaxPoolCache | pooling.AvgPoolCache
    window: tuple[int, int]  # row and column of the window looked at
    note: str

    @property
    def rows(self):
        """The windows along the rows."""
        return self.cache.rows

    @property
    def cols(self):
        """The windows along the columns."""
        return self.cache.cols

    @property
    def numbered(self):
        """Whether the picture is small enough to show its numbers."""
        return len(self.pixels) == 1 and max(self.pixels.shape) <= 16


def compute(state):
    """Pool the state's picture."""
    pixels, note = state.pixels()
    rows, cols = state.windows()
    if state.kind == "max":
        out, cache = pooling.max_pool2d_forward(pixels, rows, cols)
        winners = pooling.max_pool2d_winners(cache)
    else:
        out, cache = pooling.avg_pool2d_forward(pixels, rows, cols, count_include_pad=state.kind == "average")
        winners = None
    window = divmod(min(state.window, rows.count * cols.count - 1), cols.count)
    return Result(state, pixels, out, winners, cache, window, note)


def input_gradient(result, grad_out):
    """Gradient of the picture's pixels, (C, H, W), from that of the output, (C, H_out, W_out)."""
    backward = pooling.avg_pool2d_backward if result.winners is None else pooling.max_pool2d_backward
    return backward(grad_out, result.cache)


def arithmetic(result):
    """The chosen window's output as a calculation, for example `max(3, 1, 4, 1) = 4`."""
    (i, j), plane = result.window, result.pixels[0]
    values = [f"{plane[h, w]:.4g}" for h in result.rows.reads(i) for w in result.cols.reads(j)]
    value = f"{result.out[0, i, j]:.4g}"
    if result.winners is not None:
        return f"max({', '.join(values)}) = {value}" if values else "only padding: −∞"
    include = result.state.kind == "average"
    divisor = result.rows.sizes(include)[i] * result.cols.sizes(include)[j]
    return f"({' + '.join(values)}) / {divisor} = {value}"


def describe(result):
    """The result in sentences: sizes with their terms, the chosen window, what no window reads."""
    rows, cols, window = result.rows, result.cols, result.window
    lines = [f"rows: {rows.formula}"] if rows == cols else [f"rows: {rows.formula}", f"columns: {cols.formula}"]
    if result.numbered:
        lines.append(f"window {window}: {arithmetic(result)}")
    else:
        share = result.out.size / result.pixels.size
        lines.append(f"{result.pixels.size:,} numbers in, {result.out.size:,} out: {share:.1%}")
    for name, axis in (("row", rows), ("column", cols)):
        if axis.unread:
            lines.append(f"no window reads {name}{'s' * (len(axis.unread) > 1)} {enumeration(axis.unread)}")
        if axis.empty:
            lines.append(f"windows that read only padding, by {name}: {enumeration(axis.empty)}")
    return [*lines, result.note] if result.note else lines


def torch_verdict(**settings):
    """What torch says of the same picture and settings, those that State refuses included, as one sentence."""
    try:
        import torch
    except ModuleNotFoundError:
        return "torch is not installed here"
    asked = SimpleNamespace(**asdict(State()) | settings)  # unchecked: torch is asked also where State says no
    try:
        pixels = torch.tensor(load(asked.picture, asked.own)[0])
    except ValueError as reason:
        return f"there is no picture to ask about: {reason}"
    options = {"dilation": asked.dilation} if asked.dilation > 1 or asked.kind == "max" else {}
    if asked.kind != "max":
        options["count_include_pad"] = asked.kind == "average"
    try:
        torch_class = torch.nn.MaxPool2d if asked.kind == "max" else torch.nn.AvgPool2d
        layer = torch_class(asked.kernel_size, asked.stride, asked.padding, ceil_mode=asked.ceil_mode, **options)
        theirs = layer(pixels).numpy()
    except (RuntimeError, TypeError) as refusal:
        return f"torch refuses this setting: {refusal}"
    ours = compute(State(**settings)).out
    if ours.shape != theirs.shape:
        return f"torch disagrees: its output has shape {theirs.shape}, ours {ours.shape}"
    gap = np.abs(np.where(ours == theirs, 0, ours - theirs)).max()
    if gap == 0:
        return f"torch agrees: output {theirs.shape}, every number the same"
    verdict = "agrees" if gap < 10 * np.finfo(ours.dtype).eps * np.abs(theirs).max() else "disagrees"
    return f"torch {verdict}: output {theirs.shape}, largest difference {gap:.0e}"


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


class Shift(NamedTuple):
    """How much pooling changes when its input moves: one row a pool size, one column a shift."""

    pool_sizes: tuple[int, ...]
    shifts: tuple[int, ...]
    change: np.ndarray  # (pool sizes, shifts), relative to the size of the pooled picture
    unchanged: np.ndarray  # (pool sizes, shifts), share of the outputs, all zeros left out, that keep their value


def shifted_digits(pool_sizes=(1, 2, 3, 4), shifts=(1, 2, 3, 4)):
    r"""Move all 1797 digits to the right on a wide sheet, pool before and after, and compare.

    Pool size 1 is no pooling at all: the picture itself.

    Notes
    -----
    With P the pooling and S the shift, `change` is :math:`\lVert P(S x) - P(x) \rVert / \lVert P(x) \rVert`.
    """
    images = data.digits().images
    sheet = np.zeros((len(images), 12, 24))
    sheet[:, 2:10, 4:12] = images
    change, unchanged = np.empty((2, len(pool_sizes), len(shifts)))
    for i, size in enumerate(pool_sizes):
        rows, cols = (Windows(n, size, size) for n in sheet.shape[1:])
        before, _ = pooling.max_pool2d_forward(sheet, rows, cols)
        for j, shift in enumerate(shifts):
            after, _ = pooling.max_pool2d_forward(np.roll(sheet, shift, axis=2), rows, cols)
            change[i, j] = np.linalg.norm(after - before) / np.linalg.norm(before)
            inked = (before > 0) | (after > 0)
            unchanged[i, j] = np.mean((after == before)[inked])
    return Shift(tuple(pool_sizes), tuple(shifts), change, unchanged)
