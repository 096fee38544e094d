"""The lab of backpropagation through time: its numbers are the layer's, its sentences are true, its shares sum up."""

import re
from itertools import product

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.rnn import LONGEST, LOSSES, SEQUENCES, State, bracketed, compute, describe, written

STATES = [
    State(sequence=sequence, steps=steps, weight_ih=-1.5, weight_hh=weight, bias=0.2, nonlinearity=f, loss=loss)
    for sequence, steps, weight, f, loss in product(SEQUENCES, (1, 2, 7, 12), (-1.2, 0.7), ("tanh", "relu"), LOSSES)
]
HAND = State(sequence="1, 0, 2", steps=3, weight_hh=0.5, nonlinearity="relu", target=0.25, step=6)


def layer_of(state):
    layer = nn.RNN(1, 1, nonlinearity=state.nonlinearity)
    values = dict(weight_ih_l0=[[state.weight_ih]], weight_hh_l0=[[state.weight_hh]])
    layer.load_state_dict(values | dict(bias_ih_l0=[state.bias], bias_hh_l0=[0.0]))
    return layer


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"sequence": "noise"}, "rnn: sequence must be "),
        ({"nonlinearity": "sigmoid"}, "rnn: nonlinearity must be "),
        ({"loss": "never"}, "rnn: loss must be "),
        ({"weight_hh": np.nan}, "rnn: weight_hh must be "),
        ({"steps": 0}, "rnn: steps must be at least 1, got 0"),
        ({"steps": 13}, "rnn: steps must be at most 12, got 13"),
        ({"step": -1}, "rnn: step must be at least 0, got -1"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        State(**setting)


def test_every_number_is_the_layers():
    for state in STATES:
        result, layer = compute(state), layer_of(state)
        y, _ = layer(result.x[:, None])
        grad = y[:, 0] - state.target
        if state.loss == "last step":
            grad[:-1] = 0
        layer.backward(grad[:, None])
        np.testing.assert_allclose(result.h, y[:, 0], rtol=0, atol=1e-14, err_msg=str(state))
        np.testing.assert_allclose(result.dh, layer.dh.ravel(), rtol=1e-12, atol=1e-14, err_msg=str(state))
        grads = [parameter.grad.item() for parameter in layer.parameters()]
        sums = [share.sum() for share in (result.share_ih, result.share_hh, result.da, result.da)]
        np.testing.assert_allclose(sums, grads, rtol=1e-12, atol=1e-14, err_msg=f"{state}: shares must sum up")


def test_an_error_term_is_what_comes_from_the_step_itself_and_from_later():
    for state in STATES:
        result = compute(state)
        np.testing.assert_allclose(result.dh, result.grad_h + result.carried, rtol=1e-12, atol=1e-14)
        asked = ~np.isnan(result.loss)
        assert asked.sum() == (1 if state.loss == "last step" else state.steps)
        np.testing.assert_allclose(result.loss[asked], result.grad_h[asked] ** 2 / 2, rtol=1e-12)


def test_the_example_by_hand_has_the_numbers_of_the_lesson():
    result = compute(HAND)
    assert result.h.tolist() == [1, 0.5, 2.25] and result.loss[-1] == 2
    assert result.dh.tolist() == [0.5, 1, 2]
    assert result.share_ih.tolist() == [0.5, 0, 4] and result.share_hh.tolist() == [0, 1, 1]
    assert "sums over time: dL/dw_ih = 4.5, dL/dw_hh = 2, dL/db = 3.5" in describe(result)


def test_the_sentences_tell_where_the_passes_are():
    told = [describe(compute(State(steps=2, step=step))) for step in range(6)]
    assert told[0] == ["nothing is computed yet: the state before the first step is h0 = 0"]
    starts = ["forward, step 1: h1", "forward, step 2: h2", "backward, step 2: dL/dh2", "backward, step 1: dL/dh1"]
    assert all(lines[0].startswith(start) for lines, start in zip(told[1:], starts, strict=False))
    assert told[5] == told[4], "past the end nothing more happens"
    assert not any("sums over time" in line for lines in told[:4] for line in lines)


def test_a_sentences_arithmetic_comes_out_right():
    (line,) = describe(compute(State(sequence="alternating", step=2, weight_hh=-0.9, bias=-0.3)))
    assert line == "forward, step 2: h2 = tanh(1·(−1) + (−0.9)·0.604 + (−0.3)) = tanh(−1.84) = −0.951"
    h1 = np.tanh(0.7)
    assert written(np.tanh(-1 - 0.9 * h1 - 0.3)) == "−0.951"


def test_what_question_2_and_3_of_the_lab_promise():
    faded = {w: compute(State(steps=12, weight_hh=w)) for w in (0.9, 0.5)}
    ratios = {w: abs(result.dh[0] / result.dh[-1]) for w, result in faded.items()}
    assert ratios[0.5] < 1e-3 < ratios[0.9] < 0.3
    grown = compute(State(steps=12, weight_hh=1.3, nonlinearity="relu"))
    np.testing.assert_allclose(grown.dh[:-1] / grown.dh[1:], 1.3)
    dead = compute(State(steps=12, weight_hh=1.3, weight_ih=-1.0, nonlinearity="relu"))
    assert not dead.h.any() and not dead.da.any()


def test_exercise_2_has_the_answer_that_is_given():
    result = compute(State(steps=4, weight_hh=2.0, nonlinearity="relu"))
    assert result.share_hh.sum() / result.dh[-1] == 12
    assert (result.share_hh[1:] / result.dh[-1]).tolist() == [4, 4, 4]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (0.25, "0.25"), (-2 / 3, "−0.667"), (53211.0, "5.3e4"), (-2.04e-6, "−2.0e−6"), (1234.5, "1.23e3")],
)
def test_numbers_are_written_short(number, text):
    assert written(number) == text
    assert bracketed(number) == (f"({text})" if number < 0 else text)


def test_every_sequence_starts_with_1_and_is_long_enough():
    assert all(len(x) == LONGEST and x[0] == 1 for x in SEQUENCES.values())
