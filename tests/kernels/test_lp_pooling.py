"""The p-norm's kernel against its definition, written as loops, and what it does at 0 and at infinity."""

import numpy as np
import pytest

from helpers.kernels.lp_pooling import lp_pool2d_backward, lp_pool2d_forward
from helpers.kernels.windows import Windows
from tests.oracles import assert_same, numeric_gradient, random_like, slide, spread

WINDOWS = {
    "side by side": (Windows(6, 2, 2), Windows(8, 2, 2)),
    "overlapping": (Windows(7, 3, 2), Windows(8, 3, 1)),
    "overhanging": (Windows(6, 4, 3, ceil_mode=True), Windows(8, 3, 2, ceil_mode=True)),
}
POWERS = [0.5, 1.0, 1.7, 2.0, 3.0, 8.0, np.inf]
each_windows = pytest.mark.parametrize("windows", WINDOWS.values(), ids=WINDOWS)
each_power = pytest.mark.parametrize("p", POWERS)
PAIR = Windows(1, 1), Windows(4, 2, 2)


def positive(*shape):
    x = spread(*shape)
    return x - x.min() + 0.1


def pixels_of_windows(axis):
    setting = axis.size, axis.kernel, axis.stride, axis.padding, axis.dilation, axis.ceil_mode
    return [[pixel for pixel in taps if pixel < axis.size] for taps in slide(*setting)]


@each_windows
@each_power
def test_pooling_is_its_definition(windows, p):
    x = positive(2, windows[0].size, windows[1].size)
    out, cache = lp_pool2d_forward(x, *windows, p)
    grad_out = random_like(out)
    expected, grad_x = np.empty(out.shape), np.zeros(x.shape)
    rows, cols = map(pixels_of_windows, windows)
    for plane, i, j in np.ndindex(out.shape):
        at = np.ix_([plane], rows[i], cols[j])
        scale = windows[0].kernel * windows[1].kernel / x[at].size
        norm = x[at].max() if p == np.inf else (scale * np.sum(x[at] ** p)) ** (1 / p)
        slope = x[at] == norm if p == np.inf else scale * (x[at] / norm) ** (p - 1)
        expected[plane, i, j] = norm
        grad_x[at] += slope * grad_out[plane, i, j]
    assert_same(out, expected, "out", 1e-12)
    assert_same(lp_pool2d_backward(grad_out, cache), grad_x, "grad_x", 1e-12, 1e-12)


@each_windows
@each_power
def test_backward_is_the_finite_difference(windows, p):
    x = positive(2, windows[0].size, windows[1].size)
    if p in (2.0, 8.0, np.inf):  # these take numbers of both signs
        x *= np.sign(spread(*x.shape, seed=1) + 0.05)
    out, cache = lp_pool2d_forward(x, *windows, p)
    grad_out = random_like(out)
    expected = numeric_gradient(lambda x: lp_pool2d_forward(x, *windows, p)[0], x, grad_out, 1e-5)
    assert_same(lp_pool2d_backward(grad_out, cache), expected, "grad_x", 1e-6, 1e-6)


@each_windows
def test_the_norm_falls_from_the_sum_to_the_maximum_as_p_grows(windows):
    x = positive(windows[0].size, windows[1].size) / 3
    norms = [lp_pool2d_forward(x, *windows, p)[0] for p in (1.0, 2.0, 3.0, 10.0, 60.0)]
    largest = lp_pool2d_forward(x, *windows, np.inf)[0]
    for larger, smaller in zip(norms, [*norms[1:], largest], strict=True):
        assert (larger >= smaller).all()
    assert_same(norms[-1], largest, "p = 60 beside the maximum", 0.05)


@each_power
def test_twice_the_pixels_give_twice_the_norm_and_the_same_gradient(p):
    x = positive(2, 7, 8)
    (out, cache), (twice, cache_of_twice) = (lp_pool2d_forward(f * x, *WINDOWS["overlapping"], p) for f in (1, 2))
    assert_same(twice, 2 * out, "norm of 2 x", 1e-12)
    grad_out = random_like(out)
    assert_same(lp_pool2d_backward(grad_out, cache_of_twice), lp_pool2d_backward(grad_out, cache), "grad_x", 1e-12)


@each_power
def test_a_norm_is_the_gradient_times_the_pixels(p):
    x = positive(2, 7, 8)
    out, cache = lp_pool2d_forward(x, *WINDOWS["overlapping"], p)
    grad_out = random_like(out)
    got, expected = np.sum(x * lp_pool2d_backward(grad_out, cache)), np.sum(out * grad_out)
    assert np.isclose(got, expected, rtol=1e-12), f"<x, grad_x>: got {got}, <y, g> is {expected}"


@each_power
def test_a_window_of_zeros_has_the_norm_0_and_the_gradient_0(p):
    x = np.array([[0.0, 0.0, 3.0, 4.0]])
    out, cache = lp_pool2d_forward(x, *PAIR, p)
    grad_x = lp_pool2d_backward(np.array([[7.0, 1.0]]), cache)
    assert out[0, 0] == 0
    assert_same(grad_x[0, :2], np.zeros(2), f"grad_x of zeros, p = {p}")


def test_below_1_the_slope_at_a_zero_is_infinite_and_no_gradient_times_it_is_0():
    x = np.array([[0.0, 2.0, 0.0, 2.0]])
    _, cache = lp_pool2d_forward(x, *PAIR, 0.5)
    grad_x = lp_pool2d_backward(np.array([[-3.0, 0.0]]), cache)
    assert_same(grad_x, [[-np.inf, -3.0, 0.0, 0.0]], "grad_x", 1e-14)


def test_float32_stays_float32_and_nothing_is_written_to():
    x = positive(2, 7, 8).astype(np.float32)
    for p in POWERS:
        out, cache = lp_pool2d_forward(x, *WINDOWS["overlapping"], p)
        grad_out, before = random_like(out), (x.copy(), out.copy())
        first = lp_pool2d_backward(grad_out, cache)
        assert out.dtype == first.dtype == np.float32
        assert_same(lp_pool2d_backward(grad_out, cache), first, "a second backward")
        for now, was in zip((x, out), before, strict=True):
            assert_same(now, was, "after backward")
            assert not np.shares_memory(now, first)
