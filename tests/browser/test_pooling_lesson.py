"""A reader's way through lesson 04: run all, drag, type, choose, upload, ask; in one window, in one kernel."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.lab import Lab

SLIDERS = {"pool size", "stride", "padding", "dilation", "window"}


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("04_pooling")


def picture_file(mode="RGBA", size=(3000, 2000)):
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(file, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_a_reader_works_through_the_pooling_lab(notebook):
    notebook.run_all()
    lab = Lab(notebook, "pooling")
    assert lab.root.count() == 1, "one lab stands in the lesson"
    lab.root.scroll_into_view_if_needed()
    first = lab.alt()
    assert first.endswith("kernel 2, stride 2, padding 0, dilation 1, input 6 × 6, output 3 × 3"), first

    # the mouse on a slider
    lab.wait_for_picture(f"kernel {lab.drag('pool size', right=45)},")

    # the keyboard in the named box
    lab.write("pool size", "2")
    lab.wait_for_picture("kernel 2,")
    lab.box("stride").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.wait_for_picture("stride 1,")
    assert "output 5 × 5" in lab.alt()
    lab.write("window", "24")
    lab.readout.get_by_text("window (4, 4): max(").wait_for()

    # a setting that no layer allows, and back
    lab.write("padding", "3")
    sentence = lab.picture.get_by_role("alert")
    sentence.wait_for()
    assert sentence.inner_text() == "MaxPool2d: padding=3 is more than half of kernel_size=2; use 0 or 1"
    assert lab.alt() is None, "a picture of another setting would tell a lie"
    lab.root.get_by_role("button", name="Ask torch").click()
    lab.readout.get_by_text("torch refuses this setting").wait_for()
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("kernel 2, stride 2, padding 0")
    assert lab.alt() == first, "Reset brings the first picture back"
    for name, value in {"pool size": "2", "stride": "2", "padding": "0", "window": "0"}.items():
        expect(lab.box(name)).to_have_value(value)

    # the tick box and the lists
    lab.root.get_by_role("combobox", name="picture").select_option("negative 5 × 5")
    lab.wait_for_picture("negative 5 × 5")
    lab.root.get_by_role("checkbox", name="ceil_mode").check()
    lab.wait_for_picture("output 3 × 3")
    lab.readout.get_by_text("rows: ceil(").wait_for()
    lab.root.get_by_role("combobox", name="kind").select_option("average")
    lab.wait_for_picture("average pooling of negative 5 × 5")
    lab.root.get_by_role("button", name="Ask torch").click()
    lab.readout.get_by_text(re.compile(r"torch agrees: output \(1, 3, 3\)")).wait_for()

    # the other kinds, each with the settings that it takes
    lab.root.get_by_role("combobox", name="kind").select_option("L_p")
    lab.wait_for_picture("L_p pooling of negative 5 × 5: p 2,")
    expect(lab.box("padding")).to_be_hidden()
    lab.write("power p", "3")
    lab.readout.get_by_text("NaN, in torch too").wait_for()
    lab.root.get_by_role("combobox", name="kind").select_option("adaptive average")
    lab.wait_for_picture("output 4 × 4")
    expect(lab.box("pool size")).to_be_hidden()
    assert lab.drag("output size", right=-150) == "1"
    lab.wait_for_picture("output 1 × 1")
    lab.readout.get_by_text("this is global pooling").wait_for()
    lab.root.get_by_role("button", name="Ask torch").click()
    lab.readout.get_by_text(re.compile(r"torch agrees: output \(1, 1, 1\)")).wait_for()
    lab.root.get_by_role("combobox", name="kind").select_option("average")
    expect(lab.box("pool size")).to_be_visible()

    # a photograph, and a picture of one's own
    lab.root.get_by_role("combobox", name="picture").select_option("temple")
    lab.wait_for_picture("temple")
    expect(lab.box("window")).to_be_disabled()
    assert lab.picture.locator("image").count() == 2
    with lab.page.expect_file_chooser() as chooser:
        lab.root.get_by_role("button", name=re.compile("Upload, up to 10 MB")).click()
    chooser.value.set_files(picture_file())
    lab.wait_for_picture("your own")
    assert "input 240 × 360" in lab.alt()
    lab.readout.get_by_text("Scaled down from 3000 x 2000 to 360 x 240 pixels.").wait_for()
    with lab.page.expect_file_chooser() as chooser:
        lab.root.get_by_role("button", name=re.compile("Upload, up to 10 MB")).click()
    chooser.value.set_files({"name": "mine.png", "mimeType": "image/png", "buffer": b"I am a poem."})
    lab.picture.get_by_role("alert").wait_for()
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("numbers 6 × 6")
    assert lab.alt() == first

    # what a screen reader finds
    told = lab.told()
    names = {name for role, name, _ in told if role == "spinbutton"}
    assert names == SLIDERS, "each number has a box with its name"
    assert ("image", first, "") in told, f"the picture in words is not among {told}"
    assert [one for one in told if one[0] == "status"], "the readout is no status line"

    assert not notebook.console_errors, notebook.console_errors
    assert not notebook.foreign_requests, notebook.foreign_requests
