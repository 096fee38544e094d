"""The glossary and the lessons say the same: what a lesson introduces in bold is a term, where the glossary says so."""

import re
from collections import Counter

from helpers.glossary import GLOSSARY, glossary, look_up, terms
from tests.lessons import every_lesson, prose

# Bold for other reasons: stressed words, labels of controls, names of settings and of rows.
NO_TERMS = """
$l_p$; a pixel; a weight; adaptive; adding; after; and; another recurrent net; ask torch; at step; averages; before;
blur; carried over; clear; dilutes the mean; error terms, backward; every; f; f starts near 0.5; faint; first; first
of two; forward; half; holes; identity; inside; is; keep; kind; limit; max; maximum; mean; move the points; new;
noise; noisy; norm; not; not both; not the same net; old; once; one; one after the other; one token only; or; picture;
places; reach; recall; replace; residual; said; salt; same; seen at all; share; show; skew; solved; straight; sum of
its shares; that; the bias; thousands of times; together; two biases; two forms; unit; update; vertical edges; wins
the max; with momentum; write
"""
PREVIEWS = {6: {"GRU", "gates"}}  # a table of cures names what two later lessons are about


def introduced(path):
    """What stands in bold in running text and is short enough for a term.

    Labs' controls, takeaways, exercises and the words that begin a paragraph or an item are in bold for other reasons.
    """
    for cell in prose(path)[1:]:
        if "<details>" in cell or re.search("^## (Takeaways|Exercises)|^[*][*][0-9] ", cell, re.MULTILINE):
            continue
        for match in re.finditer(r"\*\*([^*\n]+)\*\*", cell):
            if len(match[1].split()) <= 4 and match[1][-1] not in ".:?" and not match[1].startswith("`"):
                yield match[1]


def plain(term):
    """A term as it is compared: without case, plural and TeX."""
    return re.sub(r"[$`{}\\]", "", term).lower().removesuffix("s")


def names(term):
    """The names that a term has: itself, and the short form in brackets behind it."""
    return [plain(name) for name in re.split(r" \(|\)", term.english) if name]


KNOWN = {name: term for term in terms() for name in names(term)}


@every_lesson
def test_what_a_lesson_introduces_in_bold_is_in_the_glossary(number, path):
    no_terms = " ".join(NO_TERMS.split()).split("; ")
    missing = {term for term in introduced(path) if plain(term) not in KNOWN and term.lower() not in no_terms}
    assert not missing, f"neither in helpers/glossary.py nor in NO_TERMS: {sorted(missing)}"


@every_lesson
def test_a_term_is_used_by_the_lesson_that_introduces_it_and_not_in_bold_before(number, path):
    text = plain(" ".join(prose(path)))
    absent = [
        term.english for term in terms() if term.lesson == number and not any(name in text for name in names(term))
    ]
    assert not absent, f"lesson {number:02d} does not speak of {absent}"
    early = {one for one in introduced(path) if plain(one) in KNOWN and KNOWN[plain(one)].lesson > number}
    early -= PREVIEWS.get(number, set())
    assert not early, f"lesson {number:02d} introduces {sorted(early)} before the lesson that the glossary names"


def test_no_term_stands_twice_and_each_group_is_sorted():
    count = Counter(name for term in terms() for name in names(term))
    assert not (twice := [name for name, times in count.items() if times > 1]), f"twice: {twice}"
    for title, group in GLOSSARY.items():
        order = [term.english.lower() for term in group]
        assert order == sorted(order), f"{title} is not in the order of the alphabet"


def test_every_term_has_its_chinese_its_meaning_and_a_lesson():
    for term in terms():
        assert re.search("[\u4e00-\u9fff]", term.chinese) or term.chinese == term.english, f"{term.english}: no Chinese"
        assert term.meaning and not term.meaning.endswith("."), f"{term.english}: a meaning without a full stop"
        assert 1 <= term.lesson <= 10


def test_the_names_that_a_newcomer_meets_first_are_the_textbooks():
    chinese = {term.english: term.chinese for term in terms()}
    for english, expected in {"pooling": "池化", "stride": "步幅", "forget gate": "遗忘门", "kernel": "卷积核"}.items():
        assert chinese[english] == expected


def test_looking_up_finds_a_term_in_either_language_and_says_nothing_of_others():
    assert "| forget gate | 遗忘门 |" in look_up("FORGET")
    assert look_up("遗忘门") == look_up("forget")
    assert len(look_up("no such word").splitlines()) == 2, "the head of the table alone"


def test_the_glossary_shows_every_term_in_its_folded_group():
    text = glossary()
    for title, group in GLOSSARY.items():
        part = text.split(f"<summary>{title} ({len(group)})</summary>")[1].split("</details>")[0]
        assert [row.split(" | ")[0].removeprefix("| ") for row in part.splitlines() if row.startswith("| ")][2:] == [
            term.english for term in group
        ]
