r"""The digits learned under different settings, each over several seeds: no lucky run."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from helpers import nn, optim
from helpers.train import Runs, accuracy, fit, over_seeds

from .descent import SCHEDULES
from .digit_parts import digit_parts
from .sgd import digits_net

SEEDS = range(5)


@dataclass(frozen=True)
class Setting:
    """How a multilayer perceptron learns the digits; `init` is 'torch' or 'He', the start of the weights."""

    lr: float = 0.1
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: str = "constant"
    batch_size: int = 64
    batch_norm: bool = False
    hidden: tuple[int, ...] = (32,)
    init: str = "torch"
    epochs: int = 6


SETTINGS = {
    "plain": Setting(),
    "plain, lr 1": Setting(lr=1.0),
    "batches of 16": Setting(batch_size=16),
    "batches of 512": Setting(batch_size=512),
    "momentum 0.9": Setting(momentum=0.9),
    "Nesterov 0.9": Setting(momentum=0.9, nesterov=True),
    "momentum, step": Setting(momentum=0.9, schedule="step"),
    "momentum, exponential": Setting(momentum=0.9, schedule="exponential"),
    "momentum, warm-up + cosine": Setting(momentum=0.9, schedule="warm-up + cosine"),
    "momentum, weight decay 0.003": Setting(momentum=0.9, weight_decay=0.003),
    "batch norm": Setting(batch_norm=True),
    "batch norm, momentum 0.9": Setting(batch_norm=True, momentum=0.9),
}


def learn(setting, seed):
    """Train one net on the digits; those of the test are by other people.

    Returns
    -------
    History
        With 'test loss' and 'test accuracy' after each epoch.
    """
    train, test = digit_parts(0, strangers=True)
    init = partial(nn.init.kaiming_normal_, nonlinearity="relu") if setting.init == "He" else None
    net = digits_net(setting.hidden, seed, setting.batch_norm, init)
    momentum = {"momentum": setting.momentum, "nesterov": setting.nesterov}
    sgd = optim.SGD(net.parameters(), setting.lr, weight_decay=setting.weight_decay, **momentum)
    steps = setting.epochs * -(-len(train[1]) // setting.batch_size)
    return fit(
        net,
        train,
        nn.CrossEntropyLoss(),
        sgd,
        epochs=setting.epochs,
        batch_size=setting.batch_size,
        scheduler=SCHEDULES[setting.schedule](optim.lr_scheduler, sgd, steps),
        scheduler_every="step",
        validation={"test": test},
        metrics={"accuracy": accuracy},
        seed=seed,
        progress=False,
    )


def compare(settings=SETTINGS, seeds=SEEDS):
    """Train with each setting and each seed; the runs by the name of the setting.

    Returns
    -------
    dict of str to Runs
    """
    return {name: over_seeds(partial(learn, setting), seeds) for name, setting in settings.items()}


class Rates(NamedTuple):
    """Test accuracy of a deep net by learning rate, for several ways to start and stay in range."""

    lrs: tuple[float, ...]
    runs: dict[str, list[Runs]]  # by way, one entry a learning rate


def learning_rates(lrs=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0), seeds=range(3)):
    """Train a net of five hidden layers for three epochs with and without batch norm, at growing learning rates."""
    ways = {
        "torch's start": {},
        "He's start": {"init": "He"},
        "torch's start, batch norm": {"batch_norm": True},
    }
    deep = {"hidden": (32,) * 5, "epochs": 3}
    settings = {name: {lr: Setting(lr=lr, **deep, **way) for lr in lrs} for name, way in ways.items()}
    return Rates(tuple(lrs), {name: [*compare(by_lr, seeds).values()] for name, by_lr in settings.items()})
