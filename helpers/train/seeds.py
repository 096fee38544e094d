r"""The same training with several seeds: no lucky run, but a median and a spread."""

import numpy as np

from .history import History, table


class Runs(tuple):
    """Histories of runs that differ in their seed alone; printed as a table of how those that finished ended.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn, optim
    >>> from helpers.train import fit
    >>> def run(seed):
    ...     line = nn.Linear(1, 1, rng=seed)
    ...     return fit(line, ([[1.0]], [[2.0]]), nn.MSELoss(), optim.SGD(line.parameters(), 0.1), epochs=3, seed=seed)
    >>> steps, low, median, high = over_seeds(run, range(5)).band("loss")
    >>> steps, median.round(2)
    (array([0, 1, 2]), array([4.78, 1.72, 0.62]))
    """

    def curve(self, name):
        """The steps taken and the values of each run, (R, S); NaN where a run had ended."""
        curves = [history.curve(name) for history in self]
        steps = max((steps for steps, _ in curves), key=len)
        values = np.full((len(self), len(steps)), np.nan)
        for row, (own_steps, own) in zip(values, curves, strict=True):
            if not np.array_equal(own_steps, steps[: len(own)]):
                raise ValueError(f"Runs: {name} must be known after the same steps in every run")
            row[: len(own)] = own
        return steps, values

    def band(self, name):
        """The steps taken, then the lowest, the median and the highest value over the runs; NaN once any had ended."""
        steps, values = self.curve(name)
        return steps, values.min(axis=0), np.median(values, axis=0), values.max(axis=0)

    def last(self, name):
        """The last value of each run, (R,), of a curve that `History.curve` knows; NaN where there is none."""
        curves = (history.curve(name)[1] for history in self)
        return np.array([values[-1] if len(values) else np.nan for values in curves])

    def __repr__(self):
        whole = [history for history in self if not history.ending()]
        lines = [f"{len(self)} runs, {len(whole)} to the end"]
        if whole:
            last = {"loss": [history.epoch_loss[-1] for history in whole]}
            last |= {name: [history.measures[name][-1] for history in whole] for name in whole[0].measures}
            columns = {"at the end": [*last]}
            for word, of in (("lowest", np.min), ("median", np.median), ("highest", np.max)):
                columns[word] = [of(values) for values in last.values()]
            lines += table(columns)
        lines += [f"seed {h.settings['seed']}: {line}" for h in self for line in h.ending()]
        return "\n".join(lines)


def over_seeds(run, seeds):
    """Train once for each seed; an interrupt ends the series, and the run that it met comes last.

    Parameters
    ----------
    run : callable
        Makes a model and its optimizer from a seed, and returns the History that `fit` gives.
    seeds : iterable of int

    Returns
    -------
    Runs

    Raises
    ------
    TypeError
        `run` is no function or returned no History, or `seeds` is one number.
    """
    if not callable(run):
        raise TypeError(f"over_seeds: run must be a function of a seed, got {run!r}")
    if not hasattr(seeds, "__iter__"):
        raise TypeError(f"over_seeds: seeds must be several integers, such as range(5), got {seeds!r}")
    histories = []
    for seed in seeds:
        history = run(seed)
        if not isinstance(history, History):
            raise TypeError(f"over_seeds: run must return a History, got {history!r}")
        histories.append(history)
        if history.interrupted:
            break
    return Runs(histories)
