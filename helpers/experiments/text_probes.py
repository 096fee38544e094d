r"""What a trained model of `text_nets` says of sentences that were chosen to ask it something."""

import copy
from math import comb

import numpy as np

from helpers import data, nn
from helpers.data.sentences import NEUTRAL

from .text_nets import SEEDS, new_model, trained
from .text_tasks import DISTANCE, LEAD, task


def at_vectors(model, indices, upstream):
    """Follow a gradient of the scores back to the words' vectors.

    Parameters
    ----------
    model : TextCNN or SequenceModel
        It is left as it is.
    indices : array of int (N, T)
    upstream : array (N, classes)

    Returns
    -------
    vectors, gradient : numpy.ndarray
        (N, T, numbers of a word) each.
    reader : Module
        The copy of the model that has read the vectors, with its caches.
    """
    reader = copy.deepcopy(model)
    vectors, reader.embedding = reader.embedding(indices), nn.Identity()
    reader(vectors)
    return vectors, reader.backward(upstream), reader


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
    upstream = data.one_hot([label], model.head.out_features)
    return np.linalg.norm(at_vectors(model, np.asarray(indices)[None], upstream)[1][0], axis=1)


def reach(name, n=20):
    """How far back an untrained net hears: the median influence of each word of the longest keyword sentences, (T,).

    The first word stands first. The median is that of `n` test sentences and all seeds.
    """
    test = task("keyword").test
    longest = np.flatnonzero(test.lengths == test.indices.shape[1])[:n]
    nets = [new_model("keyword", name, seed) for seed in SEEDS]
    return np.median([influence(net, test.indices[i], test.labels[i]) for net in nets for i in longest], axis=0)


def accuracy_by_lead(name, n=4000):
    """Accuracy of a trained model on new sentences of "long range", by how many words stand before the first noun."""
    made = data.long_range(n, DISTANCE, LEAD, rng=1000)
    model, parts = trained("long range", name), (np.array_split(array, 16) for array in (made.indices, made.lengths))
    scores = np.concatenate([*map(model, *parts)])  # in parts: a model remembers all of its last call
    right = scores.argmax(axis=1) == made.labels
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
