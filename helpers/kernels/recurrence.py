r"""What the recurrent kernels share: the products that need no loop, room for the states, parts of a long sequence."""

import numpy as np

PART_BYTES = 1 << 19  # what backward prepares at a time: a part of the sequence that stays in the processor's cache


def project(x, weight, *biases, out=None):
    """The share of the input in every step's sums, (T, N, R) for a weight (R, I); None among the biases is left out."""
    if out is None:
        out = np.empty((*x.shape[:-1], len(weight)), np.result_type(x, weight))
    np.matmul(x.reshape(-1, x.shape[-1]), weight.T, out=out.reshape(-1, len(weight)))  # one product for all steps
    biases = [bias for bias in biases if bias is not None]
    if biases:
        out += sum(biases)
    return out


def start(state, steps):
    """An array (T + 1, N, H) for the state before the first step and after each."""
    states = np.empty((steps + 1, *state.shape), state.dtype)
    states[0] = state
    return states


def parts_from_the_end(steps, bytes_each):
    """Slices of the steps, the last ones first, each as many as fit `PART_BYTES`."""
    size = max(1, PART_BYTES // max(1, bytes_each))
    return [slice(max(0, end - size), end) for end in range(steps, 0, -size)]


def transposed_product(a, b):
    """Sum the outer products of the vectors in a (..., R) and b (..., H) over all places: (R, H)."""
    return a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])
