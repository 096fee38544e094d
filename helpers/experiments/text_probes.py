r"""What a trained model of `text_nets` says of sentences that were chosen to ask it something."""

import copy
from math import comb
from typing import NamedTuple

import numpy as np

from helpers import data, nn
from helpers.data.sentences import NEUTRAL

from .text_nets import SEEDS, new_model, trained
from .text_tasks import DISTANCE, FILLER, LEAD, task


def influence(model, indices, label):
    """How much the score of a class would change with each word of one sentence.

    Parameters
    ----------
    model : TextCNN or SequenceModel
        It is left as it is.
    indices : array of int (T,)
    label : int
        The class.

    Returns
    -------
    numpy.ndarray
        (T,): the norm of the score's gradient at each word's vector.
    """
    reader = copy.deepcopy(model)
    words, reader.embedding = reader.embedding(np.asarray(indices)[None]), nn.Identity()
    scores = reader(words)
    return np.linalg.norm(reader.backward(data.one_hot([label], scores.shape[1]))[0], axis=1)


def reach(name, n=20):
    """How far back an untrained net hears: the median influence of each word of the longest keyword sentences, (T,).

    The first word stands first. The median is that of `n` test sentences and all seeds.
    """
    test = task("keyword").test
    longest = np.flatnonzero(test.lengths == test.indices.shape[1])[:n]
    nets = [new_model("keyword", name, seed) for seed in SEEDS]
    return np.median([influence(net, test.indices[i], test.labels[i]) for net in nets for i in longest], axis=0)


class Pair(NamedTuple):
    """Two sentences of the same words in another order: their `words`, and `scores` (2, classes) by model."""

    words: tuple
    scores: dict


def pairs(names, n=3):
    """Pairs of "negation", a negative and a positive sentence each, drawn anew, and what trained models say of them."""
    made = data.negation(2 * n, FILLER, rng=1000)
    order = np.lexsort((made.labels, made.groups))
    scores = {name: trained("negation", name)(made.indices[order], made.lengths[order]) for name in names}
    words = [" ".join(made.tokens[i]) for i in order]
    return [
        Pair(tuple(words[i : i + 2]), {name: rows[i : i + 2] for name, rows in scores.items()})
        for i in range(0, 2 * n, 2)
    ]


def accuracy_by_lead(name, n=4000):
    """Accuracy of a trained model on new sentences of "long range", by how many words stand before the first noun."""
    made = data.long_range(n, DISTANCE, LEAD, rng=1000)
    right = trained("long range", name)(made.indices, made.lengths).argmax(axis=1) == made.labels
    leads = made.lengths - DISTANCE - 1
    return np.bincount(leads, right) / np.bincount(leads)


def window_answers(width, n=4000):
    r"""How often an answer from windows of `width` words is right on "long range"; one word is a bag of words.

    A window that ends with a noun shows the words in front of it. The first noun has no other in front of it: so it is
    in one of the windows that show no other, and where the sentence begins is seen too. Of the nouns that may be the
    first the answer takes the likelier number.

    Notes
    -----
    Of c nouns that may be the first a are plural, of all m + 1 there are k; how many of the m later ones are plural is
    drawn uniformly. The answer is the larger of

    .. math:: P(\text{plural}) \propto a / \binom{m}{k - 1}, \qquad P(\text{singular}) \propto (c - a) / \binom{m}{k}
    """
    made, later, right = data.long_range(n, DISTANCE, LEAD, rng=1000), DISTANCE // 2, 0.0
    for words, label in zip(made.tokens, made.labels, strict=True):
        nouns = np.array([word not in NEUTRAL for word in words])
        plural = nouns & [word.endswith("s") for word in words]
        first = [t for t in np.flatnonzero(nouns) if not nouns[max(0, t - width + 1) : t].any()]
        first = [t for t in first if t < width - 1] or first
        a, k = plural[first].sum(), plural.sum()
        of_plural = a / comb(later, k - 1) if k else 0.0
        of_singular = (len(first) - a) / comb(later, k) if k <= later else 0.0
        right += 0.5 if of_plural == of_singular else (of_plural > of_singular) == label
    return right / n
