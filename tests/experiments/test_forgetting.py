"""How long a cell holds: half-lives, forget biases, untrained nets; and whether a gate is a logic gate."""

import numpy as np
import pytest

from helpers.experiments.forgetting import at_the_start, half_life, kept
from helpers.experiments.logic_gates import TABLES, sigmoid_errors


def test_after_its_half_life_a_gate_has_left_one_half():
    for f in (0.5, 0.9, 0.99):
        assert f ** half_life(f) == pytest.approx(0.5)


@pytest.mark.parametrize(("bias", "steps", "left"), [(0, 20, 9.5e-7), (1, 100, 2.5e-14), (3, 100, 7.8e-3)])
def test_a_forget_bias_keeps_what_the_lesson_says(bias, steps, left):
    found = kept(bias, steps)
    assert found.shape == (steps + 1,)
    assert found[-1] == pytest.approx(left, rel=0.02)
    np.testing.assert_allclose(found, (1 / (1 + np.exp(-bias))) ** np.arange(steps + 1), rtol=1e-9)


def test_of_untrained_nets_only_the_one_with_a_forget_bias_passes_a_gradient_on():
    rnn, lstm, biased = at_the_start().share[:, 0]
    assert rnn < 1e-20 and 1e-22 < lstm < 1e-16 and biased > 1e-10


def test_the_nearest_step_counts_as_one():
    np.testing.assert_allclose(at_the_start(length=10).share[:, -1], 1)


def test_one_sigmoid_can_be_and_and_never_xor():
    assert set(TABLES) == {"AND", "XOR"}
    assert sigmoid_errors("AND").max() < 0.005
    assert sigmoid_errors("XOR").min() > 0.2499
