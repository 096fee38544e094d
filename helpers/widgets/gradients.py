"""The spectral lab."""

from helpers.experiments import gradients
from helpers.plots.gradients import draw_product

from . import controls
from .app import App


def spectral_lab(**settings):
    """Return the spectral lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = spectral_lab(radius=0.9, skew=10.0)
    >>> lab.result.norms.max().round(1)
    np.float64(38.7)
    """
    start = gradients.State(**settings)
    return App(
        "spectral",
        gradients.State,
        {
            "radius": controls.Decimal("radius ρ", start.radius, 0.0, 4.0, 0.05),
            "skew": controls.Decimal("skew s", start.skew, 0.0, 10.0, 0.5),
            "activation": controls.choice("activation", [*gradients.ACTIVATIONS], start.activation),
            "scale": controls.Decimal("input scale", start.scale, 0.0, 20.0, 0.5),
            "steps": controls.Slider("steps T", start.steps, gradients.FEWEST, gradients.MOST),
            "max_norm": controls.Power("max_norm", start.max_norm, 1e-3, 1e3),
        },
        gradients.compute,
        draw_product,
        gradients.describe,
    )
