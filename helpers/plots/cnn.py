"""Pictures of convolutional networks: curves, filters and feature maps, moved pictures, scenes with answers."""

import numpy as np

from . import style
from .scene import Scene

CLASSES = style.PAPER, style.WINDOW, style.WINNER, style.GRADIENT  # background, rectangle, ellipse, triangle


def draw_accuracies(ax, series):
    """Draw the accuracy on digits kept back after each epoch: `series` has runs by name, a thin line for each run."""
    for (name, runs), colour in zip(series.items(), style.SERIES, strict=False):
        for number, history in enumerate(runs):
            accuracy = history.measures["kept back accuracy"]
            ax.plot(100 * accuracy, color=colour, lw=1.4, label=None if number else name)
    ax.set(xlabel="epoch", ylabel="right of 100", xticks=range(len(accuracy)), ylim=(80, 100.5))
    ax.legend(frameon=False, fontsize=11, loc="lower right")


def draw_twins(ax, ours, theirs):
    """Draw two loss curves that should be one: a line, and dots on it."""
    ax.plot(theirs, color=style.WINNER, lw=5, alpha=0.5, label="torch")
    ax.plot(ours, color=style.WINDOW, lw=1.4, label="helpers")
    ax.set(xlabel="step", ylabel="loss of the batch", ylim=(0, None))
    ax.legend(frameon=False, fontsize=11)


def draw_inside(inside):
    """Return the scene of an Inside: the picture, the filters, and what each layer makes of the picture."""
    scene = Scene(1060, 470, "A digit, the 16 filters of the first layer, their feature maps, and those of the second")
    most = np.abs(inside.filters).max()
    scene.text(75, 20, "picture", 15, bold=True)
    scene.image(20, 40, 110, 110, _ink(inside.picture, 1))
    _tiles(scene, 190, 40, 8, 44, 8, [style.shades(one, most) for one in inside.filters])
    scene.text(190, 20, "16 filters: blue positive, orange negative", 15, bold=True, anchor="start")
    scene.text(640, 20, "16 feature maps of 8 × 8, after the ReLU", 15, bold=True, anchor="start")
    _tiles(scene, 640, 40, 8, 44, 8, [_ink(one, inside.maps.max()) for one in inside.maps])
    scene.text(190, 200, "32 feature maps of 4 × 4 of the second layer, after the ReLU", 15, bold=True, anchor="start")
    _tiles(scene, 190, 220, 16, 44, 10, [_ink(one, inside.deeper.max()) for one in inside.deeper])
    _probabilities(scene, inside.probabilities)
    return scene


def _tiles(scene, x, y, columns, side, gap, pictures):
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        left, top = x + column * (side + gap), y + row * (side + gap)
        scene.image(left, top, side, side, picture)
        scene.rect(left, top, side, side, stroke=style.LINE)


def _probabilities(scene, share):
    """Draw a bar for each of the ten digits."""
    scene.text(
        190, 350, "what the classifier makes of them: the probability of each digit", 15, bold=True, anchor="start"
    )
    for digit, part in enumerate(share):
        x, height = 220 + 84 * digit, 50 * part
        scene.rect(x - 20, 430 - height, 40, height + 1, style.WINNER if part == share.max() else style.WINDOW)
        scene.text(x, 445, str(digit), 14)


def _ink(plane, most):
    """A plane of numbers from 0 on as grey, dark for large ones."""
    return (255 - 255 * np.clip(plane / (most or 1), 0, 1)).round().astype(np.uint8)


def draw_moves(moves, names):
    """Return the scene of several Shifted, a row each: moved first, convolved first, and where the two differ."""
    side, gap, left, top = 150, 60, 230, 56
    scene = Scene(
        1060, top + len(moves) * (side + 22), "; ".join(_told(*pair) for pair in zip(names, moves, strict=True))
    )
    heads = "picture", "move, then convolve", "convolve, then move", "where they differ"
    for column, head in enumerate(heads):
        scene.text(left + column * (side + gap) + side / 2, 28, head, 15, bold=True)
    for row, (name, move) in enumerate(zip(names, moves, strict=True)):
        y = top + row * (side + 22)
        most = max(np.abs(move.first).max(), np.abs(move.second).max())
        scene.text(20, y + side / 2, name, 14, anchor="start")
        differ = np.where(move.equal[..., None], style.rgb(style.PAPER), style.rgb(style.WINNER))
        pictures = _ink(move.picture, 1), style.shades(move.first, most), style.shades(move.second, most), differ
        for column, picture in enumerate(pictures):
            x = left + column * (side + gap)
            scene.image(x, y, side, side, picture.astype(np.uint8))
            scene.rect(x, y, side, side, stroke=style.FAINT)
    return scene


def _told(name, move):
    return f"{name}: {int(np.sum(~move.equal))} of {move.equal.size} numbers differ"


def draw_boxes(judged, classes, count=6):
    """Return the scene of the first scenes of a box task: the true box dashed, the answer with its class."""
    side, gap = 155, 18
    scene = Scene(1060, side + 78, f"{count} scenes with the true box and the one that the network draws")
    for n in range(count):
        x, y = 10 + n * (side + gap), 10
        scene.image(x, y, side, side, _ink(judged.images[n, 0], 1))
        scene.rect(x, y, side, side, stroke=style.LINE)
        _box(scene, x, y, side, judged.targets[n, :4], style.WINDOW, dashed=True)
        _box(scene, x, y, side, judged.outputs[n, :4], style.WINNER)
        answer, truth = (classes[int(at)] for at in (judged.outputs[n, 4:].argmax(), judged.targets[n, 4]))
        verdict = "" if answer == truth else f", is {truth}"
        scene.text(x + side / 2, y + side + 16, answer + verdict, 13, style.WINNER if verdict else style.INK)
    _keys(
        scene, side + 52, [("true box", "none", style.WINDOW, True), ("the network's box", "none", style.WINNER, False)]
    )
    return scene


def _box(scene, x, y, side, box, stroke, dashed=False):
    centre_x, centre_y, width, height = np.array(box) * side
    left, top = max(centre_x - width / 2, 0), max(centre_y - height / 2, 0)
    right, bottom = min(centre_x + width / 2, side), min(centre_y + height / 2, side)
    scene.rect(x + left, y + top, max(right - left, 0), max(bottom - top, 0), stroke=stroke, line=3, dashed=dashed)


def draw_segments(judged, classes, count=6):
    """Return the scene of the first scenes of a segmentation task: picture, true classes, the network's classes."""
    side, gap, left = 130, 18, 120
    scene = Scene(1060, 3 * (side + 12) + 46, f"{count} scenes, the class of every pixel, and what the network says")
    colours = np.array([style.rgb(colour) for colour in CLASSES])
    answers = judged.outputs.argmax(axis=1)
    for row, name in enumerate(("picture", "true class", "network")):
        y = 8 + row * (side + 12)
        scene.text(10, y + side / 2, name, 15, bold=True, anchor="start")
        for n in range(count):
            x = left + n * (side + gap)
            shown = _ink(judged.images[n, 0], 1) if row == 0 else colours[(judged.targets, answers)[row - 1][n]]
            scene.image(x, y, side, side, shown)
            scene.rect(x, y, side, side, stroke=style.FAINT)
    keys = [(name, colour, style.FAINT, False) for name, colour in zip(classes, CLASSES, strict=True)]
    _keys(scene, 3 * (side + 12) + 18, keys, left)
    return scene


def _keys(scene, y, keys, x=20):
    for label, fill, stroke, dashed in keys:
        scene.rect(x, y, 16, 16, fill, stroke, 2, dashed)
        scene.text(x + 24, y + 8, label, 13, anchor="start")
        x += 62 + 7.5 * len(label)
