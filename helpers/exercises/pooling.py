"""Questions and checkers for the lesson on pooling."""

import numpy as np

from helpers.kernels import pooling
from helpers.kernels.windows import Windows
from helpers.show import check, predict

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
    "gradient": (
        "Pool size 3, stride 1, every output has gradient 1. What is the largest gradient that one pixel can get?",
        {
            "1": "No, that would be so if every pixel were in one window only. Here the windows overlap.",
            "9": "Yes. A pixel can lie in up to 9 windows, and win them all.",
            "1/9": "No, that is the share of average pooling. Max pooling does not divide: the winner gets all.",
        },
    ),
}


def ask(name):
    """Show one of the lesson's questions."""
    return predict(*QUESTIONS[name])


def check_avg_pool(mine):
    """Check `mine(picture, size)`: the mean of every size × size block of an (H, W) picture."""

    def reference(picture, size):
        rows, cols = (Windows(n, size, size) for n in picture.shape)
        return pooling.avg_pool2d_forward(picture, rows, cols)[0]

    pictures = _pictures((2, 2), (4, 6), (5, 7), (9, 9))
    return check(mine, reference, list(zip(pictures, (2, 2, 2, 3), strict=True)))


def check_max_pool_gradient(mine):
    """Check `mine(picture, grad_out, size)`: the gradient of a picture whose size × size blocks were max-pooled."""

    def reference(picture, grad_out, size):
        rows, cols = (Windows(n, size, size) for n in picture.shape)
        return pooling.max_pool2d_backward(grad_out, pooling.max_pool2d_forward(picture, rows, cols)[1])

    tied = np.array([[4.0, 4.0], [4.0, 1.0]])  # of equal pixels only the first one gets the gradient
    pictures = [_pictures((2, 2))[0], tied, *_pictures((4, 6), (5, 7), (9, 9))]
    sizes = (2, 2, 2, 2, 3)
    shapes = ((h // size, w // size) for (h, w), size in zip((p.shape for p in pictures), sizes, strict=True))
    return check(mine, reference, list(zip(pictures, _pictures(*shapes, seed=1), sizes, strict=True)))


def _pictures(*shapes, seed=0):
    random = np.random.default_rng(seed)
    return [random.integers(-9, 10, shape).astype(float) for shape in shapes]
