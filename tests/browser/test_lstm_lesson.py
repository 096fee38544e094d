"""A reader's way through lesson 07: run all, pin gates, move the event, choose another net."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("07_lstm")


def test_a_reader_works_through_the_lstm_lab(notebook):
    notebook.run_all()
    lab = Lab(notebook, "lstm")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("LSTM trained on clear, 1 unit: 0.8 written at step 0, a second write at step 20"), first

    def choose(name, option):
        lab.root.get_by_role("combobox", name=name, exact=True).select_option(option)

    # each gate pinned and freed
    expect(lab.root.get_by_role("combobox", name="forget gate f", exact=True).locator("option:checked")).to_have_text(
        "free"
    )
    for gate, value in {
        "input gate i": "1",
        "forget gate f": "0.9",
        "candidate g": "-0.5",
        "output gate o": "0",
    }.items():
        choose(gate, value)
        lab.wait_for_picture(f"{gate[-1]} pinned to {value}")
        choose(gate, "free")
        lab.wait_for_picture("all gates free")
    assert lab.alt() == first

    # the stream
    lab.write("first value", "-0.4")
    lab.wait_for_picture("-0.4 written at step 0")
    moved = lab.drag("at step", right=30)
    lab.wait_for_picture(f"a second write at step {moved}")
    choose("then", "third input on")
    lab.wait_for_picture(f"third input on at step {moved}")
    choose("then", "nothing")
    lab.wait_for_picture("then nothing")
    expect(lab.box("at step")).to_be_disabled()

    # the other nets
    for net in ("clear, 1 unit, another start", "clear, 4 units", "recall, 1 unit"):
        choose("trained net", net)
        lab.wait_for_picture(f"trained on {net}:")
    choose("output gate o", "0")
    lab.readout.get_by_text("not what was asked for").wait_for()

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("0.8 written at step 0, a second write at step 20")
    assert lab.alt() == first, "Reset brings the first picture back"

    # what a screen reader finds
    told = lab.told()
    assert {name for role, name, _ in told if role == "spinbutton"} == {"first value", "at step"}
    gates = {"input gate i", "forget gate f", "candidate g", "output gate o"}
    assert {name for role, name, _ in told if role == "combobox"} == {"trained net", "then", *gates}
    assert ("image", first, "") in told, f"the picture in words is not among {told}"
    assert [one for one in told if one[0] == "status"], "the readout is no status line"

    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
