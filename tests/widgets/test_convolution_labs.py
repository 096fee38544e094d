"""The labs of convolution, headless: whatever the controls say, there is the right picture or a sentence."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import receptive_field
from helpers.experiments.convolution import KERNELS, State, compute
from helpers.experiments.pictures import OWN, PICTURES
from helpers.widgets import convolution_lab, receptive_field_lab

SVG = "{http://www.w3.org/2000/svg}"
KERNEL_VALUES = (KERNELS["edge, vertical"], KERNELS["blur"], ((0,) * 3,) * 3, ((99.0, -99, 0.5),) * 3)
EXTREMES = {
    "kernel": KERNEL_VALUES,
    "picture": PICTURES,
    "stride": (1, 2, 8),
    "padding": (0, 1, 4),
    "dilation": (1, 3),
    "window": (0, 7, 323),
}
STACKS = {
    "layers": (1, 3, 5),
    "pixels": (1, 24, 40),
    "unit": (0, 5, 39),
    "sizes": tuple(((k, s, d),) * 5 for k, s, d in ((3, 1, 1), (1, 1, 1), (2, 2, 1), (9, 9, 9), (3, 1, 4))),
}


def drawn(lab):
    """The picture as an XML element: an svg, or the sentence's panel."""
    return ET.fromstring(lab.picture.value)


def told(lab):
    return lab.readout.value


def look_at_convolution(lab):
    values = lab.values()
    try:
        expected = compute(State(**values))
    except ValueError as reason:
        assert drawn(lab).get("role") == "alert" and drawn(lab).text == str(reason)
        return
    assert drawn(lab).tag == SVG + "svg", f"{values} is allowed; shown is {drawn(lab).text!r}"
    np.testing.assert_array_equal(lab.result.out, expected.out)
    assert "output {} × {}".format(*expected.out.shape[1:]) in drawn(lab).get("aria-label")
    assert lab.controls["window"].max == expected.out.size - 1
    assert lab.controls["window"].disabled == (not expected.numbered)


def look_at_field(lab):
    values = lab.values()
    try:
        expected = receptive_field.compute(receptive_field.State(**values))
    except ValueError as reason:
        assert drawn(lab).text == str(reason)
        return
    assert f"looks at {expected.reach[-1]} pixels" in drawn(lab).get("aria-label")
    assert lab.controls["unit"].max == expected.counts[-1] - 1
    assert lab.controls["sizes"].shown == values["layers"]


def test_all_pairs_of_settings_show_a_convolution_or_a_sentence(all_steps):
    lab, seen = convolution_lab(), set()
    for _ in all_steps(lab, EXTREMES):
        look_at_convolution(lab)
        seen.add(drawn(lab).tag)
    assert seen == {SVG + "svg", "div"}, "the sweep has to meet both pictures and sentences"


def test_all_pairs_of_settings_show_a_field_or_a_sentence(all_steps):
    lab, seen = receptive_field_lab(), set()
    for _ in all_steps(lab, STACKS):
        look_at_field(lab)
        seen.add(drawn(lab).tag)
    assert seen == {SVG + "svg", "div"}, "the sweep has to meet both pictures and sentences"


@pytest.mark.parametrize("factory", [convolution_lab, receptive_field_lab])
def test_every_value_of_every_slider_shows_a_picture_or_a_sentence(factory):
    lab = factory()
    for name, control in lab.controls.items():
        if hasattr(control, "max"):
            start = control.value
            for value in range(control.min, control.max + 1):
                control.value = value
                assert ("<svg" in lab.picture.value) != ('role="alert"' in lab.picture.value), (name, value)
            control.value = start


def test_a_preset_and_an_edited_cell_change_the_picture_once_each():
    lab, changes = convolution_lab(), []
    lab.picture.observe(lambda change: changes.append(change["new"]), "value")
    chosen, *rows = lab.controls["kernel"].children
    chosen.value = "sharpen"
    assert lab.result.words == "kernel sharpen slides over digit 8 × 8" and len(changes) == 1
    rows[1].children[1].value = 4
    assert lab.result.words == "kernel your own slides over digit 8 × 8" and len(changes) == 2
    assert lab.result.kernel[1, 1] == 4 and chosen.value == "your own"
    lab.buttons["Reset"].click()
    assert lab.values() == {**State().__dict__}
    assert chosen.value == "edge, vertical"


def test_the_labs_open_where_the_lesson_says():
    assert "input 8 × 8, output 6 × 6" in drawn(convolution_lab()).get("aria-label")
    assert "looks at 7 pixels" in drawn(receptive_field_lab()).get("aria-label")


def test_layers_are_added_and_removed_with_their_rows():
    lab = receptive_field_lab()
    rows = [row for row in lab.controls["sizes"].children if len(getattr(row, "children", ())) == 4][1:]
    assert [row.layout.display for row in rows] == [None, None, None, "none", "none"]
    lab.controls["layers"].value = 5
    assert [row.layout.display for row in rows] == [None] * 5
    assert lab.result.reach == [1, 3, 5, 7, 9, 11]


def test_an_impossible_stack_is_explained():
    lab = receptive_field_lab()
    lab.set(pixels=4)
    assert "layer 2 needs at least 3 numbers, and gets 2" in drawn(lab).text


def test_an_own_picture_has_to_be_uploaded_first():
    lab = convolution_lab()
    lab.controls["picture"].value = OWN
    assert "choose a picture file" in drawn(lab).text
    lab.reset()
    assert drawn(lab).tag == SVG + "svg"


@pytest.mark.parametrize("setting", [{"stride": 20}, {"window": 400}, {"kernel": ((100, 0, 0),) * 3}])
def test_a_call_with_a_setting_that_no_control_can_show_is_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        convolution_lab(**setting)
