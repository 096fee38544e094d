"""The descent lab."""

from helpers.experiments import descent
from helpers.plots.descent import draw_descent

from . import controls
from .app import App


def descent_lab(**settings):
    """Return the descent lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = descent_lab(surface="bowl", lr=1.0)
    >>> lab.result.path.points[1].tolist()
    [0.0, 0.0]
    """
    start = descent.State(**settings)
    batches = [("64, all", 64), ("16", 16), ("4", 4), ("1", 1)]
    return App(
        "descent",
        descent.State,
        {
            "surface": controls.choice("surface", [*descent.SURFACES], start.surface),
            "start": controls.choice("start", [*descent.STARTS], start.start),
            "lr": controls.Power("learning rate", start.lr, 0.001, 10.0, per_decade=20),
            "schedule": controls.choice("schedule", [*descent.SCHEDULES], start.schedule),
            "momentum": controls.Decimal("momentum", start.momentum, 0.0, 1.0, 0.05),
            "nesterov": controls.switch("Nesterov", start.nesterov),
            "weight_decay": controls.Decimal("weight decay", start.weight_decay, 0.0, 1.0, 0.05),
            "batch_size": controls.choice("batch size", batches, start.batch_size),
            "step": controls.Player("step", start.step, 0, descent.STEPS),
        },
        descent.compute,
        draw_descent,
        descent.describe,
        actions={"Ask torch": descent.torch_verdict},
    )
