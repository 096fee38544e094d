r"""The cliff lab: the loss of a net of one recurrent unit has a wall, and a step of descent meets it."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.kernels.activation import sigmoid

TARGET, START = 0.7, 0.5  # what the output should be, and the state before the first step
W_EDGES, B_EDGES = (3.5, 6.5), (-3.5, -0.5)
CELLS = 100  # of the surface, along each side
UPDATES = 60  # steps of descent in a run
FEWEST, MOST = 1, 50  # steps of the net


class Point(NamedTuple):
    """A place on the surface: its loss, and the gradient there."""

    loss: float
    dw: float
    db: float


def look(w, b, steps):
    r"""The loss of the net at (w, b) after some steps, and its gradient.

    Notes
    -----
    .. math:: h_t &= w\, \sigma(h_{t-1}) + b, \qquad L = (\sigma(h_T) - 0.7)^2 \\
              \frac{\partial h_t}{\partial w} &= \sigma(h_{t-1}) + J_t \frac{\partial h_{t-1}}{\partial w}, \qquad
              \frac{\partial h_t}{\partial b} = 1 + J_t \frac{\partial h_{t-1}}{\partial b}, \qquad
              J_t = w\, \sigma'(h_{t-1})

    The gradient is carried forward along with the state: with two weights this is less work than going back.

    References
    ----------
    R. Pascanu, T. Mikolov, Y. Bengio (2013), arXiv 1211.5063, figure 6.

    Examples
    --------
    >>> [round(number, 4) for number in look(5.0, -2.0, 50)]
    [0.0556, 0.0379, 0.0405]
    """
    h, dh_dw, dh_db = START, 0.0, 0.0
    for _ in range(steps):
        s = _sigmoid(h)
        jacobian = w * s * (1 - s)
        h, dh_dw, dh_db = w * s + b, s + jacobian * dh_dw, 1 + jacobian * dh_db
    s = _sigmoid(h)
    dh = 2 * (s - TARGET) * s * (1 - s)
    return Point((s - TARGET) ** 2, dh * dh_dw, dh * dh_db)


def _sigmoid(x):
    return 0.5 * (1 + math.tanh(0.5 * x))


@lru_cache(maxsize=MOST)
def surface(steps):
    """The loss over the whole plane, (CELLS, CELLS), its first row at the top, where b is largest."""
    (w, b), h = middles(), START
    for _ in range(steps):
        h = w * sigmoid(h) + b[:, None]
    loss = (sigmoid(h) - TARGET) ** 2
    loss.setflags(write=False)
    return loss


def middles():
    """The middles of the surface's cells: w from left to right, b from top to bottom."""
    share = (np.arange(CELLS) + 0.5) / CELLS
    return W_EDGES[0] + share * np.ptp(W_EDGES), B_EDGES[1] - share * np.ptp(B_EDGES)


@lru_cache(maxsize=256)
def descend(w, b, lr, steps, max_norm=None, updates=UPDATES):
    """Plain gradient descent from (w, b), clipped by norm or not.

    Returns
    -------
    ndarray, (updates + 1, 4)
        Each point's w, b, loss and norm of the gradient before clipping.
    """
    path = np.empty((updates + 1, 4))
    for k in range(updates + 1):
        loss, dw, db = look(w, b, steps)
        norm = math.hypot(dw, db)
        path[k] = w, b, loss, norm
        factor = 1.0 if max_norm is None else min(1.0, max_norm / (norm + 1e-6))
        w, b = w - lr * factor * dw, b - lr * factor * db
    path.setflags(write=False)
    return path


@dataclass(frozen=True)
class State:
    """What the controls say: where the descent starts, its steps, and how far it has come."""

    w: float = 4.2
    b: float = -2.7
    lr: float = 0.158
    max_norm: float = 0.316
    steps: int = 50
    update: int = UPDATES

    def __post_init__(self):
        checks.number("cliff", "w", self.w)
        checks.number("cliff", "b", self.b)
        for name in ("lr", "max_norm"):
            checks.above_zero("cliff", name, getattr(self, name))
        checks.integer("cliff", "steps", self.steps, FEWEST, MOST)
        checks.integer("cliff", "update", self.update, 0, UPDATES)


class Result(NamedTuple):
    """What the picture shows: the surface, and two descents over it that differ in clipping alone."""

    state: State
    surface: np.ndarray  # (CELLS, CELLS)
    free: np.ndarray  # (UPDATES + 1, 4): w, b, loss, norm of the gradient
    clipped: np.ndarray


def compute(state):
    """Descend twice from the state's place."""
    run = state.w, state.b, state.lr, state.steps
    return Result(state, surface(state.steps), descend(*run), descend(*run, state.max_norm))


def describe(result):
    """Where the two descents are, and the largest gradient that each has met so far."""
    return [_told(name, path[: result.state.update + 1]) for name, path in paths(result).items()]


def paths(result):
    """The two descents by name."""
    return {"without clipping": result.free, "clipped": result.clipped}


def _told(name, path):
    w, b, loss, _ = path[-1]
    moves = np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1)
    return (
        f"{name}, after {len(path) - 1} updates: w = {w:.2f}, b = {b:.2f}, loss {loss:.2g}; "
        f"largest gradient met {path[:, 3].max():.2g}, longest move {moves.max(initial=0):.2g}"
    )
