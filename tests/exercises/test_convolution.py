"""The exercises on convolution take a right solution and say where a wrong one fails."""

import numpy as np
import pytest

from helpers.exercises.convolution import check_convolution, check_input_gradient


def convolve(picture, kernel, stride=1, turned=False, columns_stride=None):
    kernel = kernel[::-1, ::-1] if turned else kernel
    (H, W), (K, L), across = picture.shape, kernel.shape, columns_stride or stride
    out = np.zeros(((H - K) // stride + 1, (W - L) // across + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(kernel * picture[i * stride : i * stride + K, j * across : j * across + L])
    return out


def full(grad_out, kernel, turned=True):
    (K, L) = kernel.shape
    return convolve(np.pad(grad_out, ((K - 1, K - 1), (L - 1, L - 1))), kernel, turned=turned)


def test_right_solutions_are_right():
    assert check_convolution(convolve), check_convolution(convolve)
    assert check_input_gradient(full), check_input_gradient(full)


@pytest.mark.parametrize(
    ("check", "wrong", "reason"),
    [
        (check_convolution, lambda p, k, s: convolve(p, k, s, turned=True), "expected"),
        (check_convolution, lambda p, k, s: convolve(p, k), "has shape"),
        (check_convolution, lambda p, k, s: convolve(p, k, s, columns_stride=1), "has shape"),
        (check_convolution, lambda p, k, s: None, "it returned None"),
        (check_input_gradient, lambda g, k: full(g, k, turned=False), "expected"),
        (check_input_gradient, lambda g, k: convolve(g, k) if g.shape == (3, 3) else g, "has shape"),
        (check_input_gradient, lambda g, k: full(g, k.T), "expected"),
    ],
)
def test_a_wrong_solution_is_told_where_it_fails(check, wrong, reason):
    verdict = check(wrong)
    assert not verdict and reason in str(verdict), verdict
