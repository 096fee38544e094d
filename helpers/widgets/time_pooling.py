"""The lab on pooling over time."""

from helpers.experiments import time_pooling
from helpers.plots.time_pooling import draw_time_pooling

from . import controls
from .app import App

LAST = max(map(len, time_pooling.WORDS)) + time_pooling.MOST_PADDING - 1  # step of the longest sequence


def pooling_over_time_lab(**settings):
    """Return the lab on pooling over time, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = pooling_over_time_lab(kind="mean", word="wij", padding=0)
    >>> lab.result.output.round(3)
    array([0.333, 0.333, 0.333])
    """
    start = time_pooling.State(**settings)
    return App(
        "pooling-over-time",
        time_pooling.State,
        {
            "kind": controls.choice("pooling", [*time_pooling.KINDS], start.kind),
            "masked": controls.switch("give the lengths", start.masked),
            "word": controls.choice("word", [*time_pooling.WORDS], start.word),
            "padding": controls.Slider("pad steps", start.padding, 0, time_pooling.MOST_PADDING),
            "step": controls.Slider("look at step", start.step, 0, LAST),
        },
        time_pooling.compute,
        draw_time_pooling,
        time_pooling.describe,
    )
