"""Questions and checkers for the lesson on exploding and vanishing gradients."""

import numpy as np

from helpers import nn
from helpers.experiments.gradients import jacobians, products
from helpers.show import asker, check

QUESTIONS = {
    "power": (
        "A gradient is multiplied by 0.9 at every step back. What is left of 1 after 50 steps?",
        {
            "about 0.6": "No. 0.9 · 0.9 = 0.81 already, and 48 factors are still to come.",
            "about 0.1": "No, that is what is left after 22 steps. After 44 it is a tenth of a tenth.",
            "about 0.005": "Yes: 0.9⁵⁰ = 0.0052. And 1.1⁵⁰ is 117.",
        },
    ),
    "saturated": (
        "One unit, w = 2, tanh. Inputs of 3 push every state close to 1. What becomes of the gradient in three steps?",
        {
            "it grows 8-fold": "No, that is w³, and it needs slopes of 1. At a state close to 1 tanh is almost flat.",
            "it almost vanishes": "Yes. Each factor is w · (1 − h²). With h close to 1 that is close to 0.",
            "it keeps its length": "No. Each factor is w · (1 − h²), and it is 1 only where h² is 1/2.",
        },
    ),
    "rise": (
        "W = [[0.9, 10], [0, 0.9]]. Both eigenvalues are 0.9. What do W, W², W³, … do?",
        {
            "they shrink from the start": "No. In the long run they do. But W already turns (0, 1) into (10, 0.9).",
            "they grow first, then shrink": "Yes. The 10 lets one unit feed the other, until the 0.9s wear both out.",
            "they grow without end": "No. The eigenvalues see to that: in the long run W shrinks what is left.",
        },
    ),
    "value": (
        "The gradient is (12, 5). Cut every entry to at most 1 in size. Does it still point the same way?",
        {
            "yes": "No: (1, 1) points elsewhere. The second entry was less than half of the first, now it is as large.",
            "no": "Yes, it turns: (12, 5) becomes (1, 1). Clipping by norm multiplies both entries by one number.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_product(mine):
    """Check `mine(weight, h)`: the product of the Jacobians of a tanh net whose states were h, (T, H); (H, H)."""

    def reference(weight, h):
        return products(jacobians(weight, 1 - h * h))[-1]

    rng = np.random.default_rng(0)
    cases = [(np.array([[2.0]]), np.array([[0.5]]))]
    cases += [(rng.integers(-2, 3, (2, 2)).astype(float), np.round(rng.uniform(-1, 1, (t, 2)), 1)) for t in (1, 2)]
    cases += [(rng.standard_normal((4, 4)), rng.uniform(-1, 1, (6, 4)))]
    return check(mine, reference, cases)


def check_clip(mine):
    """Check `mine(grad, max_norm)`: the gradient, scaled as `nn.utils.clip_grad_norm_` scales it."""

    def reference(grad, max_norm):
        parameter = nn.Parameter(np.zeros_like(grad))
        parameter.add_grad(grad)
        nn.utils.clip_grad_norm_(parameter, max_norm)
        return parameter.grad

    short, long, rows = np.array([0.3, 0.4]), np.array([30.0, -40.0]), np.array([[3.0, 0.0], [0.0, 4.0]])
    return check(mine, reference, [(long, 1.0), (short, 1.0), (rows, 2.5), (np.zeros(3), 1.0)])
