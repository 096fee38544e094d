"""Pictures of a descent: the surface from above with the path on it, the height and the learning rate step by step."""

from functools import lru_cache

import numpy as np

from helpers.experiments.descent import EDGES, STARTS, STEPS, SURFACES

from . import style
from .chart import Chart, limits
from .scene import Scene

PIXELS, SIDE = 420, 340  # along each side of the surface: its points, and the room it has
BANDS = 16
FLOOR, CEILING = 1e-8, 1e6  # heights that the chart shows at most


def draw_descent(result):
    """Return the scene of a descent Result: the path up to its step, and the whole run beside it."""
    path, step = result.path, result.step
    scene = Scene(1060, SIDE + 146, alt=_alt(result))
    name = result.state.surface
    surface = draw_surface(scene, 70, 48, SIDE, name, f"{name}: {SURFACES[name].formula}")
    walked = path.points[: step + 1]
    surface.line(*walked.T, style.WINNER, 1.5)
    surface.points(*walked.T, style.WINNER, 2.5, label="steps")
    surface.points(*STARTS[result.state.start], style.PAPER, 6, "start", style.INK)
    surface.points(*walked[-1], style.WINNER, 7, "now", style.INK)
    surface.points(*np.transpose(result.surface.minima), style.INK, 4, "minimum")
    _push(surface, result)
    surface.legend()
    _draw_run(scene, result)
    return scene


def draw_paths(results, titles):
    """Return the scene of several runs side by side, each on its surface, with a title of its own."""
    side = 280
    alt = "; ".join(f"{title}: {_alt(result)}" for result, title in zip(results, titles, strict=True))
    scene = Scene(20 + len(results) * (side + 70), side + 110, alt)
    for place, (result, title) in enumerate(zip(results, titles, strict=True)):
        points = result.path.points
        chart = draw_surface(scene, 65 + place * (side + 70), 52, side, result.state.surface, title)
        chart.line(*points.T, style.WINNER, 1.5)
        chart.points(*points.T, style.WINNER, 2.5)
        chart.points(*points[0], style.PAPER, 6, stroke=style.INK)
        chart.points(*np.transpose(result.surface.minima), style.INK, 4)
    return scene


def draw_surface(scene, x, y, side, name, title):
    """Draw a surface from above, darker where it is higher, as a square chart; return the chart."""
    chart = Chart(scene, x, y, side, side, EDGES, EDGES, title, "parameter p1", "parameter p2")
    chart.image(contours(name))
    return chart


@lru_cache
def contours(name):
    """A surface from above in bands of height, (PIXELS, PIXELS, 3) uint8, with a line between two bands."""
    axis = np.linspace(*EDGES, PIXELS)
    height = SURFACES[name].height(axis, axis[::-1, None]) - SURFACES[name].lowest
    share = np.log1p(4 * height)  # the bands of a steep surface would all lie at its rim
    band = np.floor(BANDS * share / share.max()).clip(0, BANDS - 1)
    pixels = style.shades(band, 1.6 * BANDS, style.PIXEL)
    edge = (np.diff(band, axis=0, prepend=band[:1]) != 0) | (np.diff(band, axis=1, prepend=band[:, :1]) != 0)
    edge |= np.roll(edge, -1, axis=0) | np.roll(edge, -1, axis=1)  # two pixels wide: a smaller screen may skip one
    pixels[edge] = style.rgb(style.tint(style.PIXEL, 0.75))
    pixels.setflags(write=False)  # the cache hands out one array to all
    return pixels


def _push(chart, result):
    """An arrow against the gradient that the next step starts from, and its key; none where it would not be seen."""
    if result.step == len(result.path.gradients):
        return
    here, gradient = result.path.points[result.step], result.path.gradients[result.step]
    inside = EDGES[0] <= here.min() and here.max() <= EDGES[1]
    if inside and np.any(gradient):
        x, y = float(chart.px(here[0])), float(chart.py(here[1]))
        along = 36 * gradient / np.linalg.norm(gradient)
        chart.scene.arrow(x, y, x - along[0], y + along[1], style.GRADIENT, 3)
        chart.line((), (), style.GRADIENT, 3, label="against the gradient")


def _draw_run(scene, result):
    path = result.path
    steps = np.arange(len(path.heights))
    low, high = limits(path.heights, log=True)
    ylim = float(np.clip(low, FLOOR, CEILING / 10)), float(np.clip(high, 10 * FLOOR, CEILING))
    title = "the run diverges" if path.lost else ""
    run = Chart(scene, 500, 48, 520, 180, (0, STEPS), ylim, title, "", "height above the lowest point", log="y")
    run.line(steps, path.heights)
    rate = Chart(scene, 500, 292, 520, 96, (0, STEPS), (0, 1.1 * path.rates.max()), "", "step", "learning rate")
    rate.line(steps[:-1], path.rates)
    for chart in (run, rate):
        chart.rule(x=result.step, colour=style.WINNER)
    if result.step < STEPS:
        run.points(result.step, path.heights[result.step], style.WINNER, 5, stroke=style.INK)


def _alt(result):
    state, (p1, p2) = result.state, result.path.points[result.step]
    said = [f"learning rate {state.lr:g}", f"{state.schedule} schedule", f"momentum {state.momentum:g}"]
    said += ["Nesterov"] * state.nesterov + [f"weight decay {state.weight_decay:g}"] * (state.weight_decay > 0)
    diverging = ", diverging" if result.path.lost else ""
    return (
        f"descent on the {state.surface}, start {state.start}, {', '.join(said)}, batch of {state.batch_size}: "
        f"after step {result.step} at ({p1:.3g}, {p2:.3g}){diverging}"
    )
