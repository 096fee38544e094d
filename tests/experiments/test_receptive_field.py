"""The receptive-field lab: the formula, the tree of units and a real network agree."""

import itertools

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.receptive_field import MOST_LAYERS, State, compute, describe

ROWS = (3, 1, 1), (2, 2, 1), (3, 1, 2), (5, 3, 1)


def padded(rows):
    return tuple(rows) + ((1, 1, 1),) * (MOST_LAYERS - len(rows))


@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")  # of pixels that no window reads
@pytest.mark.parametrize("rows", [*itertools.product(ROWS, repeat=2), ((3, 1, 4),) * 3, ((3, 1, 1),) * 5])
def test_the_field_is_what_a_network_of_these_layers_reacts_to(rows):
    """With positive weights everywhere the gradient of a unit is positive on its receptive field and 0 elsewhere."""
    result = compute(State(len(rows), padded(rows), 36, 1))
    layers = [nn.Conv1d(1, 1, k, stride=s, dilation=d, bias=False, rng=0) for k, s, d in rows]
    for layer in layers:
        layer.load_state_dict({"weight": np.ones((1, 1, layer.kernel_size[0]))})
    network = nn.Sequential(*layers)
    out = network(np.ones((1, 36)))
    assert result.counts[-1] == out.shape[-1]
    grad = np.zeros_like(out)
    grad[0, result.fields[-1][0]] = 1
    read = np.flatnonzero(network.backward(grad)[0])
    assert result.fields[0] == read.tolist()
    assert result.reach[-1] == read[-1] - read[0] + 1
    assert read[0] == result.fields[-1][0] * result.jump[-1]


def test_what_the_lesson_says_of_the_lab():
    assert [compute(State(layers=n)).reach[-1] for n in range(1, 6)] == [3, 5, 7, 9, 11]
    doubling = compute(State(sizes=padded([(3, 1, 1), (3, 1, 2), (3, 1, 4)])))
    assert doubling.reach[-1] == 15 and len(doubling.fields[0]) == 15
    gaps = compute(State(pixels=40, sizes=padded([(3, 1, 4)] * 3)))
    assert gaps.reach[-1] == 25 and len(gaps.fields[0]) == 7
    assert describe(gaps)[-1] == "one number of the last layer looks at 25 pixels, and reads 7 of them"
    one, two = (compute(State(sizes=padded([(3, 2, 1)] * n + [(3, 1, 1)] * (3 - n)))) for n in (1, 2))
    assert (one.reach[-1], one.counts[-1], two.reach[-1], two.counts[-1]) == (11, 7, 15, 3)


def test_each_layer_is_described_with_its_terms():
    first, *_, last = describe(compute(State(layers=2, sizes=padded([(3, 2, 1), (3, 1, 1)]))))
    assert first.startswith("layer 1: size floor((24 + 2·0 − 1·(3 − 1) − 1) / 2) + 1")
    assert first.endswith("receptive field 1 + 1·(3 − 1)·1 = 3")
    assert last == "one number of the last layer looks at 7 pixels"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"pixels": 4}, "layer 2 needs at least 3 numbers, and gets 2"),
        ({"layers": 6}, "layers must be at most 5"),
        ({"layers": 0}, "layers must be at least 1"),
        ({"sizes": ((3, 1, 1),)}, "5 rows of kernel, stride, dilation"),
        ({"sizes": ((0, 1, 1),) * 5}, "kernel must be at least 1"),
        ({"unit": -1}, "unit must be at least 0"),
    ],
)
def test_a_stack_that_does_not_work_is_refused_in_words(setting, message):
    with pytest.raises(ValueError, match=message):
        State(**setting)


def test_a_unit_beyond_the_last_is_the_last():
    assert compute(State(unit=99)).fields[-1] == [17]
