"""A scene is the same picture twice: SVG for the live lab, PNG for the stored page."""

import base64
import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from helpers.plots import style
from helpers.plots.scene import Scene

SVG = "{http://www.w3.org/2000/svg}"
BLUE, RED, WHITE = (0, 0, 255), (255, 0, 0), (255, 255, 255)


def one_of_each():
    scene = Scene(200, 100, alt="one of each")
    scene.rect(10, 10, 40, 30, fill="#0000ff")
    scene.rect(60, 10, 40, 30, stroke="#ff0000", line=4, dashed=True)
    scene.text(130, 25, "12", 20, bold=True)
    scene.text(150, 60, "left", anchor="start")
    scene.arrow(10, 80, 60, 80)
    scene.line([70, 80, 90], [80, 90, 80], "#ff0000", dashed=True, clip=(60, 70, 40, 30))
    scene.circle(150, 80, 8, "#0000ff", "#ff0000", 2)
    scene.image(100, 60, 20, 20, np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8))
    return scene


def root(scene):
    return ET.fromstring(scene.svg())


def png(scene, scale=1):
    return np.asarray(Image.open(io.BytesIO(scene.png(scale))).convert("RGB"))


# --- SVG -------------------------------------------------------------------------------------------------------------


def test_the_svg_is_well_formed_and_holds_every_shape():
    (group,) = root(one_of_each())
    tags = [element.tag.removeprefix(SVG) for element in group]
    assert tags == ["rect", "rect", "text", "text", "line", "polygon", "svg", "circle", "image"]


def test_the_svg_has_its_words_as_accessible_name():
    svg = root(one_of_each())
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "one of each")


def test_the_svg_keeps_its_proportions_at_every_width():
    svg = root(one_of_each())
    assert svg.get("viewBox") == "0 0 200 100"
    assert "width:100%" in svg.get("style") and svg.get("width") is None


@pytest.mark.parametrize("words", ['<script>alert("x")</script>', "a & b", "\"'>", "]]>", "−∞ × ·"])
def test_whatever_the_words_are_they_stay_words(words):
    scene = Scene(100, 20, alt=words)
    scene.text(50, 10, words)
    svg = root(scene)
    assert svg.get("aria-label") == words
    assert [text.text for text in svg.iter(SVG + "text")] == [words]
    assert "<script" not in scene.svg()


def test_a_rectangle_without_a_stroke_has_none_and_a_dashed_one_is_dashed():
    filled, dashed = root(one_of_each()).iter(SVG + "rect")
    assert filled.get("stroke") is None and filled.get("fill") == "#0000ff"
    assert dashed.get("stroke-dasharray") and dashed.get("fill") == "none" and dashed.get("stroke-width") == "4"


def test_text_is_centred_unless_its_anchor_says_otherwise():
    svg = root(one_of_each())
    middle, start = svg.iter(SVG + "text")
    assert svg.get("text-anchor") == "middle" and middle.get("text-anchor") is None
    assert start.get("text-anchor") == "start"
    assert middle.get("font-weight") == "bold" and start.get("font-weight") is None


def test_the_pixels_of_a_picture_are_shown_as_squares_and_exactly():
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    scene = Scene(60, 40, alt="noise")
    scene.image(0, 0, 60, 40, pixels)
    (image,) = root(scene).iter(SVG + "image")
    assert "pixelated" in image.get("style"), "a browser would smooth the pixels"
    kind, data = image.get("href").split(",")
    assert kind == "data:image/png;base64", "a picture must not be fetched from anywhere"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), pixels)


# --- PNG -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 2])
def test_the_png_has_the_size_of_the_sheet_times_its_scale(scale):
    assert png(one_of_each(), scale).shape == (100 * scale, 200 * scale, 3)


def test_the_png_is_the_same_bytes_twice():
    assert one_of_each().png() == one_of_each().png()


def test_the_png_names_no_software_version():
    assert "Software" not in Image.open(io.BytesIO(one_of_each().png())).info


def test_the_png_shows_every_shape_where_the_svg_has_it():
    pixels = png(one_of_each())
    assert tuple(pixels[25, 30]) == BLUE, "the middle of the filled rectangle"
    assert tuple(pixels[25, 80]) == WHITE, "the middle of the empty rectangle"
    assert (pixels[25, 57:63] == RED).all(axis=1).any() or (pixels[12:38, 60] == RED).all(axis=1).any(), "its edge"
    assert (pixels[15:35, 115:145] < 100).all(axis=2).any(), "the text 12 around (130, 25)"
    assert (pixels[50:70, 150:185] < 120).all(axis=2).any(), "the text to the right of 150"
    assert not (pixels[50:70, 122:149] < 120).all(axis=2).any(), "no text to the left of its start"
    assert (pixels[79:82, 20:50] < 120).all(axis=2).any(axis=0).all(), "the arrow's line"
    assert tuple(pixels[70, 104]) == RED and tuple(pixels[70, 116]) == BLUE, "the picture's two pixels"
    assert tuple(pixels[95, 195]) == WHITE


def test_a_grey_picture_keeps_its_greys_in_both():
    scene = Scene(60, 20, alt="greys")
    scene.image(0, 0, 60, 20, np.array([[0, 100, 200]], np.uint8))
    assert [int(value) for value in png(scene)[10, [10, 30, 50], 0]] == [0, 100, 200]
    (image,) = root(scene).iter(SVG + "image")
    sent = Image.open(io.BytesIO(base64.b64decode(image.get("href").split(",")[1])))
    assert np.asarray(sent.convert("L")).tolist() == [[0, 100, 200]]


@pytest.mark.parametrize("below", ["text", "arrow", "image", "rect"])
def test_the_last_shape_lies_on_top(below):
    scene = Scene(60, 40, alt="a cover")
    if below == "text":
        scene.text(30, 20, "HHH", 20)
    elif below == "arrow":
        scene.arrow(5, 20, 50, 20, line=6)
    elif below == "image":
        scene.image(10, 10, 40, 20, np.full((1, 1, 3), 50, np.uint8))
    else:
        scene.rect(10, 10, 40, 20, fill="#000000")
    scene.rect(0, 0, 60, 40, fill="#0000ff")
    inner = png(scene)[2:-2, 2:-2]
    assert (inner == BLUE).all(), f"the {below} drawn first shines through in the PNG; in the SVG it is covered"


def test_a_scene_shows_itself_in_a_notebook_as_a_picture_with_its_words():
    bundle = one_of_each()._repr_mimebundle_()
    assert bundle == {"image/png": base64.b64encode(one_of_each().png()).decode(), "text/plain": "one of each"}


# --- colours ---------------------------------------------------------------------------------------------------------


def test_a_tint_goes_from_white_to_the_colour():
    assert style.tint("#0072b2", 0) == "#ffffff"
    assert style.tint("#0072b2", 1) == "#0072b2"
    assert style.tint("#000000", 0.5) == "#808080"


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (style.INK, style.PAPER),
        (style.INK, style.tint(style.PIXEL, 0.55)),
        (style.INK, style.tint(style.GRADIENT, 0.55)),
        (style.FAINT, style.PAPER),
        (style.FAINT, style.PADDING),
        (style.WINDOW, style.PAPER),
    ],
)
def test_text_can_be_read_on_its_ground(ink, ground):
    contrast = (luminance(ground) + 0.05) / (luminance(ink) + 0.05)
    assert contrast >= 4.5 or (ink == style.FAINT and ground == style.PADDING and contrast > 3.5), (
        f"{ink} on {ground} has a contrast of {contrast:.1f}; 4.5 is what small text needs (WCAG 2.2, 1.4.3)"
    )
