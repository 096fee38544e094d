"""Pictures of one neuron and of a small net: every value on its way forward, every gradient on its way back."""

import numpy as np

from . import style
from .scene import Scene

RADIUS = 40
COLUMNS = 90, 400, 710, 950  # inputs, hidden units, output, loss
ROWS = 100, 320


def draw_one_neuron(result, i):
    """Return the scene of a neuron Result at work on its point number i: products, sum, activation."""
    x, z, y, name = result.points[i], result.z[i], result.y[i], result.state.activation
    weight = result.state.w1, result.state.w2
    alt = f"a {name} neuron: inputs {x[0]:g} and {x[1]:g}, sum {z:g}, output {y:g}"
    scene = Scene(1060, 340, alt=alt)
    inputs, total, out = [(160, 80), (160, 260)], (530, 170), (900, 170)
    for k, place in enumerate(inputs):
        _arrow(scene, place, total, back=False)
        middle = np.mean([place, total], axis=0)
        scene.rect(middle[0] - 66, middle[1] - 12, 132, 24, style.PAPER)
        scene.text(*middle, f"times w{k + 1} = {_number(weight[k])}", 15)
        _node(scene, place, f"x{k + 1}", x[k], 0, back=False)
    _arrow(scene, total, out, back=False)
    scene.text((total[0] + out[0]) / 2, total[1] - 18, f"activation: {name}", 15)
    _node(scene, total, "sum z", z, 0, back=False)
    _node(scene, out, "output y", y, 0, back=False)
    scene.text(total[0], total[1] + 60, f"plus b = {_number(result.state.b)}", 15)
    return scene


def draw_forward(trace):
    """Return the scene of a Trace with the values alone."""
    return _draw(trace, back=False)


def draw_backward(trace):
    """Return the scene of a Trace with the gradient of each number under it."""
    return _draw(trace, back=True)


def _draw(trace, back):
    scene = Scene(1060, 470, alt=_alt(trace, back))
    inputs, hidden = ([(x, y) for y in ROWS] for x in COLUMNS[:2])
    output, loss = ((x, np.mean(ROWS)) for x in COLUMNS[2:])
    values, grads = trace.weights, trace.gradients
    # how far along an arrow its weight is written: arrows that cross are apart there
    for name, sources, targets, share in (("0.weight", inputs, hidden, 0.3), ("2.weight", hidden, [output], 0.5)):
        for i, j in np.ndindex(values[name].shape):
            _arrow(scene, sources[j], targets[i], back)
            place = (1 - share) * np.array(sources[j]) + share * np.array(targets[i])
            scene.rect(place[0] - 37, place[1] - 11 - 9 * back, 74, 22 + 18 * back, style.PAPER)
            _numbers(scene, *place, _number(values[name][i, j]), grads[name][i, j], back)
    _arrow(scene, output, loss, back)
    for i in range(2):
        _node(scene, inputs[i], f"x{i + 1}", trace.x[i], trace.dx[i], back)
        _node(scene, hidden[i], f"h{i + 1}", trace.h[i], trace.dh[i], back)
        x, y = hidden[i]
        y += 62 if i else -62  # outside, where no arrow runs
        _numbers(scene, x + 66, y, f"z{i + 1} = {_number(trace.z[i])}", trace.dz[i], back)
        _numbers(scene, x - 66, y, f"b{i + 1} = {_number(values['0.bias'][i])}", grads["0.bias"][i], back)
    _node(scene, output, "y", trace.y[0], trace.dy[0], back)
    _numbers(scene, output[0], output[1] + 62, f"c = {_number(values['2.bias'][0])}", grads["2.bias"][0], back)
    _node(scene, loss, "L", trace.loss, 1.0, back)
    scene.text(loss[0], loss[1] + 53, f"target t = {_number(trace.t[0])}", 14)
    _legend(scene, back)
    return scene


def _arrow(scene, source, target, back):
    """An arrow between two circles: on to the target, or back to the source."""
    source, target = np.array(source, float), np.array(target, float)
    along = (RADIUS + 4) * (target - source) / np.hypot(*(target - source))
    start, end = source + along, target - along
    if back:
        scene.arrow(*end, *start, stroke=style.GRADIENT)
    else:
        scene.arrow(*start, *end, stroke=style.FAINT)


def _node(scene, place, name, value, grad, back):
    x, y = place
    scene.circle(x, y, RADIUS, style.tint(style.PIXEL, 0.25), style.WINDOW, 2)
    scene.text(x, y - RADIUS - 13, name, 16, bold=True)
    _numbers(scene, x, y, _number(value), grad, back)


def _numbers(scene, x, y, value, grad, back):
    """A value, and its gradient under it on the way back."""
    scene.text(x, y - 9 * back, value, 15)
    if back:
        scene.text(x, y + 10, _number(grad), 15, style.GRADIENT, bold=True)


def _legend(scene, back):
    scene.text(40, 445, "black: the numbers, on their way forward", 14, anchor="start")
    if back:
        scene.text(
            400,
            445,
            "green: the gradient of the loss by each of them, on its way back",
            14,
            style.GRADIENT,
            anchor="start",
        )


def _number(value):
    return f"{value:.4f}".rstrip("0").rstrip(".").replace("-", "−")


def _alt(trace, back):
    numbers = f"inputs {trace.x.tolist()}, hidden {trace.h.round(4).tolist()}, output {trace.y[0]:.4f}"
    way_back = f", gradient of the inputs {trace.dx.round(4).tolist()}" if back else ""
    return f"a net of two inputs, two hidden units and one output: {numbers}, loss {trace.loss:.4f}{way_back}"
