"""The pictures of convolution, receptive fields and networks show what the results hold."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers import data
from helpers.experiments import cnn, heads, receptive_field
from helpers.experiments.convolution import KERNELS, State, compute, slide
from helpers.experiments.pictures import numbers
from helpers.plots import style
from helpers.plots.cnn import draw_accuracies, draw_boxes, draw_inside, draw_moves, draw_segments, draw_twins
from helpers.plots.convolution import draw_convolution, draw_input_gradient, draw_weight_gradient
from helpers.plots.figure import Figure
from helpers.plots.receptive_field import draw_receptive_field
from helpers.train import History

SVG = "{http://www.w3.org/2000/svg}"


def texts(scene):
    return [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]


def images(scene):
    return [shape[-1] for shape in scene.shapes if shape[0] == "image"]


def written(value):
    """The texts that may stand for a number in a cell."""
    return float(value.replace("−", "-"))


@pytest.mark.parametrize("setting", [{}, {"padding": 1, "stride": 2}, {"picture": "numbers 6 × 6", "dilation": 2}])
def test_every_number_of_input_output_and_kernel_is_written(setting):
    result = compute(State(**setting))
    cells = [text for text in texts(draw_convolution(result)) if text.lstrip("−").replace(".", "").isdigit()]
    padding = (result.rows.size + 2 * result.rows.padding) ** 2 - result.pixels.size
    expected = sorted([*result.pixels.flat, *result.out.flat, *result.kernel.flat, *[0] * padding])
    np.testing.assert_allclose(sorted(map(written, cells)), expected, atol=0.05)


def test_the_weights_stand_on_the_pixels_of_the_window_that_they_meet():
    scene = draw_convolution(slide(numbers().astype(float), np.arange(1.0, 10).reshape(3, 3), window=5))
    assert [text for text in texts(scene) if text.startswith("×")] == [f"×{n}" for n in range(1, 10)]
    assert sum("window (1, 1): " in text for text in texts(scene)) == 1


def test_negative_numbers_are_orange_and_zero_is_white():
    result = slide(np.array([[0.0, 1, 0]]), np.array([[1.0, -1]]))
    fills = [shape[5] for shape in draw_convolution(result).shapes if shape[0] == "rect" and shape[6] == style.LINE]
    outputs = dict(zip([0.0, 1, 0, -1, 1], fills, strict=False))
    assert outputs[-1] == style.tint(style.WINNER, 0.55) and outputs[1] == style.tint(style.PIXEL, 0.55)
    assert outputs[0] == style.tint(style.PIXEL, 0.05)


def test_gradients_are_green():
    dy = np.ones((4, 4))
    for scene in (
        draw_weight_gradient(slide(numbers().astype(float), dy)),
        draw_input_gradient(slide(dy, np.ones((3, 3)), padding=2)),
    ):
        assert style.tint(style.GRADIENT, 0.55) in {shape[5] for shape in scene.shapes if shape[0] == "rect"}
        assert any("gradient of the" in text for text in texts(scene))


def test_an_edge_kernel_gives_colours_and_a_blur_gives_grey():
    edges = images(draw_convolution(compute(State(picture="temple"))))[1]
    assert edges.shape == (238, 358, 3)
    blurred = images(draw_convolution(compute(State(picture="temple", kernel=KERNELS["blur"]))))[1]
    assert blurred.shape == (238, 358)


@pytest.mark.parametrize("layers", [1, 3, 5])
def test_the_units_of_the_receptive_field_are_orange_and_all_others_are_not(layers):
    result = receptive_field.compute(receptive_field.State(layers=layers, unit=2))
    scene = draw_receptive_field(result)
    fills = [shape[5] for shape in scene.shapes if shape[0] == "rect"]
    assert len(fills) == sum(result.counts)
    assert fills.count(style.tint(style.WINNER, 0.6)) == sum(map(len, result.fields))
    assert f"{result.reach[-1]} pixels" in texts(scene)
    assert f"field {result.reach[-1]}, size {result.counts[-1]}" in texts(scene)
    left = [shape[1] for shape in scene.shapes if shape[0] == "rect"]
    assert min(left) > 125 and max(left) < scene.width - 20, "the units leave room for the words"


def test_filters_and_maps_are_all_drawn_and_the_likeliest_digit_stands_out():
    network = cnn.digit_network(rng=np.random.default_rng(0))
    inside = cnn.look_inside(network, data.digits().images[0])
    scene = draw_inside(inside)
    assert len(images(scene)) == 1 + 16 + 16 + 32
    bars = [shape for shape in scene.shapes if shape[0] == "rect" and shape[5] in (style.WINNER, style.WINDOW)]
    assert [bar[5] for bar in bars].index(style.WINNER) == inside.probabilities.argmax() and len(bars) == 10


def test_where_two_ways_differ_is_orange():
    equal = np.array([[True, False]])
    move = cnn.Shifted(np.ones((1, 2)), np.ones((1, 2)), np.zeros((1, 2)), equal)
    scene = draw_moves([move], ["a case"])
    assert scene.alt == "a case: 1 of 2 numbers differ"
    np.testing.assert_array_equal(images(scene)[3], [[style.rgb(style.PAPER), style.rgb(style.WINNER)]])


def judged(name, outputs):
    pictures, targets = heads.HEADS[name].scenes(6, np.random.default_rng(0))
    return heads.Judged(name, {}, {}, pictures, targets, outputs(targets))


def test_a_wrong_class_is_named_with_the_right_one_and_boxes_lie_where_they_should():
    always = np.tile([0.5, 0.5, 0.25, 0.5, 1, 0, 0], (6, 1))
    scene = draw_boxes(judged("box", lambda targets: always), ("rectangle", "ellipse", "triangle"))
    named = texts(scene)[:6]
    assert set(named) <= {"rectangle", "rectangle, is ellipse", "rectangle, is triangle"} and len(set(named)) == 3
    drawn = [shape for shape in scene.shapes if shape[0] == "rect" and shape[6] == style.WINNER][:6]
    assert all(
        width == pytest.approx(155 / 4) and height == pytest.approx(155 / 2) for _, _, _, width, height, *_ in drawn
    )


def test_the_classes_of_pixels_have_their_colours():
    scene = draw_segments(judged("pixels", lambda t: np.eye(4)[t].transpose(0, 3, 1, 2)), ("none", "a", "b", "c"))
    pictures = images(scene)
    assert len(pictures) == 18
    for truth, answer in zip(pictures[6:12], pictures[12:], strict=True):
        np.testing.assert_array_equal(truth, answer)
    assert texts(scene)[-4:] == ["none", "a", "b", "c"]


def test_curves_are_drawn_whole():
    accuracy = np.array([0.1, 0.9, 0.95])
    runs = [History(np.ones(2), np.ones(2), np.ones(2), np.arange(3), {"kept back accuracy": accuracy}, {})]
    figure = Figure("curves", 6, 3)
    left, right = figure.axes_grid(1, 2)[0]
    draw_accuracies(left, {"a": runs * 2, "b": runs})
    draw_twins(right, [3.0, 2.0], [3.0, 2.0])
    assert len(left.lines) == 3 and [text.get_text() for text in left.get_legend().texts] == ["a", "b"]
    np.testing.assert_allclose(left.lines[0].get_ydata(), 100 * accuracy)
    assert [text.get_text() for text in right.get_legend().texts] == ["torch", "helpers"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: draw_convolution(compute(State())),
        lambda: draw_receptive_field(receptive_field.compute(receptive_field.State())),
    ],
)
def test_a_scene_is_a_picture_with_words(draw):
    bundle = draw()._repr_mimebundle_()
    assert bundle["image/png"] and len(bundle["text/plain"]) > 40
