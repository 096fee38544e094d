"""The checkers of the lesson on the LSTM know right from wrong, and say what is wrong."""

import numpy as np
import pytest

from helpers.exercises.lstm import check_path, check_step


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, c, weight_ih, weight_hh, bias, order=(0, 1, 2, 3), g_of=np.tanh, written=True, shown=np.tanh):
    parts = np.split(x @ weight_ih.T + h @ weight_hh.T + bias, 4, axis=1)
    i, f, g, o = (parts[k] for k in order)
    c = sigmoid(f) * c + written * sigmoid(i) * g_of(g)
    return np.stack([sigmoid(o) * shown(c), c])


def path(f):
    return np.vstack([np.cumprod(f[:0:-1], axis=0)[::-1], np.ones_like(f[:1])])


def test_right_solutions_are_right():
    assert check_step(step)
    assert check_path(path)


@pytest.mark.parametrize(
    "mistake",
    [
        {"order": (0, 1, 3, 2)},
        {"order": (1, 0, 2, 3)},
        {"g_of": sigmoid},
        {"written": False},
        {"shown": lambda c: c},
    ],
    ids=["o before g", "f before i", "sigmoid candidate", "nothing written", "cell shown without tanh"],
)
def test_a_wrong_step_hears_where_it_parts(mistake):
    verdict = check_step(lambda *arguments: step(*arguments, **mistake))
    assert not verdict and "On case 1 of 3, array([[1.]])" in repr(verdict) and "expected 0.57" in repr(verdict)


def test_a_step_that_returns_the_hidden_state_alone_hears_of_its_shape():
    assert "shape (1, 1), expected (2, 1, 1)" in repr(check_step(lambda *arguments: step(*arguments)[0]))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda f: np.cumprod(f, axis=0), "entry (0, 0) of the result is 0.5, expected 0.25"),
        (lambda f: np.cumprod(f[::-1], axis=0)[::-1], "entry (0, 0) of the result is 0.125, expected 0.25"),
        (lambda f: path(f) / path(f)[0] * path(f)[0], "On case 5 of 5"),
        (lambda f: None, "it returned None"),
    ],
    ids=["forward", "own gate too", "divides by zero", "nothing"],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:divide by zero:RuntimeWarning")
def test_a_wrong_path_hears_why(wrong, words):
    verdict = check_path(wrong)
    assert not verdict and words in repr(verdict)
