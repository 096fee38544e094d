"""The ledger holds, leaves no implementation out, and shows what is wrong."""

import functools
import sys

import numpy as np
import pytest

from helpers import ledger, nn, optim
from helpers.checks import SettingWarning
from helpers.gradcheck.trial import mapped
from helpers.ledger import __main__ as command
from helpers.ledger.book import CASES, IMPLEMENTATIONS, Ledger, Row, few

NO_ROW = {"Module", "Parameter", "Optimizer", "LRScheduler", "init", "utils", "lr_scheduler"}  # bases, and modules


@pytest.fixture(scope="module")
def quick():
    return ledger.run(quick=True)


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_every_public_layer_loss_optimizer_and_clip_has_its_row():
    offered = {*nn.__all__, *(f"optim.{name}" for name in optim.__all__)}
    offered |= {f"lr_scheduler.{name}" for name in optim.lr_scheduler.__all__}
    offered |= {f"utils.{name}" for name in vars(nn.utils) if name.startswith("clip_")}
    wanted = {name for name in offered if name.split(".")[-1] not in NO_ROW}
    assert wanted - set(IMPLEMENTATIONS) == set(), "these have no settings in helpers/ledger"
    assert set(IMPLEMENTATIONS) - wanted == set(), "these are not, or no longer, what helpers offers"


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
def test_every_case_of_the_whole_grid_can_be_run_and_is_of_its_row(name):
    calls = []
    for case in CASES[name]():
        assert type(case.layer).__name__ == name
        calls.append(repr((vars(case.layer) | {"cache": None}, case.inputs, case.options)))
        case.layer(*case.inputs, **case.options)
    assert len({*calls}) == len(calls), "a case stands there twice"


def test_the_parameters_of_every_case_are_random_so_that_none_hides_a_mistake():
    for name, cases in CASES.items():
        for case in cases():
            for what, parameter in case.layer.named_parameters():
                spread = np.unique(parameter.data).size / parameter.data.size
                assert spread == 1, f"{name}: {what} has entries that are the same"


# --- what it finds ---------------------------------------------------------------------------------------------------


def test_all_that_is_quick_to_run_is_within_its_bounds(quick):
    assert quick.holds, repr(quick)
    assert [row.name for row in quick] == [*IMPLEMENTATIONS]
    assert {row.cases for row in quick} <= {1, 2, 3, 4, 5}


def test_every_implementation_is_compared_with_torch_and_every_gradient_with_differences(quick):
    for row in quick:
        assert row.torch is not None, row.name
        assert (row.differences is not None) == (row.name in CASES), row.name


def test_a_whole_grid_is_larger_and_holds_too():
    rows = ledger.run(["Linear", "Embedding", "Step"])
    assert rows.holds, repr(rows)
    assert rows[0].cases == 12
    assert rows[0].numbers > ledger.run(["Linear"], quick=True)[0].numbers


WRONG = {
    "a transposed gradient": ("Linear", lambda grad: grad[::-1]),
    "a gradient a little off": ("Linear", lambda grad: grad * (1 + 1e-5)),
    "not a number": ("Linear", lambda grad: grad * np.nan),
    "another shape": ("Linear", lambda grad: grad[..., :-1]),
}


@pytest.mark.parametrize(("name", "spoil"), WRONG.values(), ids=WRONG)
def test_a_wrong_backward_is_found_by_both_referees_and_shown(name, spoil, monkeypatch, capsys):
    right = getattr(nn, name).backward
    monkeypatch.setattr(getattr(nn, name), "backward", lambda layer, grad_out: spoil(right(layer, grad_out)))
    book = ledger.run(["Tanh", name], quick=True)
    assert not book.holds
    assert [bool(row.beyond) for row in book] == [False, True]
    assert not book[1].torch <= 1e-10
    assert not book[1].differences <= 1e-6
    line = next(line for line in repr(book).splitlines() if line.startswith(name))
    assert line.count("FAILED") == 2, line
    assert f"FAILED: {name}. 2 implementations" in repr(book)
    assert "Linear(in_features=4" in repr(book), "the settings that fail are named"
    assert "dx" in repr(book) and "d weight" not in repr(book), "and nothing that is right"
    assert command.main(["Tanh", name, "--quick"]) == 1
    assert "FAILED" in capsys.readouterr().out
    assert book._repr_markdown_().count("FAILED") == 3


@pytest.mark.parametrize("name", [name for name in CASES if name != "Step"])  # its gradient is 0, whatever the factor
@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
def test_a_quick_run_sees_a_mistake_in_every_gradient_of_every_implementation(name, monkeypatch):
    layer_class, cases = getattr(nn, name), few([*CASES[name]()])
    gradients = {check.what for case in cases for check in case.against_torch() if check.what.startswith("d")}
    right = layer_class.backward

    @functools.wraps(right)
    def wrong(layer, *given):
        returned = right(layer, *given)
        for parameter in layer.parameters():
            parameter.grad = 1.1 * parameter.grad
        return mapped(lambda grad: 1.1 * grad, returned)

    monkeypatch.setattr(layer_class, "backward", wrong)
    row = ledger.run([name], quick=True)[0]
    seen = {judge: set() for judge in ("torch", "central differences")}
    for report in row.beyond:
        judge = "central differences" if report.title.endswith("central differences") else "torch"
        seen[judge] |= {check.what for check in report}
    assert gradients, "nothing is compared"
    assert seen == dict.fromkeys(seen, gradients)


def test_what_is_consistent_and_yet_not_torchs_is_found_by_torch_alone(monkeypatch):
    """An LSTM that reads twice its input: differences agree with its backward."""
    run, back = nn.LSTM._run, nn.LSTM._run_backward

    def twice(net, x, *others):
        return run(net, 2 * x, *others)

    def twice_back(net, *others):
        grad_x, *rest = back(net, *others)
        return 2 * grad_x, *rest

    monkeypatch.setattr(nn.LSTM, "_run", twice)
    monkeypatch.setattr(nn.LSTM, "_run_backward", twice_back)
    row = ledger.run(["LSTM"], quick=True)[0]
    assert row.torch > 0.01
    assert row.differences < 1e-6


def test_a_wrong_optimizer_is_found(monkeypatch):
    right = optim.SGD._update

    def wrong(sgd, data, grad, *others):
        right(sgd, data, grad * 1.000001, *others)

    monkeypatch.setattr(optim.SGD, "_update", wrong)
    book = ledger.run(["optim.SGD", "optim.Adam"], quick=True)
    assert [bool(row.beyond) for row in book] == [True, False]
    assert "50 steps of SGD(momentum=" in repr(book)


def test_a_wrong_clip_is_found(monkeypatch):
    right = nn.utils.clip_grad_norm_
    monkeypatch.setattr(nn.utils, "clip_grad_norm_", lambda *given, **options: 1.001 * right(*given, **options))
    book = ledger.run(["utils.clip_grad_norm_"], quick=True)
    assert {check.what for report in book[0].beyond for check in report} == {"norm"}


def test_a_call_that_breaks_is_not_passed_over_and_the_case_is_named(monkeypatch):
    def broken(layer, x):
        raise RuntimeError("broken")

    monkeypatch.setattr(nn.Tanh, "forward", broken)
    with pytest.raises(RuntimeError, match="broken") as caught:
        ledger.run(["Tanh"], quick=True)
    assert caught.value.__notes__ == ["in the ledger's case Tanh()"]


# --- how it is shown -------------------------------------------------------------------------------------------------


def book_of(torch, differences):
    return Ledger([Row("Toy", 2, 30, torch, differences, ("torch.nn.Toy",), ())])


def test_rounding_that_is_another_on_each_machine_is_not_printed():
    texts = {repr(book_of(*figures)) for figures in ((0.0, 2e-9), (3e-16, 9e-10), (9e-14, 0.0))}
    assert len(texts) == 1
    lines = texts.pop().splitlines()
    assert lines[0].split() == ["implementation", "cases", "numbers", "torch", "central", "differences", "reference"]
    assert lines[1].split() == ["Toy", "2", "30", "below", "1e-13", "below", "1e-07", "torch.nn.Toy"]


@pytest.mark.parametrize(
    ("figures", "cells"),
    [
        ((2e-12, 3e-7), ["below 1e-11", "below 1e-06"]),
        ((2e-10, 0.5), ["FAILED, below 1e-09", "FAILED, below 1e+00"]),
        ((np.nan, np.inf), ["FAILED, nan", "FAILED, inf"]),
        ((0.0, None), ["below 1e-13", "-"]),
    ],
)
def test_a_figure_is_a_power_of_ten_and_one_beyond_its_bound_is_marked(figures, cells):
    assert (
        book_of(*figures)._repr_markdown_().splitlines()[2] == f"| Toy | 2 | 30 | {' | '.join(cells)} | torch.nn.Toy |"
    )


def test_text_and_markdown_say_the_same_in_the_same_order(quick):
    cells = [line.strip("| ").split(" | ") for line in quick._repr_markdown_().splitlines()[: len(quick) + 2]]
    for line, row in zip(repr(quick).splitlines(), [cells[0], *cells[2:]], strict=False):
        assert line.split() == " ".join(row).split()
    summary = f"All within their bounds. {len(quick)} implementations, "
    assert summary in repr(quick)
    assert summary in quick._repr_markdown_()


def test_a_second_run_prints_the_same_text():
    names = ["Linear", "GRU", "CrossEntropyLoss", "optim.Adam"]
    assert repr(ledger.run(names, quick=True)) == repr(ledger.run(names, quick=True))


def test_no_warning_of_a_setting_reaches_the_reader(recwarn):
    ledger.run(["MaxPool1d"], quick=True)
    assert not [one for one in recwarn if issubclass(one.category, SettingWarning)]


def test_without_torch_the_differences_alone_are_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    book = ledger.run(["Tanh", "JordanRNN", "optim.SGD"], quick=True)
    assert [row.torch for row in book] == [None] * 3
    assert book[0].differences < 1e-6 and book[1].differences < 1e-6
    assert "0 numbers compared with no torch" in repr(book)
    assert book.holds


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_prints_the_ledger_and_returns_0(capsys):
    assert command.main(["Tanh", "Linear"]) == 0
    assert capsys.readouterr().out == f"{ledger.run(['Tanh', 'Linear'])!r}\n"


def test_a_name_that_is_not_in_the_ledger_is_named(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["Conv3d"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.strip().endswith("got Conv3d")
    with pytest.raises(ValueError, match=r"^ledger: names must be among Linear, .*, got Conv3d, Lstm$"):
        ledger.run(["Conv3d", "Tanh", "Lstm"])
