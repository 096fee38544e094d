"""The digits in two parts, to learn from and to test on."""

from helpers import data


def digit_parts(seed, strangers=False):
    """Three quarters of the digits, and the rest, each as (images (N, 8, 8), labels (N,)).

    With `strangers` the rest is by people whose digits are not among the others.
    """
    images, labels = data.digits()
    parts = data.split(labels, groups=data.digit_forms() if strangers else None, rng=seed)
    return tuple((images[part], labels[part]) for part in parts)
