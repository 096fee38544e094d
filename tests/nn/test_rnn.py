"""Recurrent nets agree with torch in every option, and with what their equations promise."""

from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.gradcheck import compare_with_torch
from helpers.ledger import references
from tests.oracles import (
    assert_same,
    assert_same_bits,
    numeric_gradient,
    pair,
    twin_of,
    unpair,
)

I, H = 4, 5
NETS = {"tanh": nn.RNN, "relu": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def build(kind, **options):
    """Our net and torch's with the same parameters."""
    if kind == "relu":
        options["nonlinearity"] = "relu"
    net = NETS[kind](I, H, rng=1, **options)
    twin = getattr(torch.nn, type(net).__name__)(I, H, dtype=torch.float64, **options)
    assert [*net.state_dict()] == [*twin.state_dict()]
    return net, twin_of(net, twin)


def torch_forward(twin, x, states, lengths, batch_first):
    if lengths is None:
        return twin(x, states)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), batch_first, enforce_sorted=False)
    y, last = twin(packed, states)
    steps = x.shape[1 if batch_first else 0]
    return torch.nn.utils.rnn.pad_packed_sequence(y, batch_first, total_length=steps)[0], last


@pytest.mark.parametrize("kind", NETS)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_every_gradient_are_torchs(kind, layers, bidirectional, batch_first, bias):
    options = dict(num_layers=layers, bidirectional=bidirectional, batch_first=batch_first, bias=bias)
    for batch, steps, given, padded in product((None, 1, 3), (1, 2, 7), (False, True), (False, True)):
        if batch is None and padded:
            continue
        net, twin = build(kind, **options)
        rng = np.random.default_rng(0)
        shape = (steps, I) if batch is None else (batch, steps, I) if batch_first else (steps, batch, I)
        rows = layers * (1 + bidirectional)
        state_shape = (rows, H) if batch is None else (rows, batch, H)
        x, *states = (rng.standard_normal(s) for s in (shape, *[state_shape] * len(net.state_names)))
        lengths = rng.integers(1, steps + 1, batch) if padded else None
        torch_x, *torch_states = (torch.tensor(a, requires_grad=True) for a in (x, *states))
        torch_y, torch_last = torch_forward(twin, torch_x, pair(torch_states) if given else None, lengths, batch_first)

        y, last = net(x, pair(states) if given else None, lengths=lengths)
        grads = [rng.standard_normal(a.shape) for a in (y, *unpair(last))]
        outputs = [torch_y, *unpair(torch_last)]
        torch.autograd.backward(outputs, [torch.tensor(g) for g in grads])
        dx, first = net.backward(grads[0], pair(grads[1:]))

        what = f"{net!r}, input {shape}, lengths {lengths}"
        for name, got, expected in zip(("y", "h_n", "c_n"), [y, *unpair(last)], outputs, strict=False):
            assert_same(got, expected.detach().numpy(), f"{name}, {what}", 1e-12, 1e-12)
        assert_same(dx, torch_x.grad.numpy(), f"dx, {what}", 1e-12, 1e-12)
        if given:
            for name, got, expected in zip(("dh0", "dc0"), unpair(first), torch_states, strict=False):
                assert_same(got, expected.grad.numpy(), f"{name}, {what}", 1e-12, 1e-12)
        theirs = dict(twin.named_parameters())
        for name, parameter in net.named_parameters():
            assert_same(parameter.grad, theirs[name].grad.numpy(), f"d {name}, {what}", 1e-12, 1e-12)


# ------------------------------------------------------------------------------------------ both forms of the GRU, pins


def assert_like_equations(net, equations, pin):
    """Compare a net of one layer with its equations in torch; pinned gates are constants there."""
    rng = np.random.default_rng(2)
    x, *states = (rng.standard_normal(shape) for shape in [(6, 3, I), *[(1, 3, H)] * len(net.state_names)])
    report = compare_with_torch(net, x, pair(states), reference=equations, pin=pin)
    assert report.largest < 1e-12, report


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("names", ["", "r", "z", "n", "rz", "zn", "rn"])
def test_both_forms_of_the_gru_are_their_equations_with_any_gate_pinned(reset_after, names):
    equations = references.gru_reset_after if reset_after else references.gru_reset_before
    pin = dict(zip(names, (0.3, 1.5), strict=False))
    assert_like_equations(nn.GRU(I, H, reset_after=reset_after, rng=3), equations, pin)


@pytest.mark.parametrize("names", ["i", "f", "g", "o", "if", "fo", "igo"])
def test_an_lstm_with_pinned_gates_is_its_equations(names):
    pin = dict(zip(names, (0.3, 1.5, -0.7), strict=False))
    assert_like_equations(nn.LSTM(I, H, rng=3), references.lstm_written_out, pin)


def test_the_two_forms_of_the_gru_by_hand():
    """x = h = 1, all weights 1, b_hn = -3: r = z = sigmoid(2) = 0.8807971.

    After: n = tanh(1 + r (1 - 3)) = tanh(-0.7615942) = -0.6420150.
    Before: n = tanh(1 + r - 3) = tanh(-1.1192029) = -0.8072915.
    h' = (1 - z) n + z = 0.1192029 n + 0.8807971.
    """
    weights = {"weight_ih_l0": np.ones((3, 1)), "weight_hh_l0": np.ones((3, 1)), "bias_ih_l0": np.zeros(3)}
    for reset_after, expected in ((True, 0.8042670), (False, 0.7845656)):
        net = nn.GRU(1, 1, reset_after=reset_after)
        net.load_state_dict(weights | {"bias_hh_l0": [0, 0, -3]})
        assert_same(net([[1.0]], [[1.0]])[0], [[expected]], f"reset_after={reset_after}", atol=1e-6)


# ------------------------------------------------------------------------------------------ what the equations promise


def test_a_pinned_lstm_holds_its_cell_with_gradient_one_and_a_pinned_gru_copies():
    x, state = np.random.default_rng(4).standard_normal((50, 2, I)), np.random.default_rng(5).standard_normal((1, 2, H))
    lstm, gru = nn.LSTM(I, H, rng=0), nn.GRU(I, H, rng=0)
    _, (_, c_n) = lstm(x, (np.zeros_like(state), state), pin={"f": 1.0, "i": 0.0})
    _, (_, dc0) = lstm.backward(None, (None, state))
    assert_same(c_n, state, "cell")
    assert_same(dc0, state, "its gradient")
    _, h_n = gru(x, state, pin={"z": 1.0})
    _, dh0 = gru.backward(None, state)
    assert_same(h_n, state, "state")
    assert_same(dh0, state, "its gradient")


@pytest.mark.parametrize("kind", NETS)
def test_the_future_has_no_effect_and_two_halves_are_the_whole(kind):
    net, _ = build(kind, num_layers=2)
    x = np.random.default_rng(6).standard_normal((8, 3, I))
    y, last = net(x)
    changed = x.copy()
    changed[5:] += 1
    assert_same(net(changed)[0][:5], y[:5], "states before the change")
    first, between = net(x[:3])
    second, end = net(x[3:], between)
    assert_same(np.concatenate([first, second]), y, "two halves", 1e-14, 1e-14)
    for got, expected in zip(unpair(end), unpair(last), strict=True):
        assert_same(got, expected, "last states", 1e-14, 1e-14)


@pytest.mark.parametrize("kind", NETS)
def test_padding_has_no_effect_whatever_it_holds(kind):
    net, _ = build(kind, num_layers=2, bidirectional=True)
    rng = np.random.default_rng(7)
    x, lengths = rng.standard_normal((6, 3, I)), [4, 6, 1]
    upstream = rng.standard_normal((6, 3, 2 * H))
    results = []
    for filling in (0.0, 7.0, np.nan, np.inf):
        filled = x.copy()
        for n, length in enumerate(lengths):
            filled[length:, n] = filling
        net.zero_grad()
        y, last = net(filled, lengths=lengths)
        dx, _ = net.backward(upstream)
        results.append([y.copy(), *unpair(last), dx, *(p.grad for p in net.parameters())])
        for n, length in enumerate(lengths):
            assert not y[length:, n].any()
            assert not dx[length:, n].any()
    for other in results[1:]:
        for got, expected in zip(other, results[0], strict=True):
            assert_same(got, expected, "with another filling")
    alone, last = net(x[:4, :1])
    assert_same(alone, results[0][0][:4, :1], "a sequence alone", 1e-14, 1e-14)
    assert_same(unpair(last)[0], results[0][1][:, :1], "its last state", 1e-14, 1e-14)


def test_the_two_biases_are_redundant_except_in_the_gru():
    for kind in NETS:
        net, _ = build(kind)
        y, _ = net(np.random.default_rng(8).standard_normal((4, 2, I)))
        net.backward(np.random.default_rng(9).standard_normal(y.shape))
        same = np.array_equal(net.bias_ih_l0.grad, net.bias_hh_l0.grad)
        assert same == (kind != "GRU"), kind


def test_the_cache_and_the_errors_lie_over_the_whole_sequence():
    lstm = nn.LSTM(I, H, rng=0)
    x = np.random.default_rng(10).standard_normal((7, 2, I))
    y, _ = lstm(x)
    assert {getattr(lstm.cache, name).shape for name in ("i", "f", "g", "o", "c", "h", "tanh_c")} == {(7, 2, H)}
    assert_same(lstm.cache.o * np.tanh(lstm.cache.c), y, "h = o tanh c", 1e-15, 1e-15)
    lstm.backward(None, (np.ones((1, 2, H)), None))
    assert_same(lstm.dh[0][-1], np.ones((2, H)), "dh of the last step")
    both = nn.GRU(I, H, num_layers=2, bidirectional=True, rng=0)
    y, _ = both(x)
    both.backward(y)
    assert len(both.cache) == len(both.dh) == 4
    assert both.dh[3].shape == (7, 2, H)


@pytest.mark.parametrize("kind", NETS)
def test_central_differences_agree(kind):
    net, _ = build(kind)
    x = np.random.default_rng(11).standard_normal((4, 2, I))
    upstream = np.random.default_rng(12).standard_normal((4, 2, H))
    net(x)
    dx, _ = net.backward(upstream)
    assert_same(dx, numeric_gradient(lambda x: net(x)[0], x, upstream, 1e-6), "dx", 1e-7, 1e-7)


@pytest.mark.parametrize("kind", NETS)
def test_an_empty_batch_and_float32_go_through(kind):
    net, _ = build(kind, num_layers=2, bidirectional=True)
    y, _ = net(np.zeros((3, 0, I)))
    dx, _ = net.backward(y)
    assert (y.shape, dx.shape) == ((3, 0, 2 * H), (3, 0, I))
    assert not any(p.grad.any() for p in net.parameters())
    net.float()
    y, last = net(np.ones((3, 2, I), np.float32))
    dx, first = net.backward(y)
    assert {a.dtype.name for a in (y, dx, *unpair(last), *unpair(first), *(p.grad for p in net.parameters()))} == {
        "float32"
    }


def test_gradients_add_up_and_nothing_given_is_written_to():
    net, _ = build("LSTM")
    x, upstream = np.random.default_rng(13).standard_normal((4, 2, I)), np.ones((4, 2, H))
    for array in (x, upstream):
        array.flags.writeable = False
    net(x)
    net.backward(upstream)
    once = [p.grad.copy() for p in net.parameters()]
    net.backward(upstream)
    for parameter, grad in zip(net.parameters(), once, strict=True):
        assert_same(parameter.grad, 2 * grad, "twice the same")
    turned = np.asfortranarray(x[::-1])[::-1]
    assert_same_bits(net(turned)[0], net(x)[0], "another memory layout")


# ------------------------------------------------------------------------------------------ bad input

BAD_SETTINGS = [
    (dict(input_size=0), ValueError, "input_size must be at least 1, got 0"),
    (dict(hidden_size=2.0), TypeError, "hidden_size must be an integer, got 2.0"),
    (dict(bias=1), TypeError, "bias must be True or False, got 1"),
    (dict(device="cpu"), NotImplementedError, "device is not offered, leave it at None; got 'cpu'"),
    (dict(dtype="int64"), TypeError, "dtype must be float32, float64 or None, got 'int64'"),
    (dict(rng="0"), TypeError, "rng must be a numpy.random.Generator, an integer seed or None, got '0'"),
]
BAD_NET_SETTINGS = [
    (dict(num_layers=0), ValueError, "num_layers must be at least 1, got 0"),
    (dict(batch_first="no"), TypeError, "batch_first must be True or False, got 'no'"),
    (dict(dropout=0.5), NotImplementedError, "dropout is not offered, leave it at 0.0; got 0.5"),
]
FOR_SEQUENCES, CELLS = [nn.RNN, nn.LSTM, nn.GRU], [nn.RNNCell, nn.LSTMCell, nn.GRUCell]


@pytest.mark.parametrize(
    ("layer", "bad"), [*product(FOR_SEQUENCES + CELLS, BAD_SETTINGS), *product(FOR_SEQUENCES, BAD_NET_SETTINGS)]
)
def test_a_bad_setting_is_named(layer, bad):
    setting, error, message = bad
    with pytest.raises(error) as caught:
        layer(**dict(input_size=3, hidden_size=2) | setting)
    assert str(caught.value) == f"{layer.__name__}: {message}"


def test_options_of_one_net_are_named_too():
    with pytest.raises(NotImplementedError, match=r"^LSTM: proj_size is not offered, leave it at 0; got 2$"):
        nn.LSTM(3, 4, proj_size=2)
    for rnn, lstm, gru in (FOR_SEQUENCES, CELLS):
        allowed = r"\('tanh', 'relu'\)"
        with pytest.raises(ValueError, match=f"^{rnn.__name__}: nonlinearity must be one of {allowed}, got 'sigmoid'$"):
            rnn(3, 4, nonlinearity="sigmoid")
        with pytest.raises(TypeError, match=f"^{gru.__name__}: reset_after must be True or False, got None$"):
            gru(3, 4, reset_after=None)
        with pytest.raises(MemoryError, match=f"^{lstm.__name__}: weight_hh of shape .* GiB$"):
            lstm(3, 10**7)


Z = np.zeros
BAD_CALLS = [
    ((Z((5, 2, 3)),), {}, ValueError, r"with input_size=4, got \(5, 2, 3\)$"),
    ((Z((4, 2, 3)),), {}, ValueError, r"got \(4, 2, 3\); is the features' axis not the last\?$"),
    ((Z(4),), {}, ValueError, r"input must have shape \(T, N, input_size\) or \(T, input_size\), got \(4,\)$"),
    ((Z((0, 2, 4)),), {}, ValueError, r"at least one step, got T = 0$"),
    ((Z((5, 2, 4), complex),), {}, TypeError, r"input must hold real numbers, got dtype complex128$"),
    ((Z((5, 2, 4)), Z((1, 1, 5))), {}, ValueError, r"h0 must have shape \(1, 2, 5\), got \(1, 1, 5\)$"),
    ((Z((5, 2, 4)), Z((2, 5))), {}, ValueError, r"h0 must have shape \(1, 2, 5\), got \(2, 5\)$"),
    ((Z((5, 2, 4)),), dict(lengths=[5]), ValueError, r"lengths must have shape \(2,\), one for each .*, got \(1,\)$"),
    ((Z((5, 2, 4)),), dict(lengths=[5, 6]), ValueError, r"lengths must be in 1\.\.5, got \[5, 6\]$"),
    ((Z((5, 2, 4)),), dict(lengths=[0, 5]), ValueError, r"lengths must be in 1\.\.5, got \[0, 5\]$"),
    ((Z((5, 2, 4)),), dict(lengths=[1.0, 5.0]), TypeError, r"lengths must hold integers, got dtype float64$"),
    ((Z((5, 2, 4)),), dict(pin={"q": 1}), ValueError, r"pin must name gates among r, z, n, got 'q'$"),
    ((Z((5, 2, 4)),), dict(pin={"r": Z(3)}), ValueError, r"must broadcast to \(T, N, H\) = \(5, 2, 5\), got \(3,\)$"),
    ((Z((5, 2, 4)),), dict(pin={"r": "1"}), TypeError, r"pin\['r'\] must hold real numbers"),
    (
        (Z((5, 2, 4)),),
        dict(pin=1.0),
        TypeError,
        r"pin must be a dict of gates and values, such as \{'r': 1.0\}, got 1.0$",
    ),
]


@pytest.mark.parametrize(("args", "options", "error", "message"), BAD_CALLS)
def test_a_bad_call_is_refused_and_leaves_the_last_one(args, options, error, message):
    net = nn.GRU(I, H, rng=0)
    net(np.ones((2, 1, I)))
    cache = net.cache
    with pytest.raises(error, match="^GRU: .*" + message):
        net(*args, **options)
    assert net.cache is cache
    dx, _ = net.backward(np.ones((2, 1, H)))
    assert dx.shape == (2, 1, I)


def test_an_lstm_wants_both_states_and_an_rnn_has_no_gates():
    lstm = nn.LSTM(I, H, rng=0)
    with pytest.raises(TypeError, match=r"^LSTM: \(h0, c0\) must be a pair, got an array of shape \(1, 2, 5\)$"):
        lstm(Z((3, 2, I)), Z((1, 2, H)))
    with pytest.raises(ValueError, match=r"^LSTM: c0 must have shape \(1, 2, 5\), got \(1, 2, 6\)$"):
        lstm(Z((3, 2, I)), (Z((1, 2, H)), Z((1, 2, 6))))
    with pytest.raises(TypeError, match=r"^RNN: pin must be None, for this net has no gates"):
        nn.RNN(I, H)(Z((3, 2, I)), pin={"f": 1})


def test_backward_comes_after_forward_and_fits_it():
    lstm = nn.LSTM(I, H, rng=0)
    with pytest.raises(RuntimeError, match=r"^LSTM\.backward called before forward$"):
        lstm.backward(Z((3, 2, H)))
    lstm(Z((3, 2, I)))
    with pytest.raises(ValueError, match=r"must have the output's shape \(3, 2, 5\), got \(3, 2, 4\)$"):
        lstm.backward(Z((3, 2, 4)))
    with pytest.raises(ValueError, match=r"^LSTM: dc_n must have shape \(1, 2, 5\), got \(1, 2, 1\)$"):
        lstm.backward(None, (None, Z((1, 2, 1))))
    assert all(p.grad is None for p in lstm.parameters())


def test_a_net_shows_its_settings():
    assert repr(nn.LSTM(3, 4, num_layers=2, bias=False)) == "LSTM(3, 4, num_layers=2, bias=False)"
    assert (
        repr(nn.GRU(3, 4, reset_after=False, bidirectional=True)) == "GRU(3, 4, bidirectional=True, reset_after=False)"
    )
    assert repr(nn.RNN(3, 4, nonlinearity="relu")) == "RNN(3, 4, nonlinearity=relu)"
