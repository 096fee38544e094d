"""The checkers of the lesson on pooling over time know right from wrong, and say what is wrong."""

import numpy as np
import pytest

from helpers.exercises.time_pooling import check_masked_mean, check_max_backward


def masked_mean(x, mask, divisor=lambda mask: mask.sum(0)[:, None]):
    return np.where(mask[..., None], x, 0).sum(0) / divisor(mask)


def max_backward(dy, x, mask, padding=-np.inf, share=False):
    x = np.where(mask[..., None], x, padding)
    if share:
        return (x == x.max(0)) * dy
    return (np.arange(len(x))[:, None, None] == x.argmax(0)) * dy


def test_right_solutions_are_right():
    assert check_masked_mean(masked_mean)
    assert check_max_backward(max_backward)


@pytest.mark.parametrize("wrong", [lambda x, mask: x.mean(0), lambda x, mask: masked_mean(x, mask, len)])
def test_a_mean_that_counts_padding_is_found_on_the_numbers_of_part_3(wrong):
    verdict = check_masked_mean(wrong)
    assert not verdict and "On case 2 of 4" in repr(verdict) and "is -1.0, expected -2.0" in repr(verdict)


def test_a_mean_that_divides_by_the_steps_of_the_whole_batch_is_found():
    verdict = check_masked_mean(lambda x, mask: masked_mean(x, mask, np.sum))
    assert not verdict and "On case 3 of 4" in repr(verdict)


@pytest.mark.parametrize(
    ("mistake", "case"), [({"padding": 0}, 2), ({"share": True}, 4)], ids=["padding wins", "all of equals"]
)
def test_a_wrong_way_back_is_found(mistake, case):
    verdict = check_max_backward(lambda *given: max_backward(*given, **mistake))
    assert not verdict and f"On case {case} of 4" in repr(verdict)
