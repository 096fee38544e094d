"""The lab that reads a sentence, headless: whatever the controls say, there is a picture or a sentence."""

import xml.etree.ElementTree as ET

import numpy as np

from helpers.experiments.reading import LONGEST, MEASURES, MODELS, ORDERS, PLACES, TASKS, State, compute
from helpers.widgets import reading_lab

EXTREMES = {
    "task": TASKS,
    "model": MODELS,
    "example": (0, 7),
    "own": ("", "good", "Not good, but bad?", "zebra", "123", "word " * 40),
    "order": ORDERS,
    "more": (0, 3, 16),
    "place": PLACES,
    "measure": MEASURES,
}


def test_all_pairs_of_settings_show_a_picture_or_say_why_not(all_pairs):
    rows, lab = all_pairs(EXTREMES), reading_lab()
    assert len(rows) < 70
    for row in rows:
        for name, value in row.items():
            lab.controls[name].value = value
        root = ET.fromstring(lab.picture.value)
        if row["own"] == "123":
            assert "your words must have letters" in lab.picture.value
        elif row["own"].startswith("word"):
            assert f"at most {LONGEST} words" in lab.picture.value
        else:
            assert root.tag.endswith("svg") and "nan" not in lab.picture.value
            expected = compute(State(**row))
            np.testing.assert_array_equal(lab.result.parts, expected.parts)
            assert f"{row['model']} says {expected.classes[expected.winner]}" in lab.readout.value


def test_the_lab_opens_at_the_cnn_that_reads_a_negation_and_reset_brings_it_back():
    lab = reading_lab()
    assert lab.values() == {**State().__dict__}
    assert "CNN says negative; right is negative" in lab.readout.value
    first = lab.picture.value
    lab.set(task="real text", model="GRU", example=3, own="return the array", order=ORDERS[1], more=2)
    assert "GRU reads" in lab.alt and lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first
