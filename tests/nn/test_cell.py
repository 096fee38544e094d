"""Recurrent cells agree with torch, and step for step with the nets for sequences."""

from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.gradcheck import compare_with_torch, gradcheck
from helpers.ledger import references
from tests.oracles import (
    assert_same,
    assert_same_bits,
    pair,
    random_like,
    twin_of,
    unpair,
)

I, H = 4, 5
RESET_BEFORE = "GRU, reset before"
KINDS = {  # cell, net for sequences, options
    "tanh": (nn.RNNCell, nn.RNN, {}),
    "relu": (nn.RNNCell, nn.RNN, dict(nonlinearity="relu")),
    "LSTM": (nn.LSTMCell, nn.LSTM, {}),
    "GRU": (nn.GRUCell, nn.GRU, {}),
    RESET_BEFORE: (nn.GRUCell, nn.GRU, dict(reset_after=False)),
}
IN_TORCH = [kind for kind in KINDS if kind != RESET_BEFORE]


def build(kind, **more):
    cell, _, options = KINDS[kind]
    return cell(I, H, rng=1, **options, **more)


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def torch_twin(cell, kind, bias=True):
    return twin_of(cell, getattr(torch.nn, type(cell).__name__)(I, H, bias, **KINDS[kind][2]))


# ------------------------------------------------------------------------------------------ torch and the equations


@pytest.mark.parametrize("kind", IN_TORCH)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_values_and_every_gradient_are_torchs(kind, bias, dtype):
    cell = build(kind, bias=bias, dtype=dtype)
    assert [*cell.state_dict()] == [*torch_twin(cell, kind, bias).state_dict()]
    assert (cell.bias_ih is None, cell.bias_hh is None) == (not bias, not bias)
    for batch, given in product(((), (0,), (1,), (3,)), (False, True)):
        x, *states = (a.astype(dtype) for a in draw((*batch, I), *[(*batch, H)] * len(cell.state_names)))
        report = compare_with_torch(cell, x, *([pair(states)] if given else []))
        assert report.largest < (1e-12 if dtype == "float64" else 1e-5), report
        out = unpair(cell(x, pair(states) if given else None))
        grads = [*flat_gradients(cell, pair(out)), *(parameter.grad for parameter in cell.parameters())]
        assert {array.dtype.name for array in out + grads} == {dtype}


PINNED = [
    *product(["GRU", RESET_BEFORE], ["", "r", "z", "n", "rz", "zn"]),
    *product(["LSTM"], ["", "i", "f", "g", "o", "fo"]),
]


EQUATIONS = {
    "LSTM": references.lstm_written_out,
    "GRU": references.gru_reset_after,
    RESET_BEFORE: references.gru_reset_before,
}


@pytest.mark.parametrize(("kind", "names"), PINNED)
def test_a_cell_is_its_equations_with_any_gate_pinned(kind, names):
    cell = build(kind)
    equations = references.one_step(EQUATIONS[kind])
    pin = dict(zip(names, (0.3, 1.5), strict=False))
    for batch in ((), (3,)):
        x, *states = draw((*batch, I), *[(*batch, H)] * len(cell.state_names))
        report = compare_with_torch(cell, x, pair(states), reference=equations, pin=pin)
        assert report.largest < 1e-12, report


def test_a_pin_may_differ_from_unit_to_unit():
    cell, keep = build("GRU"), np.array([0, 0.25, 0.5, 0.75, 1])
    x, h0 = draw((3, I), (3, H))
    h = cell(x, h0, pin={"z": keep})
    assert_same(h, (1 - keep) * cell.cache.n[0] + keep * h0, "h", 1e-15, 1e-15)
    assert_same(build("GRU")(x[1], h0[1], pin={"z": keep}), h[1], "unbatched", 1e-15, 1e-15)


@pytest.mark.parametrize("kind", KINDS)
def test_central_differences_agree(kind):
    cell = build(kind)
    x, *states = draw((2, I), *[(2, H)] * len(cell.state_names))
    report = gradcheck(cell, x, pair(states))
    assert report.largest < 1e-8, report


# ------------------------------------------------------------------------------------------ cells and nets


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [(), (3,)], ids=["unbatched", "batch"])
def test_a_loop_of_cells_there_and_back_is_the_net_for_sequences(kind, batch):
    cell = build(kind)
    net = KINDS[kind][1](I, H, **KINDS[kind][2])
    net.load_state_dict({f"{name}_l0": values for name, values in cell.state_dict().items()})
    x, *states = draw((6, *batch, I), *[(1, *batch, H)] * len(cell.state_names))
    dy, *dlast = draw((6, *batch, H), *[(1, *batch, H)] * len(states), seed=1)
    y, last = net(x, pair(states))
    dx, first = net.backward(dy, pair(dlast))

    kept, state = [], pair([s[0] for s in states])
    for t in range(6):
        state = cell(x[t], state)
        kept.append(cell.cache)
        assert_same(unpair(state)[0], y[t], f"step {t} of {kind}", 1e-14, 1e-14)
    grad = [d[0] for d in dlast]
    for t in reversed(range(6)):
        cell.cache = kept[t]
        grad[0] = grad[0] + dy[t]
        dx_t, before = cell.backward(pair(grad))
        grad = unpair(before)
        assert_same(dx_t, dx[t], f"dx of step {t} of {kind}", 1e-13, 1e-13)
    for got, expected in zip(unpair(state) + grad, unpair(last) + unpair(first), strict=True):
        assert_same(got, expected[0], f"last and first states of {kind}", 1e-13, 1e-13)
    for name, parameter in cell.named_parameters():
        assert_same(parameter.grad, getattr(net, f"{name}_l0").grad, f"d {name} of {kind}", 1e-12, 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_one_call_is_remembered_and_gradients_add_up(kind):
    cell, fresh = build(kind), build(kind)
    earlier, later = draw((3, I), (2, I))
    cell(earlier)
    out = unpair(cell(later))
    fresh(later)
    grads = pair([random_like(array) for array in out])
    assert_same(cell.backward(grads)[0], fresh.backward(grads)[0], "dx")
    cell.backward(grads)
    for parameter, once in zip(cell.parameters(), fresh.parameters(), strict=True):
        assert_same(parameter.grad, 2 * once.grad, "twice the same")


def test_the_gradients_of_an_lstm_cell_come_as_a_pair_or_as_two():
    cell, rng = nn.LSTMCell(2, 3, rng=0), np.random.default_rng(1)
    cell(rng.standard_normal((4, 2)))
    pair = rng.standard_normal((2, 4, 3))
    expected, (dh0, dc0) = cell.backward((pair[0], pair[1]))
    dx, of_states = cell.backward(*pair)
    for got, wanted in zip((dx, *of_states), (expected, dh0, dc0), strict=True):
        assert_same(got, wanted)
    one = nn.RNNCell(2, 3, rng=0)
    one(np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"^RNNCell: dh must have shape \(4, 3\), got \(2, 4, 3\)$"):
        one.backward(*pair)


def test_none_stands_for_a_gradient_of_zeros():
    zeros, upstream = np.zeros((2, H)), np.ones((2, H))
    lstm = build("LSTM")
    lstm(*draw((2, I)))
    for short, written in (((None, upstream), (zeros, upstream)), ((upstream, None), (upstream, zeros))):
        for got, expected in zip(*(flat_gradients(lstm, grads) for grads in (short, written)), strict=True):
            assert_same(got, expected, "None and zeros")
    for cell in (lstm, build("GRU")):
        cell(*draw((2, I)))
        assert not any(grad.any() for grad in flat_gradients(cell, None))


def flat_gradients(cell, grads):
    dx, first = cell.backward(grads)
    return [dx, *unpair(first)]


def test_the_cache_and_the_errors_are_a_sequence_of_one_step():
    lstm, gru = build("LSTM"), build("GRU")
    h, c = lstm(*draw((2, I)))
    assert_same(lstm.cache.c, c[None], "c")
    assert_same(lstm.cache.o * np.tanh(lstm.cache.c), h[None], "h = o tanh c", 1e-15, 1e-15)
    lstm.backward((h, c))
    assert_same(lstm.dh[0], h[None], "dh")
    assert_same(lstm.dh[1], c + h * lstm.cache.o * (1 - np.tanh(lstm.cache.c) ** 2), "dc", 1e-15, 1e-15)
    gru(*draw((I,)))
    gru.backward(np.ones(H))
    assert_same(gru.dh, np.ones((1, 1, H)), "dh of one sequence")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_given_is_written_to_and_the_memory_layout_changes_no_bit(kind):
    cell = build(kind)
    x, *states = draw((3, I), *[(3, H)] * len(cell.state_names))
    out = [array.copy() for array in unpair(cell(x, pair(states)))]
    grads = [random_like(array) for array in out]
    expected = flat_gradients(cell, pair(grads))
    turned = [np.asfortranarray(array[::-1])[::-1] for array in (x, *states, *grads)]
    for array in turned:
        array.flags.writeable = False
    for got, before in zip(unpair(cell(turned[0], pair(turned[1 : 1 + len(states)]))), out, strict=True):
        assert_same_bits(got, before, "output")
    for got, before in zip(flat_gradients(cell, pair(turned[1 + len(states) :])), expected, strict=True):
        assert_same_bits(got, before, "gradient")


def test_input_and_weights_say_the_dtype_and_integers_are_float64():
    for weights, given in product(("float32", "float64"), ("float32", "float64", "int64")):
        h = build("tanh", dtype=weights)(np.ones((2, I), given), np.ones((2, H)))
        assert h.dtype.name == ("float32" if weights == given == "float32" else "float64")


def test_a_cell_of_one_unit_by_hand():
    """x = 1, h0 = 0.5, all weights 1, no biases: h = tanh(1.5) = 0.9051483, tanh' = 1 - h^2 = 0.1807066."""
    cell = nn.RNNCell(1, 1, bias=False)
    cell.load_state_dict(dict(weight_ih=[[1.0]], weight_hh=[[1.0]]))
    assert_same(cell([1.0], [0.5]), [0.9051483], "h", atol=1e-7)
    dx, dh0 = cell.backward([2.0])
    for what, got, expected in (
        ("dx", dx, [0.3614133]),
        ("dh0", dh0, [0.3614133]),
        ("d weight_ih", cell.weight_ih.grad, [[0.3614133]]),
        ("d weight_hh", cell.weight_hh.grad, [[0.1807066]]),
    ):
        assert_same(got, np.array(expected), what, atol=1e-7)


def test_a_cell_shows_itself_as_torchs_does():
    for kind, bias in product(IN_TORCH, (True, False)):
        cell = build(kind, bias=bias)
        assert repr(cell) == repr(torch_twin(cell, kind, bias))
    assert repr(build(RESET_BEFORE)) == "GRUCell(4, 5, reset_after=False)"


def test_first_weights_are_those_of_the_net_for_sequences():
    for kind, (_, net, options) in KINDS.items():
        theirs = net(I, H, rng=1, **options).state_dict()
        for name, values in build(kind).state_dict().items():
            assert_same(values, theirs[f"{name}_l0"], f"{name} of {kind}")


# ------------------------------------------------------------------------------------------ bad input


Z = np.zeros
BAD_CALLS = [
    ("GRU", (Z((2, 3)),), {}, ValueError, r"input must have shape \(N, input_size=4\) or \(4,\), got \(2, 3\)"),
    ("GRU", (Z((5, 2, 4)),), {}, ValueError, r"input must have shape \(N, input_size=4\) or \(4,\), got \(5, 2, 4\)"),
    ("GRU", (1.0,), {}, ValueError, r"input must have shape \(N, input_size=4\) or \(4,\), got \(\)"),
    ("GRU", (Z((2, 4), complex),), {}, TypeError, "input must hold real numbers, got dtype complex128"),
    ("GRU", (Z((2, 4)), Z((1, 5))), {}, ValueError, r"h0 must have shape \(2, 5\), got \(1, 5\)"),
    ("GRU", (Z((2, 4)), Z(5)), {}, ValueError, r"h0 must have shape \(2, 5\), got \(5,\)"),
    ("GRU", (Z(4), Z((1, 5))), {}, ValueError, r"h0 must have shape \(5,\), got \(1, 5\)"),
    ("GRU", (Z((2, 4)),), dict(pin={"f": 1}), ValueError, "pin must name gates among r, z, n, got 'f'"),
    ("tanh", (Z((2, 4)),), dict(pin={"f": 1}), TypeError, "pin must be None, for this net has no gates; .*"),
    ("LSTM", (Z((2, 4)), Z((2, 5))), {}, TypeError, r"\(h0, c0\) must be a pair, got an array of shape \(2, 5\)"),
    ("LSTM", (Z((2, 4)), (Z((2, 5)),)), {}, TypeError, r"\(h0, c0\) must be a pair, got a tuple of length 1"),
    ("LSTM", (Z((2, 4)), 0.0), {}, TypeError, r"\(h0, c0\) must be a pair, got a float"),
    ("LSTM", (Z((2, 4)), (None, Z((2, 6)))), {}, ValueError, r"c0 must have shape \(2, 5\), got \(2, 6\)"),
]


@pytest.mark.parametrize(("kind", "args", "options", "error", "message"), BAD_CALLS)
def test_a_bad_call_is_refused_and_leaves_the_last_one(kind, args, options, error, message):
    cell = build(kind)
    cell(np.ones((3, I)))
    cache = cell.cache
    with pytest.raises(error, match=f"^{type(cell).__name__}: {message}$"):
        cell(*args, **options)
    assert cell.cache is cache
    assert cell.backward(None)[0].shape == (3, I)


def test_backward_comes_after_forward_and_fits_it():
    lstm, gru = build("LSTM"), build("GRU")
    with pytest.raises(RuntimeError, match=r"^LSTMCell\.backward called before forward$"):
        lstm.backward((Z((2, H)), Z((2, H))))
    for cell in (lstm, gru):
        cell(Z((2, I)))
    with pytest.raises(TypeError, match=r"^LSTMCell: \(dh, dc\) must be a pair, got an array of shape \(2, 5\)$"):
        lstm.backward(Z((2, H)))
    with pytest.raises(ValueError, match=r"^LSTMCell: dc must have shape \(2, 5\), got \(2, 1\)$"):
        lstm.backward((None, Z((2, 1))))
    with pytest.raises(ValueError, match=r"^GRUCell: dh must have shape \(2, 5\), got \(5,\)$"):
        gru.backward(Z(H))
    assert all(p.grad is None for cell in (lstm, gru) for p in cell.parameters())


def test_a_row_of_layers_that_fails_leaves_a_cell_as_it_was():
    cell = build("GRU")
    row = nn.Sequential(cell, nn.Flatten(1))
    row(*draw((3, I)))
    with pytest.raises(IndexError):
        row(*draw((I,)))
    dx, _ = cell.backward(np.ones((3, H)))
    assert dx.shape == (3, I)
