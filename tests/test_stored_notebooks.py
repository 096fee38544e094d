"""Rules for the notebooks as they are stored. A new notebook is found by itself."""

import difflib
import re

import pytest

from scripts import run_notebooks
from tests.lessons import PATHS

FORBIDDEN = {
    r"\binteract(ive|ive_output)?\(": "interact hides what a callback raises: use helpers.widgets",
    r"^\s*[%!]\s*(pip|conda)\b": "pyproject.toml says what is installed",
    r"\b(np|numpy)\.random\.seed\(": "use numpy.random.default_rng(seed)",
    r";\s*\Z": "a trailing ; hides the output, and nbval then sees another one",
    r"^(import|from) torch\b": 'a reader without torch has to get past it: if find_spec("torch"): import torch',
}

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)


def code_cells(path):
    return [cell for cell in run_notebooks.read(path).cells if cell.cell_type == "code"]


def test_there_are_notebooks_to_check():
    assert PATHS, "notebooks/ holds no notebook: the checks of this file would check nothing"


@every_notebook
def test_a_notebook_is_stored_as_make_notebooks_stores_it(path):
    stored = path.read_text("utf-8")
    wanted = run_notebooks.render(run_notebooks.clean(run_notebooks.read(path)))
    lines = list(difflib.unified_diff(stored.splitlines(), wanted.splitlines(), "stored", "wanted", lineterm="", n=0))
    assert stored == wanted, "run `make notebooks`:\n" + "\n".join(lines[:20])


@every_notebook
def test_code_cells_are_short(path):
    long = {n: lines for n, cell in enumerate(code_cells(path), 1) if (lines := len(cell.source.splitlines())) > 25}
    assert not long, f"cells with more than 25 lines (number: lines): {long}"


@every_notebook
def test_prose_stands_between_code_cells(path):
    kinds = "".join(cell.cell_type[0] for cell in run_notebooks.read(path).cells)
    runs = [kinds[: run.start()].count("c") + 1 for run in re.finditer("c{4,}", kinds)]
    assert not runs, f"more than three code cells in a row, from code cell {runs[0]} on: say something between them"


@every_notebook
def test_cells_use_nothing_that_hides_errors_or_depends_on_the_machine(path):
    found = [
        f"cell {n}: {match[0].strip()!r}: {reason}"
        for n, cell in enumerate(code_cells(path), 1)
        for pattern, reason in FORBIDDEN.items()
        if (match := re.search(pattern, cell.source, re.MULTILINE))
    ]
    assert not found, "\n".join(found)


@every_notebook
def test_outputs_hold_pictures_and_text_and_nothing_that_could_run(path):
    allowed = {"text/plain", "text/markdown", "image/png", "image/jpeg"}
    found = {
        f"cell {n}: {kind}"
        for n, cell in enumerate(code_cells(path), 1)
        for output in cell.outputs
        for kind in output.get("data", {})
        if kind not in allowed
    }
    assert not found, f"a stored notebook holds {sorted(found)}; allowed are {sorted(allowed)}"


@every_notebook
def test_pictures_have_a_text_beside_them(path):
    bare = [
        n
        for n, cell in enumerate(code_cells(path), 1)
        for output in cell.outputs
        if any(kind.startswith("image/") for kind in output.get("data", ())) and "text/plain" not in output.data
    ]
    assert not bare, f"pictures without text/plain in cells {bare}"


@every_notebook
def test_tables_of_formulas_quote_code_that_the_notebook_shows(path):
    cells = run_notebooks.read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    outputs = (output.get("data", {}).get("text/markdown", "") for cell in code for output in cell.outputs)
    shown = "\n".join([*(cell.source for cell in code), *outputs])
    lost = []
    for cell in cells:
        if cell.cell_type != "markdown":
            continue
        for table in re.findall(r"^\| formula \| line .*\n((?:\|.*\n?)+)", cell.source, re.MULTILINE):
            quotes = [quote for quote in re.findall("`([^`]+)`", table) if re.search(r"[(=\[]", quote)]
            lost += [quote for quote in quotes for part in quote.split("...") if part.strip(" ,)") not in shown]
    assert not lost, f"no code of the notebook reads like this: {lost}"
