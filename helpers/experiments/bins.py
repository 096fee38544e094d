"""The bins of adaptive pooling as windows that differ in size, so that one picture serves both."""

from dataclasses import dataclass
from functools import cached_property

from helpers.kernels.adaptive_pooling import adaptive_bins


@dataclass(frozen=True)
class Bins:
    """The bins along one axis, told in the terms of `Windows`: nothing is padded, skipped or left unread.

    Parameters
    ----------
    size : int
        Pixels along the axis.
    count : int
        Number of bins.

    Examples
    --------
    >>> bins = Bins(size=3, count=2)
    >>> bins.reads(1), bins.overlap
    (range(1, 3), True)
    """

    size: int
    count: int

    padding = overhang = 0
    dilation = 1
    unread = empty = ()

    @cached_property
    def pixels(self):
        """The pixels of each bin, a list of range."""
        return adaptive_bins(self.size, self.count)

    @property
    def overlap(self):
        """Whether some pixel lies in two bins."""
        return self.size % self.count > 0

    def looks_at(self, i):
        """Pixels of bin i."""
        return self.pixels[i]

    reads = looks_at

    def sizes(self, count_include_pad):
        """How many pixels each bin holds; there is no padding to count."""
        return [len(pixels) for pixels in self.pixels]

    @property
    def formula(self):
        """Which pixels the first bins hold, with the terms of their limits substituted, as one line of text."""
        n, o = self.size, self.count
        ranges = [f"{pixels[0]} to {pixels[-1]}" if len(pixels) > 1 else f"{pixels[0]}" for pixels in self.pixels]
        listed = ", ".join(ranges[:5] + ["…"] * (o > 5))
        return f"bin i of {o} reads pixels floor(i·{n} / {o}) to ceil((i + 1)·{n} / {o}) − 1: {listed}"
