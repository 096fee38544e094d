"""Pooling over time: shares add up, padding counts for nothing where lengths are given, lesson 09 says what is so."""

import numpy as np
import pytest

from helpers import data
from helpers.experiments import languages
from helpers.experiments.time_pooling import KINDS, WORDS, State, compute, describe, shares, spread, through_pyramid


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_shares_add_up_and_padding_has_none_where_lengths_are_given(kind, masked):
    for word in WORDS:
        found = compute(State(kind=kind, masked=masked, word=word, padding=3))
        for row in (found.output, found.at_state, found.at_letter):
            assert row.shape == (len(word) + 3,) and row.sum() == pytest.approx(1) and (row >= 0).all()
            assert not masked or not row[len(word) :].any()
        assert (found.change < 1e-12) == masked


def test_the_word_alone_is_the_word_without_padding():
    assert compute(State(masked=False, padding=0)).change < 1e-12


def test_without_lengths_padding_draws_all_attention_and_dilutes_the_mean():
    found = compute(State(kind="attention", masked=False))
    assert found.output[len(found.state.word) :].sum() > 0.9
    np.testing.assert_allclose(compute(State(kind="mean", masked=False, padding=8)).output, 1 / 16)
    assert "not the vector of the word alone" in describe(found)[0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("last", [0, 0, 0, 1]),
        ("mean", [0.25] * 4),
        ("max", [0, 0, 1, 0]),
        ("lp", [1 / 14, 4 / 14, 9 / 14, 0]),
        ("kmax", [0.5, 0, 0.5, 0]),
    ],
)
def test_shares_by_hand(kind, expected):
    pool = languages.new_pool(kind, 1)
    pool(np.array([1.0, -2, 3, 0]).reshape(1, 4, 1))
    np.testing.assert_allclose(shares(pool), expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_gradient_vanishes_from_the_last_state_alone(seed):
    first = {kind: spread(kind, seed).at_input[0] for kind in KINDS}
    last = first.pop("last")
    assert last < 1e-8 and min(first.values()) > 0.05
    assert first["sum"] == pytest.approx(30 * first["mean"])
    assert spread("last", seed).at_state[:-1].max() == 0


def test_the_larger_the_stride_of_a_pyramid_the_more_gradient_reaches_the_first_input():
    first = [np.median([through_pyramid(stride, seed) for seed in range(5)]) for stride in (1, 2, 3, 5, 10)]
    assert (np.diff(first) > 0).all()
    assert first[1] > 1e3 * first[0] and first[-1] > 1e6 * first[0]


@pytest.mark.parametrize("bad", [{"kind": "first"}, {"word": "x"}, {"padding": 9}, {"step": 12}, {"masked": 1}])
def test_a_state_refuses_what_it_cannot_show(bad):
    with pytest.raises((ValueError, TypeError), match="time_pooling: "):
        State(**bad)


# --- the race --------------------------------------------------------------------------------------------------------


def test_a_word_alone_scores_as_in_a_padded_batch_and_not_without_lengths():
    given = languages.task()
    batch, lengths = given.letters.encode(["wij", "gefunden"])
    for kind in languages.KINDS:
        model = languages.new_model(kind, len(given.letters), 7, seed=0)
        alone = model(batch[:1, :3], lengths[:1])[0]
        np.testing.assert_allclose(model(batch, lengths)[0], alone, rtol=0, atol=1e-12)
        assert abs(model(batch)[0] - alone).max() > 0.01, kind


def test_training_begins_as_the_stored_run_did():
    _, history = languages.run("last", 0, epochs=1)
    stored = languages.stored_accuracy()[0, 0, :2]
    np.testing.assert_allclose(history.measures["validation accuracy"], stored, atol=0.02)


def test_no_kind_wins_and_the_max_and_the_norm_are_behind():
    stored = languages.stored_accuracy()
    assert stored.shape == (len(languages.KINDS), len(languages.SEEDS), languages.EPOCHS + 1)
    median = dict(zip(languages.KINDS, np.median(stored[:, :, -1], axis=1), strict=True))
    ahead = [median[kind] for kind in ("last", "sum", "attention", "bidirectional last")]
    assert max(ahead) - min(ahead) < 0.03
    assert max(median[kind] for kind in ("max", "lp", "kmax")) < min(ahead)
    assert max(ahead) < languages.table_accuracy() == pytest.approx(0.73, abs=0.005)
    spread_of = dict(zip(languages.KINDS, np.ptp(stored[:, :, -1], axis=1), strict=True))
    assert max(spread_of, key=spread_of.get) == "mean"
    assert max(median[kind] for kind in ("max", "lp", "kmax")) < median["mean"] < min(ahead)


def test_the_split_is_balanced_and_no_test_word_is_learned():
    given = languages.task()
    assert np.ptp(np.bincount(given.test[2])) == 0 and len(given.test[2]) == len(data.words().words) // 4
    train, test = ({tuple(row) for row in part[0].tolist()} for part in (given.train, given.test))
    assert not {row for row in test if 1 not in row} & train
