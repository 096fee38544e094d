"""Pictures of pooling: numbered grids with their windows, photographs before and after."""

import numpy as np

from helpers.experiments.pooling import arithmetic

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
    size_of,
    title,
)
from .scene import Scene

PADDING = {"max": "−∞", "average": "0", "average without padding": "·"}  # what it counts as


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
    sheet.outside(PADDING[result.state.kind])
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
    if rows.stride >= rows.span:
        for i in range(rows.count):
            for j in range(cols.count):
                corner = x + cols.start(j) * cell, TOP + rows.start(i) * cell
                scene.rect(*corner, cell * cols.span, cell * rows.span, stroke=style.WINDOW, line=1.5)
    return scene


def draw_output_sizes(ax, result):
    """Draw the number of windows against the input's size, with floor and with ceil."""
    ax.plot(result.sizes, result.ceil, "^", color=style.WINNER, label="ceil", markersize=8)
    ax.plot(result.sizes, result.floor, "o", color=style.WINDOW, label="floor", markersize=5)
    ax.set(xlabel="input size n (pixels)", ylabel="output size (windows)")
    ax.set(xticks=result.sizes[::2], yticks=range(1, max(result.ceil) + 2))
    ax.set_title(f"kernel {result.kernel}, stride {result.stride}, padding {result.padding}", fontsize=12)
    ax.legend(frameon=False, fontsize=11)


def draw_shift(ax, shift):
    """Draw how much the pooled digits change when the digits move, one line a pool size."""
    colours = (style.FAINT, style.PIXEL, style.WINDOW, style.WINNER)
    for size, row, colour in zip(shift.pool_sizes, shift.change, colours, strict=True):
        name = "no pooling" if size == 1 else f"pool size {size}"
        ax.plot(shift.shifts, row, "o-", color=colour, label=name)
    ax.set(
        xlabel="shift of the input (pixels)",
        ylabel="relative change of the output",
        xticks=shift.shifts,
        ylim=(0, None),
    )
    ax.axhline(0, color=style.INK, lw=0.8)
    ax.annotate("invariant would be 0", (shift.shifts[0], 0.03), color=style.INK, fontsize=10)
    ax.legend(frameon=False, fontsize=11)


def _operation(result):
    return "mean" if result.winners is None else "max"


def _alt(result):
    state = result.state
    return (
        f"{state.kind} pooling of {state.picture}: kernel {state.kernel_size}, stride {state.stride}, "
        f"padding {state.padding}, dilation {state.dilation}, "
        f"input {size_of(result.pixels)}, output {size_of(result.out)}"
    )
