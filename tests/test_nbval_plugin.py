"""conftest.py makes nbval refuse what it would pass: no count, another picture, use of the network, files left."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[1]
DRAW = """
import base64, io
from PIL import Image
Image.new("L", (64, 48), 255).save(file := io.BytesIO(), "png")
display({"image/png": base64.b64encode(file.getvalue()).decode()}, raw=True)
"""
ASK = """
try:
    {}
except OSError:
    pass
"""
URL = "from urllib.request import urlopen; urlopen('http://example.org', timeout=1)"
ADDRESS = "import socket; socket.socket().connect(('192.0.2.1', 80))"
TALK = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    pass
"""


def picture(size=(64, 48), line=False, level=6):
    image = Image.new("L", size, 255)
    if line:
        ImageDraw.Draw(image).line([(10, 10), (30, 10)], 0)
    file = io.BytesIO()
    image.save(file, "png", compress_level=level)
    return new_output("display_data", data={"image/png": base64.b64encode(file.getvalue()).decode()})


def printed(text):
    return new_output("stream", name="stdout", text=text)


def result(text):
    return new_output("execute_result", data={"text/plain": text}, execution_count=1)


CELLS = {
    "the right output": ("print(1)", [printed("1\n")], True),
    "a changed number": ("print(1)", [printed("2\n")], False),
    "no count": ("print(1)", [], False),
    "the right picture": (DRAW, [picture()], True),
    "the right picture, compressed otherwise": (DRAW, [picture(level=0)], True),
    "a line in the picture": (DRAW, [picture(line=True)], False),
    "another size": (DRAW, [picture(size=(64, 47))], False),
    "a picture that is no longer drawn": ("None", [picture()], False),
    "a picture more": (DRAW, [], False),
    "the network, by name, in secret": (ASK.format(URL), [], False),
    "the network, by number, in secret": (ASK.format(ADDRESS), [], False),
    "this machine": (TALK, [], True),
    "the files beside it": ("import os; os.listdir()", [result("[]")], True),
    "a file of its own": ("_ = open('left.txt', 'w').close()", [], True),  # what is left at the end, is told then
    "another address": ("print('<Lab at 0x7f01>')", [printed("<Lab at 0x...>\n")], True),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Run one notebook of all the cases, and return nbval's report."""
    cells = [new_code_cell(source, outputs=outputs, execution_count=1) for source, outputs, _ in CELLS.values()]
    cells[list(CELLS).index("no count")].execution_count = None
    path = tmp_path_factory.mktemp("nbval") / "cases.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    command = [sys.executable, "-m", "pytest", "-v", "--color=no", "-c", "pyproject.toml", "-p", "conftest"]
    return subprocess.run([*command, str(path)], cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_passes_only_if_it_shows_what_is_stored(report, case):
    verdicts = dict(re.findall(r"::Cell (\d+) (PASSED|FAILED)", report))
    number, passes = str(list(CELLS).index(case)), CELLS[case][2]
    assert verdicts.get(number) == ("PASSED" if passes else "FAILED"), report


def test_a_failure_says_what_is_wrong_and_where(report):
    for sentence in (
        "Cell 2: stored without an execution count",
        "picture 1: stored and drawn differ near row ",
        "picture 1: (height, width) stored (47, 64), drawn (48, 64)",
        "pictures: 1 stored, 0 drawn",
        "socket.getaddrinfo to example.org",
        "socket.connect to 192.0.2.1",
        "the notebook leaves files behind: ['left.txt']",
    ):
        assert sentence in report
