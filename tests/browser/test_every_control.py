"""Every control of every lab, found as a screen reader finds it: it answers to keys and mouse, and Reset takes it back.

One page holds all labs of `helpers.widgets`; a new lab, or a new control, is walked as it comes.
"""

import io
import re
from contextlib import contextmanager
from itertools import islice

import nbformat
import pytest
from matplotlib.image import imsave
from playwright.sync_api import TimeoutError as NoAnswer

from helpers import widgets
from helpers.widgets.controls import OWN
from tests.browser.lab import Lab

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
SHOWN = """name => [".lab-picture", ".lab-readout"].map(
    part => document.querySelector(`.lab-${name} ${part}`).innerHTML).join()"""
CHANGED = f"([name, before]) => ({SHOWN})(name) !== before"
IDLE = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
SAME = f"([name, first]) => ({SHOWN})(name) === first"
NAMES = """() => [...document.querySelectorAll(".lab")].map(
    lab => [...lab.classList].find(name => name.startsWith("lab-")).slice("lab-".length))"""
FIELDS = "input:not([type=file]):not([type=hidden]), select"


class Walk:
    """A reader who moves all that a lab has, one thing at a time."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        self.first, self.told = self.shown(), lab.told()

    def shown(self):
        """The picture and the sentences under it, as HTML."""
        return self.page.evaluate(SHOWN, self.lab.name)

    def wait(self, script, html, failure):
        """Wait for the lab's answer, and until nothing more is on its way."""
        try:
            self.page.wait_for_function(script, arg=[self.lab.name, html], timeout=30_000)
        except NoAnswer:
            pytest.fail(f"{self.lab.name} {failure}", pytrace=False)
        self.page.wait_for_function(IDLE)

    def part(self, role, name):
        return self.lab.root.get_by_role(role, name=name, exact=True)

    def usable(self):
        """Role and name of all that is in view and enabled, each under one name.

        `stop` and `pause` come with a player's `play`; an upload counts its files, as in `Upload (0)`.
        """
        told = [(role, name) for role, name, _ in self.lab.told() if role in MOVES]
        once = [(role, name) for role, name in told if not re.match(r"Reset|stop|pause|.*\([1-9]\)$", name)]
        return [one for one in once if self.part(*one).is_enabled()]

    @contextmanager
    def answer(self, to):
        """Expect that the picture or a sentence changes with what is done within; a refusal gives its reason."""
        before = self.shown()
        yield
        self.wait(CHANGED, before, f"does not answer to {to}: neither its picture nor its sentences change")
        for refusal in self.lab.picture.get_by_role("alert").all_inner_texts():
            assert len(refusal.split()) > 3, f"{self.lab.name} refuses {to} and says only {refusal!r}"

    def reset(self):
        self.part("button", "Reset").click()
        self.wait(SAME, self.first, "does not come back to its first picture with Reset")
        assert self.lab.told() == self.told, "Reset brings every value back"


def move_number(walk, name):
    """By an arrow key and the mouse; then type a number that is too large, for which the largest is taken."""
    box, handle = walk.part("spinbutton", name), walk.lab.handle(name)
    key = "ArrowDown" if box.input_value() == box.get_attribute("max") else "ArrowUp"
    with walk.answer(f"{key} in the box {name}"):
        box.press(key)
    yield
    if handle.count():
        low, high, now = (float(handle.get_attribute(f"aria-value{what}")) for what in ("min", "max", "now"))
        with walk.answer(f"the mouse on the slider {name}"):
            walk.lab.drag(name, right=40 if now < (low + high) / 2 else -40)
        yield
    with walk.answer(f"a number too large in the box {name}"):
        walk.lab.write(name, "99999")
    assert float(box.input_value()) == float(box.get_attribute("max")), f"{walk.lab.name} takes {name} = 99999"
    yield


def choose(walk, name):
    options = walk.part("combobox", name)
    for option in options.locator("option:not(:checked)").all_inner_texts():
        if option.split() != OWN.split():  # which follows from what is typed or uploaded
            with walk.answer(f"{option} in the list {name}"):
                options.select_option(option)
            yield


def tick(walk, name):
    with walk.answer(f"a click on {name}"):
        walk.part("checkbox", name).click()
    yield


def write(walk, name):
    field = walk.part("textbox", name)
    with walk.answer(f"words in {name}"):
        field.fill("not a bad film")
        field.press("Enter")
    yield


def press(walk, name):
    with walk.answer(f"the button {name}"):
        walk.part("button", name).click()
    yield


def play(walk, name):
    """Play from the start of a number, and stop."""
    label = name.removeprefix("play ")
    box = walk.part("spinbutton", label)
    if (least := box.get_attribute("min")) != box.input_value():
        with walk.answer(f"{least} in the box {label}"):
            walk.lab.write(label, least)
    yield from press(walk, name)
    yield from press(walk, f"stop {label}")


def upload(walk, name):
    picture = io.BytesIO()
    imsave(picture, [[0.0, 1.0] * 8, [1.0, 0.0] * 8] * 8, cmap="gray", format="png")
    with walk.answer("an uploaded picture"):
        with walk.page.expect_file_chooser() as chooser:
            walk.part("button", name).click()
        chooser.value.set_files({"name": "mine.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    yield


MOVES = {"spinbutton": move_number, "combobox": choose, "checkbox": tick, "textbox": write, "button": press}


def moves(walk, role, name):
    """Move a control, and yield wherever the lab has answered."""
    special = {"play": play, "Upload": upload} if role == "button" else {}
    return next((way for start, way in special.items() if name.startswith(start)), MOVES[role])(walk, name)


@pytest.fixture(scope="module")
def labs(open_once, tmp_path_factory):
    """A page with one of each lab, and a Lab for each by the name of its factory."""
    cells = [nbformat.v4.new_code_cell(f"from helpers.widgets import {name}\n\n{name}()") for name in widgets.__all__]
    path = tmp_path_factory.mktemp("labs") / "labs.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    notebook = open_once(path)
    notebook.run_all()
    names = notebook.page.evaluate(NAMES)
    return {factory: Lab(notebook, name) for factory, name in zip(widgets.__all__, names, strict=True)}


@pytest.mark.parametrize("factory", widgets.__all__)
def test_a_projector_of_1280_by_720_shows_a_lab_whole(labs, factory):
    lab = labs[factory]
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    view, height = lab.notebook.view_height(), lab.root.bounding_box()["height"]
    assert height <= view, f"{lab.name} is {height:.0f} pixels high where {view:.0f} are in view"


@pytest.mark.parametrize("factory", widgets.__all__)
def test_every_control_answers_and_reset_takes_it_back(labs, factory):
    lab = labs[factory]
    lab.notebook.console_errors.clear()
    lab.root.scroll_into_view_if_needed()
    assert lab.alt(), "a lab opens with a picture, which says in words what it shows"
    walk = Walk(lab)
    known = walk.usable()
    for control in [*known]:
        revealed = {}
        for step, _ in enumerate(moves(walk, *control), 1):
            revealed[step] = [other for other in walk.usable() if other not in known]
            known += revealed[step]
        walk.reset()
        for step in filter(revealed.get, revealed):
            for _ in islice(moves(walk, *control), step):
                pass
            for other in revealed[step]:
                for _ in moves(walk, *other):
                    pass
            walk.reset()
    fields = lab.root.locator(FIELDS).count()
    assert len([role for role, _ in known if role != "button"]) == fields, f"out of reach: all but {known}"
    assert not lab.notebook.console_errors, lab.notebook.console_errors
    assert not lab.notebook.foreign_requests, lab.notebook.foreign_requests
