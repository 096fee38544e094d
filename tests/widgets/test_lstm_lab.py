"""The LSTM lab, headless: whatever the controls say, there is the right picture and its sentences."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments.lstm import EVENTS, FREE, NETS, STEPS, State, compute
from helpers.widgets import lstm_lab

SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    "net": tuple(NETS),
    "value": (-1.0, 0.0, 0.8),
    "event": EVENTS,
    "step": (1, STEPS - 1),
    "i": (FREE, 0.0, 1.0),
    "f": (FREE, 0.0, 0.5, 1.0),
    "g": (FREE, -1.0, 1.0),
    "o": (FREE, 0.0, 1.0),
}


def look(lab):
    """Check that the picture and the readout tell the truth about the controls."""
    root = ET.fromstring(lab.picture.value)
    assert root.tag == SVG + "svg", f"{lab.values()}: {root.text!r}"
    expected = compute(State(**lab.values())).run
    np.testing.assert_array_equal(lab.result.run.output, expected.output)
    assert f"last output {expected.output[-1]:.2f}, target {expected.target[-1]:.2f}" in root.get("aria-label")
    assert "nan" not in lab.picture.value
    assert f"last output {expected.output[-1]:.2f}" in lab.readout.value


def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture(all_steps):
    lab = lstm_lab()
    for _ in all_steps(lab, EXTREMES):
        look(lab)


def test_the_lab_opens_at_a_number_that_is_held_and_replaced():
    lab = lstm_lab()
    assert lab.values() == {**State().__dict__}
    look(lab)
    assert "as asked for" in lab.readout.value and "all gates are free" in lab.readout.value


def test_a_free_gate_shows_that_it_is_free():
    lab = lstm_lab()
    assert {lab.controls[gate].label for gate in "ifgo"} == {"free"}


def test_reset_brings_back_the_settings_of_the_call():
    lab = lstm_lab(net="clear, 4 units", f=0.9)
    first = lab.picture.value
    lab.set(f=FREE, event=EVENTS[0], value=-0.3)
    assert lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first


def test_a_step_without_an_event_cannot_be_chosen():
    lab = lstm_lab(event=EVENTS[0])
    assert lab.controls["step"].disabled
    lab.controls["event"].value = EVENTS[1]
    assert not lab.controls["step"].disabled


@pytest.mark.parametrize("gate", "ifgo")
def test_each_gate_can_be_pinned_and_freed(gate):
    lab = lstm_lab()
    first = lab.picture.value
    lab.controls[gate].value = 0.5
    assert f"pinned: {gate} = 0.5" in lab.readout.value
    look(lab)
    lab.controls[gate].value = FREE
    assert lab.picture.value == first
