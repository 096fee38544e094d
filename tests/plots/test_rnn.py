"""The pictures of recurrent nets show what the results hold, and nothing that has not been computed yet."""

import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest

from helpers.experiments.rnn import LONGEST, LOSSES, SEQUENCES, State, compute, written
from helpers.experiments.rnn_gradients import averages, reach, truncation
from helpers.experiments.rnn_training import LINEAR, Forecasts, WindowErrors
from helpers.plots import rnn_curves, style
from helpers.plots.figure import Figure
from helpers.plots.rnn import ROW, ROWS, STATE_Y, TABLE_Y, draw_rnn, draw_unrolling

SVG = "{http://www.w3.org/2000/svg}"
STATES = [
    State(),
    State(sequence="1, 0, 2", steps=3, weight_hh=0.5, nonlinearity="relu", target=0.25, step=6),
    State(sequence="alternating", steps=LONGEST, weight_ih=-2.3, weight_hh=-2.7, loss=LOSSES[1], step=24),
    State(sequence="constant", steps=LONGEST, weight_ih=3.0, weight_hh=3.0, nonlinearity="relu", step=24),
    State(steps=1, step=2),
]


def texts(scene):
    """Pairs ((x, y), text); y is the middle of the line."""
    return [
        ((float(text.get("x")), float(text.get("y")) - 0.36 * float(text.get("font-size"))), text.text)
        for text in ET.fromstring(scene.svg()).iter(SVG + "text")
    ]


def columns(scene, result):
    """The texts below each t, from the top: loss if asked, state, input, then the rows of the table."""
    words = texts(scene)
    found = []
    for t in range(result.state.steps):
        ((x, _), _) = next(one for one in words if one[1] == f"t = {t + 1}")
        column = sorted((y, text) for (x1, y), text in words if abs(x1 - x) < 1 and y < TABLE_Y + 5.5 * ROW)
        found.append([text for _, text in column[1:] if text])
    return found


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.sequence)
def test_every_number_of_both_passes_is_in_its_column(state):
    result = compute(state)
    shown = columns(draw_rnn(result), result)
    for t, column in enumerate(shown):
        fields = ["h", "x", *(field for _, field, _ in ROWS)]
        expected = [written(getattr(result, field)[t]) for field in fields]
        if not np.isnan(result.loss[t]):
            expected.insert(0, written(result.loss[t]))
        assert column == expected, f"column {t + 1}"


@pytest.mark.parametrize("step", range(9))
def test_what_the_passes_have_not_reached_is_empty(step):
    result = compute(State(steps=4, step=step, sequence="constant"))
    shown = columns(draw_rnn(result), result)
    for t, column in enumerate(shown):
        forward, backward = t < step, t >= 8 - step
        loss = forward and t == 3
        assert len(column) == 1 + loss + forward + len(ROWS) * backward, f"step {step}, column {t + 1}: {column}"


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.sequence)
def test_the_sums_stand_beside_their_rows(state):
    result = compute(state)
    shown = Counter(text for _, text in texts(draw_rnn(result)))
    for field, name in (("da", "dL/db"), ("share_ih", "dL/dw_ih"), ("share_hh", "dL/dw_hh")):
        assert shown[f"sum = {name}"] == 1
        assert shown[written(getattr(result, field).sum())]
    half_way = [text for _, text in texts(draw_rnn(compute(State(steps=4, step=6))))]
    assert half_way.count("sum so far") == 3


def test_the_frame_marks_the_step_looked_at():
    for step, column in ((1, 1), (4, 4), (5, 4), (8, 1)):
        scene = draw_rnn(compute(State(steps=4, step=step)))
        (frame,) = (box for box in ET.fromstring(scene.svg()).iter(SVG + "rect") if box.get("stroke") == style.WINNER)
        middle = float(frame.get("x")) + float(frame.get("width")) / 2
        ((x, _), _) = next(one for one in texts(scene) if one[1] == f"t = {column}")
        assert middle == pytest.approx(x), f"step {step}"


@pytest.mark.parametrize("steps", [1, 5, LONGEST])
@pytest.mark.parametrize("sequence", SEQUENCES)
def test_nothing_is_drawn_outside_the_sheet_and_numbers_fit_their_cells(sequence, steps):
    result = compute(State(sequence=sequence, steps=steps, weight_hh=-2.9, nonlinearity="relu", step=2 * steps))
    scene = draw_rnn(result)
    for box in ET.fromstring(scene.svg()).iter(SVG + "rect"):
        x, y, width, height = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + width <= scene.width and y + height <= scene.height
    room = min(150, (1060 - 172 - 126) / steps)
    longest = max(len(text) for column in columns(scene, result) for text in column)
    assert 7.5 * longest < room, "the longest number has to fit its column"
    assert all(0 < x < scene.width and 0 < y < scene.height for (x, y), _ in texts(scene))


@pytest.mark.parametrize(("steps", "weight_hh"), [(6, 0.9), (LONGEST, 0.5), (LONGEST, -2.9)])
def test_a_state_fits_its_box(steps, weight_hh):
    scene = draw_rnn(compute(State(steps=steps, weight_hh=weight_hh, nonlinearity="relu", step=2 * steps)))
    shapes = [*ET.fromstring(scene.svg()).iter()]
    (width,) = {float(box.get("width")) for box in shapes if box.get("height") == "40"}
    states = [text for text in shapes if text.get("font-weight") and abs(float(text.get("y")) - STATE_Y) < 10]
    assert len(states) == steps
    for text in states:
        assert 0.7 * float(text.get("font-size")) * len(text.text) < width + 1, f"{text.text} is wider than its box"


def test_the_words_of_the_picture_name_every_setting():
    words = draw_rnn(compute(STATES[2])).alt
    for part in ("tanh", "alternating", "w_ih −2.3", "w_hh −2.7", "loss at every step", "down to step 1 of 12"):
        assert part in words
    assert draw_rnn(compute(State(step=3))).alt.endswith("forward, 3 of 6 steps")


@pytest.mark.parametrize("net", ["Elman", "Jordan"])
@pytest.mark.parametrize("steps", [1, 4, 8])
def test_the_unrolling_has_a_copy_for_each_step(net, steps):
    scene = draw_unrolling(steps, net)
    words = Counter(text for _, text in texts(scene))
    for letter in "xhy":
        assert all(words[f"{letter}{t}"] == 1 for t in range(1, steps + 1)) and words[letter] == 1
        assert not words[f"{letter}{steps + 1}"]
    assert words[f"× {'W_hh' if net == 'Elman' else 'W_sh'}, one step later"] == 1
    assert all(0 < x < scene.width for (x, _), _ in texts(scene))


# --- curves ----------------------------------------------------------------------------------------------------------


def lines(ax):
    return {line.get_label(): np.asarray(line.get_ydata(), float) for line in ax.lines}


def test_truncation_is_drawn_as_medians_within_their_ranges():
    cut = truncation(seeds=range(3), lengths=(1, 4, 16))
    ax = Figure("cut").axes_grid()
    rnn_curves.draw_truncation(ax, cut, "angle", "angle")
    for row, values in enumerate(lines(ax).values()):
        np.testing.assert_allclose(values, np.median(cut.angle[row], axis=0)[:-1])
    assert len(ax.collections) == 2 and ax.get_ylim()[0] == 0


def test_averages_windows_and_reach_are_drawn_as_they_are():
    found = averages(counts=(1, 4), steps=12, repeats=1)
    ax = Figure("averages").axes_grid()
    rnn_curves.draw_averages(ax, found)
    assert [values.tolist() for values in lines(ax).values()] == [found.truncated.tolist(), found.whole.tolist()]

    errors = WindowErrors((1, 4), np.array([[0.5, 0.4], [0.01, 0.02]]), np.array([[0.5, 0.6], [0.2, 0.3]]))
    ax = Figure("windows").axes_grid()
    rnn_curves.draw_windows(ax, errors)
    drawn = [values.tolist() for values in lines(ax).values()]
    assert drawn == [[0.5, 0.6, 0.2, 0.3], [0.5, 0.4, 0.01, 0.02], [0.5, 0.125]]

    ax = Figure("reach").axes_grid()
    rnn_curves.draw_reach(ax, reach())
    assert [len(values) for values in lines(ax).values()] == [24, 24, 7], "no mark where nothing is seen"


def test_forecasts_and_waves_are_drawn_with_what_they_are_compared_with():
    years = np.arange(1929, 1932)
    found = Forecasts(years, np.array([1.0, 2, 3]), {LINEAR: np.array([1.5, 2, 2])}, np.array([[0.0, 1, 2], [2, 3, 4]]))
    ax = Figure("forecasts").axes_grid()
    rnn_curves.draw_forecasts(ax, found)
    assert [values.tolist() for values in lines(ax).values()] == [[1, 2, 3], [1.5, 2, 2], [1, 2, 3]]
    assert ax.get_xlabel() == "year" and "sunspot" in ax.get_ylabel()
    ax = Figure("waves").axes_grid()
    rnn_curves.draw_followed(ax, np.zeros(10), np.ones(10), np.full(10, 0.5), 5)
    named = {name: values[0] for name, values in lines(ax).items() if not name.startswith("_")}
    assert named == {"sine, comes in": 0, "cosine, asked": 1, "the net": 0.5}
    assert len(ax.lines) == 3 + 3, "a border before, between and after two windows"
