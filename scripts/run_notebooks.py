"""Run notebooks in clean kernels and store their outputs: `make notebooks`.

What is stored is the same to the byte however often it is run: counts from 1 to n, the outputs, and nothing that
changes by itself (timings, widget ids, addresses, how a printed text was cut into messages). A cell tagged
`nbval-ignore-output` holds measured numbers: while only they differ, its stored output is kept; `--fresh` replaces it.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from itertools import count, groupby
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = {"tags", "jupyter", "jp-MarkdownHeadingCollapsed"}
WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURE = re.compile(r'"image/\w+": "[^"]*"')
NUMBER = re.compile(r"[-+]?\d[\d.,]*(e[-+]?\d+)?")
SANITIZE = re.findall(
    r"^regex: (.*)$\n^replace: (.*)$", (ROOT / "tests/nbval_sanitize.cfg").read_text("utf-8"), re.MULTILINE
)


class CellFailed(Exception):
    """A cell raised, hung or killed its kernel."""


def read(path):
    """Read a notebook, with an id for each cell that has none (or another cell's)."""
    raw = json.loads(Path(path).read_text("utf-8"))
    raw["nbformat_minor"] = max(raw["nbformat_minor"], 5)
    ids = set()
    for cell in raw["cells"]:
        if not cell.get("id") or cell["id"] in ids:
            taken = ids | {other.get("id") for other in raw["cells"]}
            cell["id"] = next(name for n in count(1) if (name := f"cell-{n}") not in taken)
        ids.add(cell["id"])
    return nbformat.reads(json.dumps(raw), as_version=4)


def run(nb, folder, name):
    """Execute all cells of `nb` in place, in a kernel of this Python started in `folder`."""
    where = {"metadata": {"path": str(folder)}}
    quiet = ["--log-level=ERROR"]
    client = NotebookClient(nb, timeout=600, kernel_name="python3", resources=where, extra_arguments=quiet)
    ipython = tempfile.TemporaryDirectory(prefix="ipython-", ignore_cleanup_errors=True)  # no one's startup files
    with ipython, client.setup_kernel(env={**os.environ, "IPYTHONDIR": ipython.name}):
        code = [(index, cell) for index, cell in enumerate(nb.cells) if cell.cell_type == "code"]
        for n, (index, cell) in enumerate(code, 1):
            try:
                client.execute_cell(cell, index)
            except (CellControlSignal, DeadKernelError) as error:
                raise CellFailed(f"{name}: code cell {n} failed, and the notebook is left as it was\n{error}") from None


def clean(nb):
    """Drop in place what changes by itself, and count the code cells from 1 to n."""
    nb.metadata = nbformat.from_dict(METADATA)
    for cell in nb.cells:
        cell.metadata = {key: value for key, value in cell.metadata.items() if key in KEPT_CELL_METADATA}
    for n, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), 1):
        cell.execution_count = n
        cell.outputs = [clean_output(output, n) for output in merge_streams(cell.outputs)]
    return nb


def merge_streams(outputs):
    """Make one output of neighbouring messages to stdout, and one of those to stderr."""
    for is_stream, run_of in groupby(outputs, lambda output: output.output_type == "stream"):
        run_of = list(run_of)
        if not is_stream:
            yield from run_of
            continue
        for name in ("stdout", "stderr"):
            if text := "".join(output.text for output in run_of if output.name == name):
                yield nbformat.v4.new_output("stream", name=name, text=text)


def clean_output(output, n):
    """Return an output without widget view, volatile metadata, addresses and other machines' paths."""
    if output.output_type == "stream":
        output.text = sanitize(output.text)
    elif output.output_type == "error":
        output.evalue = sanitize(output.evalue)
        output.traceback = [f"{output.ename}: {output.evalue}"]  # the rest names files of this machine
    else:
        if len(output.data) > 1:
            output.data.pop(WIDGET, None)
        output.metadata = {kind: about for kind, about in output.metadata.items() if kind in output.data and about}
        for kind, value in output.data.items():
            if isinstance(value, str) and not kind.startswith("image/"):
                output.data[kind] = sanitize(value)
    if output.output_type == "execute_result":
        output.execution_count = n
    return output


def sanitize(text):
    for pattern, replacement in SANITIZE:
        text = re.sub(pattern, replacement, text)
    return text


def keep_measured(nb, stored):
    """Put the stored outputs back where a cell is the same and its new outputs differ in their numbers alone."""
    before = {cell.id: cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in nb.cells:
        measured = "nbval-ignore-output" in cell.metadata.get("tags", ())
        old = before.get(cell.id)
        if measured and old and old.source == cell.source and words(old.outputs) == words(cell.outputs):
            cell.outputs = old.outputs


def words(outputs):
    """Write outputs as one text without numbers and pictures: `2.5 ms` and `13 ms` are the same."""
    text = json.dumps(outputs, sort_keys=True)
    return " ".join(NUMBER.sub(" # ", PICTURE.sub("", text)).split())


def render(nb):
    """Return the text of a notebook file."""
    return nbformat.writes(nb) + "\n"


def store(nb, path):
    """Write a notebook whole or not at all."""
    draft = path.with_suffix(".part")
    draft.write_text(render(nb), "utf-8", newline="\n")
    os.replace(draft, path)


def run_and_store(path, fresh=False):
    """Run one notebook and store it; return the number of its code cells."""
    nb = read(path)
    run(nb, path.parent, path.name)
    if not fresh:
        keep_measured(clean(nb), clean(read(path)))
    store(clean(nb), path)
    return sum(cell.cell_type == "code" for cell in nb.cells)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Run notebooks in clean kernels and store their outputs.")
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (all of notebooks/ where none is named)")
    parser.add_argument("--fresh", action="store_true", help="store newly measured numbers, too")
    options = parser.parse_args(arguments)
    for path in options.paths or sorted(ROOT.glob("notebooks/*.ipynb")):
        start = time.perf_counter()
        try:
            cells = run_and_store(path, options.fresh)
        except CellFailed as failure:
            sys.exit(str(failure))
        print(f"{path.name}: {cells} cells, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
