"""What a comparison found, and how it is printed."""

from typing import NamedTuple

import numpy as np

# What is smaller is rounding, another on each machine, and not told apart in print.
FINEST_TO_TORCH, FINEST_TO_DIFFERENCES = 1e-13, 1e-7


class Check(NamedTuple):
    """One comparison: what was compared, its shape, and the largest difference, relative where values exceed 1."""

    what: str
    shape: tuple
    difference: float


class Report(tuple):
    """The comparisons of one layer; printed as a table that tells no difference below `finest` apart."""

    def __new__(cls, title, checks, finest=FINEST_TO_TORCH):
        report = super().__new__(cls, checks)
        report.title, report.finest = title, finest
        return report

    @property
    def largest(self):
        """The largest difference of all; NaN if there is one, 0 if nothing was compared."""
        return float(np.max([check.difference for check in self], initial=0))

    def __repr__(self):
        names, shapes = (max(16, *(len(str(check[k])) for check in self), 16) for k in (0, 1))
        lines = [self.title]
        for what, shape, difference in self:
            found = (
                "the same to the last bit"
                if difference == 0
                else f"largest difference {power(difference, self.finest)}"
            )
            lines.append(f"  {what:<{names}} {shape!s:<{shapes}} {found}")
        return "\n".join(lines)


def largest_difference(expected, got):
    """The largest of |expected - got| / max(1, |got|), equal infinities apart; infinite where the shapes differ."""
    if np.shape(expected) != np.shape(got):
        return np.inf
    with np.errstate(invalid="ignore"):
        gap = np.abs(np.subtract(expected, got)) / np.maximum(1, np.abs(got))
    return float(np.max(np.where(np.equal(expected, got), 0, gap), initial=0))


def power(difference, finest=0.0):
    """Round up to a power of ten, and to `finest` at least, so that the printed text is the same on every machine."""
    if not np.isfinite(difference):
        return str(difference)
    above = 10.0 ** (np.floor(np.log10(difference)) + 1) if difference else 0.0
    return f"below {max(above, finest):.0e}"
