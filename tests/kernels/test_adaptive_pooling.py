"""Adaptive pooling against its definition, written as loops, and by what must hold without any oracle."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.kernels import blocks
from helpers.kernels.adaptive_pooling import (
    adaptive_avg_pool2d_backward,
    adaptive_avg_pool2d_forward,
    adaptive_bins,
    adaptive_max_pool2d_backward,
    adaptive_max_pool2d_forward,
)
from helpers.kernels.pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
    max_pool2d_winners,
)
from helpers.kernels.windows import Windows
from tests.oracles import assert_same, numeric_gradient, random_like, spread

AVG = adaptive_avg_pool2d_forward, adaptive_avg_pool2d_backward
MAX = adaptive_max_pool2d_forward, adaptive_max_pool2d_backward
both_kinds = pytest.mark.parametrize(("forward", "backward"), [AVG, MAX], ids=["avg", "max"])
every_size = pytest.mark.parametrize("size", range(1, 13))

NUMBERS = {
    "distinct": tuple(np.arange(-50.0, 50.0)),
    "many ties": (-1.0, 0.0, 1.0),
    "minus infinity mostly": (-np.inf, -np.inf, -5.0),
    "not finite": (-np.inf, np.inf, np.nan, -1.0, 2.0),
}


def touched(size, count):
    """Bins by their meaning: with the axis stretched `count` times, part i is i * size .. (i + 1) * size."""
    return [
        [pixel for pixel in range(size) if pixel * count < (i + 1) * size and (pixel + 1) * count > i * size]
        for i in range(count)
    ]


def thorough(*what):
    """Many examples, the same ones in every run."""
    return lambda test: settings(max_examples=120, deadline=None, derandomize=True, database=None)(given(*what)(test))


SIDES = [st.integers(1, 9)] * 2 + [st.integers(1, 11)] * 2 + [st.integers(0, 1000)]


# ------------------------------------------------------------------------------------------ bins


@every_size
def test_a_bin_holds_the_pixels_that_its_part_of_the_axis_touches(size):
    for count in range(1, 20):
        got = [list(pixels) for pixels in adaptive_bins(size, count)]
        assert got == touched(size, count), f"{size} pixels in {count} bins"


@every_size
def test_bins_cover_every_pixel_in_order_and_look_the_same_from_either_end(size):
    for count in range(1, 20):
        bins = adaptive_bins(size, count)
        assert {pixel for pixels in bins for pixel in pixels} == set(range(size)), f"{size} pixels in {count} bins"
        assert [size - pixels.stop for pixels in bins[::-1]] == [pixels.start for pixels in bins]
        assert all(before.start <= after.start for before, after in pairwise(bins))


@every_size
def test_the_bins_around_a_pixel_are_a_bin_of_bins(size):
    for count in range(1, 20):
        bins = adaptive_bins(size, count)
        around = [[i for i, pixels in enumerate(bins) if pixel in pixels] for pixel in range(size)]
        assert [list(pixels) for pixels in adaptive_bins(count, size)] == around, f"{size} pixels in {count} bins"


# ------------------------------------------------------------------------------------------ against the definition


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS)
def test_pooling_is_its_definition(values):
    @thorough(*SIDES)
    def check(high, wide, height, width, seed):
        rng = np.random.default_rng(seed)
        x = rng.choice(values, (2, high, wide))
        (mean, mean_cache), (largest, cache) = AVG[0](x, height, width), MAX[0](x, height, width)
        grad_out = rng.standard_normal(mean.shape)
        expected_mean, expected_max, winners = np.empty(mean.shape), np.empty(mean.shape), np.empty(mean.shape, int)
        avg_grad, max_grad = np.zeros(x.shape), np.zeros(x.shape)
        for plane, i, j in np.ndindex(mean.shape):
            places = [(h, w) for h in touched(high, height)[i] for w in touched(wide, width)[j]]
            best = None
            for h, w in places:
                if best is None or x[plane, h, w] > x[plane][best] or np.isnan(x[plane, h, w]):
                    best = h, w
                avg_grad[plane, h, w] += grad_out[plane, i, j] / len(places)
            with np.errstate(invalid="ignore"):
                expected_mean[plane, i, j] = sum(x[plane][place] for place in places) / len(places)
            expected_max[plane, i, j], winners[plane, i, j] = x[plane][best], best[0] * wide + best[1]
            max_grad[plane][best] += grad_out[plane, i, j]
        what = f"{x.tolist()} to {height} x {width}"
        assert_same(mean, expected_mean, f"mean of {what}", 1e-12, 1e-12)
        assert_same(largest, expected_max, f"maximum of {what}")
        assert_same(cache.winners, winners, f"winners of {what}")
        assert_same(AVG[1](grad_out, mean_cache), avg_grad, f"grad_x of the mean of {what}", atol=1e-12)
        assert_same(MAX[1](grad_out, cache), max_grad, f"grad_x of the maximum of {what}", atol=1e-12)

    check()


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (4, 1), (3, 6)], ids=str)
def test_bins_of_one_size_that_tile_the_plane_are_plain_pooling(kernel):
    x = np.round(spread(3, 12, 6))  # some ties
    height, width = 12 // kernel[0], 6 // kernel[1]
    windows = Windows(12, kernel[0], kernel[0]), Windows(6, kernel[1], kernel[1])
    (mean, mean_cache), (plain_mean, plain_mean_cache) = AVG[0](x, height, width), avg_pool2d_forward(x, *windows)
    (largest, cache), (plain_largest, plain_cache) = MAX[0](x, height, width), max_pool2d_forward(x, *windows)
    grad_out = random_like(mean)
    assert_same(mean, plain_mean, "mean", 1e-13)
    assert_same(AVG[1](grad_out, mean_cache), avg_pool2d_backward(grad_out, plain_mean_cache), "avg grad_x", 1e-13)
    assert_same(largest, plain_largest, "maximum")
    assert_same(cache.winners, max_pool2d_winners(plain_cache), "winners")
    assert_same(MAX[1](grad_out, cache), max_pool2d_backward(grad_out, plain_cache), "max grad_x")


# ------------------------------------------------------------------------------------------ without any oracle


@both_kinds
@pytest.mark.parametrize("bins", [(3, 4), (2, 9), (7, 1), (9, 12)], ids=str)
def test_backward_is_the_finite_difference(forward, backward, bins):
    x = spread(2, 7, 8)
    out, cache = forward(x, *bins)
    grad_out = random_like(out)
    expected = numeric_gradient(lambda x: forward(x, *bins)[0], x, grad_out)
    assert_same(backward(grad_out, cache), expected, "grad_x", atol=1e-8)


@thorough(*SIDES)
def test_average_backward_is_the_adjoint_and_both_hand_on_the_whole_gradient(high, wide, height, width, seed):
    rng = np.random.default_rng(seed)
    x, grad_out = rng.standard_normal((2, high, wide)), rng.standard_normal((2, height, width))
    out, cache = AVG[0](x, height, width)
    grad_x = AVG[1](grad_out, cache)
    assert_same(np.sum(x * grad_x), np.sum(out * grad_out), "<x, backward(g)> and <pool(x), g>", atol=1e-10)
    assert_same(grad_x.sum(), grad_out.sum(), "sum of the average's gradient", atol=1e-10)
    assert_same(MAX[1](grad_out, MAX[0](x, height, width)[1]).sum(), grad_out.sum(), "of the maximum's", atol=1e-10)


@thorough(*SIDES)
def test_every_winner_holds_the_maximum(high, wide, height, width, seed):
    x = np.random.default_rng(seed).integers(-3, 3, (high, wide)).astype(float)
    out, cache = MAX[0](x, height, width)
    assert_same(x.flat[cache.winners], out, f"{high} x {wide} to {height} x {width}: x at its winners")


# ------------------------------------------------------------------------------------------ arrays and blocks


@both_kinds
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("leading", [(), (1,), (0,), (2, 0), (2, 1, 3, 2)], ids=str)
def test_any_number_of_leading_axes_counts_planes_and_the_dtype_stays(forward, backward, leading, dtype):
    x = spread(*leading, 7, 6).astype(dtype)
    for bins in ((3, 4), (7, 6), (9, 2)):
        out, cache = forward(x, *bins)
        grad_out = random_like(out)
        grad_x = backward(grad_out, cache)
        assert out.shape == (*leading, *bins)
        assert grad_x.shape == x.shape
        assert out.dtype == grad_x.dtype == dtype
        for index in np.ndindex(leading):
            alone, alone_cache = forward(x[index], *bins)
            assert_same(out[index], alone, f"out of plane {index}")
            assert_same(grad_x[index], backward(grad_out[index], alone_cache), f"grad_x of plane {index}")


@both_kinds
@pytest.mark.parametrize("bins", [(3, 4), (7, 6), (1, 1), (9, 12)], ids=str)
def test_input_upstream_gradient_and_cache_stay_as_they_were(forward, backward, bins):
    x = spread(2, 7, 6)
    out, cache = forward(x, *bins)
    grad_out = random_like(out)
    arrays = {"x": x, "grad_out": grad_out} | {k: v for k, v in cache._asdict().items() if isinstance(v, np.ndarray)}
    before = {name: array.copy() for name, array in arrays.items()}
    first = backward(grad_out, cache)
    for name, array in arrays.items():
        assert_same(array, before[name], f"{name} after backward")
        assert not np.shares_memory(first, array), f"grad_x is written over {name}"
    assert not np.shares_memory(out, x)
    assert_same(backward(grad_out, cache), first, "grad_x of a second backward")


@both_kinds
def test_blocks_and_threads_change_no_bit(forward, backward, monkeypatch):
    x = np.random.default_rng(0).integers(-9, 9, (40, 13, 12)).astype(float)
    results = []
    for size, count in ((1 << 21, 1), (1, 1), (1 << 11, 3)):
        monkeypatch.setattr(blocks, "BLOCK_BYTES", size)
        monkeypatch.setattr(blocks, "_threads", count)
        out, cache = forward(x, 5, 7)
        results.append([out, backward(random_like(out), cache)])
    for got, expected in zip(results[1] + results[2], results[0] * 2, strict=True):
        assert_same(got, expected, "in small blocks")
