"""The hidden-units lab without its widgets: the shares add up, and no other output weights fit better."""

import numpy as np
import pytest

from helpers.experiments.curve_fit import ACTIVATIONS, MOST_UNITS, State, compute, describe, errors

STATES = [
    State(units=units, steepness=steepness, activation=activation, curve=curve)
    for units, steepness in ((1, 8.0), (7, 1.0), (12, 100.0), (MOST_UNITS, 8.0))
    for activation in ACTIVATIONS
    for curve in ("waves", "step")
]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"units": 0}, "units must be at least 1, got 0"),
        ({"units": MOST_UNITS + 1}, f"units must be at most {MOST_UNITS}, got {MOST_UNITS + 1}"),
        ({"unit": -1}, "unit must be at least 0, got -1"),
        ({"steepness": 0.0}, "steepness must be above 0, got 0.0"),
        ({"activation": "sine"}, "activation must be one of"),
        ({"curve": "circle"}, "curve must be one of"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, message):
    with pytest.raises(ValueError, match=message):
        State(**setting)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_the_shares_and_the_bias_add_up_to_what_the_net_answers(state):
    result = compute(state)
    total = result.shares.sum(axis=0) + result.net[2].bias.data
    scale = np.abs(result.shares).sum(axis=0).max() + 1
    np.testing.assert_allclose(total, result.fit, atol=1e-12 * scale)
    np.testing.assert_allclose(result.net(result.x[:, None])[:, 0], result.fit, atol=1e-12 * scale)
    assert np.isfinite(result.fit).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("units", [1, 12, MOST_UNITS])
def test_the_price_of_large_weights_costs_little_where_units_differ(activation, units):
    state = State(units=units, activation=activation)
    result = compute(state)
    h = result.net[:2](result.x[:, None])
    columns = np.column_stack([h, np.ones(len(h))])
    best = columns @ np.linalg.lstsq(columns, result.target, rcond=None)[0]
    assert result.error <= np.sqrt(np.mean((best - result.target) ** 2)) + 0.02


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_fit_is_never_worse_than_the_mean(state):
    result = compute(state)
    assert result.error <= result.target.std() + 1e-9


def test_the_units_turn_at_places_evenly_spread():
    hidden = compute(State(units=4)).net[0]
    np.testing.assert_allclose(-hidden.bias.data / hidden.weight.data[:, 0], [-0.75, -0.25, 0.25, 0.75])


def test_many_units_follow_a_curve_that_few_cannot():
    for activation in ("tanh", "sigmoid", "ReLU"):
        few, many = errors((4, 32), activation=activation)
        assert many < 0.05 < 0.25 < few, activation
    few, some, many = errors((4, 16, 32), activation="step")
    assert many < some < few


def test_a_unit_beyond_the_last_stands_for_the_last():
    assert compute(State(units=3, unit=9)).unit == 2


def test_the_sentences_give_the_error_and_the_formula_of_the_unit():
    result = compute(State(units=1, activation="step", curve="step"))
    fit, unit = describe(result)
    assert fit == "1 hidden unit: the fit is off by 0.000 (root of the mean square); the mean alone by 1.000"
    assert unit == "unit 0 adds 2 · step(8·x + 0) and turns at x = 0"


# --- what the lesson says of the lab ----------------------------------------------------------------------------------


def test_a_steepness_between_the_extremes_fits_best_and_the_shares_cancel_when_units_look_alike():
    flat, best, steep = (compute(State(steepness=steepness)) for steepness in (1.0, 4.0, 100.0))
    assert best.error < 0.05 < 0.15 < min(flat.error, steep.error)
    assert np.abs(flat.shares).max() > 20 > 1 > np.abs(steep.shares).max()


def test_smooth_units_keep_an_error_at_a_jump_which_one_step_unit_has_not():
    assert compute(State(units=MOST_UNITS, curve="step")).error > 0.05
    assert compute(State(units=1, activation="step", curve="step")).error < 1e-6
