"""A newcomer's way through the first page: the map, a question, a first lab, the folded tables."""

import pytest

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("00_start_here")


def test_a_newcomer_works_through_the_first_page(notebook):
    page = notebook.page
    notebook.run_all()

    # the question answers with a reason
    page.get_by_text("18", exact=True).first.click()
    page.get_by_text("No, that would be half.").wait_for()

    lab = Lab(notebook, "pooling")
    assert lab.root.count() == 1, "one lab stands on the page"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("max pooling of numbers 6 × 6"), first

    # move, read
    lab.write("pool size", "3")
    lab.wait_for_picture("kernel 3, stride 2")
    assert lab.alt().endswith("output 2 × 2")
    lab.write("window", "1")
    lab.readout.get_by_text("window (0, 1)").wait_for()

    # break a rule
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("kernel 2, stride 2, padding 0")
    lab.write("padding", "2")
    lab.picture.get_by_text("use 0 or 1").wait_for()
    assert lab.alt() is None
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("padding 0")
    assert lab.alt() == first, "Reset brings the first picture back"

    # ask, play
    lab.root.get_by_role("button", name="Ask torch").click()
    lab.readout.get_by_text("torch").wait_for()
    lab.root.get_by_role("combobox", name="picture").select_option("temple")
    lab.write("pool size", "8")
    lab.wait_for_picture("temple: kernel 8")
    lab.told()

    # the tables of symbols and words are folded, and open
    assert not page.get_by_text("遗忘门偏置").first.is_visible()
    page.get_by_text("Gates: LSTM and GRU").click()
    page.get_by_text("遗忘门偏置").first.wait_for()

    # the list of lessons leads to them
    link = page.get_by_role("link", name="04 Pool a picture")
    assert "04_pooling.ipynb" in link.evaluate("link => link.outerHTML"), link.evaluate("link => link.outerHTML")

    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
