"""Batch norm agrees with torch in training and evaluation, running statistics included."""

import warnings
from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from helpers.gradcheck import gradcheck
from tests.oracles import assert_layer_like_torch, assert_layout_does_not_matter, assert_same, random_like, spread

SHAPES = [(2, 3), (5, 3), (2, 3, 4), (1, 3, 4), (2, 3, 4, 5), (1, 3, 2, 1)]


def build(shape, **options):
    name = "BatchNorm2d" if len(shape) == 4 else "BatchNorm1d"
    return getattr(nn, name)(3, **options), getattr(torch.nn, name)(3, **options)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(("affine", "bias"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("tracked", [True, False])
def test_values_gradients_and_statistics_are_torchs(shape, affine, bias, tracked):
    for momentum, eps in product((0.1, 0.0, 1.0, None), (1e-5, 1e-2)):
        options = {"affine": affine, "track_running_stats": tracked, "momentum": momentum, "eps": eps, "bias": bias}
        layer, twin = build(shape, **options)
        assert repr(layer) == repr(twin)
        rng = np.random.default_rng(0)
        for parameter in layer.parameters():
            parameter.data[:] = rng.standard_normal(3)
        for training in (True, True, False, True):
            layer.train(training)
            assert_layer_like_torch(layer, twin, 3 * rng.standard_normal(shape) + 5, 1e-11)


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 4), (2, 3, 0), (0, 3, 4, 5)], ids=str)
@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize("tracked", [True, False])
def test_an_empty_batch_passes_and_leaves_the_running_statistics(shape, momentum, tracked):
    layer, twin = build(shape, momentum=momentum, track_running_stats=tracked)
    for training in (True, False):
        layer.train(training)
        assert_layer_like_torch(layer, twin, np.zeros(shape), 0)
    if tracked:
        assert_same(layer.running_var, np.ones(3), "running_var")


def test_one_value_for_each_channel_is_refused_where_the_batch_speaks_for_itself():
    message = r"^BatchNorm1d: a batch's own statistics need two values or more in each channel, got \(1, 3"
    layer, untracked = nn.BatchNorm1d(3), nn.BatchNorm1d(3, track_running_stats=False).eval()
    before = layer.state_dict()
    for shape in ((1, 3), (1, 3, 1)):
        for one in (layer, untracked):
            with pytest.raises(ValueError, match=message):
                one(np.zeros(shape))
    for name, values in layer.state_dict().items():
        assert_same(values, before[name], name)
    assert_layer_like_torch(layer.eval(), torch.nn.BatchNorm1d(3), spread(1, 3), 1e-12)


def test_central_differences_agree_in_both_modes_and_float32_stays():
    layer, _ = build((4, 3))
    assert gradcheck(layer, spread(4, 3)).largest < 1e-7
    assert gradcheck(layer.eval(), spread(4, 3)).largest < 1e-7
    layer.train().float()
    out = layer(spread(4, 3).astype(np.float32))
    grads = layer.backward(out), layer.weight.grad, layer.running_mean, layer.running_var, out
    assert {array.dtype.name for array in grads} == {"float32"}


def test_the_output_is_standard_and_does_not_see_scale_or_shift():
    layer, _ = build((2, 3, 4, 5), eps=1e-300)
    x = np.random.default_rng(1).standard_normal((2, 3, 4, 5))
    out = layer(x)
    assert_same(out.mean((0, 2, 3)), np.zeros(3), "mean", atol=1e-14)
    assert_same(out.var((0, 2, 3)), np.ones(3), "variance", atol=1e-13)
    dx = layer.backward(random_like(out))
    assert_same(dx.sum((0, 2, 3)), np.zeros(3), "gradient of a shift", atol=1e-12)
    assert_same((dx * x).sum((0, 2, 3)), np.zeros(3), "gradient of a scale", atol=1e-12)
    assert_same(layer(7 * x + 1e6), out, "scaled and far from 0", atol=1e-8)


def test_statistics_keep_their_digits_far_from_zero():
    x = np.random.default_rng(2).standard_normal((100_000, 1)) + 1000
    for dtype, tol in ((np.float64, 1e-10), (np.float32, 1e-4)):
        layer = nn.BatchNorm1d(1, momentum=1.0, dtype=dtype)
        layer(x.astype(dtype))
        assert abs(layer.running_mean[0] - x.mean()) < tol
        assert abs(layer.running_var[0] - x.var(ddof=1)) < tol


def test_a_trained_layer_hands_its_state_on():
    first, second = nn.BatchNorm1d(3, momentum=None), nn.BatchNorm1d(3, momentum=None)
    for layer in (first, second):
        layer(spread(4, 3))
    second.load_state_dict(first.state_dict())
    means = second.running_mean
    for layer in (first, second):
        layer(spread(4, 3, seed=1))
    assert second.running_mean is means
    assert second.num_batches_tracked == 2
    assert_same(second.running_mean, first.running_mean, "running_mean")
    assert_same(first.running_mean, (spread(4, 3).mean(0) + spread(4, 3, seed=1).mean(0)) / 2, "mean", atol=1e-15)


def test_nothing_aliases_and_the_memory_layout_does_not_matter():
    layer, x = nn.BatchNorm1d(3, affine=False), spread(4, 3)
    assert_layout_does_not_matter(layer, x)
    assert_layout_does_not_matter(nn.BatchNorm2d(3), spread(2, 3, 4, 5))
    layer(x)[:] = 0
    layer(x)[:] = 0
    assert layer.cache.x_hat.any()


def test_spoilt_statistics_are_said_once():
    layer, x = nn.BatchNorm1d(2), np.array([[np.nan, 2.0], [3.0, 5.0]])
    with pytest.warns(SettingWarning, match=r"^BatchNorm1d: .* not finite, which spoils the running statistics"):
        layer(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer(x)
        nn.BatchNorm1d(2, track_running_stats=False)(x)
        layer.eval()(x)
        strict = nn.BatchNorm1d(2)
        with pytest.raises(SettingWarning):
            strict(np.array([[np.inf, 2.0], [3.0, 5.0]]))
    assert np.isnan(layer.running_mean[0])
    assert np.isfinite(layer.running_mean[1])
    assert_same(strict.running_mean, np.zeros(2), "after an error")
    assert strict.num_batches_tracked == 0


Z = np.zeros
BAD = [
    (ValueError, "BatchNorm1d: num_features must be at least 1, got 0", lambda: nn.BatchNorm1d(0)),
    (ValueError, "BatchNorm2d: eps must be above 0 and finite, got 0", lambda: nn.BatchNorm2d(1, 0)),
    (ValueError, "BatchNorm2d: momentum must be in 0..1 or None, got 1.5", lambda: nn.BatchNorm2d(1, momentum=1.5)),
    (TypeError, "BatchNorm2d: affine must be True or False, got 1", lambda: nn.BatchNorm2d(1, affine=1)),
    (TypeError, "BatchNorm2d: bias must be True or False, got None", lambda: nn.BatchNorm2d(1, bias=None)),
    (NotImplementedError, "BatchNorm2d: device is not offered", lambda: nn.BatchNorm2d(1, device="cpu")),
    (
        ValueError,
        r"BatchNorm2d: input must have shape \(N, 3, H, W\), got \(2, 3\)$",
        lambda: nn.BatchNorm2d(3)(Z((2, 3))),
    ),
    (ValueError, r"BatchNorm2d: .*; is it \(N, ..., C\)\?$", lambda: nn.BatchNorm2d(3)(Z((2, 4, 4, 3)))),
    (ValueError, r"BatchNorm1d: .* \(N, 3\) or \(N, 3, L\), got \(2, 4\)$", lambda: nn.BatchNorm1d(3)(Z((2, 4)))),
    (RuntimeError, "BatchNorm1d.backward called before forward", lambda: nn.BatchNorm1d(3).backward(Z((2, 3)))),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_an_upstream_gradient_must_fit():
    layer = nn.BatchNorm1d(3)
    layer(np.eye(3))
    with pytest.raises(ValueError, match=r"must have the output's shape \(3, 3\), got \(3,\)$"):
        layer.backward(Z(3))
    assert layer.weight.grad is None
