r"""A matrix times each vector plus a bias, and rows looked up in a matrix."""

from typing import NamedTuple

import numpy as np


class Linear(NamedTuple):
    """What the linear map keeps: x (..., I) and weight (O, I)."""

    x: np.ndarray
    weight: np.ndarray


class Embedding(NamedTuple):
    """What the look-up keeps: the indices, the weight's shape, and the row that learns nothing, if any."""

    indices: np.ndarray
    shape: tuple
    padding_idx: int | None


def linear_forward(x, weight, bias=None):
    r"""Multiply each vector by one matrix.

    Parameters
    ----------
    x : ndarray, (..., I)
    weight : ndarray, (O, I)
    bias : ndarray, (O,), optional

    Returns
    -------
    out : ndarray, (..., O)
    cache : Linear

    Notes
    -----
    .. math:: y = W x + b                                                                            (1)
    """
    out = _rows(x) @ weight.T  # (M, O)
    if bias is not None:
        out += bias
    return out.reshape(*x.shape[:-1], len(weight)), Linear(x, weight)


def linear_backward(grad_out, cache):
    r"""Gradients of the input, the weight and the bias.

    Parameters
    ----------
    grad_out : ndarray, (..., O)
    cache : Linear

    Returns
    -------
    grad_x, grad_weight, grad_bias : ndarray, (..., I), (O, I) and (O,)

    Notes
    -----
    .. math:: dx = W^T dy, \qquad dW = \sum dy\, x^T, \qquad db = \sum dy                             (2)
    """
    x, weight = cache
    grad = _rows(grad_out)  # (M, O)
    return (grad @ weight).reshape(x.shape), grad.T @ _rows(x), grad.sum(0)


def embedding_forward(indices, weight, padding_idx=None):
    r"""Look up rows: :math:`y = W_{i}`.

    Parameters
    ----------
    indices : ndarray of int, (...)
    weight : ndarray, (K, D)
    padding_idx : int, optional
        A row whose gradient stays 0.

    Returns
    -------
    out : ndarray, (..., D)
    cache : Embedding
    """
    return weight[indices], Embedding(indices, weight.shape, padding_idx)


def embedding_backward(grad_out, cache):
    r"""Gradient of the weight: each row adds up the gradients of all places that looked it up."""
    grad_weight = np.zeros(cache.shape, grad_out.dtype)
    np.add.at(grad_weight, cache.indices, grad_out)
    if cache.padding_idx is not None:
        grad_weight[cache.padding_idx] = 0
    return grad_weight


def _rows(x):
    return x.reshape(-1, x.shape[-1])
