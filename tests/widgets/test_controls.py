"""Every control has a label, and a slider's two parts never disagree with its value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets import HBox
from ipywidgets.widgets.widget import _instances
from traitlets import TraitError

from helpers.widgets import controls
from helpers.widgets.controls import Decimal, Grid, Player, Power, Slider


@pytest.fixture(autouse=True)
def forget_widgets():
    before = set(_instances)
    yield
    for key in set(_instances) - before:
        _instances[key].close()


def parts(slider):
    """The values of a Slider, of its box and of its handle."""
    return [slider.value, *(part.value for part in slider.children)]


def test_a_slider_starts_at_its_value_in_both_parts():
    assert parts(Slider("pool size", 3, 1, 8)) == [3, 3, 3]


def test_a_sliders_box_its_handle_and_its_value_follow_one_another():
    slider = Slider("pool size", 3, 1, 8)
    box, handle = slider.children
    for source in (slider, box, handle):
        for value in (1, 8, 4):
            source.value = value
            assert parts(slider) == [value] * 3, f"after {type(source).__name__}.value = {value}"


def test_a_sliders_box_carries_the_label_for_eyes_and_screen_readers():
    box, handle = Slider("pool size", 3, 1, 8).children
    assert box.description == "pool size"
    assert not handle.readout, "the number stands in the box already"


def test_a_slider_changes_while_it_is_dragged_and_after_a_number_is_typed():
    box, handle = Slider("pool size", 3, 1, 8).children
    assert handle.continuous_update and not box.continuous_update


def test_a_smaller_maximum_takes_the_value_down_with_it():
    slider = Slider("window", 200, 0, 255)
    slider.max = 8
    assert parts(slider) == [8, 8, 8]
    assert [part.max for part in slider.children] == [8, 8]


def test_a_disabled_slider_is_disabled_in_both_parts():
    slider = Slider("window", 0, 0, 8)
    slider.disabled = True
    assert [part.disabled for part in slider.children] == [True, True]
    slider.disabled = False
    assert [part.disabled for part in slider.children] == [False, False]


@pytest.mark.parametrize("value", [0, 9, -3])
def test_a_slider_refuses_to_start_outside_its_range(value):
    with pytest.raises(ValueError, match=f"pool size.*1.*8.*{value}"):
        Slider("pool size", value, 1, 8)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["value", "box", "handle", "max"]), st.integers(0, 30)), max_size=6))
def test_whatever_is_set_in_whatever_order_the_parts_agree_and_lie_in_the_range(steps):
    slider = Slider("window", 2, 0, 20)
    box, handle = slider.children
    for where, number in steps:
        if where == "max":
            slider.max = number
        else:
            {"value": slider, "box": box, "handle": handle}[where].value = number
        value, *others = parts(slider)
        assert others == [value, value], f"after {steps}: the value is {value}, box and handle show {others}"
        assert 0 <= value <= slider.max, f"after {steps}: {value} lies outside 0 to {slider.max}"
    slider.close()


@pytest.mark.parametrize(
    ("build", "start"),
    [
        (lambda start: Decimal("momentum", start, 0.0, 1.0, 0.05), 0.9),
        (lambda start: Power("learning rate", start, 0.001, 10.0), 0.1),
    ],
    ids=["Decimal", "Power"],
)
def test_the_parts_of_a_real_number_follow_one_another_and_stay_in_the_range(build, start):
    number = build(start)
    assert parts(number) == [start] * 3
    for source in (number, *number.children):
        for value in (0.25, 1.0, start):
            source.value = value
            assert parts(number) == [value] * 3, f"after {type(source).__name__}.value = {value}"
        source.value = 99.0
        assert parts(number) == [number.max] * 3
    with pytest.raises(ValueError, match=r"must lie between .* got 99.0"):
        build(99.0)


def test_a_power_moves_by_factors_and_keeps_three_digits():
    number = Power("learning rate", 0.1, 0.001, 10.0, per_decade=20)
    box, handle = number.children
    assert (handle.min, handle.max, handle.step) == (-3, 1, 0.05)
    handle.value = 0.1258925411794
    assert parts(number)[:2] == [0.126] * 2, "a box that shows sixteen digits cannot be read"
    assert box.description == "learning rate"


def test_a_decimal_loses_what_rounding_added():
    number = Decimal("momentum", 0.0, 0.0, 1.0, 0.1)
    number.children[1].value = 0.1 + 0.2
    assert parts(number) == [0.3, 0.3, 0.1 + 0.2], "a handle moved back to 0.3 would leave a hand that moves it on"


@pytest.mark.parametrize(
    ("number", "typed", "nearest", "next_step"),
    [
        (Decimal("momentum", 0.5, 0.0, 1.0, 0.05), 0.97, 0.95, 0.9),
        (Decimal("momentum", 0.5, 0.0, 1.0, 0.05), 0.925, 0.95, 0.9),
        (Power("learning rate", 0.1, 0.001, 10.0, per_decade=20), 0.11, 10 ** (-1 + 1 / 20), 10 ** (-1 + 2 / 20)),
    ],
    ids=["Decimal", "half a step", "Power"],
)
def test_a_typed_number_between_two_steps_stays_though_the_browser_puts_the_handle_on_one(
    number, typed, nearest, next_step
):
    box, handle = number.children
    box.set_state({"value": typed})
    handle.set_state({"value": nearest})  # what a browser reports at once
    assert number.value == box.value == typed
    handle.set_state({"value": next_step})
    assert number.value == box.value == pytest.approx(next_step, rel=0.01)


def test_a_players_buttons_move_its_number():
    player = Player("step", 0, 0, 50, stride=5)
    *numbers, _ = player.children
    play = numbers[2]
    play.value = 15
    assert [player.value, *(part.value for part in numbers)] == [15] * 4
    assert (play.step, play.max, play.show_repeat) == (5, 50, False)
    player.max = 10
    assert [player.value, *(part.value for part in numbers)] == [10] * 4 and play.max == 10
    player.disabled = True
    assert play.disabled


def test_a_style_sheet_names_a_players_buttons_after_its_label():
    play, sheet = Player("update", 0, 0, 50).children[2:]
    for glyph in ("play", "pause", "stop"):
        assert f'[title="{play.tooltip}"] .fa-{glyph}::before' in sheet.value
        assert f'/ "{glyph} update"' in sheet.value
    assert sheet.layout.display == "none", "it takes no room"


@pytest.mark.parametrize(
    ("value", "step"), [(0.001, 1e-4), (0.0126, 1e-3), (0.1, 0.01), (0.99, 0.01), (1.0, 0.1), (8.0, 0.1), (10.0, 1.0)]
)
def test_an_arrow_key_changes_the_second_digit_of_a_power(value, step):
    assert Power("learning rate", value, 0.001, 10.0).children[0].step == step, "at the start"
    number = Power("learning rate", 0.5, 0.001, 10.0)
    for source in (number, *number.children):
        source.value = value
        assert number.children[0].step == step, f"after {type(source).__name__}.value = {value}"
        source.value = 0.5


@pytest.mark.parametrize(("typed", "kept"), [(0.0, 0.001), (0.0004, 0.001), (0.12345, 0.123), (99.0, 10.0)])
def test_the_box_of_a_power_shows_what_was_kept_of_a_typed_number(typed, kept):
    number = Power("learning rate", 0.5, 0.001, 10.0)
    number.children[0].set_state({"value": typed})
    assert parts(number) == [kept] * 3


@pytest.mark.parametrize(
    ("build", "value"),
    [
        (lambda: controls.choice("kind", ("max", "average"), "average"), "average"),
        (lambda: controls.switch("ceil_mode", True), True),
        (lambda: controls.upload("Upload a picture", "image/*"), ()),
    ],
    ids=["choice", "switch", "upload"],
)
def test_a_control_has_its_label_and_its_first_value(build, value):
    control = build()
    assert control.description in ("kind", "ceil_mode", "Upload a picture")
    assert control.value == value


def test_an_upload_offers_only_files_of_the_kind_it_accepts():
    assert controls.upload("Upload a picture", "image/*").accept == "image/*"


# --- Grid ------------------------------------------------------------------------------------------------------------

PRESETS = {"none": ((0, 0), (0, 0)), "diagonal": ((1, 0), (0, 1))}


def boxes(grid):
    """The boxes of a Grid, by their accessible names."""
    rows = [row.children for row in grid.children if isinstance(row, HBox)]
    return {box.description: box for row in rows for box in row if hasattr(box, "min")}


def test_each_box_of_a_grid_is_named_by_its_row_and_column_and_holds_its_number():
    grid = Grid("kernel", [[1, 2, 3], [4, 5, 6]], -9.0, 9.0)
    found = {name: box.value for name, box in boxes(grid).items()}
    assert found == {f"kernel row {i} column {j}": 3 * i + j + 1 for i in range(2) for j in range(3)}
    assert all(box.style.description_width == "0px" for box in boxes(grid).values()), "the name takes no room"


def test_names_of_rows_and_columns_are_said_and_seen():
    grid = Grid("layers", [[3, 1]], 1, 9, rows=["layer 1"], columns=["kernel", "stride"])
    assert [*boxes(grid)] == ["layer 1 kernel", "layer 1 stride"]
    seen = [
        label.value
        for row in grid.children
        if isinstance(row, HBox)
        for label in row.children
        if not hasattr(label, "min")
    ]
    assert seen == ["layers", "kernel", "stride", "layer 1"]


def test_a_number_typed_into_a_box_changes_that_entry_alone_and_once():
    grid, seen = Grid("kernel", [[1, 2], [3, 4]], -9.0, 9.0), []
    grid.observe(lambda change: seen.append(change["new"]), "value")
    boxes(grid)["kernel row 1 column 0"].value = 0.5
    assert grid.value == ((1, 2), (0.5, 4)) and seen == [grid.value]


def test_setting_a_grid_writes_every_box_and_reports_one_change():
    grid, seen = Grid("kernel", [[1, 2], [3, 4]], -9.0, 9.0), []
    grid.observe(lambda change: seen.append(change["new"]), "value")
    grid.value = [[5, 6], [7, 8]]
    assert [box.value for box in boxes(grid).values()] == [5, 6, 7, 8]
    assert seen == [((5, 6), (7, 8))]


def test_a_chosen_preset_becomes_the_value_and_an_edit_makes_it_your_own():
    grid, seen = Grid("kernel", PRESETS["none"], -9.0, 9.0, presets=PRESETS), []
    choice = grid.children[0]
    assert choice.value == "none"
    grid.observe(lambda change: seen.append(change["new"]), "value")
    choice.value = "diagonal"
    assert grid.value == PRESETS["diagonal"] and len(seen) == 1
    boxes(grid)["kernel row 0 column 0"].value = 7
    assert choice.value == "your own" and grid.value == ((7, 0), (0, 1))
    boxes(grid)["kernel row 0 column 0"].value = 1
    assert choice.value == "diagonal"
    choice.value = "your own"
    assert grid.value == PRESETS["diagonal"], "nothing is lost by choosing what has no table of its own"


@pytest.mark.parametrize(("low", "high", "kind"), [(1, 9, int), (1.0, 9, float)])
def test_a_grid_holds_whole_numbers_where_both_ends_are_whole_and_keeps_to_its_range(low, high, kind):
    grid = Grid("size", [[3, 3]], low, high)
    grid.value = ((0, 99),)
    assert grid.value == ((1, 9),)
    assert all(type(number) is kind for number in grid.value[0])


def test_a_grid_refuses_another_shape_and_a_start_out_of_range():
    grid = Grid("kernel", [[1, 2], [3, 4]], -9.0, 9.0)
    with pytest.raises(TraitError, match="expected 2 rows of 2 numbers"):
        grid.value = [[1, 2]]
    assert grid.value == ((1, 2), (3, 4))
    with pytest.raises(ValueError, match=r"kernel must hold numbers between 0 and 9, got \(\(1, 10\),\)"):
        Grid("kernel", [[1, 10]], 0, 9)


def test_rows_beyond_those_shown_are_hidden_and_come_back():
    grid = Grid("layers", [[1], [2], [3]], 1, 9)
    rows = grid.children[1:]
    grid.shown = 2
    assert [row.layout.display for row in rows] == [None, None, "none"]
    grid.shown = 3
    assert [row.layout.display for row in rows] == [None] * 3
    assert grid.value == ((1,), (2,), (3,))
