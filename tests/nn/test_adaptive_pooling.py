"""The adaptive pools against torch's, in what they promise without torch, and with whatever a learner hands them."""

import itertools

import numpy as np
import pytest

from helpers import nn
from helpers.gradcheck import gradcheck
from tests.oracles import (
    assert_bad_calls_change_nothing,
    assert_interface_like_torch,
    assert_layout_does_not_matter,
    assert_like_torch,
    assert_same,
    assert_same_bits,
    axes,
    plane,
    random_like,
    spread,
)

AVG = [nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d]
MAX = [nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d]
ALL = AVG + MAX


every_layer = pytest.mark.parametrize("layer_class", ALL, ids=lambda layer_class: layer_class.__name__)


# ------------------------------------------------------------------------------------------ torch


@every_layer
def test_signature_repr_and_attributes_are_torchs(layer_class):
    pairs = [(3, 2), [3, 2], (None, 2), (3, None), (None, None)]
    spellings = [3, *(pairs if axes(layer_class) == 2 else [(3,), [3]])]
    assert_interface_like_torch(layer_class, [(output_size,) for output_size in spellings])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 12, 13, 31])
@pytest.mark.parametrize("layer_class", [nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d])
def test_sequences_agree_with_torch_on_a_grid(layer_class, size):
    for output_size in (*range(1, 14), 31, 40):
        assert_like_torch(layer_class(output_size), spread(2, 3, size), output_size=output_size)


@pytest.mark.parametrize("high", [1, 2, 5, 7, 12])
@pytest.mark.parametrize("layer_class", [nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])
def test_planes_agree_with_torch_on_a_grid(layer_class, high):
    for wide, *output_size in itertools.product((1, 6, 9), (1, 2, 3, 7, None), (1, 4, 6, 13, None)):
        assert_like_torch(layer_class(output_size), spread(2, high, wide), output_size=output_size)


@every_layer
@pytest.mark.parametrize("leading", [(1,), (3,), (1, 1), (4, 3), (0, 2)], ids=str)
def test_batched_and_unbatched_inputs_agree_with_torch_in_both_dtypes(layer_class, leading):
    x = plane(layer_class, *leading)
    for output_size in (1, 3, 5, 8):
        assert_like_torch(layer_class(output_size), x, output_size=output_size)
        assert_like_torch(layer_class(output_size), x.astype(np.float32), rtol=1e-6, output_size=output_size)


HARD = {
    "many ties": (-1.0, 0.0, 1.0),
    "one value": (5.0,),
    "tiny and huge": (-1e300, 1e300, 5e-324, -5e-324, 1e-300),
    "minus infinity everywhere": (-np.inf,),
    "plus infinity": (np.inf, 1.0, -1.0, 0.0),
    "NaN now and then": (np.nan, 1.0, 2.0, 3.0, -4.0, 0.0),
    "NaN mostly": (np.nan, np.nan, 1.0),
    "NaN beside infinities": (np.nan, np.inf, -np.inf, 0.0),
}


@every_layer
@pytest.mark.parametrize("values", HARD.values(), ids=HARD)
def test_hard_numbers_agree_with_torch_and_warn_of_nothing(layer_class, values):
    x = np.random.default_rng(0).choice(values, plane(layer_class, 4, 3).shape)
    for output_size in (1, 2, 3, 5, 9):
        assert_like_torch(layer_class(output_size), x, output_size=output_size)


@every_layer
def test_upstream_gradients_that_are_not_finite_agree_with_torch(layer_class):
    shape = layer_class(3)(plane(layer_class, 4, 3)).shape
    grad_out = np.random.default_rng(0).choice((np.nan, np.inf, -np.inf, 1.0, 2.0, 3.0), shape)
    assert_like_torch(layer_class(3), plane(layer_class, 4, 3), grad_out, output_size=3)


# ------------------------------------------------------------------------------------------ without any oracle


@every_layer
def test_central_differences_agree(layer_class):
    for output_size in (1, 3, 5, 9):
        assert gradcheck(layer_class(output_size), plane(layer_class, 2, 2)).largest < 1e-7, f"to {output_size}"


@every_layer
def test_as_many_bins_as_pixels_change_nothing(layer_class):
    x = plane(layer_class, 2, 3)
    layer = layer_class(x.shape[2:])
    assert_same(layer(x), x, "out")
    assert_same(layer.backward(2 * x), 2 * x, "dx")
    if axes(layer_class) == 2:
        assert_same(layer_class((None, None))(x), x, "out where both sides are kept")


@every_layer
def test_one_bin_is_the_mean_or_the_maximum_of_the_whole(layer_class):
    x = plane(layer_class, 2, 3)
    whole = tuple(range(2, x.ndim))
    expected = x.max(whole, keepdims=True) if layer_class in MAX else x.mean(whole, keepdims=True)
    assert_same(layer_class(1)(x), expected, "out", 1e-13)


def test_the_size_of_the_output_is_the_same_for_pictures_of_every_size():
    layer = nn.AdaptiveAvgPool2d((2, 3))
    assert {layer(np.zeros((1, high, wide))).shape for high in range(1, 9) for wide in range(1, 9)} == {(1, 2, 3)}


def test_bins_may_share_a_pixel_which_then_collects_from_both():
    layer = nn.AdaptiveAvgPool1d(2)
    assert_same(layer([[1.0, 2.0, 6.0]]), [[1.5, 4.0]], "out")
    assert_same(layer.backward([[2.0, 8.0]]), [[1.0, 5.0, 4.0]], "dx")
    layer = nn.AdaptiveMaxPool1d(2, return_indices=True)
    out, indices = layer([[1.0, 6.0, 2.0]])
    assert_same(out, [[6.0, 6.0]], "out")
    assert_same(indices, [[1, 1]], "indices")
    assert_same(layer.backward([[2.0, 8.0]]), [[0.0, 10.0, 0.0]], "dx")


@pytest.mark.parametrize("layer_class", MAX)
def test_indices_are_positions_in_the_plane_as_int64_and_change_no_gradient(layer_class):
    x = plane(layer_class, 2, 3)
    plain, indexed = layer_class(3), layer_class(3, return_indices=True)
    out, indices = indexed(x)
    assert indices.dtype == np.int64
    flat = x.reshape(2, 3, -1)
    assert_same(np.take_along_axis(flat, indices.reshape(2, 3, -1), -1).reshape(out.shape), out, "x at the indices")
    assert_same(plain(x), out, "out without indices")
    assert_same(plain.backward(random_like(out)), indexed.backward(random_like(out)), "dx")


@pytest.mark.parametrize("kind", ["Avg", "Max"])
def test_a_1d_layer_is_the_2d_layer_on_one_row(kind):
    flat, wide = getattr(nn, f"Adaptive{kind}Pool1d")(4), getattr(nn, f"Adaptive{kind}Pool2d")((1, 4))
    x = spread(2, 3, 9)
    out = flat(x)
    assert_same(wide(x[:, :, None]), out[:, :, None], "out")
    grad_out = random_like(out)
    assert_same(wide.backward(grad_out[:, :, None]), flat.backward(grad_out)[:, :, None], "dx")


# ------------------------------------------------------------------------------------------ arrays and settings


@every_layer
@pytest.mark.parametrize("output_size", [1, 3])
def test_the_layout_in_memory_changes_no_bit_and_nothing_is_written_to(layer_class, output_size):
    assert_layout_does_not_matter(layer_class(output_size), np.round(plane(layer_class, 3, 4), 2))


@every_layer
def test_integers_are_computed_as_float64(layer_class):
    x = np.arange(2 * np.prod(plane(layer_class, 1).shape)).reshape(plane(layer_class, 2).shape)
    assert_same_bits(layer_class(3)(x), layer_class(3)(x.astype(np.float64)), "out of integers")
    assert_same_bits(layer_class(3)(x.astype(np.uint8)), layer_class(3)(x.astype(np.float64)), "out of bytes")


@every_layer
def test_backward_twice_gives_the_same_and_a_setting_changed_later_takes_effect(layer_class):
    layer, x = layer_class(3), plane(layer_class, 2)
    grad_out = random_like(layer(x))
    assert_same(layer.backward(grad_out), layer.backward(grad_out), "dx")
    layer.output_size = np.int64(2)
    assert_same(layer(x), layer_class(2)(x), "out after a change")


# ------------------------------------------------------------------------------------------ bad input

Z = np.zeros
AAP1, AAP2, AMP1, AMP2 = ALL[0], ALL[1], ALL[2], ALL[3]
BAD = [
    (ValueError, "AdaptiveAvgPool1d: output_size must be at least 1, got 0", lambda: AAP1(0)),
    (ValueError, "AdaptiveMaxPool2d: output_size must be at least 1, got -1", lambda: AMP2((2, -1))),
    (TypeError, "AdaptiveAvgPool2d: output_size must be an integer or 2 of them, got None", lambda: AAP2(None)),
    (TypeError, "AdaptiveMaxPool1d: output_size must be an integer, got None", lambda: AMP1((None,))),
    (TypeError, "AdaptiveAvgPool2d: output_size must be an integer or 2 of them, got True", lambda: AAP2(True)),
    (TypeError, "AdaptiveAvgPool2d: output_size must be an integer, got 2.0", lambda: AAP2((2.0, 2))),
    (TypeError, "AdaptiveMaxPool2d: output_size must be an integer or 2 of them, got '3'", lambda: AMP2("3")),
    (ValueError, r"AdaptiveAvgPool2d: output_size must be .* of them, got \(1, 2, 3\)", lambda: AAP2((1, 2, 3))),
    (ValueError, r"AdaptiveAvgPool1d: output_size must be an integer, got \(3, 3\)", lambda: AAP1((3, 3))),
    (TypeError, "AdaptiveMaxPool2d: return_indices must be True or False, got 1", lambda: AMP2(2, 1)),
    (ValueError, r"AdaptiveAvgPool2d: input must have .* got \(4, 4\)", lambda: AAP2(2)(Z((4, 4)))),
    (ValueError, r"AdaptiveMaxPool1d: input must have .* got \(4,\)", lambda: AMP1(2)(Z(4))),
    (ValueError, "AdaptiveMaxPool2d: input may be empty along N only", lambda: AMP2(2)(Z((1, 1, 0, 4)))),
    (TypeError, "AdaptiveAvgPool1d: input must hold real numbers", lambda: AAP1(2)(Z((1, 4), complex))),
    (MemoryError, "AdaptiveAvgPool2d: the output of shape .* GiB", lambda: AAP2(10**7)(Z((1, 4, 4)))),
    (RuntimeError, "AdaptiveMaxPool2d.backward called before forward", lambda: AMP2(2).backward(Z((1, 2, 2)))),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


@every_layer
def test_bad_calls_leave_the_last_good_call_in_place(layer_class):
    assert_bad_calls_change_nothing(layer_class(3), plane(layer_class, 2))
