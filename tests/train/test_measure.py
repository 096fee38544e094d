"""A model is measured on all outputs together, in evaluation mode, and is left as it was."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.train import accuracy, evaluate
from tests.oracles import assert_same

RNG = np.random.default_rng(0)
X, LABELS = RNG.standard_normal((10, 3)), RNG.integers(0, 4, 10)


@pytest.mark.parametrize("batch_size", [1, 3, 10, 256])
def test_loss_and_metrics_are_of_all_samples_whatever_the_batch_size(batch_size):
    net = nn.Linear(3, 4, rng=0)
    weight = RNG.random(4)
    metrics = {"right": accuracy, "largest": lambda output, labels: output.max()}
    found = evaluate(net, (X, LABELS), nn.CrossEntropyLoss(weight), metrics, batch_size)
    scores = X @ net.weight.data.T + net.bias.data
    expected = torch.nn.functional.cross_entropy(torch.tensor(scores), torch.tensor(LABELS), torch.tensor(weight))
    assert [*found] == ["loss", "right", "largest"]
    assert all(type(value) is float for value in found.values())
    assert abs(found["loss"] - expected.item()) < 1e-12
    assert found["right"] == np.mean(scores.argmax(axis=1) == LABELS)
    assert abs(found["largest"] - scores.max()) < 1e-12


def test_lengths_are_cut_into_the_same_batches():
    class Pooled(nn.Module):
        def forward(self, x, lengths):
            return np.stack([row[:length].sum(axis=0) for row, length in zip(x, lengths, strict=True)])

    x, lengths = RNG.standard_normal((7, 5, 2)), np.array([1, 5, 2, 4, 3, 5, 1])
    target = np.stack([row[:length].sum(axis=0) for row, length in zip(x, lengths, strict=True)])
    assert evaluate(Pooled(), (x, lengths, target), nn.MSELoss(), batch_size=3) == {"loss": 0.0}


def test_measuring_changes_neither_parameters_nor_statistics_nor_modes():
    net = nn.Sequential(nn.Linear(3, 4, rng=0), nn.BatchNorm1d(4)).train()
    net[0].eval()
    before = net.state_dict()
    evaluate(net, (X, LABELS), nn.CrossEntropyLoss())
    for name, values in net.state_dict().items():
        assert_same(values, before[name], name)
    assert [module.training for module in net.modules()] == [True, False, True]
    assert all(parameter.grad is None for parameter in net.parameters())


def test_measuring_between_two_windows_leaves_the_state_that_is_handed_on():
    net = nn.SequenceModel(nn.RNN(1, 2, batch_first=True, rng=0), nn.Linear(2, 1, rng=0))
    x = RNG.standard_normal((4, 5, 1))
    net(x)
    h_n, cache = net.h_n, net.recurrent.cache
    evaluate(net, (x[:3], x[:3]), nn.MSELoss())
    assert net.h_n is h_n and net.recurrent.cache is cache


def test_accuracy_counts_right_labels_of_samples_and_of_pixels():
    assert accuracy([[1.0, 2.0], [3.0, 0.0]], [1, 1]) == 0.5
    scores = np.array([[[[0.0, 9.0]], [[1.0, 1.0]]]])  # (1, 2, 1, 2)
    assert accuracy(scores, [[[1, 1]]]) == 0.5
    assert accuracy(np.array([[1.0, 1.0]]), [0]) == 1, "of equal scores the first counts"


@pytest.mark.parametrize("labels", [[[1], [0]], [1, 0, 1], 1, [[1, 0], [0, 1]]], ids=str)
def test_accuracy_of_labels_in_another_shape_is_refused(labels):
    with pytest.raises(ValueError, match=r"^accuracy: scores must have shape .* got scores \(2, 3\) and labels"):
        accuracy(np.zeros((2, 3)), labels)


BAD = [
    (ValueError, "data must hold as many samples in each array", dict(data=(X, LABELS[1:]))),
    (TypeError, "data must be a tuple of two arrays or more", dict(data=X)),
    (TypeError, "model must be a Module, got 3", dict(model=3)),
    (TypeError, "metrics must be a dict", dict(metrics=accuracy)),
    (TypeError, "criterion must be a function of output and target, got None", dict(criterion=None)),
    (ValueError, "batch_size must be at least 1, got 0", dict(batch_size=0)),
]


@pytest.mark.parametrize(("error", "message", "change"), BAD, ids=[message for _, message, _ in BAD])
def test_bad_input_is_named(error, message, change):
    good = dict(model=nn.Linear(3, 4, rng=0), data=(X, LABELS), criterion=nn.CrossEntropyLoss())
    with pytest.raises(error, match=f"^evaluate: {message}"):
        evaluate(**(good | change))
