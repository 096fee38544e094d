"""Colours that readers of every kind of colour vision can tell apart (Okabe and Ito, 2008), by what they mean."""

from functools import lru_cache

import numpy as np

INK = "#222222"
FAINT = "#767676"
LINE = "#c8c8c8"
PAPER = "#ffffff"
PIXEL = "#56b4e9"  # tint of a pixel, stronger for larger values
WINDOW = "#0072b2"
WINNER = "#d55e00"
PADDING = "#efe9df"
GRADIENT = "#009e73"
THIRD = "#cc79a7"
FOURTH = "#e69f00"
SERIES = (WINDOW, WINNER, GRADIENT, THIRD, FOURTH, PIXEL, INK)  # lines of one chart, in this order


@lru_cache(maxsize=4096)
def tint(colour, strength):
    """Mix `colour` into white; strength 0 is white, 1 the colour itself."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (channel - 255) * strength):02x}" for channel in channels)


def rgb(colour):
    """The three channels of a colour as uint8, (3,)."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)


def shades(values, most, colour=WINDOW, negative=WINNER):
    """Colour an array: white at 0, `colour` at `most`, `negative` at -most; NaN is grey.

    Parameters
    ----------
    values : ndarray, (...)
    most : float
        Magnitude that gets the full colour, and so does all beyond it.

    Returns
    -------
    ndarray of uint8, (..., 3)
    """
    share = np.clip(np.asarray(values, float) / (most or 1), -1, 1)[..., None]
    ink = np.where(share < 0, rgb(negative), rgb(colour))
    mixed = 255 + np.abs(share) * (ink - 255.0)
    return np.where(np.isnan(share), rgb(LINE), np.nan_to_num(mixed)).round().astype(np.uint8)
