r"""The hidden-units lab: a curve made of shifted copies of one neuron, each with a weight of its own."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks, nn
from helpers.data.points import CURVES

ACTIVATIONS = {"step": nn.Step(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "ReLU": nn.ReLU()}
MOST_UNITS = 40
PLACES = np.linspace(-1, 1, 201)  # where the curve is known and drawn
RIDGE = 1e-7  # of the mean square: keeps units that look alike from growing against each other


@dataclass(frozen=True)
class State:
    """What the controls say: how many hidden units, how steep, and the one that is looked at, counted from 0."""

    units: int = 12
    steepness: float = 8.0
    activation: str = "tanh"
    curve: str = "waves"
    unit: int = 5

    def __post_init__(self):
        checks.integer("hidden units", "units", self.units, 1, MOST_UNITS)
        checks.integer("hidden units", "unit", self.unit, 0)
        checks.number("hidden units", "steepness", self.steepness, "above 0", lambda value: 0 < value < np.inf)
        checks.choice("hidden units", "activation", self.activation, ACTIVATIONS)
        checks.choice("hidden units", "curve", self.curve, CURVES)


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    net: nn.Sequential  # Linear(1, units), activation, Linear(units, 1)
    x: np.ndarray  # (P,)
    target: np.ndarray  # (P,)
    fit: np.ndarray  # (P,): what the net answers
    shares: np.ndarray  # (units, P): what each hidden unit adds to it
    unit: int  # the one looked at
    error: float  # root of the mean squared difference


def compute(state):
    r"""Place the hidden units evenly, and choose the output's weights by least squares.

    Notes
    -----
    Unit i turns at the place :math:`q_i`: :math:`h_i = \phi(s (x - q_i))`, with steepness s. The output
    :math:`y = \sum_i v_i h_i + c` is linear in v and c, so the best of them come from one system of equations; no
    descent is needed. Training would move the :math:`q_i` and s too.
    """
    turns = -1 + (2 * np.arange(state.units) + 1) / state.units  # the middles of as many equal parts
    activation = ACTIVATIONS[state.activation]
    net = nn.Sequential(nn.Linear(1, state.units, rng=0), activation, nn.Linear(state.units, 1, rng=0))
    hidden, _, output = net
    hidden.weight.data[...] = state.steepness
    hidden.bias.data[...] = -state.steepness * turns
    x, target = PLACES[:, None], CURVES[state.curve](PLACES)
    h = net[:2](x)  # (P, units)
    v, c = _least_squares(h, target)
    output.weight.data[...], output.bias.data[...] = v, c
    fit = net(x)[:, 0]
    error = float(np.sqrt(np.mean((fit - target) ** 2)))
    return Result(state, net, PLACES, target, fit, v[:, None] * h.T, min(state.unit, state.units - 1), error)


def _least_squares(h, target):
    """Weights v (units,) and bias c that bring h @ v + c nearest to the target; large weights cost a little."""
    middle = h.mean(axis=0)
    centred = h - middle
    square = centred.T @ centred / len(h)
    ridge = RIDGE * max(np.trace(square), 1e-12) * np.eye(len(square))
    v = np.linalg.solve(square + ridge, centred.T @ (target - target.mean()) / len(h))
    return v, target.mean() - middle @ v


def describe(result):
    """The result in sentences: the error, and the chosen unit's formula."""
    state, (hidden, _, output) = result.state, result.net
    i = result.unit
    w, b, v = hidden.weight.data[i, 0], hidden.bias.data[i], output.weight.data[0, i]
    return [
        f"{state.units} hidden {'unit' if state.units == 1 else 'units'}: the fit is off by {result.error:.3f} "
        f"(root of the mean square); the mean alone by {result.target.std():.3f}",
        f"unit {i} adds {v:.3g} · {state.activation}({w:.3g}·x {'+' if b >= 0 else '−'} {abs(b):.3g}) "
        f"and turns at x = {-b / w:.3g}".replace("-", "−"),
    ]


def errors(units, **settings):
    """The error of the fit for each number of hidden units."""
    return np.array([compute(State(units=count, **settings)).error for count in units])
