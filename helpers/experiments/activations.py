r"""Activations and losses over one number: values, slopes, and where hardly any gradient is left."""

from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.experiments.neuron import ACTIVATIONS, FAINT_SLOPE, respond

SOFTMAX = "softmax"  # of one score, beside two others that stay at 0
SHOWN = (*(name for name in ACTIVATIONS if name != "identity"), SOFTMAX)


class Profile(NamedTuple):
    """An activation over a range of sums."""

    name: str
    z: np.ndarray  # (P,)
    y: np.ndarray  # (P,)
    slope: np.ndarray  # (P,)

    @property
    def dead(self):
        """Where the slope is below FAINT_SLOPE, (P,)."""
        return np.abs(self.slope) < FAINT_SLOPE

    def gone(self):
        """In words, where the gradient dies."""
        if self.dead.all():
            return "everywhere"
        below = [f"below z = {z:.2g}" for z in self.z[self.dead & (self.z <= 0)][-1:]]
        above = [f"above z = {z:.2g}" for z in self.z[self.dead & (self.z > 0)][:1]]
        return " and ".join(below + above) or "nowhere"


class Profiles(tuple):
    """Several profiles; printed as a table."""

    def __repr__(self):
        lines = [f"{'activation':<12}{'largest slope':<16}slope below {FAINT_SLOPE:g}"]
        lines += [f"{one.name:<12}{one.slope.max():<16.3g}{one.gone()}" for one in self]
        return "\n".join(lines)


def profiles(names=SHOWN, reach=6.0):
    """Measure each activation on -reach..reach.

    Examples
    --------
    >>> profiles(("sigmoid", "ReLU"))
    activation  largest slope   slope below 0.01
    sigmoid     0.25            below z = -4.6 and above z = 4.6
    ReLU        1               below z = 0
    """
    z = np.linspace(-reach, reach, 2401)
    return Profiles(Profile(name, z, *(_share(z) if name == SOFTMAX else respond(z, name))) for name in names)


def _share(z):
    """The share of the first of three scores (z, 0, 0), and its slope by z."""
    layer = nn.Softmax(dim=1)
    p = layer(np.stack([z, 0 * z, 0 * z], axis=1))  # (P, 3)
    return p[:, 0], layer.backward(np.tile([1.0, 0.0, 0.0], (len(z), 1)))[:, 0]


class LossProfile(NamedTuple):
    """A loss of one sigmoid neuron whose target is 1, over the sum z: the loss and its gradient by z."""

    name: str
    z: np.ndarray  # (P,)
    loss: np.ndarray  # (P,)
    slope: np.ndarray  # (P,)


def loss_profiles(reach=8.0):
    """The squared error of a sigmoid and cross-entropy, where the answer should be 1."""
    z = np.linspace(-reach, reach, 401)
    target = np.ones_like(z)
    squashed = nn.Sigmoid(), nn.MSELoss(reduction="none")
    y = squashed[0](z)
    squared = squashed[1](y, target)
    slope = squashed[0].backward(squashed[1].backward(target))
    cross_entropy = nn.BCEWithLogitsLoss(reduction="none")
    entropy = cross_entropy(z, target)
    return (
        LossProfile("squared error", z, squared, slope),
        LossProfile("cross-entropy", z, entropy, cross_entropy.backward(target)),
    )
