"""The loops over windows that tutorials print, one window a turn."""

import numpy as np


def loop_of(layer):
    """The double loop for a layer of helpers.nn, as a function of images (N, C, H, W); None where there is none."""
    pool = {"MaxPool2d": np.max, "AvgPool2d": np.mean}.get(type(layer).__name__)
    if pool:
        return lambda x: pool_by_loops(x, pool, layer)
    if type(layer).__name__ == "Conv2d":
        return lambda x: conv_by_loops(x, layer)
    return None


def pool_by_loops(x, pool, layer):
    """Pool each window of each plane by itself."""
    empty = -np.inf if pool is np.max else 0
    out = np.empty(layer(x).shape, x.dtype)
    k, s, p = layer.kernel_size, layer.stride, layer.padding
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=empty)
    for n, c in np.ndindex(x.shape[:2]):
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[n, c, i, j] = pool(padded[n, c, i * s : i * s + k, j * s : j * s + k])
    return out


def conv_by_loops(x, layer):
    """Multiply each window with each filter by itself; stride 1."""
    (k, l), (p, q) = layer.kernel_size, layer.padding
    weight, bias = layer.weight.data, layer.bias.data
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    out = np.empty((len(x), len(weight), padded.shape[2] - k + 1, padded.shape[3] - l + 1), x.dtype)
    for n, o in np.ndindex(out.shape[:2]):
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[n, o, i, j] = np.sum(padded[n, :, i : i + k, j : j + l] * weight[o]) + bias[o]
    return out
