"""The benchmarks compare values before they time; nothing here depends on how fast anything is."""

import numpy as np
import pytest

from benchmarks import __main__ as bench
from benchmarks.cases import CASES
from helpers import nn
from helpers.kernels import blocks

SMALL = [case for case in CASES if np.prod(case.shape) < 1000]


@pytest.fixture(autouse=True)
def threads_as_before():
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads(), blocks.get_num_threads()
    yield
    torch.set_num_threads(before[0])
    blocks.set_num_threads(before[1])


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_case_gives_a_row_with_its_targets(case, dtype):
    row = bench.run(case, dtype, threads=1, rounds=1)
    assert (row["case"], row["dtype"], row["targets"]) == (case.name, dtype, [case.forward, case.backward])
    assert row["forward"] > 0 and row["backward"] > 0


def test_a_layer_with_wrong_values_is_not_timed(monkeypatch):
    monkeypatch.setattr(nn.MaxPool2d, "backward", lambda self, grad: np.zeros(self.cache.x.shape))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        bench.run(SMALL[0], "float64", threads=1, rounds=1)


def test_every_case_names_layers_that_both_sides_have():
    torch = pytest.importorskip("torch")
    for case in CASES:
        assert repr(getattr(nn, case.layer)(**case.options)) == repr(getattr(torch.nn, case.layer)(**case.options))
