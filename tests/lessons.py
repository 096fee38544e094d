"""What tests ask of the notebooks: where they are, their prose and code, and the cells that open a lab."""

import ast
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers import widgets

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PATHS, TEACHING = sorted(NOTEBOOKS.glob("*.ipynb")), NOTEBOOKS / "TEACHING.md"
LESSONS = {number: path for path in PATHS if (number := int(path.name[:2]))}  # 00 starts the course
every_lesson = pytest.mark.parametrize(
    ("number", "path"), LESSONS.items(), ids=[path.name for path in LESSONS.values()]
)


def teaching():
    """The page for teachers: what stands before the lessons, then the section of each by the file of its notebook."""
    before, *sections = re.split(r"^## \[.+?\]\((.+?)\)\n", TEACHING.read_text("utf-8"), flags=re.MULTILINE)
    return before, dict(zip(sections[::2], sections[1::2], strict=True))


def prose(path):
    """The Markdown cells of a notebook."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


class LabCell(NamedTuple):
    """A code cell that opens a lab; `setup` is the first code cell of its notebook, which imports what others use."""

    lesson: str
    factory: str
    setup: str
    source: str
    text: str  # the stored output in words

    def __str__(self):
        return f"{self.lesson}-{self.factory}"


def lab_cells():
    """Find the cells of all notebooks that call one of the labs of helpers.widgets."""
    found = []
    for path in PATHS:
        code = [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in code]
        for cell, source in zip(code, sources, strict=True):
            texts = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
            calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
            names = [call.id for call in calls if isinstance(call, ast.Name) and call.id in widgets.__all__]
            found += [LabCell(path.stem, name, sources[0], source, "".join(texts)) for name in names]
    return found
