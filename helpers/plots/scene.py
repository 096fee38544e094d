"""A picture as a list of shapes: written as SVG in a millisecond for a live lab, by matplotlib for a stored page."""

import base64
import io
from html import escape

import numpy as np

from . import style


class Scene:
    """Shapes on a sheet, in pixels from the top left corner; the last one drawn lies on top.

    Parameters
    ----------
    width, height : float
        Size of the sheet in pixels.
    alt : str
        The picture in words, for those who do not see it.
    """

    def __init__(self, width, height, alt):
        self.width, self.height, self.alt = width, height, alt
        self.shapes = []

    def rect(self, x, y, width, height, fill="none", stroke="none", line=1.0, dashed=False):
        """Add a rectangle."""
        self.shapes.append(("rect", x, y, width, height, fill, stroke, line, dashed))

    def text(self, x, y, text, size=14, fill=style.INK, bold=False, anchor="middle"):
        """Add one line of text, centred on y; `anchor` says what x is: its start, middle or end."""
        self.shapes.append(("text", x, y, str(text), size, fill, bold, anchor))

    def arrow(self, x0, y0, x1, y1, stroke=style.INK, line=1.5):
        """Add an arrow from (x0, y0) to (x1, y1)."""
        self.shapes.append(("arrow", x0, y0, x1, y1, stroke, line))

    def line(self, xs, ys, stroke=style.INK, line=2.0, dashed=False, clip=None):
        """Add a line through points, broken where one is not finite; `clip` is (x, y, width, height) of what shows."""
        for part in np.split(np.column_stack([xs, ys]), np.flatnonzero(~np.isfinite(np.add(xs, ys)))):
            points = part[np.isfinite(part).all(axis=1)]
            if len(points):
                self.shapes.append(("line", points, stroke, line, dashed, clip))

    def circle(self, x, y, radius, fill="none", stroke="none", line=1.0):
        """Add a circle around (x, y)."""
        self.shapes.append(("circle", x, y, radius, fill, stroke, line))

    def image(self, x, y, width, height, pixels):
        """Add a picture, (H, W) or (H, W, 3) uint8, its pixels shown as squares."""
        self.shapes.append(("image", x, y, width, height, pixels))

    def svg(self):
        """The scene as one SVG element that fills the width it is given."""
        body = "".join(_SVG[shape](*values) for shape, *values in self.shapes)
        fit = f"width:100%;max-width:{1.4 * self.width:g}px;max-height:max(360px, calc(100vh - 360px))"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(self.alt)}" style="{fit};background:{style.PAPER}" '
            'font-family="DejaVu Sans, Verdana, sans-serif" text-anchor="middle">'
            f'<g aria-hidden="true">{body}</g></svg>'
        )

    def draw(self, ax):
        """Draw the scene on matplotlib axes."""
        ax.set(xlim=(0, self.width), ylim=(self.height, 0), aspect="equal")
        ax.axis("off")
        for order, (shape, *values) in enumerate(self.shapes):
            for artist in _MATPLOTLIB[shape](ax, *values):
                artist.set_zorder(order)

    def png(self, scale=2):
        """The scene as the bytes of a PNG, `scale` dots to a pixel."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.width / 100, self.height / 100), dpi=100 * scale)
        self.draw(figure.add_axes((0, 0, 1, 1)))
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
        figure.clear()  # else its 10 MB wait for the garbage collector
        return stream.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.alt}


def _svg_rect(x, y, width, height, fill, stroke, line, dashed):
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    edge = "" if stroke == "none" else f' stroke="{stroke}" stroke-width="{line:g}"{dash}'
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{edge}/>'


def _svg_text(x, y, text, size, fill, bold, anchor):
    weight = ' font-weight="bold"' if bold else ""
    align = "" if anchor == "middle" else f' text-anchor="{anchor}"'
    base = y + 0.36 * size  # half the height of a digit below the middle
    return f'<text x="{x:g}" y="{base:g}" font-size="{size:g}" fill="{fill}"{weight}{align}>{escape(text)}</text>'


def _svg_arrow(x0, y0, x1, y1, stroke, line):
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in _arrow_head(x0, y0, x1, y1))
    return (
        f'<line x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" stroke="{stroke}" stroke-width="{line:g}"/>'
        f'<polygon points="{head}" fill="{stroke}"/>'
    )


def _svg_line(points, stroke, line, dashed, clip):
    dash = ' stroke-dasharray="6 5"' if dashed else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points.tolist())  # NumPy's floats take three times as long
    drawn = f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{line:g}"{dash}/>'
    if clip is None:
        return drawn
    x, y, width, height = clip
    box = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" viewBox="{x:g} {y:g} {width:g} {height:g}"'
    return f"<svg {box}>{drawn}</svg>"  # an inner svg shows nothing outside its box


def _svg_circle(x, y, radius, fill, stroke, line):
    edge = "" if stroke == "none" else f' stroke="{stroke}" stroke-width="{line:g}"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"{edge}/>'


def _svg_image(x, y, width, height, pixels):
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=1)
    data = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/>'
    )


def _draw_rect(ax, x, y, width, height, fill, stroke, line, dashed):
    from matplotlib.patches import Rectangle

    style_ = (0, (4, 3)) if dashed else "-"
    yield ax.add_patch(Rectangle((x, y), width, height, fc=fill, ec=stroke, lw=0.72 * line, ls=style_))


def _draw_text(ax, x, y, text, size, fill, bold, anchor):
    side = {"start": "left", "middle": "center", "end": "right"}[anchor]
    weight = "bold" if bold else "normal"
    # the baseline as in the SVG; 0.72 points are one pixel of a figure with 100 pixels to the inch
    yield ax.text(x, y + 0.36 * size, text, size=0.72 * size, color=fill, ha=side, va="baseline", weight=weight)


def _draw_arrow(ax, x0, y0, x1, y1, stroke, line):
    from matplotlib.patches import Polygon

    yield from ax.plot((x0, x1), (y0, y1), color=stroke, lw=0.72 * line)
    yield ax.add_patch(Polygon(_arrow_head(x0, y0, x1, y1), fc=stroke, ec="none"))


def _draw_line(ax, points, stroke, line, dashed, clip):
    from matplotlib.patches import Rectangle

    (drawn,) = ax.plot(*points.T, color=stroke, lw=0.72 * line, ls=(0, (4, 3)) if dashed else "-")
    if clip is not None:
        drawn.set_clip_path(Rectangle(clip[:2], *clip[2:], transform=ax.transData))
    yield drawn


def _draw_circle(ax, x, y, radius, fill, stroke, line):
    from matplotlib.patches import Circle

    yield ax.add_patch(Circle((x, y), radius, fc=fill, ec=stroke, lw=0.72 * line))


def _draw_image(ax, x, y, width, height, pixels):
    colours = {"cmap": "gray", "vmin": 0, "vmax": 255} if pixels.ndim == 2 else {}
    yield ax.imshow(pixels, extent=(x, x + width, y + height, y), interpolation="nearest", aspect="equal", **colours)


def _arrow_head(x0, y0, x1, y1, size=9):
    along = np.array([x1 - x0, y1 - y0]) / np.hypot(x1 - x0, y1 - y0)
    across = np.array([-along[1], along[0]])
    tip = np.array([x1, y1]) + 0.3 * size * along
    return [tuple(p) for p in (tip, tip - size * along + 0.4 * size * across, tip - size * along - 0.4 * size * across)]


_SVG = {
    "rect": _svg_rect,
    "text": _svg_text,
    "arrow": _svg_arrow,
    "line": _svg_line,
    "circle": _svg_circle,
    "image": _svg_image,
}
_MATPLOTLIB = {
    "rect": _draw_rect,
    "text": _draw_text,
    "arrow": _draw_arrow,
    "line": _draw_line,
    "circle": _draw_circle,
    "image": _draw_image,
}
