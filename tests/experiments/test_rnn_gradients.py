"""Truncated gradients are what they say, and every claim of the lesson about them holds with a margin."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.rnn_gradients import (
    DELAY,
    asking_net,
    averages,
    echo,
    reach,
    truncated_gradient,
    truncation,
)


def test_an_echo_comes_five_steps_later():
    x, target = echo(3, 20, np.random.default_rng(0))
    np.testing.assert_array_equal(target[:, DELAY:], x[:, :-DELAY])
    assert not target[:, :DELAY].any()


def test_weights_that_keep_are_orthogonal():
    weight = asking_net(0, keeps=True).recurrent.weight_hh_l0.data
    np.testing.assert_allclose(weight @ weight.T, np.eye(len(weight)), atol=1e-12)


def test_a_cut_at_the_end_alone_leaves_the_whole_gradient():
    model, (x, target) = asking_net(3), echo(4, 12, np.random.default_rng(3))
    criterion = nn.MSELoss()
    criterion(model(x), target)
    model.zero_grad()
    model.backward(criterion.backward())
    whole = np.concatenate([parameter.grad.ravel() for parameter in model.parameters()])
    np.testing.assert_allclose(truncated_gradient(model, x, target, 12), whole, rtol=0, atol=1e-14)


@pytest.mark.parametrize("length", [1, 3, 5])
def test_a_truncated_gradient_is_that_of_the_windows_with_their_states_held_fixed(length):
    """Central differences of the loss with the states at the cuts kept as they were; 5 does not divide 12."""
    model, (x, target) = asking_net(1, hidden_size=3), echo(2, 12, np.random.default_rng(1))
    found = truncated_gradient(model, x, target, length)
    states, state = [], None
    for first in range(0, 12, length):
        states.append(state)
        model(x[:, first : first + length], None, state)
        state = model.h_n

    def loss():
        windows = [slice(first, first + length) for first in range(0, 12, length)]
        pairs = zip(windows, states, strict=True)
        return sum(np.sum((model(x[:, w], None, s) - target[:, w]) ** 2) for w, s in pairs) / target.size

    numeric = []
    for parameter in model.parameters():
        for at in np.ndindex(parameter.data.shape):
            kept = parameter.data[at]
            parameter.data[at] = kept + 1e-6
            above = loss()
            parameter.data[at] = kept - 1e-6
            numeric.append((above - loss()) / 2e-6)
            parameter.data[at] = kept
    np.testing.assert_allclose(found, numeric, rtol=0, atol=1e-8)


def test_the_nearer_the_cuts_and_the_longer_the_memory_the_larger_the_error():
    cut = truncation()
    error, angle = np.median(cut.error, axis=1), np.median(cut.angle, axis=1)
    assert (np.diff(error) < 0).all() and (np.diff(angle) < 0).all(), "a rarer cut has to be nearer"
    assert (error[1, :-1] > 1.5 * error[0, :-1]).all(), "a net that keeps its state has more to lose"
    assert angle[1, 0] > 25 and angle[1, -2] < 5 and (cut.error[..., -1] == 0).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_averaging_removes_noise_and_not_the_bias(seed):
    found = averages(counts=(1, 16, 256), seed=seed)
    assert found.whole[-1] < found.whole[0] / 4, "noise falls about as the square root of the number"
    assert found.truncated[-1] > 0.3, "the bias stays"
    assert found.truncated[-1] > 3 * found.whole[-1]


def test_a_convolution_sees_its_receptive_field_and_a_recurrent_net_everything():
    found = reach()
    convolution = found.gradients.pop("CNN, 3 layers of width 3")
    assert (convolution[:7] > 0).all() and not convolution[7:].any()
    fading, keeping = found.gradients.values()
    assert (fading > 0).all() and (keeping > 0).all()
    assert fading[20] < 1e-3 * fading[0] < keeping[20]


def test_parameters_are_counted_as_by_hand():
    found = reach(hidden_size=8)
    recurrent = 8 * 1 + 8 * 8 + 2 * 8 + 8 + 1
    convolution = (3 * 8 + 8) + (8 * 3 * 8 + 8) + (8 * 3 + 1)
    assert [cost.parameters for cost in found.costs.values()] == [recurrent, recurrent, convolution]
    products = [cost.multiplications for cost in found.costs.values()]
    assert products == [24 * (8 + 64 + 8)] * 2 + [22 * 3 * 8 + 20 * 8 * 3 * 8 + 18 * 8 * 3]
