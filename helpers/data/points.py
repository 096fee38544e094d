r"""Points in the plane for the first nets to part, and a curve for them to follow."""

from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.data.classes import balanced_labels

CURVES = {  # each from -1..1 to about -1..1
    "sine": lambda x: np.sin(np.pi * x),
    "waves": lambda x: 0.5 * np.sin(2 * np.pi * x) + 0.4 * np.sin(5 * np.pi * x),
    "peak": lambda x: 2 * np.exp(-25 * x**2) - 1,
    "step": lambda x: np.where(x < 0, -1.0, 1.0),
}


class Points(NamedTuple):
    """Points in the plane, `x` (N, 2) float64, and the class of each, `labels` (N,) int64, in random order."""

    x: np.ndarray
    labels: np.ndarray


class Curve(NamedTuple):
    """Places `x` (N, 1), ascending, the measured values `y` (N, 1) and the curve itself there, `clean` (N, 1)."""

    x: np.ndarray
    y: np.ndarray
    clean: np.ndarray


def xor(n, noise=0.2, *, rng):
    r"""Points around the four corners of a square; opposite corners are of one class.

    Parameters
    ----------
    n : int
        How many points.
    noise : float
        Standard deviation of the distance from the corner in each direction, at least 0. The square has the side 2:
        above about 0.4 the classes overlap.
    rng : numpy.random.Generator or int

    Returns
    -------
    Points
        Class 1 where exactly one coordinate of the corner is positive. The counts of the classes, and of the corners,
        differ by at most one.

    Notes
    -----
    No straight line parts the classes: it gets at most three of the four corners right, an accuracy of 0.75.

    References
    ----------
    M. Minsky and S. Papert (1969), Perceptrons.

    Examples
    --------
    >>> x, labels = xor(4, noise=0, rng=0)
    >>> sorted(zip(x.tolist(), labels.tolist()))
    [([-1.0, -1.0], 0), ([-1.0, 1.0], 1), ([1.0, -1.0], 1), ([1.0, 1.0], 0)]
    """
    n, noise, rng = _arguments("xor", n, rng, noise=noise)
    corner = balanced_labels(n, 4, rng)
    right, top = corner // 2, corner % 2
    return Points(2.0 * np.stack([right, top], axis=1) - 1 + noise * rng.standard_normal((n, 2)), right ^ top)


def spirals(n, classes=2, turns=1.0, noise=0.02, *, rng):
    r"""Arms that wind around each other from the centre to the unit circle, one for each class.

    Parameters
    ----------
    n, classes : int
        How many points, and how many arms (at least 2).
    turns : float
        How often each arm goes round, at least 0. More turns need more hidden units; 0 gives straight rays.
    noise : float
        Standard deviation in each direction, at least 0. Neighbouring arms are 1 / (turns * classes) apart.
    rng : numpy.random.Generator or int

    Returns
    -------
    Points
        The counts of the classes differ by at most one; guessing gives an accuracy of 1 / classes.

    Examples
    --------
    >>> x, labels = spirals(300, classes=3, rng=0)
    >>> x.shape, np.bincount(labels).tolist()
    ((300, 2), [100, 100, 100])
    """
    n, noise, rng = _arguments("spirals", n, rng, noise=noise)
    classes = checks.integer("spirals", "classes", classes, 2)
    turns = checks.at_least_zero("spirals", "turns", turns)
    labels = balanced_labels(n, classes, rng)
    radius = rng.uniform(0.1, 1.0, n)  # at the very centre all arms are one
    angle = 2 * np.pi * (turns * radius + labels / classes)
    arms = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Points(arms + noise * rng.standard_normal((n, 2)), labels)


def moons(n, noise=0.1, *, rng):
    r"""Two half circles of radius 1, each reaching into the other.

    Parameters
    ----------
    n : int
        How many points.
    noise : float
        Standard deviation in each direction, at least 0; above about 0.2 the classes overlap.
    rng : numpy.random.Generator or int

    Returns
    -------
    Points
        Class 0 is the upper moon, around (0, 0), class 1 the lower one, around (1, 0.5); their counts differ by at most
        one.

    Notes
    -----
    A straight line gets most points right, but not all: about 0.88 of them with the default noise.

    Examples
    --------
    >>> x, labels = moons(100, rng=0)
    >>> np.bincount(labels).tolist()
    [50, 50]
    """
    n, noise, rng = _arguments("moons", n, rng, noise=noise)
    labels = balanced_labels(n, 2, rng)
    angle = np.pi * rng.random(n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moon = np.where(labels[:, None] == 0, upper, [1.0, 0.5] - upper)
    return Points(moon + noise * rng.standard_normal((n, 2)), labels)


def blobs(n, classes=3, noise=0.3, *, rng):
    r"""Round clouds whose centres stand evenly on the unit circle.

    Parameters
    ----------
    n, classes : int
        How many points, and how many clouds (at least 2).
    noise : float
        Standard deviation of a cloud in each direction, at least 0: 0.1 parts three clouds clearly, 0.5 lets them
        overlap.
    rng : numpy.random.Generator or int

    Returns
    -------
    Points
        The counts of the classes differ by at most one; guessing gives an accuracy of 1 / classes.

    Notes
    -----
    Nothing beats the nearest centre, and the borders between nearest centres are straight: a single layer suffices.

    Examples
    --------
    >>> x, labels = blobs(4, classes=4, noise=0, rng=0)
    >>> (x[labels == 1].round(6) + 0).tolist()
    [[0.0, 1.0]]
    """
    n, noise, rng = _arguments("blobs", n, rng, noise=noise)
    classes = checks.integer("blobs", "classes", classes, 2)
    labels = balanced_labels(n, classes, rng)
    angle = 2 * np.pi * labels / classes
    return Points(np.stack([np.cos(angle), np.sin(angle)], axis=1) + noise * rng.standard_normal((n, 2)), labels)


def separable(n, margin=0.2, *, rng):
    r"""Two classes at the two sides of a random straight line, with a strip between them that no point enters.

    Parameters
    ----------
    n : int
        How many points.
    margin : float
        Least distance of a point from the line, at least 0. The smaller, the longer a perceptron learns.
    rng : numpy.random.Generator or int

    Returns
    -------
    Points
        The counts of the classes differ by at most one.

    Notes
    -----
    With R the length of the longest (x, 1), a perceptron that starts at 0 makes at most
    :math:`R^2 (1 + 0.3^2) / \mathrm{margin}^2` mistakes, in whatever order it sees the points: the line is at most 0.3
    from the origin.

    References
    ----------
    A. Novikoff (1962), On convergence proofs for perceptrons.

    Examples
    --------
    >>> x, labels = separable(100, rng=0)
    >>> x.shape, np.bincount(labels).tolist()
    ((100, 2), [50, 50])
    """
    n, margin, rng = _arguments("separable", n, rng, margin=margin)
    angle, offset = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    across, along = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    labels = balanced_labels(n, 2, rng)
    distance = (2 * labels - 1) * (margin + rng.random(n))
    return Points(np.outer(offset + distance, across) + np.outer(rng.uniform(-1, 1, n), along), labels)


def curve(n, kind="sine", noise=0.0, *, rng):
    r"""Measurements of a curve over -1..1, to be followed (no noise) or to be overfitted (few points, much noise).

    Parameters
    ----------
    n : int
        How many measurements, at places drawn uniformly.
    kind : {'sine', 'waves', 'peak', 'step'}
        One sine; a sum of two; a bell; a jump from -1 to 1 at 0. The first is the easiest.
    noise : float
        Standard deviation of what is added to each measurement, at least 0.
    rng : numpy.random.Generator or int

    Returns
    -------
    Curve
        `x` ascending, `y` = `clean` + noise, each (n, 1).

    Notes
    -----
    Always predicting the mean has a mean squared error of y's variance (for the sine 0.5 + noise^2). On new points
    nothing is better than noise^2, which the curve itself has; on the points learned from, a net that goes below it
    has learned the noise.

    Examples
    --------
    >>> x, y, clean = curve(3, rng=0)
    >>> np.hstack([x, y]).round(3)
    array([[-0.918, -0.255],
           [-0.46 , -0.992],
           [ 0.274,  0.758]])
    """
    n, noise, rng = _arguments("curve", n, rng, noise=noise)
    follow = CURVES[checks.choice("curve", "kind", kind, CURVES)]
    x = np.sort(rng.uniform(-1, 1, (n, 1)), axis=0)
    clean = follow(x)
    return Curve(x, clean + noise * rng.standard_normal((n, 1)), clean)


def _arguments(owner, n, rng, **width):
    """Check what every function here takes: the number of points, one width of at least 0, and the generator."""
    n = checks.integer(owner, "n", n, 1)
    checks.affordable(owner, "x", (n, 2))
    ((name, value),) = width.items()
    return n, checks.at_least_zero(owner, name, value), checks.generator(owner, rng)
