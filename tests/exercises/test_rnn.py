"""The lesson's own checkers: right solutions pass, and the usual mistakes hear where they go wrong."""

import numpy as np
import pytest

from helpers.exercises.rnn import check_forward, check_recurrent_gradient


def forward(x, weight_ih, weight_hh, bias, *, start=0.0, turned=False):
    h, states = np.full(len(weight_hh), start), []
    for x_t in x:
        h = np.tanh(weight_ih @ x_t + (weight_hh.T if turned else weight_hh) @ h + bias)
        states.append(h)
    return np.array(states)


def gradient(h, grad_h, weight_hh, *, carry=True, before=1, slope=True, turned=True):
    total, carried = np.zeros_like(weight_hh), np.zeros(len(weight_hh))
    for t in reversed(range(len(h))):
        da = (grad_h[t] + carried) * (1 - h[t] ** 2 if slope else 1)
        if t >= before:
            total += np.outer(da, h[t - before])
        carried = (weight_hh.T if turned else weight_hh) @ da if carry else carried
    return total


def test_right_solutions_are_right():
    assert check_forward(forward) and check_recurrent_gradient(gradient)


@pytest.mark.parametrize("mistake", [{"start": 1.0}, {"turned": True}])
def test_a_wrong_forward_pass_is_found(mistake):
    assert "Not yet" in repr(check_forward(lambda *case: forward(*case, **mistake)))


@pytest.mark.parametrize("mistake", [{"carry": False}, {"before": 0}, {"slope": False}, {"turned": False}])
def test_a_wrong_gradient_is_found(mistake):
    assert "Not yet" in repr(check_recurrent_gradient(lambda *case: gradient(*case, **mistake)))
