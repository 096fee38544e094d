r"""What the lesson on SGD measures: the noise of small batches, and momentum in two forms."""

from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim

from .descent import SCHEDULES


class Noise(NamedTuple):
    """How far a batch's gradient is from the gradient of all examples, by batch size."""

    batch_sizes: np.ndarray
    measured: np.ndarray  # root mean square distance over random batches
    predicted: np.ndarray  # from the single examples alone


def gradient_noise(batch_sizes=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512), batches=100, seed=0):
    r"""Measure how far the gradient of a random batch of digits is from the gradient of all.

    Notes
    -----
    With :math:`\sigma` the root mean square distance of a single example's gradient, and examples drawn from N without
    putting any back, the prediction is :math:`\frac{\sigma}{\sqrt B} \sqrt{\frac{N - B}{N - 1}}`. The second root is
    nearly 1 while batches are small.
    """
    images, labels = data.digits()
    net, total = digits_net((32,), seed=seed), len(labels)
    everyone = flat_gradient(net, images, labels)
    single = [flat_gradient(net, images[[i]], labels[[i]]) for i in range(total)]
    sigma = np.sqrt(np.mean(np.sum((single - everyone) ** 2, axis=1)))
    random, measured = np.random.default_rng(seed), []
    for size in batch_sizes:
        drawn = (random.choice(total, size, replace=False) for _ in range(batches))
        distances = [np.linalg.norm(flat_gradient(net, images[some], labels[some]) - everyone) for some in drawn]
        measured.append(np.sqrt(np.mean(np.square(distances))))
    sizes = np.array(batch_sizes)
    return Noise(sizes, np.array(measured), sigma / np.sqrt(sizes) * np.sqrt((total - sizes) / (total - 1)))


def digits_net(hidden, seed, batch_norm=False, init=None):
    """A multilayer perceptron for the digits; `init` fills each weight that a ReLU follows, in place of torch's way."""
    random, layers, width = np.random.default_rng(seed), [nn.Flatten()], 64
    for units in hidden:
        layers.append(nn.Linear(width, units, rng=random))
        if init is not None:
            init(layers[-1].weight, generator=random)
        layers += [nn.BatchNorm1d(units), nn.ReLU()] if batch_norm else [nn.ReLU()]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, 10, rng=random))


def flat_gradient(net, images, labels):
    """The gradient of the mean loss over some images as one long vector."""
    criterion = nn.CrossEntropyLoss()
    net.zero_grad()
    criterion(net(images), labels)
    net.backward(criterion.backward())
    return np.concatenate([parameter.grad.ravel() for parameter in net.parameters()])


class TwoForms(NamedTuple):
    """The parameter after each of S steps with both forms of momentum, and the learning rates."""

    torch: np.ndarray  # (S + 1,)
    polyak: np.ndarray  # (S + 1,)
    rates: np.ndarray  # (S,)

    @property
    def gap(self):
        """The largest difference."""
        return np.abs(self.torch - self.polyak).max()


def two_forms_of_momentum(schedule, lr=0.1, momentum=0.9, steps=60):
    r"""Go down p² / 2 from 1, once by `optim.SGD` and once with the learning rate inside the velocity.

    Notes
    -----
    torch's form is :math:`v \leftarrow \mu v + g, \; p \leftarrow p - \gamma v`, Polyak's
    :math:`u \leftarrow \mu u + \gamma g, \; p \leftarrow p - u`.

    References
    ----------
    B. Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """
    p = nn.Parameter([1.0])
    sgd = optim.SGD([p], lr, momentum)
    scheduler = SCHEDULES[schedule](optim.lr_scheduler, sgd, steps)
    q, u = 1.0, 0.0
    ours, polyak, rates = [1.0], [1.0], []
    for _ in range(steps):
        rates.append(sgd.param_groups[0]["lr"])
        u = momentum * u + rates[-1] * q  # the gradient of q² / 2 is q
        q -= u
        p.grad = p.data.copy()
        sgd.step()
        scheduler.step()
        ours.append(p.data.item())
        polyak.append(q)
    return TwoForms(np.array(ours), np.array(polyak), np.array(rates))
