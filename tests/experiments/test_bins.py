"""Bins tell of adaptive pooling what Windows tell of plain pooling."""

import numpy as np
import pytest

from helpers import nn
from helpers.experiments.bins import Bins
from helpers.kernels.windows import Windows

SIZES = [(n, o) for n in range(1, 9) for o in range(1, 12)]


@pytest.mark.parametrize(("size", "count"), SIZES)
def test_the_mean_over_a_bin_is_what_the_layer_gives(size, count):
    row = np.random.default_rng(0).standard_normal((1, size))
    bins = Bins(size, count)
    means = [row[0, [*bins.reads(i)]].mean() for i in range(count)]
    np.testing.assert_allclose(nn.AdaptiveAvgPool1d(count)(row)[0], means)
    assert bins.sizes(True) == bins.sizes(False) == [len(bins.looks_at(i)) for i in range(count)]


@pytest.mark.parametrize(("size", "count"), SIZES)
def test_bins_overlap_where_they_hold_more_pixels_than_there_are(size, count):
    bins = Bins(size, count)
    assert bins.overlap == (sum(bins.sizes(True)) > size)


@pytest.mark.parametrize(("size", "count"), [(6, 3), (8, 1), (5, 5)])
def test_bins_without_a_rest_are_windows(size, count):
    bins, windows = Bins(size, count), Windows(size, size // count, size // count)
    for name in ("count", "overlap", "padding", "overhang", "dilation", "unread", "empty"):
        assert getattr(bins, name) == getattr(windows, name), name
    assert [bins.reads(i) for i in range(count)] == [windows.looks_at(i) for i in range(count)]


def test_the_formula_names_the_first_bins():
    assert Bins(3, 2).formula == "bin i of 2 reads pixels floor(i·3 / 2) to ceil((i + 1)·3 / 2) − 1: 0 to 1, 1 to 2"
    assert Bins(2, 7).formula.endswith("− 1: 0, 0, 0, 0 to 1, 1, …")
