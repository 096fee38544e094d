r"""The descent lab: two parameters go down a surface that one can see, by the course's own SGD."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from helpers import checks, nn, optim

EDGES = -2.0, 2.0  # of what is shown of the plane, in both directions
STEPS = 100
EXAMPLES = 64  # the surface is the mean of as many, each tilted its own way
CLOSE = 1e-9  # largest difference from torch, relative where coordinates exceed 1
FAR_OUT = 1e3  # distance from the origin from which a run counts as lost


class Surface(NamedTuple):
    """A loss of two parameters."""

    formula: str
    height: Callable  # of p1 and p2, arrays of one shape
    gradient: Callable  # of a point (2,), gives (2,)
    minima: tuple[tuple[float, float], ...]
    curvature: float  # the largest eigenvalue of the Hessian at a minimum

    @property
    def lowest(self):
        """The height of a minimum."""
        return self.height(*self.minima[0])


SURFACES = {
    "bowl": Surface(
        "(p1² + p2²) / 2",
        lambda p1, p2: (p1**2 + p2**2) / 2,
        lambda p: p.copy(),
        ((0.0, 0.0),),
        1.0,
    ),
    "ravine": Surface(
        "(p1² + 20 p2²) / 2",
        lambda p1, p2: (p1**2 + 20 * p2**2) / 2,
        lambda p: p * (1, 20),
        ((0.0, 0.0),),
        20.0,
    ),
    "Rosenbrock": Surface(
        "(1 − p1)² + 10 (p2 − p1²)²",  # 100 in place of 10 in the original, which hardly moves in 100 steps
        lambda p1, p2: (1 - p1) ** 2 + 10 * (p2 - p1 * p1) ** 2,
        lambda p: np.array([-2 * (1 - p[0]) - 40 * p[0] * (p[1] - p[0] * p[0]), 20 * (p[1] - p[0] * p[0])]),
        ((1.0, 1.0),),
        51 + math.sqrt(2561),
    ),
    "saddle": Surface(
        "p1² / 2 − p2² / 2 + p2⁴ / 4",
        lambda p1, p2: p1**2 / 2 - p2**2 / 2 + p2**4 / 4,
        lambda p: np.array([p[0], p[1] ** 3 - p[1]]),
        ((0.0, 1.0), (0.0, -1.0)),
        2.0,
    ),
}
STARTS = {"left": (-1.8, 0.9), "right": (1.7, -1.2), "on the axis": (1.6, 0.0)}


def _warm_up_and_cosine(rates, sgd, steps):
    warm = max(steps // 10, 1)
    rise = rates.LinearLR(sgd, start_factor=0.1, total_iters=warm)
    fall = rates.CosineAnnealingLR(sgd, T_max=max(steps - warm, 1))
    return rates.SequentialLR(sgd, [rise, fall], milestones=[warm])


SCHEDULES = {  # functions of our lr_scheduler or torch's, an optimizer of the same library, and the steps to come
    "constant": lambda rates, sgd, steps: rates.LambdaLR(sgd, lambda step: 1.0),
    "step": lambda rates, sgd, steps: rates.StepLR(sgd, step_size=max(steps // 3, 1), gamma=0.2),
    "exponential": lambda rates, sgd, steps: rates.ExponentialLR(sgd, gamma=0.02 ** (1 / steps)),
    "warm-up + cosine": _warm_up_and_cosine,
}


@dataclass(frozen=True)
class State:
    """What the controls say; `step` is how far the run is looked at, `seed` is that of tilts and batches."""

    surface: str = "ravine"
    start: str = "left"
    lr: float = 0.09
    schedule: str = "constant"
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    batch_size: int = EXAMPLES
    step: int = STEPS
    seed: int = 0

    def __post_init__(self):
        for name, allowed in (("surface", SURFACES), ("start", STARTS), ("schedule", SCHEDULES)):
            checks.choice("descent", name, getattr(self, name), allowed)
        for name, least, most in (("batch_size", 1, EXAMPLES), ("step", 0, STEPS)):
            checks.integer("descent", name, getattr(self, name), least, most)
        self.optimizer(nn.Parameter([0.0, 0.0]))

    def optimizer(self, point, library=optim):
        """The SGD that takes the steps, ours or torch's; it refuses settings that it does not allow."""
        options = {"weight_decay": self.weight_decay, "nesterov": self.nesterov}
        return library.SGD([point], self.lr, self.momentum, **options)

    @property
    def limit(self):
        r"""The learning rate from which steps near a minimum grow: :math:`2 / \lambda_{max}` for plain descent.

        Notes
        -----
        With momentum :math:`\mu` it is :math:`2 (1 + \mu) / \lambda_{max}`, and Nesterov's form divides that by
        :math:`1 + 2 \mu`. Weight decay adds itself to each curvature.
        """
        plain = 2 / (SURFACES[self.surface].curvature + self.weight_decay)
        return plain * (1 + self.momentum) / (1 + 2 * self.momentum * self.nesterov)


class Path(NamedTuple):
    """A whole run of S steps; a run that is lost ends early."""

    points: np.ndarray  # (S + 1, 2)
    gradients: np.ndarray  # (S, 2): of the batch, at the point from which each step starts
    rates: np.ndarray  # (S,)
    heights: np.ndarray  # (S + 1,): above the lowest point, of the mean of all examples
    lost: bool  # whether it went further than FAR_OUT


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    path: Path
    step: int  # the one looked at

    @property
    def surface(self):
        """The surface of the state."""
        return SURFACES[self.state.surface]


@lru_cache(maxsize=256)
def descend(state):
    """Take the steps of a state, whatever step it looks at, by `optim.SGD`.

    Returns
    -------
    Path
    """
    surface = SURFACES[state.surface]
    point = nn.Parameter(np.array(STARTS[state.start]))
    sgd = state.optimizer(point)
    scheduler = SCHEDULES[state.schedule](optim.lr_scheduler, sgd, STEPS)
    points, gradients, rates = [point.data.copy()], [], []
    for pull in _pulls(state.batch_size, state.seed):
        point.grad = surface.gradient(point.data) + pull
        gradients.append(point.grad)
        rates.append(sgd.param_groups[0]["lr"])
        sgd.step()
        scheduler.step()
        points.append(point.data.copy())
        if not np.abs(point.data).max() < FAR_OUT:
            break
    heights = surface.height(*np.transpose(points)) - surface.lowest
    return Path(np.array(points), np.array(gradients), np.array(rates), heights, len(rates) < STEPS)


@lru_cache(maxsize=32)
def _pulls(batch_size, seed):
    """How each step's batch tilts the surface, (STEPS, 2): the mean over a batch of tilts whose total is 0."""
    random = np.random.default_rng(seed)
    tilts = random.standard_normal((EXAMPLES, 2))
    tilts -= tilts.mean(axis=0)
    batches = EXAMPLES // batch_size
    epochs = -(-STEPS // batches)
    orders = random.permuted(np.tile(np.arange(EXAMPLES), (epochs, 1)), axis=1)[:, : batches * batch_size]
    pulls = tilts[orders.reshape(-1, batch_size)].mean(axis=1)[:STEPS]
    return pulls if batches > 1 else np.zeros_like(pulls)  # a sum of all tilts leaves a rest in the last bit


def compute(state):
    """Run the descent, or take it from the last time that the same one was asked for."""
    path = descend(replace(state, step=STEPS))
    return Result(state, path, min(state.step, len(path.rates)))


def describe(result):
    """The result in sentences: where the step stands, which learning rates converge, what went wrong."""
    state, path, step = result.state, result.path, result.step
    p1, p2 = path.points[step]
    lines = [
        f"after step {step} of {STEPS}: p = ({p1:.3g}, {p2:.3g}), {path.heights[step]:.3g} above the lowest point",
        f"largest curvature at the minimum {result.surface.curvature:.3g}: "
        f"with these settings steps shrink there while lr is below {state.limit:.3g}",
    ]
    if path.lost:
        lines.append(f"the run diverges: after {len(path.rates)} steps it is more than {FAR_OUT:g} away, and ends")
    elif state.batch_size < EXAMPLES:
        lines.append(f"each step sees {state.batch_size} of {EXAMPLES} examples, each of which tilts the surface")
    return lines


def torch_verdict(**settings):
    """What torch says of the same settings, those that State refuses included, as one sentence."""
    try:
        import torch
    except ModuleNotFoundError:
        return "torch is not installed here"
    asked = SimpleNamespace(**asdict(State()) | settings)  # unchecked: torch is asked also where State says no
    surface = SURFACES[asked.surface]
    point = torch.tensor(STARTS[asked.start], dtype=torch.float64, requires_grad=True)
    try:
        sgd = State.optimizer(asked, point, torch.optim)
    except ValueError as refusal:
        return f"torch refuses this setting: {refusal}"
    scheduler = SCHEDULES[asked.schedule](torch.optim.lr_scheduler, sgd, STEPS)
    ours, points = compute(State(**settings)).path.points, [point.tolist()]
    for pull in _pulls(asked.batch_size, asked.seed)[: len(ours) - 1]:
        point.grad = torch.from_numpy(surface.gradient(point.detach().numpy()) + pull)
        sgd.step()
        scheduler.step()
        points.append(point.tolist())
    gap = np.abs(ours - points).max() / max(1, np.abs(ours).max())
    if gap < CLOSE:
        return f"torch agrees: all {len(ours)} points are the same to within {CLOSE:g}"
    return f"torch disagrees: the largest difference is {gap:.0e}"


def schedule_rates(name, lr, steps):
    """The learning rate of each step of a schedule of SCHEDULES, (steps,)."""
    sgd = optim.SGD([nn.Parameter([0.0])], lr)
    scheduler = SCHEDULES[name](optim.lr_scheduler, sgd, steps)
    rates = []
    for _ in range(steps):
        rates += scheduler.get_last_lr()
        sgd.step()
        scheduler.step()
    return np.array(rates)
