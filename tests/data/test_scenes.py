"""Scenes show what their boxes and labels say."""

import numpy as np
import pytest

from helpers.data import box_overlap, box_scenes, segmentation_scenes

CLASSES = ("rectangle", "ellipse", "triangle")


@pytest.mark.parametrize("size", [12, 24, 31])
def test_the_box_is_the_smallest_around_the_shape(size):
    images, boxes, labels, classes = box_scenes(60, size, noise=0, rng=0)
    assert (images.shape, boxes.shape, labels.shape) == ((60, 1, size, size), (60, 4), (60,))
    assert classes == CLASSES
    assert np.bincount(labels).tolist() == [20, 20, 20]
    for image, (x, y, width, height) in zip(images[:, 0], boxes * size, strict=True):
        rows, columns = np.nonzero(image > image.min())
        assert (x - width / 2, x + width / 2) == pytest.approx((columns.min(), columns.max() + 1))
        assert (y - height / 2, y + height / 2) == pytest.approx((rows.min(), rows.max() + 1))
        assert max(width, height) <= 2 * size // 3


def test_each_kind_of_shape_fills_its_box_in_its_own_way():
    images, boxes, labels, _ = box_scenes(300, 40, noise=0, rng=0)
    lit = images[:, 0] > images.min(axis=(2, 3), keepdims=True)[:, 0]
    filled = lit.sum(axis=(1, 2)) / (boxes[:, 2:].prod(axis=1) * 40**2)
    means = [filled[labels == kind].mean() for kind in range(3)]
    assert means == pytest.approx([1, np.pi / 4, 0.5], abs=0.06)
    for mask in lit[labels == 2][:20]:
        widths = mask.sum(axis=1)[mask.any(axis=1)]
        assert (np.diff(widths) >= 0).all() and widths[0] < widths[-1], "a triangle stands on its base"


def test_grey_levels_lie_in_range_and_do_not_tell_the_kind():
    images, _, labels, _ = box_scenes(3000, rng=0)
    assert images.min() >= 0 and images.max() <= 1
    level = images.max(axis=(1, 2, 3))
    means = [level[labels == kind].mean() for kind in range(3)]
    assert max(means) - min(means) < 0.03


def test_noise_is_the_grain_of_the_picture():
    clean, noisy = (box_scenes(40, noise=noise, rng=0) for noise in (0.0, 0.05))
    np.testing.assert_array_equal(clean.boxes, noisy.boxes)
    inside = (clean.images > 0.2) & (clean.images < 0.8)  # where nothing is clipped
    assert abs((noisy.images - clean.images)[inside].std() - 0.05) < 0.002


def test_the_mean_box_overlaps_as_little_as_stated():
    boxes = box_scenes(4000, rng=0).boxes
    assert abs(box_overlap(boxes, boxes.mean(axis=0)).mean() - 0.35) < 0.01


@pytest.mark.parametrize("shapes", [1, 2, 4])
def test_every_pixel_of_a_shape_is_labelled_and_paper_is_background(shapes):
    images, labels, classes = segmentation_scenes(30, 24, shapes, noise=0, rng=0)
    assert (images.shape, labels.shape, labels.dtype) == ((30, 1, 24, 24), (30, 24, 24), np.int64)
    assert classes == ("background", *CLASSES)
    assert set(np.unique(labels)) == {0, 1, 2, 3}
    for image, label in zip(images[:, 0], labels, strict=True):
        np.testing.assert_array_equal(image == image.min(), label == 0)
        assert len(np.unique(image)) <= 1 + shapes


def test_a_later_shape_covers_an_earlier_one():
    images, labels, _ = segmentation_scenes(200, shapes=3, noise=0, rng=0)
    for image, label in zip(images[:, 0], labels, strict=True):
        for level in np.unique(image):
            assert len(np.unique(label[image == level])) == 1, "one shape carries two labels"


def test_kinds_of_shapes_are_balanced_and_background_is_as_common_as_stated():
    labels = segmentation_scenes(999, shapes=1, rng=0).labels
    kinds = labels.max(axis=(1, 2))
    assert np.bincount(kinds, minlength=4).tolist() == [0, 333, 333, 333]
    assert abs((segmentation_scenes(2000, rng=0).labels == 0).mean() - 0.68) < 0.01


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1], 1),
        ([0.5, 0.5, 1, 1], [1, 1, 1, 1], 1 / 7),
        ([0, 0, 1, 1], [1, 0, 1, 1], 0),
        ([0, 0, 1, 1], [5, 0, 1, 1], 0),
        ([0, 0, 4, 4], [0.5, 0.5, 1, 2], 1 / 8),
        ([0, 0, 0, 0], [0, 0, 0, 0], 0),
    ],
)
def test_the_overlap_is_what_is_shared_over_what_is_covered(one, other, expected):
    assert box_overlap(one, other) == pytest.approx(expected)
    assert box_overlap(other, one) == pytest.approx(expected)


def test_overlaps_broadcast_and_bad_boxes_are_named():
    assert box_overlap(np.ones((5, 1, 4)), np.ones((3, 4))).shape == (5, 3)
    with pytest.raises(ValueError, match=r"box_overlap: boxes must have shape \(..., 4\), got \(3,\)"):
        box_overlap([1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="box_overlap: others must have widths and heights of at least 0"):
        box_overlap([0, 0, 1, 1], [0, 0, 1, -1])
