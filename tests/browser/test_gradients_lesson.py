"""A reader's way through lesson 06: run all, move each control of both labs, play the descent, and come back."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("06_gradients")


def test_a_reader_works_through_both_labs(notebook):
    notebook.run_all()
    a_product(notebook)
    a_cliff(notebook)
    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests


def a_product(notebook):
    lab = Lab(notebook, "spectral")
    assert lab.root.count() == 1
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert "spectral radius 0.9, skew 10" in first
    lab.readout.get_by_text("largest 38.7, after 9").wait_for()

    lab.wait_for_picture(f"skew {lab.drag('skew s', right=-60)},")
    lab.write("skew s", "0")
    lab.wait_for_picture("skew 0,")
    lab.readout.get_by_text("this suffices").wait_for()
    lab.root.get_by_role("combobox", name="activation").select_option("tanh")
    lab.wait_for_picture("a net with tanh")
    lab.write("radius ρ", "3.1")
    lab.wait_for_picture("spectral radius 3.1")
    lab.write("input scale", "20")
    lab.wait_for_picture("inputs of size 20")
    lab.readout.get_by_text("it could explode, and need not").wait_for()
    lab.box("steps T").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.wait_for_picture("product of 99 Jacobians")
    lab.write("max_norm", "0.01")
    lab.wait_for_picture("clipped at 0.01")

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("skew 10")
    assert lab.alt() == first, "Reset brings the first picture back"
    names = {name for role, name, _ in lab.told() if role == "spinbutton"}
    assert names == {"radius ρ", "skew s", "input scale", "steps T", "max_norm"}


def a_cliff(notebook):
    lab = Lab(notebook, "cliff")
    assert lab.root.count() == 1
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert "after 60 updates" in first

    lab.write("update", "0")
    lab.wait_for_picture("after 0 updates")
    lab.root.get_by_role("button", name="play update").click()
    lab.wait_for_picture("after 60 updates")
    for name, value, words in (
        ("weight w", "4.5", "w = 4.5,"),
        ("bias b", "-2.2", "b = -2.2,"),
        ("learning rate", "0.5", "learning rate 0.5"),
        ("max_norm", "1", "clipped at 1:"),
        ("steps T", "5", "after 5 steps"),
    ):
        lab.write(name, value)
        lab.wait_for_picture(words)
    expect(lab.readout.get_by_text("without clipping, after 60 updates")).to_be_visible()

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("w = 4.2,")
    assert lab.alt() == first, "Reset brings the first picture back"
    names = {name for role, name, _ in lab.told() if role == "spinbutton"}
    assert names == {"weight w", "bias b", "learning rate", "max_norm", "steps T", "update"}
