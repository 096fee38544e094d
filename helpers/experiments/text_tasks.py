r"""Four tasks on sentences: a keyword, the order of near words, a word from long ago, and real text."""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from helpers import checks, data

TASKS = "keyword", "negation", "long range", "real text"
FILLER, DISTANCE, LEAD = 16, 20, 8  # words around "not good but bad"; behind the noun that decides; before it
MADE = {  # tasks whose sentences are made up; the last learns from more, or the nets learn it by heart
    "keyword": partial(data.keyword, 1200, 30, rng=0),
    "negation": partial(data.negation, 1200, FILLER, rng=0),
    "long range": partial(data.long_range, 4000, DISTANCE, LEAD, rng=0),
}
RAREST = 3  # a word of real text is known if the training has it so often
TWINS = 0.6  # sentences that share so much of their words are of one family


class Part(NamedTuple):
    """N sentences as numbers, padded with 0: `indices` (N, T), `lengths` (N,), and their classes, `labels` (N,)."""

    indices: np.ndarray
    lengths: np.ndarray
    labels: np.ndarray


class Task(NamedTuple):
    """Sentences to learn from, to choose a learning rate by, and to test on, and what their numbers stand for."""

    train: Part
    validation: Part
    test: Part
    vocabulary: data.Vocabulary
    classes: tuple


@lru_cache(maxsize=len(TASKS))
def task(name):
    r"""The task of this name, the same in every run.

    A quarter of the sentences is kept to test on, a fifth to choose by. Sentences of one group stay in one part: those
    of one bag of words in "negation", those of one family in "real text".

    Parameters
    ----------
    name : {'keyword', 'negation', 'long range', 'real text'}
        `data.keyword`, `data.negation`, `data.long_range`, or which library a sentence of `data.docstrings` is of.

    Returns
    -------
    Task

    Examples
    --------
    >>> given = task("negation")
    >>> [len(part.labels) for part in given[:3]], given.classes
    ([660, 240, 300], ('negative', 'positive'))
    """
    if checks.choice("task", "name", name, TASKS) == "real text":
        return _real_text()
    made = MADE[name]()
    parts = (Part(made.indices[i], made.lengths[i], made.labels[i]) for i in _parts(made.labels, made.groups))
    return Task(*parts, made.vocabulary, made.classes)


def _real_text():
    sentences, labels, libraries = data.docstrings()
    words = [data.tokenize(sentence) for sentence in sentences]
    parts = _parts(labels, families(words))
    vocabulary = known_words([words[i] for i in parts[0]])
    parts = (Part(*vocabulary.encode([words[i] for i in part]), labels[part]) for part in parts)
    return Task(*parts, vocabulary, libraries)


def _parts(labels, groups):
    """The numbers of the sentences to learn from, to choose by and to test on."""
    rest, test = data.split(labels, 0.25, groups, rng=0)
    train, validation = data.split(labels[rest], 0.2 / 0.75, groups[rest], rng=0)
    return rest[train], rest[validation], test


def known_words(texts):
    """A vocabulary of the words that stand in the texts `RAREST` times or more; all others are unknown."""
    everything = data.Vocabulary(texts)
    counts = np.bincount(everything.encode(texts).indices.ravel())
    return data.Vocabulary(texts, size=2 + (counts[2:] >= RAREST).sum())


def families(texts):
    """Number the families of N texts, lists of words, (N,): two texts with `TWINS` of their words in common are kin."""
    indices = data.Vocabulary(texts).encode(texts).indices
    present = np.zeros((len(texts), indices.max() + 1), np.float32)
    np.put_along_axis(present, indices, 1, axis=1)
    present[:, 0] = 0  # padding is no word
    shared, size = present @ present.T, present.sum(axis=1)
    kin = shared >= np.float32(TWINS) * (size[:, None] + size - shared)
    groups, before = np.arange(len(texts)), None
    while not np.array_equal(groups, before):  # kin of kin are kin
        groups, before = np.where(kin, groups, len(texts)).min(axis=1), groups
    return groups
