r"""Small gated nets that were trained to hold a value, and what their gates do at each event."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import checks, data, nn, optim
from helpers.train import fit

TASKS = "clear", "recall"  # what the third input asks for
LENGTH, BATCH, EPOCHS, STEPS = 30, 64, 5, 200  # STEPS of descent in an epoch
WRITE, CLEAR, RECALL = 0.1, 0.05, 0.2  # how often a step of a stream has the event
SEEDS = range(5)


class Net(NamedTuple):
    """Which trained net: the kind of its cell ("LSTM", a name in `helpers.nn`), its task and its number of units."""

    kind: str
    task: str
    units: int

    def __str__(self):
        return f"{self.task}, {self.units} unit{'s' * (self.units > 1)}"


class Streams(NamedTuple):
    """N streams, samples first: `x` (N, T, 3) is value, write, third input; `target` (N, T, 1); events (N, T) bool."""

    x: np.ndarray
    target: np.ndarray
    writes: np.ndarray
    thirds: np.ndarray


def streams(task, n, length=LENGTH, *, rng):
    r"""Draw streams of a task: `data.memory` itself, or with the value asked for at some steps only.

    Parameters
    ----------
    task : {'clear', 'recall'}
        With 'clear' the target is the value written last, 0 after a clearing. With 'recall' the memory is never
        cleared; the target is the value written last where the third input is 1, and 0 elsewhere.
    n, length : int
    rng : numpy.random.Generator or int

    Returns
    -------
    Streams
    """
    checks.choice("streams", "task", task, TASKS)
    rng = checks.generator("streams", rng)
    drawn = data.memory(n, length, WRITE, CLEAR if task == "clear" else 0.0, rng=rng)
    x, target, thirds = drawn.x, drawn.target, drawn.resets
    if task == "recall":
        thirds = rng.random((length, n)) < RECALL
        x[..., 2] = thirds
        target = target * thirds[..., None]
    return Streams(*(array.swapaxes(0, 1) for array in (x, target, drawn.writes, thirds)))


def set_forget_bias(lstm, value):
    """Let the forget gates of an LSTM of one layer start at sigmoid(value), as far as biases decide."""
    forget = slice(lstm.hidden_size, 2 * lstm.hidden_size)  # the gates' rows come in the order i, f, g, o
    lstm.bias_ih_l0.data[forget] = value
    lstm.bias_hh_l0.data[forget] = 0  # there are two biases, and both are added


def new_model(net, seed):
    """An untrained net with a linear head; the forget gates of an LSTM start with bias 1."""
    rng = np.random.default_rng(seed)
    recurrent = getattr(nn, net.kind)(3, net.units, batch_first=True, rng=rng)
    if net.kind == "LSTM":
        set_forget_bias(recurrent, 1.0)
    return nn.SequenceModel(recurrent, nn.Linear(net.units, 1, rng=rng))


def train(net, seed, epochs=EPOCHS):
    """Train a net on freshly drawn streams; return the model and its History."""
    model = new_model(net, seed)
    optimizer = optim.Adam(model.parameters(), lr=0.03)

    def batch(rng):
        return streams(net.task, BATCH, rng=rng)[:2]

    settings = {"epochs": epochs, "steps_per_epoch": STEPS, "max_norm": 1.0, "seed": seed}
    return model, fit(model, batch, nn.MSELoss(), optimizer, **settings)


@lru_cache(maxsize=64)
def trained(net, seed=0):
    """The net as scripts/train_records.py has trained and stored it, one for all callers; `train` makes it again."""
    stored = data.stored(f"gates_{net.kind.lower()}.npz")
    model = new_model(net, seed)
    model.load_state_dict({name: stored[f"{net}: {name}"][seed] for name in model.state_dict()})
    return model


class Run(NamedTuple):
    """A net at work on one stream; T steps, H units."""

    x: np.ndarray  # (T, 3): value, write, third input
    target: np.ndarray  # (T,)
    output: np.ndarray  # (T,)
    gates: dict  # by name, each (T, H)
    cell: np.ndarray  # (T, H): what is carried from step to step: c of an LSTM, h of a GRU
    h: np.ndarray  # (T, H)
    main: int  # the unit that the output listens to most
    whole: np.ndarray  # (T,): length of the gradient of the last output with respect to each step's cell
    direct: np.ndarray  # (T,): the part of it that came straight along the cell, through the carrying gate alone

    def kept(self, carry="f"):
        """The product of the main unit's carrying gates after the first step: what they leave of the value there."""
        return float(np.prod(self.gates[carry][1:, self.main]))


def run(model, x, target, pin=None, carry="f"):
    """Run a net on one stream, `x` (T, 3) and `target` (T,), and follow the gradient of its last output back.

    `carry` names the gate that the cell is multiplied by at each step; `pin` sets gates to numbers.
    """
    output = model(x[None], pin=pin)[0, :, 0]
    of_last = np.zeros((1, len(x), 1))
    of_last[0, -1] = 1
    model.zero_grad()
    model.backward(of_last)
    cache, grads = model.recurrent.cache, model.recurrent.dh
    grad = (grads[1] if isinstance(grads, tuple) else grads)[:, 0]  # (T, H)
    gates = {name: getattr(cache, name)[:, 0] for name in model.recurrent.gates}
    later = np.cumprod(gates[carry][:0:-1], axis=0)[::-1]  # (T - 1, H): the gates of all later steps, multiplied
    direct = grad[-1] * np.concatenate([later, np.ones_like(grad[:1])])
    h = cache.h[:, 0]
    cell = cache.c[:, 0] if hasattr(cache, "c") else h
    lengths = (np.linalg.norm(path, axis=1) for path in (grad, direct))
    return Run(x, target, output, gates, cell, h, main_unit(model), *lengths)


def main_unit(model):
    """The unit that the output listens to most, the one with the largest weight in the head."""
    return int(np.abs(model.head.weight.data[0]).argmax())


class Policy(NamedTuple):
    """What a net's gates do: `averages` by event and gate, (H,) each.

    Events are "keep", where nothing happens, "write" into an empty memory, "replace" what is there, and the third input
    by its name, "clear" or "recall", at steps without a write.

    `carrier` is, for each gate of the `main` unit, its correlation with the value over the writes; `error` is the mean
    squared error of the output. |c|, the size of the cell, stands beside the gates of an LSTM.
    """

    averages: dict
    carrier: dict
    main: int
    error: float


def policy(net, seed=0, n=200):
    r"""Average each gate over the steps of each kind, on streams that the net has never seen.

    Parameters
    ----------
    net : Net
    seed : int
        Which of the trained nets.
    n : int
        How many streams.

    Returns
    -------
    Policy
        The first step of each stream is left out: all write there, and nothing was kept before.
    """
    model, drawn = trained(net, seed), streams(net.task, n, 2 * LENGTH, rng=1000)
    error = np.mean((model(drawn.x) - drawn.target) ** 2)
    cache = model.recurrent.cache
    gates = {name: getattr(cache, name) for name in model.recurrent.gates}
    if hasattr(cache, "c"):
        gates["|c|"] = np.abs(cache.c)
    averages = {
        event: {name: values[1:][steps.T[1:]].mean(axis=0) for name, values in gates.items()}
        for event, steps in _events(net.task, drawn).items()
        if steps[:, 1:].any()
    }
    writes, main = drawn.writes.T[1:], main_unit(model)
    written = drawn.x[..., 0].T[1:][writes]
    carrier = {name: np.corrcoef(gates[name][1:, :, main][writes], written)[0, 1] for name in model.recurrent.gates}
    return Policy(averages, carrier, main, float(error))


def _events(task, drawn):
    """Which steps are of which kind, (N, T) bool by name."""
    held = drawn.target[..., 0] != 0 if task == "clear" else np.ones_like(drawn.writes)
    full = np.roll(held, 1, axis=1)  # whether there was something in the memory before the step
    return {
        "keep": ~(drawn.writes | drawn.thirds),
        "write": drawn.writes & ~full,
        "replace": drawn.writes & full,
        task: drawn.thirds & ~drawn.writes,
    }
