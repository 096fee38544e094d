r"""Sequences that ask for memory. Time comes first, as `nn.RNN` reads it: (T, N, ...)."""

from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.data.classes import balanced_labels
from helpers.data.text import one_hot


class Adding(NamedTuple):
    """`x` (T, N, 2): value and mark; `target` (N, 1), the sum of the marked values; `times` (2, N), their steps."""

    x: np.ndarray
    target: np.ndarray
    times: np.ndarray


class TemporalOrder(NamedTuple):
    """`x` (T, N, 6) one-hot, the same as `symbols` (T, N); the class of each order, `labels` (N,); `times` (K, N)."""

    x: np.ndarray
    symbols: np.ndarray
    labels: np.ndarray
    times: np.ndarray


class Copying(NamedTuple):
    """`x` (T, N, K) one-hot, the same as `symbols` (T, N), and the symbol to be given at each step, `target` (T, N)."""

    x: np.ndarray
    symbols: np.ndarray
    target: np.ndarray


class Memory(NamedTuple):
    """`x` (T, N, 3): value, write, reset; `target` (T, N, 1); where the events are, `writes`, `resets` (T, N) bool."""

    x: np.ndarray
    target: np.ndarray
    writes: np.ndarray
    resets: np.ndarray


class SineCosine(NamedTuple):
    """Waves cut into W windows of T steps: `x` and `target`, both (W, T, N, 1); window w + 1 goes on where w ended."""

    x: np.ndarray
    target: np.ndarray


def adding(n, length=50, *, rng):
    r"""The adding problem: two of many numbers are marked, and their sum is asked for at the end.

    Parameters
    ----------
    n : int
        How many sequences, N.
    length : int
        Steps T of each, at least 2. The first mark is T / 2 steps or more from the end: the longer, the harder.
    rng : numpy.random.Generator or int

    Returns
    -------
    Adding
        x[..., 0] is drawn from U[0, 1). x[..., 1] is 1 at two steps and 0 elsewhere: one is drawn uniformly from the
        first half, 0 to T // 2 - 1, the other from the rest.

    Notes
    -----
    The trivial answer is 1, the mean of the sum. Its mean squared error is the sum's variance, 2 / 12 = 0.167: a net
    has used its memory only where it is clearly below.

    Hochreiter and Schmidhuber draw values from [-1, 1], let the lengths vary, mark two steps of the first half with 1
    and both ends with -1, and ask for 0.5 + sum / 4. This simpler form, one mark in each half, is that of Arjovsky et
    al.; Le et al. have the same values and target.

    References
    ----------
    S. Hochreiter and J. Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9, section 5.4.
    Q. V. Le, N. Jaitly and G. E. Hinton (2015), arXiv 1504.00941, section 4.1.
    M. Arjovsky, A. Shah and Y. Bengio (2016), arXiv 1511.06464, section 5.2.

    Examples
    --------
    >>> x, target, times = adding(1, length=4, rng=0)
    >>> x[:, 0].round(3)
    array([[0.637, 1.   ],
           [0.27 , 0.   ],
           [0.041, 0.   ],
           [0.017, 1.   ]])
    >>> target.round(3).item(), times[:, 0].tolist()
    (0.653, [0, 3])
    """
    n, length, rng = _arguments("adding", n, length, 2, 2, rng)
    x = np.zeros((length, n, 2))
    x[..., 0] = rng.random((length, n))
    times = np.stack([rng.integers(0, length // 2, n), rng.integers(length // 2, length, n)])
    x[times, np.arange(n), 1] = 1
    target = x[times, np.arange(n), 0].sum(axis=0)
    return Adding(x, target[:, None], times)


def temporal_order(n, length=50, marked=2, *, rng):
    r"""Two or three symbols X or Y stand in a long row of distractors; the class is their order.

    Parameters
    ----------
    n : int
        How many sequences, N.
    length : int
        Steps T of each, at least `marked`. The longer, the harder.
    marked : int
        How many symbols K count, at least 1 (usually 2 or 3).
    rng : numpy.random.Generator or int

    Returns
    -------
    TemporalOrder
        Symbols 0 to 3 are distractors, drawn uniformly; 4 is X and 5 is Y. `labels` in 0..2^K - 1 read X as 0 and Y as
        1, first symbol first: for K = 2 XX, XY, YX, YY. The counts of the classes differ by at most one.

    Notes
    -----
    The sequence has K equal parts, and the k-th symbol is drawn uniformly from the first fifth of the k-th part. So
    with K = 2 the last symbol is about T / 2 steps from the end and the first about T.

    Guessing gives an accuracy of 1 / 2^K. Who counts X and Y but forgets their order reaches (K + 1) / 2^K: 0.75 for
    two, 0.5 for three.

    The original has lengths of 100 to 110, the symbols at steps 10..20 and 50..60, and two more symbols that mark
    start and end.

    References
    ----------
    S. Hochreiter and J. Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9, section 5.6.

    Examples
    --------
    >>> task = temporal_order(4, length=10, rng=0)
    >>> ["".join("abcdXY"[s] for s in row) for row in task.symbols.T], task.labels.tolist()
    (['YaccbXdaab', 'XdccdXcdba', 'XcdccYdaba', 'YdcdaYacba'], [2, 0, 1, 3])
    """
    marked = checks.integer("temporal_order", "marked", marked, 1)
    n, length, rng = _arguments("temporal_order", n, length, marked, 6, rng)
    labels = balanced_labels(n, 2**marked, rng)
    starts = np.arange(marked) * length // marked
    times = starts[:, None] + rng.integers(0, max(1, length // marked // 5), (marked, n))
    symbols = rng.integers(0, 4, (length, n))
    symbols[times, np.arange(n)] = 4 + (labels >> np.arange(marked)[::-1, None] & 1)
    return TemporalOrder(one_hot(symbols, 6), symbols, labels, times)


def copying(n, delay=20, length=10, kinds=8, *, rng):
    r"""A row of symbols is shown, then comes a pause, and at its end the row has to be given again.

    Parameters
    ----------
    n : int
        How many sequences, N.
    delay : int
        Steps from the end of the row to the end of the pause, at least 1. The longer, the harder.
    length : int
        How many symbols the row has, at least 1.
    kinds : int
        How many kinds of symbols there are, at least 2.
    rng : numpy.random.Generator or int

    Returns
    -------
    Copying
        T = delay + 2 length and K = kinds + 2. Symbols 0 to kinds - 1 are drawn uniformly and independently, `kinds` is
        the blank, `kinds` + 1 says "now". Shown are the row, delay - 1 blanks, "now", `length` blanks; asked for are
        length + delay blanks, then the row.

    Notes
    -----
    Blanks at first and a guess for each symbol have a mean cross-entropy of length * ln(kinds) / T, with the default
    sizes 0.520.

    References
    ----------
    M. Arjovsky, A. Shah and Y. Bengio (2016), arXiv 1511.06464, section 5.1.

    Examples
    --------
    >>> task = copying(1, delay=3, length=2, kinds=4, rng=0)
    >>> task.symbols[:, 0].tolist(), task.target[:, 0].tolist()
    ([3, 2, 4, 4, 5, 4, 4], [4, 4, 4, 4, 4, 3, 2])
    """
    delay = checks.integer("copying", "delay", delay, 1)
    kinds = checks.integer("copying", "kinds", kinds, 2)
    n, length, rng = _arguments("copying", n, length, 1, kinds + 2, rng)
    steps = delay + 2 * length
    checks.affordable("copying", "x", (steps, n, kinds + 2))
    row = rng.integers(0, kinds, (length, n))
    symbols = np.full((steps, n), kinds)
    target = symbols.copy()
    symbols[:length] = target[-length:] = row
    symbols[length + delay - 1] = kinds + 1
    return Copying(one_hot(symbols, kinds + 2), symbols, target)


def memory(n, length=30, write=0.1, reset=0.0, *, rng):
    r"""A stream of values, some with the order to write them down; the last one written is asked for at every step.

    Parameters
    ----------
    n : int
        How many streams, N.
    length : int
        Steps T of each, at least 1.
    write, reset : float
        How often a step writes (at least 0) or empties the memory (at least 0, together at most 1). Rare writes mean
        long keeping.
    rng : numpy.random.Generator or int

    Returns
    -------
    Memory
        x[..., 0] is a new value at each step, drawn from U[-1, 1), a distraction unless it is written. x[..., 1] is 1
        at a write and x[..., 2] is 1 at a reset. `target` is the value of the last write, at the write itself already,
        and 0 after a reset. The first step always writes; no step does both.

    Notes
    -----
    The memory is full at step t with the probability h_1 = 1, h_t = write + (1 - write - reset) h_{t-1}. Always
    answering 0 has a mean squared error of mean(h) / 3; without resets 1 / 3. Echoing the present value costs 2 / 3 at
    each step that keeps, 1 / 3 at each empty one, nothing at a write.

    A cell that solves this keeps (f near 1, i near 0) where nothing happens, replaces (f near 0, i near 1) at a write
    and forgets (both near 0) at a reset.

    Examples
    --------
    >>> x, target, writes, resets = memory(1, length=5, write=0.4, rng=1)
    >>> np.hstack([x[:, 0, :2], target[:, 0]]).round(2)
    array([[ 0.02,  1.  ,  0.02],
           [ 0.9 ,  0.  ,  0.02],
           [-0.71,  0.  ,  0.02],
           [ 0.9 ,  0.  ,  0.02],
           [-0.38,  1.  , -0.38]])
    """
    write, reset = (checks.share("memory", name, value) for name, value in (("write", write), ("reset", reset)))
    if write + reset > 1:
        raise ValueError(f"memory: write + reset must be at most 1, got {write} + {reset}")
    n, length, rng = _arguments("memory", n, length, 1, 3, rng)
    values, drawn = rng.uniform(-1, 1, (length, n)), rng.random((length, n))
    writes, resets = drawn < write, (drawn >= write) & (drawn < write + reset)
    writes[0], resets[0] = True, False
    step = np.arange(length)[:, None]
    last = np.maximum.accumulate(np.where(writes | resets, step, 0))  # (T, N), the step of the last event
    target = np.where(np.take_along_axis(writes, last, 0), np.take_along_axis(values, last, 0), 0.0)
    return Memory(np.stack([values, writes, resets], axis=-1), target[..., None], writes, resets)


def sine_cosine(n=1, windows=100, length=20, period=25.0, noise=0.0, *, rng):
    r"""A sine comes in step by step and its cosine is asked for, in windows that follow on each other.

    Parameters
    ----------
    n : int
        How many waves run side by side, N, each with a random phase.
    windows, length : int
        How many windows W, and how many steps T each has, at least 1.
    period : float
        Steps of one oscillation, above 2. If the period is longer than the window, its state has to be carried over.
    noise : float
        Standard deviation of what is added to the sine, at least 0.
    rng : numpy.random.Generator or int

    Returns
    -------
    SineCosine
        `x` and `target`, both (W, T, N, 1): a loop over the two gives one window (T, N, 1) at a time.

    Notes
    -----
    One value of a sine belongs to two opposite cosines: without memory nothing is better than 0, with a mean squared
    error of 0.5 (over whole periods). One value more settles it: with w = 2 pi / period,
    :math:`\cos wt = (\sin wt \cos w - \sin w(t - 1)) / \sin w`, a linear rule.

    Examples
    --------
    >>> x, target = sine_cosine(windows=3, length=4, rng=0)
    >>> x.shape, (x**2 + target**2).round(9).min()
    ((3, 4, 1, 1), np.float64(1.0))
    """
    windows = checks.integer("sine_cosine", "windows", windows, 1)
    period = checks.number("sine_cosine", "period", period, "above 2", lambda value: 2 < value < np.inf)
    noise = checks.at_least_zero("sine_cosine", "noise", noise)
    n, length, rng = _arguments("sine_cosine", n, length, 1, windows, rng)
    step = np.arange(windows * length).reshape(windows, length, 1, 1)
    phase = 2 * np.pi * (step / period + rng.random((n, 1)))  # (W, T, N, 1)
    return SineCosine(np.sin(phase) + noise * rng.standard_normal(phase.shape), np.cos(phase))


def _arguments(owner, n, length, least, size, rng):
    n = checks.integer(owner, "n", n, 1)
    length = checks.integer(owner, "length", length, least)
    checks.affordable(owner, "x", (length, n, size))
    return n, length, checks.generator(owner, rng)
