"""The pooling lab without its widgets: settings are checked, results are those of the layers, sentences are true."""

import io
import itertools
import re
import warnings

import numpy as np
import pytest
from PIL import Image

from helpers import data, nn
from helpers.checks import SettingWarning
from helpers.experiments import pooling
from helpers.experiments.pictures import OWN, PICTURES, numbers
from helpers.experiments.pooling import (
    KINDS,
    Result,
    State,
    arithmetic,
    compute,
    describe,
    torch_verdict,
    unused,
)
from helpers.kernels.windows import Windows

GRIDS = PICTURES[:4]
SLIDING = [
    {"kind": kind, "kernel_size": k, "stride": s, "padding": p, "dilation": d, "ceil_mode": ceil}
    for kind, k, s, p, d, ceil in itertools.product(
        ("max", "average", "average without padding", "L_p"), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2), (False, True)
    )
    if p <= k // 2 and (kind == "max" or d == 1) and (kind != "L_p" or p == 0) and d * (k - 1) + 1 <= 6 + 2 * p
]
ADAPTIVE = [
    {"kind": kind, "output_size": size} for kind in ("adaptive max", "adaptive average") for size in (1, 2, 4, 6, 7)
]
SETTINGS = SLIDING + ADAPTIVE


def layer_of(state):
    if state.kind.startswith("adaptive"):
        layer = nn.AdaptiveMaxPool2d if state.kind == "adaptive max" else nn.AdaptiveAvgPool2d
        return layer(state.output_size)
    sizes = {name: getattr(state, name) for name in ("kernel_size", "stride", "ceil_mode")}
    if state.kind == "L_p":
        return nn.LPPool2d(state.norm_type, **sizes)
    sizes["padding"] = state.padding
    if state.kind == "max":
        return nn.MaxPool2d(**sizes, dilation=state.dilation)
    return nn.AvgPool2d(**sizes, count_include_pad=state.kind == "average")


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


# --- State -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"kind": "min"}, f"pooling: kind must be one of {(*KINDS,)}, got 'min'"),
        ({"picture": "cat"}, f"pooling: picture must be one of {PICTURES}, got 'cat'"),
        ({"kernel_size": 0}, "MaxPool2d: kernel_size must be at least 1, got 0"),
        ({"stride": 0}, "MaxPool2d: stride must be at least 1, got 0"),
        ({"padding": -1}, "MaxPool2d: padding must be at least 0, got -1"),
        ({"dilation": 0}, "MaxPool2d: dilation must be at least 1, got 0"),
        ({"window": -1}, "MaxPool2d: window must be at least 0, got -1"),
        ({"padding": 2}, "MaxPool2d: padding=2 is more than half of kernel_size=2; use 0 or 1"),
        (
            {"kernel_size": 7},
            "MaxPool2d: kernel_size (7, 7) does not fit into the padded input (6, 6) "
            "(input (6, 6), padding (0, 0), dilation (1, 1))",
        ),
        ({"kind": "L_p", "norm_type": 0}, "LPPool2d: norm_type must be at least 1, got 0"),
        ({"kind": "adaptive max", "output_size": 0}, "AdaptiveMaxPool2d: output_size must be at least 1, got 0"),
        ({"picture": OWN}, "choose a picture file with the Upload button first"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, message):
    with pytest.raises(ValueError) as refusal:
        State(**setting)
    assert str(refusal.value) == message


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation", "window"])
@pytest.mark.parametrize("value", [1.0, True, "2", None, (2, 3)])
def test_a_size_of_the_wrong_kind_is_refused_by_name(name, value):
    with pytest.raises(TypeError, match=re.escape(f"{name} must be an integer, got {value!r}")):
        State(**{name: value})


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        ("average", {"dilation": 2, "norm_type": 0, "output_size": 0}),
        ("L_p", {"padding": 4, "dilation": 2, "output_size": 0}),
        ("adaptive max", {"kernel_size": 9, "stride": 0, "padding": 4, "dilation": 9, "norm_type": -1}),
    ],
)
def test_a_setting_that_the_layer_does_not_take_does_not_count(kind, others):
    np.testing.assert_array_equal(compute(State(kind=kind, **others)).out, compute(State(kind=kind)).out)
    assert set(others) <= unused(kind=kind, picture="temple", **others)


def test_every_setting_of_a_kind_reaches_its_layer():
    changed = {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": 2, "norm_type": 3, "output_size": 5}
    for kind, taken in KINDS.items():
        for name in set(changed) & set(taken.settings):
            assert getattr(State(kind=kind, **{name: changed[name]}).layer(), name) == changed[name], (kind, name)


@pytest.mark.parametrize("own", [b"", b"no picture", png(np.zeros((4, 4), np.uint8))[:40]])
def test_an_upload_that_is_no_picture_is_refused_in_words(own):
    with pytest.raises(ValueError, match="picture"):
        State(picture=OWN, own=own)


def test_an_upload_does_not_matter_while_another_picture_is_chosen():
    assert State(own=b"no picture").pixels()[0].shape == (1, 6, 6)


def test_a_state_cannot_be_changed():
    with pytest.raises(AttributeError):
        State().kernel_size = 3


# --- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", GRIDS)
def test_a_numbered_picture_has_the_size_in_its_name_and_small_whole_numbers(picture):
    pixels, note = State(picture=picture).pixels()
    height, width = map(int, re.search(r"(\d+) × (\d+)", picture).groups())
    assert pixels.shape == (1, height, width)
    assert pixels.dtype == np.float64
    np.testing.assert_array_equal(pixels, pixels.round())
    assert abs(pixels).max() <= 16 and note == ""


def test_the_negative_picture_shows_that_padding_must_not_win():
    pixels, _ = State(picture="negative 5 × 5").pixels()
    assert pixels.max() < 0
    result = compute(State(picture="negative 5 × 5", kernel_size=3, padding=1))
    assert result.out.max() < 0, "a padding of 0 would have won"


def test_the_digit_is_a_three():
    pixels, _ = State(picture="digit 8 × 8").pixels()
    np.testing.assert_array_equal(pixels[0], 16 * data.digits().images[3])
    assert data.digits().labels[3] == 3


@pytest.mark.parametrize("picture", ["temple", "flower"])
def test_a_photograph_has_its_colours_first_and_its_proportions_kept(picture):
    pixels, _ = State(picture=picture).pixels()
    assert pixels.shape == (3, 240, 360)
    assert 0 <= pixels.min() < 0.1 and 0.9 < pixels.max() <= 1


def test_an_own_picture_keeps_rows_columns_and_colours_apart():
    own = np.zeros((3, 5, 3), np.uint8)
    own[2, 4] = 255, 51, 0
    pixels, _ = State(picture=OWN, own=png(own), kernel_size=1).pixels()
    assert pixels.shape == (3, 3, 5)
    np.testing.assert_allclose(pixels[:, 2, 4], [1, 0.2, 0])
    assert pixels.sum() == pytest.approx(1.2)


@pytest.mark.parametrize("picture", ["negative 5 × 5", "temple"])
def test_a_reader_cannot_change_the_pictures_that_all_share(picture):
    pixels = compute(State(picture=picture)).pixels
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0, 0] = 99


# --- compute ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [*GRIDS, "flower"])
def test_the_result_is_what_the_layer_computes(picture):
    for setting in SETTINGS if picture == GRIDS[0] else SETTINGS[::7]:
        try:
            state = State(picture=picture, **setting)
        except ValueError:  # 5 pixels are too few for some
            continue
        result, layer = compute(state), layer_of(state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SettingWarning)
            np.testing.assert_array_equal(result.out, layer(result.pixels), err_msg=str(state))
        assert (result.rows.count, result.cols.count) == result.out.shape[1:]


def test_the_winners_are_where_the_maxima_stand():
    for setting in SETTINGS:
        result = compute(State(picture="digit 8 × 8", **setting))
        if "max" not in setting["kind"]:
            assert result.winners is None
            continue
        np.testing.assert_array_equal(result.pixels.reshape(-1)[result.winners], result.out, err_msg=str(setting))


def test_the_same_state_gives_the_same_numbers_twice():
    state = State(picture="face 16 × 16", kernel_size=3, stride=2, padding=1)
    np.testing.assert_array_equal(compute(state).out, compute(state).out)
    np.testing.assert_array_equal(numbers(), numbers())


def test_windows_are_counted_in_reading_order_and_the_last_one_stands_for_all_beyond():
    windows = {number: compute(State(window=number)).window for number in (0, 2, 3, 8, 9, 999)}
    assert windows == {0: (0, 0), 2: (0, 2), 3: (1, 0), 8: (2, 2), 9: (2, 2), 999: (2, 2)}


@pytest.mark.parametrize(("picture", "numbered"), [*((picture, True) for picture in GRIDS), ("temple", False)])
def test_numbers_are_shown_for_small_pictures_only(picture, numbered):
    assert compute(State(picture=picture)).numbered == numbered


@pytest.mark.parametrize("kind", KINDS)
def test_the_results_layer_is_ready_to_go_backward(kind):
    state = State(kind=kind, kernel_size=3, stride=2, padding=1, ceil_mode=True)
    result, layer = compute(state), layer_of(state)
    grad_out = np.random.default_rng(0).standard_normal(layer(result.pixels).shape)
    np.testing.assert_array_equal(result.layer.backward(grad_out), layer.backward(grad_out))


def test_settings_that_leave_pixels_unread_are_described_and_do_not_warn():
    assert any("no window reads" in line for line in describe(compute(State(kernel_size=3))))


# --- words -----------------------------------------------------------------------------------------------------------


def test_the_arithmetic_of_every_window_names_its_pixels_and_comes_out_right():
    for setting in SETTINGS:
        result = compute(State(**setting))
        for i, j in np.ndindex(result.out.shape[1:]):
            text = arithmetic(result._replace(window=(i, j)))
            left, right = text.split(" = ")
            pixels = [result.pixels[0, h, w] for h in result.rows.reads(i) for w in result.cols.reads(j)]
            inside = left.removeprefix("max").split(" / ")[0].strip("()")
            if setting["kind"] == "L_p":
                inside = left.removesuffix("^(1/2)").split(" · ")[-1].strip("()").replace("²", "")
            terms = [float(term) for term in re.split(r", | \+ ", inside)]
            assert terms == pixels, f"{setting}, window {(i, j)}: {text}"
            if "max" in setting["kind"]:
                expected = max(terms)
            elif setting["kind"] == "L_p":
                whole, read = map(int, left[1:].split(" · ")[0].split("/")) if " · " in left else (1, 1)
                expected = np.sqrt(whole / read * np.dot(terms, terms))
            else:
                expected = sum(terms) / int(left.split(" / ")[1])
            assert float(right) == pytest.approx(expected, rel=1e-3), f"{setting}, window {(i, j)}: {text}"
            assert result.out[0, i, j] == pytest.approx(expected, rel=1e-12), f"{setting}, window {(i, j)}: {text}"


@pytest.mark.parametrize(("kind", "divisor"), [("average", 9), ("average without padding", 4)])
def test_the_arithmetic_divides_by_the_padding_only_where_it_counts(kind, divisor):
    result = compute(State(kind=kind, kernel_size=3, stride=2, padding=1))
    assert f"/ {divisor} = " in arithmetic(result)


def test_the_arithmetic_of_a_window_that_reads_only_padding():
    pixels, axis = np.ones((1, 2, 2)), Windows(2, kernel=2, padding=1, dilation=3)
    layer = nn.MaxPool2d(2, stride=1, padding=1, dilation=3, return_indices=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)
        out, winners = layer(pixels)
    result = Result(State(), pixels, out, winners, layer, axis, axis, (0, 0), "")
    assert arithmetic(result) == "only padding: −∞"
    assert "windows that read only padding, by row: 0" in describe(result)


def test_the_arithmetic_of_a_norm_writes_negative_pixels_in_brackets_and_nan_as_torch_does():
    even = arithmetic(compute(State(kind="L_p", picture="negative 5 × 5")))
    assert even.startswith("((-5)² + (-5)² + ") and even.endswith("^(1/2) = 10.86"), even
    odd = compute(State(kind="L_p", picture="negative 5 × 5", norm_type=3))
    assert arithmetic(odd).endswith("^(1/3) = NaN")
    assert any("NaN, in torch too" in line for line in describe(odd))


def test_the_description_of_bins_gives_their_limits_and_calls_one_bin_global():
    bins, window = describe(compute(State(kind="adaptive average", output_size=4, window=5)))
    limits = "floor(i·6 / 4) to ceil((i + 1)·6 / 4) − 1: 0 to 1, 1 to 2, 3 to 4, 4 to 5"
    assert bins == f"rows: bin i of 4 reads pixels {limits}"
    assert window == "window (1, 1): (5 + 0 + 7 + 6) / 4 = 4.5"
    one = describe(compute(State(kind="adaptive max", output_size=1)))
    assert one[-1] == "one bin holds the whole picture: this is global pooling"


def test_the_description_gives_the_sizes_with_their_terms_and_the_window():
    result = compute(State())
    sizes, window = describe(result)
    assert sizes == f"rows: {result.rows.formula}"
    assert "(6 + 2·0 − 1·(2 − 1) − 1) / 2" in sizes and sizes.endswith(" = 3")
    assert window == f"window (0, 0): {arithmetic(result)}"


def test_the_description_of_a_photograph_gives_both_sizes_and_the_share_that_is_left():
    rows, columns, share = describe(compute(State(picture="temple", kernel_size=3, stride=3)))
    assert rows.startswith("rows: floor((240 ") and columns.startswith("columns: floor((360 ")
    assert share == "259,200 numbers in, 28,800 out: 11.1%"


def test_the_description_passes_on_what_was_done_to_an_upload():
    own = png(np.zeros((900, 450), np.uint8))
    assert describe(compute(State(picture=OWN, own=own)))[-1] == "Scaled down from 450 x 900 to 180 x 360 pixels."


def test_the_description_names_the_rows_and_columns_that_no_window_reads():
    lines = describe(compute(State(picture="negative 5 × 5")))
    assert "no window reads row 4" in lines
    assert "no window reads column 4" in lines
    assert not any("no window" in line for line in describe(compute(State(picture="negative 5 × 5", ceil_mode=True))))


def test_the_description_does_not_name_four_unread_rows_as_if_they_were_all():
    result = compute(State(picture="face 16 × 16", kernel_size=1, stride=8))
    assert len(result.rows.unread) == 14
    (line,) = (line for line in describe(result) if line.startswith("no window reads") and "row" in line)
    named = [int(number) for number in re.findall(r"\d+", line)]
    honest = "14 rows" in line or "…" in line or " to " in line or named == list(result.rows.unread)
    assert honest, f"14 rows are not read, and it says {line!r}"


# --- torch -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_torch_agrees_where_the_state_allows_a_setting_and_refuses_where_it_does_not(kind):
    seen = set()
    values = {
        "kernel_size": (1, 2, 3, 5, 8),
        "stride": (1, 2, 5),
        "padding": (0, 1, 2, 4),
        "dilation": (1, 2, 3),
        "ceil_mode": (False, True),
        "norm_type": (1, 2, 3, 16),
        "output_size": (1, 3, 4, 6, 16),
        "picture": GRIDS[:2],  # negative pixels have no odd root
    }
    taken = [*KINDS[kind].settings, *["picture"] * (kind == "L_p")]
    for row in itertools.product(*(values[name] for name in taken)):
        setting = {"kind": kind, **dict(zip(taken, row, strict=True))}
        try:
            State(**setting)
            expected = "torch agrees: output (1, "
        except ValueError:
            expected = "torch refuses this setting: "
        verdict = torch_verdict(**setting)
        assert verdict.startswith(expected), f"{setting}: {verdict}"
        seen.add(expected)
    assert len(seen) == (1 if kind.startswith("adaptive") else 2), "the grid has to hold settings of both kinds"


def test_torch_agrees_on_a_photograph_up_to_rounding():
    verdict = torch_verdict(kind="average", picture="temple", kernel_size=3, padding=1)
    assert verdict.startswith("torch agrees: output (3, 120, 180), ")
    if "difference" in verdict:
        assert float(verdict.split()[-1]) < 1e-6, verdict


def test_torch_would_be_heard_if_it_disagreed(monkeypatch):
    monkeypatch.setattr(pooling, "compute", lambda state: compute(State(stride=1)))
    assert torch_verdict() == "torch disagrees: its output has shape (1, 3, 3), ours (1, 5, 5)"


def test_a_wrong_number_would_not_be_called_agreement(monkeypatch):
    wrong = compute(State())
    wrong.out[0, 1, 1] += 1
    monkeypatch.setattr(pooling, "compute", lambda state: wrong)
    verdict = torch_verdict()
    assert not verdict.startswith("torch agrees"), verdict
