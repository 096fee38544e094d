r"""The GRU lab: a trained net at work, its two gates free or pinned, in both forms and both conventions."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import checks, nn

from . import lstm
from .gates import Net, Run, main_unit, run, trained
from .lstm import FREE

NETS = {  # each with the seed that it was trained with
    "2 units": (Net("GRU", "clear", 2), 2),
    "2 units, another start": (Net("GRU", "clear", 2), 0),
    "4 units": (Net("GRU", "clear", 4), 4),
}
FORMS = {"after the product (torch)": True, "before the product (Cho)": False}
CONVENTIONS = "z keeps the old (torch)", "z takes the new"
VIEWS = "over time", "wine cups"
STEPS, SECOND = lstm.STEPS, 20  # of a stream, and its second write


@dataclass(frozen=True)
class State:
    """What the controls say; `r` and `z` are numbers to pin a gate to, or `FREE`."""

    net: str = "2 units"
    form: str = "after the product (torch)"
    convention: str = CONVENTIONS[0]
    r: float | str = FREE
    z: float | str = FREE
    view: str = VIEWS[0]
    step: int = SECOND

    def __post_init__(self):
        for name, allowed in (("net", NETS), ("form", FORMS), ("convention", CONVENTIONS), ("view", VIEWS)):
            checks.choice("gru", name, getattr(self, name), allowed)
        for gate in "rz":
            if getattr(self, gate) != FREE:
                checks.share("gru", gate, getattr(self, gate))
        checks.integer("gru", "step", self.step, 0, STEPS - 1)

    @property
    def pin(self):
        """The pinned gates and their values, as they are written in this convention."""
        return {gate: getattr(self, gate) for gate in "rz" if getattr(self, gate) != FREE}

    @property
    def z_keeps(self):
        """Whether z is the share of the old, not of the new."""
        return self.convention == CONVENTIONS[0]


class Cup(NamedTuple):
    """One step of the main unit: numbers that make the new state."""

    before: float  # h before the step
    r: float
    past: float  # what the mix takes from the old: r (U h + b) or U (r h) + b
    fresh: float  # W x + b, what comes from the input
    n: float  # tanh of the sum of both
    keep: float  # the share of the old in the new state: z, or 1 - z in the other convention
    h: float


class Result(NamedTuple):
    """What the picture shows. `run.gates` has z in the convention chosen."""

    state: State
    run: Run
    cup: Cup
    kept: float  # the product of the shares of the old after the first step, of the main unit


def in_form(gru, reset_after):
    """A GRU of one layer with the same weights in the given form."""
    twin = nn.GRU(gru.input_size, gru.hidden_size, batch_first=gru.batch_first, reset_after=reset_after)
    twin.load_state_dict(gru.state_dict())
    return twin


def swapped(gru):
    """The same net for the convention h = (1 - z) h before + z n: the weights of z change their sign."""
    twin = in_form(gru, gru.reset_after)
    for parameter in twin.parameters():
        parameter.data[gru.hidden_size : 2 * gru.hidden_size] *= -1  # rows r, z, n
    return twin


@lru_cache(maxsize=8)
def model_in_form(net, reset_after):
    """A stored net, run in one of the two forms; it was trained in torch's."""
    model = trained(*NETS[net])
    return nn.SequenceModel(in_form(model.recurrent, reset_after), model.head)


def stream():
    """The lab's only stream: 0.8 is written at step 0, -0.5 at step 20; `x` (T, 3) and `target` (T,)."""
    return lstm.stream(lstm.State(step=SECOND))


def compute(state):
    """Run the net on the stream."""
    model, keeps = model_in_form(state.net, FORMS[state.form]), state.z_keeps
    pin = {gate: value if gate == "r" or keeps else 1 - value for gate, value in state.pin.items()}
    found = run(model, *stream(), pin, carry="z")
    cup, kept = cup_at(model, state.step), found.kept("z")
    if not keeps:
        found = found._replace(gates=found.gates | {"z": 1 - found.gates["z"]})
    return Result(state, found, cup, kept)


def cup_at(model, step):
    """What the main unit of a model of one GRU did at a step of its last run."""
    gru, unit = model.recurrent, main_unit(model)
    cache, row = gru.cache, 2 * gru.hidden_size + main_unit(model)
    weights = (getattr(gru, f"{name}_l0").data[row] for name in ("weight_ih", "bias_ih", "weight_hh", "bias_hh"))
    weight_ih, bias_ih, weight_hh, bias_hh = weights
    r, z, n, u, before, h = (getattr(cache, name)[step, 0] for name in ("r", "z", "n", "u", "h_before", "h"))
    past = r[unit] * u[unit] if gru.reset_after else weight_hh @ u + bias_hh
    fresh = weight_ih @ cache.x[step, 0] + bias_ih
    return Cup(*map(float, (before[unit], r[unit], past, fresh, n[unit], z[unit], h[unit])))


def describe(result):
    """The result in sentences: what is remembered, the step that is looked at, which gates are pinned."""
    state, net, cup = result.state, result.run, result.cup
    first, last = ((float(net.output[t]), float(net.target[t])) for t in (SECOND - 1, -1))
    both = all(abs(got - wanted) < lstm.CLOSE for got, wanted in (first, last))
    verdict = "both numbers are held" if both else "not both are held"
    error = np.mean((net.output - net.target) ** 2)
    pinned = ", ".join(f"{gate} = {value:g}" for gate, value in state.pin.items())
    return [
        f"output before the second write {two(first[0])}, asked for {two(first[1])}; at the end {two(last[0])}, asked "
        f"for {two(last[1])}: {verdict}; mean squared error {error:.2g}",
        f"step {state.step}, unit {net.main}: n = tanh({two(cup.fresh)} {plus(cup.past)}) = {two(cup.n)}, "
        f"h = {two(cup.keep)} · {two(cup.before)} {plus((1 - cup.keep) * cup.n)} = {two(cup.h)}",
        f"of what unit {net.main} held after step 0, the update gates keep {result.kept:.2g} to the end; "
        f"gradient of the last output by the state at step 0: {net.whole[0]:.2g}",
        f"pinned: {pinned}" if pinned else "both gates are free",
    ]


def two(number):
    """A number with two decimals, and no minus before a zero."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


def plus(number):
    """What is added to another number, with its sign."""
    return f"{'−' if round(number, 2) < 0 else '+'} {abs(number):.2f}"
