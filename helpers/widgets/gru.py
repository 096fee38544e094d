"""The GRU lab."""

from helpers.experiments import gru
from helpers.plots.gru import draw_gru

from . import controls
from .app import App
from .lstm import SHARES, gate_options


def gru_lab(**settings):
    """Return the GRU lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = gru_lab(z=1.0)
    >>> lab.result.kept
    1.0
    """
    start = gru.State(**settings)
    return App(
        "gru",
        gru.State,
        {
            "net": controls.choice("trained net", [*gru.NETS], start.net),
            "form": controls.choice("r multiplies", [*gru.FORMS], start.form),
            "convention": controls.choice("convention", [*gru.CONVENTIONS], start.convention),
            "r": controls.choice("reset r", gate_options(SHARES), start.r),
            "z": controls.choice("update z", gate_options(SHARES), start.z),
            "view": controls.choice("picture", [*gru.VIEWS], start.view),
            "step": controls.Player("at step", start.step, 0, gru.STEPS - 1, interval=700),
        },
        gru.compute,
        draw_gru,
        gru.describe,
        adjust=lambda result: {"step": {"disabled": result.state.view == gru.VIEWS[0]}},
    )
