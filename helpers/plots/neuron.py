"""Pictures of one neuron: the plane that it cuts, and its activation with the points on it."""

import numpy as np

from helpers.experiments.neuron import EDGES

from . import style
from .chart import Chart, limits
from .scene import Scene

CLASSES = style.WINNER, style.WINDOW  # of the classes 0 and 1


def draw_neuron(result):
    """Return the scene of a neuron Result: the response surface with its points, and the activation beside it."""
    state = result.state
    scene = Scene(1060, 480, alt=_alt(result))
    plane = Chart(scene, 80, 60, 330, 330, EDGES, EDGES, "output (darker: further from 0)", "input x1", "input x2")
    most = max(1.0, np.abs(result.surface).max())
    plane.image(style.shades(result.surface, 1.6 * most))
    if state.w1 or state.w2:
        plane.line(*border([state.w1, state.w2], state.b), colour=style.INK, width=2.5, label="z = 0")
    for kind in (0, 1):
        chosen = result.labels == kind
        plane.points(*result.points[chosen].T, CLASSES[kind], 9, label=f"class {kind}", stroke=style.INK)
    wrong = result.points[~result.right]
    for x1, x2 in wrong:
        plane.text(x1, x2, "×", 15, style.PAPER, bold=True, anchor="middle")
    plane.legend()

    z, y, slope = result.curve
    curve = Chart(scene, 540, 60, 460, 330, (z[0], z[-1]), limits(y, slope), "activation", "sum z", "output y, slope")
    curve.line(z, y, label=f"{state.activation}(z)")
    curve.line(z, slope, style.GRADIENT, dashed=True, label="its slope")
    for kind in (0, 1):
        chosen = result.labels == kind
        curve.points(result.z[chosen], result.y[chosen], CLASSES[kind], 8, f"class {kind}", style.INK)
    curve.legend()
    return scene


def border(weight, bias):
    """Two points far out on the line w1 x1 + w2 x2 + b = 0: their x1 and their x2, (2, 2)."""
    weight = np.asarray(weight, float)
    foot = -bias * weight / (weight @ weight)
    along = 10 * np.array([-weight[1], weight[0]]) / np.hypot(*weight)
    return np.stack([foot - along, foot + along], axis=1)


def _alt(result):
    state = result.state
    return (
        f"one {state.activation} neuron on {state.data}: weights {state.w1:g} and {state.w2:g}, bias {state.b:g}, "
        f"{int(result.right.sum())} of {len(result.labels)} points on the right side"
    )
