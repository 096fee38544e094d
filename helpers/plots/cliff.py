"""The picture of the cliff: a loss surface with a wall, and two descents over it."""

import numpy as np

from helpers.experiments.cliff import B_EDGES, UPDATES, W_EDGES, paths

from . import style
from .chart import Chart, limits
from .scene import Scene

COLOURS = {"without clipping": style.WINNER, "clipped": style.GRADIENT}


def draw_cliff(result):
    """Return the scene of a cliff Result: both descents seen from above, and the loss of each over its updates."""
    state = result.state
    scene = Scene(1060, 480, alt=_alt(result))
    plane = Chart(scene, 84, 60, 410, 330, W_EDGES, B_EDGES, "loss over the weights", "weight w", "bias b")
    plane.image(style.shades(result.surface, 0.6))
    losses = Chart(
        scene, 610, 60, 410, 330, (0, UPDATES), limits([1e-6, 1], log=True), "loss of each", "updates", "loss", "y"
    )
    for name, path in paths(result).items():
        so_far, colour = path[: state.update + 1], COLOURS[name]
        plane.line(*so_far[:, :2].T, colour, 2)
        plane.points(*so_far[:, :2].T, colour, 3, label=name)
        plane.points(*so_far[-1:, :2].T, colour, 8, stroke=style.INK)
        losses.line(np.arange(len(so_far)), so_far[:, 2], colour, 2.5, label=name)
        losses.points(state.update, so_far[-1, 2], colour, 6, stroke=style.INK)
    plane.points(state.w, state.b, style.PAPER, 6, label="start", stroke=style.INK)
    plane.legend()
    losses.legend()
    return scene


def _alt(result):
    state = result.state
    ends = " and ".join(f"{path[state.update, 2]:.2g} {name}" for name, path in paths(result).items())
    return (
        f"loss of a net of one unit after {state.steps} steps, and two descents from w = {state.w:g}, b = {state.b:g}, "
        f"learning rate {state.lr:g}, gradients clipped at {state.max_norm:g}: "
        f"after {state.update} updates the loss is {ends}"
    )
