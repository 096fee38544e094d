"""The lab of backpropagation through time."""

from helpers.experiments import rnn
from helpers.plots.rnn import draw_rnn

from . import controls
from .app import App


def rnn_lab(**settings):
    """Return the lab of the unrolled net, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = rnn_lab(sequence="constant", nonlinearity="relu", weight_hh=1.0, steps=3)
    >>> lab.result.h
    array([1., 2., 3.])
    """
    start = rnn.State(**settings)
    return App(
        "rnn",
        rnn.State,
        {
            "sequence": controls.choice("sequence", [*rnn.SEQUENCES], start.sequence),
            "steps": controls.Slider("steps T", start.steps, 1, rnn.LONGEST),
            "weight_ih": controls.Decimal("w_ih", start.weight_ih, -3.0, 3.0, 0.1),
            "weight_hh": controls.Decimal("w_hh", start.weight_hh, -3.0, 3.0, 0.1),
            "bias": controls.Decimal("bias", start.bias, -3.0, 3.0, 0.1),
            "nonlinearity": controls.choice("f", ["tanh", "relu"], start.nonlinearity),
            "loss": controls.choice("loss at", [*rnn.LOSSES], start.loss),
            "step": controls.Player("step", min(start.step, 2 * start.steps), 0, 2 * rnn.LONGEST, interval=700),
        },
        rnn.compute,
        draw_rnn,
        rnn.describe,
        adjust=lambda result: {"step": {"max": 2 * result.state.steps}},
    )
