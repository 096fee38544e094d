r"""From letters and words to numbers: one vocabulary for both, padded rows, one-hot vectors, TF-IDF."""

import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from helpers import checks

PAD, UNKNOWN = "<pad>", "<unknown>"  # the tokens 0 and 1 of every vocabulary


class Encoded(NamedTuple):
    """Sequences as numbers: `indices` (N, T) int64, 0 behind the end of each, and their `lengths` (N,) int64."""

    indices: np.ndarray
    lengths: np.ndarray


def tokenize(sentence):
    """Return the words of a sentence in lower case, as a list; what is not a letter parts words and is dropped.

    Examples
    --------
    >>> tokenize("Return an n-dimensional array.")
    ['return', 'an', 'n', 'dimensional', 'array']
    """
    if not isinstance(sentence, str):
        raise TypeError(f"tokenize: sentence must be a str, got {sentence!r}")
    return re.findall(r"[^\W\d_]+", sentence.lower())


class Vocabulary:
    r"""A number for every token, and back.

    Parameters
    ----------
    sequences : iterable of sequences of str
        Lists of words; or words, which are sequences of letters. Give those of the training alone: what else turns up
        later is unknown.
    size : int, optional
        At most so many tokens, the two special ones included; the rarest are left out. At least 3.

    Attributes
    ----------
    tokens : tuple of str
        Token i stands at place i: "<pad>", "<unknown>", then by falling count, equal counts by the alphabet.

    Examples
    --------
    >>> letters = Vocabulary(["tree", "ten"])
    >>> letters.tokens
    ('<pad>', '<unknown>', 'e', 't', 'n', 'r')
    >>> indices, lengths = letters.encode(["tent", "ex"])
    >>> indices
    array([[3, 2, 4, 3],
           [2, 1, 0, 0]])
    >>> letters.decode(indices[1])
    ['e', '<unknown>']
    """

    def __init__(self, sequences, size=None):
        if isinstance(sequences, str):
            raise TypeError("Vocabulary: sequences must be a list of words or of lists of words, got one str")
        counts = Counter(token for sequence in sequences for token in sequence)
        most = None if size is None else checks.integer("Vocabulary", "size", size, 3) - 2
        ranked = sorted(counts, key=lambda token: (-counts[token], token))
        self.tokens = (PAD, UNKNOWN, *ranked[:most])
        self._index = {token: i for i, token in enumerate(self.tokens)}

    def __len__(self):
        return len(self.tokens)

    def __repr__(self):
        return f"Vocabulary({len(self)} tokens)"

    def encode(self, sequences):
        r"""Turn N sequences into one array, padded with 0 to the longest.

        Parameters
        ----------
        sequences : list of sequences of str
            None of them empty.

        Returns
        -------
        Encoded
            `indices` (N, T) int64 and `lengths` (N,) int64; a token that is not in the vocabulary becomes 1.
        """
        if isinstance(sequences, str):
            raise TypeError("Vocabulary.encode: sequences must be a list of words or of lists of words, got one str")
        rows = [[self._index.get(token, 1) for token in sequence] for sequence in sequences]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        if not lengths.all():
            raise ValueError(f"Vocabulary.encode: sequences must not be empty, got an empty one at {lengths.argmin()}")
        indices = np.zeros((len(rows), lengths.max(initial=0)), dtype=np.int64)
        indices[np.arange(indices.shape[1]) < lengths[:, None]] = [index for row in rows for index in row]
        return Encoded(indices, lengths)

    def decode(self, indices):
        """Return the tokens of one row of indices as a list, without the padding."""
        indices = checks.indices("Vocabulary.decode", "indices", indices, len(self))
        return [self.tokens[index] for index in indices if index != 0]


def one_hot(indices, count, padding_idx=None):
    r"""A vector for each index, 1 at the index and 0 elsewhere.

    Parameters
    ----------
    indices : array of int, any shape (...)
        Each in 0..count - 1.
    count : int
        Length of the vectors, at least 1.
    padding_idx : int, optional
        This index becomes a vector of zeros: padding that adds nothing.

    Returns
    -------
    numpy.ndarray
        (..., count) float64. Summed over a sentence, it is the sentence's bag of words.

    Raises
    ------
    TypeError, ValueError, IndexError
        An argument of the wrong kind or value; an index outside 0..count - 1.

    Examples
    --------
    >>> one_hot([1, 0, 0], 3, padding_idx=0).sum(axis=0)
    array([0., 1., 0.])
    """
    count = checks.integer("one_hot", "count", count, 1)
    indices = checks.indices("one_hot", "indices", indices, count)
    checks.affordable("one_hot", "the result", (*indices.shape, count))
    vectors = np.zeros((*indices.shape, count))
    np.put_along_axis(vectors, indices[..., None], 1.0, axis=-1)
    if padding_idx is not None:
        vectors[..., checks.indices("one_hot", "padding_idx", padding_idx, count)] = 0
    return vectors


def tf_idf(counts, fitted=None):
    r"""Weigh the words of each text by their rarity, and scale each text to length 1.

    Parameters
    ----------
    counts : array (N, V)
        How often each of V words stands in each of N texts, at least 0.
    fitted : array (N', V), optional
        The counts of the texts to learn the rarity from, those of the training; without it `counts` itself.

    Returns
    -------
    numpy.ndarray
        (N, V) float64. A text without words stays 0.

    Notes
    -----
    As scikit-learn has it by default: df is the number of the N' texts that hold a word,

    .. math:: \mathrm{idf} = \ln \frac{1 + N'}{1 + \mathrm{df}} + 1, \qquad x = \mathrm{counts} \cdot \mathrm{idf},
              \qquad y = x / \lVert x \rVert_2

    Texts with equal bags of words are equal vectors: the order of the words is lost.

    Examples
    --------
    >>> tf_idf([[1, 1, 0], [2, 0, 0]]).round(3)
    array([[0.58 , 0.815, 0.   ],
           [1.   , 0.   , 0.   ]])
    """
    counts = _counts("counts", counts)
    fitted = counts if fitted is None else _counts("fitted", fitted)
    if counts.shape[1] != fitted.shape[1]:
        raise ValueError(f"tf_idf: fitted must have the {counts.shape[1]} columns of counts, got {fitted.shape}")
    weighed = counts * (np.log((1 + len(fitted)) / (1 + (fitted > 0).sum(axis=0))) + 1)
    length = np.linalg.norm(weighed, axis=1, keepdims=True)
    return weighed / np.where(length > 0, length, 1)


def _counts(name, value):
    counts = checks.real_array("tf_idf", name, value)
    if counts.ndim != 2:
        raise ValueError(f"tf_idf: {name} must have shape (N, V), got {counts.shape}")
    if not (counts >= 0).all():
        raise ValueError(f"tf_idf: {name} must be at least 0, got {counts.min()}")
    return counts.astype(np.float64)
