"""What starting costs in time and private memory: a fresh process and a kernel, stage by stage, and each lesson."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import nbformat

from scripts.run_notebooks import run

from .figures import Figure, number

ROOT = Path(__file__).parents[1]
MATHEMATICS = """
import helpers.experiments, helpers.nn, helpers.optim
from pkgutil import walk_packages
for module in walk_packages(helpers.experiments.__path__, "helpers.experiments."):
    __import__(module.name)
"""
STAGES = {  # what is imported one after the other, and the most milliseconds that it may take
    "numpy": ("import numpy", None),
    "nn, optim, experiments": (MATHEMATICS, 60),
    "labs": ("import helpers.widgets", 600),
    "torch": ("import torch", None),
}
MEMORY = """
def private_memory():
    "Megabytes that belong to this process alone; NaN where the system does not say."
    try:
        with open("/proc/self/smaps_rollup") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith("Private_")) / 1024
    except OSError:
        return float("nan")
"""
MEASURE = """
import json, time
for stage in {stages!r}:
    start = time.perf_counter()
    exec(stage)
    print(json.dumps([1e3 * (time.perf_counter() - start), private_memory()]))
"""
NO_TORCH = "import sys; sys.modules['torch'] = None"  # every import of it fails, so only the other cells run through


def figures(only, rounds):
    """Yield milliseconds and megabytes of each stage, then seconds and megabytes of each notebook."""
    subject = "start-up, a fresh process"
    if only.lower() in subject:
        yield from _stages(subject, [_in_process() for _ in range(min(rounds, 7))])
    subject = "start-up, a kernel"
    if only.lower() in subject:
        yield from _stages(subject, [_in_kernel() for _ in range(min(rounds, 3))])
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        subject = f"start-up, notebooks/{path.name} run from first to last cell"
        if only.lower() in subject.lower():
            yield from _notebook(subject, path)


def _stages(subject, runs):
    """Figures of several runs, each a list of (milliseconds, megabytes) for one stage after the other."""
    for number_of_stage, (stage, (_, target)) in enumerate(STAGES.items()):
        milliseconds = [run[number_of_stage][0] for run in runs]
        memory = median(run[number_of_stage][1] for run in runs)
        spread = min(milliseconds), max(milliseconds)
        note = f"then {number(memory)} MB private"
        yield Figure(subject, f"import {stage}", median(milliseconds), "ms", target, None, spread, note)


def _code():
    return MEMORY + MEASURE.format(stages=[statement for statement, _ in STAGES.values()])


def _in_process():
    done = subprocess.run([sys.executable, "-c", _code()], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _in_kernel():
    return [json.loads(line) for line in _printed([nbformat.v4.new_code_cell(_code())], ROOT).splitlines()]


def _notebook(subject, path):
    ask = nbformat.v4.new_code_cell(MEMORY + "print(private_memory())")
    for what, before, target in (("all cells", None, 350), ("without torch", NO_TORCH, 150)):
        cells = nbformat.read(path, as_version=4).cells
        if before:
            cells.insert(0, nbformat.v4.new_code_cell(before))
            for cell in cells:
                cell.metadata.tags = [*cell.metadata.get("tags", ()), "raises-exception"]
        start = perf_counter()
        megabytes = float(_printed([*cells, ask], path.parent))
        if not before:
            yield Figure(subject, f"time, {what}", perf_counter() - start, "s", 20)
        yield Figure(subject, f"private memory, {what}", megabytes, "MB", target)


def _printed(cells, folder):
    """Run cells in a new kernel started in `folder`; return what the last one printed."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    run(notebook, folder, "the benchmarks' notebook")
    return "".join(output.text for output in notebook.cells[-1].outputs if output.get("name") == "stdout")
