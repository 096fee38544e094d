"""What the lesson on SGD claims, measured: noise, two forms of momentum, weight decay, digits under each setting."""

import numpy as np
import pytest

from helpers import data, nn
from helpers.experiments import digit_settings, sgd, weight_decay
from helpers.experiments.digit_settings import SETTINGS, Setting, compare, learn
from helpers.experiments.sgd import digits_net, gradient_noise, two_forms_of_momentum
from helpers.experiments.weight_decay import OPTIMIZERS, decayed, overfit

# --- noise -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def noise():
    return gradient_noise(batch_sizes=(1, 16, 256, 1797), batches=40, seed=1)


def test_the_noise_of_a_batch_is_as_predicted(noise):
    np.testing.assert_allclose(noise.measured[:3], noise.predicted[:3], rtol=0.2)


def test_sixteen_times_the_batch_has_a_quarter_of_the_noise(noise):
    assert noise.measured[0] / noise.measured[1] == pytest.approx(4, rel=0.2)


def test_a_batch_of_all_examples_has_no_noise(noise):
    assert noise.predicted[3] == 0
    assert noise.measured[3] < 1e-12


# --- momentum --------------------------------------------------------------------------------------------------------


def test_both_forms_of_momentum_are_one_at_a_constant_rate():
    assert two_forms_of_momentum("constant").gap < 1e-14


@pytest.mark.parametrize("schedule", ["step", "exponential", "warm-up + cosine"])
def test_the_forms_part_once_the_rate_changes(schedule):
    forms = two_forms_of_momentum(schedule)
    assert forms.gap > 0.03
    first = np.flatnonzero(np.diff(forms.rates))[0] + 1  # the step that is the first with another rate
    np.testing.assert_allclose(forms.torch[: first + 1], forms.polyak[: first + 1], atol=1e-14)
    assert abs(forms.torch[first + 1] - forms.polyak[first + 1]) > 1e-6


def test_after_a_drop_the_old_speed_goes_on_in_polyaks_form_alone():
    forms = two_forms_of_momentum("step")
    torch, polyak = (abs(np.diff(path)[20:26]).sum() for path in (forms.torch, forms.polyak))
    assert polyak > 1.3 * torch


# --- weight decay ----------------------------------------------------------------------------------------------------


def test_coupled_and_decoupled_decay_are_one_for_plain_sgd():
    np.testing.assert_allclose(decayed("SGD"), decayed("SGD, decoupled"), rtol=1e-12)


def test_with_momentum_the_coupled_form_decays_ten_times_as_much():
    coupled, decoupled = (
        np.log(decayed(f"SGD with momentum{form}", gradients=(0.0,))[0]) for form in ("", ", decoupled")
    )
    assert decoupled == pytest.approx(200 * np.log(1 - 0.001))
    assert coupled / decoupled == pytest.approx(10, rel=0.1)


def test_adam_spares_weights_with_large_gradients_and_adamw_none():
    adam, adamw = decayed("Adam"), decayed("AdamW")
    assert adam[0] < 0.1 < adam[1] < 0.3 and adam[2] > 0.75
    assert np.ptp(adamw) < 0.01


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_without_decay_the_pushes_leave_the_weights_nearly_where_they_are(name):
    np.testing.assert_allclose(decayed(name, decay=0.0), 1, atol=0.05)


@pytest.fixture(scope="module")
def fits():
    return overfit(decays=(0.0, 0.03, 0.3), seeds=range(6))


def test_decay_costs_error_on_the_points_and_saves_error_off_them(fits):
    train, test = np.median(fits.train_loss, axis=1), np.median(fits.test_error, axis=1)
    assert train[0] < train[1] < train[2]
    assert test[0] > 5 * test[1] and test[2] > 1.5 * test[1]


def test_the_curve_without_decay_is_worse_for_nearly_every_seed(fits):
    assert (fits.test_error[0] > fits.test_error[1]).sum() >= 5


def test_sgd_with_decay_solves_the_penalised_equations(fits):
    assert fits.solved[1:].max() < 1e-10


def test_a_penalty_without_the_half_needs_twice_the_decay(fits):
    x, y, _ = fits.points[0]
    line, _ = weight_decay.fit_polynomial(x, y, decay=0.2, steps=600)
    inputs = np.column_stack([weight_decay.features(x), np.ones(len(x))])
    square = inputs.T @ inputs / len(x)
    whole = np.linalg.solve(square + 0.1 * np.eye(len(square)), inputs.T @ y[:, 0] / len(x))  # of loss + 0.1 |w|²
    np.testing.assert_allclose(np.append(line.weight.data, line.bias.data), whole, atol=1e-10)


# --- digits ----------------------------------------------------------------------------------------------------------


def test_the_net_has_what_is_asked_for():
    net = digits_net((32, 16), seed=0, batch_norm=True)
    kinds = [type(layer).__name__ for layer in net]
    assert kinds == ["Flatten", "Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d", "ReLU", "Linear"]
    assert sum(p.data.size for p in digits_net((32,), seed=0).parameters()) == 2410
    plain, he = digits_net((32,), 0), digits_net((32,), 0, init=nn.init.kaiming_normal_)
    assert he[1].weight.data.std() > 1.5 * plain[1].weight.data.std()


def test_the_same_seed_learns_the_same_and_another_one_does_not():
    setting = Setting(epochs=1)
    one, again, other = (learn(setting, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.loss, again.loss)
    assert not np.array_equal(one.loss, other.loss)


@pytest.fixture(scope="module")
def compared():
    names = ("plain", "plain, lr 1", "batches of 16", "batches of 512", "momentum 0.9", "Nesterov 0.9")
    names += ("momentum, exponential", "batch norm")
    return {
        name: runs.last("test accuracy")
        for name, runs in compare({n: SETTINGS[n] for n in names}, range(10, 14)).items()
    }


def test_settings_rank_on_other_seeds_as_the_lesson_says(compared):
    middle = {name: np.median(accuracy) for name, accuracy in compared.items()}
    assert middle["batches of 512"] < 0.6 < middle["plain"] < middle["batches of 16"] - 0.03
    assert middle["momentum 0.9"] > middle["plain"] + 0.05
    assert abs(middle["momentum 0.9"] - middle["plain, lr 1"]) < 0.04
    assert middle["batch norm"] > middle["plain"] + 0.05
    assert middle["momentum, exponential"] < middle["momentum 0.9"] - 0.01


def test_a_schedule_runs_to_its_end():
    history = learn(Setting(schedule="warm-up + cosine", epochs=2), seed=0)
    assert history.lr[0] < history.lr.max() == pytest.approx(0.1)
    assert history.lr[-1] < 0.01 * history.lr.max()


def test_batch_norm_learns_at_rates_where_the_same_net_without_it_does_not():
    rates = digit_settings.learning_rates(lrs=(0.1, 1.0), seeds=(7,))
    start, he, normed = ([runs.last("test accuracy")[0] for runs in by_lr] for by_lr in rates.runs.values())
    assert max(start) < 0.4 and min(normed) > 0.7
    assert he[1] < 0.5 < normed[1], "at 1 even He's start is lost"


def test_the_gradient_of_all_is_the_mean_of_the_gradients_of_each():
    images, labels = (part[:6] for part in data.digits())
    net = digits_net((8,), seed=0)
    single = [sgd.flat_gradient(net, images[[i]], labels[[i]]) for i in range(6)]
    np.testing.assert_allclose(sgd.flat_gradient(net, images, labels), np.mean(single, axis=0), atol=1e-14)
