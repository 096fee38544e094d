r"""Take the reading of a sentence apart: what each word gives to the answer, and the answer after each word."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from helpers import checks, data
from helpers.data.sentences import NEUTRAL
from helpers.kernels.activation import softmax_forward

from .text_nets import MODELS, trained
from .text_probes import at_vectors
from .text_tasks import TASKS, task

EXAMPLES, MOST_WORDS, LONGEST = 8, 16, 36  # sentences to choose from; words to add; words of a sentence
STRONGEST = 6  # windows that are shown
ORDERS = "as written", "turned round", "by the alphabet"
PLACES = "at the end", "in the middle", "at the front"
MEASURES = "gradient × vector", "leaving it out"
CHOICES = {"task": TASKS, "model": MODELS, "order": ORDERS, "place": PLACES, "measure": MEASURES}


@dataclass(frozen=True)
class State:
    """What the controls say: a task, a model, a sentence and how it is changed; your own words replace the example."""

    task: str = "negation"
    model: str = "CNN"
    example: int = 0
    own: str = ""
    order: str = ORDERS[0]
    more: int = 0
    place: str = PLACES[0]
    measure: str = MEASURES[0]

    def __post_init__(self):
        for field, allowed in CHOICES.items():
            checks.choice("reading", field, getattr(self, field), allowed)
        for field, most in (("example", EXAMPLES - 1), ("more", MOST_WORDS)):
            checks.integer("reading", field, getattr(self, field), 0, most)
        if not isinstance(self.own, str):
            raise TypeError(f"reading: own must be a sentence, a str, got {self.own!r}")
        if self.own.strip() and not data.tokenize(self.own):
            raise ValueError(f"reading: your words must have letters, got {self.own!r}")
        if len(self.words) > LONGEST:
            raise ValueError(f"reading: a sentence must have at most {LONGEST} words, got {len(self.words)}")

    @property
    def words(self):
        """The sentence that is read."""
        words = data.tokenize(self.own) or [*examples(self.task)[self.example].words]
        start = dict(zip(PLACES, (len(words), len(words) // 2, 0), strict=True))[self.place]
        filler = ("the", "of", "a", "to", "in", "and") if self.task == "real text" else NEUTRAL
        words[start:start] = [filler[number % len(filler)] for number in range(self.more)]
        return {"turned round": words[::-1], "by the alphabet": sorted(words)}.get(self.order, words)


class Example(NamedTuple):
    """A sentence and its class."""

    words: tuple
    label: int


class Result(NamedTuple):
    """What the picture shows of a sentence of T words and C classes."""

    state: State
    words: tuple
    known: np.ndarray  # (T,) of bool: whether the model has seen the word in training
    classes: tuple
    after: np.ndarray  # (T, C): the probabilities if the sentence ended at each word
    winner: int  # the class with the highest score of the whole sentence
    second: int  # the next one
    lead: float  # the winner's score less the second's
    parts: np.ndarray  # (T,): what each word gives to the lead
    windows: tuple  # of a CNN, (first word, width, share of the strongest) each


@lru_cache(maxsize=len(TASKS))
def examples(name):
    """Sentences of a task to choose from: short ones that are made up, or test sentences of the real text."""
    if name == "real text":
        return tuple(islice(_test_sentences(), EXAMPLES))
    draw = {"keyword": data.keyword, "negation": data.negation, "long range": data.long_range}[name]
    made = draw(EXAMPLES, *{"keyword": (8,), "negation": (3,), "long range": (8, 2)}[name], rng=1)
    order = np.argsort(made.groups, kind="stable")  # pairs side by side
    return tuple(Example(made.tokens[i], int(made.labels[i])) for i in order)


def _test_sentences():
    """Yield sentences of the real text's test part in their own words, one of them unknown at most."""
    given = task("real text")
    kept = {tuple(row[:length]) for row, length in zip(given.test.indices.tolist(), given.test.lengths, strict=True)}
    sentences, labels, _ = data.docstrings()
    for sentence, label in zip(sentences, labels, strict=True):
        words = data.tokenize(sentence)
        row = tuple(given.vocabulary.encode([words]).indices[0].tolist())
        if row in kept and row.count(1) <= 1:
            yield Example(tuple(words), int(label))


def compute(state):
    """Read the sentence, and every beginning of it, and ask what each word gave."""
    model, given, words = trained(state.task, state.model), task(state.task), state.words
    indices, _ = given.vocabulary.encode([words])
    length = len(words)
    scores = model(np.tril(np.repeat(indices, length, axis=0)), np.arange(1, length + 1))
    second, winner = (int(k) for k in scores[-1].argsort(kind="stable")[-2:])
    parts, windows = _by_gradient(model, indices, winner, second)
    if state.measure == MEASURES[1]:
        rest = model(_without_each(indices[0]), np.full(length, max(length - 1, 1)))
        parts = np.subtract(*(scores[-1:] - rest)[:, [winner, second]].T)
    return Result(
        state,
        tuple(words),
        indices[0] != 1,
        given.classes,
        softmax_forward(scores, 1)[0],
        winner,
        second,
        float(scores[-1, winner] - scores[-1, second]),
        parts,
        windows,
    )


def _by_gradient(model, indices, winner, second):
    """The parts of the words of one sentence, (1, T), in the lead of a class over another; of a CNN also the windows.

    For a bag of words a part is weight times TF-IDF, shared evenly among equal words. For a net it is the gradient of
    the lead by the word's vector, times that vector.
    """
    if not hasattr(model, "embedding"):
        weight, row = np.subtract(*model.head.weight.data[[winner, second]]), indices[0]
        return (weight * model.vectors(indices)[0] / np.maximum(np.bincount(row, minlength=len(weight)), 1))[row], ()
    upstream = np.zeros((1, model.head.out_features))
    upstream[0, winner], upstream[0, second] = 1, -1
    vectors, gradient, reader = at_vectors(model, indices, upstream)
    parts = (vectors * gradient).sum(axis=2)[0]
    return parts, _windows(reader, winner, second) if hasattr(reader, "convs") else ()


def _without_each(row):
    """The sentence without each of its words, (T, T - 1); of a single word padding is left."""
    if len(row) == 1:
        return np.zeros((1, 1), row.dtype)
    return np.stack([np.delete(row, number) for number in range(len(row))])


def _windows(cnn, winner, second):
    """The windows of a CNN that won over time: (first word, width, part) each, parts as shares of the largest."""
    cache, weight = cnn.pool.cache, np.subtract(*cnn.head.weight.data[[winner, second]])
    widths = np.concatenate([np.full(conv.out_channels, conv.kernel_size[0]) for conv in cnn.convs])
    length, parts = len(cache.x), {}
    for width, place, part in zip(widths.tolist(), cache.winners[0].tolist(), weight * cache.out[0], strict=True):
        first = place - (width - 1) // 2  # padded to the same length: the middle window stands at its word
        begin, end = max(first, 0), min(first + width, length)
        parts[begin, end - begin] = parts.get((begin, end - begin), 0) + part
    strongest = sorted(parts, key=lambda window: -abs(parts[window]))[:STRONGEST]
    most = max(map(abs, parts.values())) or 1
    return tuple((*window, parts[window] / most) for window in strongest)


def describe(result):
    """The result in sentences."""
    state = result.state
    chances = ", ".join(f"{name} {chance:.0%}" for name, chance in zip(result.classes, result.after[-1], strict=True))
    unchanged = (state.own.strip(), state.order, state.more) == ("", ORDERS[0], 0)
    truth = f"; right is {result.classes[examples(state.task)[state.example].label]}" if unchanged else ""
    first, second = result.classes[result.winner], result.classes[result.second]
    lines = [
        f"{state.model} says {first}{truth}. {chances}",
        f"{first} leads {second} by {result.lead:.2f}; the bars add up to {result.parts.sum():.2f}: {_caution(result)}",
    ]
    unknown = [word for word, known in zip(result.words, result.known, strict=True) if not known]
    return [*lines, *([f"not in the vocabulary: {', '.join(unknown)}"] if unknown else [])]


def _caution(result):
    """What the bars say, and what they do not."""
    if result.state.measure == MEASURES[1]:
        return "a bar is what the lead loses without the word; words that help each other are counted twice"
    if result.state.model == "TF-IDF":
        return "the rest is the biases; the order of the words has no part in it"
    if result.windows:
        return "the rest is the biases; another word may let other windows win"
    return "they say what a small change of a word's vector does, not what the word is worth"
