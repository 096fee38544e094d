"""Questions and checkers for the lesson on SGD."""

import numpy as np

from helpers import nn, optim
from helpers.show import asker, check

QUESTIONS = {
    "downhill": (
        "A loss L has the slope dL/dp = 3 at p = 2. You take one step with a learning rate of 0.1. Where are you?",
        {
            "p = 2.3": "No. A slope of 3 says that L grows with p. That step goes uphill.",
            "p = 1.7": "Yes: 2 − 0.1 · 3. The step goes against the slope.",
            "p = −1": "No, that is 2 − 3. The learning rate makes the step shorter.",
        },
    ),
    "limit": (
        "On p1² / 2 + 20 p2² / 2, each step multiplies p2 by 1 − 20 lr. From which learning rate does p2 grow?",
        {
            "0.05": "No. There the factor is 0: one step puts p2 on the bottom of the ravine.",
            "0.1": "Yes. There the factor is −1. Above it |1 − 20 lr| exceeds 1, and each step overshoots further.",
            "2": "No, that is the limit for p1, whose factor is 1 − lr. The steepest direction sets the limit.",
        },
    ),
    "noise": (
        "You go from batches of 16 examples to batches of 64. How much smaller is the noise of the gradient?",
        {
            "4 times": "No. The work is four times as much, but independent errors cancel only in part.",
            "2 times": "Yes: the noise falls as 1 / √B, and √64 / √16 = 2. Four times the work for half the noise.",
            "Not at all": "No. The mean of more examples is closer to the mean of all.",
        },
    ),
    "drop": (
        "Momentum has gathered speed, and the learning rate drops to a tenth. How long is the next step?",
        {
            "A tenth, in torch": "Yes. torch multiplies the velocity by the new rate. In Polyak's form the old speed "
            "goes on, and only what is added to it is smaller.",
            "A tenth, in Polyak's form": "No. There the velocity already holds the old rate.",
            "A tenth, in both": "No. The forms are equal only as long as the learning rate stays.",
        },
    ),
    "scale": (
        "All weights of a layer are multiplied by 10. A batch norm comes right after it. What happens to its output?",
        {
            "10 times larger": "No. The standard deviation is 10 times larger too, and batch norm divides by it.",
            "It stays": "Yes, but for the tiny eps. And then the gradient of these weights is 10 times smaller.",
            "10 times smaller": "No. Batch norm divides 10 times larger numbers by a 10 times larger deviation.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_momentum_step(mine):
    """Check `mine(p, v, grad, lr, momentum)`: parameters and velocity after one step of torch's form, as one array."""

    def reference(p, v, grad, lr, momentum):
        parameter = nn.Parameter(p)
        sgd = optim.SGD([parameter], lr, momentum)
        sgd.state[parameter] = {"momentum_buffer": v}
        parameter.grad = grad
        sgd.step()
        return np.stack([parameter.data, sgd.state[parameter]["momentum_buffer"]])

    random = np.random.default_rng(0)
    at_rest = np.array([1.0, -2.0]), np.zeros(2), np.array([0.5, 1.0]), 0.1, 0.9
    moving = (*random.integers(-5, 6, (3, 2)).astype(float), 0.5, 0.5)
    return check(mine, reference, [at_rest, moving, (*random.standard_normal((3, 5)), 0.03, 0.9)])


def check_running_statistics(mine):
    """Check `mine(batches, momentum)`: the running mean and variance after batches (K, N, C), as an array (2, C)."""

    def reference(batches, momentum):
        norm = nn.BatchNorm1d(batches.shape[2], momentum=momentum)
        for batch in batches:
            norm(batch)
        return np.stack([norm.running_mean, norm.running_var])

    random = np.random.default_rng(0)
    by_hand = np.array([[[0.0], [0.0], [3.0], [3.0]]])
    return check(mine, reference, [(by_hand, 0.1), (by_hand, 0.5), (random.standard_normal((3, 5, 2)), 0.1)])
