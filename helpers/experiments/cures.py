r"""Cures for gradients that explode or vanish, each measured: clipping, first weights, residual connections, gates."""

from functools import partial
from typing import NamedTuple

import numpy as np

from helpers import checks, data, nn, optim
from helpers.train import accuracy, fit, over_seeds

from .digit_parts import digit_parts

HIDDEN, BATCH, UPDATES = 16, 32, 200
SOLVED = 0.95  # accuracy from which on a run counts as having solved the task
STEP = 0.1  # of the residual state: c_t = c_{t-1} + STEP g_t
CLIPPINGS = {"none": {}, "by norm": {"max_norm": 0.5}, "by value": {"clip_value": 0.1}}
DEPTH, WIDTH = 30, 32
SEEDS = range(20)  # of the stored runs


class SteppingState(nn.LSTM):
    r"""A residual connection through time: an LSTM with pinned gates, which keeps all and adds a tenth of what is new.

    Notes
    -----
    .. math:: c_t = c_{t-1} + 0.1 \tanh(W x_t + U h_{t-1} + b), \qquad h_t = \tanh c_t
    """

    def forward(self, x, hx=None, lengths=None):
        return super().forward(x, hx, lengths=lengths, pin={"f": 1.0, "i": STEP, "o": 1.0})


class ValueClippedSGD(optim.SGD):
    """SGD that cuts every entry of the gradients to `clip_value` before its step, unless that is None."""

    def __init__(self, params, *, clip_value, **settings):
        super().__init__(params, **settings)
        self.clip_value = clip_value

    def step(self):
        if self.clip_value is not None:
            nn.utils.clip_grad_value_((p for group in self.param_groups for p in group["params"]), self.clip_value)
        super().step()


def _tanh(rng, start=None):
    return _started(nn.RNN(6, HIDDEN, batch_first=True, rng=rng), start)


def _irnn(rng):
    return _started(nn.RNN(6, HIDDEN, nonlinearity="relu", batch_first=True, rng=rng), nn.init.eye_)


def _started(net, start):
    """Give the recurrent weights their start; biases are then 0, so that it is what the first states see."""
    if start is not None:
        start(net.weight_hh_l0)
        for bias in (net.bias_ih_l0, net.bias_hh_l0):
            nn.init.zeros_(bias)
    return net


NETS = {
    "tanh": _tanh,
    "orthogonal": lambda rng: _tanh(rng, partial(nn.init.orthogonal_, generator=rng)),
    "identity": lambda rng: _tanh(rng, nn.init.eye_),
    "IRNN": _irnn,
    "residual": lambda rng: SteppingState(6, HIDDEN, batch_first=True, rng=rng),
    "GRU": lambda rng: nn.GRU(6, HIDDEN, batch_first=True, rng=rng),
}
FREE = "tanh, no clipping"
CURES = (*CLIPPINGS, *NETS, FREE)  # the trainings that are stored


def order_model(kind, seed=0):
    """A net of `NETS` that reads a sequence of six symbols and, from its last state, names one of four orders."""
    rng = np.random.default_rng(seed)
    net = NETS[checks.choice("order_model", "kind", kind, NETS)](rng)
    return nn.SequenceModel(net, nn.Linear(HIDDEN, 4, rng=rng), nn.SequencePool("last", batch_first=True))


def order_batch(length, rng, n=BATCH):
    """Draw sequences of the temporal-order task, (N, T, 6), and their classes, (N,)."""
    task = data.temporal_order(n, length, rng=rng)
    return task.x.swapaxes(0, 1), task.labels


class Run(NamedTuple):
    """What a training on temporal order has come to."""

    accuracy: float  # on 500 fresh sequences
    largest: float  # norm of all gradients together, before clipping
    reach: float  # the gradient of the first state after training, that of the last one 1


def train_order(model, optimizer, length, seed, max_norm=None):
    """Train a model on fresh batches of the temporal-order task; returns the Run."""
    history = fit(
        model,
        partial(order_batch, length),
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=1,
        steps_per_epoch=UPDATES,
        max_norm=max_norm,
        validation=order_batch(length, np.random.default_rng(999), n=500),
        metrics={"accuracy": accuracy},
        seed=seed,
        progress=False,
    )
    reach = state_gradients(model, length, seed)[0]
    return Run(history.measures["validation accuracy"][-1], history.grad_norm.max(), reach)


def train_net(kind, length=30, max_norm=1.0, seeds=range(5)):
    """Train a net of `NETS` by Adam, clipped by norm unless `max_norm` is None: a Run for each seed."""

    def run(seed):
        model = order_model(kind, seed)
        return train_order(model, optim.Adam(model.parameters(), lr=0.005), length, seed, max_norm)

    return [run(seed) for seed in seeds]


def train_clipped(clipping, length=20, seeds=range(5)):
    """Train the orthogonal net by SGD with momentum, clipped as `CLIPPINGS` says: a Run for each seed."""
    limits = CLIPPINGS[checks.choice("train_clipped", "clipping", clipping, CLIPPINGS)]

    def run(seed):
        model = order_model("orthogonal", seed)
        optimizer = ValueClippedSGD(model.parameters(), lr=0.05, momentum=0.9, clip_value=limits.get("clip_value"))
        return train_order(model, optimizer, length, seed, limits.get("max_norm"))

    return [run(seed) for seed in seeds]


def train(name, seeds):
    """Train with one of `CURES`: a Run for each seed."""
    if name in CLIPPINGS:
        return train_clipped(name, seeds=seeds)
    return train_net("tanh", max_norm=None, seeds=seeds) if name == FREE else train_net(name, seeds=seeds)


def stored_runs():
    """The Runs of every cure, one for each of 20 seeds, by name, as scripts/train_records.py has made them."""
    return {name: [Run(*row) for row in rows] for name, rows in data.stored("cures.npz").items()}


def solved_alone(first, second):
    """How many seeds the first of two cures has solved and the second has not, and the other way round."""
    mine, yours = ([run.accuracy >= SOLVED for run in runs] for runs in (first, second))
    return sum(np.greater(mine, yours)), sum(np.greater(yours, mine))


def summary(runs):
    """How many runs have solved the task, and the medians of what else they came to."""
    solved = sum(run.accuracy >= SOLVED for run in runs)
    middle = Run(*np.median(runs, axis=0))
    return (
        f"{solved} of {len(runs)} solved, median accuracy {middle.accuracy:4.0%}, "
        f"largest gradient {middle.largest:.0e}, reach {middle.reach:.0e}"
    )


def state_gradients(model, length, seed=0):
    """The length of the loss' gradient for each state of a net that reads a batch, (T,), that of the last step 1.

    For the residual net it is that of the cell, which is what is handed on.
    """
    x, labels = order_batch(length, np.random.default_rng(seed))
    criterion = nn.CrossEntropyLoss()
    criterion(model(x), labels)
    model.backward(criterion.backward())
    dh = model.recurrent.dh
    norms = np.linalg.norm(dh[-1] if isinstance(dh, tuple) else dh, axis=(1, 2))  # (T, N, H) -> (T,)
    return norms / norms[-1]


def first_gradients(kind, length=30, seeds=range(5)):
    """The gradient of each state before any training, (T,): the median over the seeds of `state_gradients`."""
    return np.median([state_gradients(order_model(kind, seed), length, seed) for seed in seeds], axis=0)


def deep_net(residual, depth=DEPTH, seed=0):
    """A net for the digits: `depth` hidden layers of tanh between the first layer and the last, residual or not."""
    rng = np.random.default_rng(seed)
    blocks = (nn.Sequential(nn.Linear(WIDTH, WIDTH, rng=rng), nn.Tanh()) for _ in range(depth))
    middle = [nn.Residual(block) if residual else block for block in blocks]
    return nn.Sequential(nn.Linear(64, WIDTH, rng=rng), *middle, nn.Linear(WIDTH, 10, rng=rng))


class Depth(NamedTuple):
    """The gradient's length before each hidden layer, the first one first: medians over the seeds, (D + 1,) each."""

    plain: np.ndarray
    residual: np.ndarray


def gradient_by_layer(depth=DEPTH, seeds=range(5)):
    """Send a batch of digits forward and its loss back, and measure the gradient between all hidden layers."""
    digits = data.digits()
    x, labels = digits.images[:100].reshape(100, 64), digits.labels[:100]

    def norms(residual, seed):
        net, criterion = deep_net(residual, depth, seed), nn.CrossEntropyLoss()
        criterion(net(x), labels)
        grad = criterion.backward()
        found = []
        for layer in reversed([*net][1:]):
            grad = layer.backward(grad)
            found.append(np.linalg.norm(grad))
        return found[::-1]

    return Depth(*(np.median([norms(residual, seed) for seed in seeds], axis=0) for residual in (False, True)))


def train_deep(residual, depth=DEPTH, seeds=range(3)):
    """Train the deep net on the digits for a few epochs; returns the Runs."""
    train, test = ((images.reshape(-1, 64), labels) for images, labels in digit_parts(0, strangers=True))

    def run(seed):
        net = deep_net(residual, depth, seed)
        optimizer = optim.SGD(net.parameters(), lr=0.02, momentum=0.9)
        return fit(
            net,
            train,
            nn.CrossEntropyLoss(),
            optimizer,
            epochs=3,
            batch_size=64,
            max_norm=1.0,
            validation=test,
            metrics={"accuracy": accuracy},
            seed=seed,
            progress=False,
        )

    return over_seeds(run, seeds)
