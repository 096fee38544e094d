"""What the lesson claims of its networks: accuracy, input range, moved pictures, torch's curve."""

from itertools import islice

import numpy as np
import pytest

from helpers import data, nn, optim
from helpers.experiments import cnn
from helpers.train import train_step
from helpers.train.steps import batches


def test_digits_are_read_and_those_of_strangers_a_little_worse():
    mixed, strangers = (
        cnn.digit_runs([0, 2], strangers=apart, epochs=4).last("kept back accuracy") for apart in (False, True)
    )
    assert (mixed > 0.96).all(), mixed
    assert (strangers > 0.9).all() and strangers.mean() < mixed.mean(), (mixed, strangers)


def test_the_two_splits_keep_digits_and_writers_apart():
    (learn, _), (kept, _) = cnn.digit_pictures(0)
    assert len(learn) + len(kept) == 1797 and learn.shape[1:] == (1, 8, 8)
    assert kept.max() == 1
    assert cnn.digit_pictures(0, scale=255.0)[0][0].max() == 255


def test_a_learning_rate_belongs_to_a_range_of_the_input():
    right = {key: values.mean() for key, values in cnn.scaled_runs([0]).items()}
    fast, slow = cnn.LR, cnn.LR / 100
    assert right["0 to 1", fast] > 0.9
    assert right["0 to 255", fast] < 0.15, "it only guesses"
    assert right["0 to 255", slow] > 0.8, "a smaller rate repairs most"
    assert right["0 to 1", slow] < 0.5, "and is too small for inputs up to 1"


def test_torch_with_the_same_weights_and_batches_has_the_same_losses():
    torch = pytest.importorskip("torch")
    ours = cnn.digit_network(rng=np.random.default_rng(0))
    theirs = cnn.digit_network(torch.nn, dtype=torch.float64)
    theirs.load_state_dict({name: torch.tensor(value) for name, value in ours.state_dict().items()})
    learn, _ = cnn.digit_pictures(0)
    criterion, optimizer = nn.CrossEntropyLoss(), optim.SGD(ours.parameters(), cnn.LR, cnn.MOMENTUM)
    other, mover = torch.nn.CrossEntropyLoss(), torch.optim.SGD(theirs.parameters(), cnn.LR, cnn.MOMENTUM)
    for batch in islice(batches(learn, cnn.BATCH, np.random.default_rng(0)), 40):
        loss, _ = train_step(ours, batch, criterion, optimizer)
        mover.zero_grad()
        expected = other(theirs(torch.tensor(batch[0])), torch.tensor(batch[1]))
        expected.backward()
        mover.step()
        assert loss == pytest.approx(expected.item(), rel=0, abs=1e-11)


def vertical(**settings):
    layer = nn.Conv2d(1, 1, 3, padding=1, bias=False, rng=0, **settings)
    layer.load_state_dict({"weight": [[[[1.0, 0, -1]] * 3]]})
    return layer


@pytest.mark.parametrize(("stride", "shift", "exact"), [(1, 2, True), (1, 6, False), (2, 1, False), (2, 2, True)])
def test_equivariance_is_exact_inside_and_for_whole_strides(stride, shift, exact):
    sheet = np.pad(data.digits().images[3], 4)
    assert cnn.move_and_convolve(vertical(stride=stride), sheet, shift).equal.all() == exact


def test_at_the_border_only_the_last_column_differs():
    case = cnn.move_and_convolve(vertical(), np.pad(data.digits().images[3], 4), 6)
    assert set(np.argwhere(~case.equal)[:, 1]) == {15}


def test_a_move_brings_in_zeros_at_the_left_and_loses_what_leaves():
    np.testing.assert_array_equal(cnn.move(np.array([[1.0, 2, 3]]), 1), [[0, 1, 2]])
    np.testing.assert_array_equal(cnn.move(np.array([[1.0, 2, 3]]), 0), [[1, 2, 3]])


def test_what_is_seen_inside_is_what_the_layers_computed():
    network = cnn.digit_network(rng=np.random.default_rng(0))
    picture = data.digits().images[7]
    inside = cnn.look_inside(network, picture)
    shares = np.exp(network(picture[None, None])[0])
    np.testing.assert_allclose(inside.probabilities, shares / shares.sum(), rtol=1e-12)
    np.testing.assert_array_equal(inside.maps, np.maximum(network[0](picture[None]), 0))
    assert inside.filters.shape == (16, 3, 3) and inside.deeper.shape == (32, 4, 4)
