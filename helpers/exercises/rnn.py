"""Questions and checkers for the lesson on recurrent nets."""

import numpy as np

from helpers.kernels.rnn import rnn_backward, rnn_forward
from helpers.show import asker, check

QUESTIONS = {
    "chain": (
        "y = 3 u and u = 2 x. x grows by 0.1. By how much does y grow?",
        {
            "0.2": "No, that is how far u moves. y moves three times as far.",
            "0.5": "No. The factors along a chain are multiplied, not added.",
            "0.6": "Yes: 0.1 · 2 · 3. Along a chain the factors multiply. Backpropagation is no more than that.",
        },
    ),
    "forward": (
        "h0 = 0 and x = 1, 0, 2. With h = relu(1·x + 0.5·h before): what is the last state?",
        {
            "2": "No, that is the last input alone. The state before, 0.5, comes in too, by half.",
            "2.25": "Yes: h1 = 1, h2 = 0 + 0.5 · 1 = 0.5, h3 = 2 + 0.5 · 0.5 = 2.25.",
            "2.5": "No. h2 is 0.5, and half of it comes in: 2 + 0.25.",
        },
    ),
    "backward": (
        "The loss moves by 2 for each unit of h3, and h3 = relu(2 + 0.5·h2). By how much for each unit of h1?",
        {
            "2": "No, that would be so if each state were a copy of the one before.",
            "1": "No, that is h2: one factor of 0.5. From h2 to h1 there is another one.",
            "0.5": "Yes: 2 · 0.5 · 0.5. One factor for each step back.",
        },
    ),
    "windows": (
        "The state is set to 0 before each window. Answering 0 has the error 0.5. How small can a net's error get?",
        {
            "0": "No. At the first step of a window it has seen one number, and two cosines fit to it.",
            "0.1": "Yes: one step of five is a guess, 0.5 / 5. From the second step on two numbers are known.",
            "0.5": "No. Two numbers of a sine settle its cosine, and four of the five steps have seen two.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_forward(mine):
    """Check `mine(x, weight_ih, weight_hh, bias)`: the states (T, H) of a tanh net on x (T, I), starting from zeros."""
    return check(mine, lambda *case: _run(*case).h[:, 0], [case for case, _ in _cases()])


def check_recurrent_gradient(mine):
    """Check `mine(h, dh, weight_hh)`: dL/dW_hh of a tanh net from its states (T, H) and what each gets from outside."""

    def reference(h, grad_h, weight_hh):
        shape = (len(h), 1, h.shape[1])
        states = np.concatenate([np.zeros_like(h[:1]), h])[:, None]
        cache = _run(np.zeros((len(h), 1)), np.zeros((h.shape[1], 1)), weight_hh, np.zeros(h.shape[1]))
        cache = cache._replace(h=states[1:], h_before=states[:-1])
        return rnn_backward(grad_h.reshape(shape), cache)[2][1]

    return check(mine, reference, [(_run(*case).h[:, 0], grad, case[2]) for case, grad in _cases()])


def _run(x, weight_ih, weight_hh, bias):
    return rnn_forward(x[:, None], np.zeros((1, len(weight_hh))), weight_ih, weight_hh, bias, None)


def _cases():
    """Pairs of the arguments of `check_forward` and a gradient of the states; the last states' alone in the third."""
    random = np.random.default_rng(0)
    for steps, inputs, hidden in ((1, 1, 1), (3, 1, 1), (4, 2, 3), (9, 3, 4)):
        shapes = (steps, inputs), (hidden, inputs), (hidden, hidden), (hidden,), (steps, hidden)
        *case, grad = (random.integers(-9, 10, shape) / 10 for shape in shapes)
        if steps == 4:
            grad[:-1] = 0
        yield tuple(case), grad
