"""The lab settings that the page for teachers names: each is set by hand, and the lab says what is promised."""

import re

import ipywidgets
import pytest

from helpers import widgets
from tests.lessons import lab_cells, teaching

ROW = re.compile(r"^\| `(\w+)\(\)` \| (.+) \| (.+) \|$", re.MULTILINE)
ROWS = [(lesson, *row) for lesson, section in teaching()[1].items() for row in ROW.findall(section)]


def control(widget, label):
    """The part of a lab that bears a label."""
    parts = [widget, *getattr(widget, "children", ())]
    while parts:
        part = parts.pop(0)
        if getattr(part, "description", "") == label:
            return part
        parts += getattr(part, "children", ())
    raise AssertionError(f"no control is called {label!r}")


def put(part, text):
    """Set a control as a reader does: choose a name, tick, or type."""
    if isinstance(part, ipywidgets.Dropdown):
        part.label = text
    elif isinstance(part, ipywidgets.Checkbox):
        part.value = {"on": True, "off": False}[text]
    else:
        part.value = type(part.value)(text)
        assert part.value == type(part.value)(text), f"{part.description} does not take {text}"


@pytest.mark.parametrize(("lesson", "factory", "settings", "seen"), ROWS)
def test_a_setting_shows_what_is_promised(lesson, factory, settings, seen):
    assert (lesson.removesuffix(".ipynb"), factory) in {(cell.lesson, cell.factory) for cell in lab_cells()}
    lab = getattr(widgets, factory)()
    for label, text in re.findall(r"\*\*(.+?)\*\* = (.+?)(?=, \*\*|$)", settings):
        put(control(lab.widget, label), text)
    assert (lab.result is None) == seen.startswith("refused"), lab.alt
    said = " ".join([lab.alt, *lab.sentences])
    for promised in re.findall(r"(?<!\*)\*([^*]+)\*", seen):
        assert promised in said
