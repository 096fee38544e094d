"""Colours that readers of every kind of colour vision can tell apart (Okabe and Ito, 2008), by what they mean."""

from functools import lru_cache

INK = "#222222"
FAINT = "#767676"
LINE = "#c8c8c8"
PAPER = "#ffffff"
PIXEL = "#56b4e9"  # tint of a pixel, stronger for larger values
WINDOW = "#0072b2"
WINNER = "#d55e00"
PADDING = "#efe9df"
GRADIENT = "#009e73"


@lru_cache(maxsize=4096)
def tint(colour, strength):
    """Mix `colour` into white; strength 0 is white, 1 the colour itself."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (channel - 255) * strength):02x}" for channel in channels)
