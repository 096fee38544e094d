r"""How a model is measured: on whole data, in evaluation mode."""

from contextlib import contextmanager

import numpy as np

from helpers import checks
from helpers.nn.module import check_module, snapshot

from .arguments import check_metrics, samples


def evaluate(model, data, criterion, metrics=None, batch_size=256):
    r"""Measure a model in evaluation mode; it is left as it was, its cache and last states included.

    Parameters
    ----------
    model : Module
    data : tuple of ndarray
        `(*inputs, target)`, the first axis of each counts the samples.
    criterion : callable
        `criterion(output, target)` returns one number, the loss.
    metrics : dict of str to callable, optional
        More functions of output and target, by name.
    batch_size : int
        Samples that the model is given at once. Loss and metrics see all outputs together.

    Returns
    -------
    dict of str to float
        'loss' and the metrics.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> scores, labels = np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]]), np.array([0, 1, 1])
    >>> found = evaluate(nn.Identity(), (scores, labels), nn.CrossEntropyLoss(), {"accuracy": accuracy})
    >>> {name: round(value, 4) for name, value in found.items()}
    {'loss': 0.4963, 'accuracy': 0.6667}
    """
    check_module("evaluate", "model", model)
    *inputs, target = samples("evaluate", "data", data)
    metrics = check_metrics("evaluate", metrics)
    if not callable(criterion):
        raise TypeError(f"evaluate: criterion must be a function of output and target, got {criterion!r}")
    size = checks.integer("evaluate", "batch_size", batch_size, 1)
    with evaluating(model):
        parts = [model(*(part[i : i + size] for part in inputs)) for i in range(0, len(target), size)]
    output = np.concatenate(parts)
    return {name: float(measure(output, target)) for name, measure in {"loss": criterion, **metrics}.items()}


def evaluate_each(model, pieces, criterion, metrics):
    """Measure a model on several data by name; returns 'test loss', 'test accuracy', ..."""
    return {
        f"{name} {measure}": value
        for name, data in pieces.items()
        for measure, value in evaluate(model, data, criterion, metrics).items()
    }


def accuracy(scores, labels):
    """The share of labels that have the largest score, in 0..1.

    Parameters
    ----------
    scores : ndarray, (N, C) or (N, C, ...)
        A score for each class.
    labels : ndarray of int, (N,) or (N, ...)

    Examples
    --------
    >>> accuracy([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]], [0, 1, 1]).round(4)
    np.float64(0.6667)
    """
    scores, labels = checks.real_array("accuracy", "scores", scores), np.asarray(labels)
    if scores.ndim < 2 or scores.shape[:1] + scores.shape[2:] != labels.shape:
        shapes = f"got scores {scores.shape} and labels {labels.shape}"
        raise ValueError(f"accuracy: scores must have shape (N, C, ...) and labels (N, ...), {shapes}")
    return np.mean(scores.argmax(axis=1) == labels)


@contextmanager
def evaluating(model):
    """Switch a model to evaluation for a while; each layer gets back all that it held: mode, cache, last states."""
    restore = snapshot(model)
    try:
        yield model.eval()
    finally:
        restore()
