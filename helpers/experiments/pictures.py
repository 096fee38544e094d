"""The pictures that labs work on: small ones of whole numbers, photographs, and the reader's own."""

from functools import lru_cache

import numpy as np

from helpers import data

OWN = "your own"
PICTURES = ("numbers 6 × 6", "negative 5 × 5", "digit 8 × 8", "face 16 × 16", "temple", "flower", OWN)
LONGEST_SIDE = 360  # pixels of a photograph in a lab


def load(picture, own=None):
    """A picture of `PICTURES` as (C, H, W) floats that cannot be changed, and a note on what was done to it, or "".

    `own` holds the bytes of an uploaded file, which count for the picture `OWN` alone.
    """
    if not (own is None or isinstance(own, bytes)):
        raise TypeError(f"own must be the bytes of a picture file, such as Path('a.png').read_bytes(), got {own!r}")
    return _read(picture, own if picture == OWN else None)


@lru_cache(maxsize=8)
def _read(picture, own):
    if picture == OWN:
        if own is None:
            raise ValueError("choose a picture file with the Upload button first")
        pixels, note = data.read_picture(own, max_side=LONGEST_SIDE)
        return _channels_first(pixels), note
    if picture in ("temple", "flower"):
        path = data.photo_path("china" if picture == "temple" else "flower")
        return _channels_first(data.read_picture(path, max_side=LONGEST_SIDE).pixels), ""
    return _frozen(_GRIDS[picture]()[None].astype(np.float64)), ""


def _channels_first(pixels):
    return _frozen(np.ascontiguousarray(pixels.transpose(2, 0, 1) / np.float32(255)))


def _frozen(pixels):
    pixels.setflags(write=False)  # the cache hands out one array to all
    return pixels


def numbers():
    """A 6 × 6 picture of whole numbers 0 to 9; seed 1438, whose windows of 2 × 2 and 3 × 3 have no ties."""
    return np.random.default_rng(1438).integers(0, 10, (6, 6))


def face():
    """A 16 × 16 picture of a smiling face, whole numbers 0 to 9."""
    y, x = np.mgrid[-7.5:8.5, -7.5:8.5]
    radius = np.hypot(x, y)
    picture = np.where(radius < 7.6, 2, 0)
    picture[(radius > 6.4) & (radius < 7.6)] = 7
    picture[(np.abs(np.abs(x) - 2.5) < 1.1) & (np.abs(y + 2) < 1.1)] = 9
    picture[(np.abs(np.hypot(x, y) - 4.2) < 0.6) & (y > 1)] = 9
    return picture


_GRIDS = {
    "numbers 6 × 6": numbers,
    "negative 5 × 5": lambda: -1 - np.random.default_rng(1).integers(0, 9, (5, 5)),
    "digit 8 × 8": lambda: (16 * data.digits().images[3]).round(),
    "face 16 × 16": face,
}
