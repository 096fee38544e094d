"""The small trained nets: their tasks, what is stored of them, and what the lessons say of their gates."""

import numpy as np
import pytest

from helpers import data, nn
from helpers.experiments import gates
from helpers.experiments.gates import Net, new_model, policy, run, set_forget_bias, streams, train, trained
from helpers.experiments.lstm import State, stream

CLEAR, FOUR, RECALL = Net("LSTM", "clear", 1), Net("LSTM", "clear", 4), Net("LSTM", "recall", 1)


@pytest.fixture(scope="module")
def policies():
    return {net: [policy(net, seed) for seed in gates.SEEDS] for net in (CLEAR, FOUR, RECALL)}


# --- tasks and nets --------------------------------------------------------------------------------------------------


def test_the_task_clear_is_the_memory_of_helpers_data_with_samples_first():
    drawn, known = streams("clear", 3, 20, rng=1), data.memory(3, 20, gates.WRITE, gates.CLEAR, rng=1)
    for name, other in (("x", known.x), ("target", known.target), ("writes", known.writes), ("thirds", known.resets)):
        np.testing.assert_array_equal(getattr(drawn, name), other.swapaxes(0, 1))


def test_the_task_recall_asks_for_the_last_written_number_where_the_third_input_is_1_and_nowhere_else():
    drawn = streams("recall", 5, 50, rng=2)
    np.testing.assert_array_equal(drawn.x[..., 2], drawn.thirds)
    held = 0.0
    for t in range(50):
        held = np.where(drawn.writes[:, t], drawn.x[:, t, 0], held)
        np.testing.assert_array_equal(drawn.target[:, t, 0], held * drawn.thirds[:, t])
    assert 0.1 < drawn.thirds.mean() < 0.3


def test_an_unknown_task_is_refused():
    with pytest.raises(ValueError, match="task must be one of"):
        streams("forget", 3, rng=0)


def test_the_forget_bias_is_the_sum_of_both_biases_and_leaves_the_other_gates_alone():
    lstm = nn.LSTM(2, 3, rng=0)
    before = lstm.bias_ih_l0.data + lstm.bias_hh_l0.data
    set_forget_bias(lstm, 2.0)
    both = lstm.bias_ih_l0.data + lstm.bias_hh_l0.data
    np.testing.assert_array_equal(both[3:6], 2.0)
    np.testing.assert_array_equal(np.delete(both, [3, 4, 5]), np.delete(before, [3, 4, 5]))


@pytest.mark.parametrize("kind", ["RNN", "GRU"])
def test_other_kinds_of_cell_can_be_had(kind):
    model = new_model(Net(kind, "clear", 2), 0)
    assert model(streams("clear", 3, rng=0).x).shape == (3, gates.LENGTH, 1)


# --- what is stored --------------------------------------------------------------------------------------------------


def test_the_stored_net_is_what_training_gives():
    model, history = train(CLEAR, 0)
    assert history.epoch_loss[-1] < 0.005
    for name, value in trained(CLEAR, 0).state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], value, atol=0.01, err_msg=name)


# --- a run -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pin", [None, {"f": 0.9}, {"i": 0.0, "o": 0.5}])
@pytest.mark.parametrize("net", [CLEAR, FOUR], ids=str)
def test_the_whole_gradient_is_that_of_nudging_a_cell(net, pin):
    drawn, model, t = streams("clear", 1, 12, rng=3), trained(net, 1), 6
    found = run(model, drawn.x[0], drawn.target[0, :, 0], pin)

    def last_output(c):
        h = found.gates["o"][t] * np.tanh(c)  # the cell at t is seen through h at t too
        y, _ = model.recurrent(drawn.x[:, t + 1 :], (h[None, None], c[None, None]), pin=pin)
        return model.head(y)[0, -1, 0]

    assert last_output(found.cell[t]) == pytest.approx(found.output[-1], rel=1e-12)
    nudges = 1e-5 * np.eye(net.units)
    slopes = [(last_output(found.cell[t] + e) - last_output(found.cell[t] - e)) / 2e-5 for e in nudges]
    assert np.linalg.norm(slopes) == pytest.approx(found.whole[t], rel=1e-6)


def test_the_direct_path_is_the_product_of_the_later_forget_gates():
    drawn = streams("clear", 1, 9, rng=4)
    found = run(trained(CLEAR, 0), drawn.x[0], drawn.target[0, :, 0])
    for t in range(9):
        assert found.direct[t] == pytest.approx(found.direct[-1] * np.prod(found.gates["f"][t + 1 :]))
    assert found.direct[-1] == found.whole[-1]
    assert found.kept() == pytest.approx(np.prod(found.gates["f"][1:]))


def test_with_every_gate_pinned_there_is_no_other_path_and_half_remains_of_each_step():
    drawn = streams("clear", 1, 21, rng=4)
    found = run(trained(FOUR, 0), drawn.x[0], drawn.target[0, :, 0], {"f": 0.5, "i": 0.5, "g": 0.5, "o": 0.5})
    np.testing.assert_allclose(found.whole, found.direct, rtol=1e-12)
    assert found.kept() == pytest.approx(9.5e-7, rel=0.01)


def test_a_run_leaves_no_gradient_in_the_shared_net():
    drawn, model = streams("clear", 1, 9, rng=4), trained(CLEAR, 0)
    first = run(model, drawn.x[0], drawn.target[0, :, 0])
    run(model, drawn.x[0], drawn.target[0, :, 0], {"f": 0.0})
    again = run(model, drawn.x[0], drawn.target[0, :, 0])
    np.testing.assert_array_equal(first.whole, again.whole)


def test_a_memory_is_empty_after_a_clearing_until_the_next_write():
    assert [*policy(CLEAR, 0, n=50).averages] == ["keep", "write", "replace", "clear"]
    assert [*policy(RECALL, 1, n=50).averages] == ["keep", "replace", "recall"], "what is recalled is not thrown away"


# --- what the lesson says --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_three_nets_of_one_unit_keep_and_clear_by_the_book_and_write_with_the_candidate(policies, seed):
    found = policies[CLEAR][seed]
    keep, write, replace, clear = (found.averages[event] for event in ("keep", "write", "replace", "clear"))
    assert keep["f"] > 0.985 and keep["i"] < 0.01
    assert clear["f"] < 0.05 and clear["i"] < 0.01
    for event in (write, replace):
        assert event["i"] > 0.7 and 0.15 < event["f"] < 0.35, "f falls at every write, and not to 0"
    assert abs(found.carrier["g"]) > 0.95 > 0.5 > abs(found.carrier["i"])


@pytest.mark.parametrize("seed", [3, 4])
def test_two_nets_of_one_unit_write_with_the_input_gate_and_clear_by_replacing(policies, seed):
    found = policies[CLEAR][seed]
    assert abs(found.carrier["i"]) > 0.99 > 0.7 > abs(found.carrier["g"])
    assert found.averages["clear"]["i"] > 0.9 and found.averages["clear"]["f"] < 0.05
    assert found.averages["keep"]["i"] > 0.3


def test_nets_of_four_units_are_better_and_no_unit_keeps_by_the_book(policies):
    one, four = ([found.error for found in policies[net]] for net in (CLEAR, FOUR))
    assert max(four) < 0.001 and max(four) < min(one)
    assert all(found.averages["keep"]["f"].max() < 0.95 for found in policies[FOUR])


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_in_four_of_five_nets_the_output_gate_hides_what_the_cell_keeps(policies, seed):
    averages = policies[RECALL][seed].averages
    assert averages["keep"]["o"] < 0.06 < 0.6 < averages["recall"]["o"]
    np.testing.assert_allclose(averages["keep"]["|c|"], averages["recall"]["|c|"], rtol=0.1)


def test_the_fifth_net_has_not_learned_to_recall(policies):
    drawn = streams("recall", 2000, 60, rng=1)
    assert policies[RECALL][2].error > 0.95 * np.mean(drawn.target**2)


def test_over_quiet_steps_one_unit_holds_along_its_cell_and_four_hold_through_the_loop():
    x, target = stream(State(event="nothing"))
    for net, seeds, least, most in ((CLEAR, (0, 1, 2), 0.9, 1.1), (FOUR, gates.SEEDS, 15, np.inf)):
        for seed in seeds:
            found = run(trained(net, seed), x, target)
            assert least < found.whole[0] / found.direct[0] < most
            assert abs(found.output[-1] - 0.8) < 0.25


def test_at_a_write_the_other_paths_take_away_what_the_forget_gate_leaves():
    x = np.zeros((40, 3))
    x[0, :2], x[20, :2] = (0.8, 1), (-0.5, 1)
    for seed in (0, 1):
        found = run(trained(CLEAR, seed), x, np.zeros(40))
        assert found.direct[10] > 3 * found.whole[10]
