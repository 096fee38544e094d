"""The picture of a reading shows the numbers that it was given."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.reading import Result, State
from helpers.plots.reading import CLASSES, FULL, HALF, MIDDLE, SHARES, draw_reading

SVG = "{http://www.w3.org/2000/svg}"
WORDS = ("not", "good", "zebra")
AFTER = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.6, 0.3, 0.1]])


def result(**changes):
    known, parts = np.array([True, True, False]), np.array([2.0, -1.0, 0.001])
    windows = ((0, 2, 1.0), (1, 2, -0.5))
    return Result(State(), WORDS, known, ("bad", "fine", "odd"), AFTER, 0, 1, 0.7, parts, windows)._replace(**changes)


def found(scene, kind):
    return [*ET.fromstring(scene.svg()).iter(SVG + kind)]


def rects(scene, **wanted):
    return [
        {name: float(rect.get(name)) for name in ("x", "y", "width", "height")}
        for rect in found(scene, "rect")
        if all(rect.get(name) == value for name, value in wanted.items())
    ]


def test_an_answer_is_one_bar_cut_by_the_probabilities():
    pieces = [rects(draw_reading(result()), fill=colour) for colour in CLASSES[:3]]
    for number, chances in enumerate(AFTER):
        row = [[r for r in of_class if r["x"] >= SHARES][number] for of_class in pieces]
        assert [r["width"] / FULL for r in row] == pytest.approx(list(chances), abs=1e-4)
        assert [r["x"] for r in row] == pytest.approx(SHARES + FULL * np.cumsum([0, *chances[:-1]]), abs=0.01)


def test_bars_go_to_the_right_for_the_winner_and_to_the_left_for_the_second():
    scene = draw_reading(result())
    right, *_ = (r for r in rects(scene, fill=CLASSES[0]) if r["x"] == MIDDLE)
    left, *_ = (r for r in rects(scene, fill=CLASSES[1]) if r["x"] + r["width"] == MIDDLE)
    assert right["width"] == HALF and left["width"] == HALF / 2 and right["y"] < left["y"]
    texts = [text.text for text in found(scene, "text")]
    assert {"+2.00", "−1.00", "for bad", "for fine", *WORDS} <= {*texts} and "+0.00" not in texts


def test_windows_stand_beside_their_words_and_side_by_side_where_they_overlap():
    first, second = rects(draw_reading(result()), **{"stroke-width": "1.5"})
    assert first["x"] < second["x"] and first["y"] < second["y"] and first["height"] == second["height"]
    assert not rects(draw_reading(result(windows=())), **{"stroke-width": "1.5"})


def test_the_legend_tells_the_last_answer_and_the_alt_text_the_word_that_weighs_most():
    scene = draw_reading(result())
    bold = [text.text for text in found(scene, "text") if text.get("font-weight")]
    assert "bad 60%" in bold and "fine 30%" in [text.text for text in found(scene, "text")]
    assert scene.alt == "CNN reads 'not good zebra': bad 60%; 'not' weighs most"


def test_rows_of_the_longest_sentence_stay_on_the_sheet():
    words = tuple("abcdefghijklmnopqrstuvwxyz") + ("word",) * 10
    many = result(words=words, known=np.ones(36, bool), after=np.full((36, 3), 1 / 3), parts=np.ones(36), windows=())
    scene = draw_reading(many)
    assert max(r["y"] + r["height"] for r in rects(scene)) <= scene.height
    legend = max(float(text.get("y")) for text in found(scene, "text"))
    assert legend > max(float(t.get("y")) for t in found(scene, "text") if t.text in words)
