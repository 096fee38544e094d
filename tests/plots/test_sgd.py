"""The still figures of the lesson on SGD draw the numbers that they are given."""

import numpy as np
import pytest

from helpers.experiments.descent import State, descend
from helpers.experiments.digit_settings import Rates
from helpers.experiments.sgd import Noise, two_forms_of_momentum
from helpers.experiments.weight_decay import overfit
from helpers.plots import sgd
from helpers.plots.figure import Figure
from helpers.train import History, Runs


@pytest.fixture
def figure():
    return Figure("a figure")


def runs(*accuracies):
    measured = [{"test accuracy": np.array([0.1, one])} for one in accuracies]
    nothing = np.empty(0)
    return Runs(History(nothing, nothing, nothing, np.array([0, 1]), one, {"seed": 0}) for one in measured)


def lines(ax):
    return {line.get_label(): line.get_ydata() for line in ax.get_lines()}


def test_heights_and_rates_are_those_of_the_runs(figure):
    heights, rates = figure.axes_grid(1, 2)[0]
    path = descend(State(lr=0.05))
    sgd.draw_heights(heights, {"one": path})
    np.testing.assert_array_equal(lines(heights)["one"], path.heights)
    assert heights.get_yscale() == "log"
    sgd.draw_schedules(rates, {"step": np.array([1.0, 0.5])})
    np.testing.assert_array_equal(lines(rates)["step"], [1.0, 0.5])


def test_noise_is_drawn_on_two_logarithmic_axes(figure):
    ax = figure.axes_grid()
    sgd.draw_noise(ax, Noise(np.array([1, 4]), np.array([2.0, 1.1]), np.array([2.0, 1.0])))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    np.testing.assert_array_equal(lines(ax)["measured"], [2.0, 1.1])
    np.testing.assert_array_equal(lines(ax)["σ / √B"], [2.0, 1.0])


def test_both_forms_of_momentum_stand_in_each_axes_with_the_drops_marked(figure):
    axes = figure.axes_grid(1, 2)[0]
    forms = {name: two_forms_of_momentum(name) for name in ("constant", "step")}
    sgd.draw_two_forms(axes, forms)
    for ax, found, drops in zip(axes, forms.values(), (0, 2), strict=True):
        np.testing.assert_array_equal(lines(ax)["lr outside (torch)"], found.torch)
        np.testing.assert_array_equal(lines(ax)["lr inside (Polyak)"], found.polyak)
        assert len(ax.get_lines()) == 2 + drops


def test_fits_are_drawn_by_decay_and_seed(figure):
    axes = figure.axes_grid(1, 2)[0]
    fits = overfit(decays=(0.0, 0.3), seeds=(3, 4), steps=5)
    sgd.draw_fits(axes, fits, decays=(0.3, 0.0), seeds=(4,))
    np.testing.assert_array_equal(lines(axes[0])["seed 4"], fits.curves[1, 1])
    np.testing.assert_array_equal(lines(axes[1])["seed 4"], fits.curves[0, 1])


def test_each_run_has_its_dot_and_what_lies_below_the_axis_is_written(figure):
    ax = figure.axes_grid()
    sgd.draw_settings(ax, {"good": runs(0.9, 0.92, 0.97), "bad": runs(0.2, 0.3, 0.4)})
    dots, median = ax.get_lines()[:2]
    np.testing.assert_allclose(sorted(dots.get_xdata()), [90, 92, 97])
    np.testing.assert_allclose(median.get_xdata(), 92)
    assert [text.get_text() for text in ax.texts] == ["◂ 20 to 40 %"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["good", "bad"]


def test_accuracy_against_rate_is_the_median_of_the_seeds(figure):
    ax = figure.axes_grid()
    ways = {name: [runs(0.1, 0.2, 0.4), runs(0.8, 0.9, 0.95)] for name in ("a", "b", "c")}
    sgd.draw_rates(ax, Rates((0.1, 1.0), ways))
    np.testing.assert_allclose(lines(ax)["b"], [20, 90])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.1", "1"]
