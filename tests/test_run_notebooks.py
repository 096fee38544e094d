"""What `make notebooks` stores is the same to the byte however often it is run."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from scripts import run_notebooks

PNG = "aW1hZ2U="


def cleaned(*outputs):
    nb = new_notebook(cells=[new_code_cell("x", outputs=list(outputs))])
    return run_notebooks.clean(nb).cells[0].outputs


def timing(text, source="time()", tags=("nbval-ignore-output",), picture=PNG):
    cell = new_code_cell(source, id="timing", metadata={"tags": list(tags)})
    bars = new_output("display_data", data={"image/png": picture, "text/plain": "bars"})
    cell.outputs = [new_output("stream", name="stdout", text=text), bars]
    return run_notebooks.clean(new_notebook(cells=[cell]))


def test_a_lab_is_stored_as_its_picture_and_text():
    data = {run_notebooks.WIDGET: {"model_id": "f00"}, "image/png": PNG, "text/plain": "the pooling lab"}
    (output,) = cleaned(new_output("display_data", data=data, metadata={run_notebooks.WIDGET: {"x": 1}}))
    assert output.data == {"image/png": PNG, "text/plain": "the pooling lab"}
    assert output.metadata == {}


def test_streams_are_stored_alike_however_they_were_cut():
    def text(name, text):
        return new_output("stream", name=name, text=text)

    picture = new_output("display_data", data={"image/png": PNG})
    once = cleaned(text("stdout", "one two\n"), text("stderr", "careful\n"), picture, text("stdout", "three\n"))
    cut = cleaned(
        text("stderr", "care"), text("stdout", "one"), text("stderr", "ful\n"), text("stdout", " two\n"),
        picture, text("stdout", "thr"), text("stdout", "ee\n"),
    )  # fmt: skip
    assert cut == once


def test_addresses_and_paths_of_this_machine_are_not_stored():
    path, address = "/tmp/ipykernel_123/456.py:1", "0x7f25c0ffee"
    trace = [f"File {path}", "ValueError: no"]
    result, warned, error = cleaned(
        new_output("execute_result", data={"text/plain": f"<Lab at {address}>"}, execution_count=99),
        new_output("stream", name="stderr", text=f"{path}: UserWarning: lr is 0\n"),
        new_output("error", ename="ValueError", evalue="no", traceback=trace),
    )
    assert result.data["text/plain"] == "<Lab at 0x...>"
    assert warned.text == "cell.py: UserWarning: lr is 0\n"
    assert error.traceback == ["ValueError: no"]


def test_metadata_is_reduced_to_what_a_reader_needs():
    timed = {"tags": ["raises-exception"], "execution": {"iopub.execute_input": "now"}, "scrolled": True}
    nb = new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("1", metadata=timed), new_code_cell("2")])
    nb.metadata = {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}}
    run_notebooks.clean(nb)
    assert nb.metadata == run_notebooks.METADATA
    assert nb.cells[1].metadata == {"tags": ["raises-exception"]}
    assert [cell.execution_count for cell in nb.cells[1:]] == [1, 2]


def test_missing_and_doubled_ids_are_filled_alike_each_time(tmp_path):
    cells = [dict(new_markdown_cell("text"), id=name) for name in ("", "cell-1", "kept", "kept")]
    raw = dict(new_notebook(), cells=cells, nbformat_minor=4)
    path = tmp_path / "a.ipynb"
    path.write_text(str(nbformat.v4.nbjson.writes(nbformat.from_dict(raw))), "utf-8")
    assert [cell.id for cell in run_notebooks.read(path).cells] == ["cell-2", "cell-1", "kept", "cell-3"]


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        (timing("torch   9.5 ms, ours 12 ms\n", picture="b3RoZXI="), True),
        (timing("torch 8.25 ms, both\n"), False),
        (timing("torch 8.25 ms, ours 11 ms\n", source="time(2)"), False),
        (timing("torch 8.25 ms, ours 11 ms\n", tags=()), False),
    ],
    ids=["only numbers differ", "words differ", "source differs", "not tagged"],
)
def test_measured_numbers_are_kept_while_only_they_differ(new, kept):
    stored = timing("torch 10.25 ms, ours 8 ms\n")
    before = new.cells[0].outputs
    run_notebooks.keep_measured(new, stored)
    assert new.cells[0].outputs == (stored.cells[0].outputs if kept else before)


def test_a_notebook_run_twice_is_the_same_to_the_byte(tmp_path, capsys):
    tagged = {"tags": ["nbval-ignore-output"]}
    sources = [
        ("import random, sys, time, ipywidgets\nipywidgets.IntSlider()", {}),
        (
            "for word in 'printed in random pieces'.split():\n"
            "    print(word, end=' ', flush=random.random() < 0.5)\n"
            "    print(word, file=sys.stderr, flush=random.random() < 0.5)",
            {},
        ),
        ("print(f'{1e3 * time.perf_counter():.3f} ms')", tagged),
        ("object()", {}),
        ("1 / 0", {"tags": ["raises-exception"]}),
    ]
    cells = [new_code_cell(source, metadata=metadata) for source, metadata in sources]
    path = tmp_path / "twice.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    stored = []
    for arguments in ([], [], ["--fresh"]):
        run_notebooks.main([str(path), *arguments])
        stored.append(path.read_bytes())
    assert stored[0] == stored[1]
    assert stored[1] != stored[2], "--fresh kept an old measurement"
    assert stored[0].endswith(b"}\n")
    assert b"widget-view" not in stored[0]
    assert capsys.readouterr().out.startswith("twice.ipynb: 5 cells, ")


def test_a_failing_cell_is_named_and_nothing_is_stored(tmp_path):
    path = tmp_path / "fails.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("1"), new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"fails.ipynb: code cell 2 failed[\s\S]*ZeroDivisionError"):
        run_notebooks.main([str(path)])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
