"""Jordan's net is its equations, written out in torch, and keeps what they promise."""

from itertools import product

import numpy as np
import pytest

from helpers import nn
from helpers.gradcheck import compare_with_torch, gradcheck
from helpers.ledger.references import jordan_written_out
from tests.oracles import assert_same, assert_same_bits, random_like

I, H, O = 3, 5, 2
F = ["tanh", "relu"]
G = ["identity", "softmax", "sigmoid", "tanh"]


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("nonlinearity", F)
@pytest.mark.parametrize("output", G)
@pytest.mark.parametrize("alpha", [0, 0.3, 0.95])
@pytest.mark.parametrize("bias", [True, False])
def test_values_and_every_gradient_are_those_of_the_equations(nonlinearity, output, alpha, bias):
    for batch_first in (False, True):
        net = nn.JordanRNN(I, H, O, nonlinearity, output, alpha, bias, batch_first, rng=1)
        for batch, steps, given in product((None, 1, 3), (1, 5), (False, True)):
            shape = (steps, I) if batch is None else (batch, steps, I) if batch_first else (steps, batch, I)
            x, h0 = draw(shape, (1, O) if batch is None else (1, batch, O))
            padded = [{}] if batch is None else [{}, {"lengths": [steps, 1, steps // 2 + 1][:batch]}]
            for options in padded:
                report = compare_with_torch(
                    net, x, *([h0] if given else []), reference=jordan_written_out(net), **options
                )
                assert report.largest < 1e-12, report


@pytest.mark.parametrize("output", G)
@pytest.mark.parametrize("lengths", [None, [4, 2]])
def test_central_differences_agree(output, lengths):
    net = nn.JordanRNN(I, H, O, output=output, alpha=0.7, rng=2)
    report = gradcheck(net, *draw((4, 2, I), (1, 2, O)), lengths=lengths)
    assert report.largest < 1e-8, report


def test_two_steps_by_hand():
    """I = H = O = 1, f = ReLU, alpha = 1/2; W_ih = 1, b_ih = 1/2, W_sh = 2, b_sh = 0, W_hy = 1/2, b_hy = 1.

    Forward from s_1 = 1/2 with x = (1, 2):
    h_1 = 1 + 1/2 + 2/2 = 2.5,      y_1 = 2.25,  s_2 = 1/4 + 2.25 = 2.5,
    h_2 = 2 + 1/2 + 2 * 2.5 = 7.5,  y_2 = 4.75,  s_3 = 1.25 + 4.75 = 6.
    Backward with dy = (1, 1) and ds_3 = 1:
    do_2 = 2,    dh_2 = 1,     ds_2 = 1/2 + 2 = 2.5,
    do_1 = 3.5,  dh_1 = 1.75,  ds_1 = 1.25 + 3.5 = 4.75.
    """
    net = nn.JordanRNN(1, 1, 1, "relu", alpha=0.5)
    weights = dict(weight_ih=[[1]], weight_sh=[[2]], bias_ih=[0.5], bias_sh=[0], weight_hy=[[0.5]], bias_hy=[1])
    net.load_state_dict(weights)
    y, h_n = net([[1.0], [2.0]], [[0.5]])
    dx, dh0 = net.backward([[1.0], [1.0]], [[1.0]])
    found = dict(y=y, h_n=h_n, s=net.cache.s, h=net.cache.h, dx=dx, dh0=dh0, dh=net.dh)
    found |= {name: parameter.grad for name, parameter in net.named_parameters()}
    expected = dict(
        y=[2.25, 4.75],
        h_n=[6],
        s=[0.5, 2.5],
        h=[2.5, 7.5],
        dx=[1.75, 1],
        dh0=[4.75],
        dh=[1.75, 1],
        weight_ih=[1.75 * 1 + 1 * 2],
        weight_sh=[1.75 * 0.5 + 1 * 2.5],
        bias_ih=[2.75],
        bias_sh=[2.75],
        weight_hy=[3.5 * 2.5 + 2 * 7.5],
        bias_hy=[5.5],
    )
    for name, values in expected.items():
        assert_same(found[name].ravel(), np.array(values, float), name, atol=1e-15)


# ------------------------------------------------------------------------------------------ what the equations promise


def test_the_state_is_a_fading_trace_of_the_outputs():
    net = nn.JordanRNN(I, H, O, output="sigmoid", alpha=0.6, rng=0)
    x, h0 = draw((6, 2, I), (1, 2, O))
    y, h_n = net(x, h0)
    for t, s in enumerate([*net.cache.s, h_n[0]]):
        trace = 0.6**t * h0[0] + sum(0.6 ** (t - 1 - k) * y[k] for k in range(t))
        assert_same(s, trace, f"state after {t} steps", 1e-14, 1e-14)


def test_with_alpha_0_the_state_is_the_last_output():
    net = nn.JordanRNN(I, H, O, output="softmax", alpha=0, rng=0)
    y, h_n = net(*draw((6, 2, I)))
    assert_same(net.cache.s[1:], y[:-1], "states")
    assert_same(h_n[0], y[-1], "the last")


def test_with_alpha_0_and_no_function_of_the_output_it_is_elmans_net_of_low_rank():
    net, elman = nn.JordanRNN(I, H, O, alpha=0, rng=0), nn.RNN(I, H)
    p = {name: parameter.data for name, parameter in net.named_parameters()}
    elman.load_state_dict(
        dict(
            weight_ih_l0=p["weight_ih"],
            bias_ih_l0=p["bias_ih"],
            weight_hh_l0=p["weight_sh"] @ p["weight_hy"],
            bias_hh_l0=p["bias_sh"] + p["weight_sh"] @ p["bias_hy"],
        )
    )
    x, before, dy = draw((6, 2, I), (1, 2, H), (6, 2, O))
    y, _ = net(x, before @ p["weight_hy"].T + p["bias_hy"])
    h, _ = elman(x, before)
    assert_same(net.cache.h, h, "hidden layers", 1e-14, 1e-14)
    assert_same(y, h @ p["weight_hy"].T + p["bias_hy"], "outputs", 1e-14, 1e-14)
    dx, dh0 = net.backward(dy)
    elman_dx, elman_dh0 = elman.backward(dy @ p["weight_hy"])
    assert_same(dx, elman_dx, "dx", 1e-14, 1e-14)
    assert_same(dh0 @ p["weight_hy"], elman_dh0, "gradient of the hidden layer before", 1e-14, 1e-14)
    assert_same(net.dh, elman.dh, "dh", 1e-14, 1e-14)


def test_the_future_has_no_effect():
    net = nn.JordanRNN(I, H, O, output="softmax", rng=0)
    (x,) = draw((8, 3, I))
    y, _ = net(x)
    changed = x.copy()
    changed[5:] += 1
    later, _ = net(changed)
    assert_same(later[:5], y[:5], "outputs before the change")
    assert (later[5:] != y[5:]).all()


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_a_sequence_cut_in_two_is_the_whole_there_and_back(cut):
    net, parts = (nn.JordanRNN(I, H, O, output="tanh", alpha=0.8, rng=0) for _ in range(2))
    x, h0, dy, dh_n = draw((8, 3, I), (1, 3, O), (8, 3, O), (1, 3, O))
    y, h_n = net(x, h0)
    dx, dh0 = net.backward(dy, dh_n)

    first_y, between = parts(x[:cut], h0)
    kept = parts.cache
    second_y, end = parts(x[cut:], between)
    second_dx, of_between = parts.backward(dy[cut:], dh_n)
    parts.cache = kept
    first_dx, of_start = parts.backward(dy[:cut], of_between)
    assert_same(np.concatenate([first_y, second_y]), y, "outputs", 1e-14, 1e-14)
    assert_same(end, h_n, "last state", 1e-14, 1e-14)
    assert_same(np.concatenate([first_dx, second_dx]), dx, "dx", 1e-13, 1e-13)
    assert_same(of_start, dh0, "dh0", 1e-13, 1e-13)
    for (name, parameter), whole in zip(parts.named_parameters(), net.parameters(), strict=True):
        assert_same(parameter.grad, whole.grad, f"d {name}", 1e-13, 1e-13)


@pytest.mark.parametrize("output", G)
def test_padding_has_no_effect_whatever_it_holds(output):
    net, lengths = nn.JordanRNN(I, H, O, output=output, rng=0), [4, 6, 1]
    x, dy, dh_n = draw((6, 3, I), (6, 3, O), (1, 3, O))
    padding = np.arange(6)[:, None] >= lengths
    results = []
    for filling in (0.0, 7.0, np.nan, np.inf):
        net.zero_grad()
        y, h_n = net(np.where(padding[..., None], filling, x), lengths=lengths)
        dx, _ = net.backward(dy, dh_n)
        results.append([y, h_n, dx, net.dh, *(parameter.grad for parameter in net.parameters())])
        assert not any(array[padding].any() for array in (y, dx, net.dh, net.cache.h))
    for other in results[1:]:
        for got, expected in zip(other, results[0], strict=True):
            assert_same(got, expected, "with another filling")
    for n, length in enumerate(lengths):
        y, h_n = net(x[:length, n])
        assert_same(results[0][0][:length, n], y, f"sequence {n} alone", 1e-14, 1e-14)
        assert_same(results[0][1][:, n], h_n, f"its last state {n}", 1e-14, 1e-14)


def test_shares_sum_to_one_and_the_cache_lies_over_the_whole_sequence():
    net = nn.JordanRNN(I, H, O, output="softmax", alpha=0.25, rng=0)
    y, h_n = net(*draw((7, 2, I)))
    assert_same(y.sum(-1), np.ones((7, 2)), "shares", 1e-15)
    assert {name: getattr(net.cache, name).shape[2] for name in "xshy"} == dict(x=I, s=O, h=H, y=O)
    assert_same(h_n[0], 0.25 * net.cache.s[-1] + net.cache.y[-1], "last state", 1e-15)
    net.backward(y)
    assert net.dh.shape == (7, 2, H)


def test_an_empty_batch_float32_and_integers_go_through():
    net = nn.JordanRNN(I, H, O, output="softmax", rng=0)
    y, h_n = net(np.zeros((3, 0, I)))
    dx, dh0 = net.backward(y, h_n)
    assert [a.shape for a in (y, h_n, dx, dh0)] == [(3, 0, O), (1, 0, O), (3, 0, I), (1, 0, O)]
    assert not any(parameter.grad.any() for parameter in net.parameters())
    for kind in (int, np.float32):
        assert net(np.ones((3, 2, I), kind))[0].dtype == np.float64
    for output, lengths in product(G, (None, [3, 1])):
        small = nn.JordanRNN(I, H, O, output=output, dtype="float32")
        y, h_n = small(np.ones((3, 2, I), np.float32), lengths=lengths)
        dx, dh0 = small.backward(y, h_n)
        arrays = [y, h_n, dx, dh0, small.dh, *(parameter.grad for parameter in small.parameters())]
        assert {array.dtype.name for array in arrays} == {"float32"}


def test_gradients_add_up_and_nothing_given_is_written_to():
    net = nn.JordanRNN(I, H, O, rng=0)
    arrays = draw((4, 2, I), (1, 2, O), (4, 2, O), (1, 2, O))
    for array in arrays:
        array.flags.writeable = False
    x, h0, dy, dh_n = arrays
    y = net(x, h0)[0].copy()
    net.backward(dy, dh_n)
    once = [parameter.grad.copy() for parameter in net.parameters()]
    net.backward(dy, dh_n)
    for parameter, grad in zip(net.parameters(), once, strict=True):
        assert_same(parameter.grad, 2 * grad, "twice the same")
    assert_same_bits(net(np.asfortranarray(x[::-1])[::-1], h0)[0], y, "another memory layout")
    dx, dh0 = net.backward(None, dh_n)
    for got, expected in zip((dx, dh0), net.backward(np.zeros_like(y), dh_n), strict=True):
        assert_same(got, expected, "None for zeros")
    for got, expected in zip(net.backward(dy), net.backward(dy, np.zeros_like(dh_n)), strict=True):
        assert_same(got, expected, "None for zeros")


def test_first_weights_lie_within_the_bounds_and_follow_the_seed():
    net = nn.JordanRNN(50, 25, 40, rng=5)
    assert [*net.state_dict()] == ["weight_ih", "weight_sh", "bias_ih", "bias_sh", "weight_hy", "bias_hy"]
    for name, values in net.state_dict().items():
        assert 0.17 < np.abs(values).max() <= 0.2, name
    for name, values in nn.JordanRNN(50, 25, 40, rng=5).state_dict().items():
        assert_same(values, net.state_dict()[name], name)
    assert [*nn.JordanRNN(1, 1, 1, bias=False).state_dict()] == ["weight_ih", "weight_sh", "weight_hy"]


def test_a_net_shows_its_settings():
    assert repr(nn.JordanRNN(3, 4, 2)) == "JordanRNN(3, 4, output_size=2)"
    net = nn.JordanRNN(3, 4, 2, "relu", "softmax", 0.9, False, True)
    shown = "output_size=2, nonlinearity=relu, output=softmax, alpha=0.9, bias=False, batch_first=True"
    assert repr(net) == f"JordanRNN(3, 4, {shown})"


# ------------------------------------------------------------------------------------------ bad input

BAD_SETTINGS = [
    (dict(input_size=0), ValueError, "input_size must be at least 1, got 0"),
    (dict(hidden_size="4"), TypeError, "hidden_size must be an integer, got '4'"),
    (dict(output_size=True), TypeError, "output_size must be an integer, got True"),
    (dict(nonlinearity="sigmoid"), ValueError, "nonlinearity must be one of ('tanh', 'relu'), got 'sigmoid'"),
    (
        dict(output="relu"),
        ValueError,
        "output must be one of ('identity', 'softmax', 'sigmoid', 'tanh'), got 'relu'",
    ),
    (dict(alpha=1), ValueError, "alpha must be in 0..1, 1 excluded, got 1"),
    (dict(alpha=-0.1), ValueError, "alpha must be in 0..1, 1 excluded, got -0.1"),
    (dict(alpha=float("nan")), ValueError, "alpha must be in 0..1, 1 excluded, got nan"),
    (dict(alpha="0.5"), TypeError, "alpha must be in 0..1, 1 excluded, got '0.5'"),
    (dict(bias=None), TypeError, "bias must be True or False, got None"),
    (dict(batch_first=1), TypeError, "batch_first must be True or False, got 1"),
    (dict(device="cpu"), NotImplementedError, "device is not offered, leave it at None; got 'cpu'"),
    (dict(dtype="int64"), TypeError, "dtype must be float32, float64 or None, got 'int64'"),
    (dict(rng=0.5), TypeError, "rng must be a numpy.random.Generator, an integer seed or None, got 0.5"),
]


@pytest.mark.parametrize(("setting", "error", "message"), BAD_SETTINGS, ids=lambda value: str(value)[:30])
def test_a_bad_setting_is_named(setting, error, message):
    with pytest.raises(error) as caught:
        nn.JordanRNN(**dict(input_size=3, hidden_size=4, output_size=2) | setting)
    assert str(caught.value) == f"JordanRNN: {message}"


Z = np.zeros
BAD_CALLS = [
    ((Z((5, 2, 4)),), {}, ValueError, r"with input_size=3, got \(5, 2, 4\)"),
    ((Z(3),), {}, ValueError, r"input must have shape \(T, N, input_size\) or \(T, input_size\), got \(3,\)"),
    ((Z((0, 2, 3)),), {}, ValueError, "at least one step, got T = 0"),
    ((Z((5, 2, 3), complex),), {}, TypeError, "input must hold real numbers, got dtype complex128"),
    ((Z((5, 2, 3)), Z((1, 2, H))), {}, ValueError, r"h0 must have shape \(1, 2, 2\), got \(1, 2, 5\)"),
    ((Z((5, 2, 3)), Z((2, O))), {}, ValueError, r"h0 must have shape \(1, 2, 2\), got \(2, 2\)"),
    ((Z((5, 3)), Z((1, 1, O))), {}, ValueError, r"h0 must have shape \(1, 2\), got \(1, 1, 2\)"),
    ((Z((5, 2, 3)),), dict(lengths=[5, 6]), ValueError, r"lengths must be in 1\.\.5, got \[5, 6\]"),
]


@pytest.mark.parametrize(("args", "options", "error", "message"), BAD_CALLS)
def test_a_bad_call_is_refused_and_leaves_the_last_one(args, options, error, message):
    net = nn.JordanRNN(I, H, O, rng=0)
    net(np.ones((4, 1, I)))
    cache = net.cache
    with pytest.raises(error, match=f"^JordanRNN: .*{message}$"):
        net(*args, **options)
    assert net.cache is cache
    assert net.backward(np.ones((4, 1, O)))[0].shape == (4, 1, I)


def test_batch_first_is_part_of_the_message():
    net = nn.JordanRNN(I, H, O, batch_first=True)
    assert net(Z((0, 2, I)))[0].shape == (0, 2, O)
    with pytest.raises(ValueError, match=r"^JordanRNN: input must have at least one step, got T = 0$"):
        net(Z((2, 0, I)))
    with pytest.raises(ValueError, match=r"^JordanRNN: input must have shape \(N, T, input_size\) with input_size=3, "):
        net(Z((2, 5, O)))


def test_backward_comes_after_forward_and_fits_it():
    net = nn.JordanRNN(I, H, O, rng=0)
    with pytest.raises(RuntimeError, match=r"^JordanRNN\.backward called before forward$"):
        net.backward(Z((3, 2, O)))
    y, _ = net(Z((3, 2, I)))
    with pytest.raises(ValueError, match=r"must have the output's shape \(3, 2, 2\), got \(3, 2, 5\)$"):
        net.backward(Z((3, 2, H)))
    with pytest.raises(ValueError, match=r"^JordanRNN: dh_n must have shape \(1, 2, 2\), got \(2, 2\)$"):
        net.backward(random_like(y), Z((2, O)))
    assert all(parameter.grad is None for parameter in net.parameters())
    assert net.dh is None
