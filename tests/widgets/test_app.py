"""App keeps its promises to every lab; a toy lab stands for all."""

import base64
import io
import re
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image

from helpers.plots.scene import Scene
from helpers.widgets import controls
from helpers.widgets.app import App

PAYLOAD = '<script>alert("number")</script> & co'


@dataclass(frozen=True)
class State:
    number: int = 1
    word: str = "red"

    def __post_init__(self):
        if self.number > 5:
            raise ValueError(f"number must be at most 5, got {self.number} {PAYLOAD}")


def draw(state):
    scene = Scene(200, 40, alt=f"{state.word} {state.number}")
    scene.text(100, 20, f"{state.word} {state.number}")
    return scene


def toy_lab(name="toy", state=State, compute=lambda state: state, draw=draw, **options):
    number, word = controls.Slider("number", 1, 0, 9), controls.choice("word", ("red", "blue"), "red")
    return App(
        name,
        state,
        {"number": number, "word": word},
        compute,
        draw,
        lambda state: [f"It says {state.word}.", f"It says {state.number}."],
        **options,
    )


class Counted:
    """A compute that counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, state):
        self.calls += 1
        return state


def shown(lab):
    """What a reader sees in the picture's place: the words of the drawing, or the sentence of the refusal."""
    return "".join(ET.fromstring(lab.picture.value).itertext())


def said(lab):
    """The lines of the readout."""
    return (ET.fromstring(lab.readout.value.replace("<br>", "\n")).text or "").splitlines()


# --- controls to picture ---------------------------------------------------------------------------------------------


def test_a_new_lab_shows_the_picture_of_its_defaults():
    lab = toy_lab()
    assert shown(lab) == "red 1"
    assert said(lab) == ["It says red.", "It says 1."]


def test_a_changed_control_changes_the_picture_and_the_words_below_it():
    lab = toy_lab()
    lab.controls["number"].value = 3
    lab.controls["word"].value = "blue"
    assert shown(lab) == "blue 3"
    assert said(lab) == ["It says blue.", "It says 3."]


def test_one_change_computes_once():
    lab = toy_lab(compute=(compute := Counted()))
    lab.controls["number"].value = 3
    assert compute.calls == 2, "once for the first picture, once for the change"


def test_set_changes_several_controls_and_refreshes_once():
    lab = toy_lab(compute=(compute := Counted()))
    lab.set(number=4, word="blue")
    assert (shown(lab), compute.calls) == ("blue 4", 2)


def test_reset_brings_the_first_picture_back_with_one_refresh():
    lab = toy_lab(compute=(compute := Counted()))
    first = lab.picture.value, lab.readout.value
    lab.set(number=4, word="blue")
    lab.buttons["Reset"].click()
    assert lab.values() == {"number": 1, "word": "red"}
    assert (lab.picture.value, lab.readout.value) == first
    assert compute.calls == 3, "one for the first picture, one for set, one for Reset"


def test_the_parts_carry_the_classes_by_which_a_page_finds_them():
    lab = toy_lab()
    assert "lab" in lab.widget._dom_classes
    parts = {name: part for part in lab.widget.children for name in part._dom_classes}
    *controls, buttons = parts["lab-controls"].children
    assert controls == [*lab.controls.values()] and buttons.children == tuple(lab.buttons.values())
    assert parts["lab-picture"] is lab.picture and parts["lab-readout"] is lab.readout


# --- what is not allowed, and what goes wrong ------------------------------------------------------------------------


def test_a_setting_that_the_state_refuses_is_a_sentence_in_the_pictures_place():
    lab = toy_lab()
    lab.controls["number"].value = 6
    assert ET.fromstring(lab.picture.value).get("role") == "alert", "a screen reader has to hear of it at once"
    assert shown(lab) == f"number must be at most 5, got 6 {PAYLOAD}"
    assert not any("It says" in line for line in said(lab)), "the words below belong to an earlier picture"


def test_a_message_is_shown_as_text_and_never_runs():
    lab = toy_lab(actions={"Ask": lambda **values: PAYLOAD})
    lab.controls["number"].value = 6
    lab.buttons["Ask"].click()
    for html in (lab.picture.value, lab.readout.value):
        assert "<script" not in html, html
        assert "&lt;script&gt;" in html


def test_the_next_allowed_setting_brings_the_picture_back():
    lab = toy_lab()
    lab.controls["number"].value = 6
    lab.controls["number"].value = 5
    assert shown(lab) == "red 5"
    lab.controls["number"].value = 9
    lab.reset()
    assert shown(lab) == "red 1"


@pytest.mark.parametrize("part", ["compute", "draw"])
@pytest.mark.parametrize("kind", [ValueError, ZeroDivisionError])
def test_an_exception_of_compute_or_draw_reaches_whoever_set_the_control(part, kind):
    def break_at_two(state):
        if state.number == 2:
            raise kind("a bug, not a setting")
        return state if part == "compute" else draw(state)

    lab = toy_lab(**{part: break_at_two})
    with pytest.raises(kind, match="a bug"):
        lab.controls["number"].value = 2
    with pytest.raises(kind, match="a bug"):
        lab.set(number=2)
    lab.controls["number"].value = 3
    assert shown(lab) == "red 3", "after a bug the next setting is drawn as ever"


def test_of_the_states_exceptions_only_a_value_error_is_a_sentence():
    def state(number, word):
        return State(number, word) if number != 2 else {}["a bug"]

    lab = toy_lab(state=state)
    with pytest.raises(KeyError, match="a bug"):
        lab.controls["number"].value = 2


def test_set_with_a_value_that_a_control_refuses_leaves_a_picture_of_what_the_controls_say():
    lab = toy_lab()
    with pytest.raises(Exception, match="Invalid selection"):
        lab.set(number=3, word="green")
    assert shown(lab) == f"{lab.values()['word']} {lab.values()['number']}"


# --- actions and adjusted controls -----------------------------------------------------------------------------------


def test_an_action_gets_the_values_and_its_sentence_follows_the_description():
    lab = toy_lab(actions={"Ask": lambda **values: f"asked with {values} {PAYLOAD}"})
    lab.set(number=2, word="blue")
    lab.buttons["Ask"].click()
    answer = f"asked with {{'number': 2, 'word': 'blue'}} {PAYLOAD}"
    assert said(lab) == ["It says blue.", "It says 2.", answer]
    lab.buttons["Ask"].click()
    assert said(lab) == ["It says blue.", "It says 2.", answer], "asked twice, answered once"
    lab.controls["number"].value = 3
    assert said(lab) == ["It says blue.", "It says 3."], "an answer to an older setting must go"


def test_an_action_may_be_asked_about_a_setting_that_is_not_allowed():
    lab = toy_lab(actions={"Ask": lambda number, word: f"{number} is too much for me too"})
    lab.controls["number"].value = 7
    lab.buttons["Ask"].click()
    assert said(lab)[-1] == "7 is too much for me too"
    assert shown(lab) == f"number must be at most 5, got 7 {PAYLOAD}", "the reason stays"


def test_adjusting_a_control_to_the_result_causes_no_second_refresh():
    compute = Counted()
    lab = toy_lab(compute=compute, adjust=lambda state: {"number": {"max": 5 if state.word == "red" else 2}})
    lab.controls["number"].value = 4
    assert compute.calls == 2
    lab.controls["word"].value = "blue"  # takes the number down with it
    assert (lab.controls["number"].max, lab.controls["number"].value) == (2, 2)
    assert compute.calls == 3
    lab.controls["number"].value = 1
    assert (shown(lab), compute.calls) == ("blue 1", 4), "after an adjustment the controls must be heard again"


def test_a_control_that_does_not_matter_is_hidden_and_shown_again_also_where_a_setting_is_refused():
    lab = toy_lab(hidden=lambda number, word: {"number"} if word == "blue" else set())

    def seen():
        return {field for field, control in lab.controls.items() if control.layout.display != "none"}

    assert seen() == {"number", "word"}
    lab.controls["word"].value = "blue"
    assert (seen(), shown(lab)) == ({"word"}, "blue 1")
    lab.controls["number"].value = 9
    assert "at most 5" in shown(lab) and seen() == {"word"}
    lab.controls["word"].value = "red"
    assert "at most 5" in shown(lab) and seen() == {"number", "word"}


def test_reset_restores_a_value_that_an_adjusted_range_had_ruled_out():
    lab = toy_lab(adjust=lambda state: {"number": {"max": 5 if state.word == "red" else 0}})
    lab.controls["word"].value = "blue"
    lab.reset()
    number = lab.controls["number"]
    boxes = [part.value for part in number.children]
    assert boxes == [1, 1], f"the picture shows {shown(lab)!r}; the box and the slider say {boxes}"


def test_reset_to_a_value_that_has_no_room_yet_draws_the_last_picture_alone():
    drawn = []
    lab = toy_lab(
        adjust=lambda state: {"number": {"max": 5 if state.word == "red" else 0}},
        draw=lambda state: drawn.append(state) or draw(state),
    )
    lab.controls["word"].value = "blue"
    drawn.clear()
    lab.reset()
    assert drawn == [State(1, "red")] and shown(lab) == "red 1"


# --- threads ---------------------------------------------------------------------------------------------------------


def test_a_change_that_another_thread_makes_during_a_refresh_is_not_lost():
    entered, go_on = threading.Event(), threading.Event()

    def slow_at_two(state):
        if state == State(2, "red"):
            entered.set()
            assert go_on.wait(10)
        return state

    lab = toy_lab(compute=slow_at_two)
    first = threading.Thread(target=setattr, args=(lab.controls["number"], "value", 2))
    second = threading.Thread(target=setattr, args=(lab.controls["word"], "value", "blue"))
    first.start()
    assert entered.wait(10)
    second.start()
    second.join(0.1)  # it either waits for the first or, wrongly, is done
    go_on.set()
    first.join(10)
    second.join(10)
    assert shown(lab) == "blue 2"


def test_two_threads_that_hammer_two_controls_end_in_the_picture_of_the_last_values():
    now = SimpleNamespace(inside=0, most=0)

    def compute(state):
        now.inside += 1
        now.most = max(now.most, now.inside)
        time.sleep(0.0005)
        now.inside -= 1
        return state

    lab = toy_lab(compute=compute)

    def hammer(field, values):
        for value in values:
            lab.controls[field].value = value

    threads = [
        threading.Thread(target=hammer, args=("number", [*range(6)] * 15 + [4])),
        threading.Thread(target=hammer, args=("word", ["red", "blue"] * 45)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert shown(lab) == "blue 4"
    assert now.most == 1, f"{now.most} refreshes ran at the same time"


# --- building again, several labs, several views ---------------------------------------------------------------------


def test_a_cell_run_twenty_times_leaves_the_widgets_of_one_lab():
    toy_lab()
    one = len(_instances)
    for _ in range(20):
        lab = toy_lab(actions={})
    assert len(_instances) == one, f"{len(_instances)} widgets after 21 runs, {one} after the first"
    assert set(App._open) == {"toy"}
    lab.controls["number"].value = 2
    assert shown(lab) == "red 2"


def test_a_lab_that_is_built_again_closes_the_one_before():
    before = toy_lab()
    toy_lab()
    assert before.widget.comm is None and before.picture.comm is None
    assert before.controls["number"].comm is None


def test_two_labs_of_different_names_live_side_by_side():
    one, other = toy_lab("one"), toy_lab("other")
    one.controls["number"].value = 2
    other.controls["word"].value = "blue"
    assert (shown(one), shown(other)) == ("red 2", "blue 1")
    assert one.widget.comm is not None and other.widget.comm is not None


def test_close_takes_every_widget_with_it():
    before = set(_instances)
    toy_lab().close()
    left = [type(_instances[key]).__name__ for key in set(_instances) - before]
    assert not left, f"still registered: {left}"


def test_two_displays_of_one_lab_are_views_of_the_same_model():
    lab = toy_lab()
    views = [lab._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"] for _ in range(2)]
    assert views[0]["model_id"] == views[1]["model_id"] == lab.widget.model_id


# --- what a saved notebook keeps -------------------------------------------------------------------------------------


def test_the_bundle_holds_the_live_view_the_still_picture_and_the_words():
    bundle = toy_lab()._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.size == (400, 80), "the scene is 200 × 40, two dots to a pixel"
    assert bundle["text/plain"] == "Lab toy: red 1"


def test_the_text_of_a_bundle_is_the_same_in_every_run():
    text = toy_lab()._repr_mimebundle_()["text/plain"]
    assert not re.search(r"0x[0-9a-f]{6}", text), f"a memory address differs from run to run: {text}"
    assert toy_lab()._repr_mimebundle_()["text/plain"] == text


def test_the_bundle_of_a_lab_at_a_forbidden_setting_has_the_sentence_and_no_picture():
    lab = toy_lab()
    lab.controls["number"].value = 6
    bundle = lab._repr_mimebundle_()
    assert bundle["text/plain"] == f"Lab toy: number must be at most 5, got 6 {PAYLOAD}"
    assert "image/png" not in bundle, "the picture of an earlier setting would tell a lie"
    assert "application/vnd.jupyter.widget-view+json" in bundle
