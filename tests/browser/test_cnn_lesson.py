"""A reader's way through the labs of lesson 03: run all, edit a kernel, choose, type, add layers, reset."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab


@pytest.fixture
def notebook(open_notebook):
    return open_notebook("03_cnn")


def test_a_reader_works_through_both_labs(notebook):
    notebook.run_all()
    lab = Lab(notebook, "convolution")
    assert lab.root.count() == 1
    lab.root.scroll_into_view_if_needed()
    assert lab.alt() == (
        "kernel edge, vertical slides over digit 8 × 8: stride 1, padding 0, dilation 1, input 8 × 8, output 6 × 6"
    )

    # the boxes of the kernel, by keyboard and by name
    lab.write("kernel row 1 column 1", "4")
    lab.wait_for_picture("kernel your own slides")
    lab.box("kernel row 1 column 1").press("ArrowDown")
    expect(lab.box("kernel row 1 column 1")).to_have_value("3.5")
    expect(lab.readout).to_contain_text("3.5·")
    lab.root.get_by_role("combobox", name="kernel").select_option("blur")
    lab.wait_for_picture("kernel blur slides")
    expect(lab.box("kernel row 0 column 2")).to_have_value("0.11")

    # sizes, window, picture
    lab.write("padding", "1")
    lab.wait_for_picture("output 8 × 8")
    lab.write("window", "63")
    expect(lab.readout).to_contain_text("window (7, 7)")
    assert int(lab.drag("stride", right=45)) > 1
    lab.write("stride", "1")
    lab.root.get_by_role("combobox", name="picture").select_option("temple")
    lab.wait_for_picture("output 240 × 360")
    assert lab.box("window").is_disabled()

    # a setting that is not allowed, and back
    lab.root.get_by_role("combobox", name="picture").select_option("negative 5 × 5")
    lab.write("padding", "0")
    lab.write("dilation", "3")
    expect(lab.picture.get_by_role("alert")).to_contain_text("does not fit")
    lab.root.get_by_role("button", name="Reset").click()
    lab.wait_for_picture("kernel edge, vertical slides over digit 8 × 8")
    names = {name for role, name, _ in lab.told() if role == "spinbutton"}
    assert {f"kernel row {i} column {j}" for i in range(3) for j in range(3)} <= names

    field = Lab(notebook, "receptive-field")
    field.root.scroll_into_view_if_needed()
    assert "looks at 7 pixels" in field.alt()
    field.write("layers", "5")
    field.wait_for_picture("looks at 11 pixels")
    field.write("layer 5 dilation", "2")
    field.wait_for_picture("looks at 13 pixels")
    field.write("layer 1 stride", "9")
    expect(field.picture.get_by_role("alert")).to_contain_text("needs at least")
    field.root.get_by_role("button", name="Reset").click()
    field.wait_for_picture("looks at 7 pixels")
    assert not field.box("layer 5 dilation").is_visible()
    field.told()
    assert not notebook.console_errors
    assert not notebook.foreign_requests
