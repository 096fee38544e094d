"""Questions and checkers for the lesson on convolution."""

import numpy as np

from helpers.experiments.convolution import slide
from helpers.show import asker, check

QUESTIONS = {
    "edge": (
        "At every place of the row 3, 3, 3, 8, 8 you subtract a number from its right neighbour. What comes out?",
        {
            "0, 0, 5, 0": "Yes. Where nothing changes there is 0; the 5 marks the edge. You have just convolved.",
            "3, 3, 8, 8": "No, these are the right neighbours themselves. Subtract the left one from each.",
            "0, 0, 5, 0, 0": "Nearly: five numbers have only four pairs of neighbours, so four numbers come out.",
        },
    ),
    "by hand": (
        "The kernel's rows are 1, 1, 1 and 0, 0, 0 and −1, −1, −1. What is the output at row 0, column 0?",
        {
            "−9": "Yes: 0 + 9 + 1 in the first row of the window, minus 6 + 7 + 6 in the third.",
            "9": "No, that is below minus above. The weight 1 stands above, and meets the first row.",
            "6": "No, that is what the kernel of the figure gives. This one lies on its side.",
        },
    ),
    "parameters": (
        "nn.Conv2d(3, 8, kernel_size=3) reads a colour picture of 32 × 32 pixels. How many numbers does it learn?",
        {
            "72": "No. That would be 8 kernels of 3 × 3; but each reads all three colours, and each output has a bias.",
            "224": "Yes: 8 kernels of 3 · 3 · 3 numbers and 8 biases. The size of the picture does not matter.",
            "201,600": "No. That is 224 · 900, as if each of the 30 × 30 places had its own weights. They share.",
        },
    ),
    "field": (
        "Two layers with kernel 3 and stride 1. How many pixels of a row does one number of the second layer see?",
        {
            "3": "No. It reads 3 numbers of the first layer, and each of those has read 3 pixels.",
            "5": "Yes. The three windows of 3 overlap: 3 + 2 = 5.",
            "9": "No. 3 · 3 = 9 would be so if the windows of the first layer did not overlap.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_convolution(mine):
    """Check `mine(picture, kernel, stride)`: an (H, W) picture under a (K, L) kernel, without padding."""
    shapes = ((3, 3), (2, 2), 1), ((5, 5), (3, 3), 1), ((5, 7), (2, 3), 2), ((9, 8), (3, 2), 3)
    cases = [(*_numbers(picture, kernel), stride) for picture, kernel, stride in shapes]
    return check(mine, lambda picture, kernel, stride: slide(picture, kernel, stride).out[0], cases)


def check_input_gradient(mine):
    """Check `mine(grad_out, kernel)`: the gradient of the picture, for stride 1 and no padding."""

    def reference(grad_out, kernel):
        grad = np.zeros(np.add(grad_out.shape, kernel.shape) - 1)
        for k, m in np.ndindex(kernel.shape):
            grad[k : k + len(grad_out), m : m + grad_out.shape[1]] += kernel[k, m] * grad_out
        return grad

    shapes = ((1, 1), (2, 2)), ((3, 3), (3, 3)), ((2, 4), (3, 2))
    return check(mine, reference, [tuple(_numbers(*pair)) for pair in shapes])


def _numbers(*shapes):
    random = np.random.default_rng(0)
    return [random.integers(-9, 10, shape).astype(float) for shape in shapes]
