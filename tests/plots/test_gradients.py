"""The pictures of the lesson on gradients: right places, right words, nothing outside the sheet."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import cliff, gradients
from helpers.experiments.cures import Depth
from helpers.plots import style
from helpers.plots.cliff import draw_cliff
from helpers.plots.figure import Figure
from helpers.plots.gradients import draw_chain, draw_depth, draw_first_gradients, draw_powers, draw_product

SVG = "{http://www.w3.org/2000/svg}"


def texts(scene):
    return [element.text for element in ET.fromstring(scene.svg()).iter(SVG + "text")]


def lines(scene, colour):
    """The points of the scene's lines in a colour, those of the legend left out."""
    return [shape[1] for shape in scene.shapes if shape[0] == "line" and shape[2] == colour and len(shape[1]) > 2]


def test_the_chain_has_a_state_more_than_jacobians_and_multiplies_the_latest_first():
    words = texts(draw_chain(3))
    assert [word for word in words if word.startswith("h")] == ["h₀", "h₁", "h₂", "h₃"]
    assert [word for word in words if word.startswith("·")] == ["· J₁", "· J₂", "· J₃"]
    assert "∂L/∂h₀  =  ∂L/∂h₃ · J₃ J₂ J₁" in words


def test_the_product_rises_and_falls_on_the_page_as_its_norm_does():
    result = gradients.compute(gradients.State())
    product, share = lines(draw_product(result), style.GRADIENT)
    height = product[:, 1]  # pixels from the top
    assert height.argmin() + 1 == 9, "the highest point is the ninth power"
    assert np.ptp(np.diff(height[60:])) < 0.1, "on a log axis the long run is a straight line"
    np.testing.assert_array_equal(np.argsort(-share[:, 1], kind="stable")[-1], result.shares.argmax())


def test_clipping_moves_the_line_of_shares_down_and_leaves_its_form():
    scene = draw_product(gradients.compute(gradients.State(max_norm=0.01)))
    share, clipped = lines(scene, style.GRADIENT)[1], lines(scene, style.WINNER)[-1]
    gap = clipped[:, 1] - share[:, 1]
    assert gap.min() > 20 and np.ptp(gap) < 0.1


@pytest.mark.parametrize(
    "setting",
    [
        {"radius": 0.0, "skew": 0.0},
        {"radius": 4.0, "skew": 10.0},
        {"activation": "ReLU", "radius": 0.0, "skew": 10.0, "scale": 0.0},
        {"activation": "tanh", "radius": 4.0, "scale": 20.0},
        {"activation": "sigmoid", "steps": 2, "max_norm": 1e-3},
    ],
)
def test_extreme_settings_are_drawn_with_finite_coordinates(setting):
    scene = draw_product(gradients.compute(gradients.State(**setting)))
    assert "nan" not in scene.svg() and "inf" not in scene.svg().replace("infinity", "")
    assert "product of k Jacobians" in texts(scene) and scene.png()[:4] == b"\x89PNG"


def test_the_descents_stand_where_their_weights_are():
    state = cliff.State(update=10)
    scene = draw_cliff(cliff.compute(state))
    path = lines(scene, style.GRADIENT)[0]
    assert len(path) == 11
    x, y, width, height = next(shape[1:5] for shape in scene.shapes if shape[0] == "image")
    (w_low, w_high), (b_low, b_high) = cliff.W_EDGES, cliff.B_EDGES
    assert path[0, 0] == pytest.approx(x + width * (state.w - w_low) / (w_high - w_low))
    assert path[0, 1] == pytest.approx(y + height * (1 - (state.b - b_low) / (b_high - b_low)))
    assert "after 10 updates" in scene.alt


def test_the_wall_is_drawn_the_right_way_up():
    scene = draw_cliff(cliff.compute(cliff.State()))
    pixels = next(shape[5] for shape in scene.shapes if shape[0] == "image")
    np.testing.assert_array_equal(pixels, style.shades(cliff.surface(50), 0.6))
    assert pixels[-1].mean() < pixels[0].mean(), "the high ground, the darker one, is below"


def test_still_figures_have_named_axes_and_a_key():
    axes = Figure("three", 12, 4).axes_grid(1, 3)
    draw_powers(axes[0, 0], np.array([10.0, 20.0, 5.0]), 0.9, 10.0)
    draw_depth(axes[0, 1], Depth(np.array([1e-3, 1e-2]), np.array([1.0, 0.5])))
    draw_first_gradients(axes[0, 2], {"tanh": np.array([0.1, 1.0]), "GRU": np.array([0.5, 1.0])})
    for ax, keys in zip(axes[0], (3, 2, 2), strict=True):
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_yscale() == "log"
        assert len(ax.get_legend().get_texts()) == keys
    np.testing.assert_array_equal(axes[0, 0].lines[1].get_ydata(), [10, 20, 5])
