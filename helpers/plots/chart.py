"""Axes on a scene: a chart takes numbers in the reader's units and adds shapes in pixels."""

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator

from . import style

FAR = 1e5  # pixels; what lies further out is drawn at this distance, and not seen


class Chart:
    """A frame with two axes, and what is drawn into it.

    Parameters
    ----------
    scene : Scene
        Gets the shapes.
    x, y, width, height : float
        The frame on the sheet, in pixels; leave 62 to its left, 48 above and 50 below for words.
    xlim, ylim : pair of float
        What the axes show.
    title, xlabel, ylabel : str
        `ylabel` stands above the frame at its left: no one turns the head.
    log : str
        The axes whose scale is logarithmic: "", "x", "y" or "xy".
    ticks : dict of str to sequence, optional
        What to write at an axis, "x" or "y", in place of round numbers: numbers, or a dict of numbers and words.

    Examples
    --------
    >>> from helpers.plots.scene import Scene
    >>> scene = Scene(400, 300, alt="a parabola")
    >>> chart = Chart(scene, 62, 48, 300, 200, (-1, 1), (0, 1), xlabel="x", ylabel="x²")
    >>> xs = np.linspace(-1, 1, 41)
    >>> chart.line(xs, xs**2)
    """

    def __init__(self, scene, x, y, width, height, xlim, ylim, title="", xlabel="", ylabel="", log="", ticks=None):
        self.scene, self.frame, self.log = scene, (x, y, width, height), log
        self.xlim, self.ylim = _widened(xlim), _widened(ylim)
        self._keys = []
        scene.rect(*self.frame, style.PAPER, style.LINE)
        for at, words in _ticks("x", self.xlim, width, log, ticks):
            px = float(self.px(at))
            scene.line((px, px), (y + height, y + height + 5), style.FAINT, 1)
            scene.text(px, y + height + 15, words, 12)
        for at, words in _ticks("y", self.ylim, height, log, ticks):
            py = float(self.py(at))
            scene.line((x - 5, x), (py, py), style.FAINT, 1)
            scene.text(x - 8, py, words, 12, anchor="end")
        scene.text(x + width / 2, y + height + 35, xlabel, 14)
        scene.text(x - 40, y - 16, ylabel, 14, anchor="start")
        scene.text(x + width / 2, y - 36, title, 15, bold=True)

    def px(self, xs):
        """Pixels from the left of the sheet for numbers on the x axis."""
        x, _, width, _ = self.frame
        return _clamped(x + width * _share(xs, self.xlim, "x" in self.log))

    def py(self, ys):
        """Pixels from the top of the sheet for numbers on the y axis."""
        _, y, _, height = self.frame
        return _clamped(y + height * (1 - _share(ys, self.ylim, "y" in self.log)))

    def line(self, xs, ys, colour=style.WINDOW, width=2.0, dashed=False, label=None):
        """Draw a line; a number that is not finite, or not positive on a logarithmic axis, leaves a gap."""
        xs, ys = np.broadcast_arrays(np.asarray(xs, float), np.asarray(ys, float))
        self.scene.line(self.px(xs), self.py(ys), colour, width, dashed, self.frame)
        self._key(label, lambda x, y: self.scene.line((x, x + 22), (y, y), colour, width, dashed), 22)

    def points(self, xs, ys, colour=style.WINDOW, radius=4.0, label=None, stroke="none"):
        """Draw a dot for each pair within the frame."""
        for x, y in zip(np.ravel(xs), np.ravel(ys), strict=True):
            if self.xlim[0] <= x <= self.xlim[1] and self.ylim[0] <= y <= self.ylim[1]:
                self.scene.circle(float(self.px(x)), float(self.py(y)), radius, colour, stroke)
        self._key(label, lambda x, y: self.scene.circle(x + 8, y, max(radius, 4), colour, stroke), 16)

    def bars(self, xs, heights, width=0.8, colour=style.WINDOW, label=None):
        """Draw a bar from 0 (or the lowest number shown) to each height; `width` in units of the x axis."""
        base = min(max(0.0, self.ylim[0]), self.ylim[1])
        for x, height in zip(np.ravel(xs), np.ravel(heights), strict=True):
            if np.isfinite(height):
                left, right = self.px([x - width / 2, x + width / 2])
                ends = np.clip([base, height], *self.ylim)
                low, high = self.py(ends.min()), self.py(ends.max())
                self.scene.rect(float(left), float(high), float(right - left), float(low - high), colour)
        self._key(label, lambda x, y: self.scene.rect(x, y - 7, 14, 14, colour), 14)

    def image(self, pixels):
        """Fill the frame with a picture, (H, W) or (H, W, 3) uint8, its first row at the top."""
        self.scene.image(*self.frame, pixels)

    def rule(self, x=None, y=None, colour=style.FAINT, width=1.5, dashed=True, label=None):
        """Draw a line through the whole frame at one x or one y."""
        xs, ys = ((x, x), self.ylim) if y is None else (self.xlim, (y, y))
        self.line(xs, ys, colour, width, dashed, label)

    def text(self, x, y, text, size=13, colour=style.INK, bold=False, anchor="start"):
        """Write at a point of the chart."""
        self.scene.text(float(self.px(x)), float(self.py(y)), text, size, colour, bold, anchor)

    def legend(self, below=58):
        """Write the labels in rows under the frame, the first `below` pixels beneath it."""
        x0, y, width, height = self.frame
        x, y = x0, y + height + below
        for label, mark, room in self._keys:
            step = room + 8 + 7.4 * len(label) + 18
            if x > x0 and x + step > x0 + width + 18:
                x, y = x0, y + 22
            mark(x, y)
            self.scene.text(x + room + 8, y, label, 13, anchor="start")
            x += step

    def _key(self, label, mark, room):
        if label is not None:
            self._keys.append((label, mark, room))


def limits(*values, margin=0.05, log=False):
    """The smallest and the largest finite number of some arrays, and a little more on both sides.

    On a logarithmic axis only positive numbers count. Without any number the limits are 0 and 1, or 0.1 and 1.
    """
    numbers = np.concatenate([np.ravel(np.asarray(one, float)) for one in values]) if values else np.empty(0)
    numbers = numbers[np.isfinite(numbers) & ((numbers > 0) | (not log))]
    if not len(numbers):
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = (np.log10(numbers) if log else numbers)[[numbers.argmin(), numbers.argmax()]]
    room = margin * (high - low) or 0.5
    low, high = low - room, high + room
    return (10.0**low, 10.0**high) if log else (float(low), float(high))


def _widened(lim):
    low, high = map(float, lim)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _share(values, lim, log):
    """Where numbers lie between two limits, 0 to 1."""
    values = np.asarray(values, float)
    if not log:
        return (values - lim[0]) / (lim[1] - lim[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log10(values), np.nan)
    return (logs - np.log10(lim[0])) / np.log10(lim[1] / lim[0])


def _clamped(pixels):
    return np.where(np.isfinite(pixels), np.clip(pixels, -FAR, FAR), np.nan)


def _ticks(axis, lim, size, log, given):
    """Pairs of a number on the axis and what is written there."""
    if given and axis in given:
        own = given[axis]
        return own.items() if isinstance(own, dict) else [(at, _number(at)) for at in own]
    count = max(2, int(size / (70 if axis == "x" else 45)))
    if axis in log:
        for subs in ((1,), (1, 2, 5)):  # few powers of ten lie in a narrow range
            found = LogLocator(subs=subs, numticks=count).tick_values(*lim)
            found = [at for at in found if lim[0] <= at <= lim[1]]
            if len(found) > 1:
                break
        return [(at, _number(at)) for at in found]
    found = MaxNLocator(count, steps=[1, 2, 5, 10]).tick_values(*lim)
    slack = 1e-9 * (lim[1] - lim[0])  # rounding makes 2e-17 of what should be 0
    found = np.where(np.abs(found) < slack, 0, found)
    return [(at, _number(at)) for at in found if lim[0] - slack <= at <= lim[1] + slack]


def _number(value):
    mantissa, _, power = f"{value:.6g}".partition("e")
    if power:
        times = "" if mantissa == "1" else f"{mantissa}·"
        return f"{times}10{str(int(power)).translate(_RAISED)}".replace("-", "−")
    return mantissa.replace("-", "−")


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
