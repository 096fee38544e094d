r"""The LSTM lab: a trained net at work, its gates free or pinned to values of the reader's."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks

from .gates import Net, Run, run, trained

NETS = {  # each with the seed that it was trained with
    "clear, 1 unit": (Net("LSTM", "clear", 1), 0),
    "clear, 1 unit, another start": (Net("LSTM", "clear", 1), 3),
    "clear, 4 units": (Net("LSTM", "clear", 4), 1),
    "recall, 1 unit": (Net("LSTM", "recall", 1), 1),
}
FREE = "free"  # a gate that is not pinned
EVENTS = "nothing", "a second write", "third input on"
STEPS, SECOND = 40, -0.5  # steps of a stream, and the value of a second write
CLOSE = 0.1  # how near the output must come to its target


@dataclass(frozen=True)
class State:
    """What the controls say: the net, its stream, and for each gate a number to pin it to, or `FREE`."""

    net: str = "clear, 1 unit"
    value: float = 0.8
    event: str = "a second write"
    step: int = 20
    i: float | str = FREE
    f: float | str = FREE
    g: float | str = FREE
    o: float | str = FREE

    def __post_init__(self):
        checks.choice("lstm", "net", self.net, NETS)
        checks.choice("lstm", "event", self.event, EVENTS)
        checks.number("lstm", "value", self.value, "in -1..1", lambda value: -1 <= value <= 1)
        checks.integer("lstm", "step", self.step, 1, STEPS - 1)
        for gate, low in (("i", 0), ("f", 0), ("g", -1), ("o", 0)):
            if getattr(self, gate) != FREE:
                checks.number("lstm", gate, getattr(self, gate), f"in {low}..1", lambda v, low=low: low <= v <= 1)

    @property
    def pin(self):
        """The pinned gates and their values."""
        return {gate: getattr(self, gate) for gate in "ifgo" if getattr(self, gate) != FREE}


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    run: Run


def stream(state):
    """The stream that a state describes: `x` (T, 3) and `target` (T,)."""
    x = np.zeros((STEPS, 3))
    x[:, 0] = np.random.default_rng(3).uniform(-1, 1, STEPS)
    x[0, :2] = state.value, 1
    target = np.full(STEPS, state.value)
    recall = NETS[state.net][0].task == "recall"
    if state.event == "a second write":
        x[state.step, :2] = SECOND, 1
        target[state.step :] = SECOND
    elif state.event == "third input on":
        x[state.step, 2] = 1
        if not recall:
            target[state.step :] = 0
    if recall:
        x[-1, 2] = 1  # the last step always asks
        target *= x[:, 2]
    return x, target


def compute(state):
    """Run the net on the stream."""
    return Result(state, run(trained(*NETS[state.net]), *stream(state), state.pin))


def describe(result):
    """The result in sentences: what is remembered, what the forget gates keep, which gates are pinned."""
    state, net = result
    got, wanted = float(net.output[-1]), float(net.target[-1])
    error = np.mean((net.output - net.target) ** 2)
    verdict = "as asked for" if abs(got - wanted) < CLOSE else "not what was asked for"
    pinned = ", ".join(f"{gate} = {value:g}" for gate, value in state.pin.items())
    return [
        f"last output {got:.2f}, target {wanted:.2f}: {verdict}; mean squared error over all steps {error:.2g}",
        f"of what unit {net.main} held after step 0, the forget gates keep {net.kept():.2g} to the end",
        f"gradient of the last output by the cell at step 0: {net.whole[0]:.2g}, straight through the forget gates"
        f" {net.direct[0]:.2g}",
        f"pinned: {pinned}" if pinned else "all gates are free",
    ]
