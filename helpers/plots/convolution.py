"""Pictures of convolution: a kernel on a numbered grid, photographs before and after."""

import numpy as np

from helpers.experiments.convolution import arithmetic

from . import style
from .grid import Sheet, bytes_of, draw_cells, draw_photographs, number, size_of

KERNEL_SIDE = 90  # pixels of the kernel between the grids
LEAST_CELL = 34  # pixels of a cell that has room for a weight in its corner


def draw_convolution(result):
    """Return the scene of a convolution Result: every number of a small picture, a large one as it is."""
    if result.numbered:
        return _draw_numbers(result)
    titles = f"input {size_of(result.pixels)}", f"output {size_of(result.out)}, enlarged"
    return draw_photographs(bytes_of(result.pixels)[..., 0], _as_picture(result), titles, "kernel", _alt(result))


def draw_weight_gradient(result):
    """Return the scene of a kernel's gradient: the gradient of the output slides over the input."""
    colours = style.PIXEL, style.GRADIENT, style.GRADIENT
    return _draw_numbers(result, ("input", "gradient of the kernel", "dy as kernel"), colours)


def draw_input_gradient(result):
    """Return the scene of the input's gradient: the kernel, turned round, slides over the gradient of the output."""
    colours = style.GRADIENT, style.PIXEL, style.GRADIENT
    return _draw_numbers(result, ("gradient of the output", "gradient of the input", "turned kernel"), colours)


def _as_picture(result):
    """Grey from 0 to 1 where the weights sum to something; blue and orange around white where they sum to 0."""
    if abs(result.kernel.sum()) > 1e-9:
        return bytes_of(result.out)[..., 0]
    return style.shades(result.out[0], 0.5 * np.abs(result.out).max())


def _draw_numbers(result, names=("input", "output", "kernel"), colours=(style.PIXEL,) * 3):
    rows, cols = result.rows, result.cols
    sheet = Sheet(rows, cols, _alt(result))
    padding = f", padding {rows.padding}" if rows.padding else ""
    sheet.titles(f"{names[0]} {size_of(result.pixels)}{padding}", f"{names[1]} {size_of(result.out)}", names[2])
    sheet.outside("0")
    pixels, out, (of_input, of_kernel, of_output) = result.pixels[0], result.out[0], colours
    draw_cells(sheet.scene, pixels, sheet.place, sheet.cell, (), rows.unread, cols.unread, True, of_input)
    draw_cells(sheet.scene, out, sheet.out_place, sheet.cell, signed=True, colour=of_output)
    sheet.windows(*result.window)
    _weights(sheet, result, of_kernel)
    sheet.legend(f"window {result.window}: {arithmetic(result)}")
    return sheet.scene


def _weights(sheet, result, colour):
    """Write each weight into the corner of the pixel that it meets, and the kernel under the arrow."""
    (i, j), kernel = result.window, result.kernel
    for k, h in enumerate(sheet.rows.looks_at(i)):
        for m, w in enumerate(sheet.cols.looks_at(j)):
            x, y = sheet.place(h, w)
            if sheet.cell >= LEAST_CELL:
                weight = f"×{number(kernel[k, m], LEAST_CELL)}"
                size, down = min(11, 0.25 * sheet.cell), min(10, 0.19 * sheet.cell)  # above the number
                sheet.scene.text(x + sheet.cell - 5, y + down, weight, size, style.WINNER, bold=True, anchor="end")
    cell = KERNEL_SIDE / max(kernel.shape)
    x0, y0 = sheet.arrow[0] - KERNEL_SIDE / 2, sheet.arrow[1] + 20
    draw_cells(sheet.scene, kernel, lambda k, m: (x0 + m * cell, y0 + k * cell), cell, signed=True, colour=colour)


def _alt(result):
    rows = result.rows
    return (
        f"{result.words}: stride {rows.stride}, padding {rows.padding}, dilation {rows.dilation}, "
        f"input {size_of(result.pixels)}, output {size_of(result.out)}"
    )
