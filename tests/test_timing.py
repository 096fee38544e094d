"""Timing is fair: the same answers first, every way as often, medians."""

import numpy as np
import pytest

from helpers import timing
from helpers.timing import medians, race


class Clock:
    """A clock that advances only when a way says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def way(self, *seconds, result=1.0):
        left = iter(seconds)

        def run():
            self.now += next(left)
            return np.array(result)

        return run


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timing, "perf_counter", clock)
    return clock


def test_the_ways_take_turns_so_that_a_busy_moment_meets_all_of_them():
    calls = []
    medians({"a": lambda: calls.append("a"), "b": lambda: calls.append("b"), "c": lambda: calls.append("c")}, rounds=4)
    assert "".join(calls) == "abc" * 5, "one round that is not counted, then four"


def test_the_first_run_does_not_count_and_one_slow_run_does_not_matter(clock):
    seconds = medians({"a": clock.way(100, 2, 2, 50), "b": clock.way(100, 3, 1, 3)}, rounds=3)
    assert seconds == {"a": 2, "b": 3}


def test_a_race_says_how_many_times_faster_than_the_first(clock, capsys):
    ratios = race({"loops": clock.way(*[6.0] * 5), "slices": clock.way(*[0.5] * 5)}, rounds=3)
    assert ratios == {"loops": 1, "slices": 12}
    assert capsys.readouterr().out.splitlines() == [
        "loops                              1 times the first's speed",
        "slices                            12 times the first's speed",
    ]


def test_a_race_prints_two_digits_and_returns_all(clock, capsys):
    ratios = race({"loops": clock.way(*[10.0] * 5), "slices": clock.way(*[0.0072] * 5)}, rounds=3)
    assert ratios["slices"] == pytest.approx(10 / 0.0072)
    assert "1400 times" in capsys.readouterr().out


@pytest.mark.parametrize(
    "other",
    [[1.0, 2.0, 3.1], [1.0, 2.0], [[1.0, 2.0, 3.0]], [1.0, 2.0, np.nan], [1.0, 2.0, 3.0 + 1e-10]],
    ids=["value", "length", "shape", "NaN", "nearly"],
)
def test_ways_that_differ_are_not_raced(other, capsys):
    with pytest.raises(AssertionError):
        race({"right": lambda: np.array([1.0, 2.0, 3.0]), "wrong": lambda: np.array(other)})
    assert capsys.readouterr().out == "", "no speed is printed for a wrong answer"


def test_a_single_number_is_not_taken_for_an_array_full_of_it():
    with pytest.raises(AssertionError):
        race({"array": lambda: np.ones((4, 4)), "number": lambda: np.float64(1)})


def test_the_last_of_three_ways_is_compared_too():
    with pytest.raises(AssertionError):
        race({"a": lambda: np.ones(2), "b": lambda: np.ones(2), "c": lambda: np.zeros(2)})


def test_rounding_differences_are_no_difference():
    x = np.linspace(0.1, 1, 100)
    race({"sum": lambda: np.add.reduce(x), "backwards": lambda: np.add.reduce(x[::-1])}, rounds=1)
