"""The labs of the lesson on gradients, headless: whatever the controls say, there is a picture and true words."""

import xml.etree.ElementTree as ET
from html import escape

import pytest

from helpers.experiments import cliff, gradients
from helpers.widgets import cliff_lab, spectral_lab

SVG = "{http://www.w3.org/2000/svg}"
EXTREMES = {
    spectral_lab: {
        "radius": (0.0, 1.0, 4.0),
        "skew": (0.0, 10.0),
        "activation": tuple(gradients.ACTIVATIONS),
        "scale": (0.0, 20.0),
        "steps": (2, 100),
        "max_norm": (1e-3, 1.0, 1e3),
    },
    cliff_lab: {
        "w": (3.5, 5.0, 6.5),
        "b": (-3.5, -0.5),
        "lr": (0.01, 10.0),
        "max_norm": (0.01, 10.0),
        "steps": (1, 50),
        "update": (0, 60),
    },
}


def look(lab, module):
    """Check that picture and readout are those of the controls."""
    root = ET.fromstring(lab.picture.value)
    assert root.tag == SVG + "svg", f"{lab.values()}: {root.text!r}"
    result = module.compute(module.State(**lab.values()))
    assert lab.result.state == result.state
    for sentence in module.describe(result):
        assert escape(sentence) in lab.readout.value
    assert "nan" not in lab.picture.value and "nan" not in lab.readout.value


@pytest.mark.parametrize(("factory", "module"), [(spectral_lab, gradients), (cliff_lab, cliff)])
def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture(all_steps, factory, module):
    lab = factory()
    for _ in all_steps(lab, EXTREMES[factory]):
        look(lab, module)


@pytest.mark.parametrize(("factory", "module"), [(spectral_lab, gradients), (cliff_lab, cliff)])
def test_a_lab_opens_at_its_default_and_reset_returns_there(factory, module):
    lab = factory()
    assert lab.values() == {**module.State().__dict__}
    first = lab.picture.value
    name, values = next(iter(EXTREMES[factory].items()))
    lab.set(**{name: values[-1]})
    assert lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first


def test_the_spectral_lab_opens_at_the_hump():
    lab = spectral_lab()
    assert "largest 38.7, after 9" in lab.readout.value
    lab.controls["skew"].value = 0.0
    assert "this suffices" in lab.readout.value


def test_playing_the_cliff_moves_along_one_run():
    lab = cliff_lab(update=0)
    whole = lab.result.free
    for update in (1, 20, 60):
        lab.controls["update"].value = update
        assert lab.result.free is whole, "a run is computed once and then stepped through"
        assert f"after {update} updates" in lab.readout.value
    assert "Play" in {type(part).__name__ for part in lab.controls["update"].children}


@pytest.mark.parametrize(
    ("factory", "setting"),
    [(spectral_lab, {"radius": 5.0}), (spectral_lab, {"max_norm": 1e4}), (cliff_lab, {"w": 9.0})],
)
def test_a_call_with_a_setting_that_no_control_can_show_is_refused(factory, setting):
    with pytest.raises(ValueError, match="must lie between"):
        factory(**setting)
