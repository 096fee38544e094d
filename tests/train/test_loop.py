"""fit is the plain loop, step for step: written out, in torch, with partial batches, schedules and clipping."""

import numpy as np
import pytest
import torch

from helpers import data, nn, optim
from helpers.nn import utils
from helpers.optim import lr_scheduler as schedules
from helpers.train import accuracy, evaluate, fit, train_step
from tests.oracles import assert_same, twin_of

RNG = np.random.default_rng(0)
X = RNG.standard_normal((10, 3))
Y = X @ [[1.0], [-2.0], [0.5]] + 0.1 * RNG.standard_normal((10, 1))


def line(lr=0.1, **options):
    model = nn.Linear(3, 1, rng=0)
    return model, optim.SGD(model.parameters(), lr, **options)


def mlp(inputs, hidden, outputs, seed=0):
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(inputs, hidden, rng=rng), nn.ReLU(), nn.Linear(hidden, outputs, rng=rng))


def digits_apart():
    """The digits as vectors, in random order: 1437 to train on and 360 to test on."""
    images, labels = data.digits()
    order = np.random.default_rng(0).permutation(len(labels))
    x, y = images.reshape(-1, 64)[order], labels[order]
    return (x[:1437], y[:1437]), (x[1437:], y[1437:])


class Seen(nn.Linear):
    """Remembers every batch and the mode that it came in."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.batches, self.modes = [], []

    def forward(self, x):
        self.batches.append(np.array(x))
        self.modes.append(self.training)
        return super().forward(x)


# --- the same as a loop without helpers ------------------------------------------------------------------------------


def test_fit_is_the_loop_written_out_bit_for_bit():
    model, sgd = line(momentum=0.9)
    weight, bias = model.weight.data.copy(), model.bias.data.copy()
    history = fit(model, (X, Y), nn.MSELoss(), sgd, epochs=7, batch_size=4, seed=3)
    rng, losses, norms = np.random.default_rng(3), [], []
    velocity_w = velocity_b = None
    for _ in range(7):
        order = rng.permutation(10)
        for chosen in (order[:4], order[4:8], order[8:]):
            x, error = X[chosen], X[chosen] @ weight.T + bias - Y[chosen]
            losses.append((error**2).sum() / len(x))
            slope = (1 / len(x)) * (2 * error)
            grad_w, grad_b = slope.T @ x, slope.sum(axis=0)
            norms.append(np.sqrt((grad_w**2).sum() + (grad_b**2).sum()))
            velocity_w = grad_w if velocity_w is None else 0.9 * velocity_w + grad_w
            velocity_b = grad_b if velocity_b is None else 0.9 * velocity_b + grad_b
            weight, bias = weight - 0.1 * velocity_w, bias - 0.1 * velocity_b
    assert_same(history.loss, np.array(losses), "loss")
    assert_same(model.weight.data, weight, "weight")
    assert_same(model.bias.data, bias, "bias")
    assert_same(history.grad_norm, np.array(norms), "norm", 1e-14)
    assert_same(history.lr, np.full(21, 0.1), "lr")


@pytest.mark.parametrize("name", ["SGD", "Adam"])
@pytest.mark.parametrize("max_norm", [None, 0.5])
def test_fit_follows_torchs_own_loop(name, max_norm):
    options = dict(lr=0.05, momentum=0.9) if name == "SGD" else dict(lr=0.01)
    x, labels = RNG.standard_normal((50, 6)), RNG.integers(0, 4, 50)
    net = mlp(6, 8, 4)
    twin = twin_of(net, torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 4)))
    ours = getattr(optim, name)(net.parameters(), **options)
    theirs = getattr(torch.optim, name)(twin.parameters(), **options)
    history = fit(net, (x, labels), nn.CrossEntropyLoss(), ours, epochs=15, batch_size=12, max_norm=max_norm, seed=5)
    rng, losses, norms = np.random.default_rng(5), [], []
    for _ in range(15):
        order = rng.permutation(50)
        for chosen in (order[start : start + 12] for start in range(0, 50, 12)):
            theirs.zero_grad()
            loss = torch.nn.functional.cross_entropy(twin(torch.tensor(x[chosen])), torch.tensor(labels[chosen]))
            loss.backward()
            norms.append(torch.nn.utils.clip_grad_norm_(twin.parameters(), max_norm or np.inf).item())
            theirs.step()
            losses.append(loss.item())
    assert len(losses) == 75
    assert_same(history.loss, np.array(losses), "loss", 1e-12, 1e-12)
    assert_same(history.grad_norm, np.array(norms), "norm", 1e-11, 1e-11)
    for (what, parameter), other in zip(net.named_parameters(), twin.parameters(), strict=True):
        assert_same(parameter.data, other.detach().numpy(), what, 1e-11, 1e-11)
    if max_norm:
        assert (history.grad_norm > max_norm).any() and (history.grad_norm < max_norm).any(), "both must be tried"


def test_an_mlp_learns_the_digits():
    train, test = digits_apart()
    net = mlp(64, 32, 10)
    sgd = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    history = fit(
        net, train, nn.CrossEntropyLoss(), sgd, epochs=10, batch_size=32, validation=test, metrics={"right": accuracy}
    )
    assert history.measures["validation right"][0] < 0.3
    assert history.measures["validation right"][-1] > 0.96
    assert history.measures["validation loss"][-1] == evaluate(net, test, nn.CrossEntropyLoss())["loss"]
    assert_same(history.measured_at, np.arange(11) * 45, "45 steps of 32 and fewer are an epoch of 1437")


def adding(rng):
    """20 sequences of 1 to 6 numbers, two of them marked: their sum is the target."""
    lengths = rng.integers(2, 7, 20)
    x = np.stack([rng.random((20, 6)), np.zeros((20, 6))], axis=-1)
    target = np.zeros((20, 1))
    for row, length in enumerate(lengths):
        first, second = rng.choice(length, 2, replace=False)
        x[row, [first, second], 1] = 1
        target[row] = x[row, first, 0] + x[row, second, 0]
    return x, lengths, target


def test_a_recurrent_net_with_lengths_learns_from_fresh_batches():
    rng = np.random.default_rng(0)
    lstm, last = nn.LSTM(2, 8, batch_first=True, rng=rng), nn.SequencePool("last", batch_first=True)
    net = nn.SequenceModel(lstm, nn.Linear(8, 1, rng=rng), last)
    adam, test = optim.Adam(net.parameters(), lr=0.02), adding(np.random.default_rng(1))
    history = fit(
        net, adding, nn.MSELoss(), adam, epochs=4, steps_per_epoch=100, max_norm=1.0, validation={"fresh": test}
    )
    assert len(history.loss) == 400
    assert_same(history.measured_at, np.arange(5) * 100, "measured at")
    assert history.measures["fresh loss"][-1] < 0.02 < 0.15 < np.var(test[2]), "better than always saying the mean"


def test_a_state_is_carried_from_window_to_window_and_measuring_does_not_disturb_it():
    wave = np.sin(np.arange(24.0)).reshape(4, 1, 6, 1)  # windows, N, T, I

    def model():
        return nn.SequenceModel(nn.LSTM(1, 3, batch_first=True, rng=0), nn.Linear(3, 1, rng=1))

    def draw(rng):
        x = next(windows)
        return x, None, net.h_n, 2 * x

    net, windows = model(), iter(wave)
    sgd = optim.SGD(net.parameters(), 0.1)
    validation = np.ones((5, 6, 1)), np.ones((5, 6, 1))
    history = fit(net, draw, nn.MSELoss(), sgd, epochs=4, steps_per_epoch=1, validation=validation)
    same, criterion, h_n = model(), nn.MSELoss(), None
    sgd = optim.SGD(same.parameters(), 0.1)
    for x, loss in zip(wave, history.loss, strict=True):
        sgd.zero_grad()
        assert criterion(same(x, None, h_n), 2 * x) == loss
        h_n = same.h_n
        same.backward(criterion.backward())
        sgd.step()


def test_a_float32_model_stays_float32():
    net = nn.Linear(3, 1, dtype=np.float32, rng=0)
    history = fit(net, (X.astype(np.float32), Y), nn.MSELoss(), optim.Adam(net.parameters()), epochs=2, max_norm=0.1)
    assert net.weight.data.dtype == net.weight.grad.dtype == np.float32
    assert history.loss.dtype == history.grad_norm.dtype == np.float64


# --- batches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch_size", "sizes"), [(4, [4, 4, 2]), (5, [5, 5]), (1, [1] * 10), (99, [10])])
def test_every_epoch_takes_each_sample_once_in_a_new_order(batch_size, sizes):
    model = Seen(1, 1, rng=0)
    x = np.arange(10.0)[:, None]
    fit(model, (x, x), nn.MSELoss(), optim.SGD(model.parameters(), 1e-3), epochs=2, batch_size=batch_size)
    assert [len(batch) for batch in model.batches] == 2 * sizes
    first, second = np.split(np.concatenate(model.batches)[:, 0], 2)
    assert sorted(first) == sorted(second) == [*range(10)]
    assert [*first] != [*second] and [*first] != [*range(10)]


def test_without_a_batch_size_each_step_takes_all_samples_as_they_stand():
    model = Seen(1, 1, rng=0)
    x = np.arange(10.0)[:, None]
    history = fit(model, (x, x), nn.MSELoss(), optim.SGD(model.parameters(), 1e-3), epochs=3)
    assert len(history.loss) == 3
    for batch in model.batches:
        assert_same(batch, x, "batch")


def test_data_may_be_lists_and_read_only():
    x = X.copy()
    x.flags.writeable = False
    model, sgd = line()
    first = fit(model, (x, Y.tolist()), nn.MSELoss(), sgd, epochs=2, batch_size=3)
    model, sgd = line()
    assert_same(fit(model, [X, Y], nn.MSELoss(), sgd, epochs=2, batch_size=3).loss, first.loss, "loss")


# --- the same seed, the same run -------------------------------------------------------------------------------------


def small_run(seed, **options):
    net = mlp(3, 4, 1)
    adam = optim.Adam(net.parameters(), 0.01)
    options = dict(batch_size=4, validation=(X, Y)) | options
    return net, fit(net, options.pop("data", (X, Y)), nn.MSELoss(), adam, epochs=3, seed=seed, **options)


def test_a_seed_gives_the_same_history_bit_for_bit_and_another_seed_another():
    (net, one), (twin, two), (_, other) = small_run(1), small_run(1), small_run(2)
    for name in ("loss", "lr", "grad_norm", "measured_at"):
        assert_same(getattr(two, name), getattr(one, name), name)
    assert_same(two.measures["validation loss"], one.measures["validation loss"], "validation loss")
    for (name, parameter), same in zip(net.named_parameters(), twin.parameters(), strict=True):
        assert_same(same.data, parameter.data, name)
    assert repr(one) == repr(two)
    assert (one.loss != other.loss).any()


def test_a_seed_fixes_generated_data_and_validation_draws_nothing():
    def draw(rng):
        x = rng.standard_normal((4, 3))
        return x, x[:, :1]

    fresh = dict(data=draw, steps_per_epoch=5, batch_size=None)
    one, two = (small_run(1, **fresh, validation=piece)[1].loss for piece in (None, (X, Y)))
    assert_same(one, two, "loss")
    assert len(set(one)) == 15, "every batch is another"


def test_numpys_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    small_run(1)
    assert_same(np.random.get_state()[1], before, "state")  # noqa: NPY002


# --- schedules -------------------------------------------------------------------------------------------------------


def scheduled(schedule, **options):
    model, sgd = line(lr=0.1)
    return fit(model, (X, Y), nn.MSELoss(), sgd, batch_size=4, scheduler=schedule(sgd), **options)


def test_a_schedule_steps_after_each_epoch_or_after_each_step():
    for every, expected in (("epoch", [1, 1, 1, 0.5, 0.5, 0.5]), ("step", 0.5 ** np.arange(6))):
        lr = scheduled(lambda sgd: schedules.ExponentialLR(sgd, 0.5), epochs=2, scheduler_every=every).lr
        assert_same(lr, 0.1 * np.array(expected), f"lr by {every}", 1e-15)


def test_a_warm_up_by_the_step_and_then_a_cosine():
    def warm_up(optimizer, library):
        parts = library.LinearLR(optimizer, 0.1, total_iters=5), library.CosineAnnealingLR(optimizer, 7)
        return library.SequentialLR(optimizer, [*parts], milestones=[5])

    lr = scheduled(lambda sgd: warm_up(sgd, schedules), epochs=4, scheduler_every="step").lr
    theirs = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    schedule, expected = warm_up(theirs, torch.optim.lr_scheduler), []
    for _ in range(12):
        expected.append(theirs.param_groups[0]["lr"])
        theirs.step()
        schedule.step()
    assert_same(lr, np.array(expected), "lr", 1e-14)


@pytest.mark.parametrize("told", ["validation", "epoch", "step"])
def test_a_schedule_that_listens_is_told_the_loss(told):
    def plateau(optimizer):
        return schedules.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.1)

    options = dict(validation={"b": (X[:5], Y[:5]), "a": (X, Y)}) if told == "validation" else {}
    every = "step" if told == "step" else "epoch"
    history = scheduled(plateau, epochs=20, scheduler_every=every, **options)
    losses = {"validation": lambda: history.measures["b loss"][1:], "epoch": lambda: history.epoch_loss}
    losses = losses.get(told, lambda: history.loss)()
    alone = line(lr=0.1)[1]
    schedule, expected = plateau(alone), []
    for loss in losses:
        expected.append(alone.param_groups[0]["lr"])
        schedule.step(loss)
    assert_same(history.lr, np.repeat(expected, 60 // len(losses)), "lr")
    assert 0.1 > expected[-1] > 0, "the rate has been lowered on the way"


# --- modes -----------------------------------------------------------------------------------------------------------


def test_the_model_trains_in_the_steps_and_is_measured_in_evaluation_mode():
    inner = Seen(3, 1, rng=0)
    net = nn.Sequential(inner, nn.Identity()).eval()
    net[1].train()
    sgd = optim.SGD(net.parameters(), 0.01)
    fit(net, (X, Y), nn.MSELoss(), sgd, epochs=2, batch_size=5, validation=(X, Y))
    assert inner.modes == [False, True, True, False, True, True, False]
    assert [module.training for module in net.modules()] == [False, False, True], "as before"
    with pytest.raises(IndexError):
        fit(net, (X, np.full(10, 3)), nn.CrossEntropyLoss(), sgd, epochs=1)
    assert [module.training for module in net.modules()] == [False, False, True], "as before, after an error"


# --- runs that diverge -----------------------------------------------------------------------------------------------


def test_a_run_that_diverges_ends_with_its_last_whole_step():
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 1, rng=0), Power(3))
    sgd = optim.SGD(net.parameters(), lr=1.0, momentum=0.5)
    history = fit(net, (X, Y), nn.MSELoss(), sgd, epochs=100, batch_size=5)
    steps = len(history.loss)
    assert 0 < steps < 200
    assert history.diverged == f"after {steps} steps the loss is inf"
    assert np.isfinite(history.loss).all() and np.isfinite(history.grad_norm).all()
    assert not history.interrupted
    assert net[0].num_batches_tracked == steps, "the statistics of the step that was not taken are taken back"
    for name, values in net.state_dict().items():
        assert np.isfinite(values).all(), name
    assert repr(history).endswith(f"diverged {history.diverged}")


def test_a_run_that_must_not_diverge_raises():
    model, sgd = line(lr=1e30)
    before = model.weight.data.copy()
    with pytest.raises(FloatingPointError, match=r"^the loss is inf$"):
        fit(model, (X * 1e200, Y), nn.MSELoss(), sgd, epochs=100, error_if_nonfinite=True)
    assert_same(model.weight.data, before, "weight")


class Power(nn.Module):
    """The nth power; its slope may overflow where the value itself does not."""

    def __init__(self, n):
        self.n = n

    def forward(self, x):
        self.cache = x
        return x**self.n

    def backward(self, grad_out):
        return self.n * self.cache ** (self.n - 1) * grad_out


def test_a_gradient_that_overflows_under_a_finite_loss_is_found():
    net = nn.Sequential(nn.Linear(1, 1, bias=False, rng=0), Power(511))
    net[0].weight.data[:] = 2.0
    one = [[1.0]], [[0.0]]
    history = fit(net, one, nn.MSELoss(), optim.SGD(net.parameters(), 0.1), epochs=3)
    assert history.diverged == "after 0 steps the norm of the gradients is inf"
    assert np.isfinite(evaluate(net, one, nn.MSELoss())["loss"])
    assert_same(net[0].weight.data, [[2.0]], "weight")
    assert_same(history.measured_at, np.array([0]), "measured at")


# --- parameters that stay --------------------------------------------------------------------------------------------


def test_only_the_optimizers_parameters_move_and_only_their_gradients_count():
    net, same = mlp(3, 4, 1), mlp(3, 4, 1)
    history = fit(net, (X, Y), nn.MSELoss(), optim.SGD(net[2].parameters(), 0.1), epochs=5, max_norm=1e9)
    assert_same(net[0].weight.data, same[0].weight.data, "first layer")
    assert (net[2].weight.data != same[2].weight.data).any()
    criterion = nn.MSELoss()
    criterion(same(X), Y)
    same.backward(criterion.backward())
    assert history.grad_norm[0] == utils.get_total_norm(parameter.grad for parameter in same[2].parameters())
    assert history.grad_norm[0] < utils.get_total_norm(parameter.grad for parameter in same.parameters())


def test_one_step_returns_what_it_saw_before():
    model, sgd = line()
    loss, norm = train_step(model, (X, Y), nn.MSELoss(), sgd, max_norm=1e-3)
    assert loss == evaluate(line()[0], (X, Y), nn.MSELoss())["loss"]
    assert norm > 1e-3
    assert abs(utils.get_total_norm(p.grad for p in model.parameters()) - 1e-3) < 1e-8


# --- bad input -------------------------------------------------------------------------------------------------------

MODEL, SGD = line()
GOOD = dict(model=MODEL, data=(X, Y), criterion=nn.MSELoss(), optimizer=SGD, epochs=1)
BAD = [
    (TypeError, "model must be a Module, got 3", dict(model=3)),
    (TypeError, "criterion must be a loss with a backward, got <function", dict(criterion=lambda out, y: 0.0)),
    (ValueError, "criterion must return one number, got MSELoss", dict(criterion=nn.MSELoss(reduction="none"))),
    (TypeError, "optimizer must be an Optimizer, got 0.1", dict(optimizer=0.1)),
    (ValueError, "optimizer must hold parameters of the model alone, got one of another", dict(optimizer=line()[1])),
    (TypeError, "scheduler must be an LRScheduler, got 0.5", dict(scheduler=0.5)),
    (
        ValueError,
        "scheduler must be one of the optimizer that is given, got one of another",
        dict(scheduler=schedules.StepLR(line()[1], 1)),
    ),
    (ValueError, r"scheduler_every must be one of \('epoch', 'step'\), got 'batch'", dict(scheduler_every="batch")),
    (ValueError, "epochs must be at least 1, got 0", dict(epochs=0)),
    (TypeError, "epochs must be an integer, got 1.5", dict(epochs=1.5)),
    (ValueError, "batch_size must be at least 1, got 0", dict(batch_size=0)),
    (TypeError, "batch_size must be an integer, got True", dict(batch_size=True)),
    (ValueError, "steps_per_epoch must be None unless data is a function, got 5", dict(steps_per_epoch=5)),
    (TypeError, "steps_per_epoch must be an integer, got None", dict(data=adding)),
    (ValueError, "batch_size must be None where data is a function, got 4", dict(data=adding, batch_size=4)),
    (ValueError, r"data must hold as many .* got shapes \(10, 3\) and \(9, 1\)", dict(data=(X, Y[1:]))),
    (ValueError, r"data must hold .*, at least one, got shapes \(0, 3\) and \(0, 1\)", dict(data=(X[:0], Y[:0]))),
    (ValueError, r"data must hold as many .* got shapes \(10, 3\) and \(\)", dict(data=(X, 1.0))),
    (TypeError, r"data must be a tuple of two arrays .* got ndarray", dict(data=X)),
    (TypeError, r"data must be a tuple of two arrays .* got 1 of them", dict(data=(X,))),
    (ValueError, "data must hold arrays: .* inhomogeneous", dict(data=([[1], [2, 3]], [0, 1]))),
    (ValueError, "validation must hold as many samples", dict(validation=(X, Y[1:]))),
    (ValueError, r"validation\['test'\] must hold as many samples", dict(validation={"test": (X, Y[1:])})),
    (TypeError, "metrics must be a dict of names and functions, got 'accuracy'", dict(metrics="accuracy")),
    (
        TypeError,
        r"metrics\['right'\] must be a function of output and target, got 'acc",
        dict(metrics={"right": "acc"}),
    ),
    (ValueError, "metrics must leave the name 'loss' to the criterion", dict(metrics={"loss": accuracy})),
    (ValueError, r"metrics need validation data, got metrics \['right'\]", dict(metrics={"right": accuracy})),
    (ValueError, "max_norm must be a number above 0, got 0", dict(max_norm=0)),
    (ValueError, "max_norm must be a number above 0, got nan", dict(max_norm=np.nan)),
    (ValueError, "seed must be at least 0, got -1", dict(seed=-1)),
    (TypeError, "seed must be an integer, got None", dict(seed=None)),
    (TypeError, "progress must be True or False, got 1", dict(progress=1)),
    (TypeError, "error_if_nonfinite must be True or False, got 'raise'", dict(error_if_nonfinite="raise")),
]


@pytest.mark.parametrize(("error", "message", "change"), BAD, ids=[message[:40] for _, message, _ in BAD])
def test_bad_input_is_named_before_any_work(error, message, change):
    before, cache = MODEL.state_dict(), MODEL.cache
    with pytest.raises(error, match=f"^fit: {message}"):
        fit(**(GOOD | change))
    assert MODEL.cache is cache, "the model has not been called"
    for name, values in MODEL.state_dict().items():
        assert_same(values, before[name], name)


def test_a_metric_that_fails_does_so_before_training():
    model, sgd = line()
    before = model.weight.data.copy()
    with pytest.raises(ValueError, match=r"^accuracy: scores must have shape \(N, C, \.\.\.\) .* labels \(10, 1\)$"):
        fit(model, (X, Y), nn.MSELoss(), sgd, epochs=1, validation=(X, Y), metrics={"right": accuracy})
    assert_same(model.weight.data, before, "weight")


@pytest.mark.parametrize("batch", [X, (X,), 3], ids=["an array", "no target", "a number"])
def test_a_function_that_draws_no_batch_is_named(batch):
    model, sgd = line()
    with pytest.raises(TypeError, match=r"^fit: a batch must be a tuple of two arrays or more, \(\*inputs, target\)"):
        fit(model, lambda rng: batch, nn.MSELoss(), sgd, epochs=1, steps_per_epoch=1)
