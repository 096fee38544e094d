"""The first question and the first checker say what is right, and what is wrong where."""

import numpy as np
import pytest

from helpers.exercises.start import check_largest


@pytest.mark.parametrize("right", [np.max, lambda window: max(window.ravel()), lambda window: sorted(window.flat)[-1]])
def test_right_solutions_pass(right):
    assert check_largest(right), check_largest(right)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            lambda window: max(0, window.max()),
            "On case 3 of 4, window = array([[-3., -1.], [-4., -2.]]): the result is 0",
        ),
        (lambda window: window[0, 1], "On case 4 of 4"),
        (lambda window: window.max(axis=0), "has shape (2,), expected ()"),
        (lambda window: np.unique(window)[-2], "On case 1 of 4"),
        (lambda window: print(end=""), "returned None"),
        (lambda window: max(window), "raised ValueError"),
    ],
)
def test_wrong_solutions_are_told_where_they_fail(wrong, said):
    verdict = check_largest(wrong)
    assert not verdict and said in verdict.text
