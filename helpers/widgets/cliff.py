"""The cliff lab."""

from helpers.experiments import cliff
from helpers.plots.cliff import draw_cliff

from . import controls
from .app import App


def cliff_lab(**settings):
    """Return the cliff lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = cliff_lab()
    >>> bool(lab.result.free[-1, 2] > 100 * lab.result.clipped[-1, 2])
    True
    """
    start = cliff.State(**settings)
    return App(
        "cliff",
        cliff.State,
        {
            "w": controls.Decimal("weight w", start.w, *cliff.W_EDGES, 0.05),
            "b": controls.Decimal("bias b", start.b, *cliff.B_EDGES, 0.05),
            "lr": controls.Power("learning rate", start.lr, 0.01, 10.0),
            "max_norm": controls.Power("max_norm", start.max_norm, 0.01, 10.0),
            "steps": controls.Slider("steps T", start.steps, cliff.FEWEST, cliff.MOST),
            "update": controls.Player("update", start.update, 0, cliff.UPDATES),
        },
        cliff.compute,
        draw_cliff,
        cliff.describe,
    )
