r"""Made-up sentences with one thing to learn each: a keyword, the order of near words, a word from long ago."""

from typing import NamedTuple

import numpy as np

from helpers import checks
from helpers.data.classes import balanced_labels
from helpers.data.text import Vocabulary

GOOD = ("good", "funny", "clever", "warm", "lively", "fresh")
BAD = ("bad", "boring", "silly", "cold", "slow", "stale")
OPENINGS = tuple(("the", noun, "was") for noun in ("film", "book", "play", "song", "story", "speech"))
TOPICS = {
    "weather": ("rain", "snow", "storm", "wind", "fog"),
    "music": ("violin", "choir", "drum", "melody", "concert"),
    "food": ("bread", "soup", "cheese", "apple", "dinner"),
}
NOUNS = tuple((noun, f"{noun}s") for noun in ("key", "door", "lamp", "cat", "boat", "tree", "letter", "window"))
NEUTRAL = ("today", "here", "again", "there", "often", "still", "maybe", "also", "then", "now", "somewhere", "later")


class Sentences(NamedTuple):
    """Sentences as words and as numbers, N of them, in random order.

    `tokens`: the words of each. `labels` (N,) int64 into `classes`. `vocabulary`, the same for every call, and by it
    `indices` (N, T) int64, padded with 0, and `lengths` (N,). `groups` (N,): sentences of one group have the same bag
    of words, so keep them together in a :func:`helpers.data.split`.
    """

    tokens: tuple
    labels: np.ndarray
    classes: tuple
    vocabulary: Vocabulary
    indices: np.ndarray
    lengths: np.ndarray
    groups: np.ndarray


def keyword(n, length=10, *, rng):
    r"""Neutral words and one keyword, anywhere; its topic is the class. No order is needed.

    Parameters
    ----------
    n : int
        How many sentences, N.
    length : int
        Most words of a sentence, at least 1; the least are half of it, rounded up. More neutral words hide the keyword
        deeper.
    rng : numpy.random.Generator or int

    Returns
    -------
    Sentences
        Classes weather, music and food; their counts differ by at most one. Each sentence is a group of its own.

    Notes
    -----
    Guessing gives an accuracy of 1/3; a bag of words is enough for 1.

    Examples
    --------
    >>> task = keyword(3, length=4, rng=0)
    >>> " ".join(task.tokens[0]), task.classes[task.labels[0]]
    ('bread today', 'food')
    """
    n, length, rng = _arguments("keyword", n, "length", length, rng)
    classes = tuple(TOPICS)
    labels = balanced_labels(n, len(classes), rng)
    tokens = []
    for label in labels:
        words = _draw(NEUTRAL, rng.integers((length + 1) // 2, length + 1), rng)
        words[rng.integers(len(words))] = _one(TOPICS[classes[label]], rng)
        tokens.append(tuple(words))
    return _sentences(tokens, labels, classes, range(n), NEUTRAL, *TOPICS.values())


def negation(n, filler=4, *, rng):
    r"""Sentences such as "not good but bad" and "not bad but good": the same words, another order, another class.

    Parameters
    ----------
    n : int
        How many sentences, N, an even number: they come in pairs with equal bags of words and different classes.
    filler : int
        How many neutral words stand around, drawn anew for each pair, at least 0.
    rng : numpy.random.Generator or int

    Returns
    -------
    Sentences
        Classes negative and positive, each of n / 2 sentences. A group is a pair.

    Notes
    -----
    Every sentence has one word of praise and one of blame, as "not A but B" or as "B and not A", about equally often;
    B is what is meant. Which of the two is last says nothing; the word right behind "not" says it all.

    A model of the bag of words says the same of both sentences of a pair, so its accuracy is exactly 0.5, whatever it
    has learned. Windows of two words are enough for 1.

    Examples
    --------
    >>> task = negation(2, filler=1, rng=0)
    >>> for words, label in zip(task.tokens, task.labels):
    ...     print(" ".join(words), "|", task.classes[label])
    the speech was also not funny but boring | negative
    the speech was also not boring but funny | positive
    """
    n, filler, rng = _arguments("negation", n, "filler", filler, rng, least=0, even=True)
    sentences = []
    for pair, form in enumerate(balanced_labels(n // 2, 2, rng)):
        opening, around = _one(OPENINGS, rng), _draw(NEUTRAL, filler, rng)
        before = rng.integers(filler + 1)
        adjectives = _one(BAD, rng), _one(GOOD, rng)
        for label in (0, 1):
            meant, other = adjectives[label], adjectives[1 - label]
            core = ("not", other, "but", meant) if form == 0 else (meant, "and", "not", other)
            sentences.append(((*opening, *around[:before], *core, *around[before:]), label, pair))
    tokens, labels, groups = zip(*(sentences[i] for i in rng.permutation(n)), strict=True)
    words = GOOD, BAD, NEUTRAL, ("not", "but", "and"), *OPENINGS
    return _sentences(tokens, labels, ("negative", "positive"), groups, *words)


def long_range(n, distance=12, lead=0, *, rng):
    r"""The number of the first noun, singular or plural, is the class; other nouns and neutral words follow.

    Parameters
    ----------
    n : int
        How many sentences, N.
    distance : int
        How many words follow the noun that decides, at least 1; distance // 2 of them are nouns. The longer, the harder
        to keep the first in mind.
    lead : int
        At most so many neutral words, a random number of them, stand in front of it. A padded convolution sees where a
        sentence begins, and so its first word: only a lead well above its window hides the place of that noun. Windows
        still show which nouns have another one close in front, and these are not the first.
    rng : numpy.random.Generator or int

    Returns
    -------
    Sentences
        Classes singular and plural; their counts differ by at most one. Each sentence is a group of its own.

    Notes
    -----
    With m = distance // 2 later nouns, the number of plural ones among them is drawn uniformly from 0 to m, whatever
    the first is: without the first noun nothing is better than guessing, 0.5. A bag of words knows no first, and
    reaches at most 0.5 + 0.5 / (m + 1), for the default 0.571: it is sure only where all nouns have one number.

    Examples
    --------
    >>> task = long_range(2, distance=6, rng=0)
    >>> " ".join(task.tokens[0]), task.classes[task.labels[0]]
    ('window today today boats tree now boat', 'singular')
    """
    lead = checks.integer("long_range", "lead", lead, 0)
    n, distance, rng = _arguments("long_range", n, "distance", distance, rng)
    labels = balanced_labels(n, 2, rng)
    tokens = []
    for label in labels:
        nouns = distance // 2
        numbers = rng.permutation(nouns) < rng.integers(nouns + 1)
        words = _draw(NEUTRAL, distance, rng)
        for place, number in zip(rng.choice(distance, nouns, replace=False), numbers, strict=True):
            words[place] = _one(NOUNS, rng)[int(number)]
        front = _draw(NEUTRAL, rng.integers(lead + 1), rng)
        tokens.append((*front, _one(NOUNS, rng)[label], *words))
    return _sentences(tokens, labels, ("singular", "plural"), range(n), NEUTRAL, *NOUNS)


def _arguments(owner, n, name, size, rng, least=1, even=False):
    n = checks.integer(owner, "n", n, 1)
    if even and n % 2:
        raise ValueError(f"{owner}: n must be even, for the sentences come in pairs, got {n}")
    size = checks.integer(owner, name, size, least)
    checks.affordable(owner, "indices", (n, size))
    return n, size, checks.generator(owner, rng)


def _one(choices, rng):
    return choices[rng.integers(len(choices))]


def _draw(words, count, rng):
    return [words[i] for i in rng.integers(len(words), size=count)]


def _sentences(tokens, labels, classes, groups, *words):
    """Put everything into its field. `words` are all that the task can draw, not those drawn this time."""
    vocabulary = Vocabulary([sorted(set().union(*words))])
    labels, groups = np.asarray(labels, dtype=np.int64), np.asarray(groups, dtype=np.int64)
    return Sentences(tuple(tokens), labels, classes, vocabulary, *vocabulary.encode(tokens), groups)
