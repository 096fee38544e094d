"""The adding problem: the stored runs are what training gives, and they show what the lesson says."""

import numpy as np
import pytest

from helpers.experiments import adding


@pytest.fixture(scope="module")
def race():
    return adding.stored_race()


def test_every_net_length_and_seed_is_stored(race):
    assert race.loss.shape == (len(adding.NETS), len(adding.LENGTHS), len(adding.SEEDS), adding.EPOCHS + 1)
    assert race.updates[-1] == 2000


@pytest.mark.parametrize(("net", "length", "seed"), [(0, 0, 0), (1, 0, 1), (2, 1, 0)])
def test_a_stored_run_begins_as_training_does(race, net, length, seed):
    history = adding.run([*adding.NETS][net], adding.LENGTHS[length], seed, epochs=1)
    np.testing.assert_allclose(history.measures["validation loss"], race.loss[net, length, seed, :2], rtol=1e-3)


def test_the_nets_have_about_as_many_parameters():
    sizes = [sum(p.data.size for p in adding.new_model(name, 0).parameters()) for name in adding.NETS]
    assert sizes == [1185, 1297, 1297]


def test_the_baseline_is_what_always_saying_one_costs():
    _, target = adding.examples(20000, 10, 0)
    assert np.mean((target - 1) ** 2) == pytest.approx(adding.BASELINE, rel=0.03)


def test_the_rnn_learns_to_add_over_ten_steps_and_never_over_fifty(race):
    solved = np.isfinite(race.solved_after).sum(axis=-1)
    assert solved.tolist() == [[5, 1, 0, 0], [5, 5, 5, 5], [5, 5, 5, 5]], "nets by lengths, of five runs"
    assert race.loss[0, 2:, :, -1].min() > 0.8 * adding.BASELINE


def test_a_forget_bias_saves_few_updates(race):
    plain, biased = np.median(race.solved_after[1:, -1], axis=-1)
    assert 0.7 * plain < biased < plain
