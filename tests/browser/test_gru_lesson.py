"""A reader's way through lesson 08: run all, pin gates, change form and convention, walk through the cups."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("08_gru")


def test_a_reader_works_through_the_gru_lab(notebook):
    notebook.run_all()
    lab = Lab(notebook, "gru")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("GRU of 2 units, reset after the product (torch), z keeps the old"), first

    def choose(name, option):
        lab.root.get_by_role("combobox", name=name, exact=True).select_option(option)

    for gate, value in {"reset r": "0", "update z": "0.9"}.items():
        choose(gate, value)
        lab.wait_for_picture(f"{gate[-1]} pinned to {value}")
        choose(gate, "free")
        lab.wait_for_picture("both gates free")
    assert lab.alt() == first

    choose("r multiplies", "before the product (Cho)")
    lab.wait_for_picture("reset before the product")
    lab.readout.get_by_text("not both are held").wait_for()
    choose("convention", "z takes the new")
    lab.wait_for_picture("z takes the new")
    for net in ("2 units, another start", "4 units"):
        choose("trained net", net)
        lab.wait_for_picture(f"GRU of {net},")

    # the cups, by hand and by the player
    expect(lab.box("at step")).to_be_disabled()
    choose("picture", "wine cups")
    lab.wait_for_picture("wine cups at step 20")
    lab.write("at step", "37")
    lab.wait_for_picture("wine cups at step 37")
    lab.root.get_by_role("button", name="play at step").click()
    lab.wait_for_picture("wine cups at step 39")

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("GRU of 2 units, reset after")
    assert lab.alt() == first, "Reset brings the first picture back"

    # what a screen reader finds
    told = lab.told()
    assert {name for role, name, _ in told if role == "spinbutton"} == {"at step"}
    lists = {"trained net", "r multiplies", "convention", "reset r", "update z", "picture"}
    assert {name for role, name, _ in told if role == "combobox"} == lists
    assert ("image", first, "") in told, f"the picture in words is not among {told}"
    assert [one for one in told if one[0] == "status"], "the readout is no status line"

    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
