"""Clipping is torch's: one factor for all gradients, or each entry by itself."""

from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from tests.oracles import assert_same

clip_norm, clip_value = nn.utils.clip_grad_norm_, nn.utils.clip_grad_value_
total_norm, clip_with_norm = nn.utils.get_total_norm, nn.utils.clip_grads_with_norm_


def parameters(scale=1.0, dtype=np.float64):
    """Three parameters, one without a gradient, and torch's copies."""
    rng = np.random.default_rng(0)
    ours = [nn.Parameter(np.zeros(shape, dtype)) for shape in ((3, 4), (5,), ())]
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    for parameter, other in zip(ours[:2], theirs, strict=False):
        parameter.grad = (scale * rng.standard_normal(parameter.shape)).astype(dtype)
        other.grad = torch.tensor(parameter.grad)
    return ours, theirs


@pytest.mark.parametrize("norm_type", [2.0, 1, 0.5, 3, np.inf])
def test_clipping_by_norm_is_torchs(norm_type):
    for scale, max_norm in product((1e-3, 1.0, 1e3), (1e-2, 1, 100.0, np.inf)):
        ours, theirs = parameters(scale)
        got, expected = (
            clip_norm(ours, max_norm, norm_type),
            torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type),
        )
        assert_same(got, expected.numpy(), f"norm {norm_type} before clipping to {max_norm}", 1e-12)
        for parameter, other in zip(ours[:2], theirs, strict=False):
            assert_same(parameter.grad, other.grad.numpy(), f"clipped to {max_norm}", 1e-12)
        assert ours[2].grad is None


@pytest.mark.parametrize("norm_type", [2.0, 1, 0.5, 3, np.inf])
@pytest.mark.parametrize("scale", [1e-170, 1e-3, 1.0, 1e170])
def test_the_norm_and_then_the_clipping_are_the_two_halves_of_clipping_by_norm(norm_type, scale):
    ours, theirs = parameters(scale)
    expected = scale * torch.nn.utils.get_total_norm([p.grad / scale for p in theirs[:2]], norm_type).item()
    norm = total_norm((p.grad for p in ours[:2]), norm_type)
    assert_same(norm, np.float64(expected), f"norm {norm_type}", 1e-12)
    assert total_norm(ours[0].grad, norm_type) < norm or norm_type == np.inf, "one array"
    clip_with_norm(ours, scale, norm)
    both, _ = parameters(scale)
    clip_norm(both, scale, norm_type)
    for parameter, other in zip(ours[:2], both, strict=False):
        assert_same(parameter.grad, other.grad, "clipped")


@pytest.mark.parametrize("value", [0.01, 1, 10.0])
def test_clipping_by_value_is_torchs(value):
    ours, theirs = parameters()
    clip_value(iter(ours), value)
    torch.nn.utils.clip_grad_value_(theirs, value)
    for parameter, other in zip(ours[:2], theirs, strict=False):
        assert_same(parameter.grad, other.grad.numpy(), f"clipped to {value}")


def test_the_norm_keeps_the_direction_and_the_value_turns_it():
    ours, _ = parameters(10.0)
    before = ours[0].grad.copy()
    clip_norm(ours[0], 1.0)
    assert_same(ours[0].grad / ours[0].grad[0, 0], before / before[0, 0], "direction", 1e-12)
    clip_value(ours[0], 0.1)
    assert np.abs(ours[0].grad).max() == 0.1
    assert_same(np.sign(ours[0].grad), np.sign(before), "signs")


def test_nothing_to_clip_has_norm_zero():
    assert_same(clip_norm([], 1.0), np.float64(0), "no parameter")
    assert_same(total_norm([]), np.float64(0), "no array")
    assert_same(total_norm(np.zeros((0, 3))), np.float64(0), "no entry")
    assert_same(clip_norm([nn.Parameter([1.0])], 1.0), np.float64(0), "no gradient")
    zero = nn.Parameter([1.0])
    zero.grad = np.zeros(1)
    assert_same(clip_norm(zero, 1.0), np.float64(0), "gradient 0")
    assert_same(zero.grad, [0.0], "gradient")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_norm_that_is_not_finite_is_said(value):
    ours, theirs = parameters()
    ours[0].grad[0, 0] = theirs[0].grad[0, 0] = value
    before = ours[1].grad.copy()
    with pytest.raises(RuntimeError, match=rf"^clip_grad_norm_: the norm .* must be finite, got {value}$"):
        clip_norm(ours, 1.0, error_if_nonfinite=True)
    assert_same(ours[1].grad, before, "gradient after the error")
    with pytest.raises(RuntimeError, match=rf"^get_total_norm: the norm .* must be finite, got {value}$"):
        total_norm(ours[0].grad, error_if_nonfinite=True)
    assert_same(total_norm(ours[0].grad), np.float64(value), "norm")
    with pytest.warns(SettingWarning, match=rf"^clip_grad_norm_: the norm of the gradients is {value}$"):
        clip_norm(ours, 1.0)
    torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    for parameter, other in zip(ours[:2], theirs, strict=False):
        assert_same(parameter.grad, other.grad.numpy(), "gradient, as torch spoils it")


def test_float32_stays_and_its_norm_does_not_overflow_in_silence():
    ours, _ = parameters(1e19, np.float32)
    norm = clip_norm(ours, 1.0)
    assert np.isfinite(norm)
    assert ours[0].grad.dtype == np.float32
    whole = np.sqrt(sum(np.sum(p.grad.astype(float) ** 2) for p in ours[:2]))
    assert abs(whole - 1) < 1e-5
    huge = nn.Parameter(np.zeros(4, np.float32))
    huge.grad = np.full(4, 3e38, np.float32)
    with pytest.warns(SettingWarning, match=r"^clip_grad_norm_: the norm 6e\+38 overflows float32$"):
        clip_norm(huge, 1.0)
    assert_same(huge.grad, np.full(4, 0.5, np.float32), "clipped", 1e-6)


P = [nn.Parameter([1.0])]
BAD = [
    (ValueError, "clip_grad_norm_: max_norm must be a number above 0, got 0", lambda: clip_norm(P, 0)),
    (ValueError, "clip_grad_norm_: max_norm must be a number above 0, got -1", lambda: clip_norm(P, -1)),
    (ValueError, "clip_grad_norm_: max_norm must be a number above 0, got nan", lambda: clip_norm(P, np.nan)),
    (TypeError, "clip_grad_norm_: max_norm must be a number above 0, got None", lambda: clip_norm(P, None)),
    (ValueError, "clip_grad_norm_: norm_type must be a number above 0, got 0", lambda: clip_norm(P, 1, 0)),
    (TypeError, "clip_grad_norm_: error_if_nonfinite must be", lambda: clip_norm(P, 1, 2, 1)),
    (NotImplementedError, "clip_grad_norm_: foreach is not offered", lambda: clip_norm(P, 1, foreach=True)),
    (TypeError, r"clip_grad_norm_: parameters\[1\] must be a Parameter, got float", lambda: clip_norm([*P, 1.0], 1)),
    (TypeError, "clip_grad_norm_: parameters must be a Parameter or", lambda: clip_norm(np.ones(2), 1)),
    (ValueError, "get_total_norm: norm_type must be a number above 0, got -1", lambda: total_norm([], -1)),
    (TypeError, "get_total_norm: tensors must hold real numbers", lambda: total_norm(["a"])),
    (TypeError, "get_total_norm: tensors must be an array or an iterable of them, got None", lambda: total_norm(None)),
    (ValueError, "clip_grads_with_norm_: max_norm must be a number above 0, got 0", lambda: clip_with_norm(P, 0, 1)),
    (
        ValueError,
        "clip_grads_with_norm_: total_norm must be .* at least 0, got nan",
        lambda: clip_with_norm(P, 1, np.nan),
    ),
    (ValueError, "clip_grad_value_: clip_value must be a number above 0, got 0", lambda: clip_value(P, 0)),
    (NotImplementedError, "clip_grad_value_: foreach is not offered", lambda: clip_value(P, 1, False)),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()
