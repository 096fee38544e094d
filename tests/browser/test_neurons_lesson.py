"""A reader's way through lesson 01: run all, move each control of both labs by mouse and keyboard, and come back."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("01_neurons")


def test_a_reader_works_through_both_labs(notebook):
    notebook.run_all()
    a_neuron(notebook)
    hidden_units(notebook)
    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests


def opened(notebook, name):
    lab = Lab(notebook, name)
    assert lab.root.count() == 1, f"one lab {name} stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    return lab, lab.alt()


def reset(lab, first, boxes):
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture(first)
    names = {name for role, name, _ in lab.told() if role == "spinbutton"}
    assert names == boxes, "each number has a box with its name"


def a_neuron(notebook):
    lab, first = opened(notebook, "neuron")
    assert first.endswith("weights 1 and 1, bias -1.5, 4 of 4 points on the right side")

    lab.wait_for_picture(f"weights {lab.drag('weight 1', right=40)} and 1")
    lab.write("weight 1", "2")
    lab.wait_for_picture("weights 2 and 1")
    lab.write("weight 2", "-3.5")
    lab.wait_for_picture("weights 2 and -3.5")
    lab.box("bias").focus()
    lab.page.keyboard.press("ArrowUp")
    lab.wait_for_picture("bias -1.4")
    lab.root.get_by_role("combobox", name="activation").select_option("ReLU")
    lab.wait_for_picture("one ReLU neuron")
    lab.root.get_by_role("combobox", name="points").select_option("XOR")
    lab.wait_for_picture("on XOR")
    lab.readout.get_by_text("z = 2·x1 − 3.5·x2 − 1.4, y = ReLU(z)").wait_for()
    reset(lab, first, {"weight 1", "weight 2", "bias"})


def hidden_units(notebook):
    lab, first = opened(notebook, "curve-fit")
    assert first.startswith("12 tanh units, steepness 8, follow the curve waves")

    lab.wait_for_picture(f"{lab.drag('hidden units', right=40)} tanh units")
    lab.write("hidden units", "1")
    lab.wait_for_picture("1 tanh units")
    expect(lab.box("look at unit")).to_have_value("0")
    lab.write("steepness", "100")
    lab.wait_for_picture("steepness 100")
    lab.root.get_by_role("combobox", name="activation").select_option("step")
    lab.root.get_by_role("combobox", name="curve").select_option("step")
    lab.wait_for_picture("follow the curve step: off by 0.000")
    lab.readout.get_by_text("unit 0 adds 2 · step(100·x + 0)").wait_for()
    reset(lab, first, {"hidden units", "steepness", "look at unit"})
