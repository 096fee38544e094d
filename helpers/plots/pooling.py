"""Pictures of pooling: numbered grids with their windows, photographs before and after."""

import numpy as np

from helpers.experiments.pooling import arithmetic

from . import style
from .scene import Scene

WIDTH, TOP, BOTTOM, GAP = 1060, 44, 66, 110


def draw_pooling(result):
    """Return the scene of a pooling Result: every number where it is small, the picture itself where it is large."""
    return _draw_numbers(result) if result.numbered else _draw_photograph(result)


def _draw_numbers(result):
    rows, cols = result.rows, result.cols
    (top, bottom), (left, right) = _extent(rows), _extent(cols)
    side = 440 if max(rows.size, cols.size) <= 8 else 560  # the sheet keeps its size while the sliders move
    room = WIDTH - GAP - 40
    cell = min(64, side / max(bottom - top, rows.count), room / (right - left + cols.count))
    grid_width, out_width = cell * (right - left), cell * cols.count
    scene = Scene(WIDTH, TOP + side + BOTTOM, alt=_alt(result))
    x0, y0 = (WIDTH - grid_width - GAP - out_width) / 2 - left * cell, TOP - top * cell

    def place(h, w):
        return x0 + w * cell, y0 + h * cell

    _title(scene, x0 + (left + right) / 2 * cell, f"input {_size(result.pixels)}{_padding(result)}")
    for h in range(top, bottom):
        for w in range(left, right):
            if not (0 <= h < rows.size and 0 <= w < cols.size):
                _outside(scene, *place(h, w), cell, result, h, w)
    _pixels(scene, result.pixels[0], place, cell, _winning_pixels(result), rows.unread, cols.unread)
    _windows(scene, result, place, cell)

    out_x = x0 + right * cell + GAP
    _title(scene, out_x + out_width / 2, f"output {_size(result.out)}")
    scene.arrow(out_x - GAP + 24, TOP + cell * 1.5, out_x - 24, TOP + cell * 1.5)
    scene.text(out_x - GAP / 2, TOP + cell * 1.5 - 16, _operation(result))

    def out_place(i, j):
        return out_x + j * cell, TOP + i * cell

    _pixels(scene, result.out[0], out_place, cell, winners=())
    scene.rect(*out_place(*result.window), cell, cell, stroke=style.WINDOW, line=4)
    _legend(scene, result)
    return scene


def _extent(windows):
    """First and last position that the sheet shows along one axis: padding and overhang included."""
    past = max(windows.size + windows.padding, windows.looks_at(windows.count - 1)[-1] + 1)
    return -windows.padding, past


def _pixels(scene, plane, place, cell, winners, unread_rows=(), unread_cols=()):
    finite = plane[np.isfinite(plane)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 1)
    size = min(16, cell * 0.42)
    for (h, w), value in np.ndenumerate(plane):
        x, y = place(h, w)
        strength = 0.05 + 0.5 * (value - low) / (high - low or 1) if np.isfinite(value) else 0
        unread = h in unread_rows or w in unread_cols
        scene.rect(x, y, cell, cell, style.LINE if unread else style.tint(style.PIXEL, strength), style.LINE)
        if (h, w) in winners:
            scene.rect(x + 3, y + 3, cell - 6, cell - 6, stroke=style.WINNER, line=2.5)
        scene.text(x + cell / 2, y + cell / 2, _number(value, cell), size, bold=(h, w) in winners)


def _outside(scene, x, y, cell, result, h, w):
    rows, cols = result.rows, result.cols
    if h >= rows.size + rows.padding or w >= cols.size + cols.padding:
        scene.rect(x + 1, y + 1, cell - 2, cell - 2, stroke=style.FAINT, dashed=True)
        return
    scene.rect(x, y, cell, cell, style.PADDING, style.LINE)
    if cell < 22:
        return
    fill = {"max": "−∞", "average": "0", "average without padding": "·"}[result.state.kind]
    scene.text(x + cell / 2, y + cell / 2, fill, min(14, cell * 0.4), style.FAINT)


def _windows(scene, result, place, cell):
    rows, cols = result.rows, result.cols
    height, width = cell * rows.span, cell * cols.span
    if rows.stride >= rows.span:  # windows that do not overlap can all be outlined
        for i in range(rows.count):
            for j in range(cols.count):
                scene.rect(*place(rows.start(i), cols.start(j)), width, height, stroke=style.WINDOW, line=1.5)
    i, j = result.window
    scene.rect(*place(rows.start(i), cols.start(j)), width, height, stroke=style.WINDOW, line=4)
    if rows.dilation > 1:
        for h in rows.looks_at(i):
            for w in cols.looks_at(j):
                x, y = place(h, w)
                scene.rect(x + 1.5, y + 1.5, cell - 3, cell - 3, stroke=style.WINDOW, line=2)


def _winning_pixels(result):
    if result.winners is None:
        return frozenset()
    return frozenset(divmod(int(at), result.cols.size) for at in result.winners[0].flat if at >= 0)


def _legend(scene, result):
    bottom = scene.height
    text = f"window {result.window}: {_shorten(arithmetic(result))}"
    scene.text(WIDTH / 2, bottom - 46, text, 15, style.WINDOW, bold=True)
    keys = [("the window looked at", "none", style.WINDOW, 3.5, False)]
    if result.winners is not None:
        keys.append(("wins a window", "none", style.WINNER, 2.5, False))
    if result.rows.unread or result.cols.unread:
        keys.append(("read by no window", style.LINE, style.LINE, 1, False))
    if result.rows.padding:
        keys.append(("padding", style.PADDING, style.LINE, 1, False))
    if result.rows.overhang or result.cols.overhang:
        keys.append(("overhang", "none", style.FAINT, 1, True))
    steps = [60 + 7.5 * len(label) for label, *_ in keys]
    x = (WIDTH - sum(steps)) / 2 + 18
    for (label, fill, stroke, line, dashed), step in zip(keys, steps, strict=True):
        scene.rect(x, bottom - 26, 16, 16, fill, stroke, line, dashed)
        scene.text(x + 24, bottom - 18, label, 13, anchor="start")
        x += step


def draw_backward(result, grad_out, grad_in):
    """Return the scene of a gradient on its way back: that of each output, and what reaches each pixel of the input."""
    rows, cols = result.rows, result.cols
    cell = min(56, 440 / max(rows.size, cols.size))
    width, out_width = cell * cols.size, cell * cols.count
    height = cell * max(rows.size, rows.count)
    scene = Scene(WIDTH, TOP + height + 20, alt=f"gradient of {_alt(result)}: where each output's share goes")
    out_x = (WIDTH - width - out_width - GAP) / 2
    x = out_x + out_width + GAP
    _title(scene, out_x + out_width / 2, f"gradient of the output, {_size(grad_out)}")
    _title(scene, x + width / 2, f"gradient of the input, {_size(grad_in)}")
    scene.arrow(x - GAP + 24, TOP + cell * 1.5, x - 24, TOP + cell * 1.5, stroke=style.GRADIENT)
    _gradients(scene, grad_out[0], out_x, cell)
    _gradients(scene, grad_in[0], x, cell)
    for (h, w), value in np.ndenumerate(result.pixels[0]):
        scene.text(x + w * cell + 4, TOP + h * cell + 9, _number(value, cell), 10, style.FAINT, anchor="start")
    if rows.stride >= rows.span:
        for i in range(rows.count):
            for j in range(cols.count):
                corner = x + cols.start(j) * cell, TOP + rows.start(i) * cell
                scene.rect(*corner, cell * cols.span, cell * rows.span, stroke=style.WINDOW, line=1.5)
    return scene


def _gradients(scene, plane, x0, cell):
    largest = np.abs(plane).max() or 1
    for (h, w), value in np.ndenumerate(plane):
        x, y = x0 + w * cell, TOP + h * cell
        scene.rect(x, y, cell, cell, style.tint(style.GRADIENT, 0.55 * abs(value) / largest), style.LINE)
        ink = style.INK if value else style.FAINT
        scene.text(x + cell / 2, y + cell / 2, _number(value, cell), min(16, cell * 0.42), ink, bold=value != 0)


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


def _draw_photograph(result):
    _, height, width = result.pixels.shape
    scale = 455 / max(width, height)
    frame_width, frame_height = scale * width, scale * height
    scene = Scene(WIDTH, TOP + frame_height + 20, alt=_alt(result))
    gap = max(GAP, 300 - frame_width)  # room for the titles of a narrow picture
    x = (WIDTH - 2 * frame_width - gap) / 2
    out_x = x + frame_width + gap
    _title(scene, x + frame_width / 2, f"input {_size(result.pixels)}")
    _title(scene, out_x + frame_width / 2, f"output {_size(result.out)}, enlarged")
    scene.image(x, TOP, frame_width, frame_height, _bytes(result.pixels))
    scene.image(out_x, TOP, frame_width, frame_height, _bytes(result.out))
    middle = TOP + frame_height / 2
    scene.arrow(x + frame_width + 20, middle, out_x - 20, middle)
    scene.text(x + frame_width + gap / 2, middle - 16, _operation(result))
    return scene


def _bytes(planes):
    return (255 * planes.clip(0, 1) + 0.5).astype(np.uint8).transpose(1, 2, 0)


def _title(scene, x, text):
    scene.text(x, TOP / 2, text, 16, bold=True)


def _operation(result):
    return "mean" if result.winners is None else "max"


def _size(planes):
    return f"{planes.shape[1]} × {planes.shape[2]}"


def _padding(result):
    return f", padding {result.rows.padding}" if result.rows.padding else ""


def _number(value, cell):
    if not np.isfinite(value):
        return "−∞" if value < 0 else "?"
    if value == round(value):
        text = f"{value:.0f}"
    elif abs(value) < 1:
        text = f"{value:.2g}"
    else:
        text = f"{value:.2f}" if cell > 40 else f"{value:.1f}"
    return text.replace("-", "−")


def _shorten(text, longest=84):
    """Leave out the middle of a long calculation."""
    if len(text) <= longest:
        return text
    head, tail = text[: longest // 2].rsplit(" ", 1)[0], text[-longest // 3 :].split(" ", 1)[1]
    return f"{head} … {tail}"


def _alt(result):
    state = result.state
    return (
        f"{state.kind} pooling of {state.picture}: kernel {state.kernel_size}, stride {state.stride}, "
        f"padding {state.padding}, dilation {state.dilation}, input {_size(result.pixels)}, output {_size(result.out)}"
    )
