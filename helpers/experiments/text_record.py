r"""What the models of `text_nets` reached on the tasks of `text_tasks`: tables made from the stored record."""

from typing import NamedTuple

import numpy as np

from helpers import data
from helpers.markdown import table

from .text_nets import CARRY, GATED, LRS, MODELS, SMALL, STARTS, new_model, reading_parameters
from .text_tasks import DISTANCE, TASKS, task

BAG = 0.5 + 0.5 / (DISTANCE // 2 + 1)  # accuracy of the best bag of words on "long range", by arithmetic
CLOSE = 0.01  # a difference in accuracy that decides nothing


class Record(NamedTuple):
    """All runs, each at the learning rate that its model did best with on the validation part of its task."""

    lr: np.ndarray  # (tasks, models)
    accuracy: np.ndarray  # on the test part, (tasks, models, seeds)
    seconds: np.ndarray  # of processor time for a training, median over seeds, (tasks, models)

    def of(self, task_name, name):
        """The accuracies of one model on one task, (seeds,)."""
        return self.accuracy[TASKS.index(task_name), MODELS.index(name)]


def chosen(validation):
    """Which of `LRS` has the highest mean accuracy on the validation part; the first of equals.

    `validation` is (..., learning rates, seeds), the result (...).
    """
    return np.mean(validation, axis=-1).argmax(axis=-1)


def record():
    """The stored runs; the test part is looked at when the learning rates have been chosen."""
    stored = data.stored("text.npz")
    rates = chosen(stored["validation"])
    accuracy, seconds = (_at(stored[name], rates) for name in ("test", "seconds"))
    return Record(np.array(LRS)[rates], accuracy, np.median(seconds, axis=-1))


def _at(runs, rates):
    """Of runs (..., learning rates, seeds) those at the chosen rates (...)."""
    return np.take_along_axis(runs, rates[..., None, None], axis=-2)[..., 0, :]


def starts():
    """Accuracy on "long range" by net and by the bias of the gates that keep at the start, None for torch's own."""
    stored, usual = data.stored("text.npz"), record()
    accuracy = _at(stored["starts test"], chosen(stored["starts validation"]))  # (GATED, STARTS, seeds)
    return {
        name: dict(zip(STARTS, rows, strict=True)) | {CARRY: usual.of("long range", name)}
        for name, rows in zip(GATED, accuracy, strict=True)
    }


def starts_compared():
    """The same as a table in whole percent, a row a net."""
    names = ["torch's own start" if bias is None else f"bias {bias:g}" for bias in (*STARTS, CARRY)]
    rows = [[net, *map(spread, accuracies.values())] for net, accuracies in starts().items()]
    return table(["net", *names], rows)


def vectors():
    """Accuracy on "real text", (models, seeds), by part and by the size vectors start with; `SMALL` has nets only."""
    stored, real, parts = data.stored("text.npz"), TASKS.index("real text"), ("validation", "test")
    runs = {
        1.0: {part: stored[part][real] for part in parts},
        SMALL: {part: stored[f"vectors {part}"][:, 0] for part in parts},
    }
    return {
        (part, size): _at(by_part[part], chosen(by_part["validation"]))
        for part in parts
        for size, by_part in runs.items()
    }


def vectors_compared():
    """The same as a table in whole percent, a row a model; TF-IDF has no vectors that could start smaller."""
    found = vectors()
    columns = [["", *map(spread, accuracies)][-len(MODELS) :] for accuracies in found.values()]
    return table(["model", *(f"{part}, from {size:g}" for part, size in found)], zip(MODELS, *columns, strict=True))


def guess(task_name):
    """The accuracy of saying always the same class, of those in the test the commonest."""
    labels = task(task_name).test.labels
    return np.bincount(labels).max() / len(labels)


def comparison():
    """A row a model: accuracy on each task, median (lowest to highest) in whole percent; parameters; relative time."""
    found, rows = record(), []
    times = np.median(found.seconds / found.seconds[:, :1], axis=0)  # of each model, in TF-IDF's
    for name, time in zip(MODELS, times, strict=True):
        sizes = sorted({reading_parameters(new_model(task_name, name, 0)) for task_name in TASKS})
        parameters = " to ".join(f"{size:,}" for size in dict.fromkeys((sizes[0], sizes[-1])))
        rows.append([name, *(spread(found.of(task_name, name)) for task_name in TASKS), parameters, f"{time:.0f}x"])
    return table(["model", *TASKS, "parameters", "time"], rows)


def spread(accuracy):
    """Median, lowest and highest in whole percent."""
    low, median, high = (round(100 * value) for value in (accuracy.min(), np.median(accuracy), accuracy.max()))
    return f"{median}% ({low} to {high})"


class Choice(NamedTuple):
    """What the record says about a task."""

    task: str
    best: str  # the model with the highest median
    equal: tuple  # those whose median reaches the lowest seed of the best, up to `CLOSE`
    fastest: str  # of these, the one that trains in the least time
    fail: tuple  # those whose median is not above guessing by more than two standard errors of the test


def choices():
    """What to choose for each task, by the measured accuracies, their spread and the time of a training."""
    found, made = record(), []
    for accuracies, seconds, name in zip(found.accuracy, found.seconds, TASKS, strict=True):
        medians, chance = np.median(accuracies, axis=1), guess(name)
        best = medians.argmax()
        equal = np.flatnonzero(medians >= accuracies[best].min() - CLOSE)
        margin = 2 * np.sqrt(chance * (1 - chance) / len(task(name).test.labels))
        fail = np.flatnonzero(medians <= chance + margin)
        fastest = equal[seconds[equal].argmin()]
        made.append(Choice(name, MODELS[best], _names(equal), MODELS[fastest], _names(fail)))
    return made


def _names(numbers):
    return tuple(MODELS[i] for i in numbers)
