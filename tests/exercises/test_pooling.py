"""The checkers of the lesson on pooling pass right solutions, and tell wrong ones where they go wrong."""

import numpy as np
import pytest

from helpers.exercises.pooling import check_adaptive_average, check_max_pool_gradient


def adaptive_average(row, count):
    parts = ((i * len(row) / count, (i + 1) * len(row) / count) for i in range(count))
    return [row[int(np.floor(start)) : int(np.ceil(end))].mean() for start, end in parts]


def equal_blocks(row, count):
    size = len(row) // count
    return [row[i * size : (i + 1) * size].mean() for i in range(count)]


def rounded_down(row, count):
    return [row[i * len(row) // count : max((i + 1) * len(row) // count, 1)].mean() for i in range(count)]


def sums(row, count):
    return np.multiply(adaptive_average(row, count), len(row) / count)


def test_a_right_adaptive_average_passes():
    assert check_adaptive_average(adaptive_average)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (equal_blocks, "case 2 of 6"),
        (rounded_down, "case 2 of 6"),
        (sums, "case 1 of 6"),
        (lambda row, count: row, "shape"),
    ],
    ids=["equal blocks", "rounded down", "sums", "input"],
)
def test_a_wrong_adaptive_average_hears_where(wrong, where):
    verdict = check_adaptive_average(wrong)
    assert not verdict and where in repr(verdict), verdict


def max_pool_gradient(picture, grad_out, size, stride, add=True, ties=False):
    grad = np.zeros_like(picture)
    for (i, j), value in np.ndenumerate(grad_out):
        block = np.s_[i * stride : i * stride + size, j * stride : j * stride + size]
        wins = picture[block] == picture[block].max()
        if not ties:
            first = np.flatnonzero(wins)[0]
            wins = np.arange(wins.size).reshape(wins.shape) == first
        if add:
            grad[block][wins] += value
        else:
            grad[block][wins] = value
    return grad


def test_a_right_gradient_passes():
    assert check_max_pool_gradient(max_pool_gradient)


@pytest.mark.parametrize(
    ("options", "where"), [({"ties": True}, "case 2 of 6"), ({"add": False}, "case 5 of 6")], ids=["ties", "overlap"]
)
def test_a_wrong_gradient_hears_where(options, where):
    verdict = check_max_pool_gradient(lambda *case: max_pool_gradient(*case, **options))
    assert not verdict and where in repr(verdict), verdict
