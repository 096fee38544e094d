"""The benchmarks compare before they time; nothing here depends on how fast anything is."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from benchmarks import __main__ as bench
from benchmarks import figures, growth, kernels, labs, loops, startup
from benchmarks.cases import CASES, Case
from benchmarks.figures import Figure
from helpers import nn
from helpers.kernels import blocks
from helpers.widgets import pooling_lab

SMALL = [
    *(case for case in CASES if np.prod(case.shape) < 1000),
    Case("LSTM", (3, 4), {}, (5, 2, 3), (0.6, 0.45), float32=(2, 2)),
    Case("GRU", (3, 4), {}, (5, 2, 3), (0.6, 0.4), own={"reset_after": False}),
]
LIMITS = {"copy": 1e10, "product": 1e11}


@pytest.fixture(autouse=True)
def threads_as_before():
    before = torch.get_num_threads(), blocks.get_num_threads()
    yield
    torch.set_num_threads(before[0])
    blocks.set_num_threads(before[1])


# ------------------------------------------------------------------------------------------------ beside torch


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_case_gives_two_shares_with_their_targets(case, dtype):
    rows = [*kernels.measure(case, dtype, 1, LIMITS)]
    assert [row.what for row in rows] == [f"{dtype} forward", f"{dtype} with backward"]
    assert tuple(row.at_most for row in rows) == case.targets_of(dtype)
    assert all(row.subject.startswith(f"{case.name}, ") and row.value > 0 for row in rows)


def test_float32_has_targets_of_its_own_where_torch_has_a_faster_way_for_it():
    assert SMALL[-2].targets_of("float32") == (2, 2)
    assert SMALL[-1].targets_of("float32") == (0.6, 0.4)


@pytest.mark.parametrize(
    ("case", "layer", "attribute", "wrong", "what"),
    [
        (SMALL[0], nn.MaxPool2d, "forward", lambda self, x: np.zeros((1, 1, 8, 8), x.dtype), "output differs"),
        (SMALL[0], nn.MaxPool2d, "backward", lambda self, grad: np.zeros(self.cache.x.shape), "dx differs"),
        (SMALL[0], nn.MaxPool2d, "backward", lambda self, grad: np.full(self.cache.x.shape, np.nan), "dx differs"),
        (SMALL[0], nn.MaxPool2d, "backward", lambda self, grad: np.zeros((1, 1, 16, 15)), "dx: "),
        (SMALL[-1], nn.Parameter, "add_grad", lambda self, grad: setattr(self, "grad", 2 * grad), "d weight_ih_l0"),
    ],
    ids=["output", "dx", "NaN", "shape", "parameters"],
)
def test_a_layer_with_wrong_values_is_not_timed(monkeypatch, case, layer, attribute, wrong, what):
    original = kernels.Pair(case, "float64").layer.forward
    if attribute == "forward":  # the layer still keeps its cache, so that only the comparison can stop it
        monkeypatch.setattr(layer, attribute, lambda self, x: (original(x), wrong(self, x))[1])
    else:
        monkeypatch.setattr(layer, attribute, wrong)
    monkeypatch.setattr(kernels, "interleaved", lambda *_: pytest.fail("timed before it was compared"))
    if attribute == "forward":
        monkeypatch.setattr(nn.MaxPool2d, "backward", lambda self, grad: np.zeros((1, 1, 16, 16)))
    with pytest.raises(AssertionError, match=f"^{what}"):
        next(kernels.measure(case, "float64", 1, LIMITS))


def test_a_float32_layer_that_answers_in_float64_is_not_timed(monkeypatch):
    backward = nn.AvgPool2d.backward
    monkeypatch.setattr(nn.AvgPool2d, "backward", lambda self, grad: backward(self, grad).astype(np.float64))
    case = Case("AvgPool2d", (2,), {}, (1, 1, 4, 4), (1, 1))
    with pytest.raises(AssertionError, match=r"^dx: .* float64"):
        next(kernels.measure(case, "float32", 1, LIMITS))


def test_every_case_names_a_layer_that_both_sides_have():
    for case in CASES:
        ours = getattr(nn, case.layer)(*case.arguments, **case.options)
        assert repr(ours) == repr(getattr(torch.nn, case.layer)(*case.arguments, **case.options))
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_first_published_gru_of_the_benchmark_is_not_torchs():
    pair = kernels.Pair(SMALL[-1], "float64")
    assert np.abs(pair.forward() - pair.torch_forward().numpy()).max() > 1e-3
    pair.assert_same()


def test_the_least_time_counts_what_is_copied_or_multiplied():
    pool = kernels.Pair(Case("MaxPool2d", (2,), {}, (1, 1, 4, 4), (1, 1)), "float64")
    assert kernels._least_seconds(pool, LIMITS, backward=False) == pytest.approx(8 * (16 + 4) / 1e10)
    assert kernels._least_seconds(pool, LIMITS, backward=True) == pytest.approx(2 * 8 * (16 + 4) / 1e10)
    conv = kernels.Pair(Case("Conv2d", (2, 3, 3), {}, (4, 2, 5, 5), (1, 1)), "float64")
    slow = LIMITS | {"product": 1e3}
    assert kernels._least_seconds(conv, slow, backward=False) == pytest.approx(4 * 3 * 9 * 2 * 3 * 3 * 2 / 1e3)
    net = kernels.Pair(Case("LSTM", (3, 4), {}, (5, 2, 3), (1, 1)), "float64")
    assert kernels._least_seconds(net, slow, backward=True) == pytest.approx(3 * 2 * 5 * 2 * 16 * (3 + 4) / 1e3)


@pytest.mark.parametrize(
    "layer",
    [nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(3, 1, 1), nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(2, 1, 2)],
    ids=repr,
)
def test_the_loops_of_tutorials_compute_what_the_layer_computes(layer):
    x = np.random.default_rng(0).standard_normal((2, 2, 6, 6)) - 3
    np.testing.assert_allclose(loops.loop_of(layer)(x), layer(x), rtol=1e-12)


def test_layers_without_windows_have_no_loop():
    assert loops.loop_of(nn.RNN(2, 2)) is None


# -------------------------------------------------------------------------------------------------- growth


def test_the_slope_is_the_power_of_a_law():
    sizes = [100, 300, 1000, 3000]
    for power in (0, 0.5, 1, 2):
        assert figures.slope(sizes, [7.0 * size**power for size in sizes]) == pytest.approx(power)


def test_a_slope_away_from_its_bounds_is_missed():
    linear = growth._power("net", "time", [1, 3, 10, 30], "ms", 1)
    square = growth._power("net", "time", [1, 9, 100, 900], "ms", 1)
    assert (linear.reached, square.reached) == (True, False)
    assert (linear.note, linear.target) == ("1 to 30 ms", "0.9 to 1.1")


def test_the_peak_is_what_lives_at_once():
    def work():
        np.ones(10_000_000).sum()
        return np.ones(100_000)

    assert growth.peak(work) == pytest.approx(8e7, rel=0.01)


def test_what_backward_needs_is_counted_array_by_array():
    t, n, size = 50, 2, growth.FEATURES
    x = np.zeros((t, n, size))
    one = 8 * t * n * size
    expected = {"RNN": 5, "LSTM": 4 + 3 + 4 + 2 + 1, "GRU": 3 + 2 + 3 + 1 + 1}  # kept, sums, states, dx
    for name, arrays in expected.items():
        got = growth.needed(growth.NETS[name](), x) / one
        assert arrays - 1 <= got < arrays + 0.1, f"{name}: {got}"


# ------------------------------------------------------------------------------------------- start-up and labs


def test_stages_are_measured_in_a_fresh_process(monkeypatch):
    stages = {"json": ("import json", None), "a nap": ("time.sleep(0.02)", 1), "nothing": ("pass", 1e9)}
    monkeypatch.setattr(startup, "STAGES", stages)
    rows = [*startup._stages("start-up", [startup._in_process() for _ in range(2)])]
    assert [row.what for row in rows] == ["import json", "import a nap", "import nothing"]
    assert [row.reached for row in rows] == [True, False, True]
    assert rows[1].value >= 20


def test_stages_are_medians_of_runs():
    runs = [
        [(1, 10), (2, 20), (3, 30), (4, 40)],
        [(9, 12), (2, 22), (5, 32), (4, 42)],
        [(2, 11), (2, 21), (4, 31), (4, 41)],
    ]
    rows = [*startup._stages("start-up", runs)]
    assert [row.value for row in rows] == [2, 2, 4, 4]
    assert (rows[0].spread, rows[0].note) == ((1, 9), "then 11 MB private")


def test_a_lab_is_moved_and_answers_every_time():
    lab = pooling_lab()
    before = lab.values()
    row = labs.answers("labs, pooling", "as it starts", lab, changes=30)
    assert lab.values() == before, "each control is moved back"
    assert row.what == "p95, as it starts" and row.value > 0


def test_the_heaviest_setting_is_found_by_trying(monkeypatch):
    lab = pooling_lab()
    cost = {"temple": 5, "flower": 9}
    monkeypatch.setattr(labs, "_time_to", lambda lab, control, value: cost.get(value, value is True))
    said = labs.make_heaviest(lab)
    assert (lab.controls["picture"].value, lab.controls["ceil_mode"].value) == ("flower", True)
    assert "picture=flower" in said


def test_only_labs_that_draw_images_have_the_longer_time():
    numbers, photograph = pooling_lab(), None
    assert labs.answers("", "", numbers, changes=4).at_most == labs.CELLS_OR_LINES
    photograph = pooling_lab(picture="temple")
    assert labs.answers("", "", photograph, changes=4).at_most == labs.PHOTOGRAPHS


def test_controls_move_within_their_bounds():
    slider = SimpleNamespace(value=1, min=1, max=8)
    assert labs._neighbours(slider) == [2]
    assert labs._neighbours(slider, every=True) == [8]
    assert labs._neighbours(SimpleNamespace(value="a", options=("a", "b"))) == ["b"]
    assert labs._neighbours(SimpleNamespace(value=1, options=(("one", 1), ("two", 2)))) == [2]
    assert labs._neighbours(SimpleNamespace(value=False)) == [True]
    assert labs._neighbours(SimpleNamespace(value=())) == []


# ------------------------------------------------------------------------------------------------- the report


@pytest.mark.parametrize(
    ("value", "bounds", "target", "reached"),
    [
        (0.5, {"at_most": 0.5}, "<= 0.5", True),
        (0.51, {"at_most": 0.5}, "<= 0.5", False),
        (99.0, {"at_least": 100}, ">= 100", False),
        (1.05, {"at_least": 0.9, "at_most": 1.1}, "0.9 to 1.1", True),
        (0.85, {"at_least": 0.9, "at_most": 1.1}, "0.9 to 1.1", False),
        (float("nan"), {"at_most": 0.5}, "<= 0.5", False),
        (7.0, {}, "", True),
    ],
)
def test_a_figure_says_whether_its_target_is_reached(value, bounds, target, reached):
    figure = Figure("pool", "forward", value, **bounds)
    assert (figure.target, figure.reached) == (target, reached)
    assert ("MISSED" in str(figure)) == (not reached)
    assert ("reached" in str(figure)) == (reached and bool(target))


def test_quartiles_are_a_median_with_its_spread():
    assert figures.quartiles([5, 1, 4, 2, 3]) == (3, (2, 4))


def test_numbers_have_the_digits_that_count():
    assert [figures.number(n) for n in (0.01234, 1.234, 12.34, 123.4, 1234.5)] == [
        "0.0123",
        "1.23",
        "12.3",
        "123",
        "1234",
    ]


def test_figures_of_one_subject_stand_under_one_heading(capsys):
    rows = [Figure("a", "x", 1), Figure("a", "y", 2), Figure("b", "x", 3)]
    assert figures.show(iter(rows)) == rows
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == ["a", "b"]
    assert len([line for line in lines if line.startswith("  ")]) == 3


BEFORE = [
    Figure("pool", "forward", 0.8, "", 0.5, spread=(0.7, 0.9), note="ours 1 ms"),
    Figure("pool", "with backward", 0.8, "", 0.9),
    Figure("lab", "p95", 20, "ms", 16),
    Figure("old", "time", 3, "s"),
]
AFTER = [
    Figure("pool", "forward", 0.4, "", 0.5),
    Figure("pool", "with backward", 1.2, "", 0.9),
    Figure("lab", "p95", 18, "ms", 16),
    Figure("new", "time", 2, "s"),
]


def test_two_reports_are_compared_from_their_files(tmp_path, capsys):
    for name, rows in (("before", BEFORE), ("after", AFTER)):
        figures.write(tmp_path / f"{name}.json", rows)
    bench.main(["--compare", str(tmp_path / "before.json"), str(tmp_path / "after.json")])
    assert capsys.readouterr().out.splitlines() == [
        "  x 0.50   pool, forward: 0.8 -> 0.4  now reached",
        "  x 1.50   pool, with backward: 0.8 -> 1.2  NOW MISSED",
        "  x 0.90   lab, p95: 20 -> 18 ms",
        "  new      new, time: 2 s",
        "  gone     old, time: 3 s",
    ]


def test_a_part_prints_its_figures_as_lines_of_json(capsys):
    bench.main(["--run", "kernels", "1", "--only", "MaxPool2d(2) on (1, 1, 16, 16)", "--rounds", "1"])
    rows = [Figure(**json.loads(line)) for line in capsys.readouterr().out.splitlines()]
    assert [row.what for row in rows] == [
        *(f"{dtype} {what}" for dtype in ("float64", "float32") for what in ("copy", "product")),
        *(f"{dtype} {what}" for dtype in ("float64", "float32") for what in ("forward", "with backward")),
    ]
    assert rows[-1].subject == "MaxPool2d(2) on (1, 1, 16, 16), 1 thread"


def test_the_report_is_printed_and_written(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(bench, "RUNS", [("a", 1), ("b", 2)])
    parts = {"a": BEFORE[:2], "b": BEFORE[2:]}
    monkeypatch.setattr(bench, "in_a_process_of_its_own", lambda module, threads, options: iter(parts[module]))
    bench.main(["--json", str(tmp_path / "report.json")])
    assert "1 of 3 targets reached" in capsys.readouterr().out
    read = figures.read(tmp_path / "report.json")
    assert [row._replace(spread=None) for row in read] == [row._replace(spread=None) for row in BEFORE]
    assert tuple(read[0].spread) == (0.7, 0.9)


def test_a_part_that_fails_stops_the_report():
    with pytest.raises(SystemExit, match=r"^benchmarks\.nowhere stopped"):
        [*bench.in_a_process_of_its_own("nowhere", 1, SimpleNamespace(only="", rounds=1))]
