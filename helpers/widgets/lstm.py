"""The LSTM lab."""

from helpers.experiments import lstm
from helpers.plots.gates import NAMES
from helpers.plots.lstm import draw_lstm

from . import controls
from .app import App

SHARES = 0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0  # a gate can be pinned to
CANDIDATES = -1.0, -0.5, 0.0, 0.5, 1.0


def lstm_lab(**settings):
    """Return the LSTM lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = lstm_lab(f=1.0, i=0.0)
    >>> lab.result.run.kept()
    1.0
    """
    start = lstm.State(**settings)
    gates = {
        gate: controls.choice(NAMES[gate], gate_options(CANDIDATES if gate == "g" else SHARES), getattr(start, gate))
        for gate in "ifgo"
    }
    return App(
        "lstm",
        lstm.State,
        {
            "net": controls.choice("trained net", [*lstm.NETS], start.net),
            "value": controls.Decimal("first value", start.value, -1.0, 1.0, 0.1),
            "event": controls.choice("then", [*lstm.EVENTS], start.event),
            "step": controls.Slider("at step", start.step, 1, lstm.STEPS - 1),
            **gates,
        },
        lstm.compute,
        draw_lstm,
        lstm.describe,
        adjust=lambda result: {"step": {"disabled": result.state.event == lstm.EVENTS[0]}},
    )


def gate_options(values):
    """What a gate can be set to: free, or one of the values."""
    return [(lstm.FREE, lstm.FREE), *((f"{value:g}", value) for value in values)]
