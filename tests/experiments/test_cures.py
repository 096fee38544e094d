"""Every claim of the lesson about cures, over its seeds and with margins."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments import cures

SOLVED = cures.SOLVED


@pytest.fixture(scope="module")
def runs():
    """The stored trainings, of which the lesson tells."""
    return cures.stored_runs()


def solved(runs):
    return sum(run.accuracy >= SOLVED for run in runs)


@pytest.mark.parametrize("name", ["none", "by value", "GRU", "tanh, no clipping"])
def test_a_run_repeated_comes_to_what_the_stored_one_came_to(runs, name):
    assert [*runs] == [*cures.CURES] and all(len(some) == len(cures.SEEDS) for some in runs.values())
    (again,) = cures.train(name, [1])
    assert again.accuracy == pytest.approx(runs[name][1].accuracy, abs=0.05)
    assert np.log10(again.largest) == pytest.approx(np.log10(runs[name][1].largest), abs=0.3)


def test_without_clipping_nothing_is_learned_and_with_it_nearly_all_seeds_solve_the_task(runs):
    assert max(run.accuracy for run in runs["none"]) < 0.6
    assert (solved(runs["by norm"]), solved(runs["by value"])) == (19, 16)
    assert cures.solved_alone(runs["by norm"], runs["by value"]) == (3, 0)
    assert np.median([run.reach for run in runs["none"]]) < 0.01, "it was thrown to where the gradient vanishes"


def test_an_explosion_leaves_most_units_saturated():
    slopes = {}
    for limit in (None, 0.5):
        slopes[limit] = []
        for seed in range(3):
            model = cures.order_model("orthogonal", seed)
            optimizer = cures.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
            cures.train_order(model, optimizer, 20, seed, limit)
            slopes[limit].append(np.mean(1 - model.recurrent.cache.h**2))
    assert np.median(slopes[None]) < 0.25 < 0.4 < np.median(slopes[0.5]), slopes


@pytest.mark.parametrize("name", ["tanh", "tanh, no clipping"])
def test_the_tanh_net_solves_the_task_with_one_seed_whether_clipped_or_not(runs, name):
    assert solved(runs[name]) == 1
    assert np.median([run.largest for run in runs[name]]) < 0.6, "about half the limit: in most runs nothing is clipped"


def test_irnn_and_gru_solve_every_seed_and_the_others_what_the_lesson_says(runs):
    counts = {kind: solved(runs[kind]) for kind in cures.NETS}
    assert counts == {"tanh": 1, "orthogonal": 13, "identity": 13, "IRNN": 20, "residual": 17, "GRU": 20}


@pytest.mark.parametrize(
    ("one", "other", "alone"),
    [
        ("orthogonal", "identity", (3, 3)),
        ("residual", "orthogonal", (5, 1)),
        ("GRU", "residual", (3, 0)),
        ("GRU", "orthogonal", (7, 0)),
    ],
)
def test_pairs_of_nets_on_the_same_seeds(runs, one, other, alone):
    assert cures.solved_alone(runs[one], runs[other]) == alone
    assert cures.solved_alone(runs[other], runs[one]) == alone[::-1]


def test_the_largest_gradients_are_those_of_the_irnn(runs):
    largest = {kind: np.median([run.largest for run in runs[kind]]) for kind in cures.NETS}
    assert max(largest, key=largest.get) == "IRNN", largest


def test_the_grus_gradient_vanishes_at_first_and_training_brings_it_back(runs):
    before = cures.first_gradients("GRU")[0]
    after = np.median([run.reach for run in runs["GRU"]])
    assert before < 1e-4 and after > 1e-2, (before, after)


def test_four_nets_start_with_a_gradient_that_reaches_the_first_step_and_tanh_does_not():
    reach = {kind: cures.first_gradients(kind)[0] for kind in cures.NETS}
    assert reach["tanh"] < 1e-5
    assert all(0.03 < reach[kind] < 10 for kind in ("orthogonal", "identity", "IRNN", "residual")), reach


def test_the_summary_counts_and_gives_medians():
    made = [cures.Run(accuracy, largest, 0.1) for accuracy, largest in ((1.0, 5.0), (0.95, 7.0), (0.25, 900.0))]
    assert cures.summary(made) == "2 of 3 solved, median accuracy  95%, largest gradient 7e+00, reach 1e-01"


@pytest.mark.parametrize("call", [lambda: cures.order_model("LSTM"), lambda: cures.train_clipped("twice")])
def test_an_unknown_name_is_refused(call):
    with pytest.raises(ValueError, match="must be one of"):
        call()


# --- the parts -------------------------------------------------------------------------------------------------------


def test_the_nets_start_as_they_are_called():
    weights = {kind: cures.order_model(kind).recurrent.weight_hh_l0.data for kind in cures.NETS}
    np.testing.assert_allclose(weights["orthogonal"] @ weights["orthogonal"].T, np.eye(16), atol=1e-12)
    for kind in ("identity", "IRNN"):
        np.testing.assert_array_equal(weights[kind], np.eye(16))
    assert np.linalg.norm(weights["tanh"], 2) > 1 > np.abs(np.linalg.eigvals(weights["tanh"])).max()


def test_the_stepping_state_adds_a_tenth_of_what_is_new():
    net = cures.SteppingState(3, 4, rng=0)
    x = np.random.default_rng(1).standard_normal((5, 2, 3))
    y, _ = net(x)
    c = np.zeros((2, 4))
    for t in range(5):
        h = np.tanh(c)
        gates = x[t] @ net.weight_ih_l0.data.T + h @ net.weight_hh_l0.data.T
        gates += net.bias_ih_l0.data + net.bias_hh_l0.data
        c = c + 0.1 * np.tanh(gates[:, 8:12])
        np.testing.assert_allclose(y[t], np.tanh(c), rtol=1e-12)


def test_value_clipping_cuts_each_entry_before_the_step():
    weight = nn.Parameter(np.zeros(3))
    weight.add_grad(np.array([4.0, -0.25, -9.0]))
    cures.ValueClippedSGD([weight], lr=1.0, clip_value=0.5).step()
    np.testing.assert_array_equal(weight.data, [-0.5, 0.25, 0.5])
    free = nn.Parameter(np.zeros(1))
    free.add_grad(np.array([4.0]))
    cures.ValueClippedSGD([free], lr=1.0, clip_value=None).step()
    assert free.data == [-4.0]


def test_state_gradients_are_those_of_a_nudge():
    model = cures.order_model("tanh", seed=3)
    lengths = cures.state_gradients(model, length=6, seed=1)
    x, labels = cures.order_batch(6, np.random.default_rng(1))
    h, criterion = model.recurrent.cache.h.copy(), nn.CrossEntropyLoss()

    def loss_from(t, state):
        rest = model.recurrent(x[:, t + 1 :], state[None])[0] if t < 5 else state[:, None]
        return criterion(model.head(rest[:, -1]), labels)

    direction = np.random.default_rng(2).standard_normal(h[0].shape)
    slopes = [(loss_from(t, h[t] + 1e-5 * direction) - loss_from(t, h[t] - 1e-5 * direction)) / 2e-5 for t in (0, 5)]
    cures.state_gradients(model, length=6, seed=1)
    found = [np.sum(model.recurrent.dh[t] * direction) for t in (0, 5)]
    np.testing.assert_allclose(found, slopes, rtol=1e-5)
    assert lengths[-1] == 1 and lengths.shape == (6,)


# --- depth -----------------------------------------------------------------------------------------------------------


def test_a_plain_deep_net_loses_the_gradient_and_a_residual_one_keeps_it():
    depth = cures.gradient_by_layer()
    assert depth.plain.shape == depth.residual.shape == (31,)
    assert depth.plain[0] < 1e-6 * depth.plain[-1]
    assert depth.residual[0] > depth.residual[-1]


def test_the_gradient_by_layer_is_that_of_the_whole_net():
    net, one = cures.deep_net(True, depth=3, seed=0), cures.gradient_by_layer(depth=3, seeds=[0]).residual
    digits = cures.data.digits()
    criterion = nn.CrossEntropyLoss()
    criterion(net(digits.images[:100].reshape(100, 64)), digits.labels[:100])
    grad = net[4].backward(criterion.backward())
    assert np.linalg.norm(grad) == pytest.approx(one[-1])
    for layer in (net[3], net[2], net[1]):
        grad = layer.backward(grad)
    assert np.linalg.norm(grad) == pytest.approx(one[0])


def test_the_plain_deep_net_stays_at_chance_and_the_residual_one_learns():
    plain, residual = (cures.train_deep(residual).last("validation accuracy") for residual in (False, True))
    assert max(plain) < 0.2 and min(residual) > 0.75, (plain, residual)
