r"""What reads a sentence: TF-IDF with a linear layer, windows of words, an RNN, LSTM or GRU; and how it is trained."""

from functools import lru_cache

import numpy as np

from helpers import checks, data, nn, optim
from helpers.complexity import count_parameters, widest
from helpers.train import accuracy, fit

from .gates import set_forget_bias
from .text_tasks import TASKS, task

RECURRENT = {  # name: kind of net, what becomes of its states
    "RNN": ("RNN", "last"),
    "LSTM": ("LSTM", "last"),
    "GRU": ("GRU", "last"),
    "RNN, max": ("RNN", "max"),
    "LSTM, max": ("LSTM", "max"),
}
MODELS = "TF-IDF", "CNN", *RECURRENT
WORD, WIDTHS = 16, (2, 3)  # numbers of a word's vector; words in a window
BUDGET = 2000  # parameters of what reads the words' vectors
CARRY = 2.0  # bias of the gate that keeps, at the start: sigmoid(2) = 0.88
GATED, STARTS = ("LSTM", "GRU"), (None, 1.0)  # other starts that "long range" is learned from; None is torch's own
SMALL = 0.1  # another standard deviation of the words' vectors at the start, for "real text"; torch's own is 1
LRS, SEEDS = (0.001, 0.003, 0.01, 0.03), range(5)
EPOCHS, BATCH = 15, 32


class BagOfWords(nn.Module):
    r"""TF-IDF and a linear layer.

    Parameters
    ----------
    texts : array of int (N', T')
        The training, padded with 0: it says how rare a word is.
    words, classes : int
    rng : numpy.random.Generator or int

    Shape
    -----
    `y = model(indices, lengths=None)`; indices (N, T), y (N, classes).
    """

    def __init__(self, texts, words, classes, rng):
        self.words = words
        self.counts = self._counted(texts)
        self.head = nn.Linear(words, classes, rng=rng)

    def _counted(self, indices):
        return data.one_hot(indices, self.words, padding_idx=0).sum(axis=1)

    def vectors(self, indices):
        """TF-IDF of sentences (N, T): what the linear layer is given, (N, words)."""
        return data.tf_idf(self._counted(indices), self.counts)

    def forward(self, indices, lengths=None):
        return self.head(self.vectors(indices))

    def backward(self, grad_out):
        """Return None: an index has no gradient."""
        self.head.backward(grad_out)


class TextCNN(nn.Module):
    r"""Filters over windows of words; of each filter the largest answer over time; a linear layer.

    Parameters
    ----------
    words : int
    filters : int
        How many of each width.
    classes : int
    rng : numpy.random.Generator or int

    Shape
    -----
    `y = model(indices, lengths=None)`; indices (N, T), y (N, classes).

    Notes
    -----
    The convolution pads with zeros, so that a sentence may be shorter than a window; what lies behind the end is left
    out of the maximum. An index of 0 has the vector 0: a sentence in a padded batch gives what it gives alone.

    References
    ----------
    Y. Kim (2014), Convolutional Neural Networks for Sentence Classification, arXiv 1408.5882.
    """

    def __init__(self, words, filters, classes, rng):
        rng = checks.generator("TextCNN", rng)
        self.embedding = nn.Embedding(words, WORD, padding_idx=0, rng=rng)
        for width in WIDTHS:
            setattr(self, f"conv{width}", nn.Conv1d(WORD, filters, width, padding="same", rng=rng))
        self.relu, self.pool = nn.ReLU(), nn.SequencePool("max", batch_first=True)
        self.head = nn.Linear(filters * len(WIDTHS), classes, rng=rng)

    @property
    def convs(self):
        """The convolutions, narrow windows first."""
        return [getattr(self, f"conv{width}") for width in WIDTHS]

    def forward(self, indices, lengths=None):
        words = self.embedding(indices).swapaxes(1, 2)  # (N, WORD, T)
        answers = np.concatenate([conv(words) for conv in self.convs], axis=1)  # (N, filters of all widths, T)
        return self.head(self.pool(self.relu(answers).swapaxes(1, 2), lengths=lengths))

    def backward(self, grad_out):
        """Return the gradient of the input, None for indices."""
        grad = self.pool.backward(self.head.backward(grad_out)).swapaxes(1, 2)
        parts = np.split(self.relu.backward(grad), len(WIDTHS), axis=1)
        grad = sum(conv.backward(part) for conv, part in zip(self.convs, parts, strict=True))
        return self.embedding.backward(grad.swapaxes(1, 2))


def new_model(task_name, name, seed, carry=CARRY, size=1.0):
    """An untrained model of `MODELS`; a net is the largest that the budget pays for beside the words' vectors.

    `carry` is the bias that the gates that keep start with, in an LSTM and a GRU; None leaves them as they are drawn.
    `size` is the standard deviation that the numbers of the words' vectors start with.
    """
    checks.choice("new_model", "name", name, MODELS)
    given = task(task_name)
    words, classes = len(given.vocabulary), len(given.classes)
    if name == "TF-IDF":
        return BagOfWords(given.train.indices, words, classes, seed)
    width = widest(lambda width: _net(name, words, width, classes, 0, carry), BUDGET + words * WORD)
    net = _net(name, words, width, classes, seed, carry)
    net.embedding.weight.data *= size
    return net


def _net(name, words, size, classes, seed, carry):
    rng = np.random.default_rng(seed)
    if name == "CNN":
        return TextCNN(words, size, classes, rng)
    kind, pool = RECURRENT[name]
    net = getattr(nn, kind)(WORD, size, batch_first=True, rng=rng)
    if kind != "RNN" and carry is not None:
        set_forget_bias(net, carry)  # the second gate: f of an LSTM, z of a GRU; each multiplies what is carried on
    embedding = nn.Embedding(words, WORD, padding_idx=0, rng=rng)
    return nn.SequenceModel(net, nn.Linear(size, classes, rng=rng), nn.SequencePool(pool, batch_first=True), embedding)


def reading_parameters(model):
    """How many numbers a model learns beside the vectors of the words."""
    vectors = getattr(model, "embedding", None)
    return count_parameters(model) - (0 if vectors is None else count_parameters(vectors))


def run(task_name, name, seed, lr, epochs=EPOCHS, carry=CARRY, size=1.0):
    """Train a model; return it and its History, which has the accuracy on the validation and on the test part."""
    given, model = task(task_name), new_model(task_name, name, seed, carry, size)
    learner, parts = model, given[:3]
    if name == "TF-IDF":  # its vectors are made once
        learner, parts = model.head, [(model.vectors(part.indices), part.labels) for part in parts]
    history = fit(
        learner,
        parts[0],
        nn.CrossEntropyLoss(),
        optim.Adam(learner.parameters(), lr=lr),
        epochs=epochs,
        batch_size=BATCH,
        max_norm=1.0,
        validation={"validation": parts[1], "test": parts[2]},
        metrics={"accuracy": accuracy},
        seed=seed,
    )
    return model, history


def packed(model):
    """All that a model has learned in one row of numbers."""
    return np.concatenate([values.ravel() for values in model.state_dict().values()])


@lru_cache(maxsize=len(TASKS) * len(MODELS))
def trained(task_name, name):
    """The model as scripts/train_records.py has trained (seed 0) and stored it, in float16; one for all callers."""
    model, row = new_model(task_name, name, 0), data.stored("text.npz")[f"{task_name}: {name}"]
    state = model.state_dict()
    pieces = np.split(row.astype(np.float64), np.cumsum([values.size for values in state.values()])[:-1])
    model.load_state_dict({key: piece.reshape(state[key].shape) for key, piece in zip(state, pieces, strict=True)})
    return model.eval()
