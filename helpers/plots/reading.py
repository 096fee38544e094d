"""The picture of the lab that reads a sentence: a row for each word, from the first down to the last."""

import numpy as np

from . import style
from .scene import Scene

WIDTH, TOP, ROOM = 1060, 66, 340  # of the sheet, and for the rows, in pixels
CLASSES = (style.WINDOW, style.FOURTH, style.GRADIENT, style.THIRD)
LEFT, WORDS, LANES = 60, 150, 165  # where the legend begins, the words end, and the windows begin
MIDDLE, HALF = 420, 150  # of the bars of the words' parts
SHARES, FULL = 660, 380  # where the answers begin, and how wide all of one is


def draw_reading(result):
    """Return the scene of a Result: the words, what each gives to the lead, and the answer after each."""
    scene = Scene(WIDTH, TOP + ROOM + 50, _alt(result))
    row = min(30, ROOM / len(result.words))
    size = min(15, 0.72 * row)
    _heads(scene, result)
    for number, word in enumerate(result.words):
        y = TOP + (number + 0.5) * row
        scene.text(WORDS, y, word, size, style.INK if result.known[number] else style.FAINT, anchor="end")
        _part(scene, result, number, y, row, size)
        _answer(scene, result, number, y, row)
    _windows(scene, result, row)
    scene.line([MIDDLE] * 2, (TOP, TOP + len(result.words) * row), style.INK, 1)
    _legend(scene, result, row)
    return scene


def _heads(scene, result):
    first, second = (result.classes[k] for k in (result.winner, result.second))
    scene.text(WORDS, TOP - 18, "word", 14, bold=True, anchor="end")
    if result.windows:
        scene.text(LANES, TOP - 18, "windows", 14, style.WINNER, bold=True, anchor="start")
    weighed = result.state.model == "TF-IDF" and "gradient" in result.state.measure
    measure = "weight × TF-IDF" if weighed else result.state.measure
    scene.text(MIDDLE, TOP - 42, f"what a word gives: {measure}", 14, bold=True)
    scene.text(MIDDLE - 10, TOP - 18, f"for {second}", 14, anchor="end")
    scene.text(MIDDLE + 10, TOP - 18, f"for {first}", 14, anchor="start")
    scene.text(SHARES + FULL / 2, TOP - 42, "the answer if the sentence ended here", 14, bold=True)
    for share in (0, 0.5, 1):
        scene.text(SHARES + share * FULL, TOP - 18, f"{share:.0%}", 12, style.FAINT)


def _part(scene, result, number, y, row, size):
    """Draw one word's part as a bar to the right for the winner, to the left for the second."""
    part, most = result.parts[number], max(np.abs(result.parts).max(), 1e-12)
    length = HALF * abs(part) / most
    left = MIDDLE - length * (part < 0)
    scene.rect(left, y - 0.36 * row, length, 0.72 * row, CLASSES[result.winner if part > 0 else result.second])
    if row >= 14 and abs(part) >= 0.005:
        side = 1 if part > 0 else -1
        text = f"{part:+.2f}".replace("-", "−")
        scene.text(MIDDLE + side * (length + 5), y, text, min(12, size), anchor="start" if part > 0 else "end")


def _answer(scene, result, number, y, row):
    """Draw the probabilities after a word as one bar, cut into a piece for each class."""
    left, width = SHARES, FULL
    for chance, colour in zip(result.after[number], CLASSES, strict=False):
        scene.rect(left, y - 0.42 * row, width * chance, 0.84 * row, colour)
        left += width * chance


def _windows(scene, result, row):
    """Draw the strongest windows as brackets beside the words they cover, side by side where they overlap."""
    ends = [-1] * 4  # the last word that a lane has in use
    for start, width, part in sorted(result.windows):
        lane = next((lane for lane, end in enumerate(ends) if end < start), None)
        if lane is None:
            continue
        ends[lane] = start + width - 1
        x, top = LANES + 14 * lane, TOP + (start + 0.12) * row
        colour = style.tint(CLASSES[result.winner if part > 0 else result.second], abs(part))
        scene.rect(x, top, 9, (width - 0.24) * row, colour, style.WINNER, 1.5)


def _legend(scene, result, row):
    x, y = LEFT, TOP + len(result.words) * row + 26
    for name, chance, colour in zip(result.classes, result.after[-1], CLASSES, strict=False):
        scene.rect(x, y - 8, 16, 16, colour)
        text = f"{name} {chance:.0%}"
        scene.text(x + 24, y, text, 15, bold=name == result.classes[result.winner], anchor="start")
        x += 70 + 9.5 * len(text)


def _alt(result):
    return (
        f"{result.state.model} reads {' '.join(result.words)!r}: {result.classes[result.winner]} "
        f"{result.after[-1, result.winner]:.0%}; {result.words[np.abs(result.parts).argmax()]!r} weighs most"
    )
