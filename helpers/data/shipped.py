r"""Real data that ships with the course: photographs, digits, sunspots, words and sentences."""

import csv
import hashlib
import json
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.data.pictures import read_picture

FILES = Path(__file__).parent / "files"
PHOTOS = ("china", "flower")
TRAINED = (
    "cures.npz",
    "gates_lstm.npz",
    "adding.npz",
    "gates_gru.npz",
    "equal_budgets.npz",
    "languages.npz",
    "early_letter.npz",
    "text.npz",
)
# The labels come in one order of about 130 digits, again and again: here it begins anew.
FORMS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)


class Digits(NamedTuple):
    """Handwritten digits: `images` (1797, 8, 8) float64 in 0..1, and the digit each shows, `labels` (1797,) int64."""

    images: np.ndarray
    labels: np.ndarray


class Sunspots(NamedTuple):
    """Sunspots: `years` (309,) int64, 1700 to 2008, and the mean number seen in each, `counts` (309,) float64."""

    years: np.ndarray
    counts: np.ndarray


class Words(NamedTuple):
    """Words of several languages: `words` (7000 str), `labels` (7000,) int64, and what they count, `languages`."""

    words: tuple
    labels: np.ndarray
    languages: tuple


class Docstrings(NamedTuple):
    """First sentences of docstrings: `sentences` (2400 str), `labels` (2400,) int64, what they count, `libraries`."""

    sentences: tuple
    labels: np.ndarray
    libraries: tuple


def photo_path(name):
    r"""The path of a shipped photograph, for a lesson that reads a file itself.

    Parameters
    ----------
    name : {'china', 'flower'}

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> photo_path("china").name
    'china.jpg'
    """
    return _checked(f"{checks.choice('photo', 'name', name, PHOTOS)}.jpg")


def photo(name):
    r"""A shipped photograph as numbers.

    Parameters
    ----------
    name : {'china', 'flower'}

    Returns
    -------
    numpy.ndarray
        (427, 640, 3) uint8: rows from the top, columns from the left, then red, green, blue.

    Examples
    --------
    >>> china = photo("china")
    >>> china.shape, china.dtype
    ((427, 640, 3), dtype('uint8'))
    """
    return read_picture(photo_path(name)).pixels


def digits():
    r"""All 1797 handwritten digits of 13 people, each 8 by 8 pixels.

    Returns
    -------
    Digits
        `images` (1797, 8, 8) float64, 0 is paper and 1 is ink, in steps of 1/16; `labels` (1797,) int64 in 0..9.

    Notes
    -----
    The classes are nearly balanced: between 174 (the eights) and 183 (the threes) each.

    The file goes from writer to writer (:func:`digit_forms`). After a random split each writer stands on both sides,
    and a test tells how well more digits of the same people are read, not those of strangers.

    References
    ----------
    E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4])
    """
    with np.load(_checked("digits.npz"), allow_pickle=False) as stored:
        return Digits(stored["images"] / 16.0, stored["labels"].astype(np.int64))


def digit_forms():
    r"""The form that each digit was written on, and so its writer: digits of one form are by one hand.

    Returns
    -------
    numpy.ndarray
        (1797,) int64 in 0..13, ascending. Each form holds 8 to 14 of every digit.

    Notes
    -----
    The data set names no writers. But its labels repeat one order of 130 digits fourteen times, with a few missing:
    people filled in the same form. The record speaks of 13 people, so one of them may have filled in two.

    The nearest other picture of a digit is of the same form for 54 of 100, where 7 would be chance. So digits split at
    random look easier than strangers' are: the nearest neighbour's label is wrong for 1.2 % of the digits, and for
    3.6 % where it has to come from another form.

    Examples
    --------
    >>> from helpers import data
    >>> train, test = data.split(data.digits().labels, groups=data.digit_forms(), rng=0)
    >>> set(digit_forms()[train]) & set(digit_forms()[test])
    set()
    """
    return np.repeat(np.arange(len(FORMS)), np.diff(FORMS, append=1797))


def sunspots():
    r"""The yearly mean sunspot number from 1700 to 2008.

    Returns
    -------
    Sunspots
        `years` (309,) int64 and `counts` (309,) float64, between 0 and 190.2.

    Notes
    -----
    The sun goes through a cycle of about 11 years; the heights of its peaks vary. These are the numbers of the series
    used until 2015. Since then the observatory counts on another scale, and its numbers are larger.

    Trivial forecasts of the next year, root mean square over all years: the mean (known in hindsight) 40.4, last year's
    number 24.0, the number 11 years before 32.8.

    References
    ----------
    National Geophysical Data Center, Solar Indices Data.

    Examples
    --------
    >>> years, counts = sunspots()
    >>> years[[0, -1]].tolist(), int(years[counts.argmax()])
    ([1700, 2008], 1957)
    """
    years, counts = np.loadtxt(_checked("sunspots.csv"), delimiter=",", skiprows=1).T
    return Sunspots(years.astype(np.int64), counts)


def words():
    r"""1000 common words of each of seven languages: which language is a word of?

    Returns
    -------
    Words
        In each seven words one of every language, the commonest first: every beginning of the list is balanced.

    Notes
    -----
    Words of film subtitles with 3 to 12 letters, all lower case, accents kept. A word is left out if its share of any
    other language's text is more than a twentieth of its share of its own, accents aside ("die" is German and English);
    so are crude words. The languages are closer than they look in this list: those words are what they share.

    Guessing gives an accuracy of 1/7 = 0.143. Naive Bayes on the letters alone reaches 0.42, on pieces of one to
    three letters 0.74 (five-fold cross-validation): what stands beside what matters.

    References
    ----------
    P. Lison and J. Tiedemann (2016), OpenSubtitles2016, LREC. T. Barrus, pyspellchecker.

    Examples
    --------
    >>> names, labels, languages = words()
    >>> [(names[i], languages[labels[i]]) for i in range(3)]
    [('ich', 'German'), ('the', 'English'), ('los', 'Spanish')]
    """
    return Words(*_columns("words.csv"))


def docstrings():
    r"""600 sentences of the documentation of each of four Python libraries: which library is a sentence of?

    Returns
    -------
    Docstrings
        In each four sentences one of every library: every beginning of the list is balanced.

    Notes
    -----
    Each is the whole first paragraph of a public function's or class's docstring, if that is one sentence of 4 to 20
    words and nothing but letters, commas and hyphens. Sentences that two libraries share are left out.

    Guessing gives an accuracy of 0.25. Naive Bayes on the bag of words reaches 0.77 (five-fold cross-validation): the
    task is mostly one of keywords ("DataFrame", "estimator"). Functions come in families, whose sentences differ by a
    word: a third of the sentences share three fifths of their words or more with another one, mostly of the same
    library. After a random split, then, some of the test has a near twin in the training.

    References
    ----------
    The developers of NumPy, pandas, scikit-learn and SciPy: see :func:`helpers.data.sources`.

    Examples
    --------
    >>> sentences, labels, libraries = docstrings()
    >>> len(sentences), libraries
    (2400, ('NumPy', 'pandas', 'scikit-learn', 'SciPy'))
    """
    return Docstrings(*_columns("docstrings.csv"))


def sources():
    r"""Where each shipped file comes from, by file name: author, licence, sha256, how it was made.

    Examples
    --------
    >>> sources()["china.jpg"]["licence"]
    'CC BY 2.0'
    """
    return json.loads((FILES / "sources.json").read_text(encoding="utf-8"))


def stored(file):
    r"""What a lesson has trained beforehand, because it takes longer than a reader waits: weights, or results.

    Parameters
    ----------
    file : {'gates_lstm.npz', 'adding.npz', ...}
        Its entry in :func:`sources` says which script has made it.

    Returns
    -------
    dict of str to numpy.ndarray

    Examples
    --------
    >>> stored("adding.npz")["loss"].shape
    (3, 4, 5, 21)
    """
    with np.load(_checked(checks.choice("stored", "file", file, TRAINED)), allow_pickle=False) as arrays:
        return dict(arrays)


def _checked(file):
    """The path of a shipped file, after its bytes have been compared with the recorded sha256."""
    path = FILES / file
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sources()[file]["sha256"]:
        raise OSError(
            f"helpers.data: {path} is missing or damaged (its sha256 is not the recorded one);"
            " get it back with: git checkout -- helpers/data/files"
        )
    return path


def _columns(file):
    """The texts of a CSV file, row by row; the number of each text's column; the names of the columns."""
    with _checked(file).open(encoding="utf-8", newline="") as lines:
        names, *rows = map(tuple, csv.reader(lines))
    return tuple(chain.from_iterable(rows)), np.tile(np.arange(len(names)), len(rows)), names
