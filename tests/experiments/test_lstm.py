"""The LSTM lab's streams, its settings, and what its sentences say."""

import numpy as np
import pytest

from helpers.experiments.lstm import EVENTS, FREE, NETS, SECOND, STEPS, State, compute, describe, stream

NOTHING, WRITE, THIRD = EVENTS


def test_a_second_write_replaces_the_target():
    x, target = stream(State(value=0.3, event=WRITE, step=7))
    assert np.flatnonzero(x[:, 1]).tolist() == [0, 7] and not x[:, 2].any()
    np.testing.assert_array_equal(target, [0.3] * 7 + [SECOND] * (STEPS - 7))


def test_the_third_input_clears_or_recalls_as_the_net_was_trained():
    x, target = stream(State(value=0.3, event=THIRD, step=7))
    assert np.flatnonzero(x[:, 2]).tolist() == [7]
    np.testing.assert_array_equal(target, [0.3] * 7 + [0] * (STEPS - 7))
    x, target = stream(State(net="recall, 1 unit", value=0.3, event=THIRD, step=7))
    assert np.flatnonzero(x[:, 2]).tolist() == [7, STEPS - 1] == np.flatnonzero(target).tolist()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"net": "mine"}, "net must be one of"),
        ({"event": "rain"}, "event must be one of"),
        ({"value": 1.5}, "value must be in -1..1"),
        ({"step": 0}, "step"),
        ({"step": STEPS}, "step must be at most 39"),
        ({"f": -0.1}, "f must be in 0..1"),
        ({"g": -1.1}, "g must be in -1..1"),
        ({"o": float("nan")}, "o must be"),
    ],
)
def test_a_state_refuses_what_no_control_offers(setting, words):
    with pytest.raises(ValueError, match=words):
        State(**setting)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("net", [name for name in NETS if "another" not in name])
def test_a_free_net_does_what_it_was_trained_for(net, event):
    run = compute(State(net=net, event=event, value=0.5)).run
    assert np.mean((run.output - run.target) ** 2) < 0.01
    assert "as asked for" in describe(compute(State(net=net, event=event, value=0.5)))[0]


def test_a_forget_gate_pinned_to_one_adds_the_second_write_to_the_first():
    free, pinned = (compute(State(value=0.8, f=f)).run for f in (FREE, 1.0))
    assert abs(free.output[-1] - SECOND) < 0.1
    assert pinned.output[-1] > free.output[-1] + 0.3


def test_with_a_pinned_input_gate_every_number_goes_in():
    run = compute(State(event=NOTHING, i=1.0)).run
    assert np.abs(np.diff(run.cell[:, 0])).min() > 0
    assert np.mean((run.output - run.target) ** 2) > 0.1


def test_at_a_forget_gate_of_nine_tenths_half_is_lost_after_six_or_seven_steps():
    run = compute(State(event=NOTHING, f=0.9, i=0.0)).run
    assert run.kept() == pytest.approx(0.9 ** (STEPS - 1))


def test_the_output_gate_changes_the_hidden_state_and_hardly_the_cell():
    shut, open_ = (compute(State(net="recall, 1 unit", event=THIRD, o=o)).run for o in (0.0, 1.0))
    assert not shut.h.any() and np.abs(open_.h).min() > 0.2
    assert np.abs(shut.cell - open_.cell).max() < 0.1


def test_the_sentences_name_the_pinned_gates():
    assert describe(compute(State()))[-1] == "all gates are free"
    assert describe(compute(State(f=0.5, g=-1.0)))[-1] == "pinned: f = 0.5, g = -1"
    assert "not what was asked for" in describe(compute(State(f=0.0)))[0]
