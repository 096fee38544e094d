r"""Data for the lessons: real data that ships with the course, and generators whose every draw follows a seed.

Nothing is downloaded. :func:`sources` says where each shipped file comes from, and a file is checked against its sha256
whenever it is asked for. Pictures of your own come in and go out by :func:`read_picture` and :func:`write_picture`.

A generator asks for its `rng`, a numpy.random.Generator or an integer seed: the same seed gives the same bits, and
NumPy's global generator is never touched. Its docstring names what a trivial answer scores: a net has learned something
only where it does better.
"""

from helpers.data.classes import Split, split
from helpers.data.pictures import Picture, read_picture, write_picture
from helpers.data.points import blobs, curve, moons, separable, spirals, xor
from helpers.data.scenes import box_overlap, box_scenes, segmentation_scenes
from helpers.data.sentences import keyword, long_range, negation
from helpers.data.sequences import adding, copying, memory, sine_cosine, temporal_order
from helpers.data.shipped import (
    Digits,
    digit_forms,
    digits,
    docstrings,
    photo,
    photo_path,
    sources,
    stored,
    sunspots,
    words,
)
from helpers.data.text import Encoded, Vocabulary, one_hot, tf_idf, tokenize

__all__ = [
    "Digits",
    "Encoded",
    "Picture",
    "Split",
    "Vocabulary",
    "adding",
    "blobs",
    "box_overlap",
    "box_scenes",
    "copying",
    "curve",
    "digit_forms",
    "digits",
    "docstrings",
    "keyword",
    "long_range",
    "memory",
    "moons",
    "negation",
    "one_hot",
    "photo",
    "photo_path",
    "read_picture",
    "segmentation_scenes",
    "separable",
    "sine_cosine",
    "sources",
    "spirals",
    "split",
    "stored",
    "sunspots",
    "temporal_order",
    "tf_idf",
    "tokenize",
    "words",
    "write_picture",
    "xor",
]
