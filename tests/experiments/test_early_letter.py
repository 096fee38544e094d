"""An early letter decides: the tasks are what they say, and lesson 09 says what the runs have shown."""

import numpy as np
import pytest

from helpers.experiments import early_letter
from helpers.experiments.early_letter import KINDS, LENGTHS, MARKS, SEEDS, TASKS, examples


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("task", TASKS)
def test_marks_stand_where_the_task_says_and_the_label_follows_from_them(task, length):
    x, labels = examples(task, 200, length, 0)
    letters = x.argmax(axis=2)  # (N, T)
    places = [length // 5] + [length - 1 - length // 5] * (task != "one")
    assert x.shape == (200, length, 8) and (x.sum(axis=2) == 1).all()
    np.testing.assert_array_equal(np.flatnonzero((letters < MARKS).any(axis=0)), places)
    assert (letters[:, places] < MARKS).all()
    early, late = letters[:, places[0]], letters[:, places[-1]]
    np.testing.assert_array_equal(labels, early == late if task == "same" else early)
    assert 0.4 < labels.mean() < 0.6


def test_the_late_letter_alone_says_nothing():
    x, labels = examples("first of two", 2000, 25, 0)
    late = x.argmax(axis=2)[:, -6]
    assert abs(np.mean(late == labels) - 0.5) < 0.05


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="early_letter: task must be one of"):
        examples("last", 1, 10, 0)


def test_training_begins_and_ends_as_the_stored_run_did():
    history = early_letter.run("one", "max", 10, 0)
    stored = early_letter.stored_race().accuracy[TASKS.index("one"), KINDS.index("max"), LENGTHS.index(10), 0]
    assert history.measures["validation accuracy"][0] < 0.7 and stored == 1
    assert history.measures["validation accuracy"][-1] == pytest.approx(stored, abs=0.02)


def test_the_last_state_loses_with_length_and_pooling_over_all_steps_does_not():
    race = early_letter.stored_race()
    assert race.accuracy.shape == (len(TASKS), len(KINDS), len(LENGTHS), len(SEEDS))
    last, *others = range(len(KINDS))
    assert (np.diff(race.solved[:, last]) <= 0).all() and (race.solved[:, last, 0] > race.solved[:, last, -1]).all()
    assert race.solved[TASKS.index("first of two"), last, -1] == 0
    assert (race.solved[:2, others] == len(SEEDS)).all()


def test_of_all_kinds_the_max_alone_always_knows_whether_two_letters_are_the_same():
    solved = dict(zip(KINDS, early_letter.stored_race().solved[TASKS.index("same")], strict=True))
    assert (solved.pop("max") == len(SEEDS)).all()
    assert all(counts[-1] == 0 for counts in solved.values())
    assert solved["mean"].tolist() == [3, 0, 0] and solved["attention"].tolist() == [5, 1, 0]


def test_the_max_of_single_letters_tells_same_from_different_and_their_mean_is_halfway():
    x, same = examples("same", 200, 10, 0)
    marks = x[..., :MARKS]
    np.testing.assert_array_equal(marks.max(axis=1).sum(axis=1) == 1, same)
    halfway = np.full(MARKS, 1 / 10)  # of two A, (2/10, 0), and two B, (0, 2/10)
    np.testing.assert_array_equal((marks.mean(axis=1) == halfway).all(axis=1), same == 0)
