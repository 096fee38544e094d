"""The pooling kernels against their definition, written as loops, and by what must hold without any oracle."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.kernels import blocks, sliding
from helpers.kernels.pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
    max_pool2d_winners,
)
from helpers.kernels.windows import Windows
from tests.oracles import assert_same, numeric_gradient, random_like, slide, spread

ROOT = Path(__file__).parents[2]
ONE = Windows(size=1, kernel=1)


def pixels_of_windows(axis):
    """The pixels that each window reads along one axis, found by sliding."""
    setting = axis.size, axis.kernel, axis.stride, axis.padding, axis.dilation, axis.ceil_mode
    return [[pixel for pixel in taps if 0 <= pixel < axis.size] for taps in slide(*setting)]


def max_pool_by_definition(x, rows, cols, grad_out):
    """Loops over the windows of one plane: out, winners and gradient."""
    row_pixels, col_pixels = pixels_of_windows(rows), pixels_of_windows(cols)
    out = np.full((len(row_pixels), len(col_pixels)), -np.inf)
    winners = np.full(out.shape, -1)
    grad_x = np.zeros(x.shape)
    for i, j in np.ndindex(out.shape):
        for h in row_pixels[i]:
            for w in col_pixels[j]:
                if winners[i, j] < 0 or x[h, w] > out[i, j] or np.isnan(x[h, w]):
                    out[i, j], winners[i, j] = x[h, w], h * x.shape[1] + w
        if winners[i, j] >= 0:
            grad_x.flat[winners[i, j]] += grad_out[i, j]
    return out, winners, grad_x


def avg_pool_by_definition(x, rows, cols, grad_out, divisor_of):
    """Loops over the windows of one plane: out and gradient; `divisor_of(i, j)` is what each window divides by."""
    row_pixels, col_pixels = pixels_of_windows(rows), pixels_of_windows(cols)
    out = np.zeros((len(row_pixels), len(col_pixels)))
    grad_x = np.zeros(x.shape)
    for i, j in np.ndindex(out.shape):
        window = np.ix_(row_pixels[i], col_pixels[j])
        out[i, j] = x[window].sum() / divisor_of(i, j)
        grad_x[window] += grad_out[i, j] / divisor_of(i, j)
    return out, grad_x


@st.composite
def axes(draw, dilation=3):
    """Legal windows along one axis; at dilation 2 or 3 some of them read only padding."""
    while True:
        kernel = draw(st.integers(1, 5))
        axis = Windows(
            size=draw(st.integers(1, 8)),
            kernel=kernel,
            stride=draw(st.integers(1, 4)),
            padding=draw(st.integers(0, kernel // 2)),
            dilation=draw(st.integers(1, dilation)),
            ceil_mode=draw(st.booleans()),
        )
        if axis.count > 0:
            return axis


def thorough(*what):
    """Many examples, the same ones in every run."""
    return lambda test: settings(max_examples=150, deadline=None, derandomize=True, database=None)(given(*what)(test))


MANY_TIES = (-1.0, 0.0, 1.0)
ALL_NEGATIVE = (-3.0, -2.0, -1.0)
NOT_FINITE = (-np.inf, np.inf, np.nan, -1.0, 2.0)
MOSTLY_MINUS_INF = (-np.inf, -np.inf, -np.inf, -5.0)


# ------------------------------------------------------------------------------------------ against the definition


@pytest.mark.parametrize("values", [MANY_TIES, ALL_NEGATIVE, NOT_FINITE, MOSTLY_MINUS_INF], ids=str)
def test_max_pool_is_its_definition(values):
    @thorough(axes(), axes(), st.integers(0, 1000))
    @example(Windows(1, 2, 1, 1, 2), Windows(3, 2), 0)  # rows that read only padding
    @example(Windows(2, 2, 1, 1, 3), Windows(4, 3, 1, 1, 2), 0)
    def check(rows, cols, seed):
        rng = np.random.default_rng(seed)
        x = rng.choice(values, (2, rows.size, cols.size))
        out, cache = max_pool2d_forward(x, rows, cols)
        winners = max_pool2d_winners(cache)
        grad_out = rng.standard_normal(out.shape)
        grad_x = max_pool2d_backward(grad_out, cache)
        for plane in range(2):
            expected = max_pool_by_definition(x[plane], rows, cols, grad_out[plane])
            what = f"plane {plane} of {x.tolist()} with {rows} and {cols}"
            assert_same(out[plane], expected[0], f"out, {what}")
            assert_same(winners[plane], expected[1], f"winners, {what}")
            assert_same(grad_x[plane], expected[2], f"grad_x, {what}", atol=1e-12)

    check()


@thorough(axes(dilation=1), axes(dilation=1), st.booleans(), st.sampled_from([None, 1, 7]), st.integers(0, 1000))
def test_avg_pool_is_its_definition(rows, cols, count_include_pad, divisor_override, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, rows.size, cols.size))
    out, cache = avg_pool2d_forward(x, rows, cols, count_include_pad, divisor_override)
    grad_out = rng.standard_normal(out.shape)
    grad_x = avg_pool2d_backward(grad_out, cache)

    def counted(axis, i):
        pad = axis.padding if count_include_pad else 0
        start = i * axis.stride - axis.padding
        return sum(-pad <= pixel < axis.size + pad for pixel in range(start, start + axis.kernel))

    for plane in range(2):
        divisor_of = lambda i, j: divisor_override or counted(rows, i) * counted(cols, j)  # noqa: E731
        expected = avg_pool_by_definition(x[plane], rows, cols, grad_out[plane], divisor_of)
        what = f"{rows} and {cols}, count_include_pad={count_include_pad}, divisor_override={divisor_override}"
        assert_same(out[plane], expected[0], f"out, {what}", atol=1e-12)
        assert_same(grad_x[plane], expected[1], f"grad_x, {what}", atol=1e-12)


@pytest.mark.parametrize("kernel", [254, 255, 256, 257, 300])
def test_long_windows_do_not_overflow_the_number_of_the_winning_tap(kernel):
    x = np.zeros((1, 400))
    x[0, kernel - 1] = 1.0
    cols = Windows(400, kernel)
    out, cache = max_pool2d_forward(x, ONE, cols)
    winners = max_pool2d_winners(cache)
    assert winners[0, 0] == kernel - 1, f"kernel {kernel}, the last tap wins: got {winners[0, 0]}"
    expected = max_pool_by_definition(x, ONE, cols, np.ones(out.shape))
    assert_same(winners, expected[1], "winners")
    assert_same(max_pool2d_backward(np.ones(out.shape), cache), expected[2], "grad_x")


@pytest.mark.parametrize("strip_bytes", [1, 200, 1 << 19])
def test_doubled_windows_are_combined_as_tap_by_tap(strip_bytes, monkeypatch):
    monkeypatch.setattr(sliding, "STRIP_BYTES", strip_bytes)
    for kernel, dilation, padding in [(1, 1, 0), (2, 3, 1), (3, 1, 1), (4, 1, 2), (15, 1, 7), (16, 1, 8), (17, 2, 3)]:
        rows, cols = Windows(37, kernel, 1, padding, dilation), Windows(41, kernel, 1, padding, dilation)
        x = spread(2, 37, 41)
        x[0, 5, 7], x[1, 30, 2], x[1, 30, 3] = np.nan, np.inf, -np.inf
        results = []
        for many in (kernel - 1, kernel):
            monkeypatch.setattr(sliding, "MANY_TAPS", many)
            largest, cache = max_pool2d_forward(x, rows, cols)
            results.append([largest, max_pool2d_winners(cache), avg_pool2d_forward(x, rows, cols)[0]])
        for what, doubled, tapped in zip(("max", "winners", "avg"), *results, strict=True):
            assert_same(doubled, tapped, f"{what} of {rows}", atol=0 if what != "avg" else 1e-13)


# ---------------------------------------------------------------------------------------- named cases of max pooling


def test_padding_never_wins_over_negative_pixels():
    out, cache = max_pool2d_forward(np.full((3, 3), -7.0), Windows(3, 3, padding=1), Windows(3, 3, padding=1))
    assert_same(out, np.full((3, 3), -7.0), "out")
    assert max_pool2d_winners(cache).min() >= 0


def test_of_equal_pixels_the_first_in_reading_order_gets_the_whole_gradient():
    x = np.array([[1.0, 3.0, 3.0], [3.0, 3.0, 3.0]])
    out, cache = max_pool2d_forward(x, Windows(2, 2), Windows(3, 3))
    assert max_pool2d_winners(cache).item() == 1
    assert_same(max_pool2d_backward(np.full(out.shape, 5.0), cache), [[0.0, 5.0, 0.0], [0.0, 0.0, 0.0]], "grad_x")


def test_a_row_above_wins_over_a_column_to_the_left():
    x = np.array([[0.0, 0.0, 9.0], [9.0, 0.0, 0.0]])
    _, cache = max_pool2d_forward(x, Windows(2, 2), Windows(3, 3))
    assert max_pool2d_winners(cache).item() == 2


def test_a_pixel_that_wins_several_windows_collects_their_sum():
    x = np.array([[0.0, 9.0, 0.0]])
    _, cache = max_pool2d_forward(x, ONE, Windows(3, 2))
    assert_same(max_pool2d_backward(np.array([[0.25, 2.0]]), cache), [[0.0, 2.25, 0.0]], "grad_x")


def test_of_several_nan_the_last_takes_the_gradient():
    x = np.array([[np.nan, 9.0], [np.nan, np.inf]])
    out, cache = max_pool2d_forward(x, Windows(2, 2), Windows(2, 2))
    assert np.isnan(out).all()
    assert max_pool2d_winners(cache).item() == 2
    assert_same(max_pool2d_backward(np.full((1, 1), 4.0), cache), [[0.0, 0.0], [4.0, 0.0]], "grad_x")


def test_minus_infinity_everywhere_wins_at_the_first_pixel_not_in_the_padding():
    x = np.full((1, 3), -np.inf)
    out, cache = max_pool2d_forward(x, ONE, Windows(3, 3, padding=1))
    assert_same(out, np.full((1, 3), -np.inf), "out")
    assert_same(max_pool2d_winners(cache), [[0, 0, 1]], "winners")


def test_a_window_that_reads_only_padding_is_minus_infinity_and_sends_its_gradient_nowhere():
    cols = Windows(size=2, kernel=2, stride=1, padding=1, dilation=3)  # window 0 looks at -1 and 2
    out, cache = max_pool2d_forward(np.array([[4.0, 5.0]]), ONE, cols)
    assert cols.empty == (0,)
    assert_same(out, [[-np.inf]], "out")
    assert_same(max_pool2d_winners(cache), [[-1]], "winners")
    assert_same(max_pool2d_backward(np.array([[np.nan]]), cache), [[0.0, 0.0]], "grad_x")


# ---------------------------------------------------------------------------------------- without any oracle

OVERLAPPING = Windows(7, 3, 2, 1), Windows(8, 3, 1, 1)
DILATED = Windows(9, 3, 2, 1, 2), Windows(8, 2, 1, 1, 3)
OVERHANGING = Windows(6, 3, 2, 1, 1, True), Windows(8, 3, 2, 0, 1, True)
SETTINGS = {"overlapping": OVERLAPPING, "dilated": DILATED, "overhanging": OVERHANGING}


@pytest.fixture(params=SETTINGS.values(), ids=SETTINGS)
def windows(request):
    return request.param


def test_max_pool_backward_is_the_finite_difference(windows):
    x = spread(2, windows[0].size, windows[1].size)
    out, cache = max_pool2d_forward(x, *windows)
    grad_out = random_like(out)
    expected = numeric_gradient(lambda x: max_pool2d_forward(x, *windows)[0], x, grad_out)
    assert_same(max_pool2d_backward(grad_out, cache), expected, "grad_x", atol=1e-8)


@pytest.mark.parametrize("options", [(True, None), (False, None), (True, 5)], ids=str)
def test_avg_pool_backward_is_the_finite_difference(options):
    for windows in (OVERLAPPING, OVERHANGING):
        x = spread(2, windows[0].size, windows[1].size)
        out, cache = avg_pool2d_forward(x, *windows, *options)
        grad_out = random_like(out)
        expected = numeric_gradient(lambda x, w=windows: avg_pool2d_forward(x, *w, *options)[0], x, grad_out)
        assert_same(avg_pool2d_backward(grad_out, cache), expected, f"grad_x, {windows}", atol=1e-8)


@thorough(axes(dilation=1), axes(dilation=1), st.booleans(), st.integers(0, 1000))
def test_avg_pool_backward_is_the_adjoint_of_forward(rows, cols, count_include_pad, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3, rows.size, cols.size))
    out, cache = avg_pool2d_forward(x, rows, cols, count_include_pad)
    grad_out = rng.standard_normal(out.shape)
    got, expected = np.sum(x * avg_pool2d_backward(grad_out, cache)), np.sum(out * grad_out)
    assert np.isclose(got, expected, atol=1e-10), f"<x, backward(g)> {got}, <pool(x), g> {expected}; {rows} {cols}"


@thorough(axes(), axes(), st.integers(0, 1000))
def test_max_pool_backward_conserves_the_sum_of_the_gradients_that_have_a_winner(rows, cols, seed):
    rng = np.random.default_rng(seed)
    out, cache = max_pool2d_forward(rng.standard_normal((2, rows.size, cols.size)), rows, cols)
    grad_out = rng.standard_normal(out.shape)
    got, expected = max_pool2d_backward(grad_out, cache).sum(), grad_out[np.isfinite(out)].sum()
    assert np.isclose(got, expected, atol=1e-10), f"sum: got {got}, expected {expected}; {rows} {cols}"


@thorough(axes(), axes(), st.integers(0, 1000))
def test_every_winner_holds_the_maximum(rows, cols, seed):
    x = np.random.default_rng(seed).integers(-3, 3, (rows.size, cols.size)).astype(float)
    out, cache = max_pool2d_forward(x, rows, cols)
    winners = max_pool2d_winners(cache)
    assert_same(np.where(winners < 0, -np.inf, x.flat[winners]), out, f"x at its winners, {rows} {cols}")


def test_max_pool_never_falls_below_the_mean_of_the_pixels_it_reads(windows):
    windows = [replace(axis, dilation=1) for axis in windows]  # average pooling has none
    x = spread(windows[0].size, windows[1].size)
    largest, _ = max_pool2d_forward(x, *windows)
    mean, _ = avg_pool2d_forward(x, *windows, count_include_pad=False)
    assert (largest >= mean).all()


# ---------------------------------------------------------------------------------------- arrays stay as they were


def forward_kinds(x):
    rows, cols = Windows(x.shape[-2], 3, 2, 1), Windows(x.shape[-1], 2, 1, 1)
    return {
        "max": (max_pool2d_forward(x, rows, cols), max_pool2d_backward),
        "avg": (avg_pool2d_forward(x, rows, cols), avg_pool2d_backward),
        "avg by 5": (avg_pool2d_forward(x, rows, cols, True, 5), avg_pool2d_backward),
    }


def contents(cache):
    return [np.array(field, copy=True) if isinstance(field, np.ndarray) else field for field in cache]


@pytest.mark.parametrize("kind", ["max", "avg", "avg by 5"])
def test_kernels_leave_input_upstream_gradient_and_cache_untouched(kind):
    x = spread(2, 3, 7, 6)
    before = x.copy()
    (out, cache), backward = forward_kinds(x)[kind]
    assert_same(x, before, "x after forward")
    kept, grad_out = contents(cache), random_like(out)
    grad_before = grad_out.copy()
    first = backward(grad_out, cache)
    assert_same(x, before, "x after backward")
    assert_same(grad_out, grad_before, "grad_out after backward")
    if kind == "max":
        max_pool2d_winners(cache)
    for name, was, now in zip(cache._fields, kept, cache, strict=True):
        if isinstance(was, np.ndarray):
            assert_same(now, was, f"cache.{name} after backward")
        else:
            assert now == was, f"cache.{name} after backward"
    assert_same(backward(grad_out, cache), first, "grad_x of a second backward")
    assert not np.shares_memory(first, x)
    assert not np.shares_memory(first, grad_out)


@pytest.mark.parametrize("kind", ["max", "avg", "avg by 5"])
def test_float32_stays_float32(kind):
    (out, cache), backward = forward_kinds(spread(2, 7, 6).astype(np.float32))[kind]
    assert out.dtype == np.float32
    assert backward(random_like(out), cache).dtype == np.float32


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("leading", [(), (1,), (0,), (2, 0), (0, 3), (2, 1, 3, 2)], ids=str)
def test_any_number_of_leading_axes_counts_planes(kind, leading):
    x = spread(*leading, 7, 6)
    (out, cache), backward = forward_kinds(x)[kind]
    grad_out = random_like(out)
    grad_x = backward(grad_out, cache)
    assert out.shape == (*leading, 4, 7)
    assert grad_x.shape == x.shape
    for index in np.ndindex(leading):
        (alone, alone_cache), _ = forward_kinds(x[index])[kind]
        assert_same(out[index], alone, f"out of plane {index}")
        assert_same(grad_x[index], backward(grad_out[index], alone_cache), f"grad_x of plane {index}")


# ---------------------------------------------------------------------------------------- blocks and threads


@pytest.fixture
def threads(monkeypatch):
    """Sets the number of threads, restored afterwards; blocks are small here, so that each thread has several."""
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 17)
    before = blocks.get_num_threads()
    yield blocks.set_num_threads
    blocks.set_num_threads(before)


def large(seed=0):
    """Several MiB in many planes, with ties: several blocks on each thread."""
    return np.random.default_rng(seed).integers(-9, 9, (6, 16, 64, 72)).astype(float)


def everything(x):
    """Every result of every kernel."""
    rows, cols = Windows(x.shape[-2], 3, 2, 1), Windows(x.shape[-1], 3, 1, 1)
    out, cache = max_pool2d_forward(x, rows, cols)
    mean, mean_cache = avg_pool2d_forward(x, rows, cols)
    grad_out = random_like(out)
    return {
        "max": out,
        "winners": max_pool2d_winners(cache),
        "max grad_x": max_pool2d_backward(grad_out, cache),
        "avg": mean,
        "avg grad_x": avg_pool2d_backward(grad_out, mean_cache),
    }


def test_results_do_not_depend_on_the_number_of_threads(threads):
    x = large()
    threads(1)
    alone = everything(x)
    for count in (2, 3):
        threads(count)
        for name, got in everything(x).items():
            assert_same(got, alone[name], f"{name} with {count} threads")


def test_a_plane_gives_the_same_alone_and_among_many():
    x = large()
    among = everything(x)
    few = x[2, 5:7]
    rows, cols = Windows(64, 3, 2, 1), Windows(72, 3, 1, 1)
    out, cache = max_pool2d_forward(few, rows, cols)
    assert_same(among["max"][2, 5:7], out, "max")
    assert_same(among["winners"][2, 5:7], max_pool2d_winners(cache), "winners")
    assert_same(among["avg"][2, 5:7], avg_pool2d_forward(few, rows, cols)[0], "avg")


def test_kernels_may_be_called_from_several_threads_at_once(threads):
    threads(2)
    xs = [large(seed)[:3] for seed in range(4)]
    alone = [everything(x) for x in xs]
    with ThreadPoolExecutor(4) as callers:
        together = list(callers.map(everything, xs))
    for caller, (got, expected) in enumerate(zip(together, alone, strict=True)):
        for name in expected:
            assert_same(got[name], expected[name], f"{name} of caller {caller}")


def test_changing_the_number_of_threads_while_others_work_loses_nothing(threads):
    x = large()[:3]
    expected = everything(x)
    with ThreadPoolExecutor(2) as callers:
        waiting = [callers.submit(everything, x) for _ in range(4)]
        for count in (2, 3, 1, 2):
            threads(count)
        for got in waiting:
            for name, result in got.result(timeout=60).items():
                assert_same(result, expected[name], name)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked by default")
def test_a_forked_process_does_not_wait_for_threads_that_it_does_not_have():
    code = """
import multiprocessing, time, warnings
from helpers.kernels import blocks
warnings.simplefilter("ignore")
def pool():
    blocks.each_block(lambda block: time.sleep(0.05), 4, blocks.BLOCK_BYTES)
blocks.set_num_threads(2)
pool()
child = multiprocessing.get_context("fork").Process(target=pool, daemon=True)
child.start()
child.join(3)
print(child.exitcode)
child.kill()
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "0", f"the forked process hangs or fails: exit code {done.stdout} {done.stderr}"
