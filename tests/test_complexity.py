"""Parameters and multiplications, counted by hand for every kind of layer."""

import numpy as np
import pytest

from helpers import nn
from helpers.complexity import PLACES, complexity, count_parameters

I, H, O, T, N = 3, 4, 5, 7, 2
SEQUENCE = np.zeros((T, N, I))

# layer, what it is called with, parameters, multiplications
CASES = [
    (nn.Linear(I, O), np.zeros((N, I)), I * O + O, N * I * O),
    (nn.Linear(I, O, bias=False), np.zeros((T, N, I)), I * O, T * N * I * O),
    (nn.Linear(I, O), np.zeros(I), I * O + O, I * O),
    (nn.Conv2d(3, 8, 5, padding=2), np.zeros((N, 3, 6, 9)), 8 * 3 * 25 + 8, N * 6 * 9 * 8 * 3 * 25),
    (nn.Conv2d(4, 8, 3, stride=2, groups=4), np.zeros((N, 4, 7, 7)), 8 * 9 + 8, N * 3 * 3 * 8 * 9),
    (nn.Conv1d(3, 2, 3, dilation=2), np.zeros((3, 10)), 2 * 3 * 3 + 2, 6 * 2 * 3 * 3),
    (nn.BatchNorm1d(I), np.zeros((N, I, T)), 2 * I, N * I * T),
    (nn.BatchNorm2d(I, affine=False), np.zeros((N, I, 4, 4)), 0, 0),
    (nn.RNN(I, H), SEQUENCE, H * (I + H) + 2 * H, T * N * H * (I + H)),
    (nn.LSTM(I, H), SEQUENCE, 4 * (H * (I + H) + 2 * H), T * N * 4 * H * (I + H)),
    (nn.GRU(I, H, bidirectional=True), SEQUENCE, 6 * (H * (I + H) + 2 * H), T * N * 6 * H * (I + H)),
    (nn.RNN(I, H, num_layers=2), SEQUENCE, H * (I + H) + 2 * H + 2 * H * (H + 1), T * N * H * (I + 3 * H)),
    (nn.RNN(I, H, batch_first=True), np.zeros((T, I)), H * (I + H) + 2 * H, T * H * (I + H)),
    (nn.JordanRNN(I, H, O), SEQUENCE, H * (I + O + O) + 2 * H + O, T * N * H * (I + O + O)),
    (nn.RNNCell(I, H), np.zeros((N, I)), H * (I + H) + 2 * H, N * H * (I + H)),
    (nn.LSTMCell(I, H), np.zeros((N, I)), 4 * (H * (I + H) + 2 * H), N * 4 * H * (I + H)),
    (nn.GRUCell(I, H), np.zeros(I), 3 * (H * (I + H) + 2 * H), 3 * H * (I + H)),
    (nn.SequencePool("attention", hidden_size=I), SEQUENCE, I * I + 2 * I, T * N * (I * I + I)),
    (nn.SequencePool("max"), SEQUENCE, 0, 0),
    (nn.Embedding(9, 4), np.zeros((N, T), int), 36, 0),
    (nn.MaxPool2d(2), np.zeros((1, 4, 4)), 0, 0),
    (nn.AdaptiveAvgPool2d(2), np.zeros((1, 4, 4)), 0, 0),
    (nn.Tanh(), np.zeros(3), 0, 0),
]


@pytest.mark.parametrize(("layer", "x", "parameters", "multiplications"), CASES, ids=lambda value: type(value).__name__)
def test_a_layer_costs_what_one_counts_by_hand(layer, x, parameters, multiplications):
    report = complexity(layer, x)
    assert (report.parameters, report.multiplications) == (parameters, multiplications)
    assert count_parameters(layer) == parameters
    assert len(report) == 1 and report[0].layer == type(layer).__name__


def test_every_kind_of_layer_with_parameters_is_known():
    counted = {type(layer) for layer, *_ in CASES}
    known = {kind for kinds in PLACES for kind in (kinds if isinstance(kinds, tuple) else (kinds,))}
    assert known <= counted, f"{known - counted} have no case here"
    for name in nn.__all__:
        kind = getattr(nn, name)
        if ": Parameter" in (kind.__doc__ or ""):
            assert kind in known, f"{name} has parameters, and its multiplications are not known"


def test_a_network_is_listed_layer_by_layer_and_adds_up():
    block = nn.Residual(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    net = nn.Sequential({"body": block, "head": nn.Linear(4, 2)})
    report = complexity(net, np.zeros((3, 4)))
    assert [cost.layer for cost in report] == ["body.block.0 Linear", "body.block.1 ReLU", "head Linear"]
    assert [cost.output for cost in report] == [(3, 4), (3, 4), (3, 2)]
    assert report.parameters == count_parameters(net) == 20 + 10
    assert report.multiplications == 3 * 16 + 3 * 8


def test_a_model_of_sequences_passes_its_lengths_on():
    pool = nn.SequencePool("mean", batch_first=True)
    net = nn.SequenceModel(nn.LSTM(2, 3, batch_first=True), nn.Linear(3, 2), pool, nn.Embedding(5, 2))
    report = complexity(net, np.zeros((4, 6), int), lengths=[6, 1, 2, 3])
    assert report.multiplications == 4 * 6 * 4 * 3 * (2 + 3) + 4 * 3 * 2
    assert report.parameters == count_parameters(net)


def test_a_layer_used_twice_has_its_parameters_once_and_its_multiplications_twice():
    class Twice(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(3, 3)

        def forward(self, x):
            return self.layer(self.layer(x))

    (cost,) = complexity(Twice(), np.zeros(3))
    assert (cost.parameters, cost.places, cost.multiplications) == (12, 2, 18)


def test_counting_changes_nothing_in_the_model():
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2))
    net(np.ones((4, 3)))
    caches, state = [layer.cache for layer in net], net.state_dict()
    complexity(net, np.zeros((8, 3)))
    assert all(layer.cache is cache and layer.training for layer, cache in zip(net, caches, strict=True))
    assert all(np.array_equal(state[name], value) for name, value in net.state_dict().items())


def test_a_layer_with_parameters_of_an_unknown_kind_is_refused_by_name():
    class Scale(nn.Module):
        def __init__(self):
            self.factor = nn.Parameter(2.0)

    with pytest.raises(TypeError, match=r"must be one of Linear, Conv1d, .*Embedding, got Scale"):
        complexity(nn.Sequential(Scale()), np.zeros(3))


def test_what_is_no_model_is_refused():
    with pytest.raises(TypeError, match=r"^complexity: model must be a Module, got 3$"):
        complexity(3, np.zeros(3))
    with pytest.raises(TypeError, match=r"^count_parameters: model must be a Module, got None$"):
        count_parameters(None)


def test_the_table_has_a_line_for_each_layer_and_the_sum():
    lines = repr(complexity(nn.Sequential(nn.Linear(1000, 20), nn.Tanh()), np.zeros((5, 1000)))).splitlines()
    assert lines[0].split() == ["layer", "output", "parameters", "places", "multiplications"]
    assert lines[1].split("  ")[0] == "0 Linear" and lines[1].endswith("20,020       5          100,000")
    assert lines[-1].split() == ["total", "20,020", "100,000"]
    assert len(lines) == 4
