"""Questions and checkers for the lesson on neurons."""

import numpy as np

from helpers import nn
from helpers.experiments.neuron import CORNERS, DATA
from helpers.kernels import activation
from helpers.show import asker, check

QUESTIONS = {
    "slope": (
        "y = 3x + 1. x grows by 0.1. By how much does y grow?",
        {
            "0.1": "No. Each step of x counts three times in y.",
            "0.3": "Yes: 3 · 0.1. The 3 is the slope, and it is all that backpropagation will need, many times over.",
            "1.3": "No, that is y at x = 0.1. Asked is the change of y; the 1 does not change.",
        },
    ),
    "neuron": (
        "A neuron has the weights 2 and −1, the bias 0.5 and ReLU. What does it answer to the input (1, 3)?",
        {
            "−0.5": "That is the sum before the activation: 2·1 − 1·3 + 0.5. ReLU cuts off what is negative.",
            "0": "Yes: the sum is 2·1 − 1·3 + 0.5 = −0.5, and ReLU makes 0 of it.",
            "0.5": "No. The second weight is −1, so the 3 counts against.",
        },
    ),
    "xor": (
        "How many of XOR's four corners can one neuron get right at best?",
        {
            "2": "No, it can do better: leave one corner out, and a line parts the other three.",
            "3": "Yes, and never the fourth. The search below tries tens of thousands of neurons.",
            "4": "No. The two corners of a class lie across from each other; no straight line has them on one side.",
        },
    ),
    "sign": (
        "In the net above y is 0.56, and 1 is wanted. What is the sign of the gradient of the weight from h2 to y?",
        {
            "positive": "No. h2 is positive, so a larger weight makes y larger: nearer to 1, and the loss falls.",
            "negative": "Yes: the loss falls when this weight grows. Descent will make it larger.",
            "zero": "No, only a unit that answers 0 leaves the weight behind it without a gradient.",
        },
    ),
    "parameters": (
        "Linear(64, 32), Tanh, Linear(32, 10): how many numbers does it learn?",
        {
            "2368": "These are the weights alone: 64·32 + 32·10. Each unit has a bias as well.",
            "2410": "Yes: 64·32 + 32 and 32·10 + 10. Tanh learns nothing.",
            "2400": "Nearly: the output layer has 10 biases too.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_sigmoid_backward(mine):
    """Check `mine(grad_out, out)`: the gradient of a sigmoid's input from that of its output, and the output itself."""

    def reference(grad_out, out):
        return activation.sigmoid_backward(grad_out, activation.Activation(None, out))

    random = np.random.default_rng(0)
    cases = [(np.ones(1), np.array([0.5])), (np.array([2.0, -1.0]), np.array([0.5, 0.9]))]
    cases += [(random.standard_normal(shape), random.random(shape)) for shape in ((3, 4), (2, 3, 2))]
    return check(mine, reference, cases)


def check_relu_xor(mine):
    """Check `mine()`: weights and biases `(W, b, v, c)` with which two ReLU units and a sum answer XOR exactly."""

    def answers(corner):
        net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
        values = mine()
        if values is None:
            return None
        shapes = [np.shape(value) for value in values] if isinstance(values, (tuple, list)) else type(values).__name__
        if shapes != [(2, 2), (2,), (1, 2), (1,)]:
            raise ValueError(f"W, b, v, c must be lists of the shapes (2, 2), (2,), (1, 2), (1,), got {shapes}")
        net.load_state_dict(dict(zip(("0.weight", "0.bias", "2.weight", "2.bias"), values, strict=True)))
        return net(corner)[0]

    target = dict(zip(map(tuple, CORNERS), DATA["XOR"][1], strict=True))
    return check(answers, lambda corner: float(target[tuple(corner)]), [(corner,) for corner in CORNERS])
