"""The pictures of the lesson on text show the numbers that they were given."""

import xml.etree.ElementTree as ET

import numpy as np

from helpers.plots import style
from helpers.plots.text import draw_text_cnn

SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("not", "good", "but", "bad")
VECTORS = np.array([[1.0, 0], [0, 1], [0, 0], [0, -1]])
KERNELS = np.array([[[1.0, 0], [0, 1]], [[1, 0], [0, -1]]])
FOUND = np.array([[7.0, 0], [0, 0], [0, 5]])


def drawn():
    return draw_text_cnn(WORDS, VECTORS, KERNELS, FOUND, {"negative": 7.0, "positive": -5.0})


def texts(scene):
    return [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]


def test_the_drawing_names_words_windows_and_shapes_and_writes_every_number():
    written = texts(drawn())
    for what in (*WORDS, "not good", "good but", "but bad", "(T, E)", "(F, k, E)", "(T − k + 1, F)", "(F,)"):
        assert what in written, what
    assert written.count("7") == 2 and written.count("5") == 2, "a winner stands among the windows and in the vector"
    assert "negative 7" in written and "positive −5" in written


def test_winners_are_orange_and_the_first_filter_s_window_is_outlined():
    rects = [rect.attrib for rect in ET.fromstring(drawn().svg()).iter(SVG + "rect")]
    assert sum(rect.get("stroke") == style.WINNER for rect in rects) == 4
    window, number = (rect for rect in rects if rect.get("stroke") == style.WINDOW)
    assert float(window["height"]) == 2 * float(number["height"])
    words = {text.text: float(text.get("y")) for text in ET.fromstring(drawn().svg()).iter(SVG + "text")}
    top = float(window["y"])
    assert top < words["not"] < words["good"] < top + float(window["height"]) < words["but"]


def test_the_drawing_says_in_words_what_wins():
    assert drawn().alt == "not good but bad: max over time 7, 5, highest score negative"
