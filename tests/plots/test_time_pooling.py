"""The pictures of pooling over time show the numbers that they were given."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import languages
from helpers.experiments.time_pooling import KINDS, State, compute, spread
from helpers.plots import style
from helpers.plots.figure import Figure
from helpers.plots.time_pooling import (
    draw_idea,
    draw_pyramid,
    draw_race,
    draw_solved,
    draw_spreads,
    draw_time_pooling,
)

SVG = "{http://www.w3.org/2000/svg}"


def rects(scene, colour):
    return [float(r.get("height")) for r in ET.fromstring(scene.svg()).iter(SVG + "rect") if r.get("fill") == colour]


def test_the_bars_of_the_lab_are_the_shares_and_padding_is_beige():
    result = compute(State())
    scene = draw_time_pooling(result)
    heights = np.array(rects(scene, style.WINDOW))
    np.testing.assert_allclose(heights / heights.sum(), result.output[: len(heights)], atol=0.01)
    assert len(rects(scene, style.PADDING)) == 1
    assert not rects(draw_time_pooling(compute(State(padding=0))), style.PADDING)
    texts = [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]
    assert texts.count("pad") == 2 * 4 and "lengths given" in scene.alt


def test_an_arrow_stands_for_each_step_with_a_share():
    svg = draw_idea({"last": np.array([0, 0, 1.0]), "mean": np.full(3, 1 / 3)}).svg()
    assert svg.count("<polygon") == 4


def test_the_heat_maps_have_a_row_for_each_kind():
    axes = Figure("spreads", 10, 3).axes_grid(1, 2)[0]
    draw_spreads(axes, {kind: spread(kind) for kind in KINDS})
    for ax in axes:
        assert [label.get_text() for label in ax.get_yticklabels()] == list(KINDS)
        assert ax.images[0].get_array().shape == (len(KINDS), 30, 3)
    np.testing.assert_array_equal(axes[0].images[0].get_array()[0, 0], 255)  # last gives the first state nothing


def test_the_tables_of_what_was_solved_show_every_count():
    axes = Figure("solved", 9, 3).axes_grid(1, 2)[0]
    solved = np.arange(12).reshape(2, 2, 3)
    draw_solved(axes, solved, ("one", "two"), ("last", "max"), (10, 25, 50), 11)
    shown = [[int(text.get_text().split()[0]) for text in ax.texts] for ax in axes]
    assert shown == solved.reshape(2, -1).tolist()
    assert [label.get_text() for label in axes[0].get_xticklabels()] == ["10", "25", "50"]
    np.testing.assert_array_equal(axes[0].images[0].get_array()[0, 0], 255)  # solved by no seed


def test_the_pyramid_has_all_levels():
    axes = Figure("pyramid", 9, 3).axes_grid(1, 2)[0]
    draw_pyramid(axes, [np.ones((4, 3)), np.ones((1, 3))], ["states", "max"], "tree")
    assert [label.get_text() for label in axes[0].get_xticklabels()] == [*"tree"]
    assert [ax.images[0].get_array().shape[:2] for ax in axes] == [(3, 4), (3, 1)]


def test_the_race_shows_every_seed_and_the_median():
    ax = Figure("race").axes_grid()
    accuracy = languages.stored_accuracy()[:, :, -1]
    draw_race(ax, accuracy, languages.KINDS, 1 / 7)
    dots, bars = ax.lines[:-1:2], ax.lines[1::2]
    np.testing.assert_allclose([line.get_xdata() for line in dots], accuracy)
    assert [line.get_xdata()[0] for line in bars] == pytest.approx(np.median(accuracy, axis=1))
