r"""Weight decay measured: a polynomial that follows the noise, and optimizers that decay in different ways."""

from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import legvander

from helpers import data, nn, optim
from helpers.train import train_step

DEGREE, POINTS, NOISE = 11, 12, 0.3  # as many weights as points
OPTIMIZERS = {
    "SGD": lambda params, decay: optim.SGD(params, 0.01, weight_decay=decay),
    "SGD, decoupled": lambda params, decay: optim.SGD(params, 0.01, weight_decay=decay, decoupled=True),
    "SGD with momentum": lambda params, decay: optim.SGD(params, 0.01, 0.9, weight_decay=decay),
    "SGD with momentum, decoupled": lambda params, decay: optim.SGD(
        params, 0.01, 0.9, weight_decay=decay, decoupled=True
    ),
    "Adam": lambda params, decay: optim.Adam(params, 0.01, weight_decay=decay),
    "AdamW": lambda params, decay: optim.AdamW(params, 0.01, weight_decay=decay),
}


def decayed(name, gradients=(0.01, 0.1, 1.0), decay=0.1, steps=200):
    """What weight decay leaves of weights that start at 1, and whose gradients change their sign at each step.

    Parameters
    ----------
    name : str
        One of OPTIMIZERS.
    gradients : sequence of float
        The size of each weight's gradient; they push to and fro, and teach nothing.

    Returns
    -------
    ndarray, (len(gradients),)
    """
    weight = nn.Parameter(np.ones(len(gradients)))
    optimizer = OPTIMIZERS[name]([weight], decay)
    for step in range(steps):
        weight.grad = np.array(gradients) * (-1) ** step
        optimizer.step()
    return weight.data


class Fits(NamedTuple):
    """Polynomials trained on a few noisy points of a sine: one row a weight decay, one column a seed."""

    decays: tuple[float, ...]
    seeds: tuple[int, ...]
    train_loss: np.ndarray  # mean squared error on the points learned from
    test_error: np.ndarray  # mean squared distance from the sine itself
    solved: np.ndarray  # largest difference from the solution of the equations of least squares with a penalty
    places: np.ndarray  # (P,), where the curves are known
    curves: np.ndarray  # (decays, seeds, P)
    points: list[data.points.Curve]  # of each seed


def overfit(decays=(0.0, 0.003, 0.03, 0.3), seeds=range(8), steps=1000):
    """Train a polynomial on each seed's points with each weight decay, by SGD with momentum."""
    places = np.linspace(-1, 1, 201)
    clean = data.points.CURVES["sine"](places)
    points = [data.curve(POINTS, "sine", NOISE, rng=seed) for seed in seeds]
    curves = np.empty((len(decays), len(points), len(places)))
    train_loss, solved = np.empty((2, *curves.shape[:2]))
    for i, decay in enumerate(decays):
        for j, (x, y, _) in enumerate(points):
            line, train_loss[i, j] = fit_polynomial(x, y, decay, steps)
            curves[i, j] = line(features(places))[:, 0]
            solved[i, j] = np.abs(_weights(line) - penalised_least_squares(x, y, decay)).max()
    test_error = np.mean((curves - clean) ** 2, axis=2)
    return Fits(tuple(decays), tuple(seeds), train_loss, test_error, solved, places, curves, points)


def fit_polynomial(x, y, decay, steps):
    """Train the coefficients of a polynomial; return them as a Linear layer, and the loss of the last step."""
    line, criterion = nn.Linear(DEGREE, 1, rng=0), nn.MSELoss()
    sgd = optim.SGD(line.parameters(), lr=0.2, momentum=0.9, weight_decay=decay)
    batch = features(x), y
    for _ in range(steps):
        loss, _ = train_step(line, batch, criterion, sgd)
    return line, loss


def features(x):
    """Legendre's polynomials of degree 1 to DEGREE at x (N,) or (N, 1), as (N, DEGREE); the bias is degree 0."""
    return legvander(np.ravel(x), DEGREE)[:, 1:]


def penalised_least_squares(x, y, decay):
    r"""The weights, and last the bias, at which the loss with its penalty is smallest.

    Notes
    -----
    The gradient of :math:`\frac{1}{N} \lVert X w - y \rVert^2 + \frac{\lambda}{2} \lVert w \rVert^2` is 0 where
    :math:`(\frac{2}{N} X^T X + \lambda I) w = \frac{2}{N} X^T y`. Without decay the shortest of all solutions is taken.
    """
    inputs = np.column_stack([features(x), np.ones(len(x))])
    square = 2 / len(x) * inputs.T @ inputs + decay * np.eye(DEGREE + 1)
    return np.linalg.lstsq(square, 2 / len(x) * inputs.T @ y[:, 0])[0]


def _weights(line):
    return np.append(line.weight.data, line.bias.data)
