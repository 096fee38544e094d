"""The question and the exercise on which a reader learns how questions and exercises work."""

import numpy as np

from helpers.show import asker, check

QUESTIONS = {
    "largest": (
        "Cut 6 × 6 numbers into blocks of 2 × 2, and keep the largest of each. How many numbers are left?",
        {
            "9": "Yes: 3 blocks along each side, 3 · 3 = 9. The lab below shows all nine.",
            "12": "No. A side of 6 holds 3 blocks of 2, and there are as many columns of blocks as rows.",
            "18": "No, that would be half. A block holds 4 numbers and keeps 1, so a quarter is left.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_largest(mine):
    """Check `mine(window)`: the largest number of a window."""
    windows = [[[0, 9], [7, 5]], [[3, 3], [1, 2]], [[-3, -1], [-4, -2]], [[-np.inf, 2], [-np.inf, 6]]]
    return check(mine, np.max, [(np.array(window, float),) for window in windows])
