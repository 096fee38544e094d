"""The table of symbols and the lessons say the same."""

import re
from itertools import chain

from helpers.notation import NOTATION, notation, several_meanings, symbols
from tests.lessons import every_lesson, prose

TWICE = {("p", 4)}  # the padding, and the power that gives L_p pooling its name: the lesson says so
GREEK = ["alpha", "beta", "gamma", "delta", "epsilon", "lambda", "mu", "rho", "sigma", "varphi", "phi", "theta"]


def of(number):
    """The symbols of a lesson, each with its entry."""
    entries = [entry for entry in symbols() if number in entry.lessons]
    return [(one, entry) for entry in entries for one in entry.symbol.split(", ")]


def tables(path):
    """Yield the rows of each table of symbols as dictionaries of its columns."""
    for cell in prose(path):
        for table in re.findall(r"^\| symbol .*\n(?:\|.*\n?)+", cell, re.MULTILINE):
            head, _, *rows = ([part.strip() for part in line.split("|")[1:-1]] for line in table.splitlines())
            yield from (dict(zip(head, row, strict=True)) for row in rows)


def letters(formula):
    """The letters of a formula, without its subscripts, words and operators."""
    bare = re.sub(r"\\(text|mathrm|mathtt|tag|operatorname)\{[^}]*\}", " ", formula)
    bare = re.sub(r"_(\{[^}]*\}|\\?\w)", " ", bare)
    bare = re.sub(r"\\([A-Za-z]+)", lambda match: f"\\{match[1]} " if match[1] in GREEK else " ", bare)
    return set(re.findall(r"\\[a-z]+|[A-Za-z]", bare))


@every_lesson
def test_the_tables_of_the_lessons_agree_with_the_table_of_symbols(number, path):
    differing = []
    for row in tables(path):
        shown = [one for part in re.findall(r"\$([^$]+)\$", row["symbol"]) for one in part.split(", ")]
        codes, shape = set(re.findall("`([^`]+)`", row["code"])), row.get("shape", "").replace("$", "")
        for one in shown or [row["symbol"]]:
            known = [entry for symbol, entry in of(number) if symbol == one]
            if not any(codes <= set(entry.code.split(", ")) and shape in ("", entry.shape) for entry in known):
                differing.append(f"the lesson has {one}, {codes}, {shape}; the table of symbols: {known or 'nothing'}")
    assert not differing, "\n".join(differing)


@every_lesson
def test_a_symbol_has_one_meaning_in_a_lesson(number, path):
    shown = [one for one, _ in of(number)]
    twice = {(one, number) for one in shown if shown.count(one) > 1}
    assert twice <= TWICE, f"two meanings in one lesson: {sorted(twice - TWICE)}"


LOCAL = {1: "e m", 4: "i m q", 6: "f", 9: "u"}  # constants, indices and what a formula itself defines


@every_lesson
def test_the_letters_of_the_formulas_are_in_the_table_or_explained_where_they_stand(number, path):
    formulas = [formula for cell in prose(path) for formula in re.findall(r"\$\$(.+?)\$\$", cell, re.DOTALL)]
    used = set(chain.from_iterable(map(letters, formulas)))
    known = set(chain.from_iterable(letters(one) for one, _ in of(number)))
    unknown = used - known - set(LOCAL.get(number, "").split())
    assert not unknown, f"in formulas, and neither in helpers/notation.py nor in LOCAL: {sorted(unknown)}"


@every_lesson
def test_a_symbol_is_written_in_the_lesson_that_introduces_it(number, path):
    text = "\n".join(prose(path))
    own = [one for one, entry in of(number) if entry.lessons[0] == number]
    absent = [one for one in own if not re.search(rf"(?<![A-Za-z]){re.escape(one)}(?![A-Za-z])", text)]
    assert not absent, f"the lesson does not write {absent}"


def test_letters_with_several_meanings_are_listed_with_all_of_them():
    listed = {letter: [entry.lessons[0] for entry in entries] for letter, entries in several_meanings().items()}
    assert listed["p"] == [1, 2, 3, 4] and listed["L"] == [1, 3, 9] and listed[r"\sigma"] == [1, 2, 6]
    assert "x" not in listed and "c" not in listed


def test_the_table_shows_every_symbol_once_under_its_group():
    text = notation()
    for title, group in NOTATION.items():
        part = text.split(f"<summary>{title}</summary>")[1].split("</details>")[0]
        assert part.count("\n| $") == len(group)
