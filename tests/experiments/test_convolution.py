"""The convolution lab without its widgets: settings are checked, results are those of the layer, sentences are true."""

import io
import itertools
import re

import numpy as np
import pytest
from PIL import Image

from helpers import nn
from helpers.experiments.convolution import KERNELS, State, arithmetic, compute, describe, products, slide
from helpers.experiments.pictures import OWN, PICTURES, numbers

SETTINGS = [
    {"stride": s, "padding": p, "dilation": d}
    for s, p, d in itertools.product((1, 2, 3), (0, 1, 4), (1, 2, 3))
    if 2 * d + 1 <= 5 + 2 * p
]


def layer_of(kernel, **settings):
    layer = nn.Conv2d(1, 1, np.shape(kernel), bias=False, rng=0, **settings)
    layer.load_state_dict({"weight": np.array(kernel, float)[None, None]})
    return layer


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"picture": "cat"}, "picture must be one of"),
        ({"stride": 0}, "Conv2d: stride must be at least 1, got 0"),
        ({"padding": -1}, "Conv2d: padding must be at least 0, got -1"),
        ({"dilation": 0}, "Conv2d: dilation must be at least 1, got 0"),
        ({"window": -1}, "Conv2d: window must be at least 0, got -1"),
        ({"kernel": ((1, 2), (3, 4))}, "Conv2d: kernel must be 3 rows of 3 finite numbers"),
        ({"kernel": ((np.nan, 0, 0), (0, 0, 0), (0, 0, 0))}, "Conv2d: kernel must be 3 rows of 3 finite numbers"),
        ({"picture": "numbers 6 × 6", "dilation": 3}, "does not fit into the padded input (6, 6)"),
        ({"picture": OWN}, "choose a picture file with the Upload button first"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, message):
    with pytest.raises(ValueError) as refusal:
        State(**setting)
    assert message in str(refusal.value)


@pytest.mark.parametrize("picture", [OWN, "temple"])
@pytest.mark.parametrize("own", ["photo.png", 3, bytearray(b"x")], ids=repr)
def test_the_path_of_a_picture_is_not_its_bytes(picture, own):
    with pytest.raises(TypeError, match=r"^own must be the bytes of a picture file, .* got"):
        State(picture=picture, own=own)


@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")  # of pixels that no window reads
@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("picture", ["negative 5 × 5", "flower"])
def test_the_result_is_what_the_layer_computes(picture, name):
    for setting in SETTINGS if picture != "flower" else SETTINGS[:1]:
        result = compute(State(kernel=KERNELS[name], picture=picture, **setting))
        expected = layer_of(KERNELS[name], **setting)(result.pixels.astype(float))
        tolerance = 1e-12 if picture != "flower" else 1e-5  # a photograph is float32
        np.testing.assert_allclose(result.out, expected, rtol=0, atol=tolerance, err_msg=str(setting))
        assert result.words == f"kernel {name} slides over {picture}"


def test_the_arithmetic_of_every_window_comes_out_right_and_names_each_product():
    for setting, kernel in itertools.product(SETTINGS, KERNELS.values()):
        result = compute(State(kernel=kernel, picture="negative 5 × 5", **setting))
        for i, j in np.ndindex(result.out.shape[1:]):
            here = result._replace(window=(i, j))
            pairs = list(products(here))
            assert sum(weight * pixel for weight, pixel in pairs) == pytest.approx(result.out[0, i, j], abs=1e-12)
            left, right = arithmetic(here).replace("−", "-").split(" = ")
            assert len(re.findall("·", left)) == sum(weight != 0 for weight, _ in pairs)
            assert not re.search("·-", left), "a negative pixel stands in brackets"
            terms = re.sub(r"([-+]) |[()]", r"\1", left).split()
            total = sum(float(a) * float(b) for a, b in (term.split("·") for term in terms))
            assert total == pytest.approx(float(right), rel=1e-3, abs=1e-9), arithmetic(here)


def test_a_kernel_of_zeros_has_a_calculation_too():
    assert arithmetic(compute(State(kernel=((0,) * 3,) * 3))) == "0 = 0"


def test_windows_are_counted_in_reading_order_and_the_last_one_stands_for_all_beyond():
    picture = numbers().astype(float)
    found = {n: slide(picture, np.ones((3, 3)), window=n).window for n in (0, 3, 4, 15, 999)}
    assert found == {0: (0, 0), 3: (0, 3), 4: (1, 0), 15: (3, 3), 999: (3, 3)}


def test_the_gradients_of_a_convolution_are_convolutions():
    """Part 6 of the lesson: dw is dy on x, and dx is dy, padded, under the kernel turned round."""
    random = np.random.default_rng(0)
    picture, kernel, dy = (random.standard_normal(shape) for shape in ((7, 6), (3, 2), (5, 5)))
    layer = layer_of(kernel)
    layer(picture[None])
    dx = layer.backward(dy[None])[0]
    np.testing.assert_allclose(slide(picture, dy).out, layer.weight.grad[0], rtol=0, atol=1e-12)
    padded = np.pad(dy, ((2, 2), (1, 1)))
    np.testing.assert_allclose(slide(padded, kernel[::-1, ::-1]).out[0], dx, rtol=0, atol=1e-12)


def test_the_description_gives_the_sizes_with_their_terms_and_the_window_or_the_range():
    result = compute(State(window=8))
    assert describe(result) == [f"rows: {result.rows.formula}", f"window (1, 2): {arithmetic(result)}"]
    rows, columns, told = describe(compute(State(picture="temple", kernel=KERNELS["blur"])))
    assert rows.endswith("= 238") and columns.endswith("= 358")
    assert told.endswith("the weights sum to 0.99")
    assert "no window reads row 5" in describe(compute(State(picture="numbers 6 × 6", stride=2)))


def test_a_colour_picture_is_shown_by_its_brightness_and_its_note_is_passed_on():
    file = io.BytesIO()
    Image.new("RGB", (900, 450), (255, 0, 0)).save(file, "PNG")
    result = compute(State(picture=OWN, own=file.getvalue(), kernel=KERNELS["identity"]))
    assert result.pixels.shape == (1, 180, 360)
    np.testing.assert_allclose(result.out, 0.299, rtol=1e-4)
    assert describe(result)[-1] == "Scaled down from 900 x 450 to 360 x 180 pixels."


@pytest.mark.parametrize("picture", PICTURES[:-1])
def test_every_named_kernel_fits_every_picture(picture):
    for name, kernel in KERNELS.items():
        state = State(kernel=kernel, picture=picture)
        assert state.kernel_name == name
        assert np.isfinite(compute(state).out).all()


def test_an_edited_kernel_is_your_own():
    assert State(kernel=((1, 2, 3), (4, 5, 6), (7, 8, 9))).kernel_name == "your own"
