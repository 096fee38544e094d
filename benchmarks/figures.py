"""A measured number with its target, how it is printed, and how two reports are compared."""

import json
from typing import NamedTuple

import numpy as np


class Figure(NamedTuple):
    """One number of the report, and the bounds that are its target; None for a bound that there is not."""

    subject: str
    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    spread: tuple[float, float] | None = None  # quartiles
    note: str = ""

    @property
    def target(self):
        """The bounds in words, "" for none."""
        if self.at_most is not None and self.at_least is not None:
            return f"{number(self.at_least)} to {number(self.at_most)}"
        if self.at_most is not None:
            return f"<= {number(self.at_most)}"
        return "" if self.at_least is None else f">= {number(self.at_least)}"

    @property
    def reached(self):
        """Whether the value lies within its bounds; NaN lies within none."""
        low = -np.inf if self.at_least is None else self.at_least
        high = np.inf if self.at_most is None else self.at_most
        return bool(low <= self.value <= high)

    def __str__(self):
        value = f"{number(self.value)} {self.unit}".rstrip()
        spread = f"({number(self.spread[0])} to {number(self.spread[1])})" if self.spread else ""
        verdict = ("reached" if self.reached else "MISSED") if self.target else ""
        return f"  {self.what:<28}{value:>13} {spread:<20}{self.target:>10} {verdict:<7}  {self.note}".rstrip()


def number(value):
    """Three digits at most after the first that counts: 0.0123, 1.23, 12.3, 123."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def quartiles(values):
    """Median, and the pair of quartiles as its spread."""
    low, median, high = np.percentile(values, (25, 50, 75))
    return float(median), (float(low), float(high))


def slope(sizes, values):
    """The power p of the law `value = c size**p` that fits best: the slope between logarithms.

    Examples
    --------
    >>> round(slope([1, 10, 100], [3, 300, 30000]), 3)
    2.0
    """
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def show(figures):
    """Print figures as they come, those of one subject under one heading, and return them as a list."""
    shown = []
    for figure in figures:
        if not shown or shown[-1].subject != figure.subject:
            print(f"\n{figure.subject}")
        print(figure, flush=True)
        shown.append(figure)
    return shown


def write(path, figures):
    """Write figures as JSON."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump([figure._asdict() for figure in figures], file, indent=1)


def read(path):
    """Read figures that `write` has written."""
    with open(path, encoding="utf-8") as file:
        return [Figure(**row) for row in json.load(file)]


def compare(before, after):
    """Yield one line for each figure that both reports have: the value before, after, and what became of the target."""
    old = {(figure.subject, figure.what): figure for figure in before}
    for figure in after:
        was = old.pop((figure.subject, figure.what), None)
        if was is None:
            yield f"  new      {figure.subject}, {figure.what}: {number(figure.value)} {figure.unit}".rstrip()
            continue
        change = f"{number(was.value)} -> {number(figure.value)} {figure.unit}".rstrip()
        ratio = f"x {figure.value / was.value:.2f}" if was.value else ""
        verdict = "" if was.reached == figure.reached else "now reached" if figure.reached else "NOW MISSED"
        yield f"  {ratio:<8} {figure.subject}, {figure.what}: {change}  {verdict}".rstrip()
    for figure in old.values():
        yield f"  gone     {figure.subject}, {figure.what}: {number(figure.value)} {figure.unit}".rstrip()
