"""A matplotlib figure without pyplot: it shows itself in a notebook and says in words what it shows."""

import base64
import io

from matplotlib.figure import Figure as _Figure

from . import style


class Figure(_Figure):
    """A figure for a lesson.

    Parameters
    ----------
    alt : str
        The picture in words.
    width, height : float
        Size in inches; 100 pixels of a page each.
    """

    def __init__(self, alt, width=8, height=3.6):
        super().__init__(figsize=(width, height), dpi=100, layout="constrained", facecolor=style.PAPER)
        self.alt = alt

    def axes_grid(self, rows=1, cols=1, **kwargs):
        """Return new axes with light frames, one or an array of them."""
        axes = self.subplots(rows, cols, squeeze=False, **kwargs)
        for ax in axes.flat:
            ax.spines[["top", "right"]].set_visible(False)
            ax.tick_params(labelsize=11)
        return axes[0, 0] if axes.size == 1 else axes

    def png(self):
        """The figure as the bytes of a PNG."""
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=150, metadata={"Software": None})
        return stream.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.alt}
