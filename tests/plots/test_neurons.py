"""The pictures of the lesson on neurons show what was computed."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import activations, backprop, curve_fit, digits_mlp, neuron, xor
from helpers.plots import style
from helpers.plots.activations import draw_activation, draw_loss
from helpers.plots.curve_fit import draw_curve_fit
from helpers.plots.digits_mlp import draw_confusion, draw_learning, draw_wrong
from helpers.plots.figure import Figure
from helpers.plots.network import draw_backward, draw_forward, draw_one_neuron
from helpers.plots.neuron import draw_neuron
from helpers.plots.xor import draw_xor
from helpers.train import Runs

SVG = "{http://www.w3.org/2000/svg}"


def elements(scene, tag):
    return list(ET.fromstring(scene.svg()).iter(SVG + tag))


def words(scene):
    return [text.text for text in elements(scene, "text")]


# --- the neuron ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", neuron.ACTIVATIONS)
@pytest.mark.parametrize("numbers", [(1, 1, -1.5), (0, 0, 0), (-8, 8, 12), (0, 0.5, -12)])
def test_a_neuron_is_drawn_whatever_its_numbers(activation, numbers):
    result = neuron.compute(neuron.State(*numbers, activation, "XOR"))
    scene = draw_neuron(result)
    assert f"{int(result.right.sum())} of 4 points" in scene.alt
    assert words(scene).count("×") == int((~result.right).sum()), "a cross on each point that is wrong"
    assert len(elements(scene, "image")) == 1
    assert len(scene.png(1)) > 5000


def test_the_line_runs_where_the_sum_is_zero():
    scene = draw_neuron(neuron.compute(neuron.State()))
    along = next(points for shape, points, *rest in scene.shapes if shape == "line" and rest[1] == 2.5)
    pixels_per_unit = 330 / (neuron.EDGES[1] - neuron.EDGES[0])
    x1 = neuron.EDGES[0] + (along[:, 0] - 80) / pixels_per_unit
    x2 = neuron.EDGES[1] - (along[:, 1] - 60) / pixels_per_unit
    np.testing.assert_allclose(x1 + x2, 1.5, atol=1e-9)


# --- hidden units ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [1, 2, 40])
@pytest.mark.parametrize("unit", [0, 1])
def test_each_hidden_unit_has_its_line_and_the_one_looked_at_stands_out(units, unit):
    result = curve_fit.compute(curve_fit.State(units=units, unit=min(unit, units - 1)))
    scene = draw_curve_fit(result)
    lines = [values for shape, *values in scene.shapes if shape == "line" and len(values[0]) == len(result.x)]
    colours = [stroke for _, stroke, *_ in lines]
    assert colours.count(style.PIXEL) == units - 1
    assert colours.count(style.WINNER) == 1
    assert f"{result.error:.3f}" in scene.alt
    assert words(scene).count("other units") == (units > 1)


# --- figures ---------------------------------------------------------------------------------------------------------


def test_the_ground_is_shaded_where_the_slope_is_lost():
    ax = Figure("").axes_grid()
    (sigmoid,) = activations.profiles(("sigmoid",))
    draw_activation(ax, sigmoid)
    (ground,) = ax.collections
    xs = np.concatenate([path.vertices[:, 0] for path in ground.get_paths()])
    assert len(ground.get_paths()) == 2 and np.abs(xs).min() == pytest.approx(4.6, abs=0.02)
    output, slope = ax.lines
    np.testing.assert_array_equal(output.get_ydata(), sigmoid.y)
    np.testing.assert_array_equal(slope.get_ydata(), sigmoid.slope)


def test_losses_and_their_slopes_share_their_colours():
    left, right = Figure("").axes_grid(1, 2)[0]
    draw_loss((left, right), activations.loss_profiles())
    assert [line.get_color() for line in left.lines] == [line.get_color() for line in right.lines[:2]]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["squared error", "cross-entropy"]


def test_the_corners_of_xor_stand_where_the_hidden_units_put_them():
    inputs, outputs = Figure("").axes_grid(1, 2)[0]
    draw_xor((inputs, outputs), xor.xor_by_hand())
    assert {text.get_text() for text in inputs.texts} == {"(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"}
    moved = {text.get_text(): text.xy for text in outputs.texts}
    assert {name: tuple(map(float, place)) for name, place in moved.items()} == {
        "(0, 0)": (0, 1),
        "(0, 1) and (1, 0)": (1, 1),
        "(1, 1)": (1, 0),
    }


def test_the_network_shows_every_number_once_and_every_gradient_on_the_way_back():
    here = backprop.trace()
    forward, back = words(draw_forward(here)), words(draw_backward(here))

    def shown(value):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")

    for values in (here.x, here.h, here.y, *(here.weights[f"{layer}.weight"].ravel() for layer in (0, 2))):
        assert {shown(value) for value in values} <= set(forward)
    gradients = [here.dx, here.dh, here.dz, here.dy, *(gradient.ravel() for gradient in here.gradients.values())]
    for gradient in np.concatenate(gradients):
        assert shown(gradient) in back
    assert len(back) - len(forward) == sum(map(len, gradients)) + 2, "a green number each, that of the loss, the legend"


def test_one_neuron_is_drawn_with_its_arithmetic():
    result = neuron.compute(neuron.State(2, -1.25, 0.5, "ReLU"))
    scene = draw_one_neuron(result, 1)  # the corner (0, 1)
    expected = {"0", "1", "times w1 = 2", "times w2 = −1.25", "plus b = 0.5", "−0.75", "activation: ReLU"}
    assert expected <= set(words(scene))
    assert scene.alt == "a ReLU neuron: inputs 0 and 1, sum -0.75, output 0"


def test_no_label_of_the_network_lies_on_another():
    scene = draw_backward(backprop.trace())
    labels = [values for shape, *values in scene.shapes if shape == "text" and values[-1] == "middle"]
    places = [(x, y, 0.6 * size * len(text)) for x, y, text, size, *_ in labels]
    for i, (x, y, width) in enumerate(places):
        for other_x, other_y, other in places[:i]:
            apart = abs(y - other_y) >= 15 or abs(x - other_x) >= (width + other) / 2
            assert apart, f"labels at {(x, y)} and {(other_x, other_y)}"


def test_the_digits_are_drawn_with_their_answers():
    reader = digits_mlp.train_reader(0, epochs=2)
    figure = Figure("")
    axes = figure.axes_grid(2, 3).ravel()
    draw_learning(axes[0], Runs([reader.history]), "accuracy")
    assert [line.get_label() for line in axes[0].lines] == ["train", "test"]
    draw_confusion(axes[1], reader.confusion())
    assert sum(int(text.get_text()) for text in axes[1].texts) == len(reader.labels)
    draw_wrong(axes[2:4], reader)
    first = reader.wrong()[0]
    said = re.fullmatch(r"(\d), read as (\d)\n\((\d+)% sure\)", axes[2].get_title())
    assert (int(said[1]), int(said[2])) == (reader.labels[first], reader.answers[first])
    assert len(figure.png()) > 10000


def test_fewer_mistakes_than_axes_leave_the_rest_empty():
    reader = digits_mlp.train_reader(0, epochs=1)
    perfect = reader._replace(labels=reader.answers)
    axes = Figure("").axes_grid(1, 2)[0]
    draw_wrong(axes, perfect)
    assert not any(ax.images for ax in axes)
