"""The lab that reads a sentence."""

from helpers.experiments import reading
from helpers.plots.reading import draw_reading

from . import controls
from .app import App


def reading_lab(**settings):
    """Return the lab that reads a sentence with a trained model, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = reading_lab(task="negation", model="CNN", own="the film was not good but bad")
    >>> lab.result.classes[lab.result.winner]
    'negative'
    """
    start = reading.State(**settings)
    return App(
        "reading",
        reading.State,
        {
            "task": controls.choice("task", [*reading.TASKS], start.task),
            "model": controls.choice("model", [*reading.MODELS], start.model),
            "example": controls.Slider("example", start.example, 0, reading.EXAMPLES - 1),
            "own": controls.text("your words", start.own, "empty: the example is read"),
            "order": controls.choice("order", [*reading.ORDERS], start.order),
            "more": controls.Slider("more words", start.more, 0, reading.MOST_WORDS),
            "place": controls.choice("put them", [*reading.PLACES], start.place),
            "measure": controls.choice("bars show", [*reading.MEASURES], start.measure),
        },
        reading.compute,
        draw_reading,
        reading.describe,
        adjust=lambda result: {"place": {"disabled": not result.state.more}},
    )
