"""The descent lab without its widgets: steps are those of torch, limits are where runs turn, sentences are true."""

import itertools

import numpy as np
import pytest

from helpers import nn, optim
from helpers.experiments.descent import (
    EDGES,
    EXAMPLES,
    SCHEDULES,
    STARTS,
    STEPS,
    SURFACES,
    State,
    _pulls,
    compute,
    descend,
    describe,
    schedule_rates,
    torch_verdict,
)

every_surface = pytest.mark.parametrize("surface", SURFACES)
POINTS = np.random.default_rng(0).uniform(*EDGES, (20, 2))


def differences(function, point, width=1e-5):
    """Central differences of a function of a point, one for each coordinate along the last axis."""
    steps = width * np.eye(2)
    return np.stack([(function(point + step) - function(point - step)) / (2 * width) for step in steps], axis=-1)


@every_surface
def test_gradients_are_the_slopes_of_the_height(surface):
    height, gradient = SURFACES[surface].height, SURFACES[surface].gradient
    for point in POINTS:
        np.testing.assert_allclose(gradient(point), differences(lambda p: height(*p), point), rtol=1e-6, atol=1e-6)


@every_surface
def test_minima_are_the_lowest_points_and_their_curvature_is_the_largest_eigenvalue(surface):
    found = SURFACES[surface]
    axis = np.linspace(*EDGES, 201)
    assert found.height(axis, axis[:, None]).min() >= found.lowest
    for minimum in found.minima:
        np.testing.assert_allclose(found.gradient(np.array(minimum)), 0, atol=1e-12)
        hessian = differences(found.gradient, np.array(minimum))
        assert np.linalg.eigvalsh(hessian)[-1] == pytest.approx(found.curvature, rel=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"surface": surface, "schedule": schedule, "lr": 0.01, "momentum": momentum, **more}
        for (surface, schedule), momentum, more in zip(
            itertools.product(SURFACES, SCHEDULES),
            itertools.cycle((0.0, 0.5, 0.9)),
            itertools.cycle(({"batch_size": 4}, {"weight_decay": 0.3}, {"nesterov": True, "start": "right"})),
            strict=False,
        )
    ],
    ids=str,
)
def test_torch_goes_the_same_way(settings):
    path = descend(State(**settings))
    assert torch_verdict(**settings) == f"torch agrees: all {len(path.points)} points are the same to within 1e-09"


def test_torch_is_heard_where_it_refuses_and_where_it_differs(monkeypatch):
    assert torch_verdict(nesterov=True).startswith("torch refuses this setting: Nesterov momentum requires")
    state = State(lr=0.05)
    wrong = descend(state)._replace(points=descend(state).points + 1e-6)
    monkeypatch.setattr("helpers.experiments.descent.descend", lambda state: wrong)
    assert torch_verdict(lr=0.05).startswith("torch disagrees: the largest difference is 6e-07")


@every_surface
@pytest.mark.parametrize(
    "settings",
    [{}, {"momentum": 0.5}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}, {"weight_decay": 0.5}],
    ids=str,
)
def test_steps_near_a_minimum_shrink_below_the_limit_and_grow_above(surface, settings):
    limit = State(surface=surface, **settings).limit
    for factor, shrinks in ((0.98, True), (1.02, False)):
        p = nn.Parameter([1.0])
        sgd = optim.SGD([p], factor * limit, **settings)
        for _ in range(600):
            p.grad = SURFACES[surface].curvature * p.data
            sgd.step()
        assert (abs(p.data[0]) < 0.1) == shrinks, f"{factor} of the limit {limit} leaves {p.data[0]}"


def test_each_plain_step_in_the_ravine_multiplies_each_direction_by_its_own_number():
    for lr in (0.01, 0.09, 0.0999, 0.1001):
        points = descend(State(lr=lr)).points
        np.testing.assert_allclose(points[1:], points[:-1] * (1 - lr, 1 - 20 * lr), rtol=1e-9, atol=1e-300)


def test_the_ravine_turns_from_descent_into_climb_between_0_0999_and_0_1001():
    below, above = (descend(State(lr=lr)).heights for lr in (0.0999, 0.1001))
    assert below[-1] < below[0] < above[-1]


def test_momentum_and_nesterov_come_closer_than_plain_descent_at_the_same_rate():
    plain, momentum, nesterov = (
        descend(State(lr=0.04, **more)).heights for more in ({}, {"momentum": 0.8}, {"momentum": 0.8, "nesterov": True})
    )
    assert plain[100] > 1e3 * momentum[100] > 1e3 * nesterov[100]
    assert plain[30] > 10 * momentum[30] > 100 * nesterov[30]


def test_the_answers_below_the_lab_are_what_it_shows():
    assert descend(State(lr=0.11)).lost and not descend(State(lr=0.11, momentum=0.5)).lost
    assert State(momentum=0.5).limit == pytest.approx(0.15)
    assert State(momentum=0.5, nesterov=True).limit == pytest.approx(0.075)
    assert descend(State(momentum=0.5, nesterov=True)).lost
    rosenbrock = {"surface": "Rosenbrock", "lr": 0.005}
    assert descend(State(**rosenbrock)).heights[-1] == pytest.approx(2.2, abs=0.05)
    assert descend(State(**rosenbrock, momentum=0.9)).heights[-1] == pytest.approx(0.007, abs=5e-4)


def test_a_run_that_is_lost_ends_there_and_says_so():
    result = compute(State(lr=0.2))
    assert result.path.lost
    assert np.abs(result.path.points[-2]).max() < 1e3 < np.abs(result.path.points[-1]).max()
    assert len(result.path.points) == len(result.path.heights) == len(result.path.rates) + 1 < STEPS
    assert f"the run diverges: after {len(result.path.rates)} steps" in describe(result)[-1]


@every_surface
def test_the_wildest_settings_give_finite_numbers_and_sentences(surface):
    for start, lr in itertools.product(STARTS, (0.001, 10.0)):
        result = compute(State(surface=surface, start=start, lr=lr, momentum=1.0, batch_size=1))
        assert np.isfinite(result.path.heights).all()
        assert all("nan" not in line and "inf" not in line for line in describe(result))


@pytest.mark.parametrize("size", [1, 4, 16])
def test_batches_of_one_epoch_hold_each_example_once_so_their_tilts_cancel(size):
    steps = EXAMPLES // size
    np.testing.assert_allclose(_pulls(size, 3)[:steps].mean(axis=0), 0, atol=1e-12)
    assert np.abs(_pulls(size, 3)).min() > 0


def test_all_examples_together_have_no_noise():
    assert not _pulls(EXAMPLES, 0).any()


def heights(seeds=range(1, 7), **settings):
    """Mean height of the last 20 steps, (seeds,)."""
    return np.array([descend(State(**settings, seed=seed)).heights[-20:].mean() for seed in seeds])


def test_smaller_batches_stay_further_from_the_bottom():
    ends = [heights(surface="bowl", lr=0.15, batch_size=size) for size in (64, 8, 1)]
    assert ends[0].max() < 0.1 * ends[1].min() and ends[1].max() < ends[2].min()


def test_noise_leads_off_the_saddle_where_plain_descent_stays():
    saddle = {"surface": "saddle", "start": "on the axis", "lr": 0.1}
    assert heights(**saddle) == pytest.approx(0.25, abs=1e-6)
    assert heights(**saddle, batch_size=4).max() < 0.1


def test_schedules_end_closer_to_the_bottom_than_a_constant_rate():
    ends = {name: heights(surface="bowl", lr=0.3, batch_size=1, schedule=name) for name in SCHEDULES}
    assert all(ends["constant"].min() > end.max() for name, end in ends.items() if name != "constant"), ends


def test_rates_follow_the_formulas():
    steps = np.arange(90)
    assert (schedule_rates("constant", 0.1, 90) == 0.1).all()
    np.testing.assert_allclose(schedule_rates("step", 0.1, 90), 0.1 * 0.2 ** (steps // 30))
    np.testing.assert_allclose(schedule_rates("exponential", 0.1, 90), 0.1 * 0.02 ** (steps / 90))
    rates = schedule_rates("warm-up + cosine", 0.1, 90)
    np.testing.assert_allclose(rates[:10], 0.1 * (0.1 + 0.1 * steps[:10]))
    np.testing.assert_allclose(rates[9:], 0.05 * (1 + np.cos(np.pi * np.arange(81) / 81)), atol=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_schedules_of_a_few_steps_work(name, steps):
    assert len(schedule_rates(name, 0.1, steps)) == steps


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"surface": "hole"}, ValueError, "surface must be one of"),
        ({"start": "top"}, ValueError, "start must be one of"),
        ({"schedule": 3}, TypeError, "schedule must be one of"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"batch_size": 65}, ValueError, "batch_size must be at most 64"),
        ({"step": 101}, ValueError, "step must be at most 100"),
        ({"lr": -1.0}, ValueError, "SGD: lr must be"),
        ({"momentum": 1.5}, ValueError, "SGD: momentum must be in 0..1"),
        ({"nesterov": True}, ValueError, "SGD: nesterov needs a momentum above 0"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, error, message):
    with pytest.raises(error, match=message):
        State(**setting)
