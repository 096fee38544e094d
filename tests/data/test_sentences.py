"""Made-up sentences have the one clue that they promise, and no other."""

import numpy as np
import pytest

from helpers.data import keyword, long_range, negation, one_hot, split
from helpers.data.sentences import BAD, GOOD, NEUTRAL, NOUNS, TOPICS

TASKS = {"keyword": keyword, "negation": negation, "long_range": long_range}
NUMBER = {word: number for pair in NOUNS for number, word in enumerate(pair)}


def bags(task):
    return one_hot(task.indices, len(task.vocabulary), padding_idx=0).sum(axis=1)


@pytest.mark.parametrize("name", TASKS)
def test_words_numbers_and_lengths_agree(name):
    task = TASKS[name](60, rng=0)
    assert len(task.tokens) == len(task.labels) == len(task.groups) == 60
    assert task.indices.shape == (60, max(task.lengths))
    for words, row, length in zip(task.tokens, task.indices, task.lengths, strict=True):
        assert len(words) == length
        assert task.vocabulary.decode(row) == list(words)
        assert (row[length:] == 0).all()
    assert not (task.indices == 1).any(), "a word is unknown"


@pytest.mark.parametrize("name", TASKS)
def test_classes_are_balanced_and_mixed(name):
    task = TASKS[name](120, rng=0)
    counts = np.bincount(task.labels, minlength=len(task.classes))
    assert counts.tolist() == [120 // len(task.classes)] * len(task.classes)
    assert (np.diff(task.labels) < 0).sum() > 15, "the labels are in order"


@pytest.mark.parametrize("name", TASKS)
def test_the_vocabulary_does_not_depend_on_what_was_drawn(name):
    few, many = TASKS[name](2, rng=0), TASKS[name](600, rng=1)
    assert few.vocabulary.tokens == many.vocabulary.tokens
    assert {word for words in many.tokens for word in words} == set(many.vocabulary.tokens[2:])


# --- keyword ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 7, 10])
def test_one_keyword_of_the_topic_stands_anywhere_in_neutral_words(length):
    task = keyword(300, length, rng=0)
    places = []
    for words, label in zip(task.tokens, task.labels, strict=True):
        (place,) = (i for i, word in enumerate(words) if word not in NEUTRAL)
        assert words[place] in TOPICS[task.classes[label]]
        places.append(place)
    assert set(places) == set(range(length))
    assert (task.lengths.min(), task.lengths.max()) == ((length + 1) // 2, length)


# --- negation --------------------------------------------------------------------------------------------------------


def pairs(task):
    return [np.flatnonzero(task.groups == group) for group in np.unique(task.groups)]


@pytest.mark.parametrize("filler", [0, 1, 6])
def test_a_pair_has_equal_bags_of_words_and_different_labels(filler):
    task = negation(80, filler, rng=0)
    assert len(pairs(task)) == 40
    for one, other in pairs(task):
        assert sorted(task.tokens[one]) == sorted(task.tokens[other])
        assert task.tokens[one] != task.tokens[other]
        assert {task.labels[one], task.labels[other]} == {0, 1}
    assert (task.lengths == 3 + 4 + filler).all()


def test_no_bag_of_words_can_beat_guessing_on_negation():
    task = negation(200, rng=0)
    counts = bags(task)
    scores = counts @ np.random.default_rng(1).standard_normal((counts.shape[1], 50))  # 50 random linear models
    guesses = scores > np.median(scores, axis=0)
    np.testing.assert_allclose((guesses == task.labels[:, None]).mean(axis=0), 0.5, atol=1e-12)


def test_the_word_behind_not_decides_and_the_last_adjective_does_not():
    task = negation(400, rng=0)
    denied, last = [], []
    for words in task.tokens:
        denied.append(words[words.index("not") + 1] in BAD)
        last.append([word for word in words if word in GOOD + BAD][-1] in GOOD)
    np.testing.assert_array_equal(denied, task.labels == 1)
    assert (np.array(last) == task.labels).mean() == 0.5


def test_negation_wants_whole_pairs_and_a_split_by_groups_keeps_them():
    with pytest.raises(ValueError, match="negation: n must be even, for the sentences come in pairs, got 7"):
        negation(7, rng=0)
    task = negation(80, rng=0)
    train, test = split(task.labels, 0.25, task.groups, rng=0)
    assert np.bincount(task.labels[test]).tolist() == [10, 10]
    assert not set(task.groups[train]) & set(task.groups[test])


# --- long range ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("distance", "lead"), [(1, 0), (2, 0), (12, 0), (9, 3)])
def test_the_first_noun_decides_at_the_distance_asked_for(distance, lead):
    task = long_range(200, distance, lead, rng=0)
    assert task.classes == ("singular", "plural")
    fronts = set()
    for words, label in zip(task.tokens, task.labels, strict=True):
        numbers = [NUMBER.get(word) for word in words]
        first = next(i for i, number in enumerate(numbers) if number is not None)
        assert numbers[first] == label
        assert len(words) - first - 1 == distance
        assert sum(number is not None for number in numbers) == 1 + distance // 2
        fronts.add(first)
    assert fronts == set(range(lead + 1))


def test_without_the_first_noun_nothing_tells_the_class():
    task = long_range(8000, 6, rng=0)
    later = np.array([sum(NUMBER.get(word, 0) for word in words[1:]) for words in task.tokens])
    for count in range(4):
        share = task.labels[later == count].mean()
        assert abs((later == count).mean() - 0.25) < 0.02, "plural nouns are not spread evenly"
        assert abs(share - 0.5) < 0.04, f"{count} later plural nouns tell the class: {share:.2f}"


@pytest.mark.parametrize(("distance", "stated"), [(12, 0.571), (6, 0.625)])
def test_a_bag_of_words_is_little_better_than_guessing_on_long_range(distance, stated):
    task = long_range(8000, distance, rng=0)
    plural = np.array([sum(NUMBER.get(word, 0) for word in words) for words in task.tokens])
    right = sum(np.bincount(task.labels[plural == count]).max() for count in np.unique(plural))
    assert round(0.5 + 0.5 / (distance // 2 + 1), 3) == stated
    assert abs(right / 8000 - stated) < 0.02
