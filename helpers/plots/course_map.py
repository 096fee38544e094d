"""The map of the course: lessons as stations of two lines, one of pictures, one of sequences."""

from textwrap import wrap

import numpy as np

from . import style
from .pictograms import PICTOGRAMS
from .scene import Scene

RADIUS, WIDTH = 42, 9
TOP, MIDDLE, BOTTOM = 66, 196, 326
PLACES = {  # of the stations, in pixels; 0 is where the reader stands
    0: (34, MIDDLE),
    1: (130, MIDDLE),
    2: (268, MIDDLE),
    3: (440, TOP),
    4: (610, TOP),
    5: (420, BOTTOM),
    6: (550, BOTTOM),
    7: (680, BOTTOM),
    8: (810, BOTTOM),
    9: (870, MIDDLE),
    10: (996, MIDDLE),
}
ABOVE = 9, 10  # whose names stand above: a line passes below
LINES = {"pictures": (style.WINDOW, -5), "sequences": (style.WINNER, 5)}  # colour, and pixels below the middle


def draw_course(lessons):
    """Return the map: an arrow leads from a lesson to each that needs it, a dashed one to each that it helps."""
    stops = "; ".join(f"{one.number:02d} {one.name}, after {_numbers(one.needs or (0,))}" for one in lessons)
    scene = Scene(1060, 446, alt=f"map of the course: {stops}")
    line_of = {0: "both"} | {one.number: one.line for one in lessons}
    for one in lessons:
        for source in one.needs or (0,):
            lines = {line_of[source], one.line} - {"both"} or LINES
            for line in lines:
                _track(scene, PLACES[source], PLACES[one.number], *LINES[line])
        for source in one.helped_by:
            _aside(scene, PLACES[source], PLACES[one.number])
    x, y = PLACES[0]
    scene.circle(x, y, 17, style.PAPER, style.INK, 4)
    scene.text(x, y, "00", 13, bold=True)
    for line, below in (("you are", 34), ("here", 50)):
        scene.text(x, y + below, line, 14, bold=True)
    for one in lessons:
        _station(scene, one)
    _legend(scene)
    return scene


def _track(scene, start, end, colour, below):
    """A line from station to station, with chevrons that say which way it goes."""
    along = np.linspace(0, 1, 41)
    xs = start[0] + (end[0] - start[0]) * along
    ys = start[1] + below + (end[1] - start[1]) * along**2 * (3 - 2 * along)
    scene.line(xs, ys, colour, WIDTH)
    middle = len(xs) // 2
    tip = np.array([xs[middle], ys[middle]])
    ahead = np.array([xs[middle + 1] - xs[middle - 1], ys[middle + 1] - ys[middle - 1]])
    ahead /= np.hypot(*ahead)
    side = np.array([-ahead[1], ahead[0]])
    corners = np.array([tip - 3 * ahead + 4 * side, tip + ahead, tip - 3 * ahead - 4 * side])
    scene.line(*corners.T, style.PAPER, 2)


def _aside(scene, start, end):
    """A dashed line, from under the name of one station to the other."""
    xs, ys = (start[0], end[0]), (start[1] + RADIUS + 50, end[1] - RADIUS - 6)
    scene.line(xs, ys, style.FAINT, 1.5, dashed=True)
    scene.text(np.mean(xs) + 10, np.mean(ys) + 10, "helps in one part", 12, style.FAINT, anchor="start")


def _station(scene, lesson):
    x, y = PLACES[lesson.number]
    colour = LINES[lesson.line][0] if lesson.line in LINES else style.INK
    scene.circle(x, y, RADIUS, style.PAPER, colour, 4)
    PICTOGRAMS[lesson.number](scene, x, y)
    scene.circle(x - 33, y - 33, 14, colour)
    scene.text(x - 33, y - 33, f"{lesson.number:02d}", 13, style.PAPER, bold=True)
    lines = [(line, 14, style.INK, True) for line in wrap(lesson.name, 14)]
    lines += [(line, 12, style.FAINT, False) for line in wrap(lesson.subject, 18)]
    y += -RADIUS - 16 * len(lines) if lesson.number in ABOVE else RADIUS + 16
    for k, line in enumerate(lines):
        scene.text(x, y + 16 * k, *line)


def _legend(scene):
    for y, line in ((MIDDLE - 8, "pictures"), (MIDDLE + 18, "sequences")):
        scene.line((590, 624), (y, y), LINES[line][0], WIDTH)
        scene.text(636, y, line, 15, anchor="start")


def _numbers(numbers):
    return " and ".join(f"{number:02d}" for number in numbers)
