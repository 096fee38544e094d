"""The labs of lesson 01, headless: whatever the controls say, picture and sentences tell the truth."""

import xml.etree.ElementTree as ET

import pytest

from helpers.experiments import curve_fit, neuron
from helpers.plots.curve_fit import draw_curve_fit
from helpers.plots.neuron import draw_neuron
from helpers.widgets import curve_fit_lab, neuron_lab

LABS = {
    "neuron": (
        neuron_lab,
        neuron,
        draw_neuron,
        {
            "w1": (-8.0, 0.0, 0.1, 8.0),
            "w2": (-8.0, 0.0, 8.0),
            "b": (-12.0, 0.0, 12.0),
            "activation": tuple(neuron.ACTIVATIONS),
            "data": tuple(neuron.DATA),
        },
    ),
    "curve-fit": (
        curve_fit_lab,
        curve_fit,
        draw_curve_fit,
        {
            "units": (1, 2, curve_fit.MOST_UNITS),
            "steepness": (1.0, 8.0, 100.0),
            "activation": tuple(curve_fit.ACTIVATIONS),
            "curve": tuple(curve_fit.CURVES),
            "unit": (0, 1, curve_fit.MOST_UNITS - 1),
        },
    ),
}
every_lab = pytest.mark.parametrize(("factory", "experiment", "draw", "factors"), LABS.values(), ids=LABS)


def look(lab, experiment, draw):
    """Check that picture, readout and controls say what the experiment computes."""
    expected = experiment.compute(experiment.State(**lab.values()))
    assert lab.picture.value == draw(expected).svg()
    told = "\n".join(experiment.describe(expected))
    assert "".join(ET.fromstring(lab.readout.value.replace("<br>", "\n")).itertext()) == told


@every_lab
def test_all_pairs_of_settings_and_all_steps_between_show_a_picture(factory, experiment, draw, factors, all_steps):
    lab = factory()
    for _ in all_steps(lab, factors):
        look(lab, experiment, draw)


@every_lab
def test_reset_brings_the_first_picture_back(factory, experiment, draw, factors, turn):
    lab = factory()
    first = lab.picture.value, lab.values()
    for name, values in factors.items():
        turn(lab, name, values[-1])
    assert lab.picture.value != first[0]
    lab.buttons["Reset"].click()
    assert (lab.picture.value, lab.values()) == first


@every_lab
def test_every_setting_of_a_state_has_a_control(factory, experiment, draw, factors):
    lab = factory()
    assert lab.values() == vars(experiment.State())
    assert set(factors) == set(lab.controls)


def test_the_settings_of_a_call_are_where_the_controls_start():
    lab = neuron_lab(w1=-1.0, w2=-1.0, b=0.5, activation="step")
    assert lab.values()["w1"] == -1.0 and lab.result.y.tolist() == [1, 0, 0, 0], "exercise 1 of the lesson"


def test_the_unit_looked_at_is_always_one_that_there_is():
    lab = curve_fit_lab(units=10, unit=9)
    assert lab.controls["unit"].max == 9
    lab.set(units=3)
    assert (lab.controls["unit"].max, lab.values()["unit"], lab.result.unit) == (2, 2, 2)
    look(lab, curve_fit, draw_curve_fit)
    assert curve_fit_lab(units=2).values()["unit"] == 1, "a default beyond the last stands for the last"
