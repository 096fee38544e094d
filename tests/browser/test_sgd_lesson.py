"""A reader's way through lesson 02: run all, drag, type, choose, step and play, ask; in one window, in one kernel."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("02_sgd")


def test_a_reader_works_through_both_labs(notebook):
    notebook.run_all()
    descend(notebook)
    normalise(notebook)
    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests


def descend(notebook):
    lab = Lab(notebook, "descent")
    assert lab.root.count() == 1, "one descent lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("descent on the ravine, start left, learning rate 0.09"), first

    # the keyboard in a box
    lab.write("learning rate", "0.11")
    lab.wait_for_picture("learning rate 0.11,")
    lab.write("momentum", "0.5")
    lab.wait_for_picture("momentum 0.5,")
    lab.readout.get_by_text("below 0.15").wait_for()
    lab.write("weight decay", "0.5")
    lab.wait_for_picture("weight decay 0.5")
    lab.write("step", "3")
    lab.wait_for_picture("after step 3 ")

    # the lists and the tick box
    lab.root.get_by_role("combobox", name="surface").select_option("saddle")
    lab.wait_for_picture("descent on the saddle")
    lab.root.get_by_role("combobox", name="start").select_option("on the axis")
    lab.wait_for_picture("start on the axis")
    lab.root.get_by_role("combobox", name="batch size").select_option("4")
    lab.wait_for_picture("batch of 4:")
    lab.root.get_by_role("combobox", name="schedule").select_option("warm-up + cosine")
    lab.wait_for_picture("warm-up + cosine schedule")
    lab.root.get_by_role("checkbox", name="Nesterov").check()
    lab.wait_for_picture("Nesterov")
    lab.root.get_by_role("button", name="Ask torch").click()
    lab.readout.get_by_text("torch agrees").wait_for()

    # a setting that is not allowed, and back
    lab.write("momentum", "0")
    sentence = lab.picture.get_by_role("alert")
    sentence.wait_for()
    assert "nesterov needs a momentum above 0" in sentence.inner_text()
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("learning rate 0.09")
    assert lab.alt() == first, "Reset brings the first picture back"

    # the player
    lab.write("step", "90")
    lab.wait_for_picture("after step 90 ")
    lab.root.get_by_role("button", name="play step").click()
    lab.wait_for_picture("after step 100 ")
    lab.root.get_by_role("button", name="Reset").click()

    told = lab.told()
    names = {name for role, name, _ in told if role == "spinbutton"}
    assert names == {"learning rate", "momentum", "weight decay", "step"}

    # the mouse on a slider, last: what a drag still has to say must not come after what is typed
    lab.drag("learning rate", right=20)
    lab.readout.get_by_text("the run diverges").wait_for()


def normalise(notebook):
    lab = Lab(notebook, "batch-norm")
    assert lab.root.count() == 1, "one batch-norm lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert "8 tanh layers at scale 0.6" in first

    lab.root.get_by_role("combobox", name="activation").select_option("ReLU")
    lab.wait_for_picture("ReLU layers")
    lab.write("weight scale", "2")
    lab.wait_for_picture("at scale 2,")
    lab.write("layers", "4")
    lab.wait_for_picture("4 ReLU layers")
    expect(lab.box("batches seen")).to_be_disabled()
    lab.root.get_by_role("combobox", name="batch size").select_option("1")
    lab.picture.get_by_role("alert").wait_for()
    lab.root.get_by_role("combobox", name="mode").select_option("eval")
    lab.wait_for_picture("batch of 1, eval mode")
    lab.write("batches seen", "10")
    lab.readout.get_by_text("after 10 batches").wait_for()
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("8 tanh layers")
    assert lab.alt() == first

    told = lab.told()
    names = {name for role, name, _ in told if role == "spinbutton"}
    assert names == {"weight scale", "layers", "batches seen"}

    lab.drag("weight scale", right=30)
    expect(lab.picture.get_by_role("img")).not_to_have_attribute("aria-label", first)
