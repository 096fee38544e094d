r"""Pooling over time: what each step gives to the vector of a word, and what it gets of the gradient."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks, nn

from .languages import new_pool, task, trained

KINDS = "last", "mean", "max", "sum", "lp", "kmax", "attention"  # of pooling that any states can go through
WORDS = "gefunden", "thought", "corazón", "enfants", "questo", "amigos", "wij"
MOST_PADDING = 8


@dataclass(frozen=True)
class State:
    """What the controls say: the pooling, whether lengths are given, a word, steps of padding, the step looked at."""

    kind: str = "max"
    masked: bool = True
    word: str = WORDS[0]
    padding: int = 4
    step: int = 0

    def __post_init__(self):
        checks.choice("time_pooling", "kind", self.kind, KINDS)
        checks.choice("time_pooling", "word", self.word, WORDS)
        checks.flag("time_pooling", "masked", self.masked)
        checks.integer("time_pooling", "padding", self.padding, 0, MOST_PADDING)
        if checks.integer("time_pooling", "step", self.step, 0) >= len(self.word) + self.padding:
            raise ValueError(
                f"time_pooling: step must be below T = {len(self.word) + self.padding} (the word and its padding), "
                f"got {self.step}"
            )


class Result(NamedTuple):
    """What the picture shows, a number for each step: shares add up to 1."""

    state: State
    tokens: tuple
    output: np.ndarray  # share of each step in the pooled vector
    at_state: np.ndarray  # share of the gradient that reaches each state from the pooling directly
    at_letter: np.ndarray  # share of the gradient that reaches each letter through the net
    change: float  # largest difference between this vector and that of the word alone


def compute(state):
    """Run the trained net on the padded word, pool its states, and send a gradient back."""
    pool = _pool(state.kind)
    indices, (length,) = task().letters.encode([state.word])
    padded = np.pad(indices, ((0, 0), (0, state.padding)))
    alone = pool(_states(indices, None))
    lengths = np.array([length]) if state.masked else None
    out = pool(_states(padded, lengths), lengths=lengths)
    output = shares(pool)
    grad = pool.backward(np.random.default_rng(0).standard_normal(out.shape))
    grad_letters, _ = trained().recurrent.backward(grad)
    trained().zero_grad()
    tokens = (*state.word, *["pad"] * state.padding)
    return Result(state, tokens, output, _sizes(grad), _sizes(grad_letters), float(abs(out - alone).max()))


def describe(result):
    """The result in sentences."""
    state, length = result.state, len(result.state.word)
    step, real = state.step, state.step < length
    what = f"letter {result.tokens[step]!r}" if real else "padding"
    effect = "the same vector as for the word alone"
    if result.change > 1e-12:
        effect = f"not the vector of the word alone: numbers differ by up to {result.change:.2g}"
    return [
        effect,
        f"step {step} ({what}): {result.output[step]:.0%} of the output, {result.at_state[step]:.0%} of the gradient "
        f"at the states, {result.at_letter[step]:.0%} at the letters",
        f"padding has {result.output[length:].sum():.0%} of the output and "
        f"{result.at_letter[length:].sum():.0%} of the gradient",
    ]


def shares(pool):
    """The share of each step in what a pool made of one sequence (1, T, H) in its last call, (T,).

    For kinds that pick it is the share of the numbers that were picked there; for attention the weight; for the norm
    the share in the sum of the powers, averaged over the features; for mean and sum it is the same for all real steps.
    """
    cache = pool.cache
    if pool.kind == "attention":
        return cache.weights[:, 0]
    if hasattr(cache, "winners"):
        counts = np.bincount(cache.winners.ravel(), minlength=len(cache.x))
        return counts / counts.sum()
    if pool.kind == "lp":
        powers = np.abs(cache.x[:, 0]) ** pool.norm_type
        return (powers / powers.sum(axis=0)).mean(axis=1)
    return cache.mask[:, 0] / cache.mask.sum()


class Spread(NamedTuple):
    """Norms of the gradient at each step, (T,): of the states as the pooling gives it, and of the inputs."""

    at_state: np.ndarray
    at_input: np.ndarray


def spread(kind, seed=0, length=30, size=16, n=8):
    """The gradient of one random upstream, the same for every kind, through a pooling and an untrained RNN."""
    rng = np.random.default_rng(seed)
    net = nn.RNN(size, size, batch_first=True, rng=rng)
    x, upstream = rng.standard_normal((n, length, size)), rng.standard_normal((n, size))
    pool = new_pool(kind, size, seed)
    y, _ = net(x)
    out = pool(y)
    grad = pool.backward(np.broadcast_to(upstream.reshape((n,) + (1,) * (out.ndim - 2) + (size,)), out.shape))
    grad_x, _ = net.backward(grad)
    return Spread(*(np.sqrt((g**2).sum(axis=(0, 2))) for g in (grad, grad_x)))


def through_pyramid(stride, seed=0, length=30, size=16, n=8):
    """The norm of the first input's gradient through an untrained RNN, max pooling with a stride, and a second RNN.

    The gradient comes from the last state of the second, the upper one.

    Parameters
    ----------
    stride : int
        How many steps of the lower RNN become one step of the upper.
    """
    rng = np.random.default_rng(seed)
    lower, upper = (nn.RNN(size, size, batch_first=True, rng=rng) for _ in range(2))
    pool, last = nn.MaxPool1d(stride), nn.SequencePool("last", batch_first=True)
    x, upstream = rng.standard_normal((n, length, size)), rng.standard_normal((n, size))
    pooled = pool(lower(x)[0].swapaxes(1, 2))  # (N, H, T / stride)
    last(upper(pooled.swapaxes(1, 2))[0])
    grad, _ = upper.backward(last.backward(upstream))
    grad, _ = lower.backward(pool.backward(grad.swapaxes(1, 2)).swapaxes(1, 2))
    return np.linalg.norm(grad[:, 0])


def _pool(kind):
    return trained().pool if kind == "attention" else new_pool(kind, trained().recurrent.hidden_size)


def _states(indices, lengths):
    model = trained()
    return model.recurrent(model.embedding(indices), lengths=lengths)[0]


def _sizes(grad):
    """The norm of each step's gradient as a share of all, (T,)."""
    norms = np.sqrt((grad[0] ** 2).sum(axis=1))
    return norms / norms.sum()
