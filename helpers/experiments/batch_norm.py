r"""The batch-norm lab: one random net without and with batch norm, and what comes out of each of its layers."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import checks, nn

WIDTH = 32  # units of each layer
DEEPEST = 8
TRAINING_BATCH = 64  # examples in each batch that has moved the running statistics
ACTIVATIONS = {"tanh": nn.Tanh, "ReLU": nn.ReLU, "sigmoid": nn.Sigmoid, "identity": nn.Identity}
MODES = "train", "eval"


@dataclass(frozen=True)
class State:
    """What the controls say; `batches` is how many batches the net has been trained on before it is looked at."""

    activation: str = "tanh"
    scale: float = 0.6
    depth: int = DEEPEST
    batch_size: int = 64
    mode: str = "train"
    batches: int = 0

    def __post_init__(self):
        for name, allowed in (("activation", ACTIVATIONS), ("mode", MODES)):
            checks.choice("batch norm", name, getattr(self, name), allowed)
        checks.number("batch norm", "scale", self.scale, "a number above 0", lambda scale: 0 < scale < np.inf)
        for name, least, most in (("depth", 1, DEEPEST), ("batch_size", 1, 256), ("batches", 0, 20)):
            checks.integer("batch norm", name, getattr(self, name), least, most)
        nn.BatchNorm1d(1).train(self.mode == "train")(np.zeros((self.batch_size, 1)))  # refuses one alone in training


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    plain: np.ndarray  # (depth, N, WIDTH): output of each layer without batch norm
    normed: np.ndarray  # (depth, N, WIDTH): output of each layer with it


def compute(state):
    """Send one batch through both nets."""
    x = _draw(state.batch_size, seed=1)
    if state.mode == "train":
        norms = [nn.BatchNorm1d(WIDTH) for _ in range(state.depth)]
    else:
        norms = _trained_norms(replace(state, batch_size=1))
    return Result(state, _run(state, x, None), _run(state, x, norms))


def describe(result):
    """The result in sentences: how the spread changes from the first layer to the last."""
    state, last = result.state, result.state.depth
    lines = [
        f"{name}: standard deviation {layers[0].std():.2g} after layer 1, {layers[-1].std():.2g} after layer {last}"
        for name, layers in (("without batch norm", result.plain), ("with batch norm", result.normed))
    ]
    if state.mode == "train":
        return [
            *lines,
            f"training mode: each of the {WIDTH} units is normalised by mean and variance of this batch",
        ]
    share = 0.9**state.batches
    trained = f"{state.batches} batches of {TRAINING_BATCH} examples"
    return [*lines, f"evaluation mode after {trained}: the start, mean 0 and variance 1, still weighs {share:.0%}"]


def _run(state, x, norms):
    """Outputs of all layers, (depth, N, WIDTH); without batch norm where `norms` is None."""
    outputs = []
    for place, weight in enumerate(_weights()[: state.depth]):
        x = x @ (state.scale * weight)
        x = ACTIVATIONS[state.activation]()(x if norms is None else norms[place](x))
        outputs.append(x)
    return np.array(outputs)


@lru_cache(maxsize=64)
def _trained_norms(state):
    """Batch norms in evaluation mode, whose running statistics have seen the state's number of batches."""
    norms = [nn.BatchNorm1d(WIDTH) for _ in range(state.depth)]
    for seed in range(state.batches):
        _run(state, _draw(TRAINING_BATCH, seed=2 + seed), norms)
    return [norm.eval() for norm in norms]


@lru_cache(maxsize=1)
def _weights():
    """Weights of all layers, (DEEPEST, WIDTH, WIDTH): at scale 1 a unit keeps the variance of its inputs."""
    return np.random.default_rng(0).standard_normal((DEEPEST, WIDTH, WIDTH)) / np.sqrt(WIDTH)


@lru_cache(maxsize=64)
def _draw(size, seed):
    return np.random.default_rng(seed).standard_normal((size, WIDTH))
