"""The product of Jacobians: against the nets' own backward and nudges, and every claim of the lesson about it."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.gradients import (
    ACTIVATIONS,
    MOST,
    State,
    compute,
    describe,
    jacobians,
    lab_weight,
    power_norms,
    product_norm,
    products,
    random_weight,
    states,
    verdict,
)

SHEAR = np.array([[0.9, 10.0], [0.0, 0.9]])


def run(activation, seed=0, units=5, steps=7):
    """A net's weight, inputs, first state, all states and the product of its Jacobians."""
    rng = np.random.default_rng(seed)
    weight, inputs, h0 = rng.standard_normal((units, units)), rng.standard_normal((steps, units)), rng.random(units)
    h = states(weight, inputs, activation, h0)
    return weight, inputs, h0, h, products(jacobians(weight, ACTIVATIONS[activation].slope(h[1:])))


# --- the product -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_product_says_how_the_last_state_answers_to_a_nudge_of_the_first(activation):
    weight, inputs, h0, _, product = run(activation)
    for unit, nudge in enumerate(1e-6 * np.eye(len(h0))):
        up, down = (states(weight, inputs, activation, h0 + sign * nudge)[-1] for sign in (1, -1))
        np.testing.assert_allclose(product[-1][:, unit], (up - down) / 2e-6, rtol=1e-6, atol=1e-8 * abs(product).max())


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_the_product_carries_a_gradient_back_as_the_net_does(nonlinearity):
    weight, inputs, h0, h, product = run("tanh" if nonlinearity == "tanh" else "ReLU")
    net = nn.RNN(5, 5, nonlinearity=nonlinearity, bias=False)
    net.load_state_dict({"weight_ih_l0": np.eye(5), "weight_hh_l0": weight})
    y, _ = net(inputs, h0[None])
    np.testing.assert_allclose(y, h[1:], rtol=1e-12)
    grad = np.random.default_rng(9).standard_normal((1, 5))
    _, dh0 = net.backward(np.zeros_like(y), grad)
    np.testing.assert_allclose(product[-1].T @ grad[0], dh0[0], rtol=1e-10)


def test_the_latest_factor_stands_at_the_left():
    first, second = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [3.0, 1.0]])
    np.testing.assert_array_equal(products(np.stack([first, second]))[1], second @ first)
    assert (second @ first != first @ second).any()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_belongs_to_the_activation_and_gamma_is_its_largest(name):
    phi, slope, gamma = ACTIVATIONS[name]
    a = np.linspace(-6, 6, 1201) + 1e-4  # without the kink of ReLU
    np.testing.assert_allclose(slope(phi(a)), (phi(a + 1e-6) - phi(a - 1e-6)) / 2e-6, atol=1e-8)
    assert slope(phi(a)).max() == pytest.approx(gamma, abs=1e-6) and slope(phi(a)).max() <= gamma


# --- what the lesson says --------------------------------------------------------------------------------------------


def test_the_powers_of_the_shear_rise_to_38_7_at_9_and_vanish():
    norms = power_norms(SHEAR, 100)
    assert norms[0] == pytest.approx(10.0804, abs=1e-4)
    assert norms.argmax() + 1 == 9
    assert norms[8] == pytest.approx(38.746, abs=1e-3)
    assert norms[99] == pytest.approx(0.0295, abs=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_no_product_is_longer_than_gamma_sigma_allows(activation, seed):
    weight, _, _, _, product = run(activation, seed, steps=30)
    bound = (ACTIVATIONS[activation].gamma * np.linalg.norm(weight, 2)) ** np.arange(1, 31)
    assert (np.linalg.norm(product, 2, axis=(1, 2)) <= bound * (1 + 1e-12)).all()


@pytest.mark.parametrize("scale", [0.0, 1.0, 20.0])
@pytest.mark.parametrize(("activation", "radius"), [("tanh", 0.9), ("ReLU", 0.9), ("identity", 0.9), ("sigmoid", 3.5)])
def test_gamma_sigma_below_one_suffices_to_vanish_whatever_the_inputs(activation, radius, scale):
    result = compute(State(activation=activation, radius=radius, skew=0.0, scale=scale))
    assert result.norms[-1] <= 0.9**99
    assert "suffices" in verdict(result.state)


def test_eigenvalues_promise_nothing_with_an_activation_in_either_direction():
    exploding = compute(State(activation="tanh", radius=0.9, skew=10.0))
    assert np.abs(np.linalg.eigvals(exploding.weight)).max() < 1 and exploding.norms[-1] > 1e6
    vanishing = compute(State(activation="sigmoid", radius=3.0, skew=0.0))
    assert np.abs(np.linalg.eigvals(vanishing.weight)).max() > 2.9 and vanishing.norms[-1] < 1e-20


def test_the_same_weights_explode_on_silence_and_vanish_on_loud_inputs():
    silent, loud = (
        [product_norm(random_weight(3.1, rng=seed), scale, 50, rng=seed) for seed in range(5)] for scale in (0, 20)
    )
    assert min(silent) > 1e3, silent
    assert max(loud) < 1e-15, loud


def test_a_random_weight_has_the_spectral_radius_asked_for():
    assert np.abs(np.linalg.eigvals(random_weight(3.1, 20, rng=4))).max() == pytest.approx(3.1)


def test_torchs_first_weights_lose_the_gradient_and_five_times_larger_ones_explode():
    lengths = {}
    for factor in (1, 5):
        net, x = nn.RNN(4, 16, rng=0), np.random.default_rng(1).standard_normal((50, 1, 4))
        net.weight_hh_l0.data *= factor
        y, h_n = net(x)
        net.backward(np.zeros_like(y), np.ones_like(h_n))
        lengths[factor] = np.linalg.norm(net.dh[0]) / np.linalg.norm(net.dh[-1])
    assert lengths[1] < 1e-7 and lengths[5] > 1e4, lengths


# --- the lab ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("radius", "skew"), [(0.9, 10.0), (0.0, 3.0), (1.0, 0.0), (2.5, 0.5), (0.0, 0.0)])
def test_the_labs_weight_has_the_powers_of_the_two_by_two_matrix(radius, skew):
    weight, small = lab_weight(radius, skew), np.array([[radius, skew], [0.0, radius]])
    np.testing.assert_allclose(power_norms(weight, 12), power_norms(small, 12), rtol=1e-9, atol=1e-12)
    assert State(radius=radius, skew=skew).sigma == pytest.approx(np.linalg.norm(small, 2))
    if skew == 0:
        np.testing.assert_allclose(np.linalg.svd(weight, compute_uv=False), radius, atol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
def test_the_shares_and_the_norm_are_those_of_the_nets_gradient(activation):
    state = State(activation=activation, radius=1.1, skew=0.5, scale=2.0, steps=12, max_norm=0.3)
    result = compute(state)
    noise = np.random.default_rng(1).standard_normal((1 + MOST, 8))
    inputs = 2.0 * noise[1:13]
    net = nn.RNN(8, 8, nonlinearity=activation.lower())
    zeros = {"bias_ih_l0": np.zeros(8), "bias_hh_l0": np.zeros(8)}
    net.load_state_dict({"weight_ih_l0": np.eye(8), "weight_hh_l0": result.weight, **zeros})
    y, _ = net(inputs, noise[:1])
    net.backward(np.zeros_like(y), np.full((1, 8), 8**-0.5))
    grads = [net.weight_hh_l0.grad, net.weight_ih_l0.grad, net.bias_ih_l0.grad]  # one bias, as in the lesson
    assert result.norm == pytest.approx(nn.utils.get_total_norm(grads))
    assert result.factor == pytest.approx(min(1.0, 0.3 / (result.norm + 1e-6)))
    slope = ACTIVATIONS[activation].slope(y[-1])
    read = np.sqrt((y[-2] ** 2).sum() + (inputs[-1] ** 2).sum() + 1)
    assert result.shares[-1] == pytest.approx(np.linalg.norm(slope * 8**-0.5) * read)
    assert result.norm <= result.shares.sum() * (1 + 1e-12)


def test_clipping_keeps_the_ratio_of_early_to_late():
    loose, tight = (compute(State(max_norm=limit)) for limit in (1e3, 1e-3))
    np.testing.assert_array_equal(loose.shares, tight.shares)
    assert tight.factor < loose.factor <= 1
    assert describe(loose)[-1].split("the first step")[1] == describe(tight)[-1].split("the first step")[1]


def test_the_singular_values_are_those_of_the_product_and_noise_is_left_out():
    result = compute(State(activation="tanh", radius=1.5, skew=0.0, steps=6))
    h = states(
        result.weight,
        np.random.default_rng(1).standard_normal((101, 8))[1:7],
        "tanh",
        np.random.default_rng(1).standard_normal(8),
    )
    product = products(jacobians(result.weight, 1 - h[1:] ** 2))
    np.testing.assert_allclose(result.singular[-1], np.linalg.svd(product[-1], compute_uv=False), rtol=1e-6)
    deep = compute(State(activation="tanh", scale=20.0)).singular
    assert np.isnan(deep[-1]).any() and not np.isnan(deep[:, 0]).any()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"activation": "sigmoid", "radius": 3.0, "skew": 0.0}, "γσ = 0.25 · 3 = 0.75 is below 1: this suffices"),
        ({"radius": 1.0, "skew": 0.0}, "neither"),
        ({}, "in a linear net ρ = 0.9 decides in the end: it vanishes"),
        ({"radius": 1.5}, "in a linear net ρ = 1.5 decides in the end: it explodes"),
        ({"radius": 1.0}, "no growth by a factor"),
        ({"activation": "ReLU"}, "it could explode, and need not"),
    ],
)
def test_the_verdict_names_the_statement_that_applies(setting, words):
    assert words in verdict(State(**setting))


def test_the_peak_is_the_first_of_those_that_rounding_tells_apart():
    assert describe(compute(State(radius=1.0, skew=0.0)))[1].endswith("largest 1, after 1")
    assert describe(compute(State()))[1].endswith("0.0295; largest 38.7, after 9")


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"radius": -1.0}, ValueError, "gradients: radius must be a finite number of at least 0, got -1.0"),
        ({"skew": np.nan}, ValueError, "gradients: skew must be a finite number of at least 0, got nan"),
        ({"scale": "1"}, TypeError, "gradients: scale must be"),
        ({"activation": "softmax"}, ValueError, "gradients: activation must be one of"),
        ({"steps": 1}, ValueError, "gradients: steps must be at least 2, got 1"),
        ({"steps": 101}, ValueError, "gradients: steps must be at most 100, got 101"),
        ({"max_norm": 0.0}, ValueError, "gradients: max_norm must be a number above 0, got 0.0"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, error, message):
    with pytest.raises(error) as refusal:
        State(**setting)
    assert str(refusal.value).startswith(message)
