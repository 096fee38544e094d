"""Taking a reading apart: parts are what they are said to be, and a trained model stays as it was."""

import numpy as np
import pytest

from helpers.experiments.reading import (
    EXAMPLES,
    MEASURES,
    MODELS,
    ORDERS,
    PLACES,
    TASKS,
    State,
    compute,
    describe,
    examples,
)
from helpers.experiments.text_nets import trained
from helpers.experiments.text_tasks import task

NETS = [name for name in MODELS if name != "TF-IDF"]
DISTINCT = "the film was not funny but boring"


def scores(state, words):
    indices, lengths = task(state.task).vocabulary.encode([words])
    return trained(state.task, state.model)(indices, lengths)[0]


def lead(state, words, found):
    return np.subtract(*scores(state, words)[[found.winner, found.second]])


@pytest.mark.parametrize("model", MODELS)
def test_the_answer_after_each_word_is_that_of_the_sentence_up_to_it(model):
    state = State(model=model)
    found = compute(state)
    for number, chances in enumerate(found.after, 1):
        e = np.exp(scores(state, found.words[:number]))
        np.testing.assert_allclose(chances, e / e.sum(), rtol=0, atol=1e-12)
    assert found.after[-1].argmax() == found.winner and found.lead == pytest.approx(lead(state, found.words, found))


@pytest.mark.parametrize("model", MODELS)
def test_a_part_of_leaving_out_is_what_the_lead_loses_without_the_word(model):
    state = State(model=model, own=DISTINCT, measure=MEASURES[1])
    found, words = compute(state), DISTINCT.split()
    for number, part in enumerate(found.parts):
        without = lead(state, words[:number] + words[number + 1 :], found)
        assert part == pytest.approx(found.lead - without, abs=1e-10)


@pytest.mark.parametrize("model", NETS)
def test_a_part_of_a_net_is_the_slope_of_the_lead_along_the_word_s_vector(model):
    state = State(model=model, own=DISTINCT)
    found, rows = compute(state), trained(state.task, model).embedding.weight.data
    for word, part in zip(found.words, found.parts, strict=True):
        (row,) = task(state.task).vocabulary.encode([[word]]).indices[0]
        before, leads = rows[row].copy(), []
        for factor in (1 + 1e-6, 1 - 1e-6):
            rows[row] = before * factor
            leads.append(lead(state, found.words, found))
        rows[row] = before
        assert part == pytest.approx((leads[0] - leads[1]) / 2e-6, abs=1e-6)


@pytest.mark.parametrize("name", TASKS)
def test_parts_of_tf_idf_and_biases_are_the_lead_whatever_the_order(name):
    written, turned, sorted_ = (compute(State(task=name, model="TF-IDF", order=order)) for order in ORDERS)
    bias = np.subtract(*trained(name, "TF-IDF").head.bias.data[[written.winner, written.second]])
    assert written.parts.sum() + bias == pytest.approx(written.lead)
    np.testing.assert_array_equal(written.parts, turned.parts[::-1])
    assert written.lead == turned.lead == sorted_.lead


def test_both_sentences_of_a_pair_stand_side_by_side_and_tf_idf_cannot_tell_them_apart():
    sentences = examples("negation")
    for first in range(0, EXAMPLES, 2):
        pair = sentences[first : first + 2]
        assert sorted(pair[0].words) == sorted(pair[1].words) and pair[0].label != pair[1].label
        one, other = (compute(State(model="TF-IDF", example=k)) for k in (first, first + 1))
        assert (one.winner, one.lead) == (other.winner, other.lead)


def test_equal_words_have_parts_of_their_own_in_a_net_and_share_one_in_a_bag():
    own = "not good but good"
    good, again = compute(State(model="GRU", own=own)).parts[[1, 3]]
    assert good != again
    good, again = compute(State(model="TF-IDF", own=own)).parts[[1, 3]]
    assert good == again


@pytest.mark.parametrize("example", range(EXAMPLES))
def test_the_strongest_window_of_the_cnn_holds_a_word_of_the_negation_and_it_is_right(example):
    found = compute(State(example=example))
    begin, width, part = found.windows[0]
    assert abs(part) == 1 and {"not", "but", "and"} & {*found.words[begin : begin + width]}
    assert found.winner == examples("negation")[example].label


def test_windows_are_those_that_won_and_none_hangs_over_the_sentence():
    for own in ("good", "not good", DISTINCT):
        found = compute(State(own=own))
        cnn = trained("negation", "CNN")
        assert 0 < len(found.windows) <= 6
        widest = max(conv.kernel_size[0] for conv in cnn.convs)
        for begin, width, _ in found.windows:
            assert begin >= 0 and 1 <= width <= widest and begin + width <= len(found.words)
    assert not compute(State(model="GRU")).windows


@pytest.mark.parametrize("model", MODELS)
def test_a_reading_leaves_the_trained_model_as_it_was(model):
    before = trained("negation", model).state_dict()
    compute(State(model=model))
    assert all(np.array_equal(before[name], now) for name, now in trained("negation", model).state_dict().items())
    assert all(parameter.grad is None for parameter in trained("negation", model).parameters())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"own": "A, b!"}, "a b"),
        ({"own": "a b c d", "more": 2}, "a b c d today here"),
        ({"own": "a b c d", "more": 1, "place": PLACES[1]}, "a b today c d"),
        ({"own": "a b", "more": 1, "place": PLACES[2]}, "today a b"),
        ({"own": "b c a", "order": ORDERS[1]}, "a c b"),
        ({"own": "b c a", "order": ORDERS[2]}, "a b c"),
        ({"own": "array", "more": 1, "task": "real text"}, "array the"),
        ({"own": "   "}, " ".join(examples("negation")[0].words)),
    ],
)
def test_the_controls_make_the_sentence(change, words):
    assert " ".join(State(**change).words) == words


@pytest.mark.parametrize(
    "bad",
    [
        {"task": "poems"},
        {"model": "SVM"},
        {"order": "random"},
        {"place": "behind"},
        {"measure": "guess"},
        {"example": EXAMPLES},
        {"more": 17},
        {"own": "12 !"},
        {"own": "word " * 37},
    ],
)
def test_a_state_refuses_what_it_cannot_read(bad):
    with pytest.raises(ValueError, match="reading: "):
        State(**bad)


@pytest.mark.parametrize("own", [None, b"good", ["good"]], ids=repr)
def test_own_words_are_one_string(own):
    with pytest.raises(TypeError, match="reading: own must be a sentence, a str, got"):
        State(own=own)


def test_examples_of_the_real_text_are_test_sentences_with_their_own_words():
    given = task("real text")
    rows = {tuple(row) for row in given.test.indices.tolist()}
    for words, label in examples("real text"):
        (row,), (length,) = given.vocabulary.encode([words])
        assert (*row.tolist(), *[0] * (given.test.indices.shape[1] - length)) in rows and "<unknown>" not in words
        assert 0 <= label < len(given.classes)


@pytest.mark.parametrize("name", TASKS)
def test_the_text_names_the_right_class_where_it_is_known(name):
    label = task(name).classes[examples(name)[1].label]
    assert f"right is {label}" in describe(compute(State(task=name, example=1)))[0]
    assert "right is" not in describe(compute(State(task=name, example=1, more=1)))[0]


def test_the_text_says_what_bars_are_not_and_which_words_are_unknown():
    assert "order of the words" in describe(compute(State(model="TF-IDF")))[1]
    assert "not what the word is worth" in describe(compute(State(model="LSTM")))[1]
    assert "counted twice" in describe(compute(State(model="LSTM", measure=MEASURES[1])))[1]
    assert describe(compute(State(own="a zebra is good")))[-1] == "not in the vocabulary: a, zebra, is"


# --- what the lesson's answers to the lab say ------------------------------------------------------------------------


def right(model, name, **changes):
    """How many examples a model names right."""
    found = [compute(State(task=name, model=model, example=k, **changes)).winner for k in range(EXAMPLES)]
    return sum(winner == label for winner, (_, label) in zip(found, examples(name), strict=True))


def test_the_cnn_is_sure_of_words_out_of_order_and_tf_idf_does_not_care():
    cnn = [compute(State(order=order)).after[-1, 1] for order in ORDERS]
    assert cnn[0] < 0.01 and cnn[1:] == pytest.approx([0.96, 0.82], abs=0.01)
    bag = [compute(State(model="TF-IDF", order=order)).after[-1, 1] for order in ORDERS]
    assert bag == pytest.approx([0.51] * 3, abs=0.005)


def test_a_sure_lstm_has_no_slope_at_the_word_that_decides_but_loses_all_without_it():
    found, left_out = (compute(State(model="LSTM", measure=measure)) for measure in MEASURES)
    at = found.words.index("not")
    assert abs(found.parts).max() < 0.2 and left_out.parts.argmax() == at
    assert left_out.parts[at] == pytest.approx(14, abs=0.5) and left_out.parts[at] > found.lead
    chance = found.after[:, 0]
    assert chance[at - 1] < 0.05 and 0.5 < chance[at] < 0.7 and chance[at + 1] > 0.985
    assert compute(State(model="LSTM", more=16)).after[-1, 0] > 0.99


def test_words_in_front_mislead_the_cnn_at_long_range_and_not_the_gru():
    cnn, gru = ([right(model, "long range", more=16, place=place) for place in PLACES[::2]] for model in ("CNN", "GRU"))
    assert cnn == [7, 4] and gru == [8, 8]
