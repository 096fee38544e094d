"""The list of lessons, from which the map is drawn, says what the notebooks and the README say."""

import json
import re
from itertools import pairwise
from pathlib import Path

from helpers.course import LESSONS as COURSE
from helpers.course import PICTURES, SEQUENCES, contents
from scripts import make_api
from tests.lessons import LESSONS, every_lesson, prose

ROOT = Path(__file__).parents[1]
FIRST_PAGE = ROOT / "notebooks/00_start_here.ipynb"
BY_NUMBER = {one.number: one for one in COURSE}


def before(number):
    """The lessons from which arrows lead to this one, over any number of stations."""
    return {earlier for one in BY_NUMBER[number].needs for earlier in {one, *before(one)}}


def named_as_needed(path):
    """The lessons that a notebook's first cell says one needs."""
    return {int(number) for number in re.findall(r"\b[01]\d\b", re.search(r"\*\*You need:\*\*.*", prose(path)[0])[0])}


def minutes(cell):
    """The sum of a table of parts and their minutes in class."""
    return sum(map(int, re.findall(r"^\|.*\| (\d+)[^|]*\|$", cell, re.MULTILINE)))


def test_every_lesson_is_in_the_list():
    assert {one.number: one.file for one in COURSE} == {number: path.name for number, path in LESSONS.items()}


@every_lesson
def test_the_name_begins_the_title_and_the_minutes_are_those_of_the_parts(number, path):
    first, one = prose(path)[0], BY_NUMBER[number]
    assert first.startswith(f"# {number:02d} {one.name}"), f"the title is {first.splitlines()[0]!r}"
    assert minutes(first) == one.minutes


@every_lesson
def test_a_part_called_the_lab_begins_with_its_lab(number, path):
    sources = ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]
    first_code = [code for text, code in pairwise(sources) if re.search(r"^## \d+ The lab", text, re.MULTILINE)]
    assert not (other := [code for code in first_code if not re.match(r"\w+_lab\(", code)]), f"it begins with {other}"


@every_lesson
def test_arrows_lead_from_what_the_lesson_says_it_needs(number, path):
    one, named = BY_NUMBER[number], named_as_needed(path)
    assert named <= before(number) | {*one.helped_by}, f"no arrow leads here from {named - before(number)}"
    assert {*one.needs, *one.helped_by} <= named, f"the lesson does not say that it needs {set(one.needs) - named}"


def test_the_ways_that_the_first_page_recommends():
    assert before(7) == {1, 2, 5, 6}, "straight to the LSTM"
    assert before(4) == {1, 2, 3}, "straight to networks that read pictures"
    assert before(9) == {1, 2, 3, 4, 5, 6, 7, 8}, "pooling over time takes both lines"
    assert BY_NUMBER[4].line == PICTURES and BY_NUMBER[7].line == SEQUENCES


def test_the_readme_lists_the_same_lessons():
    row = r"^\| \[(\d\d) (.+?)\]\(notebooks/(.+?)\) \|.*\| (\d+) \|$"
    first, *rows = re.findall(row, (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    (parts,) = (cell for cell in prose(FIRST_PAGE) if "| minutes in class |" in cell)
    assert first[::2] == ("00", FIRST_PAGE.name) and first[3] == str(minutes(parts))
    assert rows == [(f"{one.number:02d}", one.name, one.file, str(one.minutes)) for one in COURSE]


def test_the_map_in_the_readme_is_the_map_of_the_lessons():
    assert f"]({make_api.MAP.relative_to(ROOT).as_posix()})" in (ROOT / "README.md").read_text("utf-8")
    stored = make_api.MAP.read_text("utf-8")
    assert stored == make_api.course_map(), "docs/course_map.svg is behind: run `python -m scripts.make_api`"


def test_the_contents_link_to_files_that_exist():
    links = re.findall(r"\]\((.+?)\)", contents())
    assert links == [path.name for path in LESSONS.values()]


def test_the_first_page_names_only_paths_that_exist():
    named = re.findall(r"`((?:helpers|tests|notebooks|benchmarks)(?:/[\w./]+)?)`", "".join(prose(FIRST_PAGE)))
    assert len(named) > 10
    assert not (missing := [path for path in named if not (ROOT / path).exists()]), f"no such file: {missing}"
