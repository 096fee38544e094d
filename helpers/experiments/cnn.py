r"""Small convolutional networks that read digits: trained over seeds, with other input scales, and moved pictures."""

from typing import NamedTuple

import numpy as np

from helpers import nn, optim, train

from .digit_parts import digit_parts

EPOCHS, BATCH, LR, MOMENTUM = 4, 16, 0.05, 0.9
SCALES = {"0 to 1": 1.0, "0 to 255": 255.0}


def digit_network(library=nn, **options):
    """A network that reads digits of 8 × 8 pixels: a feature extractor of two convolutions, and a classifier.

    Parameters
    ----------
    library : module
        `helpers.nn` or `torch.nn`: both build it from these lines.
    **options
        For every layer that has weights, such as `rng`.
    """
    return library.Sequential(
        library.Conv2d(1, 16, 3, padding=1, **options),  # (N, 16, 8, 8)
        library.ReLU(),
        library.MaxPool2d(2),  # (N, 16, 4, 4)
        library.Conv2d(16, 32, 3, padding=1, **options),  # (N, 32, 4, 4)
        library.ReLU(),
        library.MaxPool2d(2),  # (N, 32, 2, 2)
        library.Flatten(),  # (N, 128)
        library.Linear(128, 10, **options),  # (N, 10)
    )


def digit_pictures(seed, strangers=False, scale=1.0):
    """Digits to learn from and digits kept back, each as (pictures (N, 1, 8, 8) in 0..scale, labels (N,)).

    With `strangers` those kept back are by people whose digits are not among the others.
    """
    return [(scale * images[:, None], labels) for images, labels in digit_parts(seed, strangers)]


def train_digits(seed, strangers=False, scale=1.0, epochs=EPOCHS, lr=LR):
    """Train a new network; the seed decides the split, the first weights and the batches. Returns it and its History.

    The learning rate falls from `lr` to 0 along a cosine.
    """
    learn, kept = digit_pictures(seed, strangers, scale)
    network = digit_network(rng=np.random.default_rng(seed))
    optimizer = optim.SGD(network.parameters(), lr, MOMENTUM)
    history = train.fit(
        network,
        learn,
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=epochs,
        batch_size=BATCH,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs),
        validation={"kept back": kept},
        metrics={"accuracy": train.accuracy},
        seed=seed,
    )
    return network, history


def digit_runs(seeds, **settings):
    """The histories of `train_digits` over several seeds."""
    return train.over_seeds(lambda seed: train_digits(seed, **settings)[1], seeds)


def scaled_runs(seeds, epochs=2):
    """Accuracies, (R,), after short runs on pictures in other ranges, by (range, learning rate)."""
    rates = LR, LR / 100
    return {
        (name, lr): digit_runs(seeds, scale=scale, epochs=epochs, lr=lr).last("kept back accuracy")
        for name, scale in SCALES.items()
        for lr in rates
    }


class Inside(NamedTuple):
    """What a digit network has learned, and what it makes of one picture."""

    picture: np.ndarray  # (8, 8)
    filters: np.ndarray  # (16, 3, 3): the kernels of the first layer
    maps: np.ndarray  # (16, 8, 8): its outputs after the ReLU
    deeper: np.ndarray  # (32, 4, 4): the second layer's outputs after the ReLU
    probabilities: np.ndarray  # (10,)


def look_inside(network, picture):
    """Run a digit network on one picture (8, 8), layer by layer."""
    values, after = picture[None, None], []
    for layer in network:
        values = layer(values)
        after.append(values[0])
    probabilities = nn.Softmax(dim=0)(after[-1])
    return Inside(picture, network[0].weight.data[:, 0], after[1], after[4], probabilities)


class Shifted(NamedTuple):
    """A convolution of a moved picture beside the moved convolution of the picture."""

    picture: np.ndarray  # (H, W)
    first: np.ndarray  # (H_out, W_out): move, then convolve
    second: np.ndarray  # (H_out, W_out): convolve, then move
    equal: np.ndarray  # (H_out, W_out) of bool


def move_and_convolve(layer, picture, shift):
    r"""Move a picture to the right by `shift` pixels before a layer, and its output by as much after it; compare.

    What leaves at the right is lost, and zeros come in at the left. The output of a layer with stride s moves by
    shift / s, which must be whole for the two to agree at all; else it moves by the whole part.

    Parameters
    ----------
    layer : Module
        Takes (1, H, W).
    picture : ndarray, (H, W)
    shift : int
    """
    stride = layer.stride[1]
    first = layer(move(picture, shift)[None])[0]
    second = move(layer(picture[None])[0], shift // stride)
    return Shifted(picture, first, second, np.isclose(first, second, rtol=0, atol=1e-12))


def move(plane, shift):
    """A plane moved to the right, zeros coming in at the left."""
    moved = np.zeros_like(plane)
    moved[:, shift:] = plane[:, : plane.shape[1] - shift]
    return moved
