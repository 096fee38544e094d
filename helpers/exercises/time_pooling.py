"""Questions and checkers for the lesson on pooling over time."""

import numpy as np

from helpers.kernels.sequence_pooling import max_forward, mean_forward, pick_backward
from helpers.show import asker, check

QUESTIONS = {
    "reach": (
        "30 letters, and only the last state is used. Through how many steps does the first letter's gradient pass?",
        {
            "1": "No. One step is what it would take if the first state went to the classifier itself.",
            "29 from state to state": "Yes: from state 30 back to state 1, a product of 29 Jacobians (lesson 06).",
            "0": "No. The classifier sees state 30 only; the first letter stands 29 steps before it.",
        },
    ),
    "hand": (
        "One feature, four states: 1, −2, 3, 0. Which of these pairs is right?",
        {
            "mean 0.5, max 3": "Yes: (1 − 2 + 3 + 0) / 4 = 0.5, and the largest is 3. The last is 0, the sum 2.",
            "mean 1.5, max 3": "No. 1.5 is the mean of the sizes; −2 counts with its sign.",
            "mean 0.5, max 0": "No. 0 is the last state; the largest is 3.",
        },
    ),
    "padding": (
        "The states −3, −1 are padded with zeros to four steps, without a mask. What do max and mean become?",
        {
            "−1 and −2, as before": "No. Nobody has told the pooling that two steps are not real.",
            "0 and −1": "Yes: the padding wins the max, and the mean divides −4 by 4 in place of 2.",
            "0 and −2": "No. The mean divides by the number of steps it sees, which is 4.",
        },
    ),
    "order": (
        "First of two, with the letters at steps 11 and 40 of 50: how many of five RNNs learn which came first?",
        {
            "with the last state 0, with the max 0": "No, but the reason is sound: to tell the first from the second "
            "a state must hold it over 29 steps. See what the max does about it.",
            "with the last state 0, with the max 5": "Yes. The max needs a memory of 29 steps too, and yet learns it.",
            "with the last state 5, with the max 5": "No. From the last state the gradient has to walk back 39 steps.",
        },
    ),
    "backward half": (
        "A net reads both ways. How many letters has the backward half read in output[:, -1], "
        "the last step of a full row?",
        {
            "all": "No. It starts at the end: all letters are read at the first step.",
            "one": "Yes: it has begun there. Its last state stands at the first step.",
            "half of them": "No. It reads every letter, beginning with the last one.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_masked_mean(mine):
    """Check `mine(x, mask)`: the mean over the real steps, (N, H); x is (T, N, H), mask (T, N)."""
    return check(mine, lambda x, mask: mean_forward(x, mask)[0], _cases())


def check_max_backward(mine):
    """Check `mine(dy, x, mask)`: the gradient of x (T, N, H) of a max over the real steps, the first of equals wins."""
    cases = [(2.0 + np.arange(x[0].size).reshape(x.shape[1:]), x, mask) for x, mask in _cases()]
    return check(mine, lambda dy, x, mask: pick_backward(dy, max_forward(x, mask)[1]), cases)


def _cases():
    """Sequences and masks: one step; the padded word of part 3; a batch of two words; ties."""
    batch = -1 - np.random.default_rng(0).random((4, 2, 3))
    batch[2:, 1] = 0
    padded = np.array([-3.0, -1, 0, 0]).reshape(4, 1, 1)
    sequences = np.full((1, 1, 1), 2.0), padded, batch, np.ones((3, 2, 2))
    lengths = [1], [2], [4, 2], [3, 1]
    return [(x, np.arange(len(x))[:, None] < real) for x, real in zip(sequences, lengths, strict=True)]
