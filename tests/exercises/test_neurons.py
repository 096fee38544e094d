"""The lesson's checkers take right solutions and say what is wrong with others; a question has one right answer."""

import pytest

from helpers.exercises.neurons import check_relu_xor, check_sigmoid_backward


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        (lambda g, out: g * out * (1 - out), "Right on all 4 cases."),
        (lambda g, out: g * (1 - out) * out, "Right on all 4 cases."),
        (lambda g, out: out * (1 - out), "On case 2 of 4"),
        (lambda g, out: g * (1 - out**2), "On case 1 of 4"),
        (lambda g, out: (g * out * (1 - out)).sum(), "the result has shape (), expected (1,)"),
        (lambda g, out: None, "it returned None"),
    ],
)
def test_a_sigmoid_backward_is_judged(solution, words):
    verdict = check_sigmoid_backward(solution)
    assert words in repr(verdict) and bool(verdict) == ("Right" in words)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (([[1, 1], [1, 1]], [0, -1], [[1, -2]], [0]), "Right on all 4 cases."),
        (([[1, -1], [-1, 1]], [0, 0], [[1, 1]], [0]), "Right on all 4 cases."),
        (([[1, 1], [1, 1]], [0, -1], [[1, -1]], [0]), "array([1., 1.]): the result is 1.0, expected 0.0"),
        (
            ([[1, 1], [1, 1]], [0, -1], [1, -2], [0]),
            "W, b, v, c must be lists of the shapes (2, 2), (2,), (1, 2), (1,), got [(2, 2), (2,), (2,), (1,)]",
        ),
        (([[1, 1], [1, 1]], [0, -1]), "(1, 2), (1,), got [(2, 2), (2,)]"),
        (0, "(1, 2), (1,), got int"),
        (None, "it returned None"),
    ],
)
def test_weights_for_xor_are_judged(weights, words):
    verdict = check_relu_xor(lambda: weights)
    assert words in repr(verdict) and bool(verdict) == ("Right" in words)
