r"""The neuron lab: one neuron with two inputs, the plane that it cuts, and where its points lie on the activation."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks, nn

ACTIVATIONS = {
    "step": nn.Step(),
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "ReLU": nn.ReLU(),
    "LeakyReLU": nn.LeakyReLU(0.1),
    "identity": nn.Identity(),
}
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
DATA = {
    "AND": (CORNERS, np.array([0, 0, 0, 1])),
    "OR": (CORNERS, np.array([0, 1, 1, 1])),
    "XOR": (CORNERS, np.array([0, 1, 1, 0])),
}
EDGES = -1.0, 2.0  # of the plane that is shown, in both directions
CELLS = 60  # along each side of the response surface
FAINT_SLOPE = 0.01  # a derivative below it hardly lets a gradient through


@dataclass(frozen=True)
class State:
    """What the controls say: two weights, a bias, the activation, and the points."""

    w1: float = 1.0
    w2: float = 1.0
    b: float = -1.5
    activation: str = "sigmoid"
    data: str = "AND"

    def __post_init__(self):
        for name in ("w1", "w2", "b"):
            checks.number("neuron", name, getattr(self, name))
        checks.choice("neuron", "activation", self.activation, ACTIVATIONS)
        checks.choice("neuron", "data", self.data, DATA)


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    points: np.ndarray  # (N, 2)
    labels: np.ndarray  # (N,)
    z: np.ndarray  # (N,): the sum before the activation, of each point
    y: np.ndarray  # (N,): the neuron's output
    slope: np.ndarray  # (N,): the activation's derivative there
    surface: np.ndarray  # (CELLS, CELLS): output over the plane, the first row at the top
    curve: tuple[np.ndarray, np.ndarray, np.ndarray]  # z, phi(z) and phi'(z)

    @property
    def right(self):
        """Which points lie on the right side: class 1 where z is at least 0, as the step says."""
        return (self.z >= 0) == (self.labels == 1)


def respond(z, activation):
    """The activation's output and derivative at each z."""
    layer = ACTIVATIONS[activation]
    y = layer(z)
    return y, layer.backward(np.ones_like(y))


def compute(state):
    """Run the neuron on its points and over the plane."""
    points, labels = DATA[state.data]
    weight = np.array([state.w1, state.w2])
    z = points @ weight + state.b  # (N,)
    y, slope = respond(z, state.activation)
    middles = EDGES[0] + (np.arange(CELLS) + 0.5) * (EDGES[1] - EDGES[0]) / CELLS
    plane = state.w1 * middles + state.w2 * middles[::-1, None] + state.b  # (CELLS, CELLS)
    reach = max(6.0, np.abs(z).max() * 1.1)
    axis = np.linspace(-reach, reach, 241)
    surface, _ = respond(plane, state.activation)
    return Result(state, points, labels, z, y, slope, surface, (axis, *respond(axis, state.activation)))


def describe(result):
    """The result in sentences: the formula with its numbers, how many points it parts, where the slope has died."""
    state = result.state
    total = len(result.labels)
    flat = int(np.sum(np.abs(result.slope) < FAINT_SLOPE))
    return [
        f"z = {state.w1:g}·x1 {_signed(state.w2)}·x2 {_signed(state.b)}, y = {state.activation}(z)",
        f"{int(result.right.sum())} of {total} points on the right side of the line z = 0",
        f"slope of the activation below {FAINT_SLOPE:g} at {flat} of {total} points",
    ]


def _signed(number):
    return f"{'+' if number >= 0 else '−'} {abs(number):g}"
