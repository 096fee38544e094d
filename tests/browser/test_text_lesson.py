"""A reader's way through lesson 10: run all, change task and model, type a sentence, leave words out, reset."""

import pytest

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("10_text_cnn_vs_rnn")


def test_a_reader_works_through_the_lab_that_reads_a_sentence(notebook):
    notebook.run_all()
    lab = Lab(notebook, "reading")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.startswith("CNN reads"), first

    choose(lab, "model", "TF-IDF", "TF-IDF reads")
    lab.readout.get_by_text("the order of the words has no part in it").wait_for()
    lab.write("example", "1")
    lab.readout.get_by_text("right is positive").wait_for()
    choose(lab, "order", "turned round", "TF-IDF reads")
    lab.root.get_by_role("textbox", name="your words").fill("the film was not funny but boring")
    lab.wait_for_picture("boring but funny not was film the")
    choose(lab, "order", "as written", "the film was not funny but boring")
    lab.write("more words", "2")
    lab.wait_for_picture("boring today here")
    choose(lab, "put them", "at the front", "today here the film")
    choose(lab, "model", "LSTM", "LSTM reads")
    choose(lab, "bars show", "leaving it out", "LSTM reads")
    lab.readout.get_by_text("counted twice").wait_for()
    choose(lab, "task", "real text", "LSTM reads")
    lab.readout.get_by_text("not in the vocabulary: ").wait_for()
    lab.root.get_by_role("textbox", name="your words").fill("123")
    lab.picture.get_by_text("your words must have letters").wait_for()

    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("CNN reads")
    assert lab.alt() == first
    assert ("image", first, "") in lab.told()
    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests


def choose(lab, name, option, words):
    lab.root.get_by_role("combobox", name=name, exact=True).select_option(option)
    lab.wait_for_picture(words)
