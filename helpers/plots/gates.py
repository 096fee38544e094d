"""Pictures of gated nets at work: a stream with its target and output, gates and states over time."""

import numpy as np

from . import style
from .chart import Chart
from .scene import Scene

COLOURS = {"i": style.FOURTH, "f": style.PIXEL, "g": style.INK, "o": style.THIRD}  # of an LSTM's gates
COLOURS |= {"r": style.FOURTH, "z": style.PIXEL, "n": style.INK}  # of a GRU's
NAMES = {"i": "input gate i", "f": "forget gate f", "g": "candidate g", "o": "output gate o"}
NAMES |= {"r": "reset gate r", "z": "update gate z", "n": "candidate n"}
SIGNED = "g", "n"  # gates between -1 and 1
WRITE, THIRD = style.WINNER, style.FAINT  # of the events


def draw_run(run, third, alt, pin=(), cell="cell c"):
    """Return the scene of a `helpers.experiments.gates.Run`: stream, gradient and cell above, gates and state below.

    Parameters
    ----------
    run : Run
    third : str
        What the third input means.
    alt : str
    pin : dict of str to float, optional
        The gates that were pinned.
    cell : str
        What the state that is carried along is called; a net whose cell is its hidden state shows it once.
    """
    scene = Scene(1060, 440, alt=alt)
    _draw_stream(scene, (52, 44, 420, 128), run, third)
    _draw_gradient(scene, (546, 44, 238, 128), run, *cell.split())
    _draw_state(scene, (846, 44, 194, 128), run, run.cell, cell)
    below = len(run.gates) + (run.cell is not run.h)
    room = 1030 / below
    boxes = [(52 + room * k, 290, room - 42, 94) for k in range(below)]
    for box, (gate, values) in zip(boxes, run.gates.items(), strict=False):
        title = f"{gate} pinned to {pin[gate]:g}".replace("-", "−") if gate in pin else NAMES[gate]
        _draw_units(scene, box, run, values, title, COLOURS[gate], -1 if gate in SIGNED else 0, 1)
    if run.cell is not run.h:
        _draw_state(scene, boxes[-1], run, run.h, "hidden state h")
    return scene


def _draw_stream(scene, box, run, third):
    steps, written = np.arange(len(run.x)), run.x[:, 1] == 1
    reach = max(1.0, np.abs(run.output).max())
    chart = _chart(scene, box, run, (-1.08 * reach, 1.08 * reach), (-1, 0, 1), "the stream")
    chart.points(steps, run.x[:, 0], style.LINE, 3, "input")
    chart.line(*_stairs(run.target), style.INK, 2, dashed=True, label="target")
    chart.line(*_stairs(run.output), style.WINDOW, 2.5, label="output")
    chart.points(steps[written], run.x[written, 0], WRITE, 6, "write")
    if run.x[:, 2].any():
        chart.line((), (), THIRD, 1.5, dashed=True, label=third)
    chart.legend(54)


def _draw_gradient(scene, box, run, cell, symbol):
    ticks = {1e-8: "10⁻⁸", 1e-6: "10⁻⁶", 1e-4: "10⁻⁴", 1e-2: "10⁻²", 1: "1"}
    title = "gradient of the last output"
    chart = _chart(scene, box, run, (1e-8, 20), ticks, title, "y", f"by the {cell} at step t")
    chart.line(*_stairs(run.whole), style.GRADIENT, 2.5, label="whole")
    chart.line(*_stairs(run.direct), style.INK, 2, dashed=True, label=f"straight along {symbol}")
    chart.legend(54)


def _draw_state(scene, box, run, values, title):
    most = np.ceil(2 * np.abs(values).max()) / 2 or 0.5  # the next half
    _draw_units(scene, box, run, values, title, style.WINDOW, -most, most)


def _draw_units(scene, box, run, values, title, colour, low, high):
    """One line a unit, the main unit's last and strongest."""
    room = 0.06 * (high - low)
    ticks = (low, (low + high) / 2, high)
    chart = _chart(scene, box, run, (low - room, high + room), ticks, title)
    for unit in sorted(range(values.shape[1]), key=lambda unit: unit == run.main):
        main = unit == run.main
        chart.line(*_stairs(values[:, unit]), colour if main else style.tint(colour, 0.4), 1 + 1.5 * main)


def _chart(scene, box, run, ylim, yticks, title, log="", xlabel="step t"):
    """A chart over the steps, with a rule at each event."""
    steps = len(run.x)
    ticks = {"x": range(0, steps, 10), "y": yticks}
    chart = Chart(scene, *box, (-0.5, steps - 0.5), ylim, title, xlabel, log=log, ticks=ticks)
    for column, colour in ((1, WRITE), (2, THIRD)):
        for step in np.flatnonzero(run.x[:, column]):
            chart.rule(x=step, colour=colour)
    return chart


def _stairs(values):
    """A line that stays at each step's value for the whole step."""
    edges = np.arange(len(values) + 1) - 0.5
    return np.repeat(edges, 2)[1:-1], np.repeat(values, 2)
