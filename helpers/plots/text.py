"""Pictures of the lesson on text: a text CNN as one drawing, and how models of text did on several tasks."""

import numpy as np

from . import style
from .grid import draw_cells, title
from .scene import Scene

CELL, TOP = 42, 56  # side of a number's square, and where the squares begin, in pixels


def draw_text_cnn(words, vectors, kernels, found, scores):
    """Return the scene of a sentence on its way through a text CNN, every number in its place.

    Parameters
    ----------
    words : sequence of str, T of them
    vectors : ndarray (T, E)
        A row for each word.
    kernels : ndarray (F, k, E)
        A window of k words for each filter.
    found : ndarray (T - k + 1, F)
        What each filter gives at each window; the first largest number of a column wins.
    scores : dict of str to float
        The classes and what the linear layer gives them.
    """
    length, size = vectors.shape
    filters, width, _ = kernels.shape
    pooled, best = found.max(axis=0), max(scores, key=scores.get)
    numbers = ", ".join(f"{value:g}" for value in pooled)
    bottom = TOP + max(length, filters * (width + 0.75)) * CELL
    scene = Scene(1060, bottom + 34, f"{' '.join(words)}: max over time {numbers}, highest score {best}")
    first, start = found[:, 0].argmax(), TOP + (width - 1) / 2 * CELL  # of the outlined window; of the windows' column
    middle = start + len(found) / 2 * CELL

    _column(scene, "word vectors", "(T, E)", 92, TOP, vectors, bottom)
    for row, word in enumerate(words):
        scene.text(82, TOP + (row + 0.5) * CELL, word, 16, anchor="end")
    scene.rect(92, TOP + first * CELL, size * CELL, width * CELL, stroke=style.WINDOW, line=4)
    for number, kernel in enumerate(kernels):
        y = TOP + number * (width + 0.75) * CELL
        _column(scene, *(("filters", "(F, k, E)") if number == 0 else ("", "")), 270, y, kernel, bottom)
        scene.text(258, y + width * CELL / 2, f"{number + 1}", 15, bold=True, anchor="end")
    winners = {(row, column) for column, row in enumerate(found.argmax(axis=0))}
    _column(scene, "windows", "(T − k + 1, F)", 545, start, found, bottom, winners)
    for row in range(len(found)):
        scene.text(535, start + (row + 0.5) * CELL, " ".join(words[row : row + width]), 16, anchor="end")
    scene.rect(545, start + first * CELL, CELL, CELL, stroke=style.WINDOW, line=4)
    winners = {(0, column) for column in range(filters)}
    _column(scene, "max over time", "(F,)", 730, middle - CELL / 2, pooled[None], bottom, winners)
    title(scene, 975, "scores")
    for row, (name, value) in enumerate(scores.items()):
        y = middle + (row - len(scores) / 2 + 0.5) * CELL
        scene.text(930, y, f"{name} {value:g}".replace("-", "−"), 16, bold=name == best, anchor="start")
    left, right = (190, 372, 645, 830), (238, 430, 712, 915)
    for x0, x1 in zip(left, right, strict=True):
        scene.arrow(x0, middle, x1, middle)
    return scene


def _column(scene, head, shape, x, y, values, bottom, marked=()):
    """Write numbers in squares from (x, y) on, what they are above them, and their shape at the bottom."""
    draw_cells(scene, values, lambda h, w: (x + w * CELL, y + h * CELL), CELL, marked, signed=True)
    scene.rect(x, y, values.shape[1] * CELL, len(values) * CELL, stroke=style.FAINT)
    title(scene, x + values.shape[1] * CELL / 2, head)
    scene.text(x + values.shape[1] * CELL / 2, bottom + 16, shape, 14, style.FAINT)


def draw_tasks(axes, accuracy, tasks, models, guessing):
    """Draw how models did on tasks, a chart for each: a dot for each seed, a bar at the median.

    Parameters
    ----------
    axes : matplotlib axes, one for each task, that share their y axis
    accuracy : ndarray (tasks, models, seeds)
    tasks, models : sequence of str
    guessing : sequence of float
        The accuracy of a guess, drawn dashed.
    """
    for ax, name, runs, chance in zip(axes, tasks, accuracy, guessing, strict=True):
        for row, values in enumerate(runs):
            ax.plot(values, np.full(len(values), row), "o", color=style.WINDOW, alpha=0.6)
            ax.plot([np.median(values)] * 2, [row - 0.3, row + 0.3], color=style.INK, lw=2)
        ax.axvline(chance, color=style.FAINT, ls="--")
        ax.set(title=name, xlabel="share right", xlim=(0.2, 1.05), xticks=(0.25, 0.5, 0.75, 1))
        ax.set(ylim=(len(models) - 0.5, -0.5), yticks=range(len(models)))
    axes[0].set_yticklabels(models)
