"""SGD, Adam and AdamW follow torch step for step, and refuse what cannot be meant."""

from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn, optim
from helpers.checks import SettingWarning
from tests.oracles import assert_same

SHAPES = [(3, 4), (5,), ()]
SGD = [
    dict(momentum=m, dampening=d, nesterov=n, weight_decay=w, maximize=x)
    for m, d, n, w, x in product((0, 0.5, 0.9, 1), (0, 0.3), (False, True), (0, 0.1), (False, True))
    if not n or (m and not d)
]
ADAM = [
    dict(betas=b, eps=e, weight_decay=w, amsgrad=a, maximize=x)
    for b, e, w, a, x in product(((0.9, 0.999), (0.0, 0.5)), (1e-8, 1e-2), (0, 0.1), (False, True), (False, True))
]
RATES = {
    "constant": lambda t: 0.05,
    "falling": lambda t: 0.1 * 0.9**t,
    "jumping": lambda t: (0.1, 0.01, 0.0)[t % 3],
}


def follow(name, options, rate, steps=50, dtype=np.float64):
    """Run both optimizers over random gradients, some of them missing, under a changing lr; compare every step."""
    rng = np.random.default_rng(0)
    ours = [nn.Parameter(rng.standard_normal(shape).astype(dtype)) for shape in SHAPES]
    theirs = [torch.nn.Parameter(torch.tensor(p.data)) for p in ours]
    groups = (
        [{"params": some[:2]} for some in (ours, theirs)],
        [{"params": some[2:], "lr": 0.3} for some in (ours, theirs)],
    )
    optimizer = getattr(optim, name)([groups[0][0], groups[1][0]], lr=0.1, **options)
    twin = getattr(torch.optim, name)([groups[0][1], groups[1][1]], lr=0.1, **options)
    for t in range(steps):
        for k, (parameter, other) in enumerate(zip(ours, theirs, strict=True)):
            missing = (t + k) % 7 == 3
            grad = None if missing else rng.standard_normal(parameter.shape).astype(dtype)
            parameter.grad = None if missing else np.array(grad)
            other.grad = None if missing else torch.tensor(grad)
        optimizer.param_groups[0]["lr"] = twin.param_groups[0]["lr"] = rate(t)
        grads = [None if p.grad is None else p.grad.copy() for p in ours]
        optimizer.step()
        twin.step()
        for parameter, other, grad in zip(ours, theirs, grads, strict=True):
            tol = 1e-12 if dtype == np.float64 else 1e-5
            assert_same(parameter.data, other.detach().numpy(), f"step {t}, {name} {options}", tol, tol)
            if grad is not None:
                assert_same(parameter.grad, grad, "the gradient")


@pytest.mark.parametrize("rate", RATES)
def test_sgd_follows_torch_for_fifty_steps(rate):
    for options in SGD:
        follow("SGD", options, RATES[rate])


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_adam_follows_torch_for_fifty_steps(name, rate):
    for options in ADAM:
        follow(name, options, RATES[rate])
    if name == "Adam":
        follow(name, dict(weight_decay=0.1, decoupled_weight_decay=True), RATES[rate])


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_float32_stays_and_follows(name):
    follow(name, dict(weight_decay=0.1), RATES["falling"], dtype=np.float32)


def quadratic(optimizer, parameter, steps=30):
    """Descend p^2 / 2 and return the path."""
    path = []
    for _ in range(steps):
        parameter.grad = parameter.data.copy()
        optimizer.step()
        path.append(parameter.data.copy())
    return np.array(path)


def test_on_a_quadratic_plain_descent_shrinks_by_one_minus_lr():
    parameter = nn.Parameter([2.0, -1.0])
    path = quadratic(optim.SGD([parameter], lr=0.1), parameter)
    assert_same(path, np.outer(0.9 ** np.arange(1, 31), [2.0, -1.0]), "path", 1e-12)


def test_decoupled_decay_is_the_penalty_without_momentum_and_another_with_it():
    paths = {}
    for momentum, decoupled in product((0, 0.9), (False, True)):
        parameter = nn.Parameter([2.0])
        options = dict(lr=0.1, momentum=momentum, weight_decay=0.2, decoupled=decoupled)
        paths[momentum, decoupled] = quadratic(optim.SGD([parameter], **options), parameter)
    assert_same(paths[0, True], paths[0, False], "without momentum", 1e-12)
    assert np.abs(paths[0.9, True] - paths[0.9, False]).max() > 0.01


def test_decoupled_decay_with_momentum_by_hand():
    parameter = nn.Parameter([1.0])
    sgd = optim.SGD([parameter], lr=0.1, momentum=0.5, weight_decay=0.2, decoupled=True)
    for expected in (1 * 0.98 - 0.1 * 1, 0.88 * 0.98 - 0.1 * 1.5):
        parameter.grad = np.ones(1)
        sgd.step()
        assert_same(parameter.data, [expected], "p", 1e-14)


def test_lr_stands_outside_the_velocity():
    parameter = nn.Parameter([0.0])
    sgd = optim.SGD([parameter], lr=1.0, momentum=0.5)
    parameter.grad = np.ones(1)
    sgd.step()
    sgd.param_groups[0]["lr"] = 0.0
    sgd.step()
    assert_same(parameter.data, [-1.0], "the velocity moves nothing at lr 0")


def test_data_is_changed_in_place_and_gradients_are_not_kept():
    parameter = nn.Parameter([1.0, 2.0])
    view, grad = parameter.data, np.array([1.0, 1.0])
    parameter.grad = grad
    sgd = optim.SGD([parameter], lr=0.5, momentum=0.9)
    sgd.step()
    assert_same(view, [0.5, 1.5], "a view of the data")
    grad[:] = 99
    assert_same(sgd.state[parameter]["momentum_buffer"], [1.0, 1.0], "the velocity")


def test_zero_grad_forgets_or_zeroes():
    parameter, other = nn.Parameter([1.0]), nn.Parameter([1.0])
    sgd = optim.SGD([parameter, other], lr=0.1)
    parameter.grad = np.ones(1)
    sgd.zero_grad(set_to_none=False)
    assert_same(parameter.grad, [0.0], "zeroed")
    assert other.grad is None
    sgd.zero_grad()
    assert parameter.grad is None


def test_a_closure_gives_the_gradients_and_its_loss_comes_back():
    parameter = nn.Parameter([1.0])

    def closure():
        parameter.grad = np.ones(1)
        return 7.0

    assert optim.SGD([parameter], lr=0.5).step(closure) == 7.0
    assert_same(parameter.data, [0.5], "data")


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_stored_state_goes_on_as_if_nothing_had_happened(name):
    options = dict(momentum=0.9) if name == "SGD" else dict(amsgrad=True)
    whole, half = nn.Parameter([1.0, -2.0]), nn.Parameter([1.0, -2.0])
    path = quadratic(getattr(optim, name)([whole], lr=0.1, **options), whole, 10)
    first = getattr(optim, name)([half], lr=0.1, **options)
    quadratic(first, half, 4)
    second = getattr(optim, name)([half], lr=0.5)
    second.load_state_dict(first.state_dict())
    assert_same(quadratic(second, half, 6), path[4:], "the rest of the path")
    with pytest.raises(ValueError, match=rf"^{name}: state_dict must have groups of \[1\] parameters, got \[2\]$"):
        second.load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]})
    with pytest.raises(ValueError, match=rf"^{name}: state_dict must have 'state' and 'param_groups', got 3$"):
        second.load_state_dict(3)
    stored = first.state_dict()
    with pytest.raises(ValueError, match=rf"^{name}: state_dict must number its state 0..0, got \['0'\]$"):
        second.load_state_dict(stored | {"state": {"0": stored["state"][0]}})
    del stored["param_groups"][0]["lr"]
    with pytest.raises(ValueError, match=rf"^{name}: state_dict must have the settings \['lr'\] in each group$"):
        second.load_state_dict(stored)
    other = getattr(optim, name)([nn.Parameter([1.0])], lr=0.1)
    with pytest.raises(ValueError, match=r"must have shape \(1,\), got \(2,\)$"):
        other.load_state_dict(first.state_dict())
    assert other.state == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("name", "options"),
    [("SGD", dict(momentum=0.9)), ("Adam", dict(amsgrad=True)), ("AdamW", {}), ("SGD", {})],
)
def test_a_state_that_torch_stored_goes_on_here(name, options, dtype):
    ours, theirs = nn.Parameter(np.array([1.0, -2.0], dtype)), torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    theirs.data = torch.tensor(ours.data)
    twin = getattr(torch.optim, name)([theirs], lr=0.05, **options)
    optimizer = getattr(optim, name)([ours])
    for step in range(5):
        if step == 3:
            optimizer.load_state_dict(twin.state_dict())
            ours.data = theirs.detach().numpy().copy()
        ours.grad = np.array([0.3, step - 2.0], dtype)
        theirs.grad = torch.tensor(ours.grad)
        twin.step()
        optimizer.step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-6 if dtype == np.float32 else 1e-13)
    assert ours.data.dtype == dtype
    assert {*optimizer.param_groups[0]} == {*getattr(optim, name)([ours]).param_groups[0]}
    assert all(type(v) is int or v.dtype == dtype for v in optimizer.state.get(ours, {}).values())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (dict(step=2.5), ValueError, "step must be a whole number of at least 0, got 2.5"),
        (dict(step="two"), TypeError, "step must be a whole number of at least 0, got 'two'"),
        (dict(exp_avg=[1.0]), ValueError, "exp_avg must have shape (2,), got (1,)"),
        (dict(exp_avg=["a", "b"]), TypeError, "exp_avg must hold real numbers, got dtype <U1"),
        (dict(exp_avg=None), ValueError, "state_dict must have ['exp_avg'] where it has ['step', 'exp_avg_sq']"),
    ],
)
def test_a_stored_state_that_does_not_fit_changes_nothing(change, error, message):
    parameter = nn.Parameter([1.0, -2.0])
    adam = optim.Adam([parameter], lr=0.1)
    quadratic(adam, parameter, 1)
    stored = adam.state_dict()
    kept = stored["state"][0] | change
    stored["state"][0] = {name: value for name, value in kept.items() if value is not None}
    stored["param_groups"][0]["lr"] = 0.7
    before = adam.state_dict()
    with pytest.raises(error) as caught:
        adam.load_state_dict(stored)
    assert str(caught.value) == f"Adam: {message}"
    after = adam.state_dict()
    assert after["param_groups"] == before["param_groups"]
    for name, value in before["state"][0].items():
        assert_same(after["state"][0][name], value, name)


def test_a_gradient_of_another_kind_is_taken_in_the_parameters_dtype():
    parameter = nn.Parameter(np.ones(2, np.float32))
    for grad in ([1, 2], np.array([1.0, 2.0]), np.array([1, 2])):
        sgd = optim.SGD([parameter], lr=0.5, momentum=0.9)
        parameter.data[:], parameter.grad = 1, grad
        sgd.step()
        assert_same(parameter.data, np.array([0.5, 0.0], np.float32), "data")
        assert parameter.grad is grad
        assert sgd.state[parameter]["momentum_buffer"].dtype == np.float32


def test_amsgrad_may_be_switched_on_later():
    paths = []
    for first in (True, False):
        parameter = nn.Parameter([2.0, -1.0])
        adam = optim.Adam([parameter], lr=0.1, amsgrad=first)
        parameter.grad = np.array([0.1, 0.1])
        adam.step()
        adam.param_groups[0]["amsgrad"] = True
        paths.append(quadratic(adam, parameter))
    assert_same(*paths, "growing squares: the largest is the last")


def test_steps_are_counted_if_they_are_taken():
    parameter = nn.Parameter([1.0])
    sgd = optim.SGD([{"params": parameter, "initial_lr": 0.5}], lr=0.1)
    sgd.step()
    parameter.grad = np.ones(2)
    with pytest.raises(ValueError, match="a gradient must have shape"):
        sgd.step()
    assert sgd.steps == 1


P = [nn.Parameter([1.0])]
BAD = [
    (ValueError, "SGD: params must hold at least one Parameter, got none", lambda: optim.SGD([])),
    (TypeError, "SGD: params must be an iterable of Parameters or of dicts, got Parameter", lambda: optim.SGD(P[0])),
    (TypeError, r"SGD: params\[0\] must be a Parameter, got ndarray", lambda: optim.SGD([np.ones(2)])),
    (ValueError, r"SGD: params\[1\] must come once, got Parameter", lambda: optim.SGD(P + P)),
    (ValueError, r"SGD: params\[0\] must come once", lambda: optim.SGD([{"params": P}, {"params": P}])),
    (TypeError, "SGD: params must be an iterable of .*, got {", lambda: optim.SGD({*P})),
    (TypeError, "SGD: the params of a group must be a list of Parameters, got 3", lambda: optim.SGD([{"params": 3}])),
    (TypeError, "SGD: the params of a group must be a list .*, got {", lambda: optim.SGD([{"params": {*P}}])),
    (
        ValueError,
        "SGD: initial_lr must be a finite number of at least 0, got nan",
        lambda: optim.SGD([{"params": P, "initial_lr": np.nan}]),
    ),
    (TypeError, "SGD: a group must be a dict with 'params', got {}", lambda: optim.SGD([{}])),
    (ValueError, r"SGD: a group has settings .* got \['rate'\]", lambda: optim.SGD([{"params": P, "rate": 1}])),
    (ValueError, "SGD: lr must be a finite number of at least 0, got nan", lambda: optim.SGD(P, np.nan)),
    (ValueError, "SGD: lr must be a finite number of at least 0, got inf", lambda: optim.SGD(P, np.inf)),
    (ValueError, "SGD: lr must be a finite number of at least 0, got -1", lambda: optim.SGD(P, -1)),
    (TypeError, "SGD: lr must be a finite number of at least 0, got '1'", lambda: optim.SGD(P, "1")),
    (TypeError, "SGD: lr must be a finite number of at least 0, got True", lambda: optim.SGD(P, True)),
    (ValueError, "SGD: momentum must be in 0..1, got 1.5", lambda: optim.SGD(P, momentum=1.5)),
    (ValueError, "SGD: momentum must be in 0..1, got -0.1", lambda: optim.SGD(P, momentum=-0.1)),
    (ValueError, "SGD: dampening must be a finite number, got inf", lambda: optim.SGD(P, dampening=np.inf)),
    (ValueError, "SGD: weight_decay must be a finite .* got -1", lambda: optim.SGD(P, weight_decay=-1)),
    (ValueError, "SGD: nesterov needs a momentum above 0", lambda: optim.SGD(P, nesterov=True)),
    (
        ValueError,
        "SGD: nesterov needs .* got momentum=0.9 and dampening=0.1",
        lambda: optim.SGD(P, momentum=0.9, dampening=0.1, nesterov=True),
    ),
    (TypeError, "SGD: maximize must be True or False, got 1", lambda: optim.SGD(P, maximize=1)),
    (TypeError, "SGD: decoupled must be True or False, got 0", lambda: optim.SGD(P, decoupled=0)),
    (NotImplementedError, "SGD: foreach is not offered", lambda: optim.SGD(P, foreach=True)),
    (NotImplementedError, "AdamW: fused is not offered", lambda: optim.AdamW(P, fused=True)),
    (ValueError, r"Adam: betas\[0\] must be in 0..1, 1 excluded, got 1.0", lambda: optim.Adam(P, betas=(1.0, 0.9))),
    (ValueError, r"Adam: betas\[1\] must be in 0..1, 1 excluded, got -1", lambda: optim.Adam(P, betas=(0.9, -1))),
    (TypeError, "Adam: betas must be a pair of numbers, got 0.9", lambda: optim.Adam(P, betas=0.9)),
    (ValueError, "AdamW: eps must be a finite number of at least 0, got -1", lambda: optim.AdamW(P, eps=-1)),
    (TypeError, "Adam: amsgrad must be True or False, got 1", lambda: optim.Adam(P, amsgrad=1)),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:50] for _, message, _ in BAD])
def test_bad_settings_are_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_a_setting_that_was_spoilt_later_changes_nothing():
    first, second = nn.Parameter([1.0]), nn.Parameter([1.0])
    sgd = optim.SGD([{"params": [first]}, {"params": [second]}], lr=0.1)
    first.grad = second.grad = np.ones(1)
    sgd.param_groups[1]["lr"] = np.nan
    with pytest.raises(ValueError, match=r"^SGD: lr must be"):
        sgd.step()
    sgd.param_groups[1]["lr"] = 0.1
    second.grad = np.ones(2)
    with pytest.raises(ValueError, match=r"^SGD: a gradient must have shape \(1,\), got \(2,\)$"):
        sgd.step()
    assert_same(first.data, [1.0], "the first group's parameter")


def test_a_learning_rate_of_zero_warns():
    with pytest.warns(SettingWarning, match=r"^SGD: lr=0 changes no parameter$"):
        optim.SGD(P, lr=0)


def test_an_optimizer_shows_its_groups_as_torch_does():
    text = repr(optim.SGD(P, lr=0.1))
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n    decoupled: False\n    lr: 0.1\n")
    assert text.endswith("\n)")
