r"""The training loop of all lessons, and the step that it repeats."""

from contextlib import closing
from itertools import islice

import numpy as np

from helpers import nn

from .arguments import check_data, check_numbers, check_objects, check_validation
from .history import Log
from .measure import evaluate_each
from .progress import shown
from .steps import Checkpoint, advance, batches, must_be_finite, training


def fit(
    model,
    data,
    criterion,
    optimizer,
    *,
    epochs,
    batch_size=None,
    steps_per_epoch=None,
    scheduler=None,
    scheduler_every="epoch",
    max_norm=None,
    validation=None,
    metrics=None,
    seed=0,
    progress=None,
    error_if_nonfinite=False,
):
    r"""Train a model and return the history of the run.

    Steps are taken whole or not at all. An interrupt (the stop button, Ctrl-C) and a loss that is not finite end the
    run early and are no errors: model, optimizer and scheduler are then as after the last whole step, which is the last
    one in the history.

    Parameters
    ----------
    model : Module
        `model(*inputs)` returns one array, and `model.backward` takes its gradient.
    data : tuple of ndarray, or callable
        `(*inputs, target)`, such as (x, y) or (x, lengths, y); the first axis of each counts the samples. Or a function
        that draws such a tuple, a fresh batch, with the numpy.random.Generator that it is given; what it draws goes to
        the model as it is.
    criterion : Module
        `criterion(output, target)` returns one number, and `criterion.backward()` the gradient of the output.
    optimizer : Optimizer
        Of parameters of the model.
    epochs : int
        How often to go through the data.
    batch_size : int, optional
        Samples in a step, drawn in a new order in each epoch; the last batch may be smaller. None takes all of them in
        each step. It must stay None where `data` is a function.
    steps_per_epoch : int, optional
        Steps in an epoch, where `data` is a function and only there.
    scheduler : LRScheduler, optional
        A schedule of this optimizer. ReduceLROnPlateau is told the first validation loss, or without validation the
        mean loss of the epoch; after every step, the step's loss.
    scheduler_every : {'epoch', 'step'}
        After what the scheduler steps.
    max_norm : float, optional
        Largest norm of all gradients together, above 0: longer ones are scaled down to it.
    validation : tuple of ndarray, or dict of str to tuple, optional
        What to measure the model on before the first step and after each epoch, in one piece or several by name:
        {'train': train, 'test': test}.
    metrics : dict of str to callable, optional
        What to measure besides the loss: functions of output and target that return a number.
    seed : int
        Of the batches. The same seed and the same model give the same history, bit for bit.
    progress : bool, optional
        Whether to show a bar; None shows it where a person watches: in a terminal or in a live notebook.
    error_if_nonfinite : bool
        Whether a loss or gradient that is NaN or infinite is an error after all.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape; nothing has been done then.
    FloatingPointError
        The run diverged, and `error_if_nonfinite` is set.

    Examples
    --------
    >>> from helpers import nn, optim
    >>> x = np.array([[0.0], [1.0], [2.0]])
    >>> line = nn.Linear(1, 1, rng=0)
    >>> history = fit(line, (x, 2 * x + 1), nn.MSELoss(), optim.SGD(line.parameters(), lr=0.2), epochs=100)
    >>> line.weight.data.round(3), line.bias.data.round(3)
    (array([[2.]]), array([1.]))
    """
    check_objects(model, criterion, optimizer, scheduler, scheduler_every)
    check_numbers(epochs, max_norm, seed, progress, error_if_nonfinite)
    data, steps = check_data(data, batch_size, steps_per_epoch)
    pieces = check_validation(validation, metrics)
    stream = shown(batches(data, batch_size, np.random.default_rng(seed)), epochs * steps, progress)
    log = Log()
    whole = Checkpoint(log, model, scheduler, optimizer)
    try:
        with training(model), np.errstate(all="ignore"), closing(stream):
            log.measured(evaluate_each(model, pieces, criterion, metrics))
            for _ in range(epochs):
                for batch in islice(stream, steps):
                    loss, norm = train_step(model, batch, criterion, optimizer, max_norm)
                    log.stepped(loss, optimizer.param_groups[0]["lr"], norm)
                    if scheduler_every == "step":
                        advance(scheduler, loss)
                    whole.keep()
                log.measured(evaluate_each(model, pieces, criterion, metrics))
                if scheduler_every == "epoch":
                    advance(scheduler, log.last_loss(steps))
                whole.keep()
    except KeyboardInterrupt:
        whole.restore()
        log.interrupted = True
    except FloatingPointError as reason:
        whole.restore()
        log.diverged = f"after {len(log.steps)} steps {reason}"
        if error_if_nonfinite:
            raise
    settings = dict(seed=seed, epochs=epochs, batch_size=batch_size, steps_per_epoch=steps_per_epoch, max_norm=max_norm)
    return log.history(settings)


def train_step(model, batch, criterion, optimizer, max_norm=None):
    """Take one step of descent on a batch `(*inputs, target)`; return its loss and the norm of the gradients.

    Parameters
    ----------
    model, criterion, optimizer, max_norm
        As in `fit`.
    batch : tuple of ndarray
        `(*inputs, target)`; the model is called with the inputs.

    Returns
    -------
    loss, norm : float
        The loss before the step, and the norm of all gradients together before clipping.

    Raises
    ------
    FloatingPointError
        The loss or the norm is NaN or infinite; no parameter has been changed.
    """
    *inputs, target = batch
    optimizer.zero_grad()
    loss = criterion(model(*inputs), target)
    must_be_finite("loss", loss)
    model.backward(criterion.backward())
    moving = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    norm = nn.utils.get_total_norm(parameter.grad for parameter in moving if parameter.grad is not None)
    must_be_finite("norm of the gradients", norm)
    if max_norm is not None:
        nn.utils.clip_grads_with_norm_(moving, max_norm, norm)
    optimizer.step()
    return loss, norm
