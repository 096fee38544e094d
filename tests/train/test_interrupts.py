"""An interrupt, wherever it comes, leaves model, optimizer, schedule and history after a whole number of steps."""

import inspect
import signal
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

import helpers
from helpers import nn, optim
from helpers.optim.lr_scheduler import LambdaLR
from helpers.train import fit, over_seeds
from tests.oracles import assert_same

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((9, 2)), RNG.standard_normal((9, 1))
HELPERS = str(Path(helpers.__file__).parent)


class Interrupting:
    """Raises KeyboardInterrupt, or sends the signal of Ctrl-C, at the nth call of `strike`."""

    def __init__(self, at, send=False):
        self.left, self.send = at, send

    def strike(self):
        self.left -= 1
        if self.left == 0:
            if self.send:
                signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt


def struck(owner, method, after, strike):
    """Give an object's method a strike, before or after it does its work."""
    original = getattr(owner, method)

    def wrapped(*arguments):
        if not after:
            strike()
        result = original(*arguments)
        if after:
            strike()
        return result

    setattr(owner, method, wrapped)


class Run:
    """A model with batch statistics, an optimizer with momentum and a schedule: 2 epochs of 3 steps."""

    def __init__(self, every="step"):
        self.net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.BatchNorm1d(3), nn.Tanh(), nn.Linear(3, 1, rng=1))
        self.sgd = optim.SGD(self.net.parameters(), lr=0.1, momentum=0.9)
        self.schedule, self.every = LambdaLR(self.sgd, lambda epoch: self.rate(epoch)), every
        self.states, self.metric = [self.state()], lambda output, target: 0.0

    def rate(self, epoch):
        """What the first learning rate is multiplied by."""
        return 1 / (epoch + 1)

    def state(self):
        """Every number that a step may change, by name."""
        state = {**self.net.state_dict(), "schedule": self.schedule.last_epoch, "lr": self.sgd.param_groups[0]["lr"]}
        for number, kept in self.sgd.state_dict()["state"].items():
            state |= {f"momentum {number}": kept["momentum_buffer"]}
        return state

    def fit(self, epochs=2):
        return fit(
            self.net,
            (X, Y),
            nn.MSELoss(),
            self.sgd,
            epochs=epochs,
            batch_size=3,
            scheduler=self.schedule,
            scheduler_every=self.every,
            validation=(X, Y),
            metrics={"metric": lambda *pair: self.metric(*pair)},
        )


@pytest.fixture(scope="module", params=["step", "epoch"])
def whole(request):
    """An uninterrupted run, with the states after 0, 1, ... steps."""
    run = Run(request.param)
    struck(run.sgd, "zero_grad", False, lambda: run.states.append(run.state()))
    run.history = run.fit()
    run.states = [*run.states[1:], run.state()]
    assert len(run.states) == 7 and not run.history.interrupted
    return run


def assert_is_after_a_whole_number_of_steps(run, history, whole):
    steps = len(history.loss)
    for name, expected in whole.states[steps].items():
        if (name, whole.every) not in {("schedule", "epoch"), ("lr", "epoch")} or steps % 3:
            assert_same(run.state().get(name), expected, f"{name} after {steps} steps")
    assert run.schedule.last_epoch in ({steps} if whole.every == "step" else {steps // 3, (steps - 1) // 3})
    assert run.sgd.param_groups[0]["lr"] == 0.1 * run.rate(run.schedule.last_epoch), "the schedule's lr is in force"
    for name in ("loss", "lr", "grad_norm"):
        assert_same(getattr(history, name), getattr(whole.history, name)[:steps], name)
    epochs = len(history.measured_at)
    assert epochs == 0 or steps // 3 in (epochs - 1, epochs)
    for name, values in history.measures.items():
        assert_same(values, whole.history.measures[name][:epochs], name)
    assert all(module.training for module in run.net.modules())


PLACES = {
    "forward": lambda run: (run.net[2], "forward", False),
    "backward": lambda run: (run.net[0], "backward", True),
    "between two parameters": lambda run: (run.sgd, "_update", False),
    "after the last parameter": lambda run: (run.sgd, "step", True),
    "amid the schedule": lambda run: (run, "rate", False),
    "after the schedule": lambda run: (run.schedule, "step", True),
    "while states are copied": lambda run: (run.sgd, "state_dict", False),
    "measuring": lambda run: (run, "metric", False),
}


@pytest.mark.parametrize("send", [False, True], ids=["raised", "by signal"])
@pytest.mark.parametrize("place", PLACES)
def test_an_interrupt_leaves_whole_steps(place, send, whole):
    interrupted = 0
    for at in range(2, 14):
        run, strikes = Run(whole.every), Interrupting(at, send)
        struck(*PLACES[place](run), strikes.strike)
        history = run.fit()
        assert history.interrupted == (strikes.left == 0), f"{place}, call {at}"
        interrupted += history.interrupted
        strikes.left = -1
        assert_is_after_a_whole_number_of_steps(run, history, whole)
    assert interrupted


def test_an_interrupt_at_any_line_of_helpers_leaves_whole_steps(whole):
    def count_down(frame, event, argument):
        """As a debugger, raise when the chosen line of helpers is reached."""
        nonlocal left
        if not frame.f_code.co_filename.startswith(HELPERS):
            return None
        if event == "line" and inside(frame):
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return count_down

    def inside(frame):
        """Whether fit, at the end of the calls that led here, is in its `try`."""
        while frame is not None and frame.f_code is not fit.__code__:
            frame = frame.f_back
        return frame is not None and first < frame.f_lineno < last

    source, start = inspect.getsourcelines(fit)
    first, last = (start + source.index(f"    {line}:\n") for line in ("try", "except KeyboardInterrupt"))
    interrupted = 0
    for line in count(1, 31):
        run, left = Run(whole.every), line
        sys.settrace(count_down)
        try:
            history = run.fit(epochs=1)
        finally:
            sys.settrace(None)
        if left > 0:
            break
        interrupted += history.interrupted
        assert_is_after_a_whole_number_of_steps(run, history, whole)
    assert interrupted > 60, "lines that were interrupted"


def test_after_an_interrupt_a_second_call_goes_on(whole):
    run, strikes = Run(whole.every), Interrupting(4)
    struck(run.net[0], "backward", False, strikes.strike)
    first = run.fit()
    assert first.interrupted and len(first.loss) == 3
    second = run.fit()
    assert not second.interrupted and len(second.loss) == 6
    assert second.measures["validation loss"][0] == first.measures["validation loss"][-1]


def test_an_interrupt_ends_a_series_with_the_run_that_it_met():
    def run(seed):
        model = nn.Linear(2, 1, rng=seed)
        if seed == 2:
            struck(model, "forward", False, Interrupting(3).strike)
        return fit(model, (X, Y), nn.MSELoss(), optim.SGD(model.parameters(), 0.1), epochs=4, seed=seed)

    runs = over_seeds(run, range(5))
    assert [history.settings["seed"] for history in runs] == [0, 1, 2]
    assert [len(history.loss) for history in runs] == [4, 4, 2]
    steps, low, median, high = runs.band("loss")
    assert_same(steps, np.arange(4), "steps")
    for curve in (low, median, high):
        assert np.isfinite(curve).tolist() == [True, True, False, False], "a band of all runs ends with the shortest"
    assert repr(runs).endswith("seed 2: interrupted")
