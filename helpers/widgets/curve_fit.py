"""The hidden-units lab."""

from helpers.data.points import CURVES
from helpers.experiments import curve_fit
from helpers.plots.curve_fit import draw_curve_fit

from . import controls
from .app import App


def curve_fit_lab(**settings):
    """Return the lab of hidden units that add up to a curve, its controls set to a `State` with these settings.

    Examples
    --------
    >>> curve_fit_lab(units=20).result.error < curve_fit_lab(units=2).result.error
    True
    """
    start = curve_fit.State(**settings)
    return App(
        "curve-fit",
        curve_fit.State,
        {
            "units": controls.Slider("hidden units", start.units, 1, curve_fit.MOST_UNITS),
            "steepness": controls.Decimal("steepness", start.steepness, 1.0, 100.0, 1.0),
            "activation": controls.choice("activation", [*curve_fit.ACTIVATIONS], start.activation),
            "curve": controls.choice("curve", [*CURVES], start.curve),
            "unit": controls.Slider("look at unit", min(start.unit, start.units - 1), 0, start.units - 1),
        },
        curve_fit.compute,
        draw_curve_fit,
        curve_fit.describe,
        adjust=lambda result: {"unit": {"max": result.state.units - 1}},
    )
