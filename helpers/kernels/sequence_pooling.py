r"""Pooling over time: one vector for each sequence of vectors, forward and backward.

Everywhere x is (T, N, H), and `mask` (T, N) is True at the real steps, at least one in each sequence. The other steps
are padding: whatever stands there, NaN included, has no effect, and its gradient is 0. The axis N may be missing.

Last, first, max and kmax pick numbers, and the gradient goes back to the steps they were picked from. Sum, mean, lp
and attention mix all steps, and each gets its share of the gradient.
"""

from typing import NamedTuple

import numpy as np

from .activation import Activation, Softmax, softmax_backward, softmax_forward, tanh_backward, tanh_forward
from .linear import Linear, linear_backward, linear_forward


class Picked(NamedTuple):
    """What picking keeps: x, out, and the step at which each number of out was picked, in the shape of out."""

    x: np.ndarray
    out: np.ndarray
    winners: np.ndarray


class Added(NamedTuple):
    """What sum and mean keep: x, out, the mask, and what the sum was divided by: (N, 1), or 1."""

    x: np.ndarray
    out: np.ndarray
    mask: np.ndarray
    divisor: np.ndarray | int


class Norm(NamedTuple):
    """What the norm keeps: x with zeros at padding, out, the mask, and the exponent p."""

    x: np.ndarray
    out: np.ndarray
    mask: np.ndarray
    norm_type: float


class Attention(NamedTuple):
    """What attention keeps: x with zeros at padding, the hidden u (T, N, A), and what each step weighs, (T, N)."""

    x: np.ndarray
    out: np.ndarray
    mask: np.ndarray
    u: np.ndarray
    weights: np.ndarray
    weight: np.ndarray
    vector: np.ndarray


def last_forward(x, mask, bidirectional=False):
    r"""Take the last real step: :math:`y_j = x_{\ell, j}`.

    Parameters
    ----------
    x : ndarray, (T, N, H)
    mask : ndarray of bool, (T, N)
    bidirectional : bool
        Whether the second half of H was read from the end. Its last state stands at the first real step.

    Returns
    -------
    out : ndarray, (N, H)
    cache : Picked
    """
    last = len(mask) - 1 - mask[::-1].argmax(0)  # (N,)
    size = x.shape[-1]
    read_backwards = np.arange(size) >= (size // 2 if bidirectional else size)
    return _pick(x, np.where(read_backwards, mask.argmax(0)[..., None], last[..., None]))


def first_forward(x, mask):
    r"""Take the first real step; shapes as in :func:`last_forward`."""
    return _pick(x, np.broadcast_to(mask.argmax(0)[..., None], x.shape[1:]))


def max_forward(x, mask):
    r"""Keep the largest number of each feature: :math:`y_j = \max_t x_{tj}`; shapes as in :func:`last_forward`.

    Of equal steps the first wins. NaN in a real step wins, the first of several.

    References
    ----------
    R. Collobert et al. (2011), Natural Language Processing (Almost) from Scratch, JMLR 12, over windows of words;
    A. Conneau et al. (2017), arXiv 1705.02364, over the steps of a bidirectional LSTM.
    """
    return _pick(x, _first_largest(x, mask[..., None]))


def pick_backward(grad_out, cache):
    r"""Send the gradient to the steps that were picked: :math:`dx_{tj} = dy_j` where :math:`t = winner_j`, else 0."""
    grad_x = np.zeros(cache.x.shape, grad_out.dtype)
    np.put_along_axis(grad_x, cache.winners[None], grad_out[None], 0)
    return grad_x


def kmax_forward(x, mask, k):
    r"""Keep the k largest numbers of each feature, in the order of time.

    Parameters
    ----------
    x : ndarray, (T, N, H)
    mask : ndarray of bool, (T, N)
        At least k real steps in each sequence.
    k : int

    Returns
    -------
    out : ndarray, (N, k, H)
    cache : Picked

    References
    ----------
    N. Kalchbrenner, E. Grefenstette, P. Blunsom (2014), A Convolutional Neural Network for Modelling Sentences,
    arXiv 1404.2188, section 3.2.
    """
    left = np.broadcast_to(mask[..., None], x.shape).copy()
    winners = np.empty((k, *x.shape[1:]), np.intp)
    for rank in range(k):
        winners[rank] = _first_largest(x, left)
        np.put_along_axis(left, winners[rank : rank + 1], False, 0)
    winners.sort(0)
    out = np.take_along_axis(x, winners, 0)
    out, winners = np.moveaxis(out, 0, -2), np.moveaxis(winners, 0, -2)  # (N, k, H)
    return out, Picked(x, out, winners)


def kmax_backward(grad_out, cache):
    r"""As :func:`pick_backward`, with k steps for each feature."""
    grad_x = np.zeros(cache.x.shape, grad_out.dtype)
    np.put_along_axis(grad_x, np.moveaxis(cache.winners, -2, 0), np.moveaxis(grad_out, -2, 0), 0)
    return grad_x


@np.errstate(invalid="ignore")  # inf - inf is NaN
def sum_forward(x, mask):
    r"""Add up the real steps: :math:`y = \sum_t x_t`; shapes as in :func:`last_forward`."""
    out = _zero_padded(x, mask).sum(0)
    return out, Added(x, out, mask, 1)


@np.errstate(invalid="ignore")
def mean_forward(x, mask):
    r"""Average the L real steps: :math:`y = \tfrac{1}{L} \sum_t x_t`; shapes as in :func:`last_forward`."""
    count = mask.sum(0, dtype=x.dtype)[..., None]  # (N, 1)
    out = _zero_padded(x, mask).sum(0) / count
    return out, Added(x, out, mask, count)


def sum_backward(grad_out, cache):
    r"""Give every real step the same: :math:`dx_t = dy` for the sum, :math:`dx_t = dy / L` for the mean."""
    return np.where(cache.mask[..., None], grad_out / cache.divisor, 0)


def lp_forward(x, mask, norm_type):
    r"""Take the norm of each feature along time.

    Parameters
    ----------
    x : ndarray, (T, N, H)
    mask : ndarray of bool, (T, N)
    norm_type : float
        The exponent p, above 0. 1 adds up sizes; the larger p is, the nearer to the largest size.

    Returns
    -------
    out : ndarray, (N, H)
    cache : Norm

    Notes
    -----
    .. math:: y_j = \Bigl( \sum_t |x_{tj}|^p \Bigr)^{1/p}                                            (1)

    Sizes are measured in units of the largest, so that no power overflows.
    """
    x = _zero_padded(x, mask)
    powers = np.abs(x)
    largest = powers.max(0)  # (N, H)
    unit = np.where((largest > 0) & (largest < np.inf), largest, 1)
    powers /= unit
    powers **= norm_type
    out = unit * powers.sum(0) ** (1 / norm_type)  # (1)
    return out, Norm(x, out, mask, norm_type)


@np.errstate(invalid="ignore", divide="ignore")  # an infinite norm: NaN, or infinity where p < 1
def lp_backward(grad_out, cache):
    r"""Share by size: :math:`dx_t = dy \, \mathrm{sign}(x_t) \, (|x_t| / y)^{p - 1}`; 0 where :math:`x_t = 0`."""
    x, out, mask, norm_type = cache
    slope = np.divide(np.abs(x), out, out=np.ones_like(x), where=x != 0)
    slope **= norm_type - 1
    slope *= np.sign(x)
    slope *= grad_out
    return _zero_padded(slope, mask)


@np.errstate(invalid="ignore")
def attention_forward(x, mask, weight, bias, vector):
    r"""Average the steps with weights that are learned from the steps themselves.

    Parameters
    ----------
    x : ndarray, (T, N, H)
    mask : ndarray of bool, (T, N)
    weight, bias, vector : ndarray, (A, H), (A,), (A,)

    Returns
    -------
    out : ndarray, (N, H)
    cache : Attention
        `weights` (T, N) add up to one along time, and are 0 at padding.

    Notes
    -----
    .. math:: u_t &= \tanh(W x_t + b)                                                                (1) \\
              a &= \mathrm{softmax}_t (v \cdot u_t), \text{ with minus infinity at padding}          (2) \\
              y &= \sum_t a_t x_t                                                                    (3)

    References
    ----------
    Z. Yang et al. (2016), Hierarchical Attention Networks for Document Classification, NAACL, equations 5 to 7;
    Z. Lin et al. (2017), A Structured Self-attentive Sentence Embedding, arXiv 1703.03130, equation 5 (without b).
    """
    x = _zero_padded(x, mask)
    u, _ = tanh_forward(linear_forward(x, weight, bias)[0])  # (T, N, A), (1)
    scores = np.where(mask, u @ vector, -np.inf)  # (T, N)
    weights, _ = softmax_forward(scores, 0)  # (2)
    out = (weights[..., None] * x).sum(0)  # (N, H), (3)
    return out, Attention(x, out, mask, u, weights, weight, vector)


@np.errstate(invalid="ignore")
def attention_backward(grad_out, cache):
    r"""Gradients of x and of (weight, bias, vector): each step counts in the average, and in the weights.

    Notes
    -----
    .. math:: ds_t &= a_t \bigl( dy \cdot x_t - \sum_k a_k \, dy \cdot x_k \bigr)                    (4) \\
              dx_t &= a_t \, dy + W^T \bigl( ds_t \, v (1 - u_t^2) \bigr)                            (5)
    """
    x, _, mask, u, weights, weight, vector = cache
    grad_scores = softmax_backward((x * grad_out).sum(-1), Softmax(weights, 0))  # (T, N), (4)
    grad_u, grad_vector, _ = linear_backward(grad_scores[..., None], Linear(u, vector[None]))
    grad_through, *grad_linear = linear_backward(tanh_backward(grad_u, Activation(None, u)), Linear(x, weight))
    grad_x = weights[..., None] * grad_out + grad_through  # (5)
    return _zero_padded(grad_x, mask), (*grad_linear, grad_vector[0])


def _pick(x, winners):
    out = np.take_along_axis(x, winners[None], 0)[0]
    return out, Picked(x, out, winners)


def _first_largest(x, allowed):
    """At which of the allowed steps the first maximum stands, or the first NaN, (N, H)."""
    largest = np.where(allowed, x, -np.inf).max(0)
    winners = np.zeros(largest.shape, np.intp)
    for t in reversed(range(len(x))):  # the first one is written last; argmax would copy x to bring time to the end
        np.copyto(winners, t, where=allowed[t] & ((x[t] == largest) | np.isnan(x[t])))
    return winners


def _zero_padded(x, mask):
    return x if mask.all() else np.where(mask[..., None], x, 0)
