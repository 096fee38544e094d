r"""The spectral lab: how far a gradient comes through a recurrent net, by the product of its Jacobians."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.kernels.activation import sigmoid

UNITS = 8
FEWEST, MOST = 2, 100  # steps


class Activation(NamedTuple):
    """An activation of a recurrence: phi of the sums, phi' in terms of the states, and gamma, the largest slope."""

    phi: Callable
    slope: Callable
    gamma: float


ACTIVATIONS = {
    "identity": Activation(np.array, np.ones_like, 1.0),
    "tanh": Activation(np.tanh, lambda h: 1 - h * h, 1.0),
    "sigmoid": Activation(sigmoid, lambda h: h * (1 - h), 0.25),
    "ReLU": Activation(lambda a: np.maximum(a, 0), lambda h: (h > 0).astype(float), 1.0),
}


def states(weight, inputs, activation="tanh", h0=None):
    """Run h_t = phi(W h_{t-1} + x_t): inputs (T, H) give the states (T + 1, H), the first of them h0, or zeros."""
    h = np.zeros((len(inputs) + 1, len(weight)))
    h[0] = 0 if h0 is None else h0
    for t, x in enumerate(inputs):
        h[t + 1] = ACTIVATIONS[activation].phi(weight @ h[t] + x)
    return h


def jacobians(weight, slopes):
    r"""The Jacobian of each step, :math:`J_t = \mathrm{diag}(\phi'(a_t))\, W`.

    Parameters
    ----------
    weight : ndarray, (H, H)
    slopes : ndarray, (T, H)
        The activation's derivative at each step's sums.

    Returns
    -------
    ndarray, (T, H, H)
        Entry (t, i, j) says how much unit i after the step moves for each bit that unit j before it is nudged.

    Examples
    --------
    >>> jacobians(np.array([[0.9, 10.0], [0.0, 0.9]]), np.array([[1.0, 0.5]]))
    array([[[ 0.9 , 10.  ],
            [ 0.  ,  0.45]]])
    """
    return slopes[:, :, None] * weight


def products(factors):
    r"""The product of the first t factors for every t, the latest at the left: :math:`P_t = J_t J_{t-1} \dots J_1`.

    Parameters
    ----------
    factors : ndarray, (T, H, H)

    Returns
    -------
    ndarray, (T, H, H)

    Examples
    --------
    >>> products(np.array([[[2.0]], [[3.0]], [[0.5]]])).ravel()
    array([2., 6., 3.])
    """
    out = np.array(factors)
    for t in range(1, len(out)):
        out[t] = out[t] @ out[t - 1]
    return out


def power_norms(weight, steps):
    """The largest singular value of W, W², ..., W^steps."""
    return np.linalg.norm(products(np.broadcast_to(weight, (steps, *np.shape(weight)))), 2, axis=(1, 2))


def random_weight(radius, units=50, rng=0):
    """A matrix of normal numbers, scaled to a spectral radius."""
    weight = checks.generator("random_weight", rng).standard_normal((units, units))
    return weight * (radius / np.abs(np.linalg.eigvals(weight)).max())


def product_norm(weight, scale, steps, activation="tanh", rng=0):
    """The norm of the product of all Jacobians of a run from a random state on random inputs of this size."""
    rng = checks.generator("product_norm", rng)
    h = states(weight, scale * rng.standard_normal((steps, len(weight))), activation, rng.standard_normal(len(weight)))
    return np.linalg.norm(products(jacobians(weight, ACTIVATIONS[activation].slope(h[1:])))[-1], 2)


@dataclass(frozen=True)
class State:
    """What the controls say: the recurrent weights, the run, and the longest gradient that is let through."""

    radius: float = 0.9
    skew: float = 10.0
    activation: str = "identity"
    scale: float = 1.0
    steps: int = 100
    max_norm: float = 1.0

    def __post_init__(self):
        for name in ("radius", "skew", "scale"):
            checks.at_least_zero("gradients", name, getattr(self, name))
        checks.choice("gradients", "activation", self.activation, ACTIVATIONS)
        checks.integer("gradients", "steps", self.steps, FEWEST, MOST)
        checks.above_zero("gradients", "max_norm", self.max_norm)

    @property
    def gamma(self):
        """The largest slope of the activation."""
        return ACTIVATIONS[self.activation].gamma

    @property
    def sigma(self):
        """The largest singular value of the weights, that of [[radius, skew], [0, radius]]."""
        return (self.skew + np.hypot(self.skew, 2 * self.radius)) / 2


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    weight: np.ndarray  # (H, H)
    singular: np.ndarray  # (T, H): of the product of the first t Jacobians; NaN where rounding has eaten them
    shares: np.ndarray  # (T,): length of what each step adds to the gradient of the weights
    norm: float  # of that gradient, all steps together
    factor: float  # by which clipping multiplies it

    @property
    def norms(self):
        """The largest singular value of the product, after each step."""
        return self.singular[:, 0]


def lab_weight(radius, skew):
    r"""Eight units whose powers grow and shrink as those of the 2 × 2 matrix [[radius, skew], [0, radius]].

    Notes
    -----
    .. math:: W = Q \begin{pmatrix} \rho R & s I \\ 0 & \rho R \end{pmatrix} Q^T

    R turns two planes, Q mixes the units; both keep every length, and s I commutes with R, so that
    :math:`\lVert W^k \rVert` is that of the 2 × 2 matrix.
    """
    mix, turn = _frame()
    half = UNITS // 2
    block = np.block([[radius * turn, skew * np.eye(half)], [np.zeros((half, half)), radius * turn]])
    return mix @ block @ mix.T


@lru_cache(maxsize=1)
def _frame():
    """An orthogonal matrix that mixes all units, (H, H), and one that turns two planes, (H / 2, H / 2)."""
    mix, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((UNITS, UNITS)))
    turn = np.zeros((UNITS // 2, UNITS // 2))
    for at, angle in zip((0, 2), (0.6, 2.2), strict=True):
        turn[at : at + 2, at : at + 2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return mix, turn


@lru_cache(maxsize=1)
def _noise():
    """The first state, and the inputs at scale 1: (1 + MOST, H), seed 1."""
    noise = np.random.default_rng(1).standard_normal((1 + MOST, UNITS))
    noise.setflags(write=False)
    return noise


def compute(state):
    """Run the net of the state forward, then send a gradient of length 1 back from the last state."""
    weight, (h0, *inputs) = lab_weight(state.radius, state.skew), _noise()
    inputs = state.scale * np.array(inputs[: state.steps])
    h = states(weight, inputs, state.activation, h0)  # (T + 1, H)
    slopes = ACTIVATIONS[state.activation].slope(h[1:])  # (T, H)
    singular = np.linalg.svd(products(jacobians(weight, slopes)), compute_uv=False)
    singular[singular < 1e-14 * singular[:, :1]] = np.nan

    grad_h, da = np.full(UNITS, UNITS**-0.5), np.empty_like(slopes)
    for t in reversed(range(state.steps)):
        da[t] = slopes[t] * grad_h
        grad_h = weight.T @ da[t]
    read = np.hstack([h[:-1], inputs, np.ones((state.steps, 1))])  # what W, U and b are multiplied by
    shares = np.linalg.norm(da, axis=1) * np.linalg.norm(read, axis=1)
    norm = np.linalg.norm(da.T @ read)
    return Result(state, weight, singular, shares, norm, min(1.0, state.max_norm / (norm + 1e-6)))


def verdict(state):
    """Which statement of the theory applies to the setting, in a sentence."""
    bound = state.gamma * state.sigma
    said = f"γσ = {state.gamma:g} · {state.sigma:.4g} = {bound:.4g}"
    if bound < 1:
        return f"{said} is below 1: this suffices, every product vanishes, whatever the inputs are"
    if bound == 1:
        return f"{said}: neither; no product is longer than 1, so nothing explodes, and nothing has to vanish"
    if state.activation == "identity":
        fate = {-1: "it vanishes", 0: "no growth by a factor", 1: "it explodes"}[int(np.sign(state.radius - 1))]
        return f"{said} is above 1: it could explode; in a linear net ρ = {state.radius:g} decides in the end: {fate}"
    return f"{said} is above 1: it could explode, and need not; the slopes φ′ of the run decide"


def describe(result):
    """The result in sentences: the statement that applies, the product, clipping."""
    state, norms = result.state, result.norms
    peak = int(np.argmax(norms > (1 - 1e-9) * norms.max()))  # the first of those that rounding alone tells apart
    first, last = result.shares[0], result.shares[-1]
    compared = "at the last step all slopes are 0: nothing gets past it"
    if last:
        compared = f"the first step adds {first / last:.2g} times what the last one adds, before and after clipping"
    return [
        verdict(state),
        f"norm of the product after {state.steps} steps: {norms[-1]:.3g}; largest {norms[peak]:.3g}, after {peak + 1}",
        f"gradient of the weights: norm {result.norm:.3g}, clipping multiplies it by {result.factor:.3g}; {compared}",
    ]
