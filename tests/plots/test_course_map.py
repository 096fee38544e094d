"""The map shows every lesson and every arrow, and nothing lies outside the sheet or on a name."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from helpers.course import LESSONS
from helpers.plots.course_map import PLACES, RADIUS, WIDTH, draw_course
from helpers.plots.pictograms import PICTOGRAMS

SVG = "{http://www.w3.org/2000/svg}"


def shapes(scene, kind):
    return [values for shape, *values in scene.shapes if shape == kind]


def tracks(scene):
    """The points of each line from station to station."""
    return [points for points, _, width, *_ in shapes(scene, "line") if width == WIDTH and len(points) > 2]


def nearest(point):
    return min(PLACES, key=lambda number: np.hypot(*(np.array(PLACES[number]) - point)))


def test_each_lesson_has_a_place_a_pictogram_its_number_and_its_name():
    scene = draw_course(LESSONS)
    words = [text.text for text in ET.fromstring(scene.svg()).iter(SVG + "text")]
    for one in LESSONS:
        assert f"{one.number:02d}" in words
        assert set(one.name.split()) <= set(" ".join(words).split())
        assert f"{one.number:02d} {one.name}" in scene.alt
        assert one.number in PICTOGRAMS and one.number in PLACES


def test_the_lines_lead_where_the_lessons_need_them_and_from_left_to_right():
    scene = draw_course(LESSONS)
    drawn = {(nearest(points[0]), nearest(points[-1])) for points in tracks(scene)}
    assert drawn == {(source, one.number) for one in LESSONS for source in one.needs or (0,)}
    assert all((np.diff(points[:, 0]) > 0).all() for points in tracks(scene))


def test_two_lines_run_together_where_pictures_and_sequences_do():
    both = [points for points in tracks(draw_course(LESSONS)) if nearest(points[-1]) == 2]
    assert len(both) == 2
    assert np.ptp([points[:, 1].mean() for points in both]) == pytest.approx(10), "side by side"


def test_names_lie_on_the_sheet_and_on_no_line_or_other_name():
    scene = draw_course(LESSONS)
    boxes = []
    for x, y, text, size, _, bold, anchor in shapes(scene, "text"):
        width = (0.66 if bold else 0.58) * size * len(text)
        left = x - width / 2 if anchor == "middle" else x
        boxes.append((left, left + width, y - size / 2, y + size / 2, text))
        assert left > 0 and left + width < scene.width and 0 < y < scene.height - size / 2, f"{text} leaves the sheet"
    bare = [p for points in tracks(scene) for p in points if np.hypot(*(PLACES[nearest(p)] - p)) > RADIUS]
    for left, right, top, bottom, text in boxes:
        assert not [p for p in bare if left < p[0] < right and top < p[1] < bottom], f"a line runs through {text!r}"
        hit = [name for a, b, c, d, name in boxes if left < b and a < right and top < d and c < bottom]
        assert hit == [text], f"{hit} lie on each other"


def test_a_pictogram_stays_inside_its_station():
    for number, draw in PICTOGRAMS.items():
        scene = draw_course([])
        before = len(scene.shapes)
        draw(scene, 200, 200)
        assert len(scene.shapes) > before
        for shape, *values in scene.shapes[before:]:
            xy = values[0] if shape == "line" else np.reshape(values[: 4 if shape == "arrow" else 2], (-1, 2))
            assert (np.hypot(*(np.asarray(xy) - 200).T) < RADIUS).all(), f"pictogram {number}: {shape} at {xy}"


def test_a_lesson_that_helps_in_one_part_is_joined_by_a_dashed_line():
    helped = [one._replace(helped_by=()) for one in LESSONS]

    def dashed(lessons):
        return [points for points, _, _, dashed, _ in shapes(draw_course(lessons), "line") if dashed]

    assert not dashed(helped)
    helped[4] = helped[4]._replace(helped_by=(3,))
    assert [nearest(points[-1]) for points in dashed(helped)] == [5]
