"""The picture of batch norm has a histogram for each layer, whose bars hold all outputs."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.batch_norm import State, compute
from helpers.plots import style
from helpers.plots.batch_norm import BINS, REACH, draw_batch_norm

SVG = "{http://www.w3.org/2000/svg}"


def bars(scene, colour):
    return [box for box in ET.fromstring(scene.svg()).iter(SVG + "rect") if box.get("fill") == colour]


@pytest.mark.parametrize(
    "state",
    [State(), State(depth=3, scale=10.0), State(activation="ReLU", scale=3.0), State(mode="eval", batch_size=1)],
    ids=str,
)
def test_each_layer_has_a_bar_for_every_value_that_occurs(state):
    result = compute(state)
    scene = draw_batch_norm(result)
    for layers, colour in ((result.plain, style.WINNER), (result.normed, style.WINDOW)):
        counts = [np.histogram(one.clip(-REACH, REACH), BINS, (-REACH, REACH))[0] for one in layers]
        drawn = bars(scene, colour)
        starts = sorted({float(box.get("x")) for box in drawn})
        assert len(starts) == state.depth
        for start, count in zip(starts, counts, strict=True):
            widths = np.array([float(box.get("width")) for box in drawn if float(box.get("x")) == start])
            np.testing.assert_allclose(widths / widths.max(), count[count > 0] / count.max(), atol=1e-3)


@pytest.mark.parametrize(("activation", "scale"), [("tanh", 0.6), ("tanh", 0.1), ("ReLU", 3.0), ("identity", 10.0)])
def test_the_spread_of_each_layer_is_written_below_it(activation, scale):
    result = compute(State(activation=activation, scale=scale))
    texts = ET.fromstring(draw_batch_norm(result).svg()).iter(SVG + "text")
    written = [text.text for text in texts if text.get("font-weight") and text.text[0].isdigit()]
    spreads = [one.std() for layers in (result.plain, result.normed) for one in layers]
    np.testing.assert_allclose([float(word) for word in written], spreads, rtol=0.08)
    assert max(map(len, written)) <= 6, f"numbers would overlap: {written}"


def test_the_words_name_both_nets():
    result = compute(State(depth=4))
    alt = draw_batch_norm(result).alt
    assert f"{result.plain[-1].std():.2g} without" in alt and f"{result.normed[-1].std():.2g} with" in alt
