"""The pictures of pooling show what the result holds: each pixel, each winner, each window, padding and overhang."""

import base64
import io
import xml.etree.ElementTree as ET
from collections import namedtuple

import numpy as np
import pytest
from PIL import Image

from helpers.experiments.bins import Bins
from helpers.experiments.output_sizes import output_sizes
from helpers.experiments.pictures import PICTURES
from helpers.experiments.pooling import (
    KINDS,
    State,
    arithmetic,
    compute,
)
from helpers.kernels.windows import Windows
from helpers.plots import style
from helpers.plots.figure import Figure
from helpers.plots.pooling import draw_backward, draw_bins, draw_output_sizes, draw_pooling

SVG = "{http://www.w3.org/2000/svg}"
Box = namedtuple("Box", "x y width height")
LEGEND_KEY = 16  # side of the little squares that explain the colours
STATES = [
    State(),
    State(picture="negative 5 × 5", kernel_size=3, stride=2, padding=1, window=4),
    State(picture="negative 5 × 5", kernel_size=2, stride=2, ceil_mode=True, window=8),
    State(picture="digit 8 × 8", kernel_size=3, stride=2, padding=1, ceil_mode=True, window=24),
    State(kernel_size=2, stride=1, dilation=3, window=3),
    State(kind="average", kernel_size=3, stride=1, padding=1),
    State(kind="average without padding", kernel_size=4, stride=4, padding=2, ceil_mode=True),
    State(picture="face 16 × 16", kernel_size=8, stride=3, padding=4, window=10),
    State(picture="face 16 × 16", kernel_size=1, stride=8),
    State(kind="L_p", norm_type=1, kernel_size=4, stride=3, ceil_mode=True, window=1),
    State(kind="adaptive max", output_size=4, window=6),
    State(kind="adaptive average", picture="negative 5 × 5", output_size=7, window=20),
]


def by_words(state):
    return draw_pooling(compute(state)).alt


def boxes(scene, **wanted):
    """The rectangles with these attributes, those of the legend left out."""
    found = []
    for element in ET.fromstring(scene.svg()).iter(SVG + "rect"):
        box = Box(*(float(element.get(name)) for name in Box._fields))
        named = {name.replace("_", "-"): value for name, value in wanted.items()}
        if all(element.get(name) == value for name, value in named.items()) and box.width != LEGEND_KEY:
            found.append(box)
    return found


def texts(scene):
    """Pairs ((x, y), text); y is the middle of the line."""
    return [
        ((float(text.get("x")), float(text.get("y")) - 0.36 * float(text.get("font-size"))), text.text)
        for text in ET.fromstring(scene.svg()).iter(SVG + "text")
    ]


def cells(scene, result):
    """The boxes of the input's pixels and of the output's, each in reading order."""
    padding = boxes(scene, stroke=style.LINE, fill=style.PADDING)
    all_cells = [box for box in boxes(scene, stroke=style.LINE) if box not in padding]
    inner = result.pixels[0].size
    assert len(all_cells) == inner + result.out[0].size, "one rectangle for every pixel of the input and of the output"
    return all_cells[:inner], all_cells[inner:]


def words_in(box, words):
    return [text for (x, y), text in words if box.x < x < box.x + box.width and box.y < y < box.y + box.height]


def near(a, b):
    return abs(a - b) < 0.01


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_every_pixel_has_its_cell_and_its_number(state):
    result = compute(state)
    scene = draw_pooling(result)
    words = texts(scene)
    for plane, grid in zip((result.pixels[0], result.out[0]), cells(scene, result), strict=True):
        for value, box in zip(plane.flat, grid, strict=True):
            (shown,) = words_in(box, words)
            assert float(shown.replace("−", "-")) == pytest.approx(value, abs=0.0501)
            assert shown.lstrip("−").strip("0.") or shown == "0", f"{value} is shown as {shown!r}"


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_the_cells_of_a_grid_stand_in_rows_and_columns(state):
    result = compute(state)
    for plane, grid in zip((result.pixels[0], result.out[0]), cells(draw_pooling(result), result), strict=True):
        for (h, w), box in zip(np.ndindex(plane.shape), grid, strict=True):
            assert near(box.x, grid[0].x + w * box.width) and near(box.y, grid[0].y + h * box.height)


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_exactly_the_winners_are_marked(state):
    result = compute(state)
    scene = draw_pooling(result)
    inner, _ = cells(scene, result)
    marked = set()
    for mark in boxes(scene, stroke=style.WINNER):
        middle = (mark.x + mark.width / 2, mark.y + mark.height / 2), "mark"
        (at,) = (n for n, box in enumerate(inner) if words_in(box, [middle]))
        marked.add(at)
    expected = set() if result.winners is None else {int(at) for at in result.winners.flat}
    assert marked == expected, "positions h * W + w of the marked pixels and of the winners"


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_the_window_looked_at_is_outlined_where_it_stands_and_so_is_its_output(state):
    result = compute(state)
    scene = draw_pooling(result)
    inner, outer = cells(scene, result)
    window, its_output = boxes(scene, stroke=style.WINDOW, stroke_width="4")
    (i, j), cell = result.window, inner[0].width
    rows, cols = result.rows.looks_at(i), result.cols.looks_at(j)
    assert near(window.x, inner[0].x + cols[0] * cell), "left edge"
    assert near(window.y, inner[0].y + rows[0] * cell), "upper edge"
    assert near(window.x + window.width, inner[0].x + (cols[-1] + 1) * cell), "right edge"
    assert near(window.y + window.height, inner[0].y + (rows[-1] + 1) * cell), "lower edge"
    assert its_output == pytest.approx(outer[i * result.cols.count + j])


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_padding_surrounds_the_pixels_and_shows_what_it_counts_as(state):
    result = compute(state)
    scene = draw_pooling(result)
    framed = (result.rows.size + 2 * result.rows.padding) * (result.cols.size + 2 * result.cols.padding)
    padding = boxes(scene, fill=style.PADDING)
    assert len(padding) == framed - result.pixels[0].size
    expected = {"max": "−∞", "average": "0", "average without padding": "·"}.get(state.kind)
    words = texts(scene)
    assert all(words_in(box, words) == [expected] for box in padding)
    inner, _ = cells(scene, result)
    assert not {(round(box.x), round(box.y)) for box in padding} & {(round(box.x), round(box.y)) for box in inner}


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_overhang_is_drawn_dashed_beyond_the_padding(state):
    result = compute(state)
    scene = draw_pooling(result)
    side = [axis.size + 2 * axis.padding for axis in (result.rows, result.cols)]
    whole = (side[0] + result.rows.overhang) * (side[1] + result.cols.overhang)
    dashed = boxes(scene, stroke=style.FAINT, stroke_dasharray="5 4")
    assert len(dashed) == whole - side[0] * side[1]
    words = texts(scene)
    assert not any(words_in(box, words) for box in dashed), "overhang holds no numbers"


def test_the_states_of_these_tests_have_padding_overhang_and_dilation():
    results = [compute(state) for state in STATES]
    assert any(result.rows.overhang for result in results)
    assert any(result.rows.padding for result in results)
    assert any(result.rows.dilation > 1 for result in results)


def test_windows_that_do_not_overlap_are_all_outlined():
    assert len(boxes(draw_pooling(compute(State())), stroke=style.WINDOW, stroke_width="1.5")) == 9
    overlapping = draw_pooling(compute(State(kernel_size=3, stride=2)))
    assert not boxes(overlapping, stroke=style.WINDOW, stroke_width="1.5")
    assert not boxes(draw_pooling(compute(State(kind="adaptive max"))), stroke=style.WINDOW, stroke_width="1.5")
    fitting = draw_pooling(compute(State(kind="adaptive max", output_size=3)))
    assert len(boxes(fitting, stroke=style.WINDOW, stroke_width="1.5")) == 9


def test_a_dilated_window_shows_which_pixels_it_looks_at():
    result = compute(State(kernel_size=2, stride=1, dilation=3, window=6))
    scene = draw_pooling(result)
    inner, _ = cells(scene, result)
    taps = boxes(scene, stroke=style.WINDOW, stroke_width="2")
    corner, cell = inner[0], inner[0].width
    at = {((tap.y - corner.y) // cell, (tap.x - corner.x) // cell) for tap in taps}
    i, j = result.window
    assert at == {(h, w) for h in result.rows.looks_at(i) for w in result.cols.looks_at(j)}


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_nothing_is_drawn_outside_the_sheet(state):
    scene = draw_pooling(compute(state))
    for box in boxes(scene):
        assert box.x >= 0 and box.y >= 0, box
        assert box.x + box.width <= scene.width and box.y + box.height <= scene.height, box
    for (x, y), text in texts(scene):
        half = 0.33 * 16 * len(text)  # about half the width of a line in the largest size
        assert half <= x <= scene.width - half or len(text) < 30, f"{text!r} is too long for its place"
        assert 0 < y < scene.height


@pytest.mark.parametrize("kind", KINDS)
def test_the_calculation_of_the_window_is_written_out(kind):
    result = compute(State(kind=kind, output_size=3, window=4))
    assert f"window (1, 1): {arithmetic(result)}" in [text for _, text in texts(draw_pooling(result))]


def test_a_long_calculation_is_shortened_in_the_middle_and_keeps_its_result():
    result = compute(State(kind="average", picture="face 16 × 16", kernel_size=8, stride=8))
    (line,) = (text for _, text in texts(draw_pooling(result)) if text.startswith("window ("))
    assert len(line) < 110 and " … " in line
    assert line.endswith(arithmetic(result).split(" / ")[1]), f"{line!r} lost its result"


def test_the_legend_explains_what_is_drawn_and_nothing_else():
    plain = [text for _, text in texts(draw_pooling(compute(State(kind="average"))))]
    assert "padding" not in plain and "overhang" not in plain and "wins a window" not in plain
    full = [text for _, text in texts(draw_pooling(compute(State(kernel_size=3, stride=3, padding=1, ceil_mode=True))))]
    assert {"wins a window", "padding", "overhang", "the window looked at"} <= set(full)


@pytest.mark.parametrize("state", STATES, ids=by_words)
def test_the_words_of_the_picture_name_every_setting_and_both_sizes(state):
    result = compute(state)
    words = draw_pooling(result).alt
    names = {"kernel_size": "kernel", "output_size": "bins", "norm_type": "p"}
    settings = [name for name in KINDS[state.kind].settings if name != "ceil_mode"]
    for part in (state.kind, state.picture, *(f"{names.get(name, name)} {getattr(state, name)}," for name in settings)):
        assert part in words
    height, width = result.out.shape[1:]
    assert words.endswith(f"output {height} × {width}")


def test_the_stored_picture_of_a_grid_is_a_png_of_the_sheets_size():
    scene = draw_pooling(compute(State(picture="face 16 × 16")))
    assert Image.open(io.BytesIO(scene.png())).size == (2 * scene.width, 2 * scene.height)


# --- photographs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", ["temple", "flower"])
def test_a_photograph_is_shown_before_and_after_at_the_same_size(picture):
    result = compute(State(kind="average", picture=picture, kernel_size=4, stride=4))
    scene = draw_pooling(result)
    before, after = ET.fromstring(scene.svg()).iter(SVG + "image")
    assert (before.get("width"), before.get("height")) == (after.get("width"), after.get("height"))
    assert near(float(before.get("width")) / float(before.get("height")), 360 / 240)
    for element, planes in ((before, result.pixels), (after, result.out)):
        sent = Image.open(io.BytesIO(base64.b64decode(element.get("href").split(",")[1])))
        np.testing.assert_allclose(np.asarray(sent).transpose(2, 0, 1) / 255, planes, atol=0.51 / 255)


@pytest.mark.parametrize("size", [(360, 1), (1, 360), (20, 360), (300, 360), (2, 2)])
def test_the_titles_of_a_picture_of_any_proportions_stand_apart(size):
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    scene = draw_pooling(compute(State(picture=PICTURES[-1], own=file.getvalue(), kernel_size=1, stride=1)))
    (left, before), (right, after) = ((x, text) for (x, _), text in texts(scene)[:2])
    half_widths = 0.6 * 16 * (len(before) + len(after)) / 2  # bold digits and letters are about 0.6 of their size wide
    assert right - left > half_widths, f"{before!r} and {after!r} run into each other"


def test_a_window_that_reads_only_padding_is_black_in_a_photograph():
    file = io.BytesIO()
    Image.new("RGB", (2, 2), "white").save(file, "PNG")
    result = compute(State(picture=PICTURES[-1], own=file.getvalue(), stride=1, padding=1, dilation=3))
    assert np.isneginf(result.out).all()
    assert ET.fromstring(draw_pooling(result).svg()).find(f".//{SVG}image") is not None


def test_pixels_that_no_window_reads_are_grey():
    result = compute(State(kernel_size=3))
    grey = list(boxes(draw_pooling(result), fill=style.LINE))
    assert len(grey) == 11, "row 5 and column 5 of a 6 × 6 picture"


# --- the way back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_both_gradients_are_drawn_entry_by_entry(kind):
    result = compute(State(kind=kind, output_size=3))
    grad_out = np.arange(1.0, 10.0).reshape(1, 3, 3)
    grad_in = result.layer.backward(grad_out)
    scene = draw_backward(result, grad_out, grad_in)
    grids = boxes(scene, stroke=style.LINE)
    values = [*grad_out.flat, *grad_in.flat]
    pixels = [[]] * grad_out.size + [[f"{pixel:.0f}"] for pixel in result.pixels.flat]
    words = texts(scene)
    for box, value, pixel in zip(grids, values, pixels, strict=True):
        shown, *corner = words_in(box, words)
        assert float(shown.replace("−", "-")) == pytest.approx(value, abs=0.0501)
        assert corner == pixel, "the pixel itself stands small in the corner of its gradient"


def test_a_small_share_of_a_gradient_is_not_rounded_to_nothing():
    result = compute(State(kind="average", kernel_size=5, stride=1))
    grad_out = np.full((1, 2, 2), 1.0)
    scene = draw_backward(result, grad_out, result.layer.backward(grad_out))
    shown = {text for _, text in texts(scene)}
    assert "0.0" not in shown, f"a corner's share of 1/25 is shown as 0.0; there are {sorted(shown)}"


def test_a_gradient_of_zeros_can_be_drawn():
    result = compute(State())
    scene = draw_backward(result, np.zeros((1, 3, 3)), np.zeros((1, 6, 6)))
    assert len(boxes(scene, stroke=style.LINE)) == 45


# --- curves ----------------------------------------------------------------------------------------------------------


def test_the_output_sizes_are_those_of_the_windows():
    ax = Figure("sizes").axes_grid()
    draw_output_sizes(ax, output_sizes(kernel=4, stride=4, padding=2, largest=17))
    lines = {line.get_label(): line for line in ax.lines}
    for name, ceil_mode in (("floor", False), ("ceil", True)):
        expected = [Windows(n, 4, 4, 2, 1, ceil_mode).count for n in range(4, 18)]
        assert list(lines[name].get_ydata()) == expected
        assert list(lines[name].get_xdata()) == list(range(4, 18))
    assert "(pixels)" in ax.get_xlabel() and "(windows)" in ax.get_ylabel()


def test_a_figure_shows_itself_as_the_same_picture_twice_with_its_words():
    def bundle():
        figure = Figure("sizes in words")
        draw_output_sizes(figure.axes_grid(), output_sizes(kernel=3, stride=2, padding=0, largest=8))
        return figure._repr_mimebundle_()

    once = bundle()
    assert once == bundle()
    assert once["text/plain"] == "sizes in words"
    assert Image.open(io.BytesIO(base64.b64decode(once["image/png"]))).width == 1200


def test_a_figure_hands_out_one_axes_or_a_grid_of_them():
    assert Figure("one").axes_grid().get_xlabel() == ""
    assert Figure("two").axes_grid(1, 2).shape == (1, 2)


# --- bins ------------------------------------------------------------------------------------------------------------


def test_each_bin_lies_under_its_pixels_and_shared_pixels_are_marked():
    pairs = Bins(3, 2), Bins(8, 3), Bins(6, 3)
    scene = draw_bins(*pairs)
    pixels, bars, shared = boxes(scene, stroke=style.LINE), boxes(scene, stroke=style.WINDOW), 0
    for bins in pairs:
        ruler, pixels = pixels[: bins.size], pixels[bins.size :]
        own, bars = bars[: bins.count], bars[bins.count :]
        for i, bar in enumerate(own):
            under = [q for q, box in enumerate(ruler) if bar.x < box.x + box.width / 2 < bar.x + bar.width]
            assert under == [*bins.reads(i)]
            assert all(bar.y >= box.y + box.height for box in ruler)
        shared += sum(bins.sizes(True)) - bins.size
    assert len(boxes(scene, fill=style.tint(style.THIRD, 0.3))) == shared == 3
    assert "3 to 2: 0 to 1, 1 to 2" in scene.alt


def test_bars_of_bins_do_not_lie_on_each_other():
    bars = boxes(draw_bins(Bins(6, 4), Bins(9, 8), Bins(7, 3)), stroke=style.WINDOW)
    for n, a in enumerate(bars):
        for b in bars[:n]:
            apart_in_x = a.x >= b.x + b.width or b.x >= a.x + a.width
            assert apart_in_x or a.y >= b.y + b.height or b.y >= a.y + a.height, (a, b)
