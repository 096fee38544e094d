"""The GRU lab's numbers, the two forms and conventions, and what the lesson says of the trained nets."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments import gru
from helpers.experiments.gates import SEEDS, Net, policy, streams
from helpers.experiments.gru import CONVENTIONS, FORMS, NETS, State, compute, describe, in_form, stream, swapped

BEFORE = "before the product (Cho)"


@pytest.fixture
def net():
    return nn.GRU(2, 3, rng=0)


@pytest.fixture
def x():
    return np.random.default_rng(0).standard_normal((9, 4, 2))


# --- forms and conventions -------------------------------------------------------------------------------------------


def test_the_other_form_has_the_same_weights_and_other_states_by_tenths():
    x = np.random.default_rng(1).standard_normal((30, 64, 8))
    for seed in range(3):
        net = nn.GRU(8, 16, rng=seed)
        other = in_form(net, reset_after=False)
        assert not other.reset_after
        for name, value in net.state_dict().items():
            np.testing.assert_array_equal(other.state_dict()[name], value)
        assert 0.1 < np.abs(net(x)[0] - other(x)[0]).max() < 1


def test_the_forms_agree_for_one_unit_without_the_inner_bias(x):
    net = nn.GRU(2, 1, rng=0)
    net.bias_hh_l0.data[2] = 0
    np.testing.assert_allclose(in_form(net, False)(x)[0], net(x)[0], rtol=0, atol=1e-15)


def test_swapping_negates_z_alone_and_swapping_twice_changes_nothing(net, x):
    turned = swapped(net)
    turned(x[:1]), net(x[:1])  # from the state 0, the first step's gates do not depend on what z has done
    np.testing.assert_allclose(turned.cache.z, 1 - net.cache.z, rtol=1e-12)
    np.testing.assert_array_equal(turned.cache.n, net.cache.n)
    np.testing.assert_array_equal(swapped(turned)(x)[0], net(x)[0])


# --- the lab ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pin", [{}, {"r": 0.25}, {"z": 0.9, "r": 1.0}])
def test_a_cup_is_the_arithmetic_of_its_step(net, form, pin):
    for step in (0, 20, 39):
        result = compute(State(net=net, form=form, step=step, **pin))
        cup, run = result.cup, result.run
        assert cup.h == pytest.approx(run.h[step, run.main], rel=1e-12)
        assert cup.n == pytest.approx(np.tanh(cup.fresh + cup.past), rel=1e-12)
        assert cup.h == pytest.approx(cup.keep * cup.before + (1 - cup.keep) * cup.n, rel=1e-12)
        assert cup.before == (run.h[step - 1, run.main] if step else 0)


def test_the_conventions_are_one_net_while_z_is_free_and_two_when_it_is_pinned():
    keeps, takes = (compute(State(convention=convention)) for convention in CONVENTIONS)
    np.testing.assert_array_equal(keeps.run.output, takes.run.output)
    np.testing.assert_allclose(keeps.run.gates["z"], 1 - takes.run.gates["z"])
    assert keeps.kept == takes.kept
    pinned = compute(State(convention=CONVENTIONS[1], z=0.9))
    np.testing.assert_allclose(pinned.run.gates["z"], 0.9)
    np.testing.assert_allclose(pinned.run.output, compute(State(z=0.1)).run.output)


def test_z_of_one_keeps_the_first_state_and_its_gradient():
    result = compute(State(z=1.0))
    assert not result.run.h.any() and result.kept == 1
    np.testing.assert_allclose(result.run.whole, result.run.whole[-1])
    assert compute(State(z=0.9)).kept == pytest.approx(0.9**39)


@pytest.mark.parametrize("net", NETS)
def test_every_net_holds_both_numbers_as_trained_and_fails_in_the_other_form(net):
    free = compute(State(net=net)).run
    np.testing.assert_allclose(free.output[[19, 39]], [0.8, -0.5], atol=0.1)
    assert np.abs(compute(State(net=net, form=BEFORE)).run.output - free.output).max() > 0.1
    assert "both numbers are held" in describe(compute(State(net=net)))[0]
    assert "not both are held" in describe(compute(State(net=net, form=BEFORE)))[0]


def test_an_end_that_is_right_by_chance_does_not_pass_for_memory():
    result = compute(State(z=0.9))
    assert abs(result.run.output[-1] - result.run.target[-1]) < 0.1
    assert "not both are held" in describe(result)[0]


def test_r_pinned_to_either_end_breaks_the_default_net_and_open_is_worse():
    pins = {}, {"r": 0.0}, {"r": 1.0}
    free, closed, opened = (np.mean((compute(State(**pin)).run.output - stream()[1]) ** 2) for pin in pins)
    assert 20 * free < closed < opened


def test_in_the_other_form_another_start_misses_both_numbers_by_almost_one_or_more():
    run = compute(State(net="2 units, another start", form=BEFORE)).run
    assert np.abs(run.output - run.target)[[19, 39]].min() > 0.85


def test_at_the_second_write_two_thirds_are_poured_from_the_mix_and_before_and_after_nearly_nothing():
    keep = [compute(State(step=step)).cup.keep for step in (19, 20, 21)]
    assert keep[0] > 0.98 < keep[2] and 1 - keep[1] == pytest.approx(2 / 3, abs=0.02)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"net": "3 units"}, "gru: net must be one of"),
        ({"z": 1.1}, "gru: z must be in 0..1"),
        ({"r": "half"}, "gru: r must be"),
        ({"step": 40}, "gru: step must be at most 39"),
        ({"view": "beer"}, "gru: view must be one of"),
    ],
)
def test_an_impossible_state_is_refused(settings, words):
    with pytest.raises((ValueError, TypeError), match=words.replace("..", r"\.\.")):
        State(**settings)


def test_numbers_are_written_with_their_sign_and_zero_has_none():
    assert [gru.two(-0.001), gru.two(-0.5), gru.plus(-0.001), gru.plus(-0.5), gru.plus(0.25)] == [
        "0.00",
        "−0.50",
        "+ 0.00",
        "− 0.50",
        "+ 0.25",
    ]


# --- what the lesson says --------------------------------------------------------------------------------------------


def test_in_three_of_five_lstms_the_gates_that_keep_and_write_add_up_to_one():
    for seed in range(3):
        averages = policy(Net("LSTM", "clear", 1), seed).averages
        for event in ("keep", "write", "replace"):
            assert 0.99 < averages[event]["f"][0] + averages[event]["i"][0] < 1.15


@pytest.mark.parametrize("units", [2, 4])
def test_the_update_gate_of_every_trained_net_keeps_and_replaces_by_its_name(units):
    for seed in SEEDS:
        found = policy(Net("GRU", "clear", units), seed)
        keep, replace = (found.averages[event]["z"][found.main] for event in ("keep", "replace"))
        assert keep > 0.8 and replace < 0.3 and abs(found.carrier["n"]) > 0.89


def test_the_reset_gate_follows_no_such_rule():
    nets = [policy(Net("GRU", "clear", units), seed) for units in (2, 4) for seed in SEEDS]
    replacing = [found.averages["replace"]["r"][found.main] for found in nets]
    assert min(replacing) < 0.02 and max(replacing) > 0.5


def test_no_gru_of_one_unit_recalls_and_every_one_of_two_units_does_better():
    nothing = np.mean(streams("recall", 200, 60, rng=1000).target ** 2)
    one, two = ([policy(Net("GRU", "recall", units), seed).error for seed in SEEDS] for units in (1, 2))
    assert 0.5 * nothing < min(one) and max(two) < min(one)
    lstms = sorted(policy(Net("LSTM", "recall", 1), seed).error for seed in SEEDS)
    assert lstms[3] < 0.6 * min(one)


@pytest.mark.parametrize(("seed", "unit"), [(3, 0), (4, 1)])
def test_two_nets_make_an_output_gate_out_of_a_unit_that_keeps_nothing(seed, unit):
    averages = policy(Net("GRU", "recall", 2), seed).averages
    assert all(gates["z"][unit] < 0.02 for gates in averages.values())
    assert averages["keep"]["r"][unit] < 0.02 < 0.5 < averages["recall"]["r"][unit]
