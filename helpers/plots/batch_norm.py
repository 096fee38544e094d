"""Pictures of batch norm: what comes out of each layer of a net, without it and with it."""

import numpy as np

from . import style
from .chart import Chart
from .scene import Scene

REACH = 3.0  # values that are shown; larger ones stand at the edge
BINS = 49


def draw_batch_norm(result):
    """Return the scene of a batch-norm Result: a histogram of each layer's outputs, lying on its side."""
    scene = Scene(1060, 500, alt=_alt(result))
    nets = ("without batch norm", result.plain, style.WINNER), ("with batch norm", result.normed, style.WINDOW)
    for x, (title, layers, colour) in zip((70, 580), nets, strict=True):
        ticks = {"x": {layer + 0.4: str(layer) for layer in range(1, len(layers) + 1)}}
        frame = x, 56, 430, 330
        chart = Chart(scene, *frame, (0.9, 9), (-REACH, REACH), title, "layer", "output of the units", ticks=ticks)
        chart.rule(y=0)
        for layer, outputs in enumerate(layers, 1):
            _histogram(chart, layer, outputs, colour)
            middle = float(chart.px(layer + 0.4))
            scene.text(middle, 450, _written(outputs.std()), 13, colour, bold=True)
        scene.text(x, 474, "their standard deviation; values beyond ±3 stand at the edge", 13, anchor="start")
    return scene


def _written(value):
    """A number of six characters at most: two digits of it, or one where it is very small or very large."""
    if 0 < value < 1e-3 or value >= 1e5:
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-")
    return f"{value:.2g}" if value < 99.5 else f"{value:.0f}"


def _histogram(chart, layer, outputs, colour):
    """Bars to the right of x = layer, the longest of them 0.8 long."""
    counts, edges = np.histogram(outputs.clip(-REACH, REACH), BINS, (-REACH, REACH))
    left = float(chart.px(layer))
    widths = chart.px(layer + 0.8 * counts / counts.max()) - left
    ys = chart.py(edges)
    for width, low, high in zip(widths, ys[:-1], ys[1:], strict=True):
        if width:
            chart.scene.rect(left, float(high), float(width), float(low - high), colour)


def _alt(result):
    state = result.state
    plain, normed = result.plain[-1].std(), result.normed[-1].std()
    return (
        f"outputs of {state.depth} {state.activation} layers at scale {state.scale:g}, batch of {state.batch_size}, "
        f"{state.mode} mode: the last one's spread is {plain:.2g} without batch norm and {normed:.2g} with it"
    )
