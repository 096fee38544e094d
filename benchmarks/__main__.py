"""Measure, print each figure with its target, and write them as JSON; or compare two such reports."""

import argparse
import json
import os
import subprocess
import sys
from importlib import import_module

from helpers.kernels import blocks

from .figures import Figure, compare, read, show, write

ALL = blocks.get_num_threads()
RUNS = [*(("kernels", threads) for threads in sorted({1, ALL})), ("growth", 1), ("startup", ALL), ("labs", ALL)]


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="what has this in its heading: pool, LSTM, growth, start-up, labs")
    parser.add_argument("--rounds", type=int, default=15, help="runs of each way, in turn; medians count")
    parser.add_argument("--json", default="benchmarks.json", help="where the figures are written")
    parser.add_argument("--compare", nargs=2, metavar=("BEFORE", "AFTER"), help="two reports; nothing is measured")
    parser.add_argument("--run", nargs=2, metavar=("MODULE", "THREADS"), help="one part, printed as JSON")
    options = parser.parse_args(arguments)
    if options.compare:
        print(*compare(*map(read, options.compare)), sep="\n")
    elif options.run:
        run(options.run[0], int(options.run[1]), options)
    else:
        report(options)


def report(options):
    """Run every part, print its figures as they come, and write them."""
    print(
        "Our time as a share of torch's on this machine: median (quartiles), target. limit: the time that copying the"
    )
    print("input to the output takes here, or the matrix products alone.")
    shown = show(figure for part in RUNS for figure in in_a_process_of_its_own(*part, options))
    targets = [figure.reached for figure in shown if figure.target]
    write(options.json, shown)
    print(f"\n{sum(targets)} of {len(targets)} targets reached; written to {options.json}")


def in_a_process_of_its_own(module, threads, options):
    """Yield the figures of one part. How many threads NumPy's products use is settled when NumPy is loaded.

    Compiled modules are kept, as they are for a reader: else each start would compile them anew.
    """
    limit = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    limit["OMP_WAIT_POLICY"] = "PASSIVE"  # else torch's threads spin on after their turn, into ours
    asked = ["--run", module, str(threads), "--only", options.only, "--rounds", str(options.rounds)]
    command = [sys.executable, "-m", "benchmarks", *asked]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, env=kept | limit, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            yield Figure(**json.loads(line))
    if process.returncode:
        raise SystemExit(f"benchmarks.{module} stopped with {threads} threads")


def run(module, threads, options):
    """Print the figures of one part, each as a line of JSON."""
    blocks.set_num_threads(threads)
    for figure in import_module(f"benchmarks.{module}").figures(options.only, options.rounds):
        print(json.dumps(figure._asdict()), flush=True)


if __name__ == "__main__":
    main()
