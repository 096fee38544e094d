"""The picture of a receptive field: units layer by layer, and the tree from one of them down to the pixels."""

from . import style
from .scene import Scene

LEFT, WIDTH, HEIGHT, FIRST, FLOOR = 146, 1060, 430, 40, 380


def draw_receptive_field(result):
    """Return the scene of a receptive-field Result: the input at the bottom, the last layer at the top."""
    scene = Scene(WIDTH, HEIGHT, _alt(result))
    levels = len(result.counts)
    pitch = min(36, (WIDTH - LEFT - 30) / result.state.pixels)
    side = min(0.8 * pitch, 26)
    x0 = LEFT + (WIDTH - LEFT - 30 - pitch * result.state.pixels) / 2
    rise = (FLOOR - FIRST) / (levels - 1)

    def middle(level, unit):
        field_middle = (result.reach[level] - 1) / 2 + unit * result.jump[level]
        return x0 + pitch * (field_middle + 0.5), FLOOR - level * rise

    for level, axis in enumerate(result.windows):
        for unit in result.fields[level + 1]:
            for below in axis.reads(unit):
                ends = zip(middle(level + 1, unit), middle(level, below), strict=True)
                scene.line(*ends, stroke=style.WINNER, line=1.2)
    for level, count in enumerate(result.counts):
        name = "input" if level == 0 else f"layer {level}"
        y = FLOOR - level * rise
        scene.text(14, y - 9, name, 15, bold=True, anchor="start")
        scene.text(14, y + 10, f"field {result.reach[level]}, size {count}", 14, style.INK, anchor="start")
        chosen = set(result.fields[level])
        for unit in range(count):
            x, _ = middle(level, unit)
            fill = style.tint(style.WINNER, 0.6) if unit in chosen else style.tint(style.PIXEL, 0.2)
            scene.rect(x - side / 2, y - side / 2, side, side, fill, style.FAINT)
    first, last = (middle(0, result.fields[0][at])[0] for at in (0, -1))
    y = FLOOR + side / 2 + 8
    scene.line((first - pitch / 2, last + pitch / 2), (y, y), style.WINNER, 3)
    scene.text((first + last) / 2, y + 15, f"{result.reach[-1]} pixels", 14, style.WINNER, bold=True)
    return scene


def _alt(result):
    layers = "; ".join(f"kernel {k}, stride {s}, dilation {d}" for k, s, d in result.state.sizes[: result.state.layers])
    return f"{result.state.layers} layers ({layers}): one number of the last looks at {result.reach[-1]} pixels"
