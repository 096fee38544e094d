"""Questions and checkers for the lesson on pooling."""

import numpy as np

from helpers.kernels import adaptive_pooling, pooling
from helpers.kernels.windows import Windows
from helpers.show import asker, check

QUESTIONS = {
    "blocks": (
        "A picture of 16 × 16 pixels is cut into blocks of 2 × 2. How many blocks are there?",
        {
            "8": "No, that is how many fit along one side. There are as many columns of blocks as rows.",
            "64": "Yes: 8 along each side, 8 · 8 = 64. Each block will become one number.",
            "128": "No. Each block holds 4 pixels, so the 256 pixels make 256 / 4 = 64 blocks.",
        },
    ),
    "size": (
        "6 × 6 pixels, pool size 3, stride 2: how large is the output?",
        {
            "2 × 2": "Yes. Windows start at 0 and 2. One that starts at 4 would need pixel 6; the last is number 5.",
            "3 × 3": "No. They would start at 0, 2 and 4. The one at 4 needs pixels 4, 5 and 6; there is no pixel 6.",
            "It is an error": "No. The windows need not fill the picture. What is left over is not read.",
        },
    ),
    "bins": (
        "Five pixels, 0 to 4, are cut into two bins that hold every pixel they touch. Which pixels lie in both bins?",
        {
            "None": "No. Each part is 2.5 pixels long, so the cut goes through a pixel.",
            "Pixel 2": "Yes. The cut goes through its middle, both parts touch it, and both bins hold it.",
            "Pixels 1 to 3": "No. The first part ends at 2.5 and does not touch pixel 3. The second does not touch 1.",
        },
    ),
    "salt": (
        "One pixel in ten of a test picture is set to full ink. Which pool passes on more of this salt?",
        {
            "Max": "Yes. A grain of salt is the largest pixel of its window, wins it, and hides the picture there.",
            "Average": "No. The average weakens a grain to a quarter. In max pooling it wins its whole window.",
            "Both the same": "No. Think of one window with one grain in it: what comes out of each pool?",
        },
    ),
    "gradient": (
        "Pool size 3, stride 1, every output has gradient 1. What is the largest gradient that one pixel can get?",
        {
            "1": "No, that would be so if every pixel were in one window only. Here the windows overlap.",
            "9": "Yes. A pixel can lie in up to 9 windows, and win them all.",
            "1/9": "No, that is the share of average pooling. Max pooling does not divide: the winner gets all.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_adaptive_average(mine):
    """Check `mine(row, count)`: the means of the adaptive bins of a row of numbers."""

    def reference(row, count):
        return adaptive_pooling.adaptive_avg_pool2d_forward(row[None], 1, count)[0][0]

    sizes = ((4, 2), (3, 2), (6, 4), (7, 3), (5, 1), (2, 3))  # the second is the first whose bins overlap
    rows = (picture[0] for picture in _pictures(*((1, size) for size, _ in sizes)))
    return check(mine, reference, list(zip(rows, (count for _, count in sizes), strict=True)))


def check_max_pool_gradient(mine):
    """Check `mine(picture, grad_out, size, stride)`: the gradient of a picture that was max-pooled."""

    def pooled(picture, size, stride):
        return pooling.max_pool2d_forward(picture, *(Windows(n, size, stride) for n in picture.shape))

    def reference(picture, grad_out, size, stride):
        return pooling.max_pool2d_backward(grad_out, pooled(picture, size, stride)[1])

    tied = np.array([[4.0, 4.0], [4.0, 1.0]])  # of equal pixels only the first one gets the gradient
    pictures = [_pictures((2, 2))[0], tied, *_pictures((4, 6), (5, 7), (4, 5), (7, 6))]
    settings = (2, 2), (2, 2), (2, 2), (2, 2), (3, 1), (3, 2)  # windows of the last two overlap
    cases = [
        (picture, pooled(picture, *setting)[0], *setting) for picture, setting in zip(pictures, settings, strict=True)
    ]
    grads = [grad + 0.5 for grad in _pictures(*(out.shape for _, out, *_ in cases), seed=1)]  # none is 0
    return check(
        mine, reference, [(picture, grad, *setting) for (picture, _, *setting), grad in zip(cases, grads, strict=True)]
    )


def _pictures(*shapes, seed=0):
    random = np.random.default_rng(seed)
    return [random.integers(-9, 10, shape).astype(float) for shape in shapes]
