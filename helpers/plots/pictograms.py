"""What each lesson is about, in a drawing of 50 pixels."""

import numpy as np

from . import style


def neuron(scene, x, y):
    """Three inputs, one body, one output."""
    for up in (-15, 0, 15):
        scene.line((x - 20, x + 4), (y + up, y), style.FAINT, 1.5)
        scene.circle(x - 20, y + up, 4.5, style.PIXEL)
    scene.arrow(x + 4, y, x + 28, y, style.INK, 2)
    scene.circle(x + 5, y, 12, style.tint(style.PIXEL, 0.4), style.WINDOW, 2)


def descent(scene, x, y):
    """Steps into a valley."""
    across = np.linspace(-25, 25, 41)
    scene.line(x + across, y + 20 - 38 * (across / 25) ** 2, style.FAINT, 2)
    steps = np.array([-24.0, -15, -8.5, -4, -1])
    heights = y + 20 - 38 * (steps / 25) ** 2
    scene.line(x + steps, heights, style.WINNER, 1.5)
    for at, height in zip(x + steps, heights, strict=True):
        scene.circle(at, height, 3.5, style.WINNER)


def kernel(scene, x, y):
    """A window on a grid of pixels."""
    shades = np.array([[1, 1, 8, 9], [1, 2, 9, 8], [2, 8, 9, 1], [7, 9, 2, 1]]) / 9
    _grid(scene, x - 21, y - 21, 12, shades)
    scene.rect(x - 9, y - 21, 36, 36, stroke=style.WINDOW, line=3)


def pool(scene, x, y):
    """Four pixels, and the one that wins."""
    _grid(scene, x - 28, y - 14, 14, np.array([[0.1, 0.9], [0.5, 0.3]]))
    scene.rect(x - 14, y - 14, 14, 14, stroke=style.WINNER, line=2.5)
    scene.arrow(x + 4, y, x + 11, y, style.INK, 1.5)
    _grid(scene, x + 15, y - 7, 14, np.array([[0.9]]))


def loop(scene, x, y):
    """A state that comes back to itself."""
    turn = np.linspace(-1.2 * np.pi, 0.2 * np.pi, 41)
    scene.line(x + 13 * np.cos(turn), y - 9 + 13 * np.sin(turn), style.WINDOW, 2.5)
    scene.arrow(x - 11, y - 2, x - 8.5, y + 1.5, style.WINDOW, 2.5)
    scene.arrow(x - 28, y + 12, x - 14, y + 12, style.INK, 1.5)
    scene.arrow(x + 11, y + 12, x + 25, y + 12, style.INK, 1.5)
    scene.circle(x, y + 12, 11, style.tint(style.PIXEL, 0.4), style.WINDOW, 2)


def vanishing(scene, x, y):
    """A gradient that gets weaker from step to step, right to left."""
    for step in range(6):
        height = 44 * 0.62**step
        scene.rect(
            x + 21 - 9.5 * step, y + 22 - height, 7, height, style.tint(style.GRADIENT, max(0.25, 1 - 0.15 * step))
        )


def cell(scene, x, y):
    """A number that is carried past a gate, which multiplies, and a plus, which writes."""
    scene.arrow(x - 29, y - 8, x + 27, y - 8, style.WINDOW, 3)
    for along, sign in ((-12, "×"), (8, "+")):
        scene.line((x + along, x + along), (y + 21, y), style.FAINT, 1.5)
        scene.circle(x + along, y - 8, 8.5, style.PAPER, style.INK, 1.5)
        scene.text(x + along, y - 8, sign, 14, bold=True)


def cup(scene, x, y):
    """A cup of old and new."""
    scene.rect(x - 15, y + 2, 30, 18, style.tint(style.WINDOW, 0.6))
    scene.rect(x - 15, y - 10, 30, 12, style.tint(style.WINNER, 0.6))
    scene.line((x - 15, x - 15, x + 15, x + 15), (y - 22, y + 20, y + 20, y - 22), style.INK, 2.5)


def over_time(scene, x, y):
    """Many states, one vector."""
    x += 2
    for along in (-22, -11, 0, 11, 22):
        scene.line((x + along, x), (y - 12, y + 14), style.FAINT, 1.5)
        scene.rect(x + along - 3.5, y - 20, 7, 14, style.tint(style.PIXEL, 0.3 + 0.014 * (along + 22)), style.WINDOW, 1)
    scene.rect(x - 5, y + 12, 10, 17, style.WINNER)


def words(scene, x, y):
    """Two words whose order counts."""
    scene.text(x, y - 9, "not", 17, style.WINNER, bold=True)
    scene.text(x, y + 11, "good", 17, style.WINDOW, bold=True)


def _grid(scene, left, top, side, strengths):
    for (i, j), strength in np.ndenumerate(strengths):
        scene.rect(left + side * j, top + side * i, side, side, style.tint(style.PIXEL, strength), style.LINE, 0.8)


PICTOGRAMS = {
    1: neuron,
    2: descent,
    3: kernel,
    4: pool,
    5: loop,
    6: vanishing,
    7: cell,
    8: cup,
    9: over_time,
    10: words,
}
