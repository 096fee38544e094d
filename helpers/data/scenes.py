r"""Small grey pictures with shapes in them: where is it, what is it, and what does each pixel belong to."""

from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.data.classes import balanced_labels

SHAPES = ("rectangle", "ellipse", "triangle")


class BoxScenes(NamedTuple):
    """`images` (N, 1, S, S) in 0..1; `boxes` (N, 4): centre x and y, width, height; `labels` (N,) into `classes`."""

    images: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    classes: tuple


class SegmentationScenes(NamedTuple):
    """`images` (N, 1, S, S) in 0..1; the class of each pixel, `labels` (N, S, S) int64, into `classes`."""

    images: np.ndarray
    labels: np.ndarray
    classes: tuple


def box_scenes(n, size=24, noise=0.05, *, rng):
    r"""Pictures with one shape each; the box around it and its kind are asked for.

    Parameters
    ----------
    n : int
        How many pictures, N.
    size : int
        Height and width S in pixels, at least 12.
    noise : float
        Standard deviation of the grain on the grey levels, at least 0; at 0.3 the shapes drown.
    rng : numpy.random.Generator or int

    Returns
    -------
    BoxScenes
        `boxes` are parts of the picture's side, 0 at the left and the top edge and 1 at the right and the bottom one;
        the box is the smallest around the shape's pixels. `classes` are rectangle, ellipse and triangle; their counts
        differ by at most one.

    Notes
    -----
    The shape's sides are drawn from S / 3 to 2 S / 3 pixels, its place from all where it fits. Paper is 0 to 0.3 and
    the shape 0.3 to 0.6 above it (1 is ink), each drawn anew for every picture: the grey does not tell the kind.

    Guessing gives an accuracy of 1/3. The mean box, said of every picture, overlaps the true one by about 0.35
    (:func:`box_overlap`).

    Examples
    --------
    >>> images, boxes, labels, classes = box_scenes(3, rng=0)
    >>> images.shape, classes[labels[0]], (boxes[0] * 24).tolist()
    ((3, 1, 24, 24), 'triangle', [14.0, 14.5, 8.0, 9.0])
    """
    n, size, noise, rng = _arguments("box_scenes", n, size, noise, rng)
    labels = balanced_labels(n, len(SHAPES), rng)
    masks = _masks(labels, size, rng)
    paper, light = rng.uniform(0, 0.3, (n, 1, 1)), rng.uniform(0.3, 0.6, (n, 1, 1))
    images = np.clip(paper + light * masks + noise * rng.standard_normal(masks.shape), 0, 1)
    return BoxScenes(images[:, None], _boxes(masks), labels, SHAPES)


def segmentation_scenes(n, size=24, shapes=2, noise=0.05, *, rng):
    r"""Pictures with several shapes each; the class of every pixel is asked for.

    Parameters
    ----------
    n : int
        How many pictures, N.
    size : int
        Height and width S in pixels, at least 12.
    shapes : int
        How many shapes a picture has, at least 1. A later one covers what lies below it.
    noise : float
        Standard deviation of the grain on the grey levels, at least 0.
    rng : numpy.random.Generator or int

    Returns
    -------
    SegmentationScenes
        `classes` are background, rectangle, ellipse and triangle. Of all the shapes drawn, the counts of the kinds
        differ by at most one; their pixels are as many as the shapes are large.

    Notes
    -----
    Shapes and grey levels as in :func:`box_scenes`, each shape with a level of its own.

    Pixel accuracy flatters: with the default sizes, "background" everywhere is right for about 0.68 of the pixels.

    Examples
    --------
    >>> images, labels, classes = segmentation_scenes(2, rng=0)
    >>> images.shape, labels.shape, classes[0]
    ((2, 1, 24, 24), (2, 24, 24), 'background')
    """
    shapes = checks.integer("segmentation_scenes", "shapes", shapes, 1)
    n, size, noise, rng = _arguments("segmentation_scenes", n, size, noise, rng)
    kinds = balanced_labels(n * shapes, len(SHAPES), rng).reshape(shapes, n)
    paper = rng.uniform(0, 0.3, (n, 1, 1))
    images, labels = np.tile(paper, (1, size, size)), np.zeros((n, size, size), dtype=np.int64)
    for kind in kinds:  # one more shape for every picture
        masks, light = _masks(kind, size, rng), rng.uniform(0.3, 0.6, (n, 1, 1))
        images = np.where(masks, paper + light, images)
        labels = np.where(masks, kind[:, None, None] + 1, labels)
    images = np.clip(images + noise * rng.standard_normal(images.shape), 0, 1)
    return SegmentationScenes(images[:, None], labels, ("background", *SHAPES))


def box_overlap(boxes, others):
    r"""How far two boxes are one: the area they share over the area they cover (intersection over union).

    Parameters
    ----------
    boxes, others : arrays (..., 4)
        Centre x, centre y, width and height, which are at least 0; the leading axes broadcast.

    Returns
    -------
    numpy.ndarray
        (...) float64: 0 for boxes apart, 1 for equal ones, 0 for two of no area.

    Examples
    --------
    >>> box_overlap([0.5, 0.5, 1.0, 1.0], [[0.5, 0.5, 1.0, 1.0], [1.0, 0.5, 1.0, 1.0]]).round(3)
    array([1.   , 0.333])
    """
    boxes, others = (checks.real_array("box_overlap", *pair) for pair in (("boxes", boxes), ("others", others)))
    for name, box in (("boxes", boxes), ("others", others)):
        if box.shape[-1:] != (4,):
            raise ValueError(f"box_overlap: {name} must have shape (..., 4), got {box.shape}")
        if not (box[..., 2:] >= 0).all():
            raise ValueError(f"box_overlap: {name} must have widths and heights of at least 0")
    (centre, side), (centre2, side2) = (np.split(box, 2, axis=-1) for box in (boxes, others))
    right = np.minimum(centre + side / 2, centre2 + side2 / 2)  # and bottom
    left = np.maximum(centre - side / 2, centre2 - side2 / 2)  # and top
    shared = np.maximum(right - left, 0).prod(axis=-1)
    covered = side.prod(axis=-1) + side2.prod(axis=-1) - shared
    return np.divide(shared, covered, out=np.zeros_like(covered), where=covered > 0)


def _arguments(owner, n, size, noise, rng):
    n = checks.integer(owner, "n", n, 1)
    size = checks.integer(owner, "size", size, 12)
    noise = checks.at_least_zero(owner, "noise", noise)
    checks.affordable(owner, "images", (n, size, size))
    return n, size, noise, checks.generator(owner, rng)


def _masks(kinds, size, rng):
    """Return (N, S, S) bool: the pixels of one shape of each kind, of random sides, at a random place where it fits."""
    n = len(kinds)
    sides = rng.integers(size // 3, 2 * size // 3 + 1, (2, n))
    corner = rng.integers(0, size - sides + 1)
    # u and v run from -1 to 1 over the width and the height of the shape's frame, taken at the pixels' centres
    v, u = 2 * (np.arange(size) + 0.5 - corner[..., None]) / sides[..., None] - 1  # each (N, S)
    u, v = u[:, None, :], v[:, :, None]
    inside = (np.abs(u) < 1) & (np.abs(v) < 1)
    forms = [inside, u**2 + v**2 < 1, inside & (2 * np.abs(u) < 1 + v)]
    return np.choose(kinds[:, None, None], [np.broadcast_to(form, (n, size, size)) for form in forms])


def _boxes(masks):
    """Return (N, 4): centre x, centre y, width and height of the pixels that are set, in parts of the side."""
    size = masks.shape[-1]
    columns, rows = masks.any(axis=1), masks.any(axis=2)  # (N, S)
    low = np.stack([columns.argmax(axis=1), rows.argmax(axis=1)])
    high = size - np.stack([columns[:, ::-1].argmax(axis=1), rows[:, ::-1].argmax(axis=1)])
    return np.concatenate([(low + high) / 2, high - low]).T / size
