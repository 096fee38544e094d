"""Which settings of the losses are checked, and with which inputs and targets."""

from functools import partial
from itertools import product

import numpy as np

from helpers import nn

from .case import ANY, BOTH, Case, numbers, settings

REDUCTIONS = "mean", "sum", "none"


def pairs(name):
    """A loss of pairs of numbers."""
    for reduction, shape in product(REDUCTIONS, ANY):
        yield Case(getattr(nn, name)(reduction=reduction), (numbers(*shape), numbers(*shape, seed=1)))


def answers(name):
    """A loss of yes and no."""
    choices = settings(reduction=REDUCTIONS, weight=[None, np.array([0.5, 1.0, 2.0, 0.0])])
    if name == "BCEWithLogitsLoss":
        choices = [options | {"pos_weight": pos} for options in choices for pos in (None, np.array(3.0))]
    for options, shape, hard in product(choices, ANY, BOTH):
        target = np.random.default_rng(0).random(shape)
        scores = numbers(*shape)
        input = scores if name == "BCEWithLogitsLoss" else 1 / (1 + np.exp(-scores))
        yield Case(getattr(nn, name)(**options), (input, target.round() if hard else target))


def classes(name):
    """A loss of class scores, with labels of which one may not count, or with probabilities."""
    choices = settings(reduction=REDUCTIONS, weight=[None, np.array([0.5, 1.0, 2.0])], ignore_index=[-100, 1])
    if name == "CrossEntropyLoss":
        choices = [options | {"label_smoothing": share} for options in choices for share in (0.0, 0.1)]
    for options, shape in product(choices, [(4, 3), (2, 3, 5)]):
        labels = np.arange(shape[0] * np.prod(shape[2:], dtype=int)) % 3
        yield Case(getattr(nn, name)(**options), (numbers(*shape), labels.reshape(shape[:1] + shape[2:])))
        if name == "CrossEntropyLoss" and options["ignore_index"] < 0:
            shares = np.exp(numbers(*shape, seed=1))
            yield Case(getattr(nn, name)(**options), (numbers(*shape), shares / shares.sum(1, keepdims=True)))


LOSSES = {
    **{name: partial(pairs, name) for name in ("MSELoss", "L1Loss")},
    **{name: partial(answers, name) for name in ("BCELoss", "BCEWithLogitsLoss")},
    **{name: partial(classes, name) for name in ("NLLLoss", "CrossEntropyLoss")},
}
