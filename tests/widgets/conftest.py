"""What the tests of every lab share: nothing may fail in silence, and all pairs of settings are tried."""

import logging
import random
from itertools import combinations, product

import pytest

from helpers.widgets.app import App
from helpers.widgets.controls import Slider


@pytest.fixture(autouse=True)
def close_labs():
    """Close the labs that a test has opened."""
    yield
    while App._open:
        App._open.popitem()[1].close()


@pytest.fixture(autouse=True)
def nothing_fails_in_silence(caplog):
    """Fail where ipywidgets, a thread or an event loop swallowed an exception and only logged it.

    Exceptions that end a thread or come out of a finalizer are warnings of pytest, and warnings are errors here.
    """
    yield
    swallowed = [
        f"{record.name}: {record.getMessage()}" + (f"\n{record.exc_info[1]!r}" if record.exc_info else "")
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
    ]
    assert not swallowed, "\n".join(["a lab went on after:", *swallowed])


@pytest.fixture(scope="session")
def all_pairs():
    """`all_pairs({name: values})` -> a short list of settings in which each pair of values of two names occurs."""
    return _all_pairs


@pytest.fixture
def turn():
    """`turn(lab, name, value)` moves a control as a reader does: types into its box, or chooses from its list."""

    def move(lab, name, value):
        control = lab.controls[name]
        if isinstance(control, Slider):
            control.children[0].set_state({"value": value})
        else:
            control.value = value

    return move


@pytest.fixture
def all_steps(turn):
    """`all_steps(lab, {name: values})` sets all pairs of settings, and yields after every single change.

    The controls of a setting follow one another in random order.
    """

    def steps(lab, factors):
        rows, shuffled = _all_pairs(factors), random.Random(0)
        assert len(rows) < 60, "the sweep has to stay fast"
        for row in rows:
            for name in shuffled.sample([*row], len(row)):
                turn(lab, name, row[name])
                yield

    return steps


def _all_pairs(factors):
    names = list(factors)
    ranks = {name: range(len(values)) for name, values in factors.items()}

    def pairs(row):
        return set(combinations([(name, row[name]) for name in names if name in row], 2))

    left = {((a, i), (b, j)) for a, b in combinations(names, 2) for i, j in product(ranks[a], ranks[b])}
    rows = []
    while left:
        row = dict(min(left))
        for name in names:
            if name not in row:
                row[name] = max(ranks[name], key=lambda rank: len(left & pairs({**row, name: rank})))
        left -= pairs(row)
        rows.append({name: factors[name][row[name]] for name in names})
    return rows
