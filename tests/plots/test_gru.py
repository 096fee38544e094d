"""The pictures of the GRU lab: every number stands where it belongs, and the levels of the cups are the numbers."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import equal_budgets
from helpers.experiments.gru import CONVENTIONS, VIEWS, Cup, State, compute
from helpers.plots import gru_curves, style
from helpers.plots.figure import Figure
from helpers.plots.gates import COLOURS
from helpers.plots.gru import HEIGHT, MIX, OLD, draw_cups, draw_gru

SVG = "{http://www.w3.org/2000/svg}"
STEP = Cup(before=0.6, r=0.5, past=0.25, fresh=-0.5, n=-0.2, keep=0.75, h=0.4)


def texts(scene):
    return [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]


def heights(scene, colour):
    fill = style.tint(colour, 0.6)
    return [float(r.get("height")) for r in ET.fromstring(scene.svg()).iter(SVG + "rect") if r.get("fill") == fill]


def test_the_levels_of_the_cups_are_the_states_and_the_last_is_filled_from_both():
    scene = draw_cups(STEP)
    np.testing.assert_allclose(heights(scene, OLD), HEIGHT * np.array([0.8, 0.6]), rtol=1e-4)
    np.testing.assert_allclose(heights(scene, MIX), HEIGHT * np.array([0.4, 0.1]), rtol=1e-4)
    assert heights(scene, OLD)[1] + heights(scene, MIX)[1] == pytest.approx(HEIGHT * 0.7), "the level of h = 0.4"


def test_the_words_follow_the_convention():
    keeps, takes = texts(draw_cups(STEP)), texts(draw_cups(STEP, z_keeps=False))
    assert "update: z = 0.75 of the old" in keeps and "1 − z = 0.25 of the mix" in keeps
    assert "update: 1 − z = 0.75 of the old" in takes and "z = 0.25 of the mix" in takes
    for words in ("reset r = 0.50 of the past", "brings 0.25", "the input brings −0.50", "h = 0.40"):
        assert words in keeps and words in takes


def test_the_cups_of_a_result_stand_above_its_gates_over_time():
    scene = draw_gru(compute(State(view=VIEWS[1], step=7)))
    assert {"this step", "state h", "update gate z", "reset gate r"} <= set(texts(scene))
    assert "wine cups at step 7" in scene.alt


def test_over_time_there_is_a_chart_for_each_gate_and_one_for_the_state():
    scene = draw_gru(compute(State(z=0.9)))
    shown = texts(scene)
    for title in ("reset gate r", "z pinned to 0.9", "candidate n", "state h"):
        assert shown.count(title) == 1
    strokes = [line.get("stroke") for line in ET.fromstring(scene.svg()).iter(SVG + "polyline")]
    assert {COLOURS["r"], COLOURS["z"]} <= set(strokes)


@pytest.mark.parametrize("view", VIEWS)
def test_the_picture_in_words_names_the_setting(view):
    alt = draw_gru(compute(State(view=view, r=0.5, convention=CONVENTIONS[1]))).alt
    assert "2 units" in alt and CONVENTIONS[1] in alt and "r pinned to 0.5" in alt


def test_each_task_has_its_chart_with_every_run_the_medians_and_the_baseline():
    axes = Figure("budgets").axes_grid(1, 3)[0]
    gru_curves.draw_budgets(axes, equal_budgets.stored_races(), equal_budgets.NETS, equal_budgets.baselines())
    for ax, task in zip(axes, equal_budgets.TASKS, strict=True):
        assert ax.get_title() == task
        assert len(ax.lines) == 3 * (len(equal_budgets.SEEDS) + 1) + 1
        assert [line.get_label() for line in ax.lines if line.get_label() in equal_budgets.NETS] == [
            "RNN",
            "LSTM",
            "GRU",
        ]
