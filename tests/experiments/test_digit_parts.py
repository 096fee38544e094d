"""The digits in two parts: none is lost, every class is in both, and strangers are strangers."""

import numpy as np
import pytest

from helpers import data
from helpers.experiments.digit_parts import digit_parts


def forms(images):
    """The form that each image stands on."""
    place = {image.tobytes(): form for image, form in zip(data.digits().images, data.digit_forms(), strict=True)}
    assert len(place) == len(data.digits().images), "two digits are equal, so they do not tell their forms"
    return {place[image.tobytes()] for image in images}


@pytest.mark.parametrize("strangers", [False, True])
def test_no_digit_is_lost_and_every_class_is_in_both_parts(strangers):
    (images, labels), (test_images, test_labels) = digit_parts(0, strangers)
    assert len(labels) + len(test_labels) == len(data.digits().labels)
    assert set(labels) == set(test_labels) == set(range(10))
    assert images.shape[1:] == test_images.shape[1:] == (8, 8)
    share = np.bincount(test_labels) / len(test_labels)
    assert share.min() > 0.08 and share.max() < 0.12, "a class is rare in the test"
    assert forms(images).isdisjoint(forms(test_images)) == strangers
