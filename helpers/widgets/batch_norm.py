"""The batch-norm lab."""

from helpers.experiments import batch_norm
from helpers.plots.batch_norm import draw_batch_norm

from . import controls
from .app import App


def batch_norm_lab(**settings):
    """Return the batch-norm lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = batch_norm_lab(scale=2.0)
    >>> lab.result.normed.shape
    (8, 64, 32)
    """
    start = batch_norm.State(**settings)
    return App(
        "batch-norm",
        batch_norm.State,
        {
            "activation": controls.choice("activation", [*batch_norm.ACTIVATIONS], start.activation),
            "scale": controls.Power("weight scale", start.scale, 0.1, 10.0),
            "depth": controls.Slider("layers", start.depth, 1, batch_norm.DEEPEST),
            "batch_size": controls.choice("batch size", [1, 2, 8, 64, 256], start.batch_size),
            "mode": controls.choice("mode", [*batch_norm.MODES], start.mode),
            "batches": controls.Slider("batches seen", start.batches, 0, 20),
        },
        batch_norm.compute,
        draw_batch_norm,
        batch_norm.describe,
        adjust=lambda result: {"batches": {"disabled": result.state.mode == "train"}},
    )
