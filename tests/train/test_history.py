"""A history gives its curves ready to plot and prints as a table; runs over seeds give a band."""

import numpy as np
import pytest

from helpers.train import History, Runs, over_seeds
from tests.oracles import assert_same


def history(epochs=2, seed=0, **options):
    """Two steps an epoch, with the loss 8, 4, 2, ... and a measured accuracy."""
    loss = 8 * 0.5 ** np.arange(2.0 * epochs) + seed
    measures = {"test accuracy": 1 - 0.5 ** np.arange(epochs + 1.0) / (seed + 1)}
    measured_at = np.arange(epochs + 1) * 2
    settings = {"seed": seed, "epochs": epochs, "batch_size": None}
    return History(loss, np.full(len(loss), 0.1), loss / 4, measured_at, measures, settings, seconds=1.5, **options)


def test_a_curve_has_the_steps_taken_and_the_values():
    run = history()
    for name, expected in (("loss", [8, 4, 2, 1]), ("lr", [0.1] * 4), ("grad_norm", [2, 1, 0.5, 0.25])):
        steps, values = run.curve(name)
        assert_same(steps, np.arange(4), f"steps of {name}")
        assert_same(values, np.array(expected, float), name)
    steps, values = run.curve("test accuracy")
    assert_same(steps, np.array([0, 2, 4]), "steps of the accuracy")
    assert_same(values, np.array([0, 0.5, 0.75]), "accuracy")
    assert_same(run.epoch_loss, np.array([6, 1.5]), "mean loss of each epoch")
    with pytest.raises(
        ValueError, match=r"^History: name must be one of .*'grad_norm', 'test accuracy'.*, got 'accuracy'"
    ):
        run.curve("accuracy")


def test_a_history_prints_as_a_table_without_the_time():
    assert repr(history()).splitlines() == [
        "History of 4 steps (seed=0, epochs=2)",
        "epoch  steps   lr  loss  test accuracy",
        "    0      0                         0",
        "    1      2  0.1     6            0.5",
        "    2      4  0.1   1.5           0.75",
    ]


def test_a_long_history_prints_seven_of_its_epochs_the_first_and_last_among_them():
    rows = repr(history(50)).splitlines()[2:]
    assert [int(row.split()[0]) for row in rows] == [0, 8, 16, 25, 33, 41, 50]


def test_a_run_that_ended_early_says_so():
    cut = history(interrupted=True)
    assert repr(cut).endswith("\ninterrupted")
    assert repr(history(diverged="after 4 steps the loss is inf")).endswith("\ndiverged after 4 steps the loss is inf")
    nothing = History(*np.zeros((3, 0)), np.zeros(0, int), {}, {"seed": 0}, interrupted=True)
    assert repr(nothing).splitlines()[0] == "History of 0 steps (seed=0)"
    assert len(nothing.epoch_loss) == 0


def test_a_history_is_not_edited_by_accident():
    with pytest.raises(AttributeError):
        history().loss = None


def test_runs_give_a_band_over_their_seeds():
    runs = Runs(history(seed=seed) for seed in (0, 1, 5))
    steps, values = runs.curve("loss")
    assert_same(steps, np.arange(4), "steps")
    assert_same(values, np.array([[8.0, 4, 2, 1], [9, 5, 3, 2], [13, 9, 7, 6]]), "loss of each run")
    for got, expected in zip(runs.band("loss")[1:], values, strict=True):
        assert_same(got, expected, "band")
    assert_same(runs.band("test accuracy")[2], np.array([0.5, 0.75, 0.875]), "median accuracy")


def test_where_a_run_has_ended_there_is_no_band():
    short = history(1, diverged="after 2 steps the loss is inf")
    steps, values = Runs([short, history(2, 1)]).curve("loss")
    assert_same(steps, np.arange(4), "steps")
    assert_same(values[0], np.array([8, 4, np.nan, np.nan]), "the run that diverged")
    _, low, median, high = Runs([short, history(2, 1)]).band("loss")
    for curve in (low, median, high):
        assert np.isnan(curve).tolist() == [False, False, True, True]


def test_the_last_value_of_each_run_is_its_own_however_early_it_ended():
    unmeasured = History(*np.zeros((3, 0)), np.zeros(0, int), {"test accuracy": np.zeros(0)}, {}, interrupted=True)
    runs = Runs([history(1, diverged="after 2 steps the loss is inf"), history(2, seed=1), unmeasured])
    assert_same(runs.last("loss"), np.array([4, 2, np.nan]), "loss")
    assert_same(runs.last("test accuracy"), np.array([0.5, 0.875, np.nan]), "accuracy")


def test_runs_measured_at_other_steps_are_not_mixed():
    other = history()
    other.measured_at[:] = [0, 3, 6]
    with pytest.raises(ValueError, match=r"^Runs: test accuracy must be known after the same steps in every run$"):
        Runs([history(), other]).curve("test accuracy")


def test_runs_print_how_those_that_finished_ended():
    runs = Runs([history(seed=0), history(seed=1), history(1, 2, diverged="after 2 steps the loss is inf")])
    assert repr(runs).splitlines() == [
        "3 runs, 2 to the end",
        "   at the end  lowest  median  highest",
        "         loss     1.5       2      2.5",
        "test accuracy    0.75  0.8125    0.875",
        "seed 2: diverged after 2 steps the loss is inf",
    ]
    assert repr(Runs([history(interrupted=True)])) == "1 runs, 0 to the end\nseed 0: interrupted"


def test_a_series_of_no_seeds_or_without_histories_is_named():
    with pytest.raises(TypeError, match=r"^over_seeds: seeds must be several integers, such as range\(5\), got 5$"):
        over_seeds(history, 5)
    with pytest.raises(TypeError, match=r"^over_seeds: run must be a function of a seed, got 3$"):
        over_seeds(3, [0])
    with pytest.raises(TypeError, match=r"^over_seeds: run must return a History, got None$"):
        over_seeds(lambda seed: None, [0])
