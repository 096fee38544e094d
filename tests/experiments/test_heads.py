"""Three heads on generated scenes: each learns, each beats the answer that looks at no picture, each loss is right."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments import heads
from helpers.experiments.heads import HEADS, BoxLoss, judge, measure, trivial

LEAST = {
    "class": {"accuracy": 0.7},
    "box": {"overlap": 0.5, "accuracy": 0.6},
    "pixels": {"pixels": 0.9, "shape pixels": 0.7, "shape or not": 0.97},
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_learns_what_no_trivial_answer_knows(name):
    judged = judge(name, [0], n=100)
    for what, least in LEAST[name].items():
        assert judged.scores[what][0] > least > judged.trivial[what], judged
    assert len(str(judged).splitlines()) == 1 + len(judged.scores)


def test_without_batch_norm_the_steps_do_not_suffice_to_tell_the_shapes_apart(monkeypatch):
    def plain(rng):
        layers = heads.pixel_network(rng)
        return nn.Sequential(*(layer for layer in layers if not isinstance(layer, nn.BatchNorm2d)))

    monkeypatch.setitem(HEADS, "pixels", HEADS["pixels"]._replace(network=plain))
    scores = judge("pixels", [0], n=100).scores
    assert scores["shape or not"][0] > 0.95 and scores["shape pixels"][0] < 0.65


def test_the_gradient_of_the_box_loss_is_that_of_its_two_parts():
    random = np.random.default_rng(0)
    output = random.standard_normal((3, 7))
    target = np.column_stack([random.random((3, 4)), [0, 2, 1]])
    loss, step = BoxLoss(), 1e-6
    loss(output, target)
    grad = loss.backward()
    for at in np.ndindex(output.shape):
        nudge = np.zeros_like(output)
        nudge[at] = step
        slope = (loss(output + nudge, target) - loss(output - nudge, target)) / (2 * step)
        assert grad[at] == pytest.approx(slope, abs=1e-7), at


@pytest.mark.parametrize("name", HEADS)
def test_a_perfect_answer_scores_one_in_everything(name):
    images, targets = HEADS[name].scenes(6, np.random.default_rng(0))
    assert images.shape == (6, 1, heads.SIDE, heads.SIDE)
    if name == "class":
        outputs = np.eye(3)[targets]
    elif name == "box":
        outputs = np.column_stack([targets[:, :4], np.eye(3)[targets[:, 4].astype(int)]])
    else:
        outputs = np.eye(4)[targets].transpose(0, 3, 1, 2)
    assert all(score == pytest.approx(1) for score in measure(name, outputs, targets).values())
    assert trivial(name, targets).shape == outputs.shape


def test_a_box_with_a_negative_side_overlaps_nothing():
    target = np.array([[0.5, 0.5, 0.5, 0.5, 0]])
    assert measure("box", np.array([[0.5, 0.5, -1, 0.5, 1, 0, 0]]), target)["overlap"] == 0


def test_the_network_of_pixels_gives_scores_for_every_pixel_of_a_picture_of_any_size():
    network = heads.pixel_network(np.random.default_rng(0))
    assert network(np.zeros((1, 1, 5, 9))).shape == (1, 4, 5, 9)
