"""The checkers of the lesson on the GRU know right from wrong, and say what is wrong."""

import numpy as np
import pytest

from helpers.exercises.gru import check_step, check_sums


def step(x, h, weight_ih, weight_hh, bias_ih, bias_hh, order=(0, 1, 2), reset_after=True, z_keeps=True, n_of=np.tanh):
    size = h.shape[1]
    a, u = np.split(x @ weight_ih.T + bias_ih, 3, axis=1), np.split(h @ weight_hh.T + bias_hh, 3, axis=1)
    r, z = (1 / (1 + np.exp(-(a[k] + u[k]))) for k in order[:2])
    past = r * u[order[2]] if reset_after else (r * h) @ weight_hh[2 * size :].T + bias_hh[2 * size :]
    n = n_of(a[order[2]] + past)
    keep = z if z_keeps else 1 - z
    return keep * h + (1 - keep) * n


def sums(dh, h_before, r, z, n, u, sign=1, slope=True, of_n=1):
    da_n = dh * (1 - z) * (1 - n**2 if slope else 1)
    return np.stack([da_n * u * r * (1 - r), sign * dh * (h_before - n) * z * (1 - z), da_n * of_n])


def test_right_solutions_are_right():
    assert check_step(step)
    assert check_sums(sums)


@pytest.mark.parametrize(
    "mistake",
    [{"order": (1, 0, 2)}, {"reset_after": False}, {"z_keeps": False}, {"n_of": lambda a: a}],
    ids=["z before r", "the other form", "the other convention", "no tanh"],
)
def test_a_wrong_step_hears_where_it_parts(mistake):
    verdict = check_step(lambda *arguments: step(*arguments, **mistake))
    assert not verdict and "On case 1 of 3" in repr(verdict) and "expected" in repr(verdict)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *given: sums(*given, sign=-1),
        lambda *given: sums(*given, slope=False),
        lambda *given: sums(*given, of_n=given[2]),
        lambda *given: sums(*given)[::-1],
    ],
    ids=["z upside down", "no slope of tanh", "r times the sum of n", "order n, z, r"],
)
def test_wrong_sums_are_found(wrong):
    verdict = check_sums(wrong)
    assert not verdict and "expected" in repr(verdict)
