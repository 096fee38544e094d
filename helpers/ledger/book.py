"""Running the ledger, and its table."""

import math
import warnings
from functools import partial
from typing import NamedTuple

import numpy as np

from helpers.checks import SettingWarning
from helpers.gradcheck import FINEST_TO_DIFFERENCES, FINEST_TO_TORCH, Report, power
from helpers.markdown import table

from .layers import LAYERS
from .losses import LOSSES
from .programs import PROGRAMS
from .sequences import SEQUENCES

CASES = LAYERS | SEQUENCES | LOSSES
IMPLEMENTATIONS = CASES | PROGRAMS
TORCH, DIFFERENCES = 1e-10, 1e-6  # bounds of |a - b| / max(1, |b|), in float64
FINEST = {TORCH: FINEST_TO_TORCH, DIFFERENCES: FINEST_TO_DIFFERENCES}
QUICK_CASES, QUICK_DIRECTIONS = 5, 3


class Row(NamedTuple):
    """What was found for one implementation; None where there is nothing to compare."""

    name: str
    cases: int
    numbers: int  # how many were compared with torch
    torch: float | None
    differences: float | None
    judges: tuple[str, ...]
    beyond: tuple[Report, ...]  # what is beyond its bound, or not a number


class Ledger(tuple):
    """The rows of a run; printed as a table, in a notebook too."""

    def __new__(cls, rows):
        ledger = super().__new__(cls, rows)
        ledger.torch_version = _torch_version()
        return ledger

    @property
    def holds(self):
        """Whether every difference of every row is within its bound."""
        return not any(row.beyond for row in self)

    @property
    def _table(self):
        yield "implementation", "cases", "numbers", "torch", "central differences", "reference"
        for row in self:
            figures = _figure(row.torch, TORCH), _figure(row.differences, DIFFERENCES)
            yield row.name, str(row.cases), str(row.numbers), *figures, ", ".join(row.judges)

    @property
    def _summary(self):
        failing = [row.name for row in self if row.beyond]
        verdict = f"FAILED: {', '.join(failing)}" if failing else "All within their bounds"
        cases, numbers = (sum(getattr(row, name) for row in self) for name in ("cases", "numbers"))
        return (
            f"{verdict}. {len(self)} implementations, {cases} cases, {numbers} numbers compared with "
            f"{self.torch_version}; bounds {TORCH:.0e} against torch, {DIFFERENCES:.0e} against central differences, "
            "relative where values exceed 1."
        )

    def __repr__(self):
        table = [*self._table]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        found = [repr(report) for row in self for report in row.beyond]
        return "\n".join([*lines, "", self._summary, *found])

    def _repr_markdown_(self):
        head, *rows = self._table
        found = [f"```\n{report!r}\n```" for row in self for report in row.beyond]
        return "\n\n".join([table(head, rows), self._summary, *found])


def run(names=None, quick=False):
    """Run implementations over their grids of settings and write down the largest differences.

    Parameters
    ----------
    names : iterable of str, optional
        Which ones, by their names in the ledger; all of them without.
    quick : bool
        Whether a few settings of each are enough, with a few random directions in place of every entry.

    Returns
    -------
    Ledger
        A row for each; `holds` says whether all is within its bounds.

    Raises
    ------
    ValueError
        The ledger has no such implementation.

    Examples
    --------
    >>> ledger = run(["Tanh"], quick=True)
    >>> ledger[0].name, ledger[0].cases, ledger.holds
    ('Tanh', 3, True)
    """
    names = chosen(names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)  # pixels that no window reads are part of the grids
        return Ledger(_row(name, [*IMPLEMENTATIONS[name]()], quick) for name in names)


def chosen(names):
    """The names of implementations that are in the ledger; all of them for None."""
    names = [*IMPLEMENTATIONS] if names is None else [*names]
    unknown = [name for name in names if name not in IMPLEMENTATIONS]
    if unknown:
        raise ValueError(f"ledger: names must be among {', '.join(IMPLEMENTATIONS)}, got {', '.join(unknown)}")
    return names


def few(cases):
    """Draw some cases, once and for all, and take the last: there most is switched on."""
    drawn = np.random.default_rng(0).permutation(len(cases))[: QUICK_CASES - 1]
    return [cases[k] for k in sorted({*drawn.tolist(), len(cases) - 1})]


def _row(name, cases, quick):
    cases = few(cases) if quick else cases
    directions = QUICK_DIRECTIONS if quick else None
    with_torch = [_report(case, case.against_torch) for case in cases]
    with_nudges = [_report(case, partial(case.against_differences, directions)) for case in cases]
    with_nudges = [report for report in with_nudges if report is not None]
    bounds = [(report, TORCH) for report in with_torch] + [(report, DIFFERENCES) for report in with_nudges]
    return Row(
        name,
        len(cases),
        sum(math.prod(check.shape) for report in with_torch for check in report),
        _largest(with_torch),
        _largest(with_nudges),
        tuple(dict.fromkeys(case.judge for case in cases)),
        tuple(filter(None, (_beyond(report, bound) for report, bound in bounds))),
    )


def _report(case, comparison):
    """Run a comparison; where it breaks, name the case and let the error through."""
    try:
        return comparison()
    except Exception as error:
        error.add_note(f"in the ledger's case {case.text}")
        raise


def _largest(reports):
    found = [report.largest for report in reports if len(report)]
    return float(np.max(found)) if found else None


def _beyond(report, bound):
    """The part of a report that is beyond the bound, or not a number."""
    return Report(report.title, [check for check in report if not check.difference <= bound])


def _figure(difference, bound):
    if difference is None:
        return "-"
    return power(difference, FINEST[bound]) if difference <= bound else f"FAILED, {power(difference)}"


def _torch_version():
    try:
        import torch
    except ModuleNotFoundError:
        return "no torch, which is not installed here"
    return f"torch {torch.__version__.split('+')[0]}"
