"""Pictures of the GRU lab: gates and states over time, and one step as wine that is poured between cups."""

import numpy as np

from helpers.experiments.gru import VIEWS, two

from . import style
from .chart import Chart
from .gates import COLOURS, THIRD, WRITE, draw_run
from .scene import Scene

OLD, MIX = style.WINDOW, style.WINNER  # of the wine
TOP, WIDTH, HEIGHT = 76, 120, 140  # of a cup
BEFORE, BETWEEN, AFTER = 120, 480, 880  # the middles of the three cups


def draw_gru(result):
    """Return the scene of a GRU Result in the view that its state names."""
    state, alt = result.state, _alt(result)
    if state.view == VIEWS[0]:
        return draw_run(result.run, "clear", alt, state.pin, "state h")
    scene = draw_cups(result.cup, state.z_keeps, alt, height=470)
    _draw_time(scene, result)
    return scene


def draw_cups(cup, z_keeps=True, alt=None, height=300):
    """Return the scene of one step of one unit: the old cup, the mix, and the new cup that is filled from both.

    The level of a cup is its number, from -1 (empty) to 1 (full).

    Parameters
    ----------
    cup : helpers.experiments.gru.Cup
    z_keeps : bool
        Whether z is the share of the old, as in torch, or of the new.
    alt : str, optional
    height : float
        Of the sheet; the cups take 300 pixels of it.
    """
    old, new = ("z", "1 − z") if z_keeps else ("1 − z", "z")
    scene = Scene(1060, height, alt=alt or f"wine cups: {two(cup.before)} before, mix {two(cup.n)}, {two(cup.h)} after")
    _cup(scene, BEFORE, "the cup before", f"h before = {two(cup.before)}", [(OLD, _level(cup.before))])
    _cup(scene, BETWEEN, "the mix", f"n = tanh(sum) = {two(cup.n)}", [(MIX, _level(cup.n))])
    parts = [(OLD, cup.keep * _level(cup.before)), (MIX, (1 - cup.keep) * _level(cup.n))]
    _cup(scene, AFTER, "the cup after", f"h = {two(cup.h)}", parts)
    y = TOP + 30
    left, right = BEFORE + WIDTH / 2 + 40, BETWEEN - WIDTH / 2 - 12
    scene.arrow(left, y, right, y, OLD, 1 + 2 * cup.r)
    scene.text((left + right) / 2, y - 20, f"reset r = {two(cup.r)} of the past", 14)
    scene.text((left + right) / 2, y + 24, f"brings {two(cup.past)}", 14)
    scene.text((left + right) / 2, y + 70, f"the input brings {two(cup.fresh)}", 14)
    scene.arrow(left + 40, y + 88, right, y + 88, style.INK, 2)
    left, right = BETWEEN + WIDTH / 2 + 40, AFTER - WIDTH / 2 - 12
    scene.arrow(left, y + 20, right, y + 20, MIX, 1 + 2 * (1 - cup.keep))
    scene.text((left + right) / 2, y - 2, f"{new} = {two(1 - cup.keep)} of the mix", 14)
    y = TOP + HEIGHT + 48
    scene.line((BEFORE, BEFORE, AFTER), (y - 24, y, y), OLD, 1 + 2 * cup.keep)
    scene.arrow(AFTER, y, AFTER, y - 22, OLD, 1 + 2 * cup.keep)
    scene.text((BEFORE + AFTER) / 2, y + 18, f"update: {old} = {two(cup.keep)} of the old", 14)
    return scene


def _level(value):
    return (value + 1) / 2


def _cup(scene, x, title, words, parts):
    """A cup filled with parts (colour, share of the cup's height), the first at the bottom."""
    scene.text(x, TOP - 56, title, 16, bold=True)
    y = TOP + HEIGHT
    for colour, share in parts:
        y -= share * HEIGHT
        scene.rect(x - WIDTH / 2, y, WIDTH, share * HEIGHT, style.tint(colour, 0.6))
    sides = x + np.array([-1, -1, 1, 1]) * WIDTH / 2
    scene.line(sides, (TOP - 8, TOP + HEIGHT, TOP + HEIGHT, TOP - 8), style.INK, 3)
    for value in (-1, 0, 1):
        at = TOP + HEIGHT * (1 - _level(value))
        scene.line((x + WIDTH / 2, x + WIDTH / 2 + 6), (at, at), style.INK, 1.5)
        scene.text(x + WIDTH / 2 + 10, at, f"{value}".replace("-", "−"), 12, anchor="start")
    scene.text(x, TOP - 28, words, 15)


def _draw_time(scene, result):
    """The main unit's state and gates over time, with the step that is looked at."""
    run, steps = result.run, np.arange(len(result.run.x))
    ticks = {"x": range(0, len(steps), 10), "y": (-1, 0, 1)}
    chart = Chart(scene, 62, 322, 940, 76, (-0.5, len(steps) - 0.5), (-1.08, 1.08), "", "step t", ticks=ticks)
    for step in np.flatnonzero(run.x[:, 1]):
        chart.rule(x=step, colour=WRITE)
    chart.rule(x=result.state.step, colour=THIRD, width=4, dashed=False, label="this step")
    chart.line(steps, run.h[:, run.main], OLD, 3, label="state h")
    for gate, name in (("z", "update gate z"), ("r", "reset gate r")):
        chart.line(steps, run.gates[gate][:, run.main], COLOURS[gate], 2, label=name)
    chart.legend(60)


def _alt(result):
    state, run = result.state, result.run
    pinned = ", ".join(f"{gate} pinned to {value:g}" for gate, value in state.pin.items())
    setting = f"GRU of {state.net}, reset {state.form}, {state.convention}, {pinned or 'both gates free'}"
    if state.view == VIEWS[0]:
        return f"{setting}; last output {two(run.output[-1])}, target {two(run.target[-1])}"
    cup = result.cup
    return (
        f"{setting}; wine cups at step {state.step}: {two(cup.before)} before, the mix {two(cup.n)}, "
        f"{two(cup.keep)} of the old and {two(1 - cup.keep)} of the mix give {two(cup.h)}"
    )
