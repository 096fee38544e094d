"""The labs of the lesson on SGD, headless: whatever the controls say, there is the right picture or a sentence."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.experiments import batch_norm, descent
from helpers.widgets import batch_norm_lab, descent_lab

SVG = "{http://www.w3.org/2000/svg}"
LABS = {
    "descent": (
        descent_lab,
        descent,
        {
            "surface": tuple(descent.SURFACES),
            "start": tuple(descent.STARTS),
            "lr": (0.001, 0.09, 10.0),
            "schedule": tuple(descent.SCHEDULES),
            "momentum": (0.0, 0.9, 1.0),
            "nesterov": (False, True),
            "weight_decay": (0.0, 1.0),
            "batch_size": (64, 1),
            "step": (0, 7, 100),
        },
    ),
    "batch-norm": (
        batch_norm_lab,
        batch_norm,
        {
            "activation": tuple(batch_norm.ACTIVATIONS),
            "scale": (0.1, 0.6, 10.0),
            "depth": (1, 8),
            "batch_size": (1, 2, 256),
            "mode": batch_norm.MODES,
            "batches": (0, 20),
        },
    ),
}
every_lab = pytest.mark.parametrize(("make", "experiment", "extremes"), LABS.values(), ids=LABS)


def drawn(lab):
    """The picture as an XML element: an svg, or the sentence's panel."""
    return ET.fromstring(lab.picture.value)


def look(lab, experiment):
    """Check that the picture shows the controls' setting, or says why it cannot."""
    values = lab.values()
    try:
        state = experiment.State(**values)
    except ValueError as reason:
        assert drawn(lab).get("role") == "alert" and drawn(lab).text == str(reason)
        return
    assert drawn(lab).tag == SVG + "svg", f"{values} is allowed; shown is {drawn(lab).text!r}"
    shapes = [value for shape in drawn(lab).iter() for name, value in shape.items() if name != "href"]
    assert not [value for value in shapes if value in ("nan", "inf", "-inf") or "nan," in value], values
    assert lab.result.state == state
    assert lab.sentences == experiment.describe(experiment.compute(state))


@every_lab
def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture_or_a_sentence(
    make, experiment, extremes, all_steps
):
    lab, seen = make(), set()
    for _ in all_steps(lab, extremes):
        look(lab, experiment)
        seen.add(drawn(lab).tag)
    assert seen == {SVG + "svg", "div"}, "the sweep has to meet both pictures and sentences"


@every_lab
def test_settings_of_a_call_are_where_the_controls_start_and_where_reset_returns(make, experiment, extremes):
    start = {name: values[0] for name, values in extremes.items() if name not in ("nesterov", "batch_size")}
    lab = make(**start)
    first = lab.picture.value
    assert {name: lab.values()[name] for name in start} == start
    for name, values in extremes.items():
        lab.controls[name].value = values[-1]
    assert lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first


@every_lab
def test_the_lab_opens_at_its_default_state(make, experiment, extremes):
    lab = make()
    assert experiment.State(**lab.values()) == experiment.State()
    look(lab, experiment)


def test_the_defaults_show_the_phenomenon():
    path = descent_lab().result.path
    assert (np.diff(np.sign(path.points[:20, 1])) != 0).all(), "the run crosses the ravine at each step"
    result = batch_norm_lab().result
    assert result.plain[-1].std() < 0.05 * result.plain[0].std()
    assert result.normed[-1].std() > 0.9 * result.normed[0].std()


def test_stepping_through_a_run_does_not_run_it_again():
    lab = descent_lab(lr=0.0123)
    before = descent.descend.cache_info().misses
    for step in range(0, 101, 5):
        lab.controls["step"].value = step
        assert lab.result.step == step
    assert descent.descend.cache_info().misses == before


def test_nesterov_without_momentum_is_explained_and_torch_agrees():
    lab = descent_lab()
    lab.controls["nesterov"].value = True
    assert "nesterov needs a momentum above 0" in drawn(lab).text
    lab.buttons["Ask torch"].click()
    assert "torch refuses this setting: Nesterov momentum requires" in lab.readout.value
    lab.set(momentum=0.5, lr=0.05)
    lab.buttons["Ask torch"].click()
    assert "torch agrees: all 101 points" in lab.readout.value


def test_a_run_that_diverges_is_shown_and_said():
    lab = descent_lab(lr=0.2)
    assert drawn(lab).tag == SVG + "svg" and "the run diverges" in lab.readout.value


def test_one_example_alone_is_explained_in_training_and_shown_in_evaluation():
    lab = batch_norm_lab()
    lab.controls["batch_size"].value = 1
    assert "two values or more" in drawn(lab).text
    lab.controls["mode"].value = "eval"
    assert drawn(lab).tag == SVG + "svg"


def test_batches_seen_count_in_evaluation_alone():
    lab = batch_norm_lab()
    assert lab.controls["batches"].disabled
    lab.controls["mode"].value = "eval"
    assert not lab.controls["batches"].disabled
