r"""The convolution lab: one picture, one kernel of 3 × 3 numbers, one window with its arithmetic."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.kernels import conv
from helpers.kernels.windows import Windows, enumeration, fit

from .pictures import PICTURES, load

SIDE = 3  # of the lab's kernel
KERNELS = {
    "identity": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "edge, vertical": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "edge, horizontal": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "blur": ((0.11,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "emboss": ((-2, -1, 0), (-1, 1, 1), (0, 1, 2)),
}
GREY = np.array([0.299, 0.587, 0.114], np.float32)  # how bright red, green and blue look


@dataclass(frozen=True)
class State:
    """What the controls say; a setting that no layer allows raises ValueError with the reason in words.

    `kernel` is a table of 3 × 3 numbers; `window` counts the windows in reading order, from 0; `own` holds the bytes of
    an uploaded picture file.
    """

    kernel: tuple = KERNELS["edge, vertical"]
    picture: str = "digit 8 × 8"
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    window: int = 0
    own: bytes | None = None

    def __post_init__(self):
        kernel = checks.real_array("Conv2d", "kernel", self.kernel)
        if kernel.shape != (SIDE, SIDE) or not np.isfinite(kernel).all():
            raise ValueError(f"Conv2d: kernel must be {SIDE} rows of {SIDE} finite numbers, got {self.kernel!r}")
        checks.choice("Conv2d", "picture", self.picture, PICTURES)
        for name, minimum in (("stride", 1), ("padding", 0), ("dilation", 1), ("window", 0)):
            checks.integer("Conv2d", name, getattr(self, name), minimum)
        self.windows()

    @property
    def kernel_name(self):
        """What the kernel is called, "your own" for any that has no name."""
        return next((name for name, kernel in KERNELS.items() if np.array_equal(kernel, self.kernel)), "your own")

    def pixels(self):
        """The picture as one plane (1, H, W), colours as their brightness, and a note on what was done to it."""
        pixels, note = load(self.picture, self.own)
        return (pixels if len(pixels) == 1 else np.tensordot(GREY, pixels, 1)[None]), note

    def windows(self):
        """The windows along the rows and along the columns of the picture."""
        sizes = ((size,) * 2 for size in (SIDE, self.stride, self.padding, self.dilation))
        return fit("Conv2d", load(self.picture, self.own)[0].shape[1:], *sizes, False)


class Result(NamedTuple):
    """What the picture shows."""

    pixels: np.ndarray  # (1, H, W)
    kernel: np.ndarray  # (K, L)
    out: np.ndarray  # (1, H_out, W_out)
    rows: Windows
    cols: Windows
    window: tuple[int, int]  # row and column of the window looked at
    words: str = "a kernel slides over a picture"
    note: str = ""

    @property
    def numbered(self):
        """Whether the picture is small enough to show its numbers."""
        return max(self.pixels.shape) <= 16


def slide(plane, kernel, stride=1, padding=0, dilation=1, window=0):
    """Slide a kernel (K, L) over a plane (H, W) and look at one window, counted in reading order; returns a Result."""
    plane, kernel = (checks.real_array("slide", *pair) for pair in (("plane", plane), ("kernel", kernel)))
    pairs = [(size, size) for size in (stride, padding, dilation)]
    rows, cols = fit("Conv2d", plane.shape, kernel.shape, *pairs, False)
    out, _ = conv.conv2d_forward(plane[None, None], kernel.astype(plane.dtype)[None, None], None, rows, cols)
    at = divmod(min(window, rows.count * cols.count - 1), cols.count)
    return Result(plane[None], kernel, out[0], rows, cols, at)


def compute(state):
    """Slide the state's kernel over its picture."""
    pixels, note = state.pixels()
    result = slide(pixels[0], state.kernel, state.stride, state.padding, state.dilation, state.window)
    words = f"kernel {state.kernel_name} slides over {state.picture}"
    return result._replace(words=words, note=note)


def products(result):
    """The pairs (weight, pixel) of the chosen window in reading order; a pixel of the padding is 0."""
    (i, j), plane = result.window, result.pixels[0]
    for k, h in enumerate(result.rows.looks_at(i)):
        for m, w in enumerate(result.cols.looks_at(j)):
            inside = 0 <= h < result.rows.size and 0 <= w < result.cols.size
            yield result.kernel[k, m], plane[h, w] if inside else 0.0


def arithmetic(result):
    """The chosen window's output as a sum of products, those with weight 0 left out: `1·5 − 1·3 = 2`."""
    terms = []
    for weight, pixel in products(result):
        sign = "−" if weight < 0 else "+"
        of_pixel = f"{pixel:.4g}" if pixel >= 0 else f"(−{-pixel:.4g})"
        terms += [f"{sign} {abs(weight):.4g}·{of_pixel}"] if weight else []
    total = f"{result.out[(0, *result.window)]:.4g}".replace("-", "−")
    left = re.sub("^− ", "−", " ".join(terms or ["0"]).removeprefix("+ "))
    return f"{left} = {total}"


def describe(result):
    """The result in sentences: sizes with their terms, the chosen window, what no window reads."""
    rows, cols = result.rows, result.cols
    lines = [f"rows: {rows.formula}"] if rows == cols else [f"rows: {rows.formula}", f"columns: {cols.formula}"]
    if result.numbered:
        lines.append(f"window {result.window}: {arithmetic(result)}")
    else:
        low, high = (f"{value:.2f}".replace("-", "−") for value in (result.out.min(), result.out.max()))
        lines.append(f"the output lies between {low} and {high}; the weights sum to {round(result.kernel.sum(), 6):g}")
    for name, axis in (("row", rows), ("column", cols)):
        if axis.unread:
            lines.append(f"no window reads {name}{'s' * (len(axis.unread) > 1)} {enumeration(axis.unread)}")
    return [*lines, result.note] if result.note else lines
