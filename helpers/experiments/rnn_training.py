r"""Recurrent nets trained: a series out of a plan, a sine turned into its cosine, the sunspots of the next year."""

from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim
from helpers.data import one_hot
from helpers.train import fit

PLANS, LETTERS = ("abac", "acab"), "abc"
PERIOD = 2 * np.pi / 0.4  # steps of one wave
TRAIN_YEARS = 229  # 1700 to 1928; the 80 years after them are kept for the test
LAGS, LINEAR = (1, 2, 9), "linear, lags 1, 2 and 9"  # years back that the linear forecast reads


def elman(inputs, hidden, outputs, seed, nonlinearity="tanh", softmax=False):
    """Elman's net: the state is the hidden layer, and a linear layer on top makes the output."""
    rnn = nn.RNN(inputs, hidden, nonlinearity=nonlinearity, batch_first=True, rng=seed)
    head = nn.Linear(hidden, outputs, rng=seed)
    return nn.SequenceModel(rnn, nn.Sequential(head, nn.Softmax(-1)) if softmax else head)


def jordan(inputs, hidden, outputs, seed, nonlinearity="tanh", softmax=False, alpha=0.0):
    """Jordan's net: the state is what the net has said."""
    g = "softmax" if softmax else "identity"
    sizes = inputs, hidden, outputs
    rnn = nn.JordanRNN(*sizes, nonlinearity=nonlinearity, output=g, alpha=alpha, batch_first=True, rng=seed)
    return nn.SequenceModel(rnn, nn.Identity())


# --------------------------------------------------------------------------------------------- a plan becomes a series


def plans():
    """Jordan's task: the input names a word and never changes, the output spells it; x (2, 4, 2), target (2, 4, 3)."""
    letters = np.array([[LETTERS.index(letter) for letter in word] for word in PLANS])
    return np.repeat(np.eye(len(PLANS))[:, None], letters.shape[1], axis=1), one_hot(letters, len(LETTERS))


def learn_plans(make, seed, epochs=200, **options):
    """Train a net on both words; return it and its history."""
    model = make(2, 8, 3, seed, softmax=True, **options)
    optimizer = optim.Adam(model.parameters(), lr=0.03)
    return model, fit(model, plans(), nn.BCELoss(), optimizer, epochs=epochs, max_norm=1.0)


def spelling(seeds=range(5)):
    """Losses after training, by net and nonlinearity, (seeds,) each."""
    nets = {"Elman": (elman, {})}
    nets |= {f"Jordan, alpha {alpha}": (jordan, {"alpha": alpha}) for alpha in (0.0, 0.5)}
    return {
        (name, f): np.array([learn_plans(make, seed, nonlinearity=f, **options)[1].loss[-1] for seed in seeds])
        for name, (make, options) in nets.items()
        for f in ("tanh", "relu")
    }


# --------------------------------------------------------------------------------------------- a sine and its cosine


class NextWindow:
    """A draw for `fit`: one window of T steps after the other, with the state that the net ended the last one with.

    Parameters
    ----------
    model : SequenceModel
    waves : SineCosine
        Its windows, in order.
    carried : bool
        Whether the state is handed on; else each window starts from zeros.
    """

    def __init__(self, model, waves, carried=True):
        self.model, self.carried, self.state = model, carried, None
        self.windows = iter(zip(waves.x.swapaxes(1, 2), waves.target.swapaxes(1, 2), strict=True))  # (N, T, 1) each

    def __call__(self, rng):
        state = self.model.h_n if self.carried else None
        x, target = next(self.windows)
        return x, None, state, target


def learn_windows(length, carried, seed, steps=300):
    """Train Elman's net on 8 waves, one window a step; return it and its history."""
    model = elman(1, 8, 1, seed)
    waves = data.sine_cosine(8, steps, length, PERIOD, rng=seed)
    optimizer = optim.Adam(model.parameters(), lr=0.02)
    draw = NextWindow(model, waves, carried)
    return model, fit(model, draw, nn.MSELoss(), optimizer, epochs=1, steps_per_epoch=steps, max_norm=1.0, seed=seed)


def follow_windows(model, length, carried, seed=1000, steps=240):
    """Run a trained net through other waves, window by window; x, target and output, (N, steps, 1) each."""
    waves = data.sine_cosine(8, steps // length, length, PERIOD, rng=seed)
    model.h_n, rows = None, []
    for x, _, state, target in map(NextWindow(model, waves, carried), range(len(waves.x))):
        rows.append((x, target, model(x, None, state)))
    return [np.concatenate(parts, axis=1) for parts in zip(*rows, strict=True)]


class WindowErrors(NamedTuple):
    """Mean squared errors on other waves, by window length and seed, (lengths, seeds)."""

    lengths: tuple[int, ...]
    carried: np.ndarray
    reset: np.ndarray


def window_errors(lengths=(1, 2, 5, 10), seeds=range(5), skip=40):
    """Train with and without handing the state on; the first `skip` steps of the test are not counted."""
    found = np.empty((2, len(lengths), len(seeds)))
    for row, carried in enumerate((True, False)):
        for column, length in enumerate(lengths):
            for place, seed in enumerate(seeds):
                model, _ = learn_windows(length, carried, seed)
                _, target, y = follow_windows(model, length, carried)
                found[row, column, place] = np.mean((y - target)[:, skip:] ** 2)
    return WindowErrors(tuple(lengths), *found)


def cosine_errors(seeds=range(4), epochs=25, length=20):
    """Mean squared errors of the cosine after the first step, by net, (seeds,) each.

    Elman's net and Jordan's have one output, the cosine; a third, Jordan's too, also repeats the sine that came in.
    """
    nets = {"Elman": (elman, 1), "Jordan, says the cosine": (jordan, 1), "Jordan, says cosine and sine": (jordan, 2)}
    found = {name: [] for name in nets}
    for name, (make, outputs) in nets.items():
        for seed in seeds:
            x, target = (part[0].swapaxes(0, 1) for part in data.sine_cosine(256, 1, length, PERIOD, rng=seed))
            both = np.concatenate([target, x], axis=-1)[..., :outputs]
            model = make(1, 8, outputs, seed)
            optimizer = optim.Adam(model.parameters(), lr=0.03)
            fit(model, (x, both), nn.MSELoss(), optimizer, epochs=epochs, batch_size=16, max_norm=1.0, seed=seed)
            found[name].append(np.mean((model(x)[..., :1] - target)[:, 1:] ** 2))
    return {name: np.array(errors) for name, errors in found.items()}


# --------------------------------------------------------------------------------------------- sunspots


class Forecasts(NamedTuple):
    """Forecasts of the years after the training, by name; the net's has one row for each seed."""

    years: np.ndarray  # (Y,)
    counts: np.ndarray  # (Y,)
    trivial: dict[str, np.ndarray]  # (Y,) each
    net: np.ndarray  # (seeds, Y)

    def rms(self, forecast):
        """Root mean square of a forecast's errors."""
        return np.sqrt(np.mean((forecast - self.counts) ** 2, axis=-1))


def linear_forecast(counts, train=TRAIN_YEARS):
    """Forecast every year after the first nine from the years `LAGS` before it, fitted on the first `train` years."""
    first = max(LAGS)
    before = np.stack([counts[first - lag : len(counts) - lag] for lag in LAGS] + [np.ones(len(counts) - first)], 1)
    weights, *_ = np.linalg.lstsq(before[: train - first], counts[first:train], rcond=None)
    return before @ weights


def sunspot_windows(counts, train=TRAIN_YEARS, length=24, apart=6):
    """Windows of the training years in hundreds of spots, each year with the next as its target: (N, T, 1) twice."""
    starts = np.arange(0, train - length, apart)[:, None] + np.arange(length)
    return counts[starts][..., None] / 100, counts[starts + 1][..., None] / 100


def learn_sunspots(seed, train=TRAIN_YEARS, hidden=4, epochs=300):
    """Train Elman's net to say the next year's number; return it and its history."""
    model = elman(1, hidden, 1, seed)
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    windows = sunspot_windows(data.sunspots().counts, train)
    return model, fit(model, windows, nn.MSELoss(), optimizer, epochs=epochs, max_norm=1.0)


def forecast_sunspots(seeds=range(10), train=TRAIN_YEARS, until=None):
    """Forecast each year after the training from the years before it: trivially, linearly, and with a net a seed."""
    years, counts = data.sunspots()
    test = slice(train, until)
    trivial = {
        "mean of the training years": np.full(len(years), counts[:train].mean()),
        "11 years before": np.roll(counts, 11),
        "last year": np.roll(counts, 1),
        LINEAR: np.append(np.zeros(max(LAGS)), linear_forecast(counts, train)),
    }
    series = counts[None, :, None] / 100
    net = [100 * np.roll(learn_sunspots(seed, train)[0](series)[0, :, 0], 1) for seed in seeds]
    named = {name: forecast[test] for name, forecast in trivial.items()}
    return Forecasts(years[test], counts[test], named, np.array(net)[:, test])
