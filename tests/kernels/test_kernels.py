"""What the layers' tests do not reach: parts of a long sequence, defaults of the kernels, what a cache keeps."""

import numpy as np
import pytest

from helpers import nn
from helpers.kernels import activation, conv, gru, recurrence, rnn
from helpers.kernels.normalization import batch_norm_forward, batch_statistics
from helpers.kernels.windows import Windows
from tests.oracles import assert_same

STEPS, BATCH, INPUT, HIDDEN = 11, 2, 3, 4
NETS = {
    "LSTM": lambda: nn.LSTM(INPUT, HIDDEN, rng=0),
    "GRU, reset after": lambda: nn.GRU(INPUT, HIDDEN, rng=0),
    "GRU, reset before": lambda: nn.GRU(INPUT, HIDDEN, reset_after=False, rng=0),
}


def gradients(net, pin):
    rng = np.random.default_rng(1)
    y, _ = net(rng.standard_normal((STEPS, BATCH, INPUT)), pin=pin)
    net.zero_grad()
    dx, states = net.backward(rng.standard_normal(y.shape))
    states = states if isinstance(states, tuple) else (states,)
    return {"dx": dx, **{f"d state {k}": state for k, state in enumerate(states)}} | {
        name: parameter.grad for name, parameter in net.named_parameters()
    }


@pytest.mark.parametrize("pinned", [False, True], ids=["free", "pinned"])
@pytest.mark.parametrize("name", NETS)
def test_parts_of_any_length_give_the_same_gradients(name, pinned, monkeypatch):
    net = NETS[name]()
    pin, bytes_a_step = {net.gates[1]: 0.6} if pinned else None, len(net.gates) * HIDDEN * BATCH * 8
    whole = gradients(net, pin)
    for steps in (1, 2, 5):
        monkeypatch.setattr(recurrence, "PART_BYTES", steps * bytes_a_step)
        assert len(recurrence.parts_from_the_end(STEPS, bytes_a_step)) == -(-STEPS // steps)
        for what, grad in gradients(net, pin).items():
            assert_same(grad, whole[what], f"{what} of {name} in parts of {steps}", 1e-13, 1e-13)


@pytest.mark.parametrize("images_at_once", [1, 2, 3])
def test_convolution_in_blocks_of_images_is_convolution_at_once(images_at_once, monkeypatch):
    rng = np.random.default_rng(2)
    layer, x = nn.Conv2d(2, 4, 3, padding=1, groups=2, rng=0), rng.standard_normal((5, 2, 6, 7))
    upstream = rng.standard_normal((5, 4, 6, 7))
    found = []
    for limit in (conv.COLUMN_BYTES, images_at_once * 2 * (9 * 1 + 1) * 6 * 7 * x.itemsize):
        monkeypatch.setattr(conv, "COLUMN_BYTES", limit)
        layer.zero_grad()
        found.append([layer(x), layer.backward(upstream), layer.weight.grad, layer.bias.grad])
    for what, blocks, whole in zip(("output", "dx", "d weight", "d bias"), found[1], found[0], strict=True):
        assert_same(blocks, whole, f"{what}, {images_at_once} images at once", 1e-13, 1e-13)


def test_parts_cover_every_step_once_from_the_end_and_fit_the_limit():
    for count in (1, 7, 1000):
        for bytes_each in (0, 1, 4096, recurrence.PART_BYTES // 2, recurrence.PART_BYTES, 3 * recurrence.PART_BYTES):
            found = recurrence.parts_from_the_end(count, bytes_each)
            steps = [step for part in found for step in reversed(range(count)[part])]
            assert steps == [*reversed(range(count))], (count, bytes_each)
            longest = max(part.stop - part.start for part in found)
            assert longest == 1 or longest * bytes_each <= recurrence.PART_BYTES, (count, bytes_each)
    assert recurrence.parts_from_the_end(3, 2 * recurrence.PART_BYTES) == [slice(2, 3), slice(1, 2), slice(0, 1)]


def test_the_kernels_defaults_are_the_layers():
    x, h0 = np.ones((2, 1, 1)), np.zeros((1, 1))
    weights = np.full((1, 1), 0.5), np.full((1, 1), -0.5)
    assert_same(
        rnn.rnn_forward(x, h0, *weights, None, None).h,
        rnn.rnn_forward(x, h0, *weights, None, None, "tanh").h,
    )
    weights = [np.repeat(weight, 3, axis=0) for weight in weights]
    biases = np.full(3, 0.5), np.full(3, 0.25)
    by_default = gru.gru_forward(x, h0 + 1, *weights, *biases)
    assert_same(by_default.h, gru.gru_forward(x, h0 + 1, *weights, *biases, reset_after=True).h)
    assert by_default.reset_after
    picture, kernel, windows = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), Windows(3, kernel=2)
    assert_same(conv.conv2d_forward(picture, kernel, None, windows, windows)[0], np.full((1, 1, 2, 2), 4.0))
    mean, variance = batch_statistics(x[:, 0])
    out, cache = batch_norm_forward(x[:, 0], mean, variance)
    assert_same(out, batch_norm_forward(x[:, 0], mean, variance, eps=nn.BatchNorm1d(1).eps)[0])
    assert cache.own


def test_an_activation_keeps_what_went_in_and_what_came_out():
    x = np.array([-2.0, 0.5, 3.0])
    for forward in (activation.relu_forward, activation.sigmoid_forward, activation.tanh_forward):
        out, cache = forward(x)
        assert_same(cache.x, x, forward.__name__)
        assert_same(cache.out, out, forward.__name__)
    assert_same(activation.step_forward(x, 1.0)[1].x, x, "step")


def test_a_long_mean_of_float32_numbers_loses_no_digits():
    x = np.random.default_rng(0).normal(1000.0, 1.0, (200_000, 2)).astype(np.float32)
    mean, variance = batch_statistics(x)
    assert mean.dtype == np.float32
    assert_same(mean, x.astype(np.float64).mean(0).astype(np.float32), "mean", 1e-7)
    assert_same(variance, x.astype(np.float64).var(0).astype(np.float32), "variance", 1e-4)
