"""Points in the plane are what their docstrings say, and as hard."""

import numpy as np
import pytest

from helpers.data import blobs, curve, moons, separable, spirals, xor

KINDS = {
    "xor": (xor, 2),
    "spirals": (spirals, 2),
    "three spirals": (lambda n, rng: spirals(n, 3, rng=rng), 3),
    "moons": (moons, 2),
    "blobs": (blobs, 3),
    "separable": (separable, 2),
}


@pytest.mark.parametrize("n", [7, 100])
@pytest.mark.parametrize("kind", KINDS)
def test_classes_are_balanced_and_mixed(kind, n):
    function, classes = KINDS[kind]
    for seed in range(5):
        x, labels = function(n, rng=seed)
        counts = np.bincount(labels, minlength=classes)
        assert (x.shape, labels.shape) == ((n, 2), (n,))
        assert counts.max() - counts.min() <= 1, counts
    assert n < 100 or (np.diff(labels) < 0).sum() > 15, "the labels are in order"


def best_line(x, labels):
    """The highest accuracy of any of many straight lines, either side up."""
    angles = np.linspace(0, np.pi, 90, endpoint=False)
    along = x @ np.stack([np.cos(angles), np.sin(angles)])  # (N, 90)
    signs = (2 * labels - 1)[:, None]
    order = np.argsort(along, axis=0)
    above = np.cumsum(np.take_along_axis(np.broadcast_to(signs, along.shape), order, axis=0), axis=0)
    return 0.5 + np.abs(above - above[-1] / 2).max() / len(x)


def test_a_line_gets_three_of_the_four_corners_of_xor_and_no_more():
    x, labels = xor(400, noise=0.1, rng=0)
    assert best_line(x, labels) == 0.75
    np.testing.assert_array_equal((x[:, 0] * x[:, 1] < 0).astype(int), labels)


def test_noise_of_xor_is_the_standard_deviation_around_the_corners():
    x, _ = xor(4000, noise=0.1, rng=0)
    assert abs((x - np.sign(x)).std() - 0.1) < 0.004
    assert set(np.abs(xor(40, noise=0, rng=0).x).ravel()) == {1.0}


@pytest.mark.parametrize("classes", [2, 5])
def test_spirals_are_turned_copies_of_each_other(classes):
    x, labels = spirals(500, classes, turns=1.5, noise=0, rng=0)
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    assert 0.1 <= radius.min() < 0.15 and 0.95 < radius.max() <= 1
    expected = 2 * np.pi * (1.5 * radius + labels / classes)
    np.testing.assert_allclose(np.cos(angle - expected), 1, atol=1e-12)


def test_a_line_does_not_part_spirals_but_parts_rays():
    assert best_line(*spirals(400, rng=0)) < 0.75
    assert best_line(*spirals(400, turns=0, noise=0, rng=0)) == 1


def test_moons_are_half_circles_that_a_line_nearly_parts():
    x, labels = moons(400, noise=0, rng=0)
    centre = np.where(labels[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    np.testing.assert_allclose(np.hypot(*(x - centre).T), 1, atol=1e-12)
    assert (x[labels == 0, 1] >= 0).all() and (x[labels == 1, 1] <= 0.5).all()
    assert abs(best_line(*moons(4000, rng=0)) - 0.88) < 0.02


def test_the_nearest_centre_parts_blobs_with_little_noise():
    x, labels = blobs(600, 6, noise=0.1, rng=0)
    angle = np.pi / 3 * np.arange(6)
    nearest = (x @ np.stack([np.cos(angle), np.sin(angle)])).argmax(axis=1)
    assert (nearest == labels).mean() > 0.99


@pytest.mark.parametrize("margin", [0.05, 0.2])
@pytest.mark.parametrize("seed", range(5))
def test_a_perceptron_learns_what_is_separable_within_its_bound(margin, seed):
    x, labels = separable(60, margin, rng=seed)
    inputs, signs = np.hstack([x, np.ones((60, 1))]), 2 * labels - 1
    bound = (inputs**2).sum(axis=1).max() * (1 + 0.3**2) / margin**2
    weight, mistakes, clean = np.zeros(3), 0, False
    while not clean:
        clean = True
        for one, sign in zip(inputs, signs, strict=True):
            if sign * (one @ weight) <= 0:
                weight, mistakes, clean = weight + sign * one, mistakes + 1, False
        assert mistakes <= bound, f"more than {bound:.0f} mistakes"


def test_a_larger_margin_leaves_a_wider_strip():
    for margin in (0.0, 0.5):
        x, labels = separable(2000, margin, rng=3)
        between = [np.hypot(*(x[labels == 1] - point).T).min() for point in x[labels == 0][:300]]
        assert 2 * margin <= min(between) < 2 * margin + 0.1


@pytest.mark.parametrize("kind", ["sine", "waves", "peak", "step"])
def test_a_curve_is_measured_in_order_within_its_range(kind):
    x, y, clean = curve(500, kind, rng=0)
    assert x.shape == y.shape == clean.shape == (500, 1)
    assert (np.diff(x[:, 0]) > 0).all() and -1 <= x.min() < x.max() < 1
    np.testing.assert_array_equal(y, clean)
    assert 0.85 < clean.max() <= 1 and -1 <= clean.min() < -0.85


def test_curves_are_the_stated_functions():
    for kind, at in {"sine": 1.0, "peak": 1.0, "step": 1.0}.items():
        x, _, clean = curve(2000, kind, rng=1)
        place = {"sine": 0.5, "peak": 0.0, "step": 0.3}[kind]
        assert abs(clean[np.abs(x - place).argmin(), 0] - at) < 1e-4
    x, _, clean = curve(100, "step", rng=0)
    np.testing.assert_array_equal(clean, np.sign(x))


def test_the_curve_itself_is_as_wrong_as_the_noise_and_the_mean_as_the_variance():
    _, y, clean = curve(20_000, noise=0.3, rng=0)
    assert abs(((y - clean) ** 2).mean() - 0.09) < 0.003
    assert abs(((y - y.mean()) ** 2).mean() - 0.59) < 0.01


def test_an_unknown_curve_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"curve: kind must be one of \('sine', 'waves', 'peak', 'step'\), got 'line'"):
        curve(3, "line", rng=0)
