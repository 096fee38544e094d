"""RNN, LSTM and GRU of equal size: the stored runs are what training gives, and they show what the lesson says."""

import numpy as np
import pytest

from helpers import nn
from helpers.complexity import count_parameters
from helpers.experiments import equal_budgets
from helpers.experiments.equal_budgets import LETTERS, NETS, SEEDS, STEPS, TASKS, AtEachStep, baselines, examples

TABLE = [(net, task) for task in TASKS for net in NETS]


@pytest.fixture(scope="module")
def races():
    return equal_budgets.stored_races()


def test_every_net_and_seed_is_stored(races):
    for task, race in races.items():
        assert race.loss.shape == (len(NETS), len(SEEDS), TASKS[task].epochs + 1)
        assert race.updates[-1] == TASKS[task].epochs * STEPS


@pytest.mark.parametrize(("net", "task", "seed"), [("GRU", "adding", 0), ("LSTM", "copying", 1), ("RNN", "text", 2)])
def test_a_stored_run_begins_as_training_does(races, net, task, seed):
    history = equal_budgets.run(net, task, seed, epochs=1)
    stored = races[task].loss[NETS.index(net), seed, :2]
    np.testing.assert_allclose(history.measures["validation loss"], stored, rtol=1e-2)


@pytest.mark.parametrize(("net", "task"), TABLE)
def test_a_net_is_as_wide_as_its_budget_allows(net, task):
    model, budget = equal_budgets.new_model(net, task, 0), TASKS[task].budget
    assert count_parameters(model) <= budget < count_parameters(wider(net, task, model.recurrent.hidden_size + 1))
    assert count_parameters(model) > 0.88 * budget


def wider(net, task, size):
    sizes = TASKS[task]
    return nn.SequenceModel(getattr(nn, net)(sizes.inputs, size, batch_first=True), nn.Linear(size, sizes.outputs))


@pytest.mark.parametrize(("net", "task"), TABLE)
def test_a_model_answers_in_the_shape_of_its_target(net, task):
    x, target = examples(task, 3, 0)
    y = equal_budgets.new_model(net, task, 0)(x)
    assert y.shape == ((3, 1) if task == "adding" else (*target.shape, TASKS[task].outputs))


def test_the_loss_of_each_step_is_the_mean_over_all_steps_and_so_is_its_gradient():
    random = np.random.default_rng(0)
    scores, labels = random.standard_normal((2, 3, 4)), random.integers(0, 4, (2, 3))
    each, ours = nn.CrossEntropyLoss(), AtEachStep()
    assert ours(scores, labels) == pytest.approx(each(scores.swapaxes(1, 2), labels))
    np.testing.assert_allclose(ours.backward(), each.backward().swapaxes(1, 2))


def test_the_text_asks_for_the_next_letter_and_its_parts_are_apart():
    x, target = examples("text", 5, 0)
    np.testing.assert_array_equal(x.argmax(axis=-1)[:, 1:], target[:, :-1])
    learn, test = ("".join(LETTERS[i] for i in part) for part in equal_budgets.text())
    assert learn.startswith("returns the variance of the matrix elements, along the given axis. ")
    assert 0.15 < len(test) / len(learn) < 0.35 and test[:200] not in learn


def test_the_baselines_are_what_an_answer_without_memory_costs():
    found = baselines()
    _, target = examples("adding", 20000, 0)
    assert np.mean((target - 1) ** 2) == pytest.approx(found["adding"], rel=0.03)
    assert found["copying"] == pytest.approx(3 * np.log(4) / 21)
    learn, test = equal_budgets.text()
    alone = np.bincount(learn, minlength=len(LETTERS)) / len(learn)
    assert 1.5 < found["text"] < -np.mean(np.log(alone[test])), "the letter before helps"


# --- what the lesson says --------------------------------------------------------------------------------------------


def test_the_rnn_stays_at_the_baseline_of_adding_and_both_gated_nets_solve_it(races):
    rnn, lstm, gru = races["adding"].loss
    assert rnn.min() > 0.16 and max(lstm[:, -1].max(), gru[:, -1].max()) < 0.005


def test_the_gru_needs_fewer_updates_for_adding_in_every_seed(races):
    _, lstm, gru = (np.argmax(runs < 0.01, axis=1) for runs in races["adding"].loss)
    assert (gru < lstm).all()


def test_the_gru_wins_at_copying_and_the_rnn_remembers_nothing(races):
    rnn, lstm, gru = races["copying"].loss[..., -1]
    assert gru.max() < lstm.min() and lstm.max() < rnn.min()
    np.testing.assert_allclose(rnn, baselines()["copying"], rtol=0.02)


def test_on_text_the_widest_net_the_rnn_is_no_worse_and_the_lstm_is_last(races):
    rnn, lstm, gru = races["text"].loss[..., -1]
    assert np.median(rnn) < np.median(gru) < lstm.min()
    assert max(runs.max() for runs in (rnn, lstm, gru)) < 0.75 * baselines()["text"]
