r"""The checks of what `fit` and `evaluate` are given, before any work."""

import numpy as np

from helpers import checks
from helpers.nn.module import check_module
from helpers.optim import Optimizer
from helpers.optim.lr_scheduler import LRScheduler


def batch(owner, name, data):
    """Return data, which must be a tuple (*inputs, target)."""
    if not isinstance(data, (tuple, list)) or len(data) < 2:
        got = f"{len(data)} of them" if isinstance(data, (tuple, list)) else type(data).__name__
        raise TypeError(f"{owner}: {name} must be a tuple of two arrays or more, (*inputs, target), got {got}")
    return data


def samples(owner, name, data):
    """Return data as a tuple of arrays (*inputs, target) with as many samples each, one or more."""
    try:
        data = tuple(np.asarray(array) for array in batch(owner, name, data))
    except ValueError as error:
        raise ValueError(f"{owner}: {name} must hold arrays: {error}") from None
    counts = {array.shape[:1] for array in data}
    if len(counts) > 1 or () in counts or (0,) in counts:
        shapes = " and ".join(str(array.shape) for array in data)
        raise ValueError(f"{owner}: {name} must hold as many samples in each array, at least one, got shapes {shapes}")
    return data


def check_data(data, batch_size, steps_per_epoch):
    """Return the data of `fit` and the number of steps in an epoch."""
    if callable(data):
        if batch_size is not None:
            raise ValueError(f"fit: batch_size must be None where data is a function, got {batch_size!r}")
        return data, checks.integer("fit", "steps_per_epoch", steps_per_epoch, 1)
    data = samples("fit", "data", data)
    if steps_per_epoch is not None:
        raise ValueError(f"fit: steps_per_epoch must be None unless data is a function, got {steps_per_epoch!r}")
    if batch_size is None:
        return data, 1
    return data, -(-len(data[0]) // checks.integer("fit", "batch_size", batch_size, 1))


def check_validation(validation, metrics):
    """Return what `fit` measures the model on, as a dict of data by name."""
    check_metrics("fit", metrics)
    if validation is None:
        if metrics:
            raise ValueError(f"fit: metrics need validation data, got metrics {[*metrics]} and validation=None")
        return {}
    if not isinstance(validation, dict):
        return {"validation": samples("fit", "validation", validation)}
    return {name: samples("fit", f"validation[{name!r}]", data) for name, data in validation.items()}


def check_metrics(owner, metrics):
    """Return metrics as a dict of functions by name."""
    metrics = {} if metrics is None else metrics
    if not isinstance(metrics, dict):
        raise TypeError(f"{owner}: metrics must be a dict of names and functions, got {metrics!r}")
    for name, metric in metrics.items():
        if not callable(metric):
            raise TypeError(f"{owner}: metrics[{name!r}] must be a function of output and target, got {metric!r}")
    if "loss" in metrics:
        raise ValueError(f"{owner}: metrics must leave the name 'loss' to the criterion, got {[*metrics]}")
    return metrics


def check_objects(model, criterion, optimizer, scheduler, scheduler_every):
    """Check that what `fit` is given belongs together."""
    check_module("fit", "model", model)
    if not callable(criterion) or not hasattr(criterion, "backward"):
        raise TypeError(f"fit: criterion must be a loss with a backward, got {criterion!r}")
    if getattr(criterion, "reduction", "mean") == "none":
        raise ValueError(f"fit: criterion must return one number, got {criterion!r}")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit: optimizer must be an Optimizer, got {optimizer!r}")
    own = {id(parameter) for parameter in model.parameters()}
    if any(id(parameter) not in own for group in optimizer.param_groups for parameter in group["params"]):
        raise ValueError("fit: optimizer must hold parameters of the model alone, got one of another model")
    if scheduler is not None and not isinstance(scheduler, LRScheduler):
        raise TypeError(f"fit: scheduler must be an LRScheduler, got {scheduler!r}")
    if scheduler is not None and scheduler.optimizer is not optimizer:
        raise ValueError("fit: scheduler must be one of the optimizer that is given, got one of another optimizer")
    checks.choice("fit", "scheduler_every", scheduler_every, ("epoch", "step"))


def check_numbers(epochs, max_norm, seed, progress, error_if_nonfinite):
    """Check the numbers and flags of `fit`."""
    checks.integer("fit", "epochs", epochs, 1)
    if max_norm is not None:
        checks.above_zero("fit", "max_norm", max_norm)
    checks.integer("fit", "seed", seed, 0)
    if progress is not None:
        checks.flag("fit", "progress", progress)
    checks.flag("fit", "error_if_nonfinite", error_if_nonfinite)
