"""The neuron lab."""

from helpers.experiments import neuron
from helpers.plots.neuron import draw_neuron

from . import controls
from .app import App


def neuron_lab(**settings):
    """Return the neuron lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = neuron_lab(data="OR", b=-0.5)
    >>> int(lab.result.right.sum())
    4
    """
    start = neuron.State(**settings)
    return App(
        "neuron",
        neuron.State,
        {
            "w1": controls.Decimal("weight 1", start.w1, -8.0, 8.0, 0.1),
            "w2": controls.Decimal("weight 2", start.w2, -8.0, 8.0, 0.1),
            "b": controls.Decimal("bias", start.b, -12.0, 12.0, 0.1),
            "activation": controls.choice("activation", [*neuron.ACTIVATIONS], start.activation),
            "data": controls.choice("points", [*neuron.DATA], start.data),
        },
        neuron.compute,
        draw_neuron,
        neuron.describe,
    )
