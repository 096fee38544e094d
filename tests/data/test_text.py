"""Letters and words become numbers and come back; TF-IDF is scikit-learn's."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from helpers.data import Vocabulary, docstrings, one_hot, tf_idf, tokenize, words


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("", []),
        ("Not good, but BAD!", ["not", "good", "but", "bad"]),
        ("n-dimensional x_1 2.5", ["n", "dimensional", "x"]),
        ("Straße, não; où?", ["straße", "não", "où"]),
    ],
)
def test_a_sentence_falls_into_its_words(sentence, expected):
    assert tokenize(sentence) == expected


def test_what_is_no_sentence_is_refused():
    with pytest.raises(TypeError, match=r"^tokenize: sentence must be a str, got \['a'\]$"):
        tokenize(["a"])


def test_tokens_are_numbered_by_falling_count_then_by_the_alphabet():
    vocabulary = Vocabulary([["b", "a", "c"], ["c", "d", "b"], ["c"]])
    assert vocabulary.tokens == ("<pad>", "<unknown>", "c", "b", "a", "d")
    assert len(vocabulary) == 6
    assert repr(vocabulary) == "Vocabulary(6 tokens)"
    assert Vocabulary([["b", "a", "c"], ["c", "b"]], size=4).tokens == ("<pad>", "<unknown>", "b", "c")
    assert Vocabulary(iter([["a"]]), size=100).tokens == ("<pad>", "<unknown>", "a")


def test_real_words_and_sentences_come_back_as_they_were():
    names, sentences = words().words, [tokenize(sentence) for sentence in docstrings().sentences]
    for sequences in (names, sentences):
        vocabulary = Vocabulary(sequences)
        indices, lengths = vocabulary.encode(sequences)
        assert (indices.dtype, lengths.dtype) == (np.int64, np.int64)
        assert indices.shape == (len(sequences), max(map(len, sequences)))
        for i in range(0, len(sequences), 97):
            assert vocabulary.decode(indices[i]) == list(sequences[i])
        np.testing.assert_array_equal((indices != 0).sum(axis=1), lengths)


def test_padding_is_at_the_end_alone_and_the_unknown_has_its_number():
    vocabulary = Vocabulary(["ab"])
    indices, lengths = vocabulary.encode(["b", "axb", "aa"])
    assert indices.tolist() == [[3, 0, 0], [2, 1, 3], [2, 2, 0]]
    assert lengths.tolist() == [1, 3, 2]
    assert vocabulary.decode(indices[1]) == ["a", "<unknown>", "b"]


def test_no_sequences_make_an_empty_array():
    indices, lengths = Vocabulary([]).encode([])
    assert (indices.shape, indices.dtype, lengths.shape) == ((0, 0), np.int64, (0,))


def test_what_cannot_be_encoded_is_named():
    vocabulary = Vocabulary(["ab"])
    with pytest.raises(ValueError, match="sequences must not be empty, got an empty one at 1"):
        vocabulary.encode(["a", "", "b"])
    for function in (Vocabulary, vocabulary.encode):
        with pytest.raises(TypeError, match="must be a list of words or of lists of words, got one str"):
            function("ab")
    with pytest.raises(ValueError, match="Vocabulary: size must be at least 3, got 2"):
        Vocabulary(["ab"], size=2)
    with pytest.raises(IndexError, match=r"Vocabulary\.decode: indices must be in 0\.\.3, got 4"):
        vocabulary.decode([4])


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (0, 4), (2, 0, 3)])
def test_one_hot_vectors_are_rows_of_the_identity(shape):
    indices = np.random.default_rng(0).integers(0, 6, shape)
    np.testing.assert_array_equal(one_hot(indices, 6), np.eye(6)[indices], strict=True)


def test_padding_becomes_a_vector_of_zeros_where_asked_for():
    indices = np.array([[2, 0], [1, 2]])
    np.testing.assert_array_equal(one_hot(indices, 3, padding_idx=0), np.diag([0.0, 1, 1])[indices])
    np.testing.assert_array_equal(one_hot(indices, 3, padding_idx=2), np.diag([1.0, 1, 0])[indices])


def test_bad_indices_are_named():
    with pytest.raises(IndexError, match=r"one_hot: indices must be in 0\.\.2, got 3"):
        one_hot([0, 3], 3)
    with pytest.raises(IndexError, match=r"one_hot: indices must be in 0\.\.2, got -1"):
        one_hot([-1], 3)
    with pytest.raises(IndexError, match=r"one_hot: padding_idx must be in 0\.\.2, got 3"):
        one_hot([0], 3, padding_idx=3)
    with pytest.raises(TypeError, match="one_hot: indices must hold integers, got dtype float64"):
        one_hot([0.0], 3)
    with pytest.raises(ValueError, match="one_hot: count must be at least 1, got 0"):
        one_hot([0], 0)
    with pytest.raises(MemoryError, match="one_hot: the result of shape"):
        one_hot(np.zeros(2**20, dtype=int), 2**30)


def test_tf_idf_is_scikit_learns():
    rng = np.random.default_rng(0)
    counts = rng.poisson(0.4, (40, 12))
    counts[3] = 0
    counts[:, 5] = 0
    np.testing.assert_allclose(tf_idf(counts), TfidfTransformer().fit_transform(counts).toarray(), atol=1e-14)
    fitted = TfidfTransformer().fit(counts[:20])
    np.testing.assert_allclose(tf_idf(counts, counts[:20]), fitted.transform(counts).toarray(), atol=1e-14)


def test_tf_idf_leaves_its_counts_alone_and_names_bad_ones():
    counts = np.array([[1.0, 2.0]])
    tf_idf(counts)
    assert counts.tolist() == [[1.0, 2.0]]
    with pytest.raises(ValueError, match=r"tf_idf: counts must have shape \(N, V\), got \(2,\)"):
        tf_idf([1, 2])
    with pytest.raises(ValueError, match="tf_idf: counts must be at least 0, got -1"):
        tf_idf([[-1, 2]])
    with pytest.raises(ValueError, match=r"tf_idf: fitted must have the 2 columns of counts, got \(1, 3\)"):
        tf_idf(counts, [[1, 2, 3]])
