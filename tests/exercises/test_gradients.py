"""The checkers of the lesson on gradients: they take right solutions and say where wrong ones fail."""

import numpy as np
import pytest

from helpers.exercises.gradients import check_clip, check_product


def product(weight, h):
    out = np.eye(len(weight))
    for state in h:
        out = np.diag(1 - state**2) @ weight @ out
    return out


def clip(grad, max_norm):
    return grad * min(1, max_norm / (np.linalg.norm(grad) + 1e-6))


def test_right_solutions_are_taken():
    assert check_product(product), check_product(product)
    assert check_clip(clip), check_clip(clip)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda weight, h: np.linalg.matrix_power(weight, len(h)),  # no slopes
        lambda weight, h: product(weight, h[::-1]),  # the wrong order
        lambda weight, h: product(weight.T, h),
        lambda weight, h: np.linalg.multi_dot([np.eye(len(weight)), *(weight * (1 - s**2) for s in h)]),  # columns
        lambda weight, h: product(weight, np.tanh(h)),  # states taken for sums
        lambda weight, h: product(weight, h).ravel(),
    ],
)
def test_a_wrong_product_is_refused(wrong):
    verdict = check_product(wrong)
    assert not verdict and "On case" in verdict.text


@pytest.mark.parametrize(
    "wrong",
    [
        lambda grad, max_norm: np.clip(grad, -max_norm, max_norm),  # by value
        lambda grad, max_norm: grad * max_norm / (np.linalg.norm(grad) + 1e-6),  # stretches short ones
        lambda grad, max_norm: grad * min(1, max_norm / (np.abs(grad).max() + 1e-6)),
        lambda grad, max_norm: grad * min(1, max_norm / (np.linalg.norm(grad) or 1)),  # without 1e-6
        lambda grad, max_norm: None,
    ],
)
def test_a_wrong_clipping_is_refused(wrong):
    verdict = check_clip(wrong)
    assert not verdict and "On case" in verdict.text


def test_unwritten_solutions_are_told_so():
    def unwritten(*_):
        raise NotImplementedError

    assert "Not written yet" in check_product(unwritten).text
    assert "Not written yet" in check_clip(unwritten).text
