"""Time several ways of doing the same, fairly: the same answer first, then interleaved runs, then medians."""

from statistics import median
from time import perf_counter

import numpy as np


def interleaved(ways, rounds=7):
    """Seconds of each run of each way.

    Parameters
    ----------
    ways : dict of str to callable
        Called without arguments, in turn, so that a busy moment of the machine meets all of them.
    rounds : int
        Runs of each way, after one that is not counted.

    Returns
    -------
    dict of str to list of float
    """
    seconds = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            start = perf_counter()
            way()
            seconds[name].append(perf_counter() - start)
    return seconds


def medians(ways, rounds=7):
    """Median seconds of each way, by name; the arguments are those of `interleaved`."""
    return {name: median(runs) for name, runs in interleaved(ways, rounds).items()}


def race(ways, rounds=7):
    """Print how many times faster each way is than the first, after asserting that all give the same numbers.

    Parameters
    ----------
    ways : dict of str to callable
        Called without arguments; each returns an array.
    rounds : int
        Runs of each way.

    Returns
    -------
    dict of str to float
        Ratio of the first way's median to this one's.
    """
    first, *others = ways.values()
    expected = first()
    for way in others:
        got = way()
        assert np.shape(got) == np.shape(expected), f"shapes {np.shape(got)} and {np.shape(expected)}"
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)
    seconds = medians(ways, rounds)
    of_first = seconds[next(iter(ways))]
    ratios = {name: of_first / run for name, run in seconds.items()}
    for name, ratio in ratios.items():
        print(f"{name:<28}{float(f'{ratio:.2g}'):>8g} times the first's speed")
    return ratios
