"""Schedules set torch's learning rates, step for step, alone, together, one after the other, and resumed."""

import math
import warnings
from inspect import signature

import numpy as np
import pytest
import torch

from helpers import nn, optim
from helpers.checks import SettingWarning
from helpers.optim import lr_scheduler
from tests.oracles import assert_same

STEPS = 60
RATES = [0.1, 0.03]


def halving(epoch):
    return 0.5 ** (epoch // 4)


def hyperbola(epoch):
    return 1 / (1 + epoch)


SIMPLE = {  # name, arguments
    "lambda": ("LambdaLR", dict(lr_lambda=halving)),
    "lambdas": ("LambdaLR", dict(lr_lambda=[halving, hyperbola])),
    "step": ("StepLR", dict(step_size=7)),
    "every step": ("StepLR", dict(step_size=1, gamma=0.95)),
    "rising step": ("StepLR", dict(step_size=20, gamma=2)),
    "milestones": ("MultiStepLR", dict(milestones=[30, 5, 12], gamma=0.5)),
    "milestones twice, and at once": ("MultiStepLR", dict(milestones=(9, 0, 9, 40), gamma=0.3)),
    "constant": ("ConstantLR", {}),
    "constant for one": ("ConstantLR", dict(factor=0.2, total_iters=1)),
    "linear": ("LinearLR", {}),
    "linear down": ("LinearLR", dict(start_factor=1.0, end_factor=0.0, total_iters=30)),
    "linear for one": ("LinearLR", dict(start_factor=0.01, total_iters=1)),
    "exponential": ("ExponentialLR", dict(gamma=0.9)),
    "to zero": ("ExponentialLR", dict(gamma=0)),
    "cosine": ("CosineAnnealingLR", dict(T_max=20)),
    "cosine above": ("CosineAnnealingLR", dict(T_max=7, eta_min=0.01)),
    "cosine back and forth": ("CosineAnnealingLR", dict(T_max=1, eta_min=0.001)),
}


def alone(name, options):
    return lambda module, optimizer: [getattr(module, name)(optimizer, **options)]


def sequence(*members, milestones):
    def build(module, optimizer):
        schedulers = [getattr(module, name)(optimizer, **options) for name, options in members]
        return [module.SequentialLR(optimizer, schedulers, milestones)]

    return build


def together(*members):
    return lambda module, optimizer: [getattr(module, name)(optimizer, **options) for name, options in members]


LINEAR, COSINE = ("LinearLR", dict(start_factor=0.1, total_iters=5)), ("CosineAnnealingLR", dict(T_max=30))
STEP, EXPONENTIAL = ("StepLR", dict(step_size=10)), ("ExponentialLR", dict(gamma=0.9))
LAMBDA, CONSTANT = ("LambdaLR", dict(lr_lambda=hyperbola)), ("ConstantLR", dict(factor=0.1, total_iters=20))
MULTI = ("MultiStepLR", dict(milestones=[0, 3, 3, 9], gamma=0.5))
BUILDS = {name: alone(*entry) for name, entry in SIMPLE.items()} | {
    "warm-up, cosine": sequence(LINEAR, COSINE, milestones=[5]),
    "four in turn": sequence(CONSTANT, LAMBDA, MULTI, STEP, milestones=[8, 20, 35]),
    "one in turn": sequence(COSINE, milestones=[]),
    "no time for the first": sequence(LINEAR, EXPONENTIAL, milestones=[0]),
    "no time for the second": sequence(LINEAR, COSINE, EXPONENTIAL, milestones=[6, 6]),
    "exponential and constant": together(EXPONENTIAL, CONSTANT),
    "cosine and steps and milestones": together(COSINE, STEP, MULTI),
    "linear and cosine": together(LINEAR, COSINE),
    "lambda and exponential": together(LAMBDA, EXPONENTIAL),
    "in turn and exponential": lambda module, optimizer: [
        *sequence(LINEAR, COSINE, milestones=[5])(module, optimizer),
        *together(EXPONENTIAL)(module, optimizer),
    ],
}
PLATEAU = {
    "usual": dict(patience=3),
    "impatient": dict(factor=0.5, patience=0, threshold=0.1),
    "cooling": dict(factor=0.5, patience=1, cooldown=4),
    "absolute": dict(patience=2, threshold=0.3, threshold_mode="abs"),
    "rising": dict(mode="max", patience=1, factor=0.7),
    "rising, absolute": dict(mode="max", patience=1, threshold=0.2, threshold_mode="abs", cooldown=1),
    "floors": dict(patience=0, factor=0.3, min_lr=[0.01, 0.02]),
    "floor above": dict(patience=0, factor=0, min_lr=0.05),
    "coarse": dict(patience=0, eps=0.02),
}


def bumpy(t):
    return math.nan if t % 17 == 11 else 3 / (1 + t % 13) + math.sin(t) - t / 40


class Race:
    """Our optimizer and schedulers beside torch's, over the same random gradients."""

    def __init__(self, build):
        self.build, self.rng, self.t = build, np.random.default_rng(0), 0
        self.ours = [nn.Parameter(self.rng.standard_normal(3)) for _ in range(2)]
        self.theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in self.ours]
        self.sgd, self.schedulers = self.fresh(optim, self.ours)
        self.twin, self.twins = self.fresh(torch.optim, self.theirs)
        self.sgds = self.sgd, self.twin
        self.compare()

    def fresh(self, module, parameters):
        groups = [{"params": [p], "lr": lr} for p, lr in zip(parameters, RATES, strict=True)]
        sgd = module.SGD(groups, momentum=0.9)
        return sgd, self.build(module.lr_scheduler, sgd)

    def run(self, steps, metric=None):
        for _ in range(steps):
            for parameter, other in zip(self.ours, self.theirs, strict=True):
                parameter.grad = self.rng.standard_normal(parameter.shape)
                other.grad = torch.tensor(parameter.grad)
            self.sgd.step()
            self.twin.step()
            for scheduler in (*self.schedulers, *self.twins):
                scheduler.step(*([] if metric is None else [metric(self.t)]))
            self.t += 1
            self.compare()
        return self

    def compare(self):
        what = f"epoch {self.t}"
        for name in ("lr", "initial_lr"):
            rates = [[group.get(name, math.nan) for group in sgd.param_groups] for sgd in (self.sgd, self.twin)]
            assert_same(*(np.array(some, float) for some in rates), f"{name}, {what}", rtol=1e-12)
        for scheduler, twin in zip(self.schedulers, self.twins, strict=True):
            assert scheduler.last_epoch == twin.last_epoch
            last = (np.array(one.get_last_lr(), float) for one in (scheduler, twin))
            assert_same(*last, f"last lr, {what}", rtol=1e-12)
        for parameter, other in zip(self.ours, self.theirs, strict=True):
            assert_same(parameter.data, other.detach().numpy(), f"parameter, {what}", rtol=1e-12, atol=1e-14)

    def resume(self):
        """Go on with copies of our parameters, a fresh optimizer and fresh schedulers that load the stored states."""
        states = [self.sgd.state_dict(), *(scheduler.state_dict() for scheduler in self.schedulers)]
        self.ours = [nn.Parameter(parameter.data) for parameter in self.ours]
        self.sgd, self.schedulers = self.fresh(optim, self.ours)
        for one, state in zip((*self.schedulers, self.sgd), (*states[1:], states[0]), strict=True):
            one.load_state_dict(state)
        self.compare()
        return self


@pytest.mark.parametrize("name", BUILDS)
def test_the_rates_are_torchs(name):
    Race(BUILDS[name]).run(STEPS)


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize("start", [1, 5, 22])
def test_a_resumed_schedule_goes_on_as_torchs_does_without_a_break(name, start):
    Race(BUILDS[name]).run(start).resume().run(STEPS - start)


@pytest.mark.parametrize("name", BUILDS)
def test_rates_that_were_changed_by_hand_go_on_as_in_torch(name):
    race = Race(BUILDS[name])
    for change in (3.0, 2.0, 1.0) if name == "cosine above" else (3.0, 0.2, 1e-3):
        race.run(11)
        for sgd in race.sgds:
            sgd.param_groups[1]["lr"] *= change
        race.run(9)


@pytest.mark.parametrize("start", [0.1, 1 / 3, 1.0])
def test_a_line_down_to_zero_ends_there_however_its_steps_are_rounded(start):
    for total in range(1, 60):
        sgd = optim.SGD([nn.Parameter([1.0])], lr=0.1)
        scheduler = lr_scheduler.LinearLR(sgd, start, 0.0, total)
        for _ in range(total):
            sgd.step()
            scheduler.step()
        assert_same(scheduler.get_last_lr(), [0.0], f"start {start}, {total} epochs", atol=1e-15)


def test_a_cosine_that_was_pushed_below_its_lowest_rate_never_turns_the_descent_round():
    race = Race(BUILDS["cosine above"]).run(8)
    for one in race.sgds:
        one.param_groups[1]["lr"] = 1e-3
    with pytest.raises(ValueError, match=r"^CosineAnnealingLR: the new lr of group 1 must be a finite .*, got -0.0"):
        race.run(STEPS)


@pytest.mark.parametrize("name", [name for name, entry in SIMPLE.items() if entry[0] not in ("LambdaLR", COSINE[0])])
def test_a_group_that_joins_later_is_scheduled_as_in_torch(name):
    race = Race(BUILDS[name]).run(4)
    race.ours.append(nn.Parameter([1.0, 2.0, 3.0]))
    race.theirs.append(torch.nn.Parameter(torch.tensor(race.ours[-1].data)))
    race.sgd.add_param_group({"params": race.ours[-1:], "lr": 0.2})
    race.twin.add_param_group({"params": race.theirs[-1:], "lr": 0.2})
    race.run(STEPS)


@pytest.mark.parametrize("name", PLATEAU)
def test_a_plateau_lowers_the_rates_as_in_torch(name):
    race = Race(alone("ReduceLROnPlateau", PLATEAU[name])).run(23, bumpy)
    race.resume().run(STEPS - 23, bumpy)
    assert race.sgd.param_groups[0]["lr"] < RATES[0], "nothing has been lowered"
    for name in ("best", "num_bad_epochs", "cooldown_counter", "in_cooldown"):
        assert getattr(race.schedulers[0], name) == getattr(race.twins[0], name)


@pytest.mark.parametrize("name", SIMPLE)
def test_a_start_in_the_middle_is_torchs(name):
    kind, options = SIMPLE[name]
    for last_epoch in (-1, 0, 3, 4, 6, 8, 19):
        pair = []
        for package, parameter in ((optim, nn.Parameter([1.0])), (torch.optim, torch.nn.Parameter(torch.ones(1)))):
            groups = [{"params": [parameter], "lr": 0.05, "initial_lr": 0.2}]
            groups += [{"params": [type(parameter)(parameter.data)], "lr": 0.01, "initial_lr": 0.01}]
            sgd = package.SGD(groups)
            sgd.step()
            pair.append((sgd, getattr(package.lr_scheduler, kind)(sgd, last_epoch=last_epoch, **options)))
        for _ in range(30):
            ours, theirs = (np.array([group["lr"] for group in sgd.param_groups], float) for sgd, _ in pair)
            assert_same(ours, theirs, f"lr after a start at {last_epoch}", rtol=1e-12)
            for sgd, scheduler in pair:
                sgd.step()
                scheduler.step()
        assert pair[0][1].base_lrs == [0.2, 0.01]


def test_step_by_step_gives_the_closed_forms():
    forms = {
        "step": lambda t: 0.1 ** (t // 7),
        "milestones": lambda t: 0.5 ** sum(milestone <= t for milestone in (30, 5, 12)),
        "linear down": lambda t: 1 - min(t, 30) / 30,
        "exponential": lambda t: 0.9**t,
        "cosine": lambda t: (1 + math.cos(math.pi * t / 20)) / 2,
    }
    for name, form in forms.items():
        sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
        (scheduler,) = BUILDS[name](lr_scheduler, sgd)
        for t in range(STEPS):
            assert abs(sgd.param_groups[0]["lr"] - form(t)) < 1e-13, f"{name} at {t}"
            sgd.step()
            scheduler.step()


# ---------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize("name", sorted({*lr_scheduler.__all__} - {"LRScheduler"}))
def test_arguments_and_defaults_are_torchs(name):
    for method in ("__init__", "load_state_dict", "get_last_lr"):
        ours, theirs = (signature(getattr(getattr(m, name), method)) for m in (lr_scheduler, torch.optim.lr_scheduler))
        assert [(p.name, p.default) for p in ours.parameters.values()] == [
            (p.name, p.default) for p in theirs.parameters.values()
        ]


def test_rates_are_plain_numbers_and_functions_are_not_stored():
    sgd = optim.SGD([nn.Parameter([1.0])], lr=1)
    scheduler = lr_scheduler.LambdaLR(sgd, lambda epoch: np.float32(0.5))
    assert type(sgd.param_groups[0]["lr"]) is float
    assert not any(callable(value) for value in scheduler.state_dict().values())
    assert "lr_lambdas" not in scheduler.state_dict()


def test_what_a_schedule_hands_out_is_a_copy():
    sgd = optim.SGD([nn.Parameter([1.0])], lr=0.1)
    scheduler = lr_scheduler.MultiStepLR(sgd, [1])
    state = scheduler.state_dict()
    state["base_lrs"][0] = state["milestones"][1] = scheduler.get_last_lr()[0] = 7
    assert scheduler.get_last_lr() == scheduler.base_lrs == [0.1]
    assert scheduler.milestones == {1: 1}
    state = scheduler.state_dict()
    scheduler.load_state_dict(state)
    state["milestones"][5] = 1
    assert scheduler.milestones == {1: 1}


# ---------------------------------------------------------------------------------------------------- warnings


def built(name="exponential", lr=0.1):
    sgd = optim.SGD([nn.Parameter([1.0])], lr=lr)
    return sgd, BUILDS[name](lr_scheduler, sgd)[0]


@pytest.mark.parametrize("name", ["exponential", "warm-up, cosine"])
def test_a_schedule_that_steps_first_says_so_once(name):
    _, scheduler = built(name)
    with pytest.warns(SettingWarning, match=r"LR: step\(\) came before the optimizer's step\(\)") as caught:
        scheduler.step()
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()


def test_a_schedule_counts_the_steps_since_it_was_made_and_none_after_it_is_resumed():
    sgd, _ = built()
    sgd.step()
    with pytest.warns(SettingWarning, match="came before"):
        lr_scheduler.StepLR(sgd, 3).step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler = lr_scheduler.StepLR(sgd, 3)
        sgd.step()
        scheduler.step()
        resumed = lr_scheduler.StepLR(sgd, 3)
        resumed.load_state_dict(scheduler.state_dict())
        resumed.step()
    assert resumed.last_epoch == 2


# ---------------------------------------------------------------------------------------------------- errors


def test_a_schedule_of_ones_own_needs_get_lr_alone():
    class SquareRoot(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / math.sqrt(1 + self.last_epoch) for base in self.base_lrs]

    sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    scheduler = SquareRoot(sgd)
    for _ in range(3):
        sgd.step()
        scheduler.step()
    assert sgd.param_groups[0]["lr"] == 0.5
    with pytest.raises(NotImplementedError, match=r"^LRScheduler has no get_lr$"):
        lr_scheduler.LRScheduler(sgd)


@pytest.mark.parametrize(("value", "error"), [(math.nan, ValueError), (-1.0, ValueError), ("a", TypeError)])
def test_a_rate_that_cannot_be_meant_changes_nothing(value, error):
    rates = [1.0, 0.5, value]
    sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    inner = lr_scheduler.LambdaLR(sgd, lambda epoch: rates[epoch])
    both = lr_scheduler.SequentialLR(sgd, [inner], [])
    sgd.step()
    both.step()
    for scheduler in (inner, both):
        before = scheduler.state_dict()
        with pytest.raises(error, match=r"^(LambdaLR: the new lr of group 0 must be a finite|can't multiply)"):
            scheduler.step()
        assert scheduler.state_dict() == before
    assert sgd.param_groups[0]["lr"] == 0.5
    rates[2] = 0.25
    both.step()
    assert both.get_last_lr() == [0.25]


@pytest.mark.parametrize("name", ["lambda", "cosine", "warm-up, cosine"])
def test_a_group_that_a_schedule_cannot_know_is_named(name):
    sgd, scheduler = built(name)
    for _ in range(20 if name == "cosine" else 4):
        sgd.step()
        scheduler.step()
    sgd.add_param_group({"params": [nn.Parameter([1.0])]})
    before, rates = scheduler.state_dict(), [group["lr"] for group in sgd.param_groups]
    with pytest.raises(ValueError, match=r"LR: the schedule has 1 groups, its optimizer 2 by now$"):
        scheduler.step()
    assert scheduler.state_dict() == before
    assert [group["lr"] for group in sgd.param_groups] == rates


def test_a_schedule_that_fails_at_its_milestone_changes_nothing():
    sgd, rates = optim.SGD([nn.Parameter([1.0])], lr=1.0), [1.0, -1.0]
    schedulers = [lr_scheduler.ExponentialLR(sgd, 0.5), lr_scheduler.LambdaLR(sgd, lambda epoch: rates.pop(0))]
    both = lr_scheduler.SequentialLR(sgd, schedulers, [2])
    sgd.step()
    both.step()
    before = both.state_dict()
    with pytest.raises(ValueError, match=r"^LambdaLR: the new lr of group 0 must be a finite number .*, got -1.0$"):
        both.step()
    assert both.state_dict() == before
    assert sgd.param_groups[0]["lr"] == 0.5


def test_a_plateau_with_a_floor_for_each_group_refuses_another_group_and_changes_nothing():
    sgd = optim.SGD([nn.Parameter([1.0])], lr=0.1)
    scheduler = lr_scheduler.ReduceLROnPlateau(sgd, patience=0, min_lr=[0.01])
    scheduler.step(1.0)
    sgd.add_param_group({"params": [nn.Parameter([1.0])]})
    before = scheduler.state_dict()
    with pytest.raises(
        ValueError, match=r"^ReduceLROnPlateau: min_lr must be a number or 2, one a group, got \[0.01\]$"
    ):
        scheduler.step(2.0)
    assert scheduler.state_dict() == before


def test_a_function_that_fails_at_the_start_leaves_the_optimizer_alone():
    sgd = optim.SGD([nn.Parameter([1.0])], lr=0.1)
    before = repr(sgd)
    with pytest.raises(ZeroDivisionError):
        lr_scheduler.LambdaLR(sgd, lambda epoch: 1 / epoch)
    assert repr(sgd) == before


def test_a_state_that_does_not_fit_is_named_and_changes_nothing():
    _, step = built("step")
    _, exponential = built()
    _, turn = built("warm-up, cosine")
    cases = [
        (step, exponential.state_dict(), KeyError, r"missing names \['step_size'\] and unexpected names \[\]"),
        (exponential, step.state_dict(), KeyError, r"missing names \[\] and unexpected names \['step_size'\]"),
        (turn, turn.state_dict() | {"_schedulers": []}, ValueError, "must hold 2 schedulers, got 0"),
        (turn, turn.state_dict() | {"_schedulers": [{}, {}]}, KeyError, "LinearLR: state_dict does not fit"),
        (turn, 3, TypeError, "SequentialLR: state_dict must be a dict, got 3"),
    ]
    for scheduler, state, error, message in cases:
        before = scheduler.state_dict()
        with pytest.raises(error, match=message):
            scheduler.load_state_dict(state)
        assert scheduler.state_dict() == before


S = lr_scheduler
SGD = optim.SGD([nn.Parameter([1.0])], lr=0.1)
OTHER = optim.SGD([nn.Parameter([1.0])], lr=0.1)
LEAST = "a finite number of at least 0"
BAD = [
    (TypeError, "StepLR: optimizer must be an Optimizer, got 0.1", lambda: S.StepLR(0.1, 1)),
    (TypeError, "LambdaLR: optimizer must be an Optimizer, got None", lambda: S.LambdaLR(None, halving)),
    (TypeError, "ReduceLROnPlateau: optimizer must be an Optimizer", lambda: S.ReduceLROnPlateau("sgd")),
    (ValueError, "StepLR: step_size must be at least 1, got 0", lambda: S.StepLR(SGD, 0)),
    (TypeError, "StepLR: step_size must be an integer, got 2.0", lambda: S.StepLR(SGD, 2.0)),
    (ValueError, f"StepLR: gamma must be {LEAST}, got -0.1", lambda: S.StepLR(SGD, 1, -0.1)),
    (ValueError, f"StepLR: gamma must be {LEAST}, got nan", lambda: S.StepLR(SGD, 1, math.nan)),
    (ValueError, "StepLR: last_epoch must be at least -1, got -2", lambda: S.StepLR(SGD, 1, 0.1, -2)),
    (ValueError, f"ExponentialLR: gamma must be {LEAST}, got inf", lambda: S.ExponentialLR(SGD, math.inf)),
    (ValueError, f"MultiStepLR: gamma must be {LEAST}, got nan", lambda: S.MultiStepLR(SGD, [1], math.nan)),
    (TypeError, "MultiStepLR: milestones must be a list of integers, got 3", lambda: S.MultiStepLR(SGD, 3)),
    (TypeError, r"MultiStepLR: milestones\[1\] must be an integer, got 2.5", lambda: S.MultiStepLR(SGD, [1, 2.5])),
    (ValueError, r"MultiStepLR: milestones\[0\] must be at least 0", lambda: S.MultiStepLR(SGD, [-1])),
    (ValueError, "ConstantLR: factor must be in 0..1, 0 excluded, got 0", lambda: S.ConstantLR(SGD, 0)),
    (ValueError, "ConstantLR: factor must be in 0..1, 0 excluded, got 2", lambda: S.ConstantLR(SGD, 2)),
    (ValueError, "ConstantLR: total_iters must be at least 1, got 0", lambda: S.ConstantLR(SGD, 0.5, 0)),
    (ValueError, "LinearLR: start_factor must be in 0..1, 0 excluded, got 0", lambda: S.LinearLR(SGD, 0)),
    (ValueError, "LinearLR: end_factor must be in 0..1, got 1.5", lambda: S.LinearLR(SGD, 1, 1.5)),
    (TypeError, "LinearLR: total_iters must be an integer, got None", lambda: S.LinearLR(SGD, total_iters=None)),
    (ValueError, "CosineAnnealingLR: T_max must be at least 1, got 0", lambda: S.CosineAnnealingLR(SGD, 0)),
    (ValueError, f"CosineAnnealingLR: eta_min must be {LEAST}, got -1", lambda: S.CosineAnnealingLR(SGD, 9, -1)),
    (TypeError, "LambdaLR: lr_lambda must be a function, got 0.9 for group 0", lambda: S.LambdaLR(SGD, 0.9)),
    (ValueError, "LambdaLR: lr_lambda must be one function or 1, got 2", lambda: S.LambdaLR(SGD, [halving] * 2)),
    (NotImplementedError, "StepLR: epoch is not offered, leave it at None; got 3", lambda: S.StepLR(SGD, 1).step(3)),
    (
        KeyError,
        r"\"StepLR: last_epoch=0 needs 'initial_lr' in each group, it is not in \[0\]",
        lambda: S.StepLR(SGD, 1, last_epoch=0),
    ),
    (TypeError, "SequentialLR: schedulers must be a list, got", lambda: S.SequentialLR(SGD, S.StepLR(SGD, 1), [])),
    (TypeError, "SequentialLR: milestones must be a list, got 3", lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1)], 3)),
    (TypeError, r"SequentialLR: schedulers\[0\] must be an LRScheduler, got 3", lambda: S.SequentialLR(SGD, [3], [])),
    (
        ValueError,
        "SequentialLR: schedulers must be one more than milestones, got 1 schedulers and 1 milestones",
        lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1)], [3]),
    ),
    (ValueError, "SequentialLR: schedulers must be one more", lambda: S.SequentialLR(SGD, [], [])),
    (
        ValueError,
        r"SequentialLR: milestones must be in order, got \[5, 2\]",
        lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1) for _ in "123"], [5, 2]),
    ),
    (
        ValueError,
        r"SequentialLR: schedulers\[1\] must come once",
        lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1)] * 2, [1]),
    ),
    (
        ValueError,
        r"SequentialLR: schedulers\[0\] must belong to the same optimizer",
        lambda: S.SequentialLR(SGD, [S.StepLR(OTHER, 1)], []),
    ),
    (
        NotImplementedError,
        r"SequentialLR: schedulers\[0\] is not offered as a ReduceLROnPlateau",
        lambda: S.SequentialLR(SGD, [S.ReduceLROnPlateau(SGD)], []),
    ),
    (
        NotImplementedError,
        "SequentialLR: last_epoch is not offered",
        lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1)], [], 3),
    ),
    (
        NotImplementedError,
        "SequentialLR: epoch is not offered",
        lambda: S.SequentialLR(SGD, [S.StepLR(SGD, 1)], []).step(3),
    ),
    (ValueError, "ReduceLROnPlateau: mode must be one of .* got 'low'", lambda: S.ReduceLROnPlateau(SGD, "low")),
    (
        ValueError,
        "ReduceLROnPlateau: factor must be in 0..1, 1 excl.* got 1",
        lambda: S.ReduceLROnPlateau(SGD, factor=1),
    ),
    (ValueError, "ReduceLROnPlateau: patience must be at least 0", lambda: S.ReduceLROnPlateau(SGD, patience=-1)),
    (
        ValueError,
        "ReduceLROnPlateau: threshold must be .* got nan",
        lambda: S.ReduceLROnPlateau(SGD, threshold=math.nan),
    ),
    (ValueError, "ReduceLROnPlateau: cooldown must be at least 0", lambda: S.ReduceLROnPlateau(SGD, cooldown=-1)),
    (ValueError, "ReduceLROnPlateau: eps must be a finite", lambda: S.ReduceLROnPlateau(SGD, eps=-1)),
    (ValueError, "ReduceLROnPlateau: min_lr must be a finite", lambda: S.ReduceLROnPlateau(SGD, min_lr=-1)),
    (ValueError, "ReduceLROnPlateau: min_lr must be a number or 1,", lambda: S.ReduceLROnPlateau(SGD, min_lr=[0, 0])),
    (TypeError, "ReduceLROnPlateau: metrics must hold real numbers", lambda: S.ReduceLROnPlateau(SGD).step(None)),
    (
        ValueError,
        r"ReduceLROnPlateau: metrics must be one number, got shape \(2,\)",
        lambda: S.ReduceLROnPlateau(SGD).step([1.0, 2.0]),
    ),
    (NotImplementedError, "ReduceLROnPlateau: epoch is not", lambda: S.ReduceLROnPlateau(SGD).step(1.0, 3)),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:50] for _, message, _ in BAD])
def test_bad_settings_are_named(error, message, call):
    SGD.param_groups[0].pop("initial_lr", None)
    with pytest.raises(error, match=f"^{message}"):
        call()
    assert SGD.param_groups[0]["lr"] == 0.1
