r"""The lab of backpropagation through time: a net of one number, unrolled, with every number of both passes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.kernels.jordan import FUNCTIONS
from helpers.kernels.rnn import rnn_backward, rnn_forward

LONGEST = 12
LOSSES = "last step", "every step"
SEQUENCES = {  # each starts with 1, and goes on for LONGEST steps
    "pulse": np.eye(1, LONGEST)[0],
    "constant": np.ones(LONGEST),
    "alternating": np.tile([1.0, -1.0], 6),
    "wave": np.cos(2 * np.pi * np.arange(LONGEST) / 6).round(1),
    "1, 0, 2": np.tile([1.0, 0.0, 2.0], 4),
}


@dataclass(frozen=True)
class State:
    """What the controls say: the sequence, the net's three numbers, where the loss is measured, how far to show.

    `step` counts from 0: T steps forward, then T steps backward. The loss asks the state to be `target`.
    """

    sequence: str = "pulse"
    steps: int = 6
    weight_ih: float = 1.0
    weight_hh: float = 0.9
    bias: float = 0.0
    nonlinearity: str = "tanh"
    loss: str = "last step"
    step: int = 12
    target: float = 0.5

    def __post_init__(self):
        checks.choice("rnn", "sequence", self.sequence, SEQUENCES)
        checks.choice("rnn", "nonlinearity", self.nonlinearity, ("tanh", "relu"))
        checks.choice("rnn", "loss", self.loss, LOSSES)
        for name in ("weight_ih", "weight_hh", "bias", "target"):
            checks.number("rnn", name, getattr(self, name))
        checks.integer("rnn", "step", self.step, 0)
        checks.integer("rnn", "steps", self.steps, 1, LONGEST)


class Result(NamedTuple):
    """What the picture shows: one number for each step in every array, (T,)."""

    state: State
    x: np.ndarray
    h: np.ndarray
    h_before: np.ndarray
    loss: np.ndarray  # NaN at a step that is not asked
    grad_h: np.ndarray  # from the step's own loss
    carried: np.ndarray  # from the step after: weight_hh da_{t+1}
    dh: np.ndarray  # the sum of both
    da: np.ndarray  # through the nonlinearity; the step's share in the gradient of the bias
    share_ih: np.ndarray  # da_t x_t, the step's share in the gradient of weight_ih
    share_hh: np.ndarray  # da_t h_{t-1}, the step's share in the gradient of weight_hh

    @property
    def forward(self):
        """How many steps have been taken forward."""
        return min(self.state.step, self.state.steps)

    @property
    def backward(self):
        """The first step that the way back has reached, counted from 0; T before it starts."""
        return min(self.state.steps, max(0, 2 * self.state.steps - self.state.step))

    @property
    def now(self):
        """The step that was taken last, counted from 0; -1 before the first."""
        return self.forward - 1 if self.state.step <= self.state.steps else self.backward


def compute(state):
    """Run the net forward and backward with the kernel of `nn.RNN`."""
    x = SEQUENCES[state.sequence][: state.steps]
    weight_ih, weight_hh, bias = np.array([[state.weight_ih]]), np.array([[state.weight_hh]]), np.array([state.bias])
    cache = rnn_forward(x.reshape(-1, 1, 1), np.zeros((1, 1)), weight_ih, weight_hh, bias, None, state.nonlinearity)
    h, h_before = cache.h.ravel(), cache.h_before.ravel()
    asked = (np.arange(state.steps) == state.steps - 1) | (state.loss == "every step")
    grad_h = np.where(asked, h - state.target, 0.0)  # of (h - target)^2 / 2
    dh = rnn_backward(grad_h.reshape(-1, 1, 1), cache)[3].ravel()
    da = FUNCTIONS[state.nonlinearity][1](dh, h)
    loss = np.where(asked, (h - state.target) ** 2 / 2, np.nan)
    carried = np.append(state.weight_hh * da[1:], 0.0)
    return Result(state, x, h, h_before, loss, grad_h, carried, dh, da, da * x, da * h_before)


def describe(result):
    """The step in sentences, with its numbers; at the end the whole gradient, and what is left of it at step 1."""
    state, steps = result.state, result.state.steps
    if state.step == 0:
        return ["nothing is computed yet: the state before the first step is h0 = 0"]
    if state.step <= steps:
        return [_step_forward(result, state.step - 1)]
    lines = _step_backward(result, result.backward)
    if result.backward:
        return lines
    lines.append(
        f"sums over time: dL/dw_ih = {written(result.share_ih.sum())}, dL/dw_hh = {written(result.share_hh.sum())}, "
        f"dL/db = {written(result.da.sum())}"
    )
    if result.dh[-1]:
        left = abs(result.dh[0] / result.dh[-1])
        lines.append(f"dL/dh1 is {written(left)} times as large as dL/dh{steps}")
    return lines


def _step_forward(result, t):
    state, now = result.state, t + 1
    a = state.weight_ih * result.x[t] + state.weight_hh * result.h_before[t] + state.bias
    products = f"{written(state.weight_ih)}·{bracketed(result.x[t])} + {bracketed(state.weight_hh)}·"
    return (
        f"forward, step {now}: h{now} = {state.nonlinearity}({products}{bracketed(result.h_before[t])} + "
        f"{bracketed(state.bias)}) = {state.nonlinearity}({written(a)}) = {written(result.h[t])}"
    )


def _step_backward(result, t):
    now, slope = t + 1, FUNCTIONS[result.state.nonlinearity][1](1.0, result.h[t])
    later = f"{written(result.state.weight_hh)}·da{now + 1}" if now < result.state.steps else "nothing"
    return [
        f"backward, step {now}: dL/dh{now} = {written(result.grad_h[t])} from its own loss + "
        f"{bracketed(result.carried[t])} from later ({later}) = {written(result.dh[t])}",
        f"da{now} = {written(result.dh[t])} · {written(slope)} = {written(result.da[t])}; its shares: "
        f"{written(result.share_ih[t])} in dL/dw_ih, {written(result.share_hh[t])} in dL/dw_hh, "
        f"{written(result.da[t])} in dL/db",
    ]


def written(number):
    """A number in three digits, very large and very small ones as powers of ten: 0.25, 5.3e4, −2e−6."""
    if number == 0:
        return "0"
    text = f"{number:.3g}" if 1e-3 <= abs(number) < 1e4 else f"{number:.1e}"
    digits, _, power = text.partition("e")
    return (digits + (f"e{int(power)}" if power else "")).replace("-", "−")


def bracketed(number):
    """The same, in brackets where it is negative."""
    return f"({written(number)})" if number < 0 else written(number)
