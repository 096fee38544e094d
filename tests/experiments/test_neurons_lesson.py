"""What the lesson on neurons shows and claims, beyond its labs."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.activations import SHOWN, loss_profiles, profiles
from helpers.experiments.backprop import hand_net, trace
from helpers.experiments.digits_mlp import train_reader
from helpers.experiments.neuron import CORNERS, DATA
from helpers.experiments.xor import search_neurons, solved, train_neurons, train_xor, xor_by_hand
from helpers.gradcheck import gradcheck

# --- activations and losses ------------------------------------------------------------------------------------------


def test_the_table_says_where_each_slope_is_lost():
    found = {one.name: (round(float(one.slope.max()), 3), one.gone()) for one in profiles()}
    assert found == {
        "step": (0, "everywhere"),
        "sigmoid": (0.25, "below z = -4.6 and above z = 4.6"),
        "tanh": (1, "below z = -3 and above z = 3"),
        "ReLU": (1, "below z = 0"),
        "LeakyReLU": (1, "nowhere"),
        "softmax": (0.25, "below z = -3.9 and above z = 5.3"),
    }
    assert list(found) == [*SHOWN]


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.name)
def test_the_slopes_are_derivatives_away_from_kinks(profile):
    numeric = np.gradient(profile.y, profile.z)
    smooth = np.abs(profile.z) > 0.02
    np.testing.assert_allclose(profile.slope[smooth], numeric[smooth], atol=1e-2)


def test_the_squared_error_of_a_sigmoid_is_flat_where_it_is_most_wrong_and_cross_entropy_is_not():
    squared, entropy = loss_profiles()
    assert squared.loss[0] > 0.99 and abs(squared.slope[0]) < 0.01
    assert entropy.loss[0] > 7.9 and entropy.slope[0] < -0.99
    np.testing.assert_allclose(entropy.slope, nn.Sigmoid()(entropy.z) - 1, atol=1e-12)  # y - t
    np.testing.assert_allclose(squared.slope[1:-1], np.gradient(squared.loss, squared.z)[1:-1], atol=1e-3)


# --- XOR -------------------------------------------------------------------------------------------------------------


def test_the_search_finds_and_and_or_and_at_most_three_corners_of_xor():
    found = {name: search_neurons(name) for name in DATA}
    assert {name: search.best for name, search in found.items()} == {"AND": 4, "OR": 4, "XOR": 3}
    assert {search.tried for search in found.values()} == {33**3}
    assert all(search.counts.sum() == search.tried for search in found.values())


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_trained_neuron_learns_and_and_or_and_answers_half_to_xor(seed):
    for name in ("AND", "OR"):
        assert (train_neurons(name, 200, seed=seed).right == 4).all(), name
    on_xor = train_neurons("XOR", 200, seed=seed)
    np.testing.assert_allclose(on_xor.answers, 0.5, atol=1e-6)
    assert on_xor.loss == pytest.approx(np.log(2))
    assert on_xor.right.max() <= 3


def test_the_weights_given_by_hand_solve_xor():
    net = xor_by_hand()
    np.testing.assert_array_equal(net(CORNERS)[:, 0], DATA["XOR"][1])
    np.testing.assert_array_equal(net[:2](CORNERS), [[0, 1], [1, 1], [1, 1], [1, 0]])  # OR, NAND


def test_more_hidden_units_than_needed_make_xor_easier_to_learn():
    two, four, eight = (solved(hidden, range(20)).sum() for hidden in (2, 4, 8))
    assert 3 <= two <= 12, "two units suffice, and training often does not find them"
    assert four >= 17 and eight == 20


def test_a_net_that_has_learned_xor_is_counted_and_one_that_has_not_is_not():
    seeds = range(6)
    losses = np.array([train_xor(2, seed)[1].loss[-1] for seed in seeds])
    np.testing.assert_array_equal(solved(2, seeds), losses < 0.1)
    assert (losses < 0.1).any() and (losses > 0.3).any()


# --- backpropagation -------------------------------------------------------------------------------------------------


def test_the_numbers_on_the_page_are_those_of_the_chain_rule():
    here = trace()
    w, v = here.weights["0.weight"], here.weights["2.weight"][0]
    np.testing.assert_allclose(here.z, w @ here.x + here.weights["0.bias"])
    np.testing.assert_allclose(here.dy, 2 * (here.y - here.t))
    np.testing.assert_allclose(here.dh, here.dy * v)
    np.testing.assert_allclose(here.dz, here.dh * (1 - np.tanh(here.z) ** 2))
    np.testing.assert_allclose(here.dx, w.T @ here.dz)
    np.testing.assert_allclose(here.gradients["0.weight"], np.outer(here.dz, here.x))
    np.testing.assert_allclose(here.gradients["2.weight"][0], here.dy * here.h)
    np.testing.assert_allclose((here.gradients["0.bias"], here.dz), (here.dz, here.gradients["0.bias"]))
    assert here.gradients["2.bias"] == here.dy


def test_the_gradients_of_the_net_by_hand_agree_with_central_differences():
    assert gradcheck(hand_net(), np.array([1.0, 2.0])).largest < 1e-8


def test_tracing_twice_does_not_add_gradients_up():
    net = hand_net()
    first, second = trace(net), trace(net)
    for name, gradient in first.gradients.items():
        np.testing.assert_array_equal(gradient, second.gradients[name])


# --- digits ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def readers():
    return {strangers: [train_reader(seed, strangers) for seed in range(4)] for strangers in (False, True)}


def test_the_nets_read_the_stated_share_of_digits(readers):
    known, strangers = (
        [reader.history.measures["test accuracy"][-1] for reader in readers[strange]] for strange in (False, True)
    )
    assert 0.94 < min(known) < max(known) < 0.985
    assert 0.90 < min(strangers) < max(strangers) < 0.965
    assert np.median(known) - np.median(strangers) > 0.01, "strangers' digits are harder"


def test_the_answers_counted_are_those_of_the_net(readers):
    reader = readers[False][0]
    confusion, wrong = reader.confusion(), reader.wrong()
    accuracy = reader.history.measures["test accuracy"][-1]
    assert confusion.sum() == len(reader.labels)
    assert np.trace(confusion) == len(reader.labels) - len(wrong) == round(accuracy * len(reader.labels))
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(reader.labels))
    sure = reader.probabilities.max(axis=1)[wrong]
    assert (np.diff(sure) <= 0).all(), "the surest mistake comes first"
    assert (reader.answers[wrong] != reader.labels[wrong]).all()
    shown = reader.net(reader.images.reshape(-1, 64)).argmax(axis=1)
    np.testing.assert_array_equal(shown, reader.answers)
