"""What the lesson says of trained nets holds over seeds, with a margin; the data is cut where it is said to be cut."""

from itertools import combinations

import numpy as np
import pytest

from helpers import data
from helpers.experiments.rnn_training import (
    LAGS,
    LINEAR,
    TRAIN_YEARS,
    NextWindow,
    cosine_errors,
    elman,
    forecast_sunspots,
    jordan,
    learn_plans,
    learn_windows,
    linear_forecast,
    plans,
    spelling,
    sunspot_windows,
    window_errors,
)

HALVES = np.log(2) / 3  # mean loss of a net that gives two letters one half each at every other step


@pytest.fixture(scope="module")
def losses():
    return spelling()


@pytest.fixture(scope="module")
def forecasts():
    return forecast_sunspots()


def test_a_plan_never_changes_and_its_letters_do():
    x, target = plans()
    assert (x == x[:, :1]).all()
    np.testing.assert_array_equal(target.argmax(-1), [[0, 1, 0, 2], [0, 2, 0, 1]])


@pytest.mark.parametrize("f", ["tanh", "relu"])
def test_jordans_net_without_a_trace_cannot_tell_the_second_a_from_the_first(losses, f):
    np.testing.assert_allclose(losses["Jordan, alpha 0.0", f], HALVES, atol=1e-3)


def test_a_trace_of_what_was_said_is_enough(losses):
    assert (losses["Jordan, alpha 0.5", "tanh"] < 0.01).all()
    assert (losses["Jordan, alpha 0.5", "relu"] < 0.1).sum() == 4, "with relu one seed fails, as the lesson says"


@pytest.mark.parametrize("f", ["tanh", "relu"])
def test_elmans_net_spells_from_four_starts_of_five(losses, f):
    found = losses["Elman", f]
    assert (found < 0.01).sum() == 4 and found.max() == pytest.approx(0.117, abs=0.005)


def test_a_jordan_net_that_cannot_know_says_both_letters_by_half():
    model, _ = learn_plans(jordan, seed=0)
    np.testing.assert_allclose(model(plans()[0])[0, [1, 3]], [[0, 0.5, 0.5]] * 2, atol=0.02)


def test_what_a_jordan_net_does_not_say_it_forgets():
    found = cosine_errors(seeds=range(2))
    assert (found["Jordan, says the cosine"] > 0.2).all()
    assert (found["Jordan, says cosine and sine"] < 0.03).all() and (found["Elman"] < 0.03).all()


def test_windows_come_in_order_and_the_state_is_handed_on():
    waves, model = data.sine_cosine(2, 3, 4, rng=0), elman(1, 3, 1, seed=0)
    draw = NextWindow(model, waves)
    for w in range(3):
        x, lengths, state, target = draw(None)
        np.testing.assert_array_equal(x, waves.x[w].swapaxes(0, 1))
        np.testing.assert_array_equal(target, waves.target[w].swapaxes(0, 1))
        assert lengths is None and state is model.h_n, "each window starts where the net stopped"
        model(x, None, state)
    assert NextWindow(model, waves, carried=False)(None)[2] is None


def test_carried_over_the_cosine_is_learned_and_reset_its_first_step_is_a_guess():
    errors = window_errors(seeds=range(2))
    floor = 0.5 / np.array(errors.lengths)
    assert (errors.reset > 0.95 * floor[:, None]).all(), "nothing can be better than the floor"
    assert (np.median(errors.reset, axis=1) < 1.5 * floor).all()
    assert (errors.carried[1:] < 0.1 * floor[1:, None]).all()
    assert (errors.carried[0] > 0.4).all(), "without a gradient through time 300 steps are too few"


@pytest.mark.parametrize(("seed", "learns"), [(0, False), (1, True)])
def test_with_the_gradient_cut_at_every_step_long_training_may_help(seed, learns):
    _, history = learn_windows(1, carried=True, seed=seed, steps=3000)
    assert (history.loss[-200:].mean() < 0.02) == learns


def test_the_nets_forecasts_beat_the_trivial_ones_and_not_the_linear_one(forecasts):
    rms = {name: forecasts.rms(forecast) for name, forecast in forecasts.trivial.items()}
    of_nets = forecasts.rms(forecasts.net)
    assert of_nets.max() < 0.8 * rms["last year"] < rms["11 years before"] < rms["mean of the training years"]
    assert of_nets.min() > rms[LINEAR] == pytest.approx(17.9, abs=0.05)


def test_the_years_of_the_linear_forecast_fit_the_training_years_best(monkeypatch):
    _, counts = data.sunspots()

    def misfit(lags):
        monkeypatch.setattr("helpers.experiments.rnn_training.LAGS", lags)
        training = counts[:TRAIN_YEARS]
        return np.square(training[12:] - linear_forecast(training)[12 - max(lags) :]).mean()

    assert min(combinations(range(1, 13), 3), key=misfit) == LAGS


def test_the_nets_lose_at_peaks_above_all_that_they_were_trained_on(forecasts):
    new = forecasts.counts > data.sunspots().counts[:TRAIN_YEARS].max()
    errors = [forecast - forecasts.counts for forecast in (np.median(forecasts.net, 0), forecasts.trivial[LINEAR])]
    assert new.sum() == 6
    net, linear = (error[new].mean() for error in errors)
    assert net < -25 < -15 < linear < 0
    net, linear = (np.sqrt(np.mean(error[~new] ** 2)) for error in errors)
    assert net == pytest.approx(linear, rel=0.1)


def test_a_forecast_knows_only_the_years_before(forecasts):
    years, counts = data.sunspots()
    np.testing.assert_array_equal(forecasts.years, years[TRAIN_YEARS:])
    np.testing.assert_array_equal(forecasts.trivial["last year"], counts[TRAIN_YEARS - 1 : -1])
    np.testing.assert_array_equal(forecasts.trivial["11 years before"], counts[TRAIN_YEARS - 11 : -11])
    x, target = sunspot_windows(counts)
    assert len(x) == len(target) and target[-1, -1, 0] in counts[:TRAIN_YEARS] / 100
    np.testing.assert_array_equal(x[:, 1:], target[:, :-1])
    later = counts.copy()
    later[TRAIN_YEARS:] = 0
    np.testing.assert_array_equal(sunspot_windows(later)[1], target)
    first = TRAIN_YEARS - max(LAGS)
    np.testing.assert_allclose(linear_forecast(later)[: first + 1], linear_forecast(counts)[: first + 1])


def test_the_net_reads_the_year_before_and_not_the_year_asked(forecasts):
    once = forecast_sunspots(seeds=[0], until=TRAIN_YEARS + 10)
    np.testing.assert_allclose(once.net[0], forecasts.net[0, :10])
    correlation = np.corrcoef(once.net[0], once.counts)[0, 1]
    assert correlation > 0.8, "a shift by a year would show"
