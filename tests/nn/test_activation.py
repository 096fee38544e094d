"""Activations agree with torch on every shape and special value, and with their formulas."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from helpers.gradcheck import gradcheck
from tests.oracles import assert_layer_like_torch, assert_same, random_like, spread

PAIRS = [
    (nn.ReLU(), torch.nn.ReLU()),
    (nn.LeakyReLU(), torch.nn.LeakyReLU()),
    (nn.LeakyReLU(0.3), torch.nn.LeakyReLU(0.3)),
    (nn.LeakyReLU(-2), torch.nn.LeakyReLU(-2.0)),
    (nn.LeakyReLU(0.0), torch.nn.LeakyReLU(0.0)),
    (nn.Sigmoid(), torch.nn.Sigmoid()),
    (nn.Tanh(), torch.nn.Tanh()),
]
SHAPES = [(), (1,), (5,), (0, 3), (2, 3), (2, 3, 4), (2, 0, 4), (2, 3, 4, 5)]
SPECIAL = np.array([-np.inf, -1000.0, -40.0, -1e-300, -0.0, 0.0, 1e-300, 40.0, 1000.0, np.inf, np.nan])


@pytest.mark.parametrize(("layer", "twin"), PAIRS, ids=lambda one: str(one))
def test_values_and_gradients_are_torchs(layer, twin):
    for shape in SHAPES:
        assert_layer_like_torch(layer, twin, np.random.default_rng(1).standard_normal(shape) * 3, 1e-14)
    assert_layer_like_torch(layer, twin, SPECIAL, 1e-15)
    assert_layer_like_torch(layer, twin, np.zeros(3), 0)


@pytest.mark.parametrize("layer", [nn.Softmax, nn.LogSoftmax])
def test_softmax_is_torchs_along_every_axis(layer):
    for shape in SHAPES:
        for dim in range(-max(len(shape), 1), max(len(shape), 1)):
            twin = getattr(torch.nn, layer.__name__)(dim)
            assert_layer_like_torch(layer(dim), twin, np.random.default_rng(2).standard_normal(shape) * 3, 1e-14)
    rows = np.array([[0, -np.inf, 1], [1000, 0, -1000], [-np.inf] * 3, [np.inf, 0, 1], [np.nan, 0, 1]])
    assert_layer_like_torch(layer(1), getattr(torch.nn, layer.__name__)(1), rows, 1e-14)


@pytest.mark.parametrize("layer", [layer for layer, _ in PAIRS] + [nn.Softmax(1), nn.LogSoftmax(0)], ids=repr)
def test_central_differences_agree_and_float32_stays(layer):
    assert gradcheck(layer, spread(3, 4) + 0.05).largest < 1e-7
    out = layer(spread(3, 4).astype(np.float32))
    assert out.dtype == layer.backward(random_like(out)).dtype == np.float32
    assert layer([[1, 0], [0, 1]]).dtype == np.float64


def test_shares_sum_to_one_and_do_not_see_a_shift():
    x = spread(4, 6)
    p = nn.Softmax(1)(x)
    assert_same(p.sum(1), np.ones(4), "sums", atol=1e-15)
    assert_same(nn.Softmax(1)(x + 500), p, "after a shift", 1e-12)
    assert_same(nn.LogSoftmax(1)(x), np.log(p), "logarithm", 1e-12)
    layer = nn.Softmax(1)
    layer(x)
    assert_same(layer.backward(random_like(x)).sum(1), np.zeros(4), "a shift has no gradient", atol=1e-15)


@pytest.mark.parametrize("layer", [nn.Softmax, nn.LogSoftmax])
@pytest.mark.parametrize(("shape", "guess"), [((), 0), ((3,), 0), ((2, 3), 1), ((2, 3, 4), 0), ((2, 3, 4, 5), 1)])
def test_without_dim_torchs_guess_is_taken_with_a_warning(layer, shape, guess):
    x, silent = np.random.default_rng(3).standard_normal(shape), layer()
    with pytest.warns(UserWarning, match=f"^{layer.__name__}: dim is not set; torch then guesses {guess}"):
        out = silent(x)
    assert_same(out, layer(guess)(x), "out")
    silent(x)


def test_an_axis_that_is_not_there_is_an_index_error():
    for dim, rule in ((2, "in -2..1 for an input of 2 axes, got 2"), (-3, "in -2..1 for an input of 2 axes, got -3")):
        with pytest.raises(IndexError) as caught:
            nn.Softmax(dim)(np.zeros((2, 3)))
        assert str(caught.value) == f"Softmax: dim must be {rule}"
    for dim in (1.0, True, "1"):
        with pytest.raises(TypeError, match=r"^LogSoftmax: dim must be an integer, got"):
            nn.LogSoftmax(dim)


def test_a_step_fires_from_its_threshold_on_and_teaches_nothing():
    step = nn.Step(0.5)
    assert_same(step([-1.0, 0.4999, 0.5, 2, np.inf]), [0.0, 0, 0, 1, 1][:2] + [1.0, 1, 1], "out")
    assert_same(step.backward([1.0] * 5), np.zeros(5), "dx")
    assert np.isnan(nn.Step()([np.nan])).all()
    assert_same(nn.Step()(np.float32([0, -1])), np.float32([1, 0]), "threshold 0, float32")
    assert repr(step) == "Step(threshold=0.5)"


@pytest.mark.parametrize("build", [nn.ReLU, nn.LeakyReLU])
def test_inplace_is_taken_with_a_warning_and_leaves_the_input_as_it_is(build):
    with pytest.warns(SettingWarning, match=rf"^{build.__name__}: inplace=True has no effect"):
        layer = build(inplace=True)
    x = np.array([-1.0, 2.0])
    assert_same(layer(x), build()(x), "out")
    assert_same(x, [-1.0, 2.0], "x")


def test_bad_settings_and_inputs_are_named():
    for error, message, call in [
        (TypeError, "ReLU: inplace must be True or False, got 1", lambda: nn.ReLU(1)),
        (TypeError, "LeakyReLU: negative_slope must be a finite number, got '1'", lambda: nn.LeakyReLU("1")),
        (ValueError, "LeakyReLU: negative_slope must be a finite number, got nan", lambda: nn.LeakyReLU(np.nan)),
        (ValueError, "Step: threshold must be a finite number, got inf", lambda: nn.Step(np.inf)),
        (TypeError, "Tanh: input must hold real numbers, got dtype complex128", lambda: nn.Tanh()([1j])),
        (TypeError, "Softmax: input must hold real numbers, got dtype", lambda: nn.Softmax(0)(["a"])),
        (RuntimeError, "Sigmoid.backward called before forward", lambda: nn.Sigmoid().backward([1.0])),
    ]:
        with pytest.raises(error, match=f"^{message}"):
            call()
    for layer in (nn.Tanh(), nn.Softmax(0)):
        layer(np.zeros((2, 3)))
        with pytest.raises(ValueError, match=r"must have the output's shape \(2, 3\), got \(3, 2\)$"):
            layer.backward(np.zeros((3, 2)))
        layer(np.zeros(1))
        with pytest.raises(ValueError, match=r"must have the output's shape \(1,\), got \(\)$"):
            layer.backward(1.0)
