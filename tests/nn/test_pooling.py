"""The pooling layers against torch's, in what they promise without torch, and with whatever a learner hands them."""

import inspect
import itertools
import re
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from helpers.kernels import blocks
from tests.oracles import (
    assert_like_torch,
    assert_same,
    assert_same_bits,
    axes,
    numeric_gradient,
    only_padding,
    plane,
    random_like,
    spread,
)

MAX = [nn.MaxPool1d, nn.MaxPool2d]
AVG = [nn.AvgPool1d, nn.AvgPool2d]
ALL = MAX + AVG
LEGAL_BUT_UNREAD = pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
IEEE = pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")  # inf - inf


def by_name(item):
    return getattr(item, "__name__", str(item))


every_layer = pytest.mark.parametrize("layer_class", ALL, ids=by_name)
max_layers = pytest.mark.parametrize("layer_class", MAX, ids=by_name)
avg_layers = pytest.mark.parametrize("layer_class", AVG, ids=by_name)


# ------------------------------------------------------------------------------------------ one import apart


@every_layer
def test_parameters_have_torchs_names_order_and_defaults(layer_class):
    def signature(owner):
        parameters = inspect.signature(owner).parameters.values()
        return [(p.name, p.default, p.kind) for p in parameters]

    assert signature(layer_class) == signature(getattr(torch.nn, layer_class.__name__))


SPELLINGS = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 1, "padding": 1, "ceil_mode": True},
    {"kernel_size": (4,), "stride": (3,), "padding": (2,)},
    {"kernel_size": [3]},
]
MAX_SPELLINGS = [{"kernel_size": 3, "dilation": 2}, {"kernel_size": 3, "return_indices": True, "dilation": (2,)}]
AVG_SPELLINGS = [{"kernel_size": 3, "padding": 1, "count_include_pad": False}]
PAIRS = [{"kernel_size": (3, 2)}, {"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)}, {"kernel_size": [2, 4]}]
MAX_PAIRS = [{"kernel_size": (3, 2), "dilation": (1, 2), "ceil_mode": True}]
AVG_PAIRS = [{"kernel_size": (3, 2), "divisor_override": 4}]


def spellings():
    for layer_class in ALL:
        of_kind, pairs_of_kind = (MAX_SPELLINGS, MAX_PAIRS) if layer_class in MAX else (AVG_SPELLINGS, AVG_PAIRS)
        pairs = PAIRS + pairs_of_kind if axes(layer_class) == 2 else []
        for settings in SPELLINGS + of_kind + pairs:
            yield pytest.param(layer_class, settings, id=f"{layer_class.__name__}-{settings}")


@pytest.mark.parametrize(("layer_class", "settings"), [*spellings()])
def test_repr_and_attributes_are_torchs(layer_class, settings):
    layer, twin = layer_class(**settings), getattr(torch.nn, layer_class.__name__)(**settings)
    assert repr(layer) == repr(twin)
    for name in inspect.signature(layer_class).parameters:
        got, expected = getattr(layer, name), getattr(twin, name)
        assert got == expected, f"{layer!r}.{name}: got {got!r}, torch has {expected!r}"


@every_layer
def test_settings_may_be_given_by_position(layer_class):
    x = plane(layer_class, 2)
    assert_same(layer_class(3, 2, 1)(x), layer_class(kernel_size=3, stride=2, padding=1)(x), "out")


@every_layer
def test_stride_is_the_kernel_unless_given(layer_class):
    x = plane(layer_class, 2, side=9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)
        assert_same(layer_class(3)(x), layer_class(3, stride=3)(x), "out")


# ------------------------------------------------------------------------------------------ torch, a wide grid


def legal(*settings):
    """Whether each axis has a window and no window reads only padding; settings are tuples, one number an axis."""
    for size, kernel, stride, padding, dilation, ceil_mode in zip(*settings, strict=True):
        room = size + 2 * padding - dilation * (kernel - 1) - 1
        if padding > kernel // 2 or (room + (stride - 1 if ceil_mode else 0)) < 0:
            return False
        if only_padding(size, kernel, stride, padding, dilation, ceil_mode):
            return False
    return True


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("ceil_mode", [False, True], ids=["floor", "ceil"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_max_pool1d_agrees_with_torch_on_a_grid(kernel, ceil_mode):
    compared = 0
    for size, stride, padding, dilation in itertools.product((1, 4, 7, 10), (1, 2, 3, 5), range(3), (1, 2, 3)):
        if legal((size,), (kernel,), (stride,), (padding,), (dilation,), (ceil_mode,)):
            x = spread(2, 3, size)
            sizes = dict(kernel_size=kernel, stride=stride, padding=padding, dilation=dilation)
            settings = dict(**sizes, ceil_mode=ceil_mode)
            assert_like_torch(nn.MaxPool1d(**settings), x, **settings)
            compared += 1
    assert compared >= 20


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("count_include_pad", [True, False], ids=["with padding", "pixels alone"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
def test_avg_pool1d_agrees_with_torch_on_a_grid(kernel, count_include_pad):
    compared = 0
    for size, stride, padding, ceil_mode in itertools.product((1, 4, 7, 10), (1, 2, 3, 5), range(3), (False, True)):
        if legal((size,), (kernel,), (stride,), (padding,), (1,), (ceil_mode,)):
            x = spread(2, 3, size)
            settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
            settings["count_include_pad"] = count_include_pad
            assert_like_torch(nn.AvgPool1d(**settings), x, **settings)
            compared += 1
    assert compared >= 20


STRIDES = [(1, 1), (2, 2), (3, 3), (1, 2), (3, 1), (4, 5)]
KERNELS = [(1, 1), (2, 2), (3, 3), (5, 5), (2, 3), (4, 1), (1, 5)]
PLANES = [(7, 8), (9, 6)]


def paddings(kernel):
    """None, the most that is legal, and the most along one axis only."""
    high, wide = kernel[0] // 2, kernel[1] // 2
    return sorted({(0, 0), (high, wide), (0, wide), (high, 0)})


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("stride", STRIDES, ids=str)
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_max_pool2d_agrees_with_torch_on_a_grid(kernel, stride):
    compared = 0
    dilations = [(1, 1), (2, 2), (3, 3), (1, 2), (3, 1)]
    for size, padding, dilation, ceil_mode in itertools.product(PLANES, paddings(kernel), dilations, (False, True)):
        if legal(size, kernel, stride, padding, dilation, (ceil_mode, ceil_mode)):
            sizes = dict(kernel_size=kernel, stride=stride, padding=padding, dilation=dilation)
            settings = dict(**sizes, ceil_mode=ceil_mode)
            assert_like_torch(nn.MaxPool2d(**settings), spread(2, *size), **settings)
            compared += 1
    assert compared >= 10


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("stride", STRIDES, ids=str)
@pytest.mark.parametrize("kernel", KERNELS, ids=str)
def test_avg_pool2d_agrees_with_torch_on_a_grid(kernel, stride):
    compared = 0
    divisors = [(True, None), (False, None), (True, 3)]
    for size, padding, ceil_mode, (include, override) in itertools.product(
        PLANES, paddings(kernel), (False, True), divisors
    ):
        if legal(size, kernel, stride, padding, (1, 1), (ceil_mode, ceil_mode)):
            settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
            settings |= {"count_include_pad": include, "divisor_override": override}
            assert_like_torch(nn.AvgPool2d(**settings), spread(2, *size), **settings)
            compared += 1
    assert compared >= 10


@LEGAL_BUT_UNREAD
@every_layer
@pytest.mark.parametrize("leading", [(1,), (3,), (1, 1), (4, 3), (0, 2)], ids=str)
def test_batched_and_unbatched_inputs_agree_with_torch(layer_class, leading):
    for settings in ({"kernel_size": 2}, {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}):
        assert_like_torch(layer_class(**settings), plane(layer_class, *leading), **settings)


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("ceil_mode", [False, True], ids=["floor", "ceil"])
def test_what_torch_accepts_and_refuses_we_accept_and_refuse_with_the_same_output_size(ceil_mode):
    rng = np.random.default_rng(5)
    accepted = 0
    for _ in range(300):
        height, width, *kernel = map(int, rng.integers(1, 8, 4))
        stride, padding, dilation = (tuple(map(int, rng.integers(*ends, 2))) for ends in ((1, 5), (0, 4), (1, 4)))
        settings = {"kernel_size": tuple(kernel), "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
        for layer_class, more in ((nn.MaxPool2d, {"dilation": dilation}), (nn.AvgPool2d, {})):
            twin = getattr(torch.nn, layer_class.__name__)(**settings, **more)
            try:  # sizes without numbers: torch reads and writes nothing
                expected = tuple(twin(torch.empty(1, height, width, device="meta")).shape)
            except RuntimeError as error:
                expected = str(error)
            try:
                got = layer_class(**settings, **more)(np.zeros((1, height, width))).shape
            except ValueError as error:
                got = str(error)
            same = got == expected if isinstance(expected, tuple) else isinstance(got, str)
            assert same, f"{twin} on {(height, width)}: got {got}, torch {expected}"
            accepted += isinstance(expected, tuple)
    assert 100 < accepted < 500


# ------------------------------------------------------------------------------------------ torch, the hard numbers

SLIDES = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 1, "padding": 1},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": 4, "stride": 1, "padding": 2},
]
each_slide = pytest.mark.parametrize("settings", SLIDES, ids=str)


def drawn(layer_class, values, seed=0):
    sides = (9, 8)[: axes(layer_class)]
    return np.random.default_rng(seed).choice(values, (4, 3, *sides))


HARD = {
    "many ties": (-1.0, 0.0, 1.0),
    "one value": (5.0,),
    "all negative": (-3.0, -2.5, -1.0),
    "tiny and huge": (-1e300, 1e300, 5e-324, -5e-324, 1e-300),
    "minus infinity everywhere": (-np.inf,),
    "mostly minus infinity": (-np.inf, -np.inf, -np.inf, -2.0),
    "plus infinity": (np.inf, 1.0, -1.0, 0.0),
    "NaN now and then": (np.nan, 1.0, 2.0, 3.0, -4.0, 0.0),
    "NaN mostly": (np.nan, np.nan, 1.0),
    "NaN everywhere": (np.nan,),
    "NaN beside infinities": (np.nan, np.inf, -np.inf, 0.0),
}


@LEGAL_BUT_UNREAD
@IEEE
@each_slide
@pytest.mark.parametrize("values", HARD.values(), ids=HARD)
@every_layer
def test_hard_numbers_agree_with_torch(layer_class, values, settings):
    assert_like_torch(layer_class(**settings), drawn(layer_class, values), **settings)


@LEGAL_BUT_UNREAD
@max_layers
@pytest.mark.parametrize("values", HARD.values(), ids=HARD)
def test_hard_numbers_under_dilated_windows_agree_with_torch(layer_class, values):
    for settings in (
        {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": 2},
        {"kernel_size": 2, "stride": 2, "dilation": 3},
    ):
        assert_like_torch(layer_class(**settings), drawn(layer_class, values), **settings)


@max_layers
def test_max_pooling_of_nan_and_infinities_warns_of_nothing(layer_class):
    layer = layer_class(3, stride=1, padding=1)
    out = layer(drawn(layer_class, HARD["NaN beside infinities"]))
    layer.backward(np.full(out.shape, np.inf))


@LEGAL_BUT_UNREAD
@IEEE
@every_layer
@each_slide
def test_non_finite_upstream_gradients_agree_with_torch(layer_class, settings):
    layer = layer_class(**settings)
    x = drawn(layer_class, np.arange(9.0))
    grad_out = random_like(layer(x))
    for index, value in zip(((0, 0), (1, 2), (3, 1)), (np.nan, np.inf, -np.inf), strict=True):
        grad_out[index].flat[1] = value
    assert_like_torch(layer_class(**settings), x, grad_out, **settings)


@max_layers
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_non_finite_gradient_reaches_the_winner_and_no_other_pixel(layer_class, value):
    layer = layer_class(3, stride=1, padding=1, return_indices=True)
    out, winners = layer(plane(layer_class, 2, 2))
    grad_out = np.ones_like(out)
    grad_out[1, 0].flat[4] = value
    dx = layer.backward(grad_out)
    hit = np.argwhere(~np.isfinite(dx)).tolist()
    expected = [1, 0, *np.unravel_index(winners[1, 0].flat[4], dx.shape[2:])]
    assert hit == [expected], f"not finite at {hit}, expected at the winner {expected} alone"


@avg_layers
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_non_finite_number_spoils_its_own_windows_and_no_others(layer_class, value):
    layer = layer_class(2, stride=1)
    x = plane(layer_class, 2, 2)
    x[1, 0].flat[-1] = value  # the last corner: one window reads it
    out = layer(x)
    spoilt = np.argwhere(~np.isfinite(out)).tolist()
    assert spoilt == [[1, 0, *(n - 1 for n in out.shape[2:])]], f"output not finite at {spoilt}"
    grad_out = np.zeros_like(out)
    grad_out[1, 0].flat[-1] = value
    spoilt = ~np.isfinite(layer.backward(grad_out))
    assert spoilt.sum() == 2 ** axes(layer_class), f"gradient not finite at {np.argwhere(spoilt).tolist()}"
    assert spoilt[1, 0].flat[-1]


# ------------------------------------------------------------------------------------------ cases with a name


def test_max_pool_of_one_pixel_is_the_pixel():
    for layer_class in ALL:
        x = plane(layer_class, 2, side=1)[..., :1]
        layer = layer_class(1)
        assert_same(layer(x), x, repr(layer))
        assert_same(layer.backward(2 * x), 2 * x, f"dx, {layer!r}")


@every_layer
def test_no_picture_gives_no_picture(layer_class):
    layer = layer_class(2, stride=1)
    out = layer(plane(layer_class, 0, 3))
    assert out.shape[:2] == (0, 3)
    assert layer.backward(out).shape == plane(layer_class, 0, 3).shape


@LEGAL_BUT_UNREAD
@every_layer
@pytest.mark.parametrize(("kernel", "stride"), [(5, 5), (6, 4), (7, 5), (9, 6)])
def test_a_kernel_larger_than_the_input_is_legal_where_ceil_mode_leaves_a_window(layer_class, kernel, stride):
    x = spread(2, 3, *(4, 4)[: axes(layer_class)])
    with pytest.raises(ValueError, match="does not fit"):
        layer_class(kernel, stride)(x)
    assert_like_torch(layer_class(kernel, stride, ceil_mode=True), x, kernel_size=kernel, stride=stride, ceil_mode=True)


def test_average_of_ones_shows_what_counts_in_the_divisor():
    ones = np.ones((1, 6))
    third, half = 2 / 3, 1 / 2
    assert_same(nn.AvgPool1d(3, 1, 1)(ones), [[third, 1.0, 1.0, 1.0, 1.0, third]], "padding counts", 1e-15)
    assert_same(nn.AvgPool1d(3, 2, 1, ceil_mode=True)(ones), [[third, 1.0, 1.0, half]], "not the overhang", 1e-15)
    pixels_alone = nn.AvgPool1d(3, 2, 1, ceil_mode=True, count_include_pad=False)
    assert_same(pixels_alone(ones), np.ones((1, 4)), "pixels alone", 1e-15)
    assert_same(nn.AvgPool2d(2, divisor_override=1)(np.ones((1, 4, 4))), np.full((1, 2, 2), 4.0), "a sum")


def test_nine_pixels_kernel_four_stride_four_padding_two_make_three_windows():
    x = spread(1, 9)
    for layer in (nn.MaxPool1d(4, 4, 2, ceil_mode=True), nn.AvgPool1d(4, 4, 2, ceil_mode=True)):
        assert layer(x).shape == (1, 3), f"{layer!r}"


def test_invariance_to_shifts_is_partial():
    x = np.array([[0.0, 0, 1, 1, 0, 0, 1, 1]])
    pool = nn.MaxPool1d(2)
    assert_same(pool(x), [[0.0, 1, 0, 1]], "as it is")
    assert_same(pool(np.roll(x, 1, axis=1)), [[1.0, 1, 1, 1]], "shifted by one")


def test_indices_are_positions_in_the_plane_as_int64():
    out, indices = nn.MaxPool2d(2, return_indices=True)([[[1.0, 5, 2, 0], [3, 4, 8, 7]]])
    assert_same(out, [[[5.0, 8.0]]], "out")
    assert_same(indices, np.array([[[1, 6]]], np.int64), "indices")


@max_layers
def test_return_indices_does_not_change_the_gradient(layer_class):
    x = plane(layer_class, 2)
    plain, indexed = layer_class(3, 1, 1), layer_class(3, 1, 1, return_indices=True)
    out, (also, _) = plain(x), indexed(x)
    assert_same(also, out, "out")
    assert_same(indexed.backward(random_like(out)), plain.backward(random_like(out)), "dx")


@LEGAL_BUT_UNREAD
def test_a_window_that_sees_only_padding_is_minus_infinity_without_index_and_gradient():
    layer = nn.MaxPool2d(2, stride=1, padding=1, dilation=(1, 3), return_indices=True)
    x = spread(1, 2, 2)  # one column of windows: looks at -1 and 2
    out, indices = layer(x)
    assert_same(out, np.full((1, 3, 1), -np.inf), "out")
    assert_same(indices, np.full((1, 3, 1), -1), "indices")
    assert_same(layer.backward(np.full((1, 3, 1), np.inf)), np.zeros((1, 2, 2)), "dx")


# ------------------------------------------------------------------------------------------ without any oracle


def checked_settings():
    """Settings whose gradient is checked entry by entry."""
    common = SLIDES + [{"kernel_size": 5, "stride": 3, "padding": 2}, {"kernel_size": 2, "stride": 3}]
    for layer_class in ALL:
        more = [{"kernel_size": 3, "dilation": 2, "stride": 1, "padding": 1}, {"kernel_size": 2, "dilation": 3}]
        if layer_class in AVG:
            more = [{"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}]
        if layer_class is nn.AvgPool2d:
            more += [{"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0), "divisor_override": 2}]
        for settings in common + more:
            yield pytest.param(layer_class(**settings), id=repr(layer_class(**settings)))


@LEGAL_BUT_UNREAD
@pytest.mark.parametrize("layer", [*checked_settings()])
@pytest.mark.parametrize("leading", [(2,), (2, 2)], ids=["unbatched", "batched"])
def test_backward_is_the_finite_difference_at_every_entry(layer, leading):
    x = plane(type(layer), *leading, side=7)
    out = layer(x)
    grad_out = random_like(out)
    dx = layer.backward(grad_out)
    assert_same(dx, numeric_gradient(layer, x, grad_out), f"dx, {layer!r}", atol=1e-8)


@every_layer
def test_an_input_shifted_by_the_stride_gives_an_output_shifted_by_one(layer_class):
    x = spread(2, *(15, 15)[: axes(layer_class)])
    layer = layer_class(3, stride=2)
    shifted = np.roll(x, (2,) * axes(layer_class), axis=tuple(range(-axes(layer_class), 0)))
    inner = (slice(None), *(slice(1, None),) * axes(layer_class))
    outer = (slice(None), *(slice(None, -1),) * axes(layer_class))
    assert_same(layer(shifted)[inner], layer(x)[outer], "out shifted by one")


@max_layers
def test_the_maximum_of_the_negative_is_the_negative_of_the_minimum(layer_class):
    n = axes(layer_class)
    x = spread(2, *(8, 6)[:n])
    blocks_of_two = x.reshape(2, 4, 2) if n == 1 else x.reshape(2, 4, 2, 3, 2)
    smallest = blocks_of_two.min(2) if n == 1 else blocks_of_two.min((2, 4))
    assert_same(layer_class(2)(-x), -smallest, "max of -x")


@every_layer
def test_pooling_by_two_twice_is_pooling_by_four(layer_class):
    x = spread(2, *(16, 8)[: axes(layer_class)])
    small, large = nn.Sequential(layer_class(2), layer_class(2)), layer_class(4)
    out = large(x)
    assert_same(small(x), out, "out", 1e-12, 1e-12)
    assert_same(small.backward(random_like(out)), large.backward(random_like(out)), "dx", 1e-12, 1e-12)


@max_layers
def test_max_pooling_follows_any_rising_function_of_the_pixels(layer_class):
    layer = layer_class(3, stride=2, padding=1)
    x = plane(layer_class, 2, side=9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)
        assert_same(layer(x**3 + 2), layer(x) ** 3 + 2, "pool(f(x)) against f(pool(x))")


@avg_layers
def test_average_pooling_is_linear(layer_class):
    layer = layer_class(3, stride=1, padding=1)
    x, y = plane(layer_class, 2, seed=1), plane(layer_class, 2, seed=2)
    assert_same(layer(2 * x - 3 * y), 2 * layer(x) - 3 * layer(y), "pool(2x - 3y)", 1e-10, 1e-10)


@every_layer
def test_windows_that_tile_the_input_hand_on_the_whole_gradient(layer_class):
    layer = layer_class(3)
    out = layer(spread(2, *(9, 6)[: axes(layer_class)]))
    grad_out = random_like(out)
    got, expected = layer.backward(grad_out).sum(), grad_out.sum()
    assert np.isclose(got, expected), f"sum of dx: got {got}, expected {expected}"


@every_layer
def test_a_1d_layer_is_the_2d_layer_on_one_row(layer_class):
    if axes(layer_class) == 1:
        wide = ALL[ALL.index(layer_class) + 1]((1, 3), (1, 2), (0, 1))
        flat = layer_class(3, 2, 1)
        x = spread(2, 3, 9)
        out, wide_out = flat(x), wide(x[:, :, None])
        assert_same(out, wide_out[:, :, 0], "out")
        grad_out = random_like(out)
        assert_same(flat.backward(grad_out), wide.backward(grad_out[:, :, None])[:, :, 0], "dx")


@every_layer
def test_backward_twice_gives_the_same_gradient_again(layer_class):
    layer = layer_class(3, 1, 1)
    grad_out = random_like(layer(plane(layer_class, 2)))
    first = layer.backward(grad_out)
    kept = first.copy()
    second = layer.backward(grad_out)
    assert_same(second, kept, "second dx")
    assert not np.shares_memory(first, second), "the second gradient is written over the first"


@every_layer
def test_backward_belongs_to_the_last_call(layer_class):
    layer = layer_class(2)
    layer(plane(layer_class, 3, side=4)[..., :4])
    x = plane(layer_class, 2, side=6)[..., :6]
    grad_out = random_like(layer(x))
    fresh = layer_class(2)
    fresh(x)
    assert_same(layer.backward(grad_out), fresh.backward(grad_out), "dx")


# ------------------------------------------------------------------------------------------ dtypes and memory


def results(layer_class, x, grad_out=None):
    """Every result of one forward and backward, by name."""
    layer = layer_class(3, stride=1, padding=1, **({"return_indices": True} if layer_class in MAX else {}))
    out = layer(x)
    out, *indices = out if layer_class in MAX else (out,)
    dx = layer.backward(random_like(out) if grad_out is None else grad_out)
    return dict(zip(("out", "dx", "indices"), (out, dx, *indices), strict=False))


def assert_same_results(got, expected, what):
    for name in expected:
        assert_same_bits(got[name], expected[name], f"{name}, {what}")


LAYOUTS = {
    "read-only": lambda x, folder: read_only(x.copy()),
    "reversed": lambda x, folder: np.ascontiguousarray(x[..., ::-1])[..., ::-1],
    "upside down": lambda x, folder: np.ascontiguousarray(x[:, ::-1])[:, ::-1],
    "Fortran-ordered": lambda x, folder: np.asfortranarray(x),
    "channels last": lambda x, folder: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1),
    "every second pixel": lambda x, folder: np.repeat(x, 2, axis=-1)[..., ::2],
    "part of a larger array": lambda x, folder: np.pad(x, 2)[(slice(2, -2),) * x.ndim],
    "memory-mapped": lambda x, folder: mapped(x, folder),
    "unaligned": lambda x, folder: unaligned(x),
    "the other byte order": lambda x, folder: x.astype(">f8"),
}


def read_only(x):
    x.flags.writeable = False
    return x


def mapped(x, folder):
    path = folder / f"{len([*folder.iterdir()])}.npy"
    np.save(path, x)
    return np.load(path, mmap_mode="r")


def unaligned(x):
    raw = np.empty(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
    raw[...] = x.reshape(-1)
    return raw.reshape(x.shape)


@every_layer
@pytest.mark.parametrize("change", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_in_memory_changes_no_bit_and_is_never_written_to(layer_class, change, tmp_path):
    x = plane(layer_class, 3, 4)
    x.flat[:40] = np.round(x.flat[:40])  # some ties
    grad_out = random_like(x)
    strange, strange_grad = change(x, tmp_path), change(grad_out, tmp_path)
    before, grad_before = strange.tobytes(), strange_grad.tobytes()
    got, expected = results(layer_class, strange, strange_grad), results(layer_class, x, grad_out)
    assert_same_results(got, expected, layer_class.__name__)
    assert strange.tobytes() == before, "the input was written to"
    assert strange_grad.tobytes() == grad_before, "the upstream gradient was written to"


@every_layer
def test_one_number_broadcast_over_a_plane_is_read_like_any_other(layer_class):
    shape = plane(layer_class, 2, 3).shape
    got, expected = results(layer_class, np.broadcast_to(2.5, shape)), results(layer_class, np.full(shape, 2.5))
    assert_same_results(got, expected, "broadcast")


@every_layer
@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, bool, np.uint8, np.int8, np.int32, np.int64, np.uint64])
def test_other_kinds_of_numbers_are_computed_as_float64(layer_class, dtype):
    x = np.random.default_rng(0).integers(0, 120, plane(layer_class, 2, 3).shape).astype(dtype)
    assert_same_results(results(layer_class, x), results(layer_class, x.astype(np.float64)), x.dtype)


def test_sums_of_bytes_do_not_overflow_and_averages_of_integers_are_not_floored():
    assert_same(nn.AvgPool2d(2)(np.full((1, 2, 2), 255, np.uint8)), [[[255.0]]], "mean of four 255")
    assert_same(nn.AvgPool1d(2)(np.array([[1, 2, 2, 3]])), [[1.5, 2.5]], "mean of integers")


@every_layer
def test_lists_are_taken_for_arrays(layer_class):
    x = np.round(plane(layer_class, 2, 3) * 10)
    grad_out = np.round(random_like(x) * 10) + 0.0  # + 0.0: integers have no -0.0
    expected = results(layer_class, x, grad_out)
    assert_same_results(results(layer_class, x.tolist(), grad_out), expected, "a list as input")
    assert_same_results(results(layer_class, x, grad_out.tolist()), expected, "a list as gradient")
    assert_same_results(results(layer_class, x, grad_out.astype(int)), expected, "an integer gradient")


@LEGAL_BUT_UNREAD
@every_layer
@each_slide
def test_float32_stays_float32_and_agrees_with_torch(layer_class, settings):
    x = plane(layer_class, 2, 3).astype(np.float32)
    assert_like_torch(layer_class(**settings), x, rtol=1e-6, **settings)


@every_layer
def test_an_upstream_gradient_takes_the_dtype_of_the_output(layer_class):
    layer = layer_class(2, stride=1)
    for x_dtype, grad_dtype in itertools.product((np.float32, np.float64), repeat=2):
        out = layer(plane(layer_class, 2).astype(x_dtype))
        dx = layer.backward(np.ones(out.shape, grad_dtype))
        assert dx.dtype == x_dtype, f"input {x_dtype.__name__}, gradient {grad_dtype.__name__}: dx is {dx.dtype}"


# ------------------------------------------------------------------------------------------ threads


@every_layer
def test_threads_change_no_bit(layer_class):
    sides = (64, 48) if axes(layer_class) == 2 else (3072,)
    x = np.random.default_rng(0).integers(-5, 5, (16, 16, *sides)).astype(float)  # 6 MiB, with ties
    before = blocks.get_num_threads()
    try:
        blocks.set_num_threads(1)
        alone = results(layer_class, x)
        blocks.set_num_threads(2)
        assert_same_results(results(layer_class, x), alone, "two threads against one")
    finally:
        blocks.set_num_threads(before)


def test_layers_may_run_in_several_threads_at_once():
    def work(seed):
        layer_class = ALL[seed % 4]
        return results(layer_class, plane(layer_class, 40, 16, side=32, seed=seed))

    alone = [work(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as callers:
        together = list(callers.map(work, range(8)))
    for seed, (got, expected) in enumerate(zip(together, alone, strict=True)):
        assert_same_results(got, expected, f"{ALL[seed % 4].__name__}, four at once")


# ------------------------------------------------------------------------------------------ bad settings

NOT_A_SIZE = [2.0, np.float64(2), "2", None, True, np.True_, 2j, {2}, range(2), (2.0,), (True,), ["2"], (None,)]
TOO_SMALL = {"kernel_size": 0, "stride": 0, "dilation": 0, "padding": -1}


def refused(error, layer_class, words, make, *args, **settings):
    """Expect `error` with a message that opens with the class and holds all `words`; return the message."""
    with pytest.raises(error) as caught:
        make(*args, **settings)
    message = caught.value.args[0]
    assert type(caught.value) is error, f"{type(caught.value).__name__} in place of {error.__name__}: {message}"
    assert message.startswith(layer_class.__name__), f"does not open with {layer_class.__name__}: {message}"
    missing = [word for word in map(str, words) if word not in message]
    assert not missing, f"does not say {missing}: {message}"
    return message


def size_names(layer_class):
    return ["kernel_size", "stride", "padding", *(["dilation"] if layer_class in MAX else [])]


@every_layer
@pytest.mark.parametrize("value", NOT_A_SIZE, ids=repr)
def test_a_size_of_the_wrong_kind_is_a_type_error_with_name_and_value(layer_class, value):
    for name in size_names(layer_class):
        if not (name == "stride" and value is None):
            shown = value[0] if isinstance(value, (tuple, list)) else value
            words = [name, "integer", f"got {shown!r}"]
            refused(TypeError, layer_class, words, layer_class, **{"kernel_size": 2, name: value})


@every_layer
def test_a_size_out_of_range_is_a_value_error_at_construction(layer_class):
    for name in size_names(layer_class):
        for value in (TOO_SMALL[name], -3, (TOO_SMALL[name],), np.int64(TOO_SMALL[name])):
            shown = value[0] if isinstance(value, tuple) else value
            words = [name, "at least", f"got {shown!r}"]
            refused(ValueError, layer_class, words, layer_class, **{"kernel_size": 2, name: value})


@every_layer
def test_the_wrong_number_of_sizes_is_a_value_error(layer_class):
    for name in size_names(layer_class):
        for value in ((), (1, 1, 1), [1, 1, 1, 1], *([(1, 1)] if axes(layer_class) == 1 else [])):
            words = [name, "integer", f"got {value!r}"]
            refused(ValueError, layer_class, words, layer_class, **{"kernel_size": 2, name: value})


@every_layer
@pytest.mark.parametrize("two", [np.int64(2), np.uint8(2), np.array(2), [2], (2,), np.array([2])], ids=repr)
def test_numpy_integers_lists_and_one_tuples_are_sizes(layer_class, two):
    x = plane(layer_class, 2)
    zero = np.int64(0) if np.ndim(two) == 0 else [0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SettingWarning)
        assert_same(layer_class(two, two, zero)(x), layer_class(2, 2, 0)(x), f"out, kernel_size={two!r}")


def test_one_size_of_a_pair_may_be_bad():
    for layer_class in (nn.MaxPool2d, nn.AvgPool2d):
        refused(ValueError, layer_class, ["kernel_size", "at least 1", "got 0"], layer_class, (2, 0))
        refused(TypeError, layer_class, ["stride", "got 1.5"], layer_class, 2, (1, 1.5))
        refused(ValueError, layer_class, ["padding=2", "kernel_size=3"], layer_class, (5, 3), padding=2)


@every_layer
@pytest.mark.parametrize(
    ("kernel", "padding", "allowed"), [(1, 1, "use 0"), (2, 2, "use 0 or 1"), (3, 2, "use 0 or 1"), (9, 5, "at most 4")]
)
def test_padding_past_half_the_kernel_is_refused_with_the_rule(layer_class, kernel, padding, allowed):
    words = [f"padding={padding}", "more than half", f"kernel_size={kernel}", allowed]
    refused(ValueError, layer_class, words, layer_class, kernel, padding=padding)


@max_layers
def test_dilation_does_not_count_in_the_rule_of_padding(layer_class):
    refused(ValueError, layer_class, ["padding=2", "kernel_size=3"], layer_class, 3, padding=2, dilation=5)


@every_layer
@pytest.mark.parametrize("value", [1, 0, "True", None, 1.0, [True]], ids=repr)
def test_switches_are_true_or_false(layer_class, value):
    for name in ("ceil_mode", "return_indices" if layer_class in MAX else "count_include_pad"):
        words = [name, "True or False", f"got {value!r}"]
        refused(TypeError, layer_class, words, layer_class, 2, **{name: value})
        layer_class(2, **{name: np.True_})


def test_a_divisor_is_a_positive_integer_or_none():
    for value in (0, -1):
        words = ["divisor_override", "at least 1", f"got {value}"]
        refused(ValueError, nn.AvgPool2d, words, nn.AvgPool2d, 2, divisor_override=value)
    for value in (True, 2.0, "2", (2,)):
        words = ["divisor_override", "integer", f"got {value!r}"]
        refused(TypeError, nn.AvgPool2d, words, nn.AvgPool2d, 2, divisor_override=value)
    x = spread(1, 4, 4)
    assert_same(nn.AvgPool2d(2, divisor_override=np.int64(3))(x), nn.AvgPool2d(2, divisor_override=3)(x), "out")


# ------------------------------------------------------------------------------------------ bad inputs


def bad_inputs(layer_class):
    """Triples (input, error, words of the message)."""
    n = axes(layer_class)
    sides = (4, 5)[:n]
    for shape in ((), (4,), sides if n == 2 else (4,), (1, 1, 1, *sides)):
        yield np.zeros(shape), ValueError, ["input must have shape", f"got {shape}"]
    for shape in ((2, 3, *(0, 5)[:n]), (2, 0, *sides), (0, *sides), (2, 3, *(5, 0)[-n:])):
        yield np.zeros(shape), ValueError, ["empty", shape]
    yield np.zeros((1, *(1, 1)[:n])), ValueError, ["kernel_size", "does not fit", "padded input", "padding", "dilation"]
    for dtype in (complex, object, "U3", "S3", "M8[s]", "V8"):
        yield np.zeros((2, *sides), dtype), TypeError, ["input must hold real numbers", "dtype"]
    for nothing in (None, "a picture", {}, object(), [[None]]):
        yield nothing, TypeError, ["input must hold real numbers"]
    yield [[1.0, 2.0], [3.0]], ValueError, ["input must be", "rectangular"]


def bad_gradients(out):
    """Triples (gradient, error, words of the message)."""
    turned = np.zeros(out.shape[::-1])
    for grad in (np.zeros(()), 1.0, out[0], out[None], out[..., :1], out[..., :-1], turned, [], out.reshape(-1)):
        yield grad, ValueError, ["gradient given to backward", f"shape {out.shape}", f"got {np.shape(grad)}"]
    for kind in (complex, object, "U3"):
        yield out.astype(kind), TypeError, ["gradient given to backward", "real numbers"]
    yield None, TypeError, ["gradient given to backward", "real numbers"]
    yield [[1.0, 2.0], [3.0]], ValueError, ["gradient given to backward", "rectangular"]


@every_layer
def test_every_bad_input_gets_its_sentence_and_leaves_the_layer_unused(layer_class):
    for value, error, words in bad_inputs(layer_class):
        layer = layer_class(2)
        refused(error, layer_class, words, layer, value)
        assert layer.cache is None, f"cache after an input of shape {np.shape(value)}"


@every_layer
def test_bad_calls_leave_the_last_good_call_in_place(layer_class):
    layer = layer_class(2, stride=1, **({"return_indices": True} if layer_class in MAX else {}))
    out = layer(plane(layer_class, 2))
    out = out[0] if layer_class in MAX else out
    grad_out = random_like(out)
    expected, cache, settings = layer.backward(grad_out), layer.cache, repr(layer)
    for value, error, words in bad_inputs(layer_class):
        refused(error, layer_class, words, layer, value)
    for value, error, words in bad_gradients(out):
        refused(error, layer_class, words, layer.backward, value)
    assert layer.cache is cache, "another cache after calls that failed"
    assert repr(layer) == settings
    assert_same(layer.backward(grad_out), expected, "dx after calls that failed")


@every_layer
def test_backward_before_forward_is_a_runtime_error(layer_class):
    words = [f"{layer_class.__name__}.backward called before forward"]
    refused(RuntimeError, layer_class, words, layer_class(2).backward, np.zeros((1, 2, 2)))


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (nn.MaxPool2d(5), (1, 4, 4), ["kernel_size (5, 5) does not fit into the padded input (4, 4) (input (4, 4)"]),
        (nn.AvgPool2d((6, 2), padding=(1, 0)), (2, 1, 3, 4), ["kernel_size (6, 2)", "padded input (5, 4)"]),
        (nn.MaxPool1d(3, dilation=4), (2, 8), ["kernel_size 3", "padded input 8", "dilation 4"]),
        (nn.AvgPool1d(7, padding=1), (2, 2, 4), ["kernel_size 7", "padded input 6", "input 4", "padding 1"]),
    ],
    ids=repr,
)
def test_a_kernel_that_does_not_fit_is_told_all_the_numbers(layer, shape, words):
    refused(ValueError, type(layer), words, layer, np.zeros(shape))


# ------------------------------------------------------------------------------------------ warnings


def warned(call, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*args)
    return caught


UNREAD = [
    (nn.MaxPool1d(2), (1, 5), "L", "4"),
    (nn.AvgPool1d(1, stride=2), (1, 4), "L", "1, 3"),
    (nn.MaxPool2d(2), (1, 5, 6), "H", "4"),
    (nn.AvgPool2d(2), (1, 6, 5), "W", "4"),
    (nn.MaxPool2d(3, stride=4), (1, 3, 11), "W", "3, 7"),
    (nn.MaxPool1d(2, stride=2, dilation=4), (1, 7), "L", "1, 3, 5"),
]


@pytest.mark.parametrize(("layer", "shape", "axis", "pixels"), UNREAD, ids=str)
def test_pixels_that_no_window_reads_are_warned_of_with_axis_and_pixels(layer, shape, axis, pixels):
    (caught,) = warned(type(layer)(*settings_of(layer)), np.zeros(shape))
    message = str(caught.message)
    assert caught.category is SettingWarning
    assert message.startswith(f"{type(layer).__name__}: "), message
    for words in (f"along {axis}", f"reads pixels {pixels}"):
        assert words in message, f"does not say {words!r}: {message}"


@pytest.mark.parametrize(("layer", "shape", "axis", "pixels"), UNREAD, ids=str)
def test_the_warning_of_unread_pixels_names_a_setting_to_change(layer, shape, axis, pixels):
    (caught,) = warned(type(layer)(*settings_of(layer)), np.zeros(shape))
    names = "kernel_size|stride|padding|dilation|ceil_mode"
    assert re.search(names, str(caught.message)), f"names none of {names}: {caught.message}"


def settings_of(layer):
    """The settings of a layer in its constructor's order: a layer without a memory of having warned."""
    return [getattr(layer, name) for name in inspect.signature(type(layer)).parameters]


def test_a_window_wholly_in_padding_is_warned_of_and_names_the_setting():
    caught = [str(one.message) for one in warned(nn.MaxPool1d(2, 1, 1, dilation=3), np.zeros((1, 2)))]
    told = [message for message in caught if "only padding" in message]
    assert len(told) == 1, caught
    assert told[0].startswith("MaxPool1d: ")
    assert "windows 0 " in told[0], told
    assert re.search("padding=|dilation", told[0]), f"names neither padding=1 nor dilation=3: {told[0]}"


@every_layer
def test_a_layer_warns_once_and_another_one_again(layer_class):
    x = plane(layer_class, 2, side=7)
    layer = layer_class(2)
    first = warned(layer, x)
    assert len(first) == 1, [str(one.message) for one in first]
    assert not warned(layer, x), "warned a second time"
    assert len(warned(layer_class(2), x)) == 1, "another layer of the same kind says nothing"


def test_a_warning_points_to_the_line_that_called_the_layer():
    (caught,) = warned(lambda: nn.MaxPool2d(2)(np.zeros((1, 5, 4))))
    assert caught.filename == __file__, f"points to {caught.filename}:{caught.lineno}"


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, 1),
        nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        nn.MaxPool2d(3, 1, 1, dilation=2),
        nn.MaxPool2d(5, 3, 2, ceil_mode=True),
    ],
    ids=repr,
)
def test_no_warning_where_every_pixel_is_read(layer):
    assert not warned(layer, np.zeros((1, 8, 8)))


def test_a_warning_made_an_error_leaves_the_last_good_call_in_place():
    layer = nn.MaxPool1d(2)
    grad_out = random_like(layer(spread(1, 8)))
    expected = layer.backward(grad_out)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SettingWarning):
            layer(spread(1, 9))
    assert_same(layer.backward(grad_out), expected, "dx")


def test_a_setting_changed_after_construction_takes_effect_as_in_torch():
    x = np.arange(36.0).reshape(1, 6, 6)
    changed = nn.MaxPool2d(2)
    changed.kernel_size, changed.stride = 3, 1
    np.testing.assert_array_equal(changed(x), nn.MaxPool2d(3, 1)(x))
    changed.padding = 2
    with pytest.raises(ValueError, match="MaxPool2d: padding=2 is more than half of kernel_size=3"):
        changed(x)
