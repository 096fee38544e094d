"""Window arithmetic against windows found by sliding, against torch's output size, and in cases with a name."""

import math
import re

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.kernels.windows import Windows, check_padding, enumeration, fit
from tests.oracles import slide

FIELDS = ("size", "kernel", "stride", "padding", "dilation", "ceil_mode")


@st.composite
def any_settings(draw, largest_size=40):
    """Legal settings (padding at most half of the kernel), those whose kernel does not fit included."""
    kernel = draw(st.integers(1, 9))
    return (
        draw(st.integers(1, largest_size)),
        kernel,
        draw(st.integers(1, 12)),
        draw(st.integers(0, kernel // 2)),
        draw(st.integers(1, 6)),
        draw(st.booleans()),
    )


def thorough(test):
    """Many examples, the same ones in every run."""
    return settings(max_examples=250, deadline=None, derandomize=True, database=None)(given(any_settings())(test))


def said(setting):
    return ", ".join(f"{name}={value}" for name, value in zip(FIELDS, setting, strict=True))


# ------------------------------------------------------------------------------------------ against the definition


@thorough
def test_count_is_the_number_of_windows_found_by_sliding(setting):
    count, windows = Windows(*setting).count, slide(*setting)
    assert max(0, count) == len(windows), f"{said(setting)}: got {count}, expected {len(windows)}: {windows}"


@thorough
def test_each_window_looks_where_sliding_finds_it(setting):
    windows = Windows(*setting)
    for i, taps in enumerate(slide(*setting)):
        got = [*windows.looks_at(i)]
        assert got == taps, f"{said(setting)}: window {i} looks at: got {got}, expected {taps}"
        assert windows.start(i) == taps[0], f"{said(setting)}: window {i} starts at: got {windows.start(i)}"
        inside = [pixel for pixel in taps if 0 <= pixel < windows.size]
        assert [*windows.reads(i)] == inside, f"{said(setting)}: window {i} reads {windows.reads(i)}, not {inside}"


@thorough
def test_span_reaches_from_the_first_tap_to_the_last(setting):
    for taps in slide(*setting)[:1]:
        got, expected = Windows(*setting).span, taps[-1] - taps[0] + 1
        assert got == expected, f"{said(setting)}: got {got}, expected {expected}"


@thorough
def test_taps_pair_every_window_with_the_pixels_that_it_reads(setting):
    windows, found = Windows(*setting), slide(*setting)
    if not found:
        return
    assert len(windows.taps) == windows.kernel, said(setting)
    for tap, (source, target) in enumerate(windows.taps):
        assert min(source.start, source.stop, target.start, target.stop) >= 0, f"a slice wraps round: {said(setting)}"
        got = [*zip(range(len(found))[target], range(windows.size)[source], strict=True)]
        expected = [(i, taps[tap]) for i, taps in enumerate(found) if 0 <= taps[tap] < windows.size]
        assert got == expected, f"{said(setting)}: tap {tap}, (window, pixel): got {got}, expected {expected}"


@thorough
def test_whole_and_partial_taps_are_the_taps(setting):
    windows = Windows(*setting)
    if windows.count < 1:
        return
    whole = [(source, slice(0, windows.count)) for source in windows.whole_taps]
    assert sorted([*whole, *windows.partial_taps], key=str) == sorted(windows.taps, key=str), said(setting)
    assert all(target != slice(0, windows.count) for _, target in windows.partial_taps), said(setting)


@thorough
def test_unread_pixels_are_those_that_no_window_reads(setting):
    if not (found := slide(*setting)):
        return
    read = {pixel for taps in found for pixel in taps}
    expected = [pixel for pixel in range(setting[0]) if pixel not in read]
    got = [*Windows(*setting).unread]
    assert got == expected, f"{said(setting)}: got {got}, expected {expected}"


@thorough
def test_empty_windows_are_those_that_read_only_padding(setting):
    expected = [i for i, taps in enumerate(slide(*setting)) if not any(0 <= pixel < setting[0] for pixel in taps)]
    got = [*Windows(*setting).empty]
    assert got == expected, f"{said(setting)}: got {got}, expected {expected}"


@thorough
def test_without_dilation_no_legal_window_is_empty(setting):
    size, kernel, stride, padding, _, ceil_mode = setting
    empty = Windows(size, kernel, stride, padding, 1, ceil_mode).empty
    assert not empty, f"{said(setting)}: at dilation 1 windows {empty} read only padding"


@thorough
@example((1, 2, 1, 1, 2, False))
@example((3, 4, 12, 2, 5, True))
def test_a_window_that_reads_only_padding_is_the_only_window(setting):
    windows = Windows(*setting)
    if windows.count > 0 and windows.empty:
        assert windows.count == 1, f"{said(setting)}: {windows.empty} of {windows.count} windows read only padding"


@thorough
def test_overhang_is_how_far_the_last_window_passes_the_padding(setting):
    if not (found := slide(*setting)):
        return
    expected = max(0, found[-1][-1] - (setting[0] + setting[3] - 1))
    got = Windows(*setting).overhang
    assert got == expected, f"{said(setting)}: got {got}, expected {expected}"
    assert setting[-1] or not got, f"{said(setting)}: hangs over by {got} without ceil_mode"


@thorough
def test_a_window_counts_its_pixels_or_also_the_padding_but_never_the_overhang(setting):
    size, padding = setting[0], setting[3]
    found = slide(*setting)
    for count_include_pad, low, high in ((False, 0, size), (True, -padding, size + padding)):
        expected = [sum(low <= pixel < high for pixel in taps) for taps in found]
        got = [*Windows(*setting).sizes(count_include_pad)] if found else []
        assert got == expected, f"{said(setting)}, {count_include_pad=}: got {got}, expected {expected}"


# ------------------------------------------------------------------------------------------------ against torch


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(any_settings(largest_size=60))
@example((9, 4, 4, 2, 1, True))
def test_count_is_torchs_output_size(setting):
    size, kernel, stride, padding, dilation, ceil_mode = setting
    plane = torch.empty(1, 1, 1, size, device="meta")  # a shape without numbers: torch reads nothing
    try:
        out = torch.nn.functional.max_pool2d(
            plane, (1, kernel), (1, stride), (0, padding), (1, dilation), ceil_mode=ceil_mode
        )
        expected = out.shape[-1]
    except RuntimeError as error:
        assert "too small" in str(error), error
        expected = 0
    got = Windows(*setting).count
    assert max(0, got) == expected, f"{said(setting)}: got {got}, torch has {expected}"


# ---------------------------------------------------------------------------------------------- cases with a name

NAMED = {
    "the last window would start past the last pixel": (
        Windows(size=9, kernel=4, stride=4, padding=2, ceil_mode=True),
        3,
    ),
    "the same without ceil_mode": (Windows(size=9, kernel=4, stride=4, padding=2), 3),
    "windows that do not divide the input": (Windows(size=5, kernel=2, stride=2), 2),
    "ceil_mode keeps the rest": (Windows(size=5, kernel=2, stride=2, ceil_mode=True), 3),
    "one pixel": (Windows(size=1, kernel=1), 1),
    "padding keeps the size at kernel 3": (Windows(size=7, kernel=3, padding=1), 7),
    "dilation 2 stretches 3 to 5": (Windows(size=7, kernel=3, dilation=2), 3),
    "as large as the input": (Windows(size=5, kernel=5), 1),
    "larger than the input": (Windows(size=4, kernel=5), 0),
    "larger than the input, ceil_mode": (Windows(size=4, kernel=5, stride=5, ceil_mode=True), 1),
    "larger than the input by a stride, ceil_mode": (Windows(size=4, kernel=9, stride=5, ceil_mode=True), 0),
    "ones(6), k 3, s 2, p 1, ceil": (Windows(size=6, kernel=3, stride=2, padding=1, ceil_mode=True), 4),
}


@pytest.mark.parametrize(("windows", "expected"), NAMED.values(), ids=NAMED)
def test_count_in_named_cases(windows, expected):
    assert windows.count == expected


def test_stride_larger_than_the_kernel_leaves_pixels_between_the_windows():
    assert Windows(size=7, kernel=1, stride=3).unread == (1, 2, 4, 5)


def test_dilation_can_step_over_the_whole_input():
    windows = Windows(size=1, kernel=2, padding=1, dilation=2)
    assert [*windows.looks_at(0)] == [-1, 1]
    assert windows.empty == (0,)
    assert windows.unread == (0,)


def test_divisors_of_the_course_s_example_with_overhang():
    windows = Windows(size=6, kernel=3, stride=2, padding=1, ceil_mode=True)
    assert windows.overhang == 1
    assert [*windows.sizes(True)] == [3, 3, 3, 2], "declared padding counts, the overhang does not"
    assert [*windows.sizes(False)] == [2, 3, 3, 1]


# ------------------------------------------------------------------------------------------------- the text of it


@thorough
def test_formula_comes_out_at_every_step_and_ends_with_the_count(setting):
    if not slide(*setting):
        return
    windows = Windows(*setting)
    terms, rounded, result = windows.formula.split(" = ")
    result, _, rest = result.partition(",")
    count = int(rest.rsplit(": ")[-1]) if rest else int(result)
    assert count == windows.count, windows.formula
    assert bool(rest) == (int(result) != count), windows.formula
    for part in (terms, rounded):
        value = eval(part.replace("·", "*").replace("−", "-"), {"floor": math.floor, "ceil": math.ceil})
        assert value == int(result), f"{part} is {value}: {windows.formula}"


def test_formula_shows_each_setting_in_its_place():
    windows = Windows(size=17, kernel=5, stride=7, padding=2, dilation=3, ceil_mode=True)
    assert windows.formula == "ceil((17 + 2·2 − 3·(5 − 1) − 1) / 7) + 1 = ceil(1.143) + 1 = 3"


def test_formula_says_why_one_window_is_taken_back():
    formula = Windows(size=9, kernel=4, stride=4, padding=2, ceil_mode=True).formula
    assert formula.startswith("ceil((9 + 2·2 − 1·(4 − 1) − 1) / 4) + 1 = ceil(2.25) + 1 = 4, minus 1"), formula
    assert formula.endswith("past the last pixel: 3"), formula


@pytest.mark.parametrize(
    ("size", "stride", "ceil_mode"), [(2561, 2, False), (2563, 2, True), (2562, 4, True), (123458, 2, False)]
)
def test_formula_of_a_large_picture_is_not_rounded_to_a_wrong_count(size, stride, ceil_mode):
    formula = Windows(size, kernel=2, stride=stride, ceil_mode=ceil_mode).formula
    _, rounded, result = formula.split(" = ")
    value = eval(rounded, {"floor": math.floor, "ceil": math.ceil})
    assert value == int(result.partition(",")[0]), f"{rounded} is {value}: {formula}"


# ------------------------------------------------------------------------------------------------ fit, check_padding


def test_fit_gives_one_windows_for_each_axis():
    rows, cols = fit("MaxPool2d", (7, 9), (3, 2), (1, 2), (1, 0), (2, 1), True)
    assert rows == Windows(7, 3, 1, 1, 2, True)
    assert cols == Windows(9, 2, 2, 0, 1, True)


@pytest.mark.parametrize(
    ("shape", "kernel", "padding", "dilation", "wanted"),
    [
        ((4, 4), (5, 5), (0, 0), (1, 1), ["kernel_size (5, 5)", "padded input (4, 4)", "input (4, 4)"]),
        ((9, 4), (3, 7), (1, 1), (1, 1), ["kernel_size (3, 7)", "padded input (11, 6)", "padding (1, 1)"]),
        ((4,), (3,), (0,), (2,), ["kernel_size 3", "padded input 4", "dilation 2"]),
    ],
)
def test_fit_says_why_a_kernel_does_not_fit(shape, kernel, padding, dilation, wanted):
    with pytest.raises(ValueError, match=r"^Pool: kernel_size .* does not fit into the padded input") as caught:
        fit("Pool", shape, kernel, (1,) * len(shape), padding, dilation, False)
    missing = [part for part in wanted if part not in str(caught.value)]
    assert not missing, f"{caught.value} does not say {missing}"


def test_fit_refuses_again_what_it_has_refused_before():
    for _ in range(2):
        with pytest.raises(ValueError, match="does not fit"):
            fit("Pool", (3,), (4,), (1,), (0,), (1,), False)


@pytest.mark.parametrize("setting", [(0, 2), (5, 0), (5, 2, 0), (5, 2, 1, -1), (5, 2, 1, 0, 0)])
def test_windows_that_cannot_be_are_refused(setting):
    with pytest.raises(ValueError, match=r"^Windows: \w+ must be at least [01], got -?\d"):
        Windows(*setting)


def test_the_formula_says_where_no_window_fits():
    assert Windows(2, kernel=5).formula.endswith(": no window fits")


@pytest.mark.parametrize("name", ["size", "kernel", "stride", "padding", "dilation"])
def test_a_window_names_the_size_that_is_wrong(name):
    with pytest.raises(ValueError, match=f"^Windows: {name} must be at least [01], got -1$"):
        Windows(**dict(size=4, kernel=2) | {name: -1})


def test_a_window_names_a_switch_that_is_none():
    with pytest.raises(TypeError, match=r"^Windows: ceil_mode must be True or False, got 1$"):
        Windows(size=4, kernel=2, ceil_mode=1)


@pytest.mark.parametrize(
    ("kernel", "use"),
    [(1, "0"), (2, "0 or 1"), (3, "0 or 1"), (5, "0 or 1 or 2"), (6, "at most 3"), (21, "at most 10")],
)
def test_padding_past_half_the_kernel_is_refused_with_what_is_allowed(kernel, use):
    check_padding("Pool", (3, kernel), (1, kernel // 2))
    pad = kernel // 2 + 1
    message = f"Pool: padding={pad} is more than half of kernel_size={kernel}; use {use}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_padding("Pool", (3, kernel), (1, pad))


def test_many_numbers_are_named_by_their_ends():
    assert enumeration([7]) == "7"
    assert enumeration([4, 5, 7, 8]) == "4, 5, 7, 8"
    assert enumeration([4, 5, 7, 8, 11]) == "4, 5, … 11 (5 in all)"
    assert enumeration([4, 5, 7, 8, 11, 20]) == "4, 5, … 20 (6 in all)"


# A mutation run leaves here: `strict=True` of zips over tuples that are checked to be of one length, and `kernel / 2`
# for `kernel // 2` beside an integer padding; both compute the same.
