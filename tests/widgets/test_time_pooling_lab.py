"""The lab on pooling over time, headless: whatever the controls say, there is a picture or a sentence."""

import xml.etree.ElementTree as ET

import numpy as np

from helpers.experiments.time_pooling import KINDS, WORDS, State, compute
from helpers.widgets import pooling_over_time_lab

EXTREMES = {
    "kind": KINDS,
    "masked": (True, False),
    "word": ("gefunden", "wij"),
    "padding": (0, 4, 8),
    "step": (0, 2, 15),
}


def test_all_pairs_of_settings_show_a_picture_or_say_why_not(all_pairs):
    rows, lab = all_pairs(EXTREMES), pooling_over_time_lab()
    assert len(rows) < 40
    for row in rows:
        for name, value in row.items():
            lab.controls[name].value = value
        root = ET.fromstring(lab.picture.value)
        if row["step"] >= len(row["word"]) + row["padding"]:
            assert "step must be below T" in lab.picture.value
            continue
        assert root.tag.endswith("svg") and "nan" not in lab.picture.value
        expected = compute(State(**lab.values()))
        np.testing.assert_array_equal(lab.result.output, expected.output)
        assert f"step {row['step']} (" in lab.readout.value


def test_the_lab_opens_at_the_max_of_a_padded_word_and_reset_brings_it_back():
    lab = pooling_over_time_lab()
    assert lab.values() == {**State().__dict__}
    assert "the same vector as for the word alone" in lab.readout.value
    first = lab.picture.value
    lab.set(kind="attention", masked=False, word=WORDS[1], step=3)
    assert "not the vector of the word alone" in lab.readout.value
    lab.buttons["Reset"].click()
    assert lab.picture.value == first
