r"""Real data for the lessons: two photographs and 1797 handwritten digits, shipped with the course.

Nothing is downloaded. :func:`sources` says where each file comes from, and a file is checked against its sha256
whenever it is asked for. Pictures of your own come in and go out by :func:`read_picture` and :func:`write_picture`.
"""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.data.pictures import Picture, read_picture, write_picture

__all__ = ["Digits", "Picture", "digits", "photo", "photo_path", "read_picture", "sources", "write_picture"]

FILES = Path(__file__).parent / "files"
PHOTOS = ("china", "flower")


class Digits(NamedTuple):
    """Handwritten digits: `images` (1797, 8, 8) float64 in 0..1, and the digit each shows, `labels` (1797,) int64."""

    images: np.ndarray
    labels: np.ndarray


def photo_path(name):
    r"""The path of a shipped photograph, for a lesson that reads a file itself.

    Parameters
    ----------
    name : {'china', 'flower'}

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> photo_path("china").name
    'china.jpg'
    """
    if name not in PHOTOS:
        raise ValueError(f"photo: name must be one of {PHOTOS}, got {name!r}")
    return _checked(f"{name}.jpg")


def photo(name):
    r"""A shipped photograph as numbers.

    Parameters
    ----------
    name : {'china', 'flower'}

    Returns
    -------
    numpy.ndarray
        (427, 640, 3) uint8: rows from the top, columns from the left, then red, green, blue.

    Examples
    --------
    >>> china = photo("china")
    >>> china.shape, china.dtype
    ((427, 640, 3), dtype('uint8'))
    """
    return read_picture(photo_path(name)).pixels


def digits():
    r"""All 1797 handwritten digits of 13 people, each 8 by 8 pixels.

    Returns
    -------
    Digits
        `images` (1797, 8, 8) float64, 0 is paper and 1 is ink, in steps of 1/16; `labels` (1797,) int64 in 0..9.

    Notes
    -----
    The classes are nearly balanced: between 174 (the eights) and 183 (the threes) each.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4])
    """
    with np.load(_checked("digits.npz"), allow_pickle=False) as stored:
        return Digits(stored["images"] / 16.0, stored["labels"].astype(np.int64))


def sources():
    r"""Where each shipped file comes from, by file name: author, licence, sha256, how it was made.

    Examples
    --------
    >>> sources()["china.jpg"]["licence"]
    'CC BY 2.0'
    """
    return json.loads((FILES / "sources.json").read_text(encoding="utf-8"))


def _checked(file):
    """The path of a shipped file, after its bytes have been compared with the recorded sha256."""
    path = FILES / file
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sources()[file]["sha256"]:
        raise OSError(
            f"helpers.data: {path} is missing or damaged (its sha256 is not the recorded one);"
            " get it back with: git checkout -- helpers/data/files"
        )
    return path
