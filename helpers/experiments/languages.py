r"""Which language is a word of? One small GRU over letters, and eight ways to make one vector of its states."""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from helpers import data, nn, optim
from helpers.train import accuracy, fit

KINDS = {  # of pooling, with their options
    "last": {},
    "mean": {},
    "max": {},
    "sum": {},
    "lp": {"norm_type": 2},
    "kmax": {"k": 2},
    "attention": {},
    "bidirectional last": {"bidirectional": True},
}
LETTER, STATE = 8, 24  # sizes of a letter's vector and of a state; two halves of a state where both ways are read
SEEDS, EPOCHS = range(3), 8


class Task(NamedTuple):
    """Two parts of the word list as (indices (N, T), lengths (N,), labels (N,)), the letters and the languages."""

    train: tuple
    test: tuple
    letters: data.Vocabulary
    languages: tuple


@lru_cache(maxsize=1)
def task():
    """Split the words, a quarter to test on; letters that the training never shows are unknown."""
    words, labels, languages = data.words()
    train, test = data.split(labels, rng=0)
    letters = data.Vocabulary([words[i] for i in train])
    parts = ((*letters.encode([words[i] for i in part]), labels[part]) for part in (train, test))
    return Task(*parts, letters, languages)


def new_pool(kind, size, rng=0):
    """The pooling of this name for states of `size` numbers, (N, T, size)."""
    options = dict(KINDS[kind], **({"hidden_size": size, "rng": rng} if kind == "attention" else {}))
    return nn.SequencePool(kind.split()[-1], batch_first=True, **options)


def new_model(kind, letters, classes, seed):
    """An untrained net: letters to vectors, a GRU, the pooling, a linear head."""
    rng, both = np.random.default_rng(seed), kind.startswith("bidirectional")
    net = nn.GRU(LETTER, STATE // (1 + both), batch_first=True, bidirectional=both, rng=rng)
    embedding = nn.Embedding(letters, LETTER, padding_idx=0, rng=rng)
    pool = new_pool(kind, STATE, rng)
    head = nn.Linear(STATE * KINDS[kind].get("k", 1), classes, rng=rng)
    if kind == "kmax":
        head = nn.Sequential(nn.Flatten(), head)
    return nn.SequenceModel(net, head, pool, embedding)


def run(kind, seed, epochs=EPOCHS):
    """Train one net; return it and its History, measured on the words that it does not learn from."""
    given = task()
    model = new_model(kind, len(given.letters), len(given.languages), seed)
    history = fit(
        model,
        given.train,
        nn.CrossEntropyLoss(),
        optim.Adam(model.parameters(), lr=0.01),
        epochs=epochs,
        batch_size=64,
        max_norm=1.0,
        validation=given.test,
        metrics={"accuracy": accuracy},
        seed=seed,
    )
    return model, history


def table_accuracy():
    """The share of the same test words that naive Bayes names: it counts pieces of one to three letters, no net.

    A blank at both ends of a word makes pieces of its first and its last letters; every count begins at one.
    """
    words, labels, names = data.words()
    train, test = data.split(labels, rng=0)
    counts = [Counter() for _ in names]
    for i in train:
        counts[labels[i]].update(_pieces(words[i]))
    kinds = len(set().union(*counts))
    scores = np.empty((len(test), len(names)))
    for language, count in enumerate(counts):
        total = count.total() + kinds
        for row, i in enumerate(test):
            scores[row, language] = sum(np.log((count[piece] + 1) / total) for piece in _pieces(words[i]))
    return accuracy(scores, labels[test])


def _pieces(word):
    word = f" {word} "
    return [word[start : start + size] for size in (1, 2, 3) for start in range(len(word) - size + 1)]


def stored_accuracy():
    """Accuracies on the test words, (8 kinds, 3 seeds, EPOCHS + 1), as scripts/train_records.py has made them."""
    return data.stored("languages.npz")["accuracy"]


@lru_cache(maxsize=1)
def trained():
    """The net with attention, seed 0, after three epochs: trained on the spot, in some seconds."""
    return run("attention", 0, epochs=3)[0]
