"""The GRU lab, headless: whatever the controls say, there is the right picture and its sentences."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.gru import CONVENTIONS, FORMS, NETS, STEPS, VIEWS, State, compute, two
from helpers.experiments.lstm import FREE
from helpers.widgets import gru_lab

SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    "net": tuple(NETS),
    "form": tuple(FORMS),
    "convention": CONVENTIONS,
    "r": (FREE, 0.0, 1.0),
    "z": (FREE, 0.0, 0.5, 1.0),
    "view": VIEWS,
    "step": (0, 20, STEPS - 1),
}


def look(lab):
    """Check that the picture and the readout tell the truth about the controls."""
    root = ET.fromstring(lab.picture.value)
    assert root.tag == SVG + "svg", f"{lab.values()}: {root.text!r}"
    expected = compute(State(**lab.values()))
    np.testing.assert_array_equal(lab.result.run.output, expected.run.output)
    assert lab.result.cup == expected.cup
    assert "nan" not in lab.picture.value
    assert f"at the end {two(expected.run.output[-1])}" in lab.readout.value


def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture(all_steps):
    lab = gru_lab()
    for _ in all_steps(lab, EXTREMES):
        look(lab)


def test_the_lab_opens_at_a_net_that_holds_and_replaces():
    lab = gru_lab()
    assert lab.values() == {**State().__dict__}
    look(lab)
    assert "both numbers are held" in lab.readout.value and "both gates are free" in lab.readout.value


def test_reset_brings_back_the_settings_of_the_call():
    lab = gru_lab(net="4 units", z=0.9)
    first = lab.picture.value
    lab.set(z=FREE, view=VIEWS[1], step=3)
    assert lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first


def test_a_step_can_be_chosen_where_the_picture_shows_one():
    lab = gru_lab()
    assert lab.controls["step"].disabled
    lab.controls["view"].value = VIEWS[1]
    assert not lab.controls["step"].disabled
    seen = set()
    for step in range(STEPS):
        lab.controls["step"].value = step
        seen.add(lab.picture.value)
    assert len(seen) == STEPS


@pytest.mark.parametrize("gate", "rz")
def test_each_gate_can_be_pinned_and_freed(gate):
    lab = gru_lab()
    first = lab.picture.value
    lab.controls[gate].value = 0.5
    assert f"pinned: {gate} = 0.5" in lab.readout.value
    look(lab)
    lab.controls[gate].value = FREE
    assert lab.picture.value == first
