"""First values have torch's fans, gains and spread, fill in place, and follow the generator."""

import math
from inspect import signature
from typing import get_args

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from helpers.nn import init
from tests.oracles import assert_same

NAMES = [name for name in vars(init) if name.endswith("_") and not name.startswith("_")]
RANDOM = [name for name in NAMES if "generator" in signature(getattr(init, name)).parameters]
SHAPES = [(4, 3), (1, 5), (6, 2, 3), (4, 3, 5, 2), (2, 3, 1, 2, 2)]
GAINS = get_args(torch.nn.init._NonlinearityType)


def fans(shape):
    return torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


@pytest.mark.parametrize("name", ["calculate_gain", *NAMES])
def test_names_order_and_defaults_are_torchs(name):
    ours, theirs = signature(getattr(init, name)), signature(getattr(torch.nn.init, name))
    assert [(p.name, p.default) for p in ours.parameters.values()] == [
        (p.name, p.default) for p in theirs.parameters.values()
    ]


@pytest.mark.parametrize("nonlinearity", GAINS)
def test_gains_are_torchs(nonlinearity):
    for param in (None, 0, 0.2, -1.0, 3, math.sqrt(5)):
        assert init.calculate_gain(nonlinearity, param) == torch.nn.init.calculate_gain(nonlinearity, param)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_xavier_has_torchs_fans(shape):
    for gain in (1.0, 0, 5 / 3):
        std = gain * math.sqrt(2 / sum(fans(shape)))
        expected = np.random.default_rng(3).normal(0, std, shape)
        assert_same(init.xavier_normal_(np.empty(shape), gain, 3), expected, "normal", rtol=1e-14)
        expected = math.sqrt(3) * std * np.random.default_rng(3).uniform(-1, 1, shape)
        assert_same(init.xavier_uniform_(np.empty(shape), gain, 3), expected, "uniform", rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
def test_kaiming_has_torchs_fans_and_gains(shape, mode):
    fan = fans(shape)[mode == "fan_out"]
    for nonlinearity in GAINS:
        for a in (0, 0.3):
            std = torch.nn.init.calculate_gain(nonlinearity, a) / math.sqrt(fan)
            expected = np.random.default_rng(3).normal(0, std, shape)
            assert_same(init.kaiming_normal_(np.empty(shape), a, mode, nonlinearity, 3), expected, "normal", rtol=1e-14)
            expected = math.sqrt(3) * std * np.random.default_rng(3).uniform(-1, 1, shape)
            got = init.kaiming_uniform_(np.empty(shape), a, mode, nonlinearity, 3)
            assert_same(got, expected, "uniform", rtol=1e-13, atol=1e-15)


SPREADS = [  # a call that fills (200, 50, 3, 3), the mean and the standard deviation that torch documents, and a bound
    (lambda w: init.uniform_(w, -1, 3, 0), 1, 4 / math.sqrt(12), 2),
    (lambda w: init.normal_(w, 2, 0.5, 0), 2, 0.5, None),
    (lambda w: init.xavier_uniform_(w, 2.0, 0), 0, 2 * math.sqrt(2 / 2250), 2 * math.sqrt(6 / 2250)),
    (lambda w: init.xavier_normal_(w, 2.0, 0), 0, 2 * math.sqrt(2 / 2250), None),
    (lambda w: init.kaiming_uniform_(w, generator=0), 0, math.sqrt(2 / 450), math.sqrt(6 / 450)),
    (lambda w: init.kaiming_normal_(w, 0, "fan_out", "tanh", 0), 0, 5 / 3 / math.sqrt(1800), None),
]


@pytest.mark.parametrize(("fill", "mean", "std", "bound"), SPREADS)
def test_the_spread_is_what_torch_documents(fill, mean, std, bound):
    values = fill(np.empty((200, 50, 3, 3))).ravel()
    count = values.size
    assert abs(values.mean() - mean) < 4 * std / math.sqrt(count)
    assert abs(values.std() / std - 1) < 4 / math.sqrt(2 * count)
    largest = np.abs(values - mean).max()
    if bound is None:
        assert 4 * std < largest < 6 * std
        assert abs(np.mean(np.abs(values - mean) < std) - 0.6827) < 4 * math.sqrt(0.22 / count)
    else:
        assert 0.999 * bound < largest <= bound
        assert abs(np.mean(np.abs(values - mean) < bound / 2) - 0.5) < 2 / math.sqrt(count)


def test_kaiming_with_a_slope_of_root_five_is_how_a_linear_layer_starts():
    layer = nn.Linear(16, 500, rng=0)
    for weight in (layer.weight.data.copy(), init.kaiming_uniform_(layer.weight, math.sqrt(5), generator=1).data):
        assert 0.2499 < np.abs(weight).max() <= 0.25


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (4, 2, 3), (2, 3, 2), (1, 1), (3, 1)], ids=str)
@pytest.mark.parametrize("gain", [1, -2.5, 0])
def test_an_orthogonal_matrix_has_orthonormal_rows_or_columns(shape, gain):
    filled = init.orthogonal_(nn.Parameter(np.empty(shape)), gain, 0)
    assert filled.shape == shape
    matrix = filled.data.reshape(shape[0], -1)
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    assert_same(product, gain**2 * np.eye(min(matrix.shape)), "products", atol=1e-12 * max(gain**2, 1))


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)], ids=str)
def test_orthogonal_matrices_are_uniform(shape):
    rng, n, draws = np.random.default_rng(0), max(shape), 4000
    many = np.array([init.orthogonal_(np.empty(shape), generator=rng) for _ in range(draws)])
    second, fourth = 1 / n, 3 / (n * (n + 2))  # moments of one coordinate of a uniform unit vector
    assert np.abs(many.mean(0)).max() < 4.5 * math.sqrt(second / draws), "an entry prefers a sign"
    spread = math.sqrt((fourth - second**2) / draws)
    assert np.abs((many**2).mean(0) - second).max() < 4.5 * spread, "an entry is larger than the others"
    assert np.abs((many**4).mean(0) - fourth).max() < 4.5 / math.sqrt(draws)
    if shape[0] == shape[1]:
        assert abs(np.linalg.det(many).mean()) < 4.5 / math.sqrt(draws), "rotations and reflections"


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (1, 1)], ids=str)
def test_constants_and_the_identity_are_torchs(shape):
    for name, values in (("zeros_", ()), ("ones_", ()), ("constant_", (-0.3,)), ("eye_", ())):
        theirs = getattr(torch.nn.init, name)(torch.full(shape, 7.0, dtype=torch.float64), *values)
        assert_same(getattr(init, name)(np.full(shape, 7.0), *values), theirs.numpy(), name)


def test_an_irnn_starts_as_an_adder():
    rnn = nn.RNN(1, 3, nonlinearity="relu")
    for bias in (rnn.bias_ih_l0, rnn.bias_hh_l0):
        init.zeros_(bias)
    init.eye_(rnn.weight_hh_l0)
    init.ones_(rnn.weight_ih_l0)
    x = np.array([1.0, 0.0, 2.0, 0.5]).reshape(4, 1)
    assert_same(rnn(x)[0], np.repeat(np.cumsum(x, 0), 3, 1), "running sums")


ARGUMENTS = {"constant_": (0.5,)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_values_change_in_place_and_dtype_and_gradient_stay(name, dtype):
    fill, arguments = getattr(init, name), ARGUMENTS.get(name, ())
    parameter = nn.Parameter(np.full((4, 4), 9.0, dtype))
    parameter.grad = grad = np.ones((4, 4), dtype)
    data = parameter.data
    assert fill(parameter, *arguments) is parameter
    assert parameter.data is data
    assert parameter.grad is grad
    assert data.dtype == dtype
    assert (data != 9).all()
    whole = np.full((8, 9), 9.0, dtype)
    view = whole[::2, 8:0:-2]
    assert fill(view, *arguments) is view
    assert (view != 9).all()
    assert (whole == 9).sum() == 72 - 16


@pytest.mark.parametrize("name", RANDOM)
def test_the_generator_decides(name):
    fill = getattr(init, name)
    first, second = (fill(np.empty((3, 3)), generator=seed) for seed in (5, np.int64(5)))
    assert_same(first, second, "the same seed")
    rng = np.random.default_rng(5)
    assert_same(fill(np.empty((3, 3)), generator=rng), first, "a generator of that seed")
    assert not np.array_equal(fill(np.empty((3, 3)), generator=rng), first)
    assert not np.array_equal(fill(np.empty((3, 3))), fill(np.empty((3, 3))))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0), (2, 3, 0)], ids=str)
def test_nothing_to_fill_is_said(shape):
    empty = np.empty(shape)
    for name in ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"):
        with pytest.warns(SettingWarning, match=rf"^{name}: tensor of shape .* has nothing to fill$") as caught:
            assert getattr(init, name)(empty) is empty
        assert caught[0].filename == __file__
    for name in ("uniform_", "normal_", "zeros_", "orthogonal_"):
        assert getattr(init, name)(empty) is empty


W = np.zeros((2, 3))
LOCKED = np.zeros((2, 3))
LOCKED.flags.writeable = False
BAD = [
    (TypeError, "zeros_: tensor must be a Parameter or an array of .*, got None", lambda: init.zeros_(None)),
    (TypeError, r"normal_: tensor must be .*, got \[\[1.0\]\]", lambda: init.normal_([[1.0]])),
    (TypeError, "eye_: tensor must be .*, got an array of int64", lambda: init.eye_(np.eye(2, dtype=np.int64))),
    (TypeError, "ones_: tensor must be .*, got an array of float16", lambda: init.ones_(np.eye(2, dtype=np.float16))),
    (ValueError, r"ones_: tensor must be writeable, got a read-only array .*\(2, 3\)", lambda: init.ones_(LOCKED)),
    (ValueError, r"eye_: tensor must have 2 axes, got shape \(2, 3, 1\)", lambda: init.eye_(np.zeros((2, 3, 1)))),
    (ValueError, r"orthogonal_: tensor must have 2 axes or more, got shape \(3,\)", lambda: init.orthogonal_(W[0])),
    (ValueError, r"xavier_normal_: tensor must have 2 axes or more, .*\(3,\)", lambda: init.xavier_normal_(W[0])),
    (ValueError, "kaiming_uniform_: tensor must have 2 axes or more", lambda: init.kaiming_uniform_(W[0])),
    (ValueError, "uniform_: a must be a finite number, got inf", lambda: init.uniform_(W, np.inf)),
    (ValueError, "uniform_: b must be finite and at least a=1.0, got 0", lambda: init.uniform_(W, 1, 0)),
    (ValueError, "uniform_: b must be finite and at least a=-1e[+]308", lambda: init.uniform_(W, -1e308, 1e308)),
    (ValueError, "normal_: mean must be a finite number, got nan", lambda: init.normal_(W, np.nan)),
    (ValueError, "normal_: std must be a finite number of at least 0, got -1", lambda: init.normal_(W, 0, -1)),
    (TypeError, "constant_: val must be a finite number, got 'a'", lambda: init.constant_(W, "a")),
    (
        ValueError,
        "xavier_uniform_: gain must be a finite number of .*, got -1",
        lambda: init.xavier_uniform_(W, -1),
    ),
    (ValueError, "orthogonal_: gain must be a finite number, got inf", lambda: init.orthogonal_(W, np.inf)),
    (ValueError, "kaiming_normal_: a must be a finite number, got nan", lambda: init.kaiming_normal_(W, np.nan)),
    (ValueError, "kaiming_normal_: mode must be one of .* got 'fan'", lambda: init.kaiming_normal_(W, 0, "fan")),
    (
        ValueError,
        "kaiming_normal_: nonlinearity must be one of .* got 'gelu'",
        lambda: init.kaiming_normal_(W, 0, "fan_in", "gelu"),
    ),
    (TypeError, "calculate_gain: nonlinearity must be one of .* got None", lambda: init.calculate_gain(None)),
    (TypeError, "calculate_gain: param must be .* got True", lambda: init.calculate_gain("leaky_relu", True)),
    (TypeError, "normal_: generator must be a numpy.random.Generator", lambda: init.normal_(W, generator="a")),
    (ValueError, "normal_: generator must be at least 0, got -1", lambda: init.normal_(W, generator=-1)),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:50] for _, message, _ in BAD])
def test_bad_input_is_named_and_changes_nothing(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()
    assert not W.any()
