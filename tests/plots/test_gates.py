"""The pictures of gated nets show every gate, every event and every number that they are given."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.gates import Net, new_model, run, streams
from helpers.experiments.lstm import EVENTS, State, compute
from helpers.plots import style
from helpers.plots.figure import Figure
from helpers.plots.gates import COLOURS, THIRD, WRITE
from helpers.plots.lstm import draw_lstm
from helpers.plots.lstm_cell import draw_cell
from helpers.plots.lstm_curves import draw_fading, draw_policies

SVG = "{http://www.w3.org/2000/svg}"


def texts(scene):
    return [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]


def lines(scene, colour):
    """How many lines of a colour run through the charts, those of the legend left out."""
    found = [line for line in ET.fromstring(scene.svg()).iter(SVG + "polyline") if line.get("stroke") == colour]
    return sum(len(line.get("points").split()) > 2 for line in found)


def test_every_gate_has_its_chart_and_a_pinned_one_says_so():
    shown = texts(draw_lstm(compute(State(f=0.5, g=-1.0))))
    for title in ("input gate i", "f pinned to 0.5", "g pinned to −1", "output gate o"):
        assert title in shown
    assert {"cell c", "hidden state h"} <= set(shown)


@pytest.mark.parametrize(("net", "units"), [("clear, 1 unit", 1), ("clear, 4 units", 4)])
def test_each_unit_has_its_line_and_the_main_one_the_full_colour(net, units):
    scene = draw_lstm(compute(State(net=net)))
    for gate in "ifo":
        assert lines(scene, COLOURS[gate]) == 1
        assert lines(scene, style.tint(COLOURS[gate], 0.4)) == units - 1


def test_an_event_is_a_rule_in_each_of_the_eight_charts():
    def rules(scene, colour):
        found = ET.fromstring(scene.svg()).iter(SVG + "polyline")
        return sum(line.get("stroke") == colour and line.get("stroke-dasharray") is not None for line in found)

    before, after = (draw_lstm(compute(State(event=event))) for event in (EVENTS[0], EVENTS[1]))
    assert (rules(before, WRITE), rules(after, WRITE)) == (8, 16)
    assert rules(draw_lstm(compute(State(event=EVENTS[2]))), THIRD) == 8 + 1, "and the legend's"


def test_the_picture_in_words_names_the_setting_and_the_end():
    alt = draw_lstm(compute(State(o=1.0))).alt
    assert "0.8 written at step 0, a second write at step 20, o pinned to 1" in alt
    assert "target -0.50" in alt


def test_a_gate_of_zero_ends_the_direct_path_and_the_picture_stands():
    result = compute(State(f=0.0))
    assert result.run.direct[0] == 0
    assert "nan" not in draw_lstm(result).svg()


def test_a_net_whose_cell_is_its_hidden_state_shows_it_once():
    drawn = streams("clear", 1, 12, rng=0)
    found = run(new_model(Net("GRU", "clear", 2), 0), drawn.x[0], drawn.target[0, :, 0], carry="z")
    assert set(found.gates) == {"r", "z", "n"} and found.cell is found.h


def test_the_drawing_of_the_cell_carries_its_numbers():
    numbers = {"c_before": 1, "f": 0.75, "i": 0.5, "g": 0.5, "o": 0.75, "c": 1.0, "tanh_c": 0.7616, "h": 0.5712}
    shown = texts(draw_cell(numbers))
    for words in ("c before = 1", "f = 0.75", "i = 0.5", "g = 0.5", "o = 0.75", "c = 1", "tanh c = 0.762", "h = 0.571"):
        assert words in shown
    assert {"f", "i", "g", "o", "c", "h"} <= set(texts(draw_cell()))


def test_a_policy_has_a_dot_for_each_event_gate_net_and_unit():
    class Found:
        main = 1
        averages = {event: {gate: np.array([0.1, 0.9]) for gate in "ifo"} for event in ("keep", "write")}  # noqa: RUF012

    for every_unit, dots in ((False, 2 * 3), (True, 2 * 3 * 2)):
        ax = Figure("policies").axes_grid()
        draw_policies(ax, [Found] * 3, "three nets", every_unit)
        drawn = [line for line in ax.lines if line.get_label() in "ifo"]
        assert [len(line.get_xdata()) for line in drawn] == [dots] * 3
        assert every_unit or {*drawn[0].get_ydata()} == {0.9}


def test_each_forget_bias_has_its_curve():
    ax = Figure("fading").axes_grid()
    draw_fading(ax, {0: np.array([1, 0.5, 0.25]), 3: np.array([1, 0.95, 0.9])})
    assert [line.get_label() for line in ax.lines] == ["0", "3"]
