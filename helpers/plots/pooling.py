"""Pictures of pooling: numbered grids with their windows, photographs before and after, the way back, bins, sizes."""

import numpy as np

from helpers.experiments.pooling import KINDS, arithmetic

from . import style
from .grid import (
    GAP,
    TOP,
    WIDTH,
    Sheet,
    bytes_of,
    draw_cells,
    draw_gradients,
    draw_photographs,
    number,
    outline,
    size_of,
    title,
)
from .scene import Scene

PADDING = {"max": "−∞", "average": "0", "average without padding": "·"}  # what it counts as
NAMES = {"kernel_size": "kernel", "norm_type": "p", "output_size": "bins"}


def draw_pooling(result):
    """Return the scene of a pooling Result: every number where it is small, the picture itself where it is large."""
    if result.numbered:
        return _draw_numbers(result)
    titles = f"input {size_of(result.pixels)}", f"output {size_of(result.out)}, enlarged"
    return draw_photographs(bytes_of(result.pixels), bytes_of(result.out), titles, _operation(result), _alt(result))


def _draw_numbers(result):
    rows, cols = result.rows, result.cols
    sheet = Sheet(rows, cols, _alt(result))
    padding = f", padding {rows.padding}" if rows.padding else ""
    sheet.titles(f"input {size_of(result.pixels)}{padding}", f"output {size_of(result.out)}", _operation(result))
    sheet.outside(PADDING.get(result.state.kind))
    winners = _winning_pixels(result)
    draw_cells(sheet.scene, result.pixels[0], sheet.place, sheet.cell, winners, rows.unread, cols.unread)
    draw_cells(sheet.scene, result.out[0], sheet.out_place, sheet.cell)
    sheet.windows(*result.window)
    keys = [] if result.winners is None else [("wins a window", "none", style.WINNER, 2.5, False)]
    sheet.legend(f"window {result.window}: {arithmetic(result)}", *keys)
    return sheet.scene


def _winning_pixels(result):
    if result.winners is None:
        return frozenset()
    return frozenset(divmod(int(at), result.cols.size) for at in result.winners[0].flat if at >= 0)


def draw_backward(result, grad_out, grad_in):
    """Return the scene of a gradient on its way back: that of each output, and what reaches each pixel of the input."""
    rows, cols = result.rows, result.cols
    cell = min(56, 440 / max(rows.size, cols.size))
    width, out_width = cell * cols.size, cell * cols.count
    height = cell * max(rows.size, rows.count)
    scene = Scene(WIDTH, TOP + height + 20, alt=f"gradient of {_alt(result)}: where each output's share goes")
    out_x = (WIDTH - width - out_width - GAP) / 2
    x = out_x + out_width + GAP
    title(scene, out_x + out_width / 2, f"gradient of the output, {size_of(grad_out)}")
    title(scene, x + width / 2, f"gradient of the input, {size_of(grad_in)}")
    scene.arrow(x - GAP + 24, TOP + cell * 1.5, x - 24, TOP + cell * 1.5, stroke=style.GRADIENT)
    draw_gradients(scene, grad_out[0], out_x, cell)
    draw_gradients(scene, grad_in[0], x, cell)
    for (h, w), value in np.ndenumerate(result.pixels[0]):
        scene.text(x + w * cell + 4, TOP + h * cell + 9, number(value, cell), 10, style.FAINT, anchor="start")
    if not (rows.overlap or cols.overlap):
        for i, j in np.ndindex(rows.count, cols.count):
            outline(scene, rows, cols, i, j, lambda h, w: (x + w * cell, TOP + h * cell), line=1.5)
    return scene


def draw_bins(*axes):
    """Return the scene of adaptive bins: for each `Bins` a ruler, pixels in two bins in pink, and the bins under it.

    They lie in two rows, which is enough while there are no more bins than pixels.
    """
    cell, left, row, step = 64, 150, 34, 140
    said = "; ".join(f"{bins.size} to {bins.count}: {bins.formula.split(': ')[1]}" for bins in axes)
    width = left + cell * max(bins.size for bins in axes) + 30
    scene = Scene(width, step * len(axes), f"adaptive bins, {said}")
    for n, bins in enumerate(axes):
        top = 16 + step * n
        scene.text(16, top + 16, f"{bins.size} pixels", 15, bold=True, anchor="start")
        scene.text(16, top + 16 + row, f"{bins.count} bins", 15, style.WINDOW, bold=True, anchor="start")
        for pixel in range(bins.size):
            shared = sum(pixel in bins.reads(i) for i in range(bins.count)) > 1
            fill = style.tint(style.THIRD if shared else style.PIXEL, 0.3)
            scene.rect(left + pixel * cell, top, cell, 32, fill, style.LINE)
            scene.text(left + (pixel + 0.5) * cell, top + 16, pixel, 15)
        for i in range(bins.count):
            start, length = bins.reads(i)[0], len(bins.reads(i))
            y = top + 40 + (i % 2) * row if bins.overlap else top + 40
            scene.rect(
                left + start * cell + 3, y, length * cell - 6, row - 8, style.tint(style.WINDOW, 0.12), style.WINDOW
            )
            scene.text(left + (start + length / 2) * cell, y + row / 2 - 4, f"bin {i}", 13, style.WINDOW)
    return scene


def draw_output_sizes(ax, result):
    """Draw the number of windows against the input's size, with floor and with ceil."""
    ax.plot(result.sizes, result.ceil, "^", color=style.WINNER, label="ceil", markersize=8)
    ax.plot(result.sizes, result.floor, "o", color=style.WINDOW, label="floor", markersize=5)
    ax.set(xlabel="input size n (pixels)", ylabel="output size (windows)")
    ax.set(xticks=result.sizes[::2], yticks=range(1, max(result.ceil) + 2))
    ax.set_title(f"kernel {result.kernel}, stride {result.stride}, padding {result.padding}", fontsize=12)
    ax.legend(frameon=False, fontsize=11)


def _operation(result):
    if result.state.kind == "L_p":
        return f"{result.state.norm_type}-norm"
    return "mean" if result.winners is None else "max"


def _alt(result):
    state = result.state
    taken = [name for name in KINDS[state.kind].settings if name != "ceil_mode"]
    settings = "".join(f"{NAMES.get(name, name)} {getattr(state, name)}, " for name in taken)
    sizes = f"input {size_of(result.pixels)}, output {size_of(result.out)}"
    return f"{state.kind} pooling of {state.picture}: {settings}{sizes}"
