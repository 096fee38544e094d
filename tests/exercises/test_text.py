"""The checkers of the lesson on text know right from wrong, and say what is wrong."""

import numpy as np
import pytest

from helpers.exercises.text import check_features, check_tf_idf


def tf_idf(counts, one=1, texts=lambda counts: (counts > 0).sum(0), scaled=True):
    rows = counts * (np.log((1 + len(counts)) / (1 + texts(counts))) + one)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True) if scaled else rows


def features(x, kernels, bias, pool=np.max, last=1, turn=1, relu=True):
    width = kernels.shape[1]
    windows = np.stack([x[t : t + width] for t in range(len(x) - width + last)])
    found = np.einsum("tke,fke->tf", windows, kernels[:, ::turn]) + bias
    return pool(np.maximum(found, 0) if relu else found, axis=0)


def test_right_solutions_are_right():
    assert check_tf_idf(tf_idf)
    assert check_features(features)


@pytest.mark.parametrize(
    "mistake",
    [{"one": 0}, {"texts": lambda counts: counts.sum(0)}, {"scaled": False}],
    ids=["no + 1", "words counted in place of texts", "not scaled"],
)
def test_a_wrong_tf_idf_hears_where_it_parts(mistake):
    verdict = check_tf_idf(lambda counts: tf_idf(counts, **mistake))
    assert not verdict and "On case 1 of 3" in repr(verdict) and "expected" in repr(verdict)


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ({"pool": np.mean}, "entry 0 of the result is 0.5, expected 1.0"),
        ({"turn": -1}, "entry 0 of the result is 0.0, expected 1.0"),
        ({"last": 0}, "entry 0 of the result is 0.0, expected 1.0"),
        ({"relu": False}, "expected 0.0"),
    ],
    ids=["mean over time", "filter turned round", "last window left out", "no ReLU"],
)
def test_wrong_features_hear_where_they_part(mistake, says):
    verdict = check_features(lambda *given: features(*given, **mistake))
    assert not verdict and says in repr(verdict)
