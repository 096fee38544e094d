"""The pictures of a descent show its points, its heights and its rates, whatever the run does."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.descent import STARTS, SURFACES, State, compute
from helpers.plots import style
from helpers.plots.descent import SIDE, contours, draw_descent, draw_paths

SVG = "{http://www.w3.org/2000/svg}"


def shapes(scene, kind, **wanted):
    return [one for one in ET.fromstring(scene.svg()).iter(SVG + kind) if wanted.items() <= one.attrib.items()]


def place(point):
    """Pixels of a point of the plane on the lab's sheet."""
    return 70 + SIDE / 4 * (point[0] + 2), 48 + SIDE / 4 * (2 - point[1])


@pytest.mark.parametrize("step", [0, 5, 100])
@pytest.mark.parametrize("surface", SURFACES)
def test_every_step_up_to_the_one_looked_at_has_its_dot(surface, step):
    state = State(surface=surface, lr=0.02, step=step)
    result = compute(state)
    dots = shapes(draw_descent(result), "circle", fill=style.WINNER, r="2.5")
    found = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in dots]
    inside = [point for point in result.path.points[: step + 1] if np.abs(point).max() <= 2]
    np.testing.assert_allclose(found, [place(point) for point in inside], atol=0.051)


def test_the_arrow_points_against_the_gradient():
    result = compute(State(lr=0.05, step=0))
    (shaft,) = shapes(draw_descent(result), "line", stroke=style.GRADIENT)
    start, end = (np.array([float(shaft.get(x)), float(shaft.get(y))]) for x, y in (("x1", "y1"), ("x2", "y2")))
    np.testing.assert_allclose(start, place(STARTS["left"]), atol=0.01)
    along = (end - start) * (1, -1)  # pixels count downwards
    gradient = result.path.gradients[0]
    np.testing.assert_allclose(along / np.linalg.norm(along), -gradient / np.linalg.norm(gradient), atol=1e-3)


def test_no_arrow_at_the_end_and_none_outside_and_no_key_for_what_is_not_there():
    for state in (State(), State(lr=0.2, step=8), State(surface="bowl", lr=1.0, step=50)):
        scene = draw_descent(compute(state))
        assert not shapes(scene, "line", stroke=style.GRADIENT)
        assert "against the gradient" not in [text.text for text in shapes(scene, "text")]
    assert "against the gradient" in [text.text for text in shapes(draw_descent(compute(State(step=5))), "text")]


def test_a_diverging_run_says_so_in_the_picture_and_in_words():
    scene = draw_descent(compute(State(lr=0.2)))
    assert "the run diverges" in [text.text for text in shapes(scene, "text")]
    assert scene.alt.endswith("diverging")


@pytest.mark.parametrize("surface", SURFACES)
def test_contours_are_darker_where_the_surface_is_higher(surface):
    pixels = contours(surface).astype(int).sum(axis=2)
    axis = np.linspace(-2, 2, len(pixels))
    height = SURFACES[surface].height(axis, axis[::-1, None])
    low, high = height <= np.quantile(height, 0.1), height >= np.quantile(height, 0.9)
    assert pixels[low].mean() > pixels[high].mean() + 50
    assert not contours(surface).flags.writeable, "the cache hands out one array to all"


def test_runs_side_by_side_keep_their_order_and_titles():
    states = State(lr=0.01), State(lr=0.09), State(lr=0.11)
    scene = draw_paths([compute(state) for state in states], ("small", "good", "large"))
    titles = [text for text in shapes(scene, "text") if text.text in ("small", "good", "large")]
    xs = [float(title.get("x")) for title in titles]
    assert xs == sorted(xs) and len(xs) == 3
    assert scene.alt.startswith("small: descent on the ravine") and "large: " in scene.alt
    assert scene.png()[:4] == b"\x89PNG"
