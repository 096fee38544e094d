r"""Where windows stand: the arithmetic that the kernels, the error messages and the labs share."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from helpers.checks import flag, integer


@dataclass(frozen=True)
class Windows:
    r"""The windows that slide along one axis.

    Picture a ruler of `size` pixels, numbered 0 to size - 1, with `padding` imaginary pixels on either side. Window i
    starts at pixel i * stride - padding and looks at `kernel` pixels, `dilation` apart.

    Parameters
    ----------
    size : int
        Pixels along the axis, at least 1.
    kernel : int
        Pixels that one window looks at, at least 1.
    stride : int
        Pixels from one window's start to the next one's, at least 1.
    padding : int
        Imaginary pixels on each side, at least 0.
    dilation : int
        Pixels from one tap of a window to the next, at least 1; 1 means side by side.
    ceil_mode : bool
        Keep a last window that hangs over the far end.

    Notes
    -----
    With n = size, k = kernel, s = stride, p = padding, d = dilation, the number of windows is

    .. math:: \lfloor (n + 2 p - d (k - 1) - 1) / s \rfloor + 1                                    (1)

    With `ceil_mode` the floor becomes a ceiling, minus one if the last window would then start past the input's last
    pixel. This is torch's rule.

    Examples
    --------
    >>> Windows(size=9, kernel=4, stride=4, padding=2, ceil_mode=True).count
    3
    >>> Windows(size=5, kernel=2, stride=2).unread
    (4,)
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    def __post_init__(self):
        for name, minimum in (("size", 1), ("kernel", 1), ("stride", 1), ("padding", 0), ("dilation", 1)):
            integer("Windows", name, getattr(self, name), minimum)
        flag("Windows", "ceil_mode", self.ceil_mode)

    @property
    def span(self):
        """Pixels from a window's first tap to its last, both counted: the effective kernel."""
        return self.dilation * (self.kernel - 1) + 1

    @cached_property
    def count(self):
        """Number of windows, equation (1); less than 1 where the kernel does not fit."""
        room = self.size + 2 * self.padding - self.span
        if not self.ceil_mode:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if self.start(count - 1) >= self.size else count

    def start(self, i):
        """Pixel at which window i starts; negative within the padding."""
        return i * self.stride - self.padding

    @cached_property
    def starts(self):
        """Pixel at which each window starts, (count,) int."""
        return np.arange(self.count) * self.stride - self.padding

    def looks_at(self, i):
        """Positions of window i's taps, those outside the input included."""
        return range(self.start(i), self.start(i) + self.span, self.dilation)

    def reads(self, i):
        """Pixels of the input that window i reads."""
        return [pixel for pixel in self.looks_at(i) if 0 <= pixel < self.size]

    @cached_property
    def taps(self):
        """For each tap, the pixels it reads and the windows it reads them for, as a pair of slices of equal length."""
        pairs = []
        for tap in range(self.kernel):
            offset = tap * self.dilation - self.padding
            first = max(0, -(offset // self.stride))
            end = min(self.count, (self.size - 1 - offset) // self.stride + 1)
            if end <= first:
                pairs.append((slice(0, 0), slice(0, 0)))
                continue
            pixel = first * self.stride + offset
            last = (end - 1) * self.stride + offset
            pairs.append((slice(pixel, last + 1, self.stride), slice(first, end)))
        return tuple(pairs)

    @cached_property
    def whole_taps(self):
        """The pixels that each of those taps reads which lie inside the input for every window, as slices."""
        return tuple(source for source, target in self.taps if target == slice(0, self.count))

    @cached_property
    def partial_taps(self):
        """The other taps, as in `taps`."""
        return tuple((source, target) for source, target in self.taps if target != slice(0, self.count))

    def sizes(self, count_include_pad):
        """How many pixels each window counts: those it reads, or also the declared padding. Never the overhang."""
        if not count_include_pad:
            return [len(self.reads(i)) for i in range(self.count)]
        return [sum(pixel < self.size + self.padding for pixel in self.looks_at(i)) for i in range(self.count)]

    @property
    def overlap(self):
        """Whether neighbouring windows cover some of the same pixels."""
        return self.stride < self.span

    @cached_property
    def overhang(self):
        """Pixels by which the last window reaches past the declared padding; 0 without `ceil_mode`."""
        return max(0, self.looks_at(self.count - 1)[-1] + 1 - self.size - self.padding)

    @cached_property
    def unread(self):
        """Pixels of the input that no window reads."""
        read = {pixel for source, _ in self.taps for pixel in range(self.size)[source]}
        return tuple(pixel for pixel in range(self.size) if pixel not in read)

    @cached_property
    def empty(self):
        """Windows whose every tap falls into the padding; dilation can step over the whole input."""
        return tuple(i for i in range(self.count) if not self.reads(i))

    @property
    def formula(self):
        """Equation (1) with its terms substituted, as one line of text."""
        name = "ceil" if self.ceil_mode else "floor"
        room = self.size + 2 * self.padding - self.span
        terms = f"({self.size} + 2·{self.padding} − {self.dilation}·({self.kernel} − 1) − 1) / {self.stride}"
        whole, rest = divmod(room, self.stride)
        # three decimals that never round up or down to a whole number
        share = whole + min(max(round(rest / self.stride, 3), 0.001), 0.999) if rest else whole
        count = whole + 1 + (self.ceil_mode and rest > 0)
        line = f"{name}({terms}) + 1 = {name}({share:.12g}) + 1 = {count}"
        if self.count < 1:
            return line + ": no window fits"
        if count == self.count:
            return line
        return line + f", minus 1 past the last pixel: {self.count}"


@lru_cache(maxsize=256)
def fit(owner, shape, kernel_size, stride, padding, dilation, ceil_mode):
    """Return one `Windows` for each axis of `shape`, or say why the kernel does not fit; the sizes are tuples.

    Raises
    ------
    ValueError
        Where an axis would hold no window; `owner` opens the message.
    """
    axes = tuple(Windows(*axis, ceil_mode) for axis in zip(shape, kernel_size, stride, padding, dilation, strict=True))
    if any(axis.count < 1 for axis in axes):
        padded = tuple(axis.size + 2 * axis.padding for axis in axes)
        raise ValueError(
            f"{owner}: kernel_size {_brief(kernel_size)} does not fit into the padded input {_brief(padded)} "
            f"(input {_brief(shape)}, padding {_brief(padding)}, dilation {_brief(dilation)})"
        )
    return axes


def check_padding(owner, kernel_size, padding):
    """Refuse padding of more than half the kernel, dilation not counted: torch's rule for every pool."""
    for kernel, pad in zip(kernel_size, padding, strict=True):
        if pad > kernel // 2:
            allowed = " or ".join(str(p) for p in range(kernel // 2 + 1)) if kernel < 6 else f"at most {kernel // 2}"
            raise ValueError(f"{owner}: padding={pad} is more than half of kernel_size={kernel}; use {allowed}")


def enumeration(numbers):
    """Name a few numbers in full and many by their ends, for a message.

    Examples
    --------
    >>> enumeration([3, 7]), enumeration(range(2, 16))
    ('3, 7', '2, 3, … 15 (14 in all)')
    """
    if len(numbers) < 5:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]}, {numbers[1]}, … {numbers[-1]} ({len(numbers)} in all)"


def _brief(numbers):
    return str(numbers[0]) if len(numbers) == 1 else str(tuple(numbers))
