"""Every check of an argument takes what is right as it is, and says name, rule and value of what is wrong."""

import re
import warnings

import numpy as np
import pytest

from helpers import checks
from tests.oracles import assert_same


def refused(error, message, check, *args):
    """Expect exactly `error` with exactly `message`."""
    with pytest.raises(error, match=f"^{re.escape(message)}$") as caught:
        check(*args)
    assert type(caught.value) is error


# ------------------------------------------------------------------------------------------ integers and sizes


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.int32(3)], ids=repr)
def test_an_integer_of_any_kind_becomes_an_int(value):
    got = checks.integer("Layer", "size", value, 1)
    assert got == 3
    assert type(got) is int


@pytest.mark.parametrize("value", [True, np.True_, 3.0, np.float64(3), "3", None, 3j, [3], np.array([3])], ids=repr)
def test_what_is_no_integer_is_a_type_error(value):
    refused(TypeError, f"Layer: size must be an integer, got {value!r}", checks.integer, "Layer", "size", value, 1)


@pytest.mark.parametrize(("value", "minimum"), [(0, 1), (-1, 0), (np.int64(-7), 1)])
def test_an_integer_below_the_minimum_is_a_value_error(value, minimum):
    message = f"Layer: size must be at least {minimum}, got {value!r}"
    refused(ValueError, message, checks.integer, "Layer", "size", value, minimum)
    assert checks.integer("Layer", "size", minimum, minimum) == minimum


@pytest.mark.parametrize(
    ("value", "length", "expected"),
    [
        (2, 1, (2,)),
        (2, 2, (2, 2)),
        (np.int64(2), 2, (2, 2)),
        (np.array(2), 2, (2, 2)),
        ((2,), 2, (2, 2)),
        ([2], 1, (2,)),
        ([2, 3], 2, (2, 3)),
        (np.array([2, 3]), 2, (2, 3)),
        ((np.uint8(2), 3), 2, (2, 3)),
    ],
    ids=str,
)
def test_sizes_become_a_tuple_of_ints(value, length, expected):
    got = checks.sizes("Layer", "stride", value, length, 1)
    assert got == expected
    assert all(type(number) is int for number in got), got


def test_an_entry_of_sizes_may_be_none_where_it_is_optional():
    assert checks.sizes("Layer", "size", [None, 3], 2, 1, optional=True) == (None, 3)
    refused(TypeError, "Layer: size must be an integer, got None", checks.sizes, "Layer", "size", [None, 3], 2, 1)
    refused(ValueError, "Layer: size must be at least 1, got 0", checks.sizes, "Layer", "size", [None, 0], 2, 1, True)


@pytest.mark.parametrize("value", [2.0, "2", "23", None, True, {2, 3}, {2: 3}, range(2), np.array(2.0)], ids=repr)
def test_sizes_of_the_wrong_kind_are_a_type_error(value):
    shown = value[()] if isinstance(value, np.ndarray) else value
    for length, allowed in ((1, "an integer"), (2, "an integer or 2 of them")):
        message = f"Layer: stride must be {allowed}, got {shown!r}"
        refused(TypeError, message, checks.sizes, "Layer", "stride", value, length, 1)


@pytest.mark.parametrize("value", [(), [], (1, 2, 3)], ids=repr)
def test_the_wrong_number_of_sizes_is_a_value_error(value):
    message = f"Layer: stride must be an integer or 2 of them, got {value!r}"
    refused(ValueError, message, checks.sizes, "Layer", "stride", value, 2, 1)


def test_each_of_the_sizes_is_checked():
    refused(ValueError, "Layer: stride must be at least 1, got 0", checks.sizes, "Layer", "stride", (2, 0), 2, 1)
    refused(TypeError, "Layer: stride must be an integer, got 0.5", checks.sizes, "Layer", "stride", [2, 0.5], 2, 1)
    refused(TypeError, "Layer: stride must be an integer, got True", checks.sizes, "Layer", "stride", (True, 2), 2, 1)
    refused(TypeError, "Layer: stride must be an integer, got [1]", checks.sizes, "Layer", "stride", [[1], 2], 2, 1)


def test_a_switch_is_true_or_false():
    for value in (True, False, np.True_, np.False_):
        got = checks.flag("Layer", "bias", value)
        assert type(got) is bool
        assert got == value
    for value in (0, 1, None, "False", [], 1.0):
        message = f"Layer: bias must be True or False, got {value!r}"
        refused(TypeError, message, checks.flag, "Layer", "bias", value)


# ------------------------------------------------------------------------------------------ numbers, choices, options


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0)], ids=repr)
def test_a_real_number_of_any_kind_becomes_a_float(value):
    got = checks.number("SGD", "lr", value)
    assert type(got) is float
    assert got == 2


@pytest.mark.parametrize("value", [True, np.False_, "2", None, 2j, [2.0], np.array([2.0])], ids=repr)
def test_what_is_no_real_number_is_a_type_error(value):
    refused(TypeError, f"SGD: lr must be a finite number, got {value!r}", checks.number, "SGD", "lr", value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_is_finite_unless_said_otherwise(value):
    refused(ValueError, f"SGD: lr must be a finite number, got {value!r}", checks.number, "SGD", "lr", value)


def test_a_number_must_hold_to_what_is_said_of_it():
    rule = "in 0..1", lambda value: 0 <= value <= 1
    assert [checks.number("SGD", "momentum", value, *rule) for value in (0, 0.5, 1)] == [0, 0.5, 1]
    for value in (-0.1, 1.1, np.inf):
        refused(
            ValueError, f"SGD: momentum must be in 0..1, got {value!r}", checks.number, "SGD", "momentum", value, *rule
        )
    anything = "a number", lambda value: True
    assert checks.number("clip", "max_norm", np.inf, *anything) == np.inf
    refused(
        ValueError, "clip: max_norm must be a number, got nan", checks.number, "clip", "max_norm", np.nan, *anything
    )


def test_a_choice_is_one_of_the_names():
    kinds = {"mean": 1, "sum": 2}
    assert checks.choice("MSELoss", "reduction", "sum", kinds) == "sum"
    for error, value in ((ValueError, "Mean"), (ValueError, ""), (TypeError, None), (TypeError, ["sum"])):
        message = f"MSELoss: reduction must be one of ('mean', 'sum'), got {value!r}"
        refused(error, message, checks.choice, "MSELoss", "reduction", value, kinds)


def test_an_option_that_is_not_offered_is_refused_by_name_unless_it_changes_nothing():
    checks.not_offered("LSTM", dropout=(0.0, 0.0), proj_size=(0, 0), device=(None, None))
    for given, default in ((0.5, 0.0), (False, 0.0), (True, False), ("cpu", None), (1, 1.0)):
        with pytest.raises(NotImplementedError) as caught:
            checks.not_offered("LSTM", dropout=(given, default))
        assert str(caught.value) == f"LSTM: dropout is not offered, leave it at {default!r}; got {given!r}"


@pytest.mark.parametrize("value", [None, float, np.float64, "float64", np.dtype("f8")], ids=repr)
def test_the_dtype_is_float64_unless_float32_is_asked_for(value):
    assert checks.float_dtype("Linear", value) == np.float64
    assert checks.float_dtype("Linear", np.float32) == checks.float_dtype("Linear", "float32") == np.float32


@pytest.mark.parametrize("value", [int, np.float16, "text", 3, np.complex128, object], ids=repr)
def test_another_dtype_is_a_type_error(value):
    message = f"Linear: dtype must be float32, float64 or None, got {value!r}"
    refused(TypeError, message, checks.float_dtype, "Linear", value)


def test_a_number_of_at_least_zero_is_finite():
    got = [checks.at_least_zero("StepLR", "gamma", value) for value in (0, 0.5, np.float32(3))]
    assert got == [0.0, 0.5, 3.0]
    message = "StepLR: gamma must be a finite number of at least 0, got "
    for value in (-1e-300, float("inf"), float("nan")):
        refused(ValueError, f"{message}{value!r}", checks.at_least_zero, "StepLR", "gamma", value)
    for value in (True, "1", None):
        refused(TypeError, f"{message}{value!r}", checks.at_least_zero, "StepLR", "gamma", value)


def test_a_source_of_random_numbers_is_a_generator_a_seed_or_none():
    rng = np.random.default_rng(3)
    assert checks.generator("Linear", rng) is rng
    seeded = [checks.generator("Linear", seed).random() for seed in (3, np.int64(3))]
    assert seeded == [np.random.default_rng(3).random()] * 2
    assert checks.generator("Linear", None).random() != checks.generator("Linear", None).random()
    message = "Linear: rng must be a numpy.random.Generator, an integer seed or None, got "
    for value in ("3", 3.0, True, np.random.RandomState(0)):
        refused(TypeError, f"{message}{value!r}", checks.generator, "Linear", value)
    refused(ValueError, "Linear: rng must be at least 0, got -1", checks.generator, "Linear", -1)


def test_an_array_larger_than_the_machine_is_refused_with_its_size():
    message = "Linear: weight of shape (1048576, 1048576) would need 8,192 GiB"
    refused(MemoryError, message, checks.affordable, "Linear", "weight", (2**20, 2**20))
    message = "Linear: weight of shape (1048576, 1048576) would need 4,096 GiB"
    refused(MemoryError, message, checks.affordable, "Linear", "weight", (2**20, 2**20), np.float32)
    checks.affordable("Linear", "weight", (1024, 1024))
    checks.affordable("Linear", "weight", (0, 2**30, 2**30))


@pytest.mark.parametrize("error", [AttributeError, ValueError, OSError])
def test_a_machine_that_does_not_say_its_memory_has_64_gib(error, monkeypatch):
    def silent(name):
        raise error(name)

    monkeypatch.setattr(checks.os, "sysconf", silent, raising=False)
    checks.affordable("Linear", "weight", (64, 2**27))
    with pytest.raises(MemoryError):
        checks.affordable("Linear", "weight", (65, 2**27))


# ------------------------------------------------------------------------------------------ arrays


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_of_floats_is_taken_as_it_is_without_a_copy(dtype):
    x = np.arange(6, dtype=dtype).reshape(2, 3)
    assert checks.real_array("Layer", "input", x) is x


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_an_array_in_another_order_is_copied_to_c_order(dtype):
    x = np.arange(6, dtype=dtype).reshape(2, 3)
    for other in (x.T, x[::-1], x[:, ::2]):
        got = checks.real_array("Layer", "input", other)
        assert_same(got, other.astype(got.dtype), "array")
        assert got.flags.c_contiguous
        assert not np.shares_memory(got, x)
        if dtype == np.int64:
            assert checks.indices("Embedding", "input", other, 6).flags.c_contiguous


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        (1.0, 2.0),
        np.array([1, 2]),
        np.uint8([1, 2]),
        np.float16([1, 2]),
        np.longdouble([1, 2]),
        np.array([1, 2], ">f8"),
    ],
    ids=lambda value: str(getattr(value, "dtype", type(value).__name__)),
)
def test_other_real_numbers_become_float64(value):
    assert_same(checks.real_array("Layer", "input", value), [1.0, 2.0], "array")


def test_truth_values_and_single_numbers_are_numbers():
    assert_same(checks.real_array("Layer", "input", [True, False]), [1.0, 0.0], "truth values")
    assert_same(checks.real_array("Layer", "input", 3), np.array(3.0), "one number")


@pytest.mark.parametrize(
    "value", [None, "text", [1, None], [1j], {}, [b"x"], np.array(["1"]), np.array(["2020"], "M8[Y]")], ids=repr
)
def test_what_holds_no_real_numbers_is_a_type_error_with_the_dtype(value):
    message = f"Layer: input must hold real numbers, got dtype {np.asarray(value).dtype}"
    refused(TypeError, message, checks.real_array, "Layer", "input", value)


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (lambda ragged: checks.real_array("Layer", "input", ragged), "input"),
        (lambda ragged: checks.indices("Layer", "input", ragged, 4), "input"),
        (lambda ragged: checks.lengths("Layer", ragged, 2, 4), "lengths"),
        (lambda ragged: checks.mask("Layer", ragged, (2, 2), 1), "mask"),
    ],
    ids=["real_array", "indices", "lengths", "mask"],
)
def test_a_ragged_list_is_a_value_error(check, name):
    with pytest.raises(ValueError, match=rf"^Layer: {name} must be a rectangular array of numbers"):
        check([[1, 2], [3]])


def test_an_upstream_gradient_takes_the_dtype_of_the_output():
    out = np.zeros((2, 3), np.float32)
    for given in (np.ones((2, 3)), np.ones((2, 3), int), [[1, 1, 1]] * 2, np.ones((2, 3), np.float32)):
        assert_same(checks.upstream("Layer", given, out), np.ones((2, 3), np.float32), "gradient")


@pytest.mark.parametrize("shape", [(), (3,), (3, 2), (1, 3), (2, 1), (1, 2, 3), (2, 3, 1), (6,)], ids=str)
def test_an_upstream_gradient_of_another_shape_is_a_value_error(shape):
    message = f"Layer: the gradient given to backward must have the output's shape (2, 3), got {shape}"
    refused(ValueError, message, checks.upstream, "Layer", np.zeros(shape), np.zeros((2, 3)))


@pytest.mark.parametrize("shape", [(), (3,), (2, 1), (1, 2, 3), (6,)], ids=str)
def test_a_state_of_another_shape_is_never_broadcast(shape):
    message = f"RNN: h0 must have shape (2, 3), got {shape}"
    refused(ValueError, message, checks.shaped, "RNN", "h0", np.zeros(shape), [2, 3])
    assert_same(checks.shaped("RNN", "h0", np.ones((2, 3), int), (2, 3)), np.ones((2, 3)), "h0")


# ------------------------------------------------------------------------------------------ warnings


class Layer:
    """Warns from as deep as a layer does: __call__, forward, a check, warn_once."""

    def __call__(self, message):
        self.forward(message)

    def forward(self, message):
        self.check(message)

    def check(self, message):
        checks.warn_once(self, message)


def warned(call, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*args)
    return [(one.category, str(one.message), one.filename) for one in caught]


def test_a_warning_names_the_layer_and_points_to_the_caller():
    assert warned(Layer(), "stride is 0") == [(checks.SettingWarning, "Layer: stride is 0", __file__)]
    assert issubclass(checks.SettingWarning, UserWarning)


def test_a_layer_says_a_thing_once_and_another_thing_too():
    layer = Layer()
    assert len(warned(layer, "one")) == 1
    assert warned(layer, "one") == []
    assert len(warned(layer, "another")) == 1
    assert len(warned(Layer(), "one")) == 1, "another layer"


# ------------------------------------------------------------------------------------------ axes, indices, lengths


def test_an_axis_is_an_integer_that_the_input_has():
    assert [checks.axis("Flatten", "start_dim", value, 3) for value in (-3, 0, np.int64(2))] == [-3, 0, 2]
    assert checks.axis("Flatten", "start_dim", 7) == 7
    for value in (3, -4):
        message = f"Flatten: start_dim must be in -3..2 for an input of 3 axes, got {value}"
        refused(IndexError, message, checks.axis, "Flatten", "start_dim", value, 3)
    refused(TypeError, "Flatten: start_dim must be an integer, got 1.0", checks.axis, "Flatten", "start_dim", 1.0, 3)


def test_indices_never_wrap_round():
    assert_same(checks.indices("Embedding", "input", np.uint8([[0, 2]]), 3), np.array([[0, 2]]), "indices")
    assert_same(checks.indices("Embedding", "input", [], 3), np.array([], np.int64), "no indices")
    for value in (-1, 3):
        message = f"Embedding: input must be in 0..2, got {value} at (1,)"
        refused(IndexError, message, checks.indices, "Embedding", "input", [0, value], 3)
    message = "Embedding: input must hold integers, got dtype float64"
    refused(TypeError, message, checks.indices, "Embedding", "input", np.zeros(0), 3)


def test_lengths_are_one_integer_for_each_sequence():
    assert_same(checks.lengths("LSTM", np.int32([3, 1, 5]), 3, 5), np.array([3, 1, 5]), "lengths")
    assert_same(checks.lengths("LSTM", [], 0, 5), np.array([], np.int64), "no sequences")
    for value in ([0, 5], [1, 6], [-1, 2]):
        refused(ValueError, f"LSTM: lengths must be in 1..5, got {value}", checks.lengths, "LSTM", value, 2, 5)
    message = "LSTM: lengths must have shape (2,), one for each sequence, got (3,)"
    refused(ValueError, message, checks.lengths, "LSTM", [1, 2, 3], 2, 5)
    for value, dtype in (([1.0, 2.0], "float64"), ([True, True], "bool")):
        refused(TypeError, f"LSTM: lengths must hold integers, got dtype {dtype}", checks.lengths, "LSTM", value, 2, 5)


def test_a_mask_is_true_at_one_step_of_each_sequence():
    mask = np.array([[True, False], [True, True]])
    assert checks.mask("Pool", mask, (2, 2), 0) is mask
    assert_same(checks.mask("Pool", [True, False], (2,), -1), np.array([True, False]), "a list")
    message = "Pool: mask must hold True for a real step and False for padding, got dtype float64"
    refused(TypeError, message, checks.mask, "Pool", [[1.0, 0.0]], (1, 2), 0)
    message = "Pool: mask must have shape (2, 1), one entry a step, got (2, 2)"
    refused(ValueError, message, checks.mask, "Pool", mask, (2, 1), 0)
    for time, sequence in ((0, 1), (1, 0)):
        message = f"Pool: mask must be True at one step of each sequence, got none in sequence {sequence}"
        empty = [[False, False], [True, False]]
        refused(ValueError, message, checks.mask, "Pool", empty, (2, 2), time)
