"""Convolution agrees with torch over sizes, strides, paddings, dilations and groups, and keeps what it promises."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from helpers.gradcheck import gradcheck
from helpers.kernels import conv
from tests.oracles import assert_layer_like_torch, assert_layout_does_not_matter, assert_same, random_like


def settings(axes, count, seed):
    """Random settings whose window fits, as (channels, arguments, input's shape)."""
    rng = np.random.default_rng(seed)
    pick = lambda *values: values[rng.integers(len(values))]  # noqa: E731
    while count:
        groups = int(pick(1, 1, 2, 3))
        kernel, dilation = (tuple(int(v) for v in rng.integers(1, 4, axes)) for _ in range(2))
        padding = pick("same", "valid", tuple(int(v) for v in rng.integers(0, 4, axes)))
        stride = (1,) * axes if padding == "same" else tuple(int(v) for v in rng.integers(1, 4, axes))
        shape = tuple(int(v) for v in rng.integers(1, 10, axes))
        zeros = {"same": (99,) * axes, "valid": (0,) * axes}.get(padding, padding)
        if any(n + 2 * p <= d * (k - 1) for n, p, d, k in zip(shape, zeros, dilation, kernel, strict=True)):
            continue
        count -= 1
        options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups, bias=bool(pick(0, 1)))
        batch = pick((), (0,), (1,), (3,))
        channels = groups * int(pick(1, 2)), groups * int(pick(1, 3))
        yield channels, dict(kernel_size=kernel, **options), (*batch, channels[0], *shape)


@pytest.mark.filterwarnings("ignore:Using padding=.same. with even kernel lengths:UserWarning")  # torch's own
@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
@pytest.mark.parametrize(("name", "axes"), [("Conv1d", 1), ("Conv2d", 2)])
@pytest.mark.parametrize("seed", range(4))
def test_values_and_every_gradient_are_torchs(name, axes, seed):
    rng = np.random.default_rng(seed)
    for channels, options, shape in settings(axes, 120, seed):
        layer, twin = getattr(nn, name)(*channels, **options, rng=seed), getattr(torch.nn, name)(*channels, **options)
        assert repr(layer) == repr(twin)
        if shape[-axes - 1 :] != shape and shape[0] == 0 and options["padding"] == "same":
            continue  # torch has no gradient there
        assert_layer_like_torch(layer, twin, rng.standard_normal(shape), 1e-11)


@pytest.mark.parametrize("size", [1, 1 << 10])
def test_blocks_of_images_do_not_change_the_result(size, monkeypatch):
    layer, x = nn.Conv2d(2, 3, 3, padding=1, rng=0), np.random.default_rng(0).standard_normal((5, 2, 6, 6))
    results = []
    for bytes_each in (conv.COLUMN_BYTES, size):
        monkeypatch.setattr(conv, "COLUMN_BYTES", bytes_each)
        layer.zero_grad()
        out = layer(x)
        results.append([out, layer.backward(random_like(out)), layer.weight.grad, layer.bias.grad])
    for got, expected in zip(*results, strict=True):
        assert_same(got, expected, f"blocks of {size} bytes", 1e-12, 1e-12)


def test_central_differences_agree_and_float32_stays():
    layer = nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), groups=2, rng=0)
    x = np.random.default_rng(1).standard_normal((2, 4, 6, 5))
    assert gradcheck(layer, x).largest < 1e-7
    out = layer.float()(x.astype(np.float32))
    assert out.dtype == layer.backward(out).dtype == layer.weight.grad.dtype == np.float32


def test_convolution_and_its_gradient_are_adjoint_and_it_moves_with_its_input():
    layer = nn.Conv2d(2, 3, 3, padding="same", bias=False, rng=0)
    rng = np.random.default_rng(2)
    x, g = rng.standard_normal((1, 2, 9, 9)), rng.standard_normal((1, 3, 9, 9))
    y = layer(x)
    dx = layer.backward(g)
    assert_same(np.sum(y * g), np.sum(x * dx), "<conv(x), g> = <x, dx>", 1e-12)
    assert_same(np.sum(y * g), np.sum(layer.weight.data * layer.weight.grad), "<conv(x), g> = <w, dw>", 1e-12)
    moved = layer(np.roll(x, (1, 2), (2, 3)))
    assert_same(moved[..., 3:-3, 4:-3], np.roll(y, (1, 2), (2, 3))[..., 3:-3, 4:-3], "of a moved picture", 1e-12)


def test_a_window_of_one_pixel_is_a_linear_layer_for_each_pixel():
    layer, linear = nn.Conv2d(3, 4, 1, rng=0), nn.Linear(3, 4)
    linear.load_state_dict({"weight": layer.weight.data[..., 0, 0], "bias": layer.bias.data})
    x = np.random.default_rng(3).standard_normal((2, 3, 5, 6))
    assert_same(layer(x), np.moveaxis(linear(np.moveaxis(x, 1, -1)), -1, 1), "out", 1e-12, 1e-13)


def test_the_input_is_not_written_to_and_its_layout_changes_no_bit():
    x = np.random.default_rng(4).standard_normal((2, 2, 5, 6))
    assert_layout_does_not_matter(nn.Conv2d(2, 3, 3, padding=1, rng=0), x)
    assert_layout_does_not_matter(nn.Conv1d(2, 4, 2, padding=1, groups=2, rng=0), x[0, :, 0])


Z = np.zeros
BAD = [
    (ValueError, "Conv2d: in_channels must be at least 1, got 0", lambda: nn.Conv2d(0, 1, 1)),
    (ValueError, "Conv2d: out_channels must be a multiple of groups=2, got 3", lambda: nn.Conv2d(2, 3, 1, groups=2)),
    (ValueError, "Conv2d: in_channels must be a multiple of groups=2, got 3", lambda: nn.Conv2d(3, 2, 1, groups=2)),
    (TypeError, "Conv1d: kernel_size must be an integer, got True", lambda: nn.Conv1d(1, 1, True)),
    (ValueError, "Conv2d: stride must be at least 1, got 0", lambda: nn.Conv2d(1, 1, 1, 0)),
    (ValueError, "Conv2d: padding must be at least 0, got -1", lambda: nn.Conv2d(1, 1, 1, padding=-1)),
    (ValueError, "Conv2d: padding must be one of", lambda: nn.Conv2d(1, 1, 1, padding="full")),
    (ValueError, "Conv2d: padding='same' needs stride 1", lambda: nn.Conv2d(1, 1, 1, 2, padding="same")),
    (NotImplementedError, "Conv2d: padding_mode is not offered", lambda: nn.Conv2d(1, 1, 1, padding_mode="reflect")),
    (ValueError, "Conv2d: padding_mode must be one of", lambda: nn.Conv2d(1, 1, 1, padding_mode="mirror")),
    (MemoryError, "Conv2d: weight of shape .* GiB", lambda: nn.Conv2d(10**5, 10**5, 9)),
    (
        MemoryError,
        "Conv1d: the output of shape .* GiB",
        lambda: nn.Conv1d(1, 1, 1, padding=10**9)(Z((1000, 1, 5))),
    ),
    (ValueError, r"Conv2d: kernel_size \(5, 5\) does not fit into", lambda: nn.Conv2d(1, 1, 5)(Z((1, 1, 4, 4)))),
    (ValueError, r"Conv2d: input must have .* got \(1, 2, 4, 4\)$", lambda: nn.Conv2d(3, 1, 1)(Z((1, 2, 4, 4)))),
    (ValueError, r"Conv2d: .*; is it \(N, H, W, C\)\?$", lambda: nn.Conv2d(3, 1, 1)(Z((1, 4, 4, 3)))),
    (ValueError, r"Conv1d: input must have shape \(N, in_channels=3, L\) or", lambda: nn.Conv1d(3, 1, 1)(Z(3))),
    (ValueError, "Conv2d: input may be empty along N only", lambda: nn.Conv2d(1, 1, 1)(Z((1, 1, 0, 4)))),
    (TypeError, "Conv2d: input must hold real numbers", lambda: nn.Conv2d(1, 1, 1)(Z((1, 1, 4, 4), complex))),
    (RuntimeError, "Conv2d.backward called before forward", lambda: nn.Conv2d(1, 1, 1).backward(Z((1, 1, 4, 4)))),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_an_upstream_gradient_must_fit_and_unread_pixels_are_named():
    layer = nn.Conv2d(1, 1, 1, stride=2)
    with pytest.warns(SettingWarning, match=r"^Conv2d: no window reads pixels 1, 3 along"):
        layer(Z((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"must have the output's shape \(1, 1, 2, 2\), got \(1, 1, 4, 4\)$"):
        layer.backward(Z((1, 1, 4, 4)))
    assert layer.weight.grad is None
