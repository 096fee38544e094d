"""The page for teachers says of each lesson what the lesson says itself, and counts right."""

import json
import re

import pytest

from tests.lessons import PATHS, TEACHING, prose, teaching

BEFORE, SECTIONS = teaching()
ROOT = TEACHING.parents[1]
ARITHMETIC = re.compile(r"`([\d\s.+*/()-]+) = (-?\d+(?:\.(\d+))?)`")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
every_page = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)


def parts(text):
    """The rows `| part | minutes ...` of a table, for what has minutes in class."""
    rows = re.findall(r"^\| ([^|]+?) \| (\d+)\b[^|]*\|", text, re.MULTILINE)
    return [(part, int(minutes)) for part, minutes in rows]


def parts_of(path):
    """The parts for class that a notebook lists."""
    (listed,) = (cell for cell in prose(path) if "| minutes in class |" in cell)
    return parts(listed)


def numbers(text):
    return {number.rstrip(",") for number in NUMBER.findall(text)}


def shown(path):
    """All that a notebook says: its sources, and its outputs in words."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    texts = [text for output in outputs for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    texts += [output.get("text", "") for output in outputs] + [cell["source"] for cell in cells]
    return "\n".join("".join(text) for text in texts)


def test_each_lesson_has_its_section():
    assert list(SECTIONS) == [path.name for path in PATHS]


@every_page
def test_the_minutes_are_those_of_the_lesson(path):
    (table,) = re.findall(r"^\| part \| minutes \|.*\n((?:\|.*\n)+)", SECTIONS[path.name], re.MULTILINE)
    assert parts(table) == parts_of(path)


@every_page
def test_three_questions_have_answers(path):
    assert len(re.findall(r"^\d\. \*.+?\?\* \S", SECTIONS[path.name], re.MULTILINE)) == 3


@every_page
def test_a_number_is_quoted_from_the_lesson(path):
    quoting = re.sub(r"^\| `\w+_lab.*", "", ARITHMETIC.sub("", SECTIONS[path.name]), flags=re.MULTILINE)
    assert not (lost := numbers(quoting) - numbers(shown(path))), f"{path.name} nowhere says {lost}"


def test_what_holds_before_class_stands_on_the_first_page():
    (section,) = re.findall(r"^## Before class\n(.+?)^## ", BEFORE, re.MULTILINE | re.DOTALL)
    assert numbers(section) <= numbers(shown(PATHS[0]))


@pytest.mark.parametrize("sum_", ARITHMETIC.findall(TEACHING.read_text("utf-8")), ids=lambda sum_: sum_[0])
def test_a_sum_is_right(sum_):
    term, value, decimals = sum_
    assert round(eval(term), len(decimals)) == float(value)


def test_the_weeks_and_the_talk_add_up():
    lessons = {path.name[:2]: parts_of(path) for path in PATHS}
    for named, minutes in re.findall(r"^\| \d \| ([\d, ]+) \| (\d+) \|", BEFORE, re.MULTILINE):
        assert sum(length for number in named.split(", ") for _, length in lessons[number]) == int(minutes), named
    talk = re.findall(r"^\| (\d\d) \| (.+?) \| (\d+) \|$", BEFORE, re.MULTILINE)
    assert not (other := [row for row in talk if (row[1], int(row[2])) not in lessons[row[0]]]), f"not so: {other}"
    whole, questions = re.search(r"One talk of (\d+) minutes.* (\d+) minutes of it", BEFORE).groups()
    assert sum(int(minutes) for *_, minutes in talk) + int(questions) == int(whole)


def test_links_lead_to_the_page_and_on_from_it():
    assert "](notebooks/TEACHING.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "](TEACHING.md)" in "".join(prose(PATHS[0]))
