"""The p-norm pools agree with torch wherever torch has a finite number, and say where it has none."""

import itertools
import re
import warnings

import numpy as np
import pytest

from helpers import nn
from helpers.checks import SettingWarning
from helpers.gradcheck import gradcheck
from tests import oracles
from tests.oracles import (
    assert_bad_calls_change_nothing,
    assert_interface_like_torch,
    assert_layout_does_not_matter,
    assert_like_torch,
    assert_same,
    assert_same_bits,
    axes,
    random_like,
    torch_run,
)

ALL = [nn.LPPool1d, nn.LPPool2d]
LEGAL_BUT_UNREAD = pytest.mark.filterwarnings("ignore:.*no window reads:helpers.checks.SettingWarning")
every_layer = pytest.mark.parametrize("layer_class", ALL, ids=lambda layer_class: layer_class.__name__)


def plane(layer_class, *leading, side=8, seed=0):
    """Numbers of both signs, none of them 0."""
    return oracles.plane(layer_class, *leading, side=side, seed=seed) + 0.03


# ------------------------------------------------------------------------------------------ torch


@every_layer
def test_signature_repr_and_attributes_are_torchs(layer_class):
    spellings = [(2, 3), (1.5, 3, 2), (float("inf"), 3, None, True), (2.0, (3,), (1,)), (2, [3])]
    pairs = [(2, (3, 2)), (2, [3, 2], (1, 2))] if axes(layer_class) == 2 else []
    assert_interface_like_torch(layer_class, spellings + pairs)


@LEGAL_BUT_UNREAD
@every_layer
@pytest.mark.parametrize("norm_type", [0.5, 1, 1.7, 2, 3, 4, 7.5, float("inf")])
def test_values_and_gradients_agree_with_torch_on_a_grid(layer_class, norm_type):
    kernels = [1, 2, 3, 5] + [(3, 2), (1, 4)] * (axes(layer_class) - 1)
    for kernel_size, stride, ceil_mode in itertools.product(kernels, (None, 1, 2, 4), (False, True)):
        settings = dict(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)
        for leading in ((3,), (2, 2)):
            x = plane(layer_class, *leading)
            signs_matter = norm_type != 1 and norm_type % 2 != 0
            assert_like_torch(layer_class(**settings), abs(x) if signs_matter else x, rtol=1e-11, **settings)


@every_layer
@pytest.mark.parametrize("leading", [(0, 2), (1,), (1, 1)], ids=str)
def test_no_picture_and_one_picture_agree_with_torch_and_float32_stays(layer_class, leading):
    for norm_type in (1, 2, 3.0, float("inf")):
        x, settings = abs(plane(layer_class, *leading)), dict(norm_type=norm_type, kernel_size=2, stride=1)
        assert_like_torch(layer_class(**settings), x, **settings)
        assert_like_torch(layer_class(**settings), x.astype(np.float32), rtol=2e-6, **settings)


@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
@every_layer
@pytest.mark.parametrize("values", [(0.0, 1.0, 2.0), (-2.0, -1.0, 0.0, 1.0, 2.0), (-3.0, -0.5), (0.0,)], ids=str)
@pytest.mark.parametrize("norm_type", [0.3, 0.5, 1, 1.5, 2, 3, 4, 5, float("inf")])
def test_zeros_and_negative_numbers_agree_with_torch_wherever_it_is_finite(layer_class, norm_type, values):
    x = np.random.default_rng(0).choice(values, plane(layer_class, 4, 3).shape)
    compared = 0
    for stride, ceil_mode in itertools.product((1, 2, 3), (False, True)):
        settings = dict(norm_type=norm_type, kernel_size=3, stride=stride, ceil_mode=ceil_mode)
        layer = layer_class(**settings)
        out = layer(x)
        grad_out = random_like(out) * np.random.default_rng(1).integers(0, 2, out.shape)  # half of them 0
        results = (out, layer.backward(grad_out)), torch_run(layer, x, grad_out, **settings)[:2]
        for name, got, expected in zip(("out", "dx"), *results, strict=True):
            finite = np.isfinite(expected)
            assert_same(got[finite], expected[finite], f"{name} of {layer!r}", 1e-11, 1e-11)
            compared += finite.sum()
        assert_same(np.isnan(results[0][0]), np.isnan(results[1][0]), f"where the output of {layer!r} is NaN")
        if min(values) == 0:
            assert not np.isnan(results[0][1]).any(), f"NaN in the gradient of zeros, {layer!r}"
    assert compared or norm_type % 1


@every_layer
@pytest.mark.parametrize("norm_type", [0.5, 1, 2, 3, float("inf")])
def test_nan_and_infinity_agree_with_torch_wherever_its_gradient_is_finite(layer_class, norm_type):
    x = np.random.default_rng(0).choice((np.nan, np.inf, 1.0, 2.0, 3.0), plane(layer_class, 4, 3).shape)
    settings = dict(norm_type=norm_type, kernel_size=2, stride=1)
    layer = layer_class(**settings)
    expected, expected_dx, _ = torch_run(layer, x, **settings)
    assert_same(layer(x), expected, "out", 1e-12)
    dx = layer.backward(random_like(expected))
    finite = np.isfinite(expected_dx)
    assert_same(dx[finite], expected_dx[finite], "dx", 1e-12, 1e-12)
    assert norm_type < 1 or not np.isnan(dx).any(), "NaN in the gradient although none came from above"


# ------------------------------------------------------------------------------------------ without any oracle


@every_layer
@pytest.mark.parametrize("norm_type", [0.5, 1, 2, 3, 2.5, float("inf")])
def test_central_differences_agree(layer_class, norm_type):
    for stride, ceil_mode in ((None, False), (1, False), (2, True)):
        layer = layer_class(norm_type, 3, stride, ceil_mode)
        assert gradcheck(layer, abs(plane(layer_class, 2, 2, side=9)[..., :9]) + 0.5).largest < 1e-6, repr(layer)


@every_layer
def test_the_first_norm_is_the_sum_and_the_infinite_one_the_maximum(layer_class):
    n = axes(layer_class)
    x = abs(plane(layer_class, 2))
    mean, largest = getattr(nn, f"AvgPool{n}d")(2, 1), getattr(nn, f"MaxPool{n}d")(2, 1)
    total, top = layer_class(1, 2, 1), layer_class(np.inf, 2, 1)
    assert_same(total(x), 2**n * mean(x), "p = 1", 1e-12)
    assert_same(top(-x), largest(x), "p = inf")
    grad_out = random_like(mean(x))
    assert_same(total.backward(grad_out), 2**n * mean.backward(grad_out), "dx, p = 1", 1e-12)
    assert_same(top.backward(grad_out), -largest.backward(grad_out), "dx, p = inf")
    assert_same(layer_class(80, 2, 1)(x), largest(x), "p = 80", 0.02)


def test_pythagoras_and_the_scaled_overhang():
    assert_same(nn.LPPool2d(2, 2)([[[1.0, 3.0], [-1.0, 5.0]]]), [[[6.0]]], "out", 1e-15)
    out = nn.LPPool1d(2, 2, ceil_mode=True)([[3.0, 4.0, 1.0]])
    assert_same(out, [[5.0, 2.0**0.5]], "one number in a window of two counts twice", 1e-15)


@every_layer
def test_a_stride_of_none_is_the_kernel_even_when_the_kernel_changes(layer_class):
    layer, x = layer_class(2, 2), plane(layer_class, 2, side=9)[..., :9]
    layer.kernel_size = layer.norm_type = 3
    assert layer.stride is None
    assert_same(layer(abs(x)), layer_class(3, 3, 3)(abs(x)), "out after a change")


@every_layer
@pytest.mark.parametrize("norm_type", [1, 2, 3, float("inf")])
def test_the_layout_in_memory_changes_no_bit_and_nothing_is_written_to(layer_class, norm_type):
    assert_layout_does_not_matter(layer_class(norm_type, 2, 1), abs(plane(layer_class, 3, 4)))


@every_layer
def test_integers_are_computed_as_float64(layer_class):
    x = np.round(plane(layer_class, 2, 3))
    assert_same_bits(layer_class(2, 2, 1)(x.astype(int)), layer_class(2, 2, 1)(x), "out of integers")
    assert_same(layer_class(2, 1)(np.full_like(x, 200, np.uint8)), np.full_like(x, 200), "the square of a byte")


# ------------------------------------------------------------------------------------------ warnings


def warned(call, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*args)
    assert all(one.category is SettingWarning for one in caught), caught
    return [str(one.message) for one in caught]


@every_layer
@pytest.mark.parametrize("norm_type", [3, 5.0, 1.5, 0.5])
def test_negative_numbers_are_warned_of_once_where_the_power_does_not_take_them(layer_class, norm_type):
    layer, x = layer_class(norm_type, 2, 1), -abs(plane(layer_class, 2))
    (message,) = warned(layer, x)
    assert message.startswith(f"{layer_class.__name__}: negative numbers with norm_type={norm_type:g} "), message
    assert np.isnan(layer(x)).all(), "every sum is below 0: NaN, as in torch"
    assert not warned(layer, x), "warned a second time"
    assert not warned(layer_class(norm_type, 2, 1), -x), "warned of positive numbers"


@every_layer
@pytest.mark.parametrize("norm_type", [1, 2, 4.0, float("inf")])
def test_powers_that_take_negative_numbers_warn_of_nothing(layer_class, norm_type):
    layer = layer_class(norm_type, 2, 1)
    assert not warned(lambda: layer.backward(layer(plane(layer_class, 2))))


@every_layer
def test_an_infinite_gradient_at_zero_is_warned_of_once(layer_class):
    layer = layer_class(0.5, 2, 1)
    zeros = np.zeros(plane(layer_class, 1).shape)
    assert not warned(lambda: layer.backward(layer(zeros))), "a window of zeros has the gradient 0"
    zeros.flat[0] = 1
    grad_out = np.ones(layer(zeros).shape)
    (message,) = warned(layer.backward, grad_out)
    assert message.startswith(f"{layer_class.__name__}: with norm_type=0.5 the gradient of a 0 is infinite"), message
    assert not warned(layer.backward, grad_out), "warned a second time"


def test_a_power_that_leaves_the_range_of_numbers_is_not_silent():
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert nn.LPPool1d(300, 2)([[20.0, 1.0]]) == np.inf


# ------------------------------------------------------------------------------------------ bad input

Z = np.zeros
POWER = "norm_type must be a number above 0, or infinity"
BAD = [
    *((ValueError, f"LPPool1d: {POWER}, got {p!r}", lambda p=p: nn.LPPool1d(p, 2)) for p in (0, -1, -2.0, -np.inf)),
    (ValueError, f"LPPool2d: {POWER}, got nan", lambda: nn.LPPool2d(float("nan"), 2)),
    *((TypeError, f"LPPool2d: {POWER}, got {p!r}", lambda p=p: nn.LPPool2d(p, 2)) for p in (True, "2", None, (2,), 2j)),
    (ValueError, "LPPool2d: kernel_size must be at least 1, got 0", lambda: nn.LPPool2d(2, 0)),
    (TypeError, "LPPool1d: kernel_size must be an integer, got 2.0", lambda: nn.LPPool1d(2, 2.0)),
    (ValueError, "LPPool1d: stride must be at least 1, got -1", lambda: nn.LPPool1d(2, 2, -1)),
    (TypeError, "LPPool2d: ceil_mode must be True or False, got 1", lambda: nn.LPPool2d(2, 2, 2, 1)),
    (ValueError, "LPPool2d: kernel_size (5, 5) does not fit into", lambda: nn.LPPool2d(2, 5)(Z((1, 4, 4)))),
    (ValueError, "LPPool1d: input must have shape (N, C, L) or (C, L), got (4,)", lambda: nn.LPPool1d(2, 2)(Z(4))),
    (ValueError, "LPPool2d: input may be empty along N only", lambda: nn.LPPool2d(2, 2)(Z((1, 1, 0, 4)))),
    (TypeError, "LPPool1d: input must hold real numbers", lambda: nn.LPPool1d(2, 2)(Z((1, 4), complex))),
    (RuntimeError, "LPPool2d.backward called before forward", lambda: nn.LPPool2d(2, 2).backward(Z((1, 2, 2)))),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()


@every_layer
def test_bad_calls_leave_the_last_good_call_in_place(layer_class):
    layer, x = layer_class(3, 2, 1), abs(plane(layer_class, 2))
    assert_bad_calls_change_nothing(layer, x)
    cache = layer.cache
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SettingWarning):
            layer(-x)
    assert layer.cache is cache
