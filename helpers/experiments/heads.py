r"""What the last layer can be: class scores, a box and its class, a class for every pixel; on generated scenes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim, train

SIDE = 16  # pixels of a scene
LR = 0.005
BOX_WEIGHT = 10  # a box is off by tenths, whose squares are small beside the loss of the class


def extractor(rng):
    """Layers from a picture (N, 1, 16, 16) to features (N, 32, 4, 4)."""
    return [
        nn.Conv2d(1, 8, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 8, 8, 8)
        nn.Conv2d(8, 16, 3, padding=1, rng=rng),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 16, 4, 4)
        nn.Conv2d(16, 32, 3, padding=1, rng=rng),
        nn.ReLU(),
    ]


def class_network(rng):
    """One score for each of the 3 classes, (N, 3)."""
    return nn.Sequential(*extractor(rng), nn.Flatten(), nn.Linear(512, 3, rng=rng))


def box_network(rng):
    """Centre x and y, width and height of a box, then 3 class scores, (N, 7)."""
    return nn.Sequential(*extractor(rng), nn.Flatten(), nn.Linear(512, 7, rng=rng))


def pixel_network(rng):
    """4 class scores for every pixel, (N, 4, 16, 16): no pool and no stride; dilation widens the field instead."""
    layers, channels = [], 1
    for dilation in (1, 1, 2, 4):
        layers += [
            nn.Conv2d(channels, 12, 3, padding=dilation, dilation=dilation, bias=False, rng=rng),
            nn.BatchNorm2d(12),  # its shift stands in for the bias
            nn.ReLU(),
        ]
        channels = 12
    return nn.Sequential(*layers, nn.Conv2d(12, 4, 1, rng=rng))


class BoxLoss:
    r"""The loss of `box_network`: the squared error of the box and the cross-entropy of the class, added.

    Notes
    -----
    .. math:: L = \lambda \operatorname{MSE}(y_{0..3}, box) + \operatorname{CE}(y_{4..6}, class), \quad \lambda = 10
    """

    def __init__(self):
        self.place, self.kind = nn.MSELoss(), nn.CrossEntropyLoss()

    def __call__(self, output, target):
        """The loss of outputs (N, 7); the target (N, 5) holds box and class number."""
        boxes, labels = target[:, :4], target[:, 4].astype(np.int64)
        return BOX_WEIGHT * self.place(output[:, :4], boxes) + self.kind(output[:, 4:], labels)

    def backward(self):
        """The gradient of the outputs, (N, 7)."""
        return np.concatenate([BOX_WEIGHT * self.place.backward(), self.kind.backward()], axis=1)


def class_scenes(n, rng):
    """Scenes with one shape, and its class."""
    scenes = data.box_scenes(n, SIDE, rng=rng)
    return scenes.images, scenes.labels


def box_scenes(n, rng):
    """Scenes with one shape, and its box and class, (N, 5)."""
    scenes = data.box_scenes(n, SIDE, rng=rng)
    return scenes.images, np.column_stack([scenes.boxes, scenes.labels])


def pixel_scenes(n, rng):
    """Scenes with two shapes, and the class of every pixel."""
    scenes = data.segmentation_scenes(n, SIDE, rng=rng)
    return scenes.images, scenes.labels


class Head(NamedTuple):
    """A task: where its scenes come from, its network and loss, and how briefly it is trained."""

    scenes: Callable
    network: Callable
    loss: Callable
    steps: int
    batch: int


HEADS = {
    "class": Head(class_scenes, class_network, nn.CrossEntropyLoss, 300, 16),
    "box": Head(box_scenes, box_network, BoxLoss, 450, 16),
    "pixels": Head(pixel_scenes, pixel_network, nn.CrossEntropyLoss, 300, 6),
}


def train_head(name, seed):
    """Train a new network for a task, on scenes that are drawn anew for every step; returns it, ready to be judged."""
    head = HEADS[name]
    network = head.network(np.random.default_rng(seed))
    optimizer = optim.Adam(network.parameters(), 2 * LR if name == "pixels" else LR)
    train.fit(
        network,
        lambda rng: head.scenes(head.batch, rng),
        head.loss(),
        optimizer,
        epochs=1,
        steps_per_epoch=head.steps,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, head.steps),
        scheduler_every="step",
        seed=seed,
    )
    return network.eval()


def measure(name, outputs, targets):
    """What a task is judged by, as a dict of names to numbers in 0..1.

    'accuracy' of the class; 'overlap' of the box (intersection over union); 'pixels' right; 'shape pixels' right, which
    leaves the background out; 'shape or not', pixels rightly told from the background, whatever their class.
    """
    if name == "class":
        return {"accuracy": train.accuracy(outputs, targets)}
    if name == "box":
        boxes = np.concatenate([outputs[:, :2], np.maximum(outputs[:, 2:4], 0)], axis=1)
        overlap = data.box_overlap(boxes, targets[:, :4]).mean()
        return {"overlap": overlap, "accuracy": train.accuracy(outputs[:, 4:], targets[:, 4])}
    answers, shape = outputs.argmax(axis=1), targets > 0
    right, found = answers == targets, (answers > 0) == shape
    return {"pixels": right.mean(), "shape pixels": right[shape].mean(), "shape or not": found.mean()}


def trivial(name, targets):
    """Outputs that look at no picture: one class, the mean box, background everywhere."""
    n = len(targets)
    if name == "class":
        return np.tile(np.eye(3)[0], (n, 1))
    if name == "box":
        return np.tile(np.concatenate([targets[:, :4].mean(axis=0), np.eye(3)[0]]), (n, 1))
    return np.broadcast_to(np.eye(4)[0][:, None, None], (n, 4, SIDE, SIDE))


class Judged(NamedTuple):
    """A task's networks, one a seed, on scenes that none of them has seen."""

    name: str
    scores: dict  # what is measured: (R,), one number a seed
    trivial: dict  # what is measured: of the trivial answer
    images: np.ndarray  # (N, 1, 16, 16)
    targets: np.ndarray
    outputs: np.ndarray  # of the first seed's network

    def __repr__(self):
        lines = [f"{self.name}: {len(self.images)} new scenes, {len(next(iter(self.scores.values())))} seeds"]
        for what, values in self.scores.items():
            spread = f"{np.median(values):.0%} ({values.min():.0%} to {values.max():.0%})"
            lines.append(f"  {what:<14}{spread:<20} trivial answer {self.trivial[what]:.0%}")
        return "\n".join(lines)


def judge(name, seeds, n=300):
    """Train a task's network once a seed, and measure each on the same `n` new scenes (seed 1000)."""
    images, targets = HEADS[name].scenes(n, np.random.default_rng(1000))
    parts = np.array_split(images, 10)  # layers remember what they are shown: less at once, less memory
    outputs = [np.concatenate([*map(train_head(name, seed), parts)]) for seed in seeds]
    found = [measure(name, output, targets) for output in outputs]
    scores = {what: np.array([one[what] for one in found]) for what in found[0]}
    return Judged(name, scores, measure(name, trivial(name, targets), targets), images, targets, outputs[0])
