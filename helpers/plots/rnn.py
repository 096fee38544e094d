"""Pictures of a recurrent net: the loop and its unrolling, and the lab's net with the numbers of both passes."""

from itertools import pairwise

import numpy as np

from helpers.experiments.rnn import bracketed, written

from . import style
from .scene import Scene

WIDTH, LEFT, RIGHT = 1060, 172, 140  # of the sheet; room for the names of the rows and for the sums
STATE_Y, INPUT_Y, TABLE_Y, ROW = 112, 182, 232, 31


def draw_unrolling(steps, net="Elman"):
    """Draw a net with its loop, and the same net unrolled for so many steps.

    Parameters
    ----------
    steps : int
        Copies to draw, 1 to 8.
    net : {'Elman', 'Jordan'}
        Where the next state comes from: the hidden layer, or the output.
    """
    scene = Scene(WIDTH, 300, alt=f"{net}'s net as a loop, and unrolled for {steps} steps: the same weights in each")
    scene.text(110, 22, "the loop", 16, bold=True)
    _cell(scene, 110, "", 30)
    _loop(scene, 110, net)
    apart = min(130.0, 740 / steps)
    xs = 670 + apart * (np.arange(steps) - (steps - 1) / 2)
    scene.text(670, 22, f"unrolled for {steps} steps: the same weights in each", 16, bold=True)
    for t, x in enumerate(xs, 1):
        _cell(scene, x, str(t), min(30, 0.3 * apart))
    half, (y, edge) = min(30, 0.3 * apart), _source(net)
    scene.text(xs[0] - half - 46, 150, "start", 14)
    scene.arrow(xs[0] - half - 24, 150, xs[0] - half - 5, 150, style.WINDOW, 2.5)
    for x0, x1 in pairwise(xs):
        scene.arrow(x0 + min(edge, half), y, x1 - half - 5, 150, style.WINDOW, 2.5)
    return scene


def _source(net):
    """Height of what the next state is made of, and half its width."""
    return {"Elman": (150, 30), "Jordan": (70, 21)}[net]


def _cell(scene, x, number, half):
    """One copy of the net: input below, hidden layer, output above."""
    scene.circle(x, 230, min(21, half), style.PAPER, style.INK, 1.5)
    scene.text(x, 230, f"x{number}", 15)
    scene.arrow(x, 208, x, 178)
    scene.rect(x - half, 128, 2 * half, 44, style.tint(style.WINDOW, 0.2), style.WINDOW, 2)
    scene.text(x, 150, f"h{number}", 16, bold=True)
    scene.arrow(x, 128, x, 100)
    scene.circle(x, 70, min(21, half), style.PAPER, style.INK, 1.5)
    scene.text(x, 70, f"y{number}", 15)


def _loop(scene, x, net):
    """The way from what makes the next state, round, and back into the hidden layer."""
    y, edge = _source(net)
    scene.line((x + edge, x + 62, x + 62, x - 62, x - 62), (y, y, 268, 268, 150), style.WINDOW, 2.5)
    scene.arrow(x - 62, 150, x - 35, 150, style.WINDOW, 2.5)
    scene.text(x, 286, f"× {'W_hh' if net == 'Elman' else 'W_sh'}, one step later", 13, style.WINDOW)
    scene.text(x + 8, 193, "× W_ih", 12, anchor="start")
    scene.text(x + 8, 114, "× W_hy", 12, anchor="start")


def draw_rnn(result):
    """Return the scene of a Result: the unrolled net, and below each step its error terms and its shares."""
    state, steps = result.state, result.state.steps
    scene = Scene(WIDTH, TABLE_Y + 6 * ROW + 46, alt=_alt(result))
    apart = min(150.0, (WIDTH - LEFT - RIGHT) / steps)
    left = (WIDTH + LEFT - RIGHT - apart * steps) / 2
    xs = left + apart * (0.5 + np.arange(steps))
    _names(scene, state, left - 26)
    for t, x in enumerate(xs):
        _step(scene, result, t, x, apart)
    _table(scene, result, xs, apart)
    _key(scene, state)
    return scene


def _names(scene, state, x):
    """What the rows are, and what the arrows multiply by."""
    rows = (50, "loss"), (STATE_Y, "state h, from h0 = 0"), (INPUT_Y, "input x")
    for y, name in (*rows, *((TABLE_Y + ROW * row, name) for row, (name, *_) in enumerate(ROWS))):
        scene.text(x, y, name, 14, anchor="end")
    scene.text(x, STATE_Y + 34, f"×{written(state.weight_hh)} to the right", 12, style.WINDOW, anchor="end")
    scene.text(x, INPUT_Y - 19, f"×{written(state.weight_ih)} upward", 12, style.FAINT, anchor="end")


def _step(scene, result, t, x, apart):
    """Column t of the net: what the passes have not reached yet is empty."""
    reached, half = t < result.forward, 0.36 * apart
    now = t == result.now
    scene.text(x, 18, f"t = {t + 1}", 13, style.INK if now else style.FAINT, bold=now)
    if not np.isnan(result.loss[t]):
        scene.rect(x - half, 35, 2 * half, 30, style.PAPER, style.FAINT, dashed=True)
        scene.text(x, 50, written(result.loss[t]) if reached else "", 13)
        scene.arrow(x, STATE_Y - 20, x, 70, style.FAINT)
    most = max(1.0, np.abs(result.h).max())
    fill = style.tint(style.PIXEL, 0.6 * abs(result.h[t]) / most) if reached else style.PAPER
    edge = style.WINNER if now else style.WINDOW if reached else style.LINE
    scene.rect(x - half, STATE_Y - 20, 2 * half, 40, fill, edge, 4 if now else 1.5)
    if reached:
        longest = max(len(written(state)) for state in result.h)
        scene.text(x, STATE_Y, written(result.h[t]), min(14, 2.9 * half / longest), bold=True)
    start = x - apart + half if t else x - apart / 2 - 20
    scene.arrow(start, STATE_Y - 6, x - half - 4, STATE_Y - 6, style.WINDOW if reached else style.LINE, 2)
    if t and t >= result.backward:
        scene.arrow(x - half, STATE_Y + 9, x - apart + half + 4, STATE_Y + 9, style.GRADIENT, 2)
    scene.arrow(x, INPUT_Y - 16, x, STATE_Y + 24, style.INK if reached else style.LINE)
    scene.text(x, INPUT_Y, written(result.x[t]), 14)


ROWS = (  # name, field, and the gradient that the row sums up to
    ("from its own loss", "grad_h", ""),
    ("from later", "carried", ""),
    ("dL/dh, the sum", "dh", ""),
    ("da = dL/dh · f′", "da", "dL/db"),
    ("da · x", "share_ih", "dL/dw_ih"),
    ("da · h before", "share_hh", "dL/dw_hh"),
)


def _table(scene, result, xs, apart):
    """The error terms and the shares that the way back has reached, and the sums so far."""
    right, first = xs[-1] + apart / 2, result.backward
    for row, (_, field, gradient) in enumerate(ROWS):
        y, values = TABLE_Y + ROW * row, getattr(result, field)
        most = np.abs(values).max() or 1
        for t, x in enumerate(xs):
            shown = t >= first
            fill = style.tint(style.GRADIENT, 0.55 * abs(values[t]) / most) if shown else style.PAPER
            scene.rect(x - apart / 2 + 1, y - ROW / 2 + 1, apart - 2, ROW - 2, fill, style.LINE)
            scene.text(x, y, written(values[t]) if shown else "", 13 if apart > 70 else 12)
        if gradient and first < len(values):
            scene.text(right + 8, y - 7, f"sum{' so far' if first else f' = {gradient}'}", 14, anchor="start")
            scene.text(right + 8, y + 7, written(values[first:].sum()), 14, style.GRADIENT, True, "start")


def _key(scene, state):
    y = TABLE_Y + 6 * ROW + 8
    scene.text(WIDTH / 2, y, _formula(state), 14)
    words = "blue: the state, forward;  green: the error terms, backward;  orange: the step looked at"
    scene.text(WIDTH / 2, y + 24, words, 13, style.FAINT)


def _formula(state):
    parts = f"{written(state.weight_ih)}·x + {bracketed(state.weight_hh)}·h before + {bracketed(state.bias)}"
    asked = f"at step {state.steps}" if state.loss == "last step" else "at each step"
    return f"h = {state.nonlinearity}({parts}), loss = (h − {written(state.target)})² / 2 {asked}"


def _alt(result):
    state = result.state
    if state.step <= state.steps:
        at = f"forward, {result.forward} of {state.steps} steps"
    else:
        at = f"backward, down to step {result.backward + 1} of {state.steps}"
    return (
        f"unrolled {state.nonlinearity} net on {state.sequence}: w_ih {written(state.weight_ih)}, "
        f"w_hh {written(state.weight_hh)}, bias {written(state.bias)}, loss at {state.loss}; {at}"
    )
