"""What nbval leaves undone.

It compares nothing in a cell stored without a count, and no pictures; and its kernels may use the network, and the
files of other notebooks.
"""

import base64
import io
import os
import shutil
import tempfile
from pathlib import Path

import nbval.plugin
import numpy as np
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell
from PIL import Image

OUTPUT_WAIT = 60  # seconds; nbval's own 5 are too few on a busy machine
TILE = 32  # pixels; a wrong digit drowns in a whole picture, in its tile it does not
TOLERANCE = 5.0  # root mean square over the pixels and channels of a tile, of 255; a wrong digit makes 29 or more


def pytest_configure(config):
    """Give the kernels a fresh IPython folder: our startup file and no one else's, no shared history database."""
    folder = tempfile.TemporaryDirectory(prefix="ipython-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    startup = Path(folder.name, "profile_default", "startup")
    startup.mkdir(parents=True)
    shutil.copy(config.rootpath / "tests" / "kernel_startup.py", startup)
    os.environ["IPYTHONDIR"] = folder.name


class KernelInAnEmptyFolder(RunningKernel):
    """A notebook's kernel: it finds no other notebook's files, and may leave none behind."""

    def __init__(self, kernel_name, cwd=None, **options):
        self.folder = tempfile.TemporaryDirectory(prefix="notebook-", ignore_cleanup_errors=True)
        super().__init__(kernel_name, cwd=self.folder.name, **options)

    def stop(self):
        super().stop()
        left = sorted(os.listdir(self.folder.name))
        self.folder.cleanup()
        assert not left, f"the notebook leaves files behind: {left}; write them into a tempfile.TemporaryDirectory"


nbval.plugin.RunningKernel = KernelInAnEmptyFolder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail a test whose kernel asked for another machine, also where the cell caught the refusal."""
    refused = Path(os.environ["IPYTHONDIR"], "refused.txt")
    report = yield
    if call.when == "call" and refused.exists():
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr or ''}\n{item.name} leaves this machine:\n{refused.read_text('utf-8')}"
        refused.unlink()
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    if isinstance(item, IPyNbCell):
        item.output_timeout = OUTPUT_WAIT
        if item.cell.execution_count is None:
            item.raise_cell_error("stored without an execution count, so nothing is compared: run `make notebooks`")


def pictures(outputs):
    """Decode the pictures of a cell's outputs to RGBA arrays."""
    bundles = [output.get("data", {}) for output in outputs]
    coded = [bundle[kind] for bundle in bundles for kind in ("image/png", "image/jpeg") if kind in bundle]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGBA"), float) for one in coded]


def picture_differences(new, stored):
    """Say in one sentence each how the new pictures differ from the stored ones."""
    if len(new) != len(stored):
        return [f"pictures: {len(stored)} stored, {len(new)} drawn"]
    said = []
    for n, (drawn, kept) in enumerate(zip(new, stored, strict=True), 1):
        if drawn.shape != kept.shape:
            said.append(f"picture {n}: (height, width) stored {kept.shape[:2]}, drawn {drawn.shape[:2]}")
        else:
            rms, top, left = worst_tile(drawn, kept)
            if rms > TOLERANCE:
                where = f"near row {top}, column {left}"
                said.append(
                    f"picture {n}: stored and drawn differ {where} by {rms:.1f} of 255 (up to {TOLERANCE} is fine)"
                )
    return said


def worst_tile(drawn, kept):
    """Return the largest root mean square difference of any tile, and the tile's top left corner."""
    squares = ((drawn - kept) ** 2).mean(axis=-1)
    corners = [(top, left) for top in range(0, squares.shape[0], TILE) for left in range(0, squares.shape[1], TILE)]
    return max((np.sqrt(squares[y : y + TILE, x : x + TILE].mean()), y, x) for y, x in corners)


def compare_outputs(cell, new, stored, skip_compare=None, compare_text=IPyNbCell.compare_outputs):
    if not compare_text(cell, new, stored, skip_compare):
        return False
    cell.comparison_traceback = picture_differences(pictures(new), pictures(stored))
    return not cell.comparison_traceback


IPyNbCell.compare_outputs = compare_outputs
