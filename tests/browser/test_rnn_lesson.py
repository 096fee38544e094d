"""A reader's way through lesson 05: run all, walk through both passes, change the net; in one window, one kernel."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab

NUMBERS = {"steps T", "w_ih", "w_hh", "bias", "step"}


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("05_rnn_bptt")


def test_a_reader_works_through_the_lab_of_backpropagation_through_time(notebook):
    notebook.run_all()
    lab = Lab(notebook, "rnn")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.endswith("loss at last step; backward, down to step 1 of 6"), first

    # forward and backward, step by step
    lab.write("step", "0")
    lab.readout.get_by_text("nothing is computed yet").wait_for()
    lab.box("step").focus()
    lab.page.keyboard.press("ArrowUp")
    lab.readout.get_by_text("forward, step 1: h1 = tanh(1·1 + 0.9·0 + 0) = tanh(1) = 0.762").wait_for()
    lab.write("step", "7")
    lab.readout.get_by_text(re.compile("backward, step 6: .*nothing")).wait_for()
    assert lab.alt().endswith("backward, down to step 6 of 6")

    # the player runs on to the end of both passes
    lab.write("step", "10")
    lab.root.get_by_role("button", name="play step").click()
    lab.readout.get_by_text("sums over time").wait_for()
    expect(lab.box("step")).to_have_value("12")

    # every other control
    lab.write("steps T", "3")
    lab.wait_for_picture("down to step 1 of 3")
    expect(lab.box("step")).to_have_value("6")
    lab.wait_for_picture(f"w_hh {lab.drag('w_hh', right=30)},")
    lab.write("w_ih", "-2")
    lab.wait_for_picture("w_ih −2,")
    lab.write("bias", "0.5")
    lab.wait_for_picture("bias 0.5,")
    lab.root.get_by_role("combobox", name="sequence").select_option("alternating")
    lab.wait_for_picture("on alternating")
    lab.root.get_by_role("combobox", name="f", exact=True).select_option("relu")
    lab.wait_for_picture("unrolled relu net")
    lab.root.get_by_role("combobox", name="loss at").select_option("every step")
    lab.wait_for_picture("loss at every step")
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture(first)  # the step comes back last: its slider has to be given room first
    expect(lab.box("step")).to_have_value("12")

    # what a screen reader finds
    told = lab.told()
    assert {name for role, name, _ in told if role == "spinbutton"} == NUMBERS
    assert ("image", first, "") in told, f"the picture in words is not among {told}"
    assert [one for one in told if one[0] == "status"], "the readout is no status line"

    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
