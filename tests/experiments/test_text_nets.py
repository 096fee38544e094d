"""Seven models on four tasks of sentences: fair parts, equal sizes, no padding wins, and what the record says."""

import numpy as np
import pytest

from helpers import data
from helpers.experiments import text_nets, text_probes, text_record, text_tasks
from helpers.experiments.text_nets import BUDGET, LRS, MODELS, SEEDS, TextCNN, new_model, reading_parameters, trained
from helpers.experiments.text_tasks import DISTANCE, LEAD, TASKS, families, task
from helpers.gradcheck import gradcheck

NETS = MODELS[1:]


@pytest.fixture(scope="module")
def found():
    return text_record.record()


def cells(table):
    """The head and the rows of a Markdown table."""
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines())
    return [head, *rows]


# --- tasks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TASKS)
def test_every_part_of_a_task_has_all_classes_in_near_equal_shares(name):
    for part in task(name)[:3]:
        share = np.bincount(part.labels) / len(part.labels)
        assert len(share) == len(task(name).classes)
        assert abs(share * len(share) - 1).max() < 0.2, share


@pytest.mark.parametrize("name", TASKS)
def test_the_parts_are_a_test_of_a_quarter_a_validation_of_a_fifth_and_the_rest(name):
    sizes = np.array([len(part.labels) for part in task(name)[:3]])
    np.testing.assert_allclose(sizes / sizes.sum(), [0.55, 0.2, 0.25], atol=0.005)


def test_no_bag_of_words_of_the_negations_stands_in_two_parts_and_each_has_both_classes():
    bags = [{tuple(np.sort(row)) for row in part.indices} for part in task("negation")[:3]]
    assert not (bags[0] & bags[1] or bags[0] & bags[2] or bags[1] & bags[2])
    for part, distinct in zip(task("negation")[:3], bags, strict=True):
        assert 2 * len(distinct) == len(part.labels) == 2 * part.labels.sum()


def test_kin_of_kin_are_one_family():
    texts = [text.split() for text in ("a b c d", "a b c e", "a b f e", "x y", "y x x", "p")]
    assert families(texts).tolist() == [0, 0, 0, 3, 3, 5]


def test_no_sentence_of_real_text_has_kin_in_another_part():
    sentences, labels, _ = data.docstrings()
    words = [set(data.tokenize(sentence)) for sentence in sentences]
    kinship = families([sorted(one) for one in words])
    train, validation, test = text_tasks._parts(labels, kinship)
    assert not (set(kinship[train]) & set(kinship[test]) or set(kinship[validation]) & set(kinship[test]))
    assert sorted((*train, *validation, *test)) == list(range(2400))
    for i in test[:40]:
        kin = max(len(words[i] & words[j]) / len(words[i] | words[j]) for j in (*train, *validation))
        assert kin < text_tasks.TWINS, sentences[i]


def test_the_vocabulary_of_real_text_is_that_of_the_training_alone():
    given = task("real text")
    seen = np.bincount(given.train.indices.ravel(), minlength=len(given.vocabulary))
    assert seen[2:].min() == text_tasks.RAREST and seen[1] > 0
    assert (given.test.indices == 1).sum() / given.test.lengths.sum() > seen[1] / given.train.lengths.sum()


# --- models ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_sentence_gives_what_it_gives_alone_however_it_is_padded(name):
    part = task("real text").test
    model = trained("real text", name)
    order = np.argsort(part.lengths)[[0, 100, -1]]  # of 4 words and more
    together = model(np.pad(part.indices[order], ((0, 0), (0, 5))), part.lengths[order])
    for row, i in zip(together, order, strict=True):
        alone = model(part.indices[[i], : part.lengths[i]], part.lengths[[i]])
        np.testing.assert_allclose(row, alone[0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_every_net_reads_with_nearly_as_many_parameters(name):
    for task_name in TASKS:
        assert 0.9 * BUDGET < reading_parameters(new_model(task_name, name, 0)) <= BUDGET


def test_the_gradient_of_the_cnn_is_right():
    model = TextCNN(6, 3, 2, rng=0)
    assert gradcheck(model, np.array([[1, 2, 3, 4], [5, 4, 2, 2]])).largest < 1e-7


def test_a_text_cnn_takes_a_sentence_shorter_than_its_windows():
    assert TextCNN(6, 3, 2, rng=0)([[4]]).shape == (1, 2)


@pytest.mark.parametrize("name", NETS)
def test_influence_is_the_norm_of_the_gradient_by_differences_and_leaves_the_model_alone(name):
    model, words = new_model("negation", name, 0), np.array([2, 3, 4, 5])
    before = model(words[None])
    found = text_probes.influence(model, words, label=1)
    table, slopes = model.embedding.weight.data, np.zeros((4, text_nets.WORD))
    for step, at in np.ndindex(slopes.shape):
        ends, own = [], table[words[step], at]
        for nudge in (1e-6, -1e-6):
            table[words[step], at] = own + nudge
            ends.append(model(words[None])[0, 1])
        table[words[step], at] = own
        slopes[step, at] = (ends[0] - ends[1]) / 2e-6
    np.testing.assert_allclose(found, np.linalg.norm(slopes, axis=1), atol=1e-7)
    np.testing.assert_allclose(model(words[None]), before, atol=1e-12)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("name", text_nets.GATED)
def test_a_gate_that_keeps_starts_as_it_is_asked(name):
    def kept(carry):
        net = new_model("keyword", name, 0, carry).recurrent
        gate = slice(net.hidden_size, 2 * net.hidden_size)
        return net.bias_ih_l0.data[gate] + net.bias_hh_l0.data[gate]

    for carry in (1.0, text_nets.CARRY):
        assert (kept(carry) == carry).all()
    assert abs(kept(None)).max() < 1 and kept(None).std() > 0


@pytest.mark.parametrize("name", ["lstm", "", "RNN, mean"])
def test_an_unknown_model_is_refused_by_name(name):
    with pytest.raises(ValueError, match="new_model: name must be one of"):
        new_model("negation", name, 0)


# --- the record ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task_name", "name", "lr", "seed", "tolerance"),
    [
        ("real text", "TF-IDF", 0.01, 1, 0.005),
        ("negation", "CNN", 0.003, 2, 0.01),
        ("keyword", "RNN, max", 0.01, 3, 0.01),
        ("real text", "CNN", 0.003, 4, 0.03),
        ("negation", "GRU", 0.01, 0, 0.02),
    ],
)
def test_training_again_gives_what_is_stored(task_name, name, lr, seed, tolerance):
    stored = data.stored("text.npz")
    at = TASKS.index(task_name), MODELS.index(name), LRS.index(lr), seed
    _, history = text_nets.run(task_name, name, seed, lr)
    for part in ("validation", "test"):
        assert history.measures[f"{part} accuracy"][-1] == pytest.approx(stored[part][at], abs=tolerance)


@pytest.mark.parametrize("task_name", TASKS)
def test_the_stored_weights_are_those_of_seed_0_at_the_chosen_rate(found, task_name):
    indices, lengths, labels = task(task_name).test
    for name in MODELS:
        right = np.mean(trained(task_name, name)(indices, lengths).argmax(axis=1) == labels)
        assert right == pytest.approx(found.of(task_name, name)[0], abs=0.006), f"{name}: float16 changes too much"


def test_the_learning_rate_is_chosen_by_the_validation_part_alone(monkeypatch, found):
    stored = data.stored("text.npz")
    shape = len(TASKS), len(MODELS), len(LRS), len(SEEDS)
    assert stored["validation"].shape == stored["test"].shape == stored["seconds"].shape == shape
    monkeypatch.setattr(data, "stored", lambda name: stored | {"test": 1 - stored["test"]})
    again = text_record.record()
    np.testing.assert_array_equal(again.lr, found.lr)
    np.testing.assert_allclose(again.accuracy, 1 - found.accuracy, atol=1e-6)


def test_of_two_rates_that_do_equally_well_the_smaller_is_chosen():
    assert text_record.chosen(np.array([[0.5, 0.5], [0.4, 0.8], [0.6, 0.6], [0.0, 1.0]])) == 1


# --- what the lesson says --------------------------------------------------------------------------------------------


def test_tf_idf_is_right_about_exactly_half_of_the_negations_whatever_it_has_learned(found):
    part = task("negation").test
    for model in (trained("negation", "TF-IDF"), new_model("negation", "TF-IDF", 7)):
        assert np.mean(model(part.indices).argmax(axis=1) == part.labels) == 0.5
    assert (found.of("negation", "TF-IDF") == 0.5).all()


def test_a_keyword_is_found_by_all_but_the_rnn_that_must_carry_it_to_the_end(found):
    for name in MODELS:
        if name != "RNN":
            assert found.of("keyword", name).min() > 0.97, name
    assert found.of("keyword", "RNN").min() < 0.8


def test_the_rnn_that_misses_keywords_begins_deaf_to_early_words_and_a_max_over_time_or_gates_make_it_hear():
    first, last = {}, {}
    for name in NETS:
        influences = text_probes.reach(name, n=5)
        first[name], last[name] = influences[:5].mean(), influences[-5:].mean()
    assert first["RNN"] < 1e-6 * last["RNN"]
    for name in ("LSTM", "GRU"):
        assert 0.01 * last[name] < first[name] < 0.3 * last[name], name
    for name in ("CNN", "RNN, max", "LSTM, max"):
        assert first[name] > 0.5 * last[name], name


def test_windows_and_gates_solve_negation_in_every_seed(found):
    for name in ("CNN", "LSTM", "GRU", "RNN, max", "LSTM, max"):
        assert found.of("negation", name).min() > 0.97, name


def test_only_gates_carry_the_first_noun_to_the_last_state(found):
    assert max(found.of("long range", name).max() for name in ("TF-IDF", "RNN")) < 0.6
    assert found.of("long range", "LSTM").min() > 0.97
    assert found.of("long range", "CNN").max() < found.of("long range", "LSTM").min() - 0.1


def test_the_long_range_is_won_by_gates_that_start_open():
    found = text_record.starts()
    assert found["LSTM"][None].max() < 0.6 and min(found[net][text_nets.CARRY].min() for net in found) > 0.97
    _, *rows = cells(text_record.starts_compared())
    for row, (net, by_start) in zip(rows, found.items(), strict=True):
        wanted = [text_record.spread(by_start[start]) for start in (*text_nets.STARTS, text_nets.CARRY)]
        assert row == [net, *wanted]


def test_on_real_text_words_alone_are_best_and_the_last_state_of_an_rnn_is_worst(found):
    real = {name: found.of("real text", name) for name in MODELS}
    for name in NETS:
        assert np.median(real["TF-IDF"]) > np.median(real[name]), name
        assert name == "RNN" or real[name].min() > real["RNN"].max(), name


def test_smaller_vectors_at_the_start_shrink_them_and_nothing_else():
    for name in NETS:
        usual, small = (new_model("real text", name, 3, size=size).state_dict() for size in (1.0, text_nets.SMALL))
        for key, values in usual.items():
            factor = text_nets.SMALL if key == "embedding.weight" else 1.0
            np.testing.assert_allclose(small[key], factor * values, rtol=1e-6, err_msg=f"{name}: {key}")


def test_smaller_vectors_at_the_start_lift_every_net_on_real_text_by_the_validation_part(found):
    by_part = text_record.vectors()
    usual, small = (np.mean(by_part["validation", size][-len(NETS) :], axis=1) for size in (1.0, text_nets.SMALL))
    assert (small > usual).all(), dict(zip(NETS, small - usual, strict=True))
    np.testing.assert_array_equal(by_part["test", 1.0], [found.of("real text", name) for name in MODELS])
    head, *rows = cells(text_record.vectors_compared())
    assert head == ["model", "validation, from 1", "validation, from 0.1", "test, from 1", "test, from 0.1"]
    assert rows[0][2] == rows[0][4] == "", "TF-IDF has no vectors"
    for i, (row, name) in enumerate(zip(rows[1:], NETS, strict=True), start=-len(NETS)):
        assert row == [name, *(text_record.spread(accuracies[i]) for accuracies in by_part.values())]


def test_from_smaller_vectors_the_cnn_draws_level_with_tf_idf_on_the_test_and_not_on_the_validation_part():
    by_part, cnn = text_record.vectors(), NETS.index("CNN")
    lead = {
        part: np.median(by_part[part, text_nets.SMALL][cnn]) - np.median(by_part[part, 1.0][0])
        for part in ("validation", "test")
    }
    assert lead["validation"] < -0.01 and abs(lead["test"]) < 0.02, lead


def test_a_pair_of_negations_has_the_same_scores_by_tf_idf_and_opposite_classes_by_the_nets():
    made, names = data.negation(6, text_tasks.FILLER, rng=1000), ("TF-IDF", "CNN", "LSTM")
    for group in range(3):
        pair = np.flatnonzero(made.groups == group)
        first, second = (sorted(made.tokens[i]) for i in pair)
        assert first == second and made.tokens[pair[0]] != made.tokens[pair[1]]
        scores = {name: trained("negation", name)(made.indices[pair], made.lengths[pair]) for name in names}
        np.testing.assert_allclose(*scores["TF-IDF"], rtol=0, atol=1e-12)
        for name in names[1:]:
            assert scores[name].argmax(axis=1).tolist() == made.labels[pair].tolist(), name


def test_windows_know_more_of_the_first_noun_the_wider_they_are():
    known = [text_probes.window_answers(width) for width in (1, 2, 3, DISTANCE + LEAD + 1)]
    assert known[0] == pytest.approx(text_record.BAG, abs=0.02), "one word: a bag"
    assert known[0] + 0.1 < known[1] < known[2] - 0.05 and known[3] == 1.0


def test_the_cnn_is_sure_where_a_window_shows_the_beginning_and_the_lstm_everywhere():
    windows, state = (text_probes.accuracy_by_lead(name) for name in ("CNN", "LSTM"))
    assert len(windows) == LEAD + 1 and state.min() > 0.97
    assert windows[:2].min() > 0.97 and windows[2:].max() < 0.8


def test_the_comparison_has_a_row_a_model_and_says_what_the_record_says(found):
    head, *rows = cells(text_record.comparison())
    assert [row[0] for row in rows] == list(MODELS)
    first = dict(zip(head, rows[0], strict=True))
    assert first["negation"] == "50% (50 to 50)" and first["time"] == "1x"
    for row, name in zip(rows, MODELS, strict=True):
        assert row[1:5] == [text_record.spread(found.of(task_name, name)) for task_name in TASKS]


def test_the_choice_is_the_fastest_of_those_that_reach_the_best(found):
    for choice in text_record.choices():
        at = TASKS.index(choice.task)
        medians = dict(zip(MODELS, np.median(found.accuracy[at], axis=1), strict=True))
        assert medians[choice.best] == max(medians.values())
        floor = found.of(choice.task, choice.best).min() - text_record.CLOSE
        assert choice.equal == tuple(name for name in MODELS if medians[name] >= floor)
        seconds = dict(zip(MODELS, found.seconds[at], strict=True))
        assert seconds[choice.fastest] == min(seconds[name] for name in choice.equal)
        assert not set(choice.equal) & set(choice.fail)


def test_a_bag_of_words_fails_where_order_matters_and_is_the_choice_where_it_does_not():
    by_task = {choice.task: choice for choice in text_record.choices()}
    for task_name in ("keyword", "real text"):
        assert by_task[task_name].fastest == "TF-IDF" and not by_task[task_name].fail
    for task_name in ("negation", "long range"):
        assert by_task[task_name].fail == ("TF-IDF", "RNN")
