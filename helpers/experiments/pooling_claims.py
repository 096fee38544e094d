r"""Three claims about pooling, put to the test: it ignores shifts, it prevents overfitting, and max beats average."""

from functools import partial
from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim
from helpers.kernels import pooling
from helpers.kernels.windows import Windows
from helpers.train import accuracy, evaluate, fit, over_seeds

FILTERS = 8
ENDS = ("no pooling", "stride 2", "average", "max")  # what may follow the filters of `small_net`
SPOILT = ("clean", "faint", "blur", "holes", "noise", "salt")


class Shift(NamedTuple):
    """How much pooling changes when its input moves: one row a pool size, one column a shift."""

    pool_sizes: tuple[int, ...]
    shifts: tuple[int, ...]
    change: np.ndarray  # (pool sizes, shifts), relative to the size of the pooled picture
    unchanged: np.ndarray  # (pool sizes, shifts), share of the outputs, all zeros left out, that keep their value


def shifted_digits(pool_sizes=(1, 2, 3, 4), shifts=(1, 2, 3, 4)):
    r"""Move all 1797 digits to the right on a wide sheet, pool before and after, and compare.

    Pool size 1 is no pooling at all: the picture itself.

    Notes
    -----
    With P the pooling and S the shift, `change` is :math:`\lVert P(S x) - P(x) \rVert / \lVert P(x) \rVert`.
    """
    images = data.digits().images
    sheet = np.zeros((len(images), 12, 24))
    sheet[:, 2:10, 4:12] = images
    change, unchanged = np.empty((2, len(pool_sizes), len(shifts)))
    for i, size in enumerate(pool_sizes):
        rows, cols = (Windows(n, size, size) for n in sheet.shape[1:])
        before, _ = pooling.max_pool2d_forward(sheet, rows, cols)
        for j, shift in enumerate(shifts):
            after, _ = pooling.max_pool2d_forward(np.roll(sheet, shift, axis=2), rows, cols)
            change[i, j] = np.linalg.norm(after - before) / np.linalg.norm(before)
            inked = (before > 0) | (after > 0)
            unchanged[i, j] = np.mean((after == before)[inked])
    return Shift(tuple(pool_sizes), tuple(shifts), change, unchanged)


def small_net(end, rng):
    """A net for pictures (N, 1, 8, 8) of ten digits: eight filters of 3 × 3, one of `ENDS` after them, a linear layer.

    Nets of one seed start with the same filters.
    """
    rng = np.random.default_rng(rng)
    filters = nn.Conv2d(1, FILTERS, 3, stride=2 if end == "stride 2" else 1, padding=1, rng=rng)
    pool = {"average": nn.AvgPool2d(2), "max": nn.MaxPool2d(2)}.get(end, nn.Identity())
    pixels = 8 * 8 if end == "no pooling" else 4 * 4
    return nn.Sequential(filters, nn.ReLU(), pool, nn.Flatten(), nn.Linear(FILTERS * pixels, 10, rng=rng))


class Overfitting(NamedTuple):
    """How well nets know the pictures that they learned from, and others; printed as a table of percent."""

    weights: dict[str, int]  # by end, of `ENDS`
    train: dict[str, np.ndarray]  # accuracy of each run, (seeds,)
    test: dict[str, np.ndarray]

    def __repr__(self):
        lines = ["after the filters   weights   known pictures   others: lowest  median  highest"]
        for end, weights in self.weights.items():
            low, middle, high = (100 * of(self.test[end]) for of in (np.min, np.median, np.max))
            known = 100 * np.median(self.train[end])
            lines.append(f"{end:<17}{weights:>10}{known:>15.0f} %{low:>14.0f} %{middle:>6.0f} %{high:>7.0f} %")
        return "\n".join(lines)


def few_pictures(pictures=100, seeds=range(5)):
    """Train a net of each end on few digits, for each seed, and test it on 600 others."""

    def run(end, seed):
        train, test = _digits(pictures, 600, seed)
        net = small_net(end, seed)
        pieces = {"train": train, "test": test}
        return _trained(net, train, steps=150, seed=seed, validation=pieces, metrics={"accuracy": accuracy})

    runs = {end: over_seeds(partial(run, end), seeds) for end in ENDS}
    known, others = ({end: runs[end].last(f"{piece} accuracy") for end in ENDS} for piece in ("train", "test"))
    weights = {end: sum(p.data.size for p in small_net(end, 0).parameters()) for end in ENDS}
    return Overfitting(weights, known, others)


def spoilt(images, rng):
    """Digits (N, 1, 8, 8) made harder to read in the ways of `SPOILT`, by name.

    Clean; all ink at half strength; blurred by a bell curve with a deviation of one pixel; half of the pixels empty; a
    normal random number of deviation 0.4 added to each pixel; one pixel in ten full of ink.
    """
    rng = np.random.default_rng(rng)
    at = np.arange(images.shape[-1])
    bell = np.exp(-((at[:, None] - at) ** 2) / 2)
    bell /= bell.sum(axis=0)  # what a pixel spreads adds up to its ink
    dice = rng.random(images.shape)
    ways = (
        images,
        images / 2,
        bell @ images @ bell.T,
        np.where(dice < 0.5, 0, images),
        images + 0.4 * rng.standard_normal(images.shape),
        np.where(dice > 0.9, 1, images),
    )
    return dict(zip(SPOILT, ways, strict=True))


class Contest(NamedTuple):
    """Accuracy of nets that pool by maximum and by average, (seeds, SPOILT) each; printed as a table of percent."""

    maximum: np.ndarray
    average: np.ndarray

    @property
    def lead(self):
        """By how many percentage points the maximum is ahead, (seeds, SPOILT)."""
        return 100 * (self.maximum - self.average)

    def __repr__(self):
        lines = ["pictures   max   average   lead of max, lowest to highest"]
        for n, name in enumerate(SPOILT):
            best, mean = (100 * np.median(side[:, n]) for side in self)
            low, high = round(self.lead[:, n].min()), round(self.lead[:, n].max())
            lines.append(f"{name:<9}{best:>3.0f} %{mean:>7.0f} %{low:>+15d} to {high:+d}")
        return "\n".join(lines)


def max_against_average(of, seeds=range(5)):
    """Train nets on 1300 clean digits that pool by maximum or by average, and read 450 others, clean and spoilt.

    `of` says what is pooled: 'pixels', and two linear layers follow, or 'features', that is the filters of `small_net`.
    """
    results = {"max": [], "average": []}
    for end, seed in ((end, seed) for end in results for seed in seeds):
        train, (images, labels) = _digits(1300, 450, seed)
        net = small_net(end, seed) if of == "features" else _pixel_net(end, seed)
        _trained(net, train, steps=300, seed=seed)
        ways = spoilt(images, seed).values()
        scores = [evaluate(net, (way, labels), nn.CrossEntropyLoss(), {"accuracy": accuracy}) for way in ways]
        results[end].append([score["accuracy"] for score in scores])
    return Contest(*map(np.array, results.values()))


def _pixel_net(end, rng):
    rng = np.random.default_rng(rng)
    pool = {"average": nn.AvgPool2d(2), "max": nn.MaxPool2d(2)}[end]
    return nn.Sequential(pool, nn.Flatten(), nn.Linear(16, 32, rng=rng), nn.ReLU(), nn.Linear(32, 10, rng=rng))


def _digits(train, test, seed):
    """(pictures, labels) to learn from, about `train` of them with all digits in balance, and `test` others."""
    images, labels = data.digits()
    parts = data.split(labels, share=1 - train / len(labels), rng=seed)
    return tuple((images[part, None], labels[part]) for part in (parts.train, parts.test[:test]))


def _trained(net, train, steps, seed, **measured):
    """Train on batches of 25 pictures drawn at random, and return the history."""
    images, labels = train

    def draw(rng):
        batch = rng.integers(len(labels), size=25)
        return images[batch], labels[batch]

    adam = optim.Adam(net.parameters(), lr=0.01)
    return fit(net, draw, nn.CrossEntropyLoss(), adam, epochs=1, steps_per_epoch=steps, seed=seed, **measured)
