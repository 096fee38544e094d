"""Linear, Embedding, Flatten, Identity and Residual agree with torch and with their formulas."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.gradcheck import gradcheck
from tests.oracles import (
    assert_layer_like_torch,
    assert_layout_does_not_matter,
    assert_same,
    random_like,
    spread,
    twin_of,
)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(4,), (0, 4), (1, 4), (3, 4), (2, 3, 4), (2, 0, 3, 4), (2, 1, 3, 4)], ids=str)
@pytest.mark.parametrize("out_features", [1, 5])
def test_a_linear_layer_is_torchs_over_any_leading_axes(shape, bias, out_features):
    layer = nn.Linear(4, out_features, bias, rng=1)
    x = np.random.default_rng(2).standard_normal(shape)
    assert_layer_like_torch(layer, torch.nn.Linear(4, out_features, bias), x, 1e-13)
    assert repr(layer) == repr(torch.nn.Linear(4, out_features, bias))


def test_a_linear_layer_passes_central_differences_and_keeps_float32():
    layer = nn.Linear(3, 2, rng=0)
    assert gradcheck(layer, spread(4, 3)).largest < 1e-8
    small = nn.Linear(3, 2, dtype="float32", rng=0)
    out = small(np.ones((4, 3), np.float32))
    dx = small.backward(out)
    assert {a.dtype.name for a in (out, dx, small.weight.grad, small.bias.grad)} == {"float32"}


def test_a_linear_layer_is_linear():
    layer, x = nn.Linear(4, 3, bias=False, rng=0), np.random.default_rng(3).standard_normal((5, 4))
    assert_same(layer(2 * x - x[::-1]), 2 * layer(x) - layer(x[::-1]), "of a sum", atol=1e-14)


@pytest.mark.parametrize("sizes", [(5, 1), (1, 5), (5, 3)], ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4)], ids=str)
def test_the_layout_in_memory_changes_no_bit(sizes, shape):
    assert_layout_does_not_matter(nn.Linear(*sizes, rng=0), spread(*shape, sizes[0]))


def test_first_weights_lie_within_torchs_bounds_and_follow_the_seed():
    layer = nn.Linear(25, 400, rng=5)
    for values in (layer.weight.data, layer.bias.data):
        assert 0.195 < np.abs(values).max() <= 0.2
        assert abs(values.mean()) < 0.02
        assert abs(values.std() - 0.2 / np.sqrt(3)) < 0.01
    assert_same(nn.Linear(25, 400, rng=5).weight.data, layer.weight.data, "the same seed")
    assert not np.array_equal(nn.Linear(25, 400).weight.data, nn.Linear(25, 400).weight.data)
    assert layer.bias is not None
    assert nn.Linear(2, 2, bias=False).bias is None


def test_gradients_of_a_linear_layer_add_up():
    layer = nn.Linear(3, 2, rng=0)
    x, upstream = spread(4, 3), np.ones((4, 2))
    layer(x)
    layer.backward(upstream)
    once = layer.weight.grad.copy(), layer.bias.grad.copy()
    layer.backward(upstream)
    assert_same(layer.weight.grad, 2 * once[0], "weight")
    assert_same(layer.bias.grad, 2 * once[1], "bias")
    assert_same(upstream, np.ones((4, 2)), "upstream")


@pytest.mark.parametrize("shape", [(), (0,), (4,), (3, 4), (2, 0, 3)], ids=str)
@pytest.mark.parametrize("padding_idx", [None, 0, -1])
def test_an_embedding_is_torchs(shape, padding_idx):
    layer = nn.Embedding(5, 3, padding_idx, rng=1)
    indices = np.random.default_rng(2).integers(0, 5, shape)
    twin = twin_of(layer, torch.nn.Embedding(5, 3, padding_idx))
    out, torch_out = layer(indices), twin(torch.tensor(indices))
    upstream = random_like(out)
    assert layer.backward(upstream) is None
    torch_out.backward(torch.tensor(upstream))
    assert_same(out, torch_out.detach().numpy(), "out")
    assert_same(layer.weight.grad, twin.weight.grad.numpy(), "d weight", atol=1e-14)
    assert repr(layer) == repr(torch.nn.Embedding(5, 3, padding_idx))


def test_the_padding_row_starts_at_zero_and_learns_nothing():
    table = nn.Embedding(4, 2, padding_idx=-2, rng=0)
    assert table.padding_idx == 2
    assert_same(table([2, 2]), np.zeros((2, 2)), "rows")
    table.backward(np.ones((2, 2)))
    assert not table.weight.grad.any()
    assert abs(nn.Embedding(1000, 20, rng=0).weight.data.std() - 1) < 0.02


@pytest.mark.parametrize(("start", "end"), [(1, -1), (0, -1), (0, 1), (-2, -1), (2, 2), (-4, 3)])
def test_flatten_is_torchs(start, end):
    for shape in ((2, 3, 4, 5), (0, 3, 4, 5)):
        assert_layer_like_torch(nn.Flatten(start, end), torch.nn.Flatten(start, end), np.zeros(shape), 0)
    assert_same(nn.Flatten(0)(3.0), [3.0], "a number")


def test_identity_passes_on_and_takes_any_arguments():
    layer = nn.Identity(54, unused=True)
    assert_layer_like_torch(layer, torch.nn.Identity(), spread(2, 3), 0)


def test_a_residual_adds_the_way_round():
    class Twin(torch.nn.Module):
        def __init__(self, block, shortcut):
            super().__init__()
            self.block, self.shortcut = block, shortcut

        def forward(self, x):
            return (x if self.shortcut is None else self.shortcut(x)) + self.block(x)

    x = spread(3, 4)
    layer = nn.Residual(nn.Sequential(nn.Linear(4, 4, rng=0), nn.Tanh()))
    assert_layer_like_torch(layer, Twin(torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh()), None), x, 1e-13)
    layer = nn.Residual(nn.Linear(4, 2, rng=0), nn.Linear(4, 2, bias=False, rng=1))
    assert_layer_like_torch(layer, Twin(torch.nn.Linear(4, 2), torch.nn.Linear(4, 2, False)), x, 1e-13)
    assert [name for name, _ in layer.named_parameters()] == ["block.weight", "block.bias", "shortcut.weight"]
    assert gradcheck(layer, x).largest < 1e-8
    out = nn.Residual(nn.ReLU())(np.ones((2, 2), np.float32))
    assert out.dtype == np.float32


def test_a_residual_whose_sides_differ_changes_nothing():
    linear = nn.Linear(4, 2, rng=0)
    layer = nn.Residual(linear)
    with pytest.raises(ValueError, match=r"output must have the shape of the input \(3, 4\), got \(3, 2\)$"):
        layer(np.zeros((3, 4)))
    assert linear.cache is None
    with pytest.raises(TypeError, match=r"^Residual: block must be a Module, got None$"):
        nn.Residual(None)
    with pytest.raises(TypeError, match=r"^Residual: shortcut must be a Module, got 3$"):
        nn.Residual(nn.Tanh(), 3)
    with pytest.raises(ValueError, match=r"^Residual: shortcut must not share a layer with block"):
        nn.Residual(linear, linear)


Z = np.zeros
BAD = [
    (ValueError, "Linear: in_features must be at least 1, got 0", lambda: nn.Linear(0, 1)),
    (TypeError, "Linear: out_features must be an integer, got 2.0", lambda: nn.Linear(1, 2.0)),
    (TypeError, "Linear: bias must be True or False, got 1", lambda: nn.Linear(1, 1, 1)),
    (NotImplementedError, "Linear: device is not offered", lambda: nn.Linear(1, 1, device="cpu")),
    (MemoryError, "Linear: weight of shape .* GiB", lambda: nn.Linear(10**7, 10**7)),
    (
        ValueError,
        r"Linear: input must have shape \(..., in_features=3\), got \(3, 2\)",
        lambda: nn.Linear(3, 1)(Z((3, 2))),
    ),
    (ValueError, r"Linear: input must have shape .* got \(\)", lambda: nn.Linear(1, 1)(1.0)),
    (TypeError, "Linear: input must hold real numbers", lambda: nn.Linear(1, 1)(["a"])),
    (RuntimeError, "Linear.backward called before forward", lambda: nn.Linear(1, 1).backward([1.0])),
    (ValueError, "Embedding: num_embeddings must be at least 1", lambda: nn.Embedding(0, 1)),
    (ValueError, "Embedding: padding_idx must be below 3, got 3", lambda: nn.Embedding(3, 1, 3)),
    (ValueError, "Embedding: padding_idx must be at least -3, got -4", lambda: nn.Embedding(3, 1, -4)),
    (NotImplementedError, "Embedding: max_norm is not offered", lambda: nn.Embedding(3, 1, max_norm=1.0)),
    (NotImplementedError, "Embedding: sparse is not offered", lambda: nn.Embedding(3, 1, sparse=True)),
    (IndexError, r"Embedding: input must be in 0..2, got 3 at \(1,\)", lambda: nn.Embedding(3, 1)([0, 3])),
    (IndexError, r"Embedding: input must be in 0..2, got -1 at \(0, 1\)", lambda: nn.Embedding(3, 1)([[0, -1]])),
    (TypeError, "Embedding: input must hold integers, got dtype float64", lambda: nn.Embedding(3, 1)([0.0])),
    (TypeError, "Embedding: input must hold integers, got dtype bool", lambda: nn.Embedding(3, 1)([True])),
    (IndexError, "Flatten: start_dim must be in -1..0 for an input of 1 axes, got 1", lambda: nn.Flatten()(Z(3))),
    (ValueError, "Flatten: start_dim=2 must not come after end_dim=1", lambda: nn.Flatten(2, 1)(Z((2, 3, 4)))),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:40] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_an_upstream_gradient_must_fit():
    for layer, x in ((nn.Linear(3, 2), Z((4, 3))), (nn.Embedding(3, 2), [0, 1]), (nn.Flatten(), Z((2, 3, 4)))):
        out = layer(x)
        with pytest.raises(ValueError, match="must have the output's shape"):
            layer.backward(Z((*out.shape, 1)))
        assert all(parameter.grad is None for parameter in layer.parameters())
