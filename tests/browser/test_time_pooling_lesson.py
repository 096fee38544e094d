"""A reader's way through lesson 09: run all, change the pooling, forget the lengths, step past the end, reset."""

import pytest

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("09_pooling_over_time")


def test_a_reader_works_through_the_lab_on_pooling_over_time(notebook):
    notebook.run_all()
    lab = Lab(notebook, "pooling-over-time")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("pooling max of 'gefunden' with 4 steps of padding, lengths given"), first

    lab.root.get_by_role("combobox", name="pooling", exact=True).select_option("attention")
    lab.wait_for_picture("pooling attention of")
    lab.root.get_by_role("checkbox", name="give the lengths").uncheck()
    lab.wait_for_picture("no lengths given")
    lab.readout.get_by_text("not the vector of the word alone").wait_for()
    lab.root.get_by_role("combobox", name="word", exact=True).select_option("thought")
    lab.wait_for_picture("of 'thought'")
    lab.write("pad steps", "8")
    lab.wait_for_picture("with 8 steps of padding")
    lab.write("look at step", "9")
    lab.wait_for_picture("step 9 has")

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("pooling max of 'gefunden'")
    assert lab.alt() == first
    assert ("image", first, "") in lab.told()
    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
