"""What pictures of sliding windows share: numbered grids, windows on them, photographs before and after."""

import numpy as np

from . import style
from .scene import Scene

WIDTH, TOP, BOTTOM, GAP = 1060, 44, 66, 110


class Sheet:
    """A scene with two numbered grids, input and output, and the windows that lead from one to the other.

    Parameters
    ----------
    rows, cols : Windows or Bins
        Along the rows and the columns of the input.
    alt : str
        The picture in words.

    Attributes
    ----------
    scene : Scene
    cell : float
        Side of a cell in pixels.
    arrow : pair of float
        The middle of the arrow between the grids.
    """

    def __init__(self, rows, cols, alt):
        self.rows, self.cols = rows, cols
        (top, bottom), (left, right) = self._extents = _extent(rows), _extent(cols)
        side = 360 if max(rows.size, cols.size) <= 8 else 480  # the sheet keeps its size while the sliders move
        room = WIDTH - GAP - 40
        self.cell = min(64, side / max(bottom - top, rows.count), room / (right - left + cols.count))
        self.scene = Scene(WIDTH, TOP + side + BOTTOM, alt)
        grid_width, out_width = self.cell * (right - left), self.cell * cols.count
        self._x = (WIDTH - grid_width - GAP - out_width) / 2 - left * self.cell
        self._y = TOP - top * self.cell
        self._out_x = self._x + right * self.cell + GAP
        self.arrow = self._out_x - GAP / 2, TOP + self.cell * 1.5

    def place(self, h, w):
        """Upper left corner of a pixel of the input; pixels outside it have places too."""
        return self._x + w * self.cell, self._y + h * self.cell

    def out_place(self, i, j):
        """Upper left corner of a number of the output."""
        return self._out_x + j * self.cell, TOP + i * self.cell

    def titles(self, before, after, operation):
        """Write above both grids, and on the arrow between them."""
        (left, right), (x, y) = self._extents[1], self.arrow
        title(self.scene, self._x + (left + right) / 2 * self.cell, before)
        title(self.scene, self._out_x + self.cell * self.cols.count / 2, after)
        self.scene.arrow(x - GAP / 2 + 24, y, x + GAP / 2 - 24, y)
        self.scene.text(x, y - 16, operation)

    def outside(self, counts_as):
        """Draw the padding, with what it counts as, and dashed the overhang."""
        (top, bottom), (left, right) = self._extents
        rows, cols, cell = self.rows, self.cols, self.cell
        for h in range(top, bottom):
            for w in range(left, right):
                x, y = self.place(h, w)
                if h >= rows.size + rows.padding or w >= cols.size + cols.padding:
                    self.scene.rect(x + 1, y + 1, cell - 2, cell - 2, stroke=style.FAINT, dashed=True)
                elif not (0 <= h < rows.size and 0 <= w < cols.size):
                    self.scene.rect(x, y, cell, cell, style.PADDING, style.LINE)
                    if cell >= 20:
                        self.scene.text(x + cell / 2, y + cell / 2, counts_as, min(14, cell * 0.4), style.FAINT)

    def windows(self, i, j):
        """Outline window (i, j) and its output; thinly all windows, if they do not overlap."""
        rows, cols, scene = self.rows, self.cols, self.scene
        if not (rows.overlap or cols.overlap):
            for each in np.ndindex(rows.count, cols.count):
                outline(scene, rows, cols, *each, self.place, line=1.5)
        outline(scene, rows, cols, i, j, self.place, line=4)
        if rows.dilation > 1:
            for h in rows.looks_at(i):
                for w in cols.looks_at(j):
                    x, y = self.place(h, w)
                    scene.rect(x + 1.5, y + 1.5, self.cell - 3, self.cell - 3, stroke=style.WINDOW, line=2)
        scene.rect(*self.out_place(i, j), self.cell, self.cell, stroke=style.WINDOW, line=4)

    def legend(self, text, *keys):
        """Write a line under the grids and explain the colours: `keys` are (label, fill, stroke, line, dashed)."""
        rows, cols, bottom = self.rows, self.cols, self.scene.height
        self.scene.text(WIDTH / 2, bottom - 46, _shorten(text), 15, style.WINDOW, bold=True)
        keys = [("the window looked at", "none", style.WINDOW, 3.5, False), *keys]
        if rows.unread or cols.unread:
            keys.append(("read by no window", style.LINE, style.LINE, 1, False))
        if rows.padding:
            keys.append(("padding", style.PADDING, style.LINE, 1, False))
        if rows.overhang or cols.overhang:
            keys.append(("overhang", "none", style.FAINT, 1, True))
        steps = [60 + 7.5 * len(label) for label, *_ in keys]
        x = (WIDTH - sum(steps)) / 2 + 18
        for (label, fill, stroke, line, dashed), step in zip(keys, steps, strict=True):
            self.scene.rect(x, bottom - 26, 16, 16, fill, stroke, line, dashed)
            self.scene.text(x + 24, bottom - 18, label, 13, anchor="start")
            x += step


def outline(scene, rows, cols, i, j, place, line):
    """Draw the outline of window (i, j), from its first tap to its last; `place` tells where a pixel stands."""
    h, w = rows.looks_at(i), cols.looks_at(j)
    (x, y), (right, bottom) = place(h[0], w[0]), place(h[-1] + 1, w[-1] + 1)
    scene.rect(x, y, right - x, bottom - y, stroke=style.WINDOW, line=line)


def _extent(windows):
    """First and last position that the sheet shows along one axis: padding and overhang included."""
    past = max(windows.size + windows.padding, windows.looks_at(windows.count - 1)[-1] + 1)
    return -windows.padding, past


def draw_cells(scene, plane, place, cell, winners=(), unread_rows=(), unread_cols=(), signed=False, colour=style.PIXEL):
    """Draw the numbers of a plane (H, W) in cells, and mark some of them.

    Cells are tinted from the smallest number to the largest; signed ones from 0 on, negative ones orange.
    """
    finite = plane[np.isfinite(plane)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 1)
    if signed:
        low, high = 0, max(-low, high)
    size = min(16, cell * 0.42)
    for (h, w), value in np.ndenumerate(plane):
        x, y = place(h, w)
        strength = 0.05 + 0.5 * abs(value - low) / (high - low or 1) if np.isfinite(value) else 0
        tint = style.tint(style.WINNER if signed and value < 0 else colour, strength)
        unread = h in unread_rows or w in unread_cols
        scene.rect(x, y, cell, cell, style.LINE if unread else tint, style.LINE)
        if (h, w) in winners:
            scene.rect(x + 3, y + 3, cell - 6, cell - 6, stroke=style.WINNER, line=2.5)
        scene.text(x + cell / 2, y + cell / 2, number(value, cell), size, bold=(h, w) in winners)


def draw_gradients(scene, plane, x0, cell):
    """Draw the gradients of a plane (H, W) in cells, stronger green for larger ones."""
    largest = np.abs(plane).max() or 1
    for (h, w), value in np.ndenumerate(plane):
        x, y = x0 + w * cell, TOP + h * cell
        scene.rect(x, y, cell, cell, style.tint(style.GRADIENT, 0.55 * abs(value) / largest), style.LINE)
        ink = style.INK if value else style.FAINT
        scene.text(x + cell / 2, y + cell / 2, number(value, cell), min(16, cell * 0.42), ink, bold=value != 0)


def draw_photographs(before, after, titles, operation, alt):
    """Return the scene of two pictures, (H, W) or (H, W, 3) uint8, the second enlarged to the first one's frame."""
    height, width = before.shape[:2]
    scale = 455 / max(width, height)
    frame_width, frame_height = scale * width, scale * height
    scene = Scene(WIDTH, TOP + frame_height + 20, alt)
    gap = max(GAP, 300 - frame_width)  # room for the titles of a narrow picture
    x = (WIDTH - 2 * frame_width - gap) / 2
    out_x = x + frame_width + gap
    for left, picture, text in ((x, before, titles[0]), (out_x, after, titles[1])):
        title(scene, left + frame_width / 2, text)
        scene.image(left, TOP, frame_width, frame_height, picture)
    middle = TOP + frame_height / 2
    scene.arrow(x + frame_width + 20, middle, out_x - 20, middle)
    scene.text(x + frame_width + gap / 2, middle - 16, operation)
    return scene


def bytes_of(planes):
    """Planes (C, H, W) of numbers in 0..1 as a picture (H, W, C) uint8."""
    return (255 * planes.clip(0, 1) + 0.5).astype(np.uint8).transpose(1, 2, 0)


def title(scene, x, text):
    """Write above a grid or a photograph."""
    scene.text(x, TOP / 2, text, 16, bold=True)


def size_of(planes):
    """Height and width of planes (C, H, W), in words."""
    return f"{planes.shape[1]} × {planes.shape[2]}"


def number(value, cell):
    """A number as it is written in a cell of so many pixels."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "−∞" if value < 0 else "∞"
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
