"""Questions and checkers for the lesson on the LSTM."""

import numpy as np

from helpers.kernels.lstm import lstm_forward
from helpers.show import asker, check

QUESTIONS = {
    "halves": (
        "You multiply a number by 0.5, twenty times. What is left of it?",
        {
            "about a tenth": "No. Ten halvings already leave a thousandth.",
            "about a thousandth": "No, that is after ten halvings. Ten more leave a thousandth of that.",
            "about a millionth": "Yes: 0.5 to the power of 20 is 9.5e-7.",
        },
    ),
    "parameters": (
        "nn.RNN(2, 16) has 320 parameters. How many has nn.LSTM(2, 16)?",
        {
            "320": "No. Each of the three gates and the candidate has weights and biases of its own.",
            "960": "No, that would be three sets. There are three gates, and the candidate g is the fourth.",
            "1280": "Yes: four sets of the same size, for i, f, g and o.",
        },
    ),
    "step": (
        "c before = 1, f = 0.75, i = 0.5, g = 0.5. What is c?",
        {
            "0.75": "No, that is what is kept. i · g = 0.25 is written on top.",
            "1": "Yes: 0.75 · 1 is kept, 0.5 · 0.5 is written, and together they are 1.",
            "1.25": "No. Not all of the old value stays: only the share f = 0.75 of it.",
        },
    ),
    "replace": (
        "A cell has to throw away what it holds and take a new number. Which gates does that?",
        {
            "f near 1, i near 1": "No, the new number would be added to the old one.",
            "f near 0, i near 1": "Yes: nothing is kept, and the candidate goes in.",
            "f near 0, i near 0": "No, that throws away, and takes nothing: the cell is then empty.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_step(mine):
    """Check `mine(x, h, c, weight_ih, weight_hh, bias)`: one LSTM step, returning the new h and c as one (2, N, H)."""

    def reference(x, h, c, weight_ih, weight_hh, bias):
        cache = lstm_forward(x[None], h, c, weight_ih, weight_hh, bias, None)
        return np.stack([cache.h[0], cache.c[0]])

    random = np.random.default_rng(0)
    sizes = ((2, 3, 1), (3, 2, 4))  # N, I, H
    shapes = [((n, i), (n, h), (n, h), (4 * h, i), (4 * h, h), (4 * h,)) for n, i, h in sizes]
    drawn = [tuple(random.standard_normal(shape) for shape in row) for row in shapes]
    return check(mine, reference, [_by_hand(), *drawn])


def _by_hand():
    """The arguments of the step that the lesson works by hand."""
    weight_ih = np.log(3) * np.array([[0.0], [1.0], [0.5], [1.0]])
    return np.ones((1, 1)), np.zeros((1, 1)), np.ones((1, 1)), weight_ih, np.zeros((4, 1)), np.zeros(4)


def check_path(mine):
    """Check `mine(f)`: from the forget gates (T, H), what reaches each step's cell of a gradient of 1 at the last."""

    def reference(f):
        path = np.ones_like(f)
        for t in range(len(f) - 2, -1, -1):
            path[t] = path[t + 1] * f[t + 1]
        return path

    random = np.random.default_rng(0)
    cases = [np.array([[0.5], [0.25]]), np.array([[0.3, 0.9]]), random.random((4, 2)), random.random((9, 3))]
    return check(mine, reference, [(case,) for case in [*cases, np.array([[0.5], [0.0], [0.5]])]])
