"""A split keeps every class in its share, and groups together."""

import numpy as np
import pytest

from helpers.data import split
from helpers.data.classes import balanced_labels


@pytest.mark.parametrize(("n", "classes"), [(1, 2), (4, 4), (7, 3), (100, 7)])
def test_labels_are_dealt_out_evenly_and_mixed(n, classes):
    labels = balanced_labels(n, classes, np.random.default_rng(0))
    counts = np.bincount(labels, minlength=classes)
    assert labels.dtype == np.int64
    assert counts.max() - counts.min() <= 1, counts
    assert n < 7 or (np.diff(labels) < 0).sum() > n // classes, "the labels are in order"


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_each_class_gives_its_share_to_the_test_and_no_example_is_lost(share):
    labels = np.repeat([0, 1, 2], [100, 40, 10])
    train, test = split(labels, share, rng=0)
    assert sorted([*train, *test]) == list(range(150))
    assert np.bincount(labels[test]).tolist() == [100 * share, 40 * share, round(10 * share)]
    assert train.dtype == test.dtype == np.int64


def test_both_parts_of_a_sorted_set_come_mixed():
    labels = np.repeat([0, 1], 50)
    for part in split(labels, 0.5, rng=0):
        assert (np.diff(labels[part]) != 0).sum() > 10, "the part is sorted by class"


def test_groups_stay_together_and_their_choice_follows_the_seed():
    labels, groups = np.arange(200) % 2, np.arange(200) // 10
    chosen = set()
    for seed in range(5):
        train, test = split(labels, 0.25, groups, rng=seed)
        assert sorted([*train, *test]) == list(range(200))
        assert not set(groups[train]) & set(groups[test])
        assert len(test) == 50
        chosen.add(tuple(np.unique(groups[test])))
    assert len(chosen) == 5
    uneven = np.repeat([0, 1, 2, 3], [1, 1, 30, 168])
    assert all(len(split(labels, 0.1, uneven, rng=seed).test) >= 20 for seed in range(5)), "the test is below its share"


def test_the_same_seed_gives_the_same_split_and_the_global_generator_is_left_alone():
    labels, before = np.arange(60) % 3, np.random.get_state()[1].copy()  # noqa: NPY002
    first, again, other = split(labels, rng=3), split(labels, rng=np.random.default_rng(3)), split(labels, rng=4)
    np.testing.assert_array_equal(first.test, again.test)
    np.testing.assert_array_equal(first.train, again.train)
    assert not np.array_equal(first.test, other.test)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


BAD = {
    "labels are floats": (dict(labels=[0.0, 1.0]), TypeError, "labels must hold integers, got dtype float64"),
    "labels of different lengths": (dict(labels=[[0, 1], [2]]), ValueError, "labels must be a rectangular array"),
    "labels are one-hot": (dict(labels=[[0, 1]]), ValueError, r"labels must have shape \(N,\), got \(1, 2\)"),
    "no share": (dict(labels=[0, 0], share=0), ValueError, "share must be above 0 and below 1, got 0"),
    "all": (dict(labels=[0, 0], share=1.0), ValueError, "share must be above 0 and below 1, got 1.0"),
    "a number of examples": (dict(labels=[0, 0], share=True), TypeError, "share must be"),
    "too few": (dict(labels=[0] * 8 + [1], share=0.25), ValueError, "leaves no example of class 1 for the test"),
    "one group": (
        dict(labels=[0, 1], groups=[0, 0]),
        ValueError,
        "share=0.25 leaves no example of class 0 for the training",
    ),
    "groups that are classes": (dict(labels=[0, 1], groups=[0, 1]), ValueError, "leaves no example of class"),
    "too few groups": (
        dict(labels=[0, 1], groups=[0]),
        ValueError,
        r"groups must have the labels' shape \(2,\), got \(1,\)",
    ),
    "names of groups": (dict(labels=[0, 1], groups=["a", "b"]), TypeError, "groups must hold integers"),
    "a bad seed": (dict(labels=[0, 1], rng=1.5), TypeError, "rng must be"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_argument_is_named(case):
    arguments, error, message = BAD[case]
    with pytest.raises(error, match=f"split: .*{message}"):
        split(**{"rng": 0} | arguments)
