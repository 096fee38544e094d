"""The pooling lab, headless: whatever the controls say, there is the right picture or a sentence, and nothing else."""

import datetime
import io
import random
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from helpers import nn
from helpers.checks import SettingWarning
from helpers.experiments.pictures import LONGEST_SIDE, OWN, PICTURES
from helpers.experiments.pooling import KINDS, State
from helpers.widgets import pooling_lab
from helpers.widgets.controls import Slider

SVG = "{http://www.w3.org/2000/svg}"


def encoded(mode="RGB", size=(40, 30), kind="PNG", colour=None):
    """A picture file as bytes."""
    file = io.BytesIO()
    Image.new(mode, size, colour if colour is not None else 0).save(file, kind)
    return file.getvalue()


def chosen_file(content, name="mine.png"):
    """What the browser sends when a reader chooses a file."""
    return {"name": name, "type": "image/png", "size": len(content), "last_modified": 0, "content": memoryview(content)}


def upload(lab, content, name="mine.png"):
    """Hand a file over as the browser does; ipywidgets makes a tuple of dicts with a memoryview of it."""
    lab.controls["own"].set_state({"value": [chosen_file(content, name)]})


def drawn(lab):
    """The picture as an XML element: an svg, or the sentence's panel."""
    return ET.fromstring(lab.picture.value)


def texts(lab):
    return [text.text for text in drawn(lab).iter(SVG + "text")]


def lines(lab):
    """The lines of the readout."""
    return (ET.fromstring(lab.readout.value.replace("<br>", "\n")).text or "").splitlines()


TAKES = {  # by kind, the settings that its layer takes
    "max": {"kernel_size", "stride", "padding", "dilation", "ceil_mode"},
    "average": {"kernel_size", "stride", "padding", "ceil_mode"},
    "average without padding": {"kernel_size", "stride", "padding", "ceil_mode"},
    "L_p": {"norm_type", "kernel_size", "stride", "ceil_mode"},
    "adaptive max": {"output_size"},
    "adaptive average": {"output_size"},
}
ALWAYS = {"kind", "picture", "window", "own"}


def layer_of(values):
    """The layer of helpers.nn that the controls describe."""
    kind = values["kind"]
    taken = {name: values[name] for name in TAKES[kind]}
    if kind.startswith("average"):
        return nn.AvgPool2d(**taken, count_include_pad=kind == "average")
    layers = {"max": nn.MaxPool2d, "L_p": nn.LPPool2d, "adaptive max": nn.AdaptiveMaxPool2d}
    return layers.get(kind, nn.AdaptiveAvgPool2d)(**taken)


def expected_output(values):
    """What helpers.nn makes of the setting, or None where there is no picture or the layer refuses."""
    pixels, _ = State(picture=values["picture"], own=values["own"], kernel_size=1, stride=1).pixels()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)
        return layer_of(values)(pixels)


def look(lab):
    """Check that the picture, the readout and the controls of a lab tell the same, and the truth."""
    values = lab.values()
    shown = {name for name, control in lab.controls.items() if control.layout.display != "none"}
    assert shown == ALWAYS | TAKES[values["kind"]], "the settings of the layer are shown, and no others"
    try:
        out = expected_output(values)
    except ValueError:
        out = None
    root = drawn(lab)
    if out is None:
        assert root.get("role") == "alert", f"{values} is not allowed, and a picture is shown"
        assert len(root.text) > 20, f"{root.text!r} explains nothing"
        return
    assert root.tag == SVG + "svg", f"{values} is allowed; shown is {root.text!r}"
    size = f"output {out.shape[1]} × {out.shape[2]}"
    assert size in root.get("aria-label")
    assert any(text.startswith(size) for text in texts(lab)), f"{size} is not in the picture: {texts(lab)}"
    np.testing.assert_array_equal(lab.result.out, out, err_msg=str(values))
    window = lab.controls["window"]
    assert window.max == out[0].size - 1, "the window slider ends at the last window"
    assert window.disabled == (not lab.result.numbered)
    for name, control in lab.controls.items():
        if isinstance(control, Slider):
            box, handle = (part.value for part in control.children)
            told = f"{name}: the box says {box}, the slider {handle}, the picture {control.value}"
            assert box == handle == control.value, told


# --- the sweep -------------------------------------------------------------------------------------------------------

FILES = {
    "none": (),
    "photograph": encoded(size=(400, 300), colour=(200, 90, 30)),
    "two pixels a side": encoded(size=(2, 2), colour=(9, 9, 9)),
    "not a picture": b"I am a poem.",
    "empty": b"",
}
EXTREMES = {
    "kind": tuple(KINDS),
    "picture": PICTURES,
    "kernel_size": (1, 2, 3, 8),
    "stride": (1, 2, 8),
    "padding": (0, 1, 4),
    "dilation": (1, 3),
    "norm_type": (1, 2, 3, 16),
    "output_size": (1, 4, 16),
    "ceil_mode": (False, True),
    "window": (0, 7, 255),
    "own": tuple(FILES),
}


@pytest.fixture
def turn(turn):
    """Move a control as a reader does, the file dialog too."""

    def move(lab, name, value):
        if name == "own":
            lab.controls[name].set_state({"value": [chosen_file(FILES[value])] if value != "none" else []})
        else:
            turn(lab, name, value)

    return move


def test_all_pairs_of_settings_and_every_step_between_them_show_a_picture_or_a_sentence(all_steps):
    lab, seen = pooling_lab(), set()
    for _ in all_steps(lab, EXTREMES):
        look(lab)
        seen.add(drawn(lab).tag)
    assert seen == {SVG + "svg", "div"}, "the sweep has to meet both pictures and sentences"


def test_the_sweep_meets_every_pair(all_pairs):
    rows = all_pairs(EXTREMES)
    for a, b in [("kind", "dilation"), ("padding", "kernel_size"), ("picture", "own"), ("stride", "window")]:
        met = {(row[a], row[b]) for row in rows}
        assert len(met) == len(EXTREMES[a]) * len(EXTREMES[b]), f"{a} and {b}: only {met}"


def test_three_hundred_quick_changes_end_in_the_picture_of_a_fresh_lab_with_those_values(turn):
    dice = random.Random(1)
    lab = pooling_lab()
    for _ in range(300):
        name = dice.choice(list(EXTREMES))
        # photographs take longest to draw: each of them comes seldom
        choices = PICTURES[:4] * 4 + PICTURES[4:] if name == "picture" else EXTREMES[name]
        turn(lab, name, dice.choice(choices))
    turn(lab, "kernel_size", 3)
    turn(lab, "padding", 1)
    left = {name: control.value for name, control in lab.controls.items()}
    end = lab.picture.value, lab.readout.value
    fresh = pooling_lab()
    fresh.controls["own"].value = left.pop("own")  # shows itself; the others decide what is shown in the end
    fresh.set(**left)
    assert (fresh.picture.value, fresh.readout.value) == end, f"different pictures of {left}"


# --- single controls -------------------------------------------------------------------------------------------------


def test_the_lab_opens_at_a_picture_that_shows_pooling():
    lab = pooling_lab()
    assert "output 3 × 3" in drawn(lab).get("aria-label")
    assert lab.values() == {**State().__dict__}


def test_the_settings_of_a_call_are_where_the_controls_start_and_where_reset_returns():
    start = {"kind": "average", "picture": "face 16 × 16", "kernel_size": 3, "stride": 1, "padding": 1, "window": 200}
    lab = pooling_lab(**start)
    first = lab.picture.value
    look(lab)
    lab.set(kernel_size=8, stride=8, padding=0)
    look(lab)
    lab.buttons["Reset"].click()
    assert {name: lab.values()[name] for name in start} == start
    assert lab.picture.value == first
    look(lab)


def test_a_call_with_a_picture_of_ones_own_shows_it():
    lab = pooling_lab(picture=OWN, own=FILES["photograph"])
    assert "input 270 × 360" in texts(lab)


@pytest.mark.parametrize(
    "setting", [{"kernel_size": 9, "picture": "temple"}, {"stride": 20}, {"dilation": 4}, {"window": 300}]
)
def test_a_call_with_a_setting_that_no_control_can_show_is_refused(setting):
    with pytest.raises(ValueError, match=str(next(iter(setting.values())))):
        pooling_lab(**setting)


def test_the_window_sliders_maximum_follows_the_output():
    lab = pooling_lab()
    assert lab.controls["window"].max == 8, "3 × 3 windows, counted from 0"
    lab.controls["window"].value = 8
    lab.controls["kernel_size"].value = 4  # 2 × 2 windows are left
    assert (lab.controls["window"].max, lab.controls["window"].value) == (3, 3)
    assert lab.result.window == (1, 1)
    look(lab)


def test_a_window_can_be_set_together_with_the_setting_that_makes_room_for_it():
    lab = pooling_lab()
    lab.set(stride=1, window=24)
    assert lab.result.window == (4, 4)
    look(lab)


def test_a_photograph_has_no_window_to_choose():
    lab = pooling_lab(picture="flower")
    assert lab.controls["window"].disabled
    lab.controls["picture"].value = "face 16 × 16"
    assert not lab.controls["window"].disabled


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"padding": 2}, "padding=2 is more than half of kernel_size=2"),
        ({"kernel_size": 8}, "does not fit into the padded input (6, 6)"),
        ({"picture": OWN}, "choose a picture file with the Upload button first"),
    ],
)
def test_a_setting_that_no_layer_allows_is_explained(setting, words):
    lab = pooling_lab()
    lab.set(**setting)
    assert words in drawn(lab).text
    lab.reset()
    look(lab)
    assert drawn(lab).tag == SVG + "svg"


# --- upload ----------------------------------------------------------------------------------------------------------


def test_ipywidgets_hands_an_upload_over_as_a_tuple_of_dicts_with_a_memoryview():
    lab = pooling_lab()
    upload(lab, FILES["photograph"])
    (file,) = lab.controls["own"].value
    assert isinstance(file["content"], memoryview)
    assert isinstance(file["last_modified"], datetime.datetime)
    assert lab.values()["own"] == FILES["photograph"]


@pytest.mark.parametrize(
    ("content", "title", "note"),
    [
        (encoded("RGB", (40, 30)), "input 30 × 40", ""),
        (encoded("RGBA", (40, 30), colour=(255, 0, 0, 100)), "input 30 × 40", "Transparent parts are laid on white."),
        (encoded("L", (40, 30), colour=77), "input 30 × 40", ""),
        (encoded("P", (40, 30)), "input 30 × 40", ""),
        (encoded("1", (5, 3)), "input 3 × 5", ""),
        (encoded("RGB", (40, 30), "JPEG"), "input 30 × 40", ""),
        (encoded("RGB", (3000, 2000)), "input 240 × 360", "Scaled down from 3000 x 2000 to 360 x 240 pixels."),
        (encoded("RGB", (2, 900)), "input 360 × 1", "Scaled down from 2 x 900 to 1 x 360 pixels."),
        (encoded("RGB", (1, 1)), "input 1 × 1", ""),
    ],
    ids=["RGB", "RGBA", "grey", "palette", "bits", "jpeg", "3000x2000", "thin", "1x1"],
)
def test_an_uploaded_picture_of_any_kind_and_size_is_shown_at_once(content, title, note):
    lab = pooling_lab(kernel_size=1, stride=1)
    upload(lab, content)
    assert lab.controls["picture"].value == OWN
    assert title in texts(lab)
    assert max(lab.result.pixels.shape) <= LONGEST_SIDE
    assert lab.result.note == note
    assert note in lab.readout.value, "what was done to the picture has to be said"
    look(lab)


def test_a_picture_smaller_than_the_window_is_explained():
    lab = pooling_lab()
    upload(lab, encoded(size=(1, 1)))
    assert "kernel_size (2, 2) does not fit into the padded input (1, 1)" in drawn(lab).text
    lab.controls["kernel_size"].value = 1
    look(lab)
    assert "output 1 × 1" in drawn(lab).get("aria-label")


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg onload=alert(1)></svg>", encoded()[:60], bytes(range(256)) * 40],
    ids=["empty", "cut gif", "svg", "cut png", "noise"],
)
def test_a_file_that_is_no_picture_is_a_sentence_and_the_lab_goes_on(content):
    lab = pooling_lab()
    upload(lab, content, "mine.txt")
    assert "picture" in drawn(lab).text and f"{len(content):,} bytes" in drawn(lab).text
    lab.controls["picture"].value = "temple"
    assert drawn(lab).tag == SVG + "svg"
    upload(lab, FILES["photograph"])
    assert "input 270 × 360" in texts(lab), "the next upload works"


def test_a_second_upload_replaces_the_first():
    lab = pooling_lab()
    upload(lab, encoded(size=(40, 30)))
    upload(lab, encoded(size=(50, 20)))
    assert "input 20 × 50" in texts(lab)


def test_after_reset_the_upload_is_gone():
    lab = pooling_lab()
    first = lab.picture.value
    upload(lab, FILES["photograph"])
    assert lab.picture.value != first
    lab.buttons["Reset"].click()
    assert lab.picture.value == first
    assert lab.controls["own"].value == ()
    lab.controls["picture"].value = OWN
    assert "choose a picture file" in drawn(lab).text


# --- torch -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ({}, "torch agrees: output (1, 3, 3), every number the same"),
        ({"kind": "average", "padding": 1}, "torch agrees: output (1, 4, 4)"),
        ({"padding": 2}, "torch refuses this setting"),
        ({"picture": OWN}, "there is no picture to ask about"),
    ],
)
def test_the_torch_button_answers_below_the_description(setting, answer):
    lab = pooling_lab()
    lab.set(**setting)
    before = lines(lab)
    lab.buttons["Ask torch"].click()
    *kept, last = lines(lab)
    assert kept == before
    assert last.startswith(answer)


def test_torch_is_asked_about_an_uploaded_picture():
    lab = pooling_lab()
    upload(lab, FILES["photograph"])
    lab.buttons["Ask torch"].click()
    assert "torch agrees: output (3, 135, 180)" in lab.readout.value


SCRIPT = """
import sys
from helpers.widgets import pooling_lab
lab = pooling_lab()
for name, value in {"kind": "average", "picture": "temple", "kernel_size": 3, "padding": 4}.items():
    lab.controls[name].value = value
lab._repr_mimebundle_()
loaded = [name for name in ("torch", "matplotlib.pyplot", "pandas", "scipy", "sklearn") if name in sys.modules]
assert not loaded, f"imported by a lab that nobody asked for it: {loaded}"
lab.buttons["Ask torch"].click()
assert "torch" in sys.modules
assert "torch refuses" in lab.readout.value, lab.readout.value
"""


def test_torch_is_imported_when_its_button_is_pressed_and_not_before():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_without_torch_the_button_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    lab = pooling_lab()
    lab.buttons["Ask torch"].click()
    assert "torch is not installed here" in lab.readout.value


@pytest.mark.parametrize("kind", TAKES)
def test_no_more_than_eight_controls_and_the_upload_are_shown_at_once(kind):
    lab = pooling_lab(kind=kind)
    shown = [name for name, control in lab.controls.items() if control.layout.display != "none"]
    assert len(shown) <= 9 and shown[0] == "kind"


def test_a_hidden_setting_comes_back_as_it_was_and_forbids_nothing_meanwhile():
    lab = pooling_lab()
    lab.controls["padding"].value = 3
    assert "more than half" in drawn(lab).text
    lab.controls["kind"].value = "adaptive max"
    look(lab)
    assert "output 4 × 4" in drawn(lab).get("aria-label")
    lab.controls["kind"].value = "max"
    assert "padding=3 is more than half" in drawn(lab).text
    look(lab)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        *(("max", field) for field in ("kernel_size", "stride", "padding", "dilation")),
        ("L_p", "norm_type"),
        ("adaptive average", "output_size"),
    ],
)
@pytest.mark.parametrize("picture", ["face 16 × 16", "temple"])
def test_every_value_of_every_slider_shows_a_picture_or_a_sentence(kind, field, picture):
    lab = pooling_lab(kind=kind, picture=picture)
    slider = lab.controls[field]
    for value in range(slider.min, slider.max + 1):
        slider.value = value
        assert ("<svg" in lab.picture.value) != ('role="alert"' in lab.picture.value), (field, value)
