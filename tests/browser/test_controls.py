"""The shared controls in a browser: their names, their arrow keys, and numbers between two steps of a slider."""

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab

LAB = """
import time
from dataclasses import dataclass
from helpers.plots.scene import Scene
from helpers.widgets.app import App
from helpers.widgets.controls import Player, Power

@dataclass(frozen=True)
class State:
    step: int
    lr: float

def draw(state):
    time.sleep(0.1)  # so that a hand is faster
    return Scene(200, 40, f"step {state.step} at {state.lr:g}.")

controls = {"step": Player("step", 0, 0, 999), "lr": Power("learning rate", 8.0, 0.001, 10.0)}
lab = App("toy", State, controls, lambda state: state, draw, lambda state: [f"step {state.step} at {state.lr:g}."])
lab
"""


@pytest.fixture
def lab(open_notebook, tmp_path):
    cells = [nbformat.v4.new_code_cell(LAB)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = tmp_path / "controls.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    notebook = open_notebook(path)
    notebook.run_all()
    yield Lab(notebook, "toy")
    assert not notebook.console_errors, notebook.console_errors


def test_a_players_buttons_have_names_and_do_what_they_say(lab):
    def press(name):
        lab.root.get_by_role("button", name=name, exact=True).click()

    assert [name for role, name, _ in lab.told() if role == "button"] == ["play step", "stop step", "Reset"]
    press("play step")
    expect(lab.box("step")).not_to_have_value("0")
    press("pause step")
    press("play step")
    press("stop step")
    lab.wait_for_picture("step 0 at 8")
    assert [name for role, name, _ in lab.told() if role == "button"] == ["play step", "stop step", "Reset"]


def test_a_slider_stays_where_the_hand_left_it_though_the_lab_is_slower(lab):
    for right in (-20, 10, -40):
        lab.wait_for_picture(f"at {lab.drag('learning rate', right)}.")  # every place of it is rounded


def test_a_power_keeps_a_number_off_its_grid_and_takes_arrow_keys_and_digits(lab):
    box = lab.box("learning rate")
    lab.wait_for_picture("step 0 at 8")
    expect(box).to_have_value("8")
    for key, value in (("ArrowUp", "8.1"), ("ArrowDown", "8"), ("ArrowDown", "7.9")):
        box.press(key)
        lab.wait_for_picture(f"at {value}")
        expect(box).to_have_value(value)
    for typed, value, above in (("0.05", "0.05", "0.051"), ("0.1234", "0.123", "0.13"), ("0", "0.001", "0.0011")):
        box.press("ControlOrMeta+a")
        box.press_sequentially(typed)
        box.press("Enter")
        lab.wait_for_picture(f"at {value}")
        expect(box).to_have_value(value)
        box.press("ArrowUp")
        lab.wait_for_picture(f"at {above}")
        expect(box).to_have_value(above)
