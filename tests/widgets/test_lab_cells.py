"""The cells of the lessons that open a lab: each runs alone after the setup cell, and again."""

import ast

import pytest

from helpers import widgets
from helpers.widgets.app import App
from tests.lessons import lab_cells


def show(cell, names):
    """Run a cell as a kernel does, and return what it shows."""
    *body, last = ast.parse(cell).body
    exec(compile(ast.Module(body, type_ignores=[]), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_each_lab_stands_in_a_lesson():
    placed = {cell.factory for cell in lab_cells()}
    assert placed == set(widgets.__all__), f"in no notebook: {set(widgets.__all__) - placed}"


@pytest.mark.parametrize("cell", lab_cells(), ids=str)
def test_a_lab_needs_the_setup_cell_alone_and_opens_again(cell):
    names = {"__name__": "__main__"}
    exec(cell.setup, names)
    first = show(cell.source, names)
    assert repr(first) == cell.text, "alone it shows something else than in its lesson"
    again = show(cell.source, names)
    assert repr(again) == cell.text, "the second time it shows something else"
    assert list(App._open.values()) == [again], "the lab of the first time stays open"
