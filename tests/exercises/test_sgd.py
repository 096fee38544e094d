"""The checkers of the lesson on SGD know right from wrong, and say what is wrong."""

import numpy as np
import pytest

from helpers.exercises.sgd import check_momentum_step, check_running_statistics


def momentum_step(p, v, grad, lr, momentum):
    v = momentum * v + grad
    return np.stack([p - lr * v, v])


def polyak(p, v, grad, lr, momentum):
    v = momentum * v + lr * grad
    return np.stack([p - v, v])


def nesterov(p, v, grad, lr, momentum):
    v = momentum * v + grad
    return np.stack([p - lr * (grad + momentum * v), v])


def uphill(p, v, grad, lr, momentum):
    v = momentum * v + grad
    return np.stack([p + lr * v, v])


def running(batches, momentum, ddof=1, swapped=False, start=1.0):
    share = 1 - momentum if swapped else momentum
    mean, variance = np.zeros(batches.shape[2]), np.full(batches.shape[2], start)
    for batch in batches:
        mean = (1 - share) * mean + share * batch.mean(axis=0)
        variance = (1 - share) * variance + share * batch.var(axis=0, ddof=ddof)
    return np.stack([mean, variance])


def test_right_solutions_are_right():
    assert check_momentum_step(momentum_step)
    assert check_running_statistics(running)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (polyak, "entry (1, 0) of the result is 0.05, expected 0.5"),
        (nesterov, "entry (0, 0)"),
        (uphill, "entry (0, 0) of the result is 1.05, expected 0.95"),
        (lambda p, v, grad, lr, momentum: p, "shape (2,), expected (2, 2)"),
    ],
    ids=["Polyak's form", "Nesterov's form", "uphill", "velocity forgotten"],
)
def test_a_wrong_momentum_step_hears_why(wrong, words):
    verdict = check_momentum_step(wrong)
    assert not verdict and words in repr(verdict)


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        ({"ddof": 0}, "is 1.125, expected 1.2"),
        ({"swapped": True}, "is 1.35, expected 0.15"),
        ({"start": 0.0}, "expected 1.2"),
    ],
    ids=["biased variance", "momentum of the old", "starts at 0"],
)
def test_wrong_running_statistics_hear_why(mistake, words):
    verdict = check_running_statistics(lambda batches, momentum: running(batches, momentum, **mistake))
    assert not verdict and words in repr(verdict)
