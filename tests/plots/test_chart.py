"""A chart puts numbers where its axes say they are, and nothing outside its frame."""

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from helpers.plots import style
from helpers.plots.chart import Chart, limits
from helpers.plots.scene import Scene


def chart(xlim=(0, 10), ylim=(0, 1), **options):
    return Chart(Scene(400, 300, alt="a chart"), 60, 50, 300, 200, xlim, ylim, **options)


def words(one):
    return [shape[3] for shape in one.scene.shapes if shape[0] == "text"]


def last(one, kind):
    return [values for name, *values in one.scene.shapes if name == kind][-1]


def test_corners_of_the_axes_are_corners_of_the_frame():
    one = chart(xlim=(-2, 3), ylim=(10, 20))
    assert one.px([-2, 3, 0.5]).tolist() == [60, 360, 210]
    assert one.py([10, 20, 15]).tolist() == [250, 50, 150]


def test_a_logarithmic_axis_gives_each_power_the_same_room_and_has_no_place_for_zero():
    one = chart(ylim=(1e-4, 1), log="y")
    assert np.allclose(np.diff(one.py([1e-4, 1e-3, 1e-2, 1e-1, 1])), -50)
    assert np.isnan(one.py([0.0, -1.0])).all()
    assert {"1", "0.01"} & set(words(one))


@pytest.mark.parametrize(
    ("ylim", "shown"), [((0.3, 6), {"0.5", "1", "2", "5"}), ((1e-3, 1), {"0.001", "0.01", "0.1", "1"})]
)
def test_a_narrow_logarithmic_axis_has_more_ticks_than_its_one_power_of_ten(ylim, shown):
    assert shown == set(words(chart(ylim=ylim, log="y", xlim=(0, 1), ticks={"x": ()}))) - {""}


def test_ticks_are_round_numbers_within_the_limits_and_zero_is_written_as_zero():
    shown = [float(word.replace("−", "-")) for word in words(chart(xlim=(-0.31, 0.3))) if word]
    assert 0.0 in shown and -0.2 in shown
    assert min(shown) >= -0.31
    assert "2e-17" not in words(chart(xlim=(-0.3, 0.3)))


@pytest.mark.parametrize(("value", "word"), [(1e-20, "10⁻²⁰"), (3e7, "3·10⁷"), (-0.5, "−0.5"), (1000, "1000")])
def test_a_number_is_written_as_in_a_book(value, word):
    assert word in words(chart(xlim=(value - abs(value), value + abs(value)), ticks={"x": [value]}))


def test_ticks_can_be_words():
    assert {"cat", "dog"} <= set(words(chart(ticks={"x": {1: "cat", 2: "dog"}})))


def test_a_line_is_broken_where_a_number_is_missing_and_far_away_numbers_stay_drawable():
    one = chart()
    before = len(one.scene.shapes)
    one.line([0, 1, 2, 3, 4], [0.1, 0.2, np.nan, 1e300, 0.5])
    parts = [values for name, *values in one.scene.shapes[before:] if name == "line"]
    assert [len(points) for points, *_ in parts] == [2, 2]
    assert np.abs(parts[1][0]).max() <= 1e5
    assert all(clip == one.frame for *_, clip in parts)
    ET.fromstring(one.scene.svg())


def test_points_outside_the_axes_are_left_out():
    one = chart()
    one.points([5, 50, 5], [0.5, 0.5, 7])
    assert [shape[1:3] for shape in one.scene.shapes if shape[0] == "circle"] == [(210.0, 150.0)]


def test_bars_stand_on_zero_and_hang_from_it():
    one = chart(ylim=(-1, 1))
    one.bars([2, 4], [0.5, -0.5], width=1)
    up, down = [shape[1:5] for shape in one.scene.shapes if shape[0] == "rect"][-2:]
    assert up == (105.0, 100.0, 30.0, 50.0)
    assert down == (165.0, 150.0, 30.0, 50.0)


def test_a_legend_holds_the_labels_of_what_was_drawn_and_stays_within_the_frame():
    one = chart()
    for n in range(6):
        one.line([0, 1], [0, 1], label=f"a rather long label {n}")
    one.line([0, 1], [1, 0])
    one.rule(y=0.5, label="half")
    one.legend()
    labels = [shape for shape in one.scene.shapes if shape[0] == "text" and "label" in shape[3]]
    assert len(labels) == 6 and "half" in words(one)
    assert len({y for _, _, y, *_ in labels}) > 1, "long labels take several rows"


def test_limits_hold_every_finite_number_with_some_room():
    low, high = limits([1.0, np.nan, 3.0], [np.inf, 2.0])
    assert (low, high) == pytest.approx((0.9, 3.1))
    low, high = limits([1e-8, 0.0, -1.0, 1.0], log=True)
    assert low < 1e-8 and high > 1
    assert limits([np.nan]) == (0.0, 1.0)
    assert limits(log=True) == (0.1, 1.0)
    low, high = limits([5.0])
    assert low < 5 < high, "one number alone needs room too"


def test_axes_without_extent_are_widened():
    assert chart(xlim=(2, 2)).xlim == (1.5, 2.5)


def test_shades_are_white_at_zero_and_full_at_both_ends():
    got = style.shades([-2.0, -1.0, 0.0, 1.0, np.nan], 1.0)
    expected = [style.rgb(colour) for colour in (style.WINNER, style.WINNER, "#ffffff", style.WINDOW, style.LINE)]
    assert got.dtype == np.uint8
    assert got.tolist() == [colour.tolist() for colour in expected]
    assert style.shades(np.zeros((2, 3)), 0.0).tolist() == np.full((2, 3, 3), 255).tolist(), "all zero is all white"


def test_the_svg_and_the_png_of_a_chart_show_the_same_line():
    one = chart()
    one.line([0, 20], [0.5, 0.5], colour="#ff0000", width=4)
    picture = np.asarray(Image.open(io.BytesIO(one.scene.png(1))).convert("RGB")).astype(int)
    red = (picture[..., 0] > 200) & (picture[..., 1] < 80)
    rows, cols = np.nonzero(red)
    assert abs(rows.mean() - 150) < 1.5
    assert cols.max() <= 361, "the line ends at the frame"
    inner = last(one, "line")
    assert inner[-1] == one.frame
    assert "<svg x=" in one.scene.svg()
