"""The lab of backpropagation through time, headless: whatever the controls say, the picture tells the truth."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.rnn import LONGEST, LOSSES, SEQUENCES
from helpers.widgets import rnn_lab

SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    "sequence": tuple(SEQUENCES),
    "steps": (1, 6, LONGEST),
    "weight_ih": (-3.0, 0.0, 3.0),
    "weight_hh": (-3.0, 0.0, 0.9, 3.0),
    "bias": (-3.0, 0.0, 3.0),
    "nonlinearity": ("tanh", "relu"),
    "loss": LOSSES,
    "step": (0, 1, 7, 2 * LONGEST),
}


def look(lab):
    """Check that the picture, the readout and the controls tell the same, and the truth."""
    values, state = lab.values(), lab.result.state
    root = ET.fromstring(lab.picture.value)
    assert root.tag == SVG + "svg"
    told = {name: getattr(state, name) for name in values}
    assert told | {"step": min(told["step"], 2 * told["steps"])} == values, "the player stops where the passes end"
    assert lab.controls["step"].max == 2 * values["steps"], "the passes end where the sequence does"
    assert values["step"] <= 2 * values["steps"]
    layer = nn.RNN(1, 1, nonlinearity=values["nonlinearity"])
    weights = dict(weight_ih_l0=[[values["weight_ih"]]], weight_hh_l0=[[values["weight_hh"]]])
    layer.load_state_dict(weights | dict(bias_ih_l0=[values["bias"]], bias_hh_l0=[0.0]))
    y, _ = layer(lab.result.x[:, None])
    np.testing.assert_allclose(lab.result.h, y[:, 0], rtol=1e-12, err_msg=str(values))
    assert np.isfinite(lab.result.dh).all()
    assert lab.readout.value.count("<br>") == len(lab.sentences) - 1 and lab.sentences


def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture(all_steps):
    lab = rnn_lab()
    for _ in all_steps(lab, EXTREMES):
        look(lab)


def test_the_player_walks_through_both_passes(turn):
    lab = rnn_lab(steps=3, step=0)
    seen = []
    for step in range(7):
        turn(lab, "step", step)
        seen.append((lab.result.forward, lab.result.backward))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3), (3, 2), (3, 1), (3, 0)]


def test_a_shorter_sequence_takes_the_player_back_and_reset_restores_all(turn):
    lab = rnn_lab()
    first = lab.picture.value
    turn(lab, "steps", 2)
    assert lab.values()["step"] == 4 and lab.result.backward == 0
    turn(lab, "nonlinearity", "relu")
    lab.reset()
    assert lab.picture.value == first


def test_the_lab_starts_with_the_settings_that_it_is_given():
    lab = rnn_lab(sequence="wave", steps=LONGEST, loss="every step", step=24)
    assert lab.values()["sequence"] == "wave" and lab.values()["step"] == 24
    with pytest.raises(ValueError, match="steps must be at most 12"):
        rnn_lab(steps=20)
