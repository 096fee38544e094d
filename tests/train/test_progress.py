"""The bar is for people: none where a notebook runs by itself, none in a pipe."""

import io
import os
import sys

import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import nn, optim
from helpers.train import fit

X = np.arange(12.0)[:, None] / 12
CELL = """
import numpy as np
from helpers import nn, optim
from helpers.train import fit
line = nn.Linear(1, 1, rng=0)
history = fit(line, (np.ones((6, 1)),) * 2, nn.MSELoss(), optim.SGD(line.parameters(), 0.1), epochs=2, batch_size=2)
print(len(history.loss))
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def train(**options):
    line = nn.Linear(1, 1, rng=0)
    return fit(line, (X, X), nn.MSELoss(), optim.SGD(line.parameters(), 0.1), epochs=2, batch_size=4, **options)


@pytest.mark.parametrize(
    ("stderr", "progress", "shows"),
    [
        (Terminal, None, True),
        (io.StringIO, None, False),
        (io.StringIO, True, True),
        (Terminal, False, False),
    ],
    ids=["terminal", "pipe", "pipe, asked for", "terminal, asked not to"],
)
def test_a_terminal_shows_a_bar_and_a_pipe_does_not(stderr, progress, shows, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", stream := stderr())
    quiet = train(progress=False).loss
    assert not stream.getvalue()
    assert (train(progress=progress).loss == quiet).all(), "a bar changes no number"
    assert ("/6" in stream.getvalue()) == shows
    assert capsys.readouterr().out == ""


def test_a_notebook_shows_a_bar_only_where_a_frontend_could_ask(tmp_path):
    nb = new_notebook(cells=[new_code_cell(CELL), new_code_cell(CELL)])
    client = NotebookClient(nb, timeout=60, kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    with client.setup_kernel(env=os.environ | {"IPYTHONDIR": str(tmp_path)}):
        for index, person in enumerate([False, True]):
            client.kc.allow_stdin = person  # as a frontend says with each cell that it runs
            client.execute_cell(nb.cells[index], index)
    alone, live = ({output.name: output.text for output in cell.outputs} for cell in nb.cells)
    assert alone == {"stdout": "6\n"}
    assert live == {"stdout": "\r6\n"}, "a line of text that is cleared, and what is printed takes its place"
