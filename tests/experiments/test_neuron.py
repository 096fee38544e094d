"""The neuron lab without its widgets: the numbers of one neuron, and what its sentences say."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.neuron import ACTIVATIONS, CELLS, CORNERS, DATA, EDGES, State, compute, describe, respond


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"w1": np.inf}, ValueError, "neuron: w1 must be a finite number, got inf"),
        ({"b": "1"}, TypeError, "neuron: b must be a finite number, got '1'"),
        ({"activation": "relu"}, ValueError, "neuron: activation must be one of .* got 'relu'"),
        ({"data": "NAND"}, ValueError, "neuron: data must be one of .* got 'NAND'"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, error, message):
    with pytest.raises(error, match=message):
        State(**setting)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_numbers_are_those_of_the_layers(activation):
    result = compute(State(0.7, -1.3, 0.4, activation, "XOR"))
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": [[0.7, -1.3]], "bias": [0.4]})
    z = layer(CORNERS)[:, 0]
    np.testing.assert_allclose(result.z, z, rtol=1e-14)
    np.testing.assert_allclose(result.y, ACTIVATIONS[activation](z), rtol=1e-14)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_slope_is_the_derivative(activation):
    z, step = np.array([-3.1, -0.7, 0.2, 2.5]), 1e-6
    numeric = (ACTIVATIONS[activation](z + step) - ACTIVATIONS[activation](z - step)) / (2 * step)
    np.testing.assert_allclose(respond(z, activation)[1], numeric, atol=1e-8)


def test_the_surface_has_the_top_of_the_plane_in_its_first_row():
    surface = compute(State(w1=0, w2=1, b=0, activation="identity")).surface
    half = (EDGES[1] - EDGES[0]) / CELLS / 2
    np.testing.assert_allclose(surface[0], EDGES[1] - half)
    np.testing.assert_allclose(surface[-1], EDGES[0] + half)
    right = compute(State(w1=1, w2=0, b=0, activation="identity")).surface[:, -1]
    np.testing.assert_allclose(right, EDGES[1] - half)


@pytest.mark.parametrize("state", [State(), State(b=-0.5, data="OR"), State(b=-1.0, data="OR"), State(-1, -1, 1.5)])
def test_a_point_is_right_where_the_step_unit_answers_its_class(state):
    result = compute(state)
    answers = nn.Step()(result.z)
    np.testing.assert_array_equal(result.right, answers == DATA[state.data][1])


def test_no_line_parts_xor_and_one_parts_and_and_or():
    values = np.arange(-2, 2.25, 0.5)
    most = {
        name: max(
            int(compute(State(w1, w2, b, data=name)).right.sum()) for w1 in values for w2 in values for b in values
        )
        for name in DATA
    }
    assert most == {"AND": 4, "OR": 4, "XOR": 3}


def test_the_sentences_give_the_formula_the_count_and_the_dead_slopes():
    formula, count, dead = describe(compute(State(8, 8, -12)))
    assert formula == "z = 8·x1 + 8·x2 − 12, y = sigmoid(z)"
    assert count == "4 of 4 points on the right side of the line z = 0"
    assert dead == "slope of the activation below 0.01 at 1 of 4 points"


# --- what the lesson says of the lab ----------------------------------------------------------------------------------


def test_or_is_solved_by_every_bias_from_minus_one_up_to_zero():
    right = {b: int(compute(State(b=b, data="OR")).right.sum()) for b in (-1.1, -1.0, -0.5, -0.1, 0.0)}
    assert right == {-1.1: 2, -1.0: 4, -0.5: 4, -0.1: 4, 0.0: 3}


def test_larger_weights_keep_the_line_and_kill_the_slope():
    once, twice, large = (compute(State(k, k, -1.5 * k)) for k in (1, 2, 8))
    np.testing.assert_allclose(twice.z, 2 * once.z)
    np.testing.assert_array_equal(large.right, once.right)
    np.testing.assert_allclose(large.z, [-12, -4, -4, 4])
    np.testing.assert_allclose(large.slope[1:], 0.018, atol=5e-4)
    assert 0.145 < once.slope.min() < once.slope.max() < 0.245


def test_a_relu_that_is_negative_everywhere_is_dead():
    result = compute(State(b=-3, activation="ReLU"))
    np.testing.assert_allclose(result.z, [-3, -2, -2, -1])
    assert not result.y.any() and not result.slope.any()
