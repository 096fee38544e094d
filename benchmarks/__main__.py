"""Print our time as a share of torch's for every case, with its target; then how fast the labs answer."""

import argparse
import json
import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # else torch's threads spin on after their turn, into ours

import numpy as np
import torch

from helpers import nn
from helpers.kernels import blocks
from helpers.timing import medians

from .cases import CASES
from .labs import answering_times


def run(case, dtype, threads, rounds):
    """Compare values and gradients, then time: our share of torch's time, forward and with backward."""
    torch.set_num_threads(threads)
    blocks.set_num_threads(threads)
    random = np.random.default_rng(0)
    x = random.standard_normal(case.shape).astype(dtype)
    ours, theirs = getattr(nn, case.layer)(**case.options), getattr(torch.nn, case.layer)(**case.options)
    torch_x = torch.tensor(x, requires_grad=True)
    upstream = random.standard_normal(ours(x).shape).astype(dtype)
    torch_upstream = torch.from_numpy(upstream)

    def both():
        ours(x)
        return ours.backward(upstream)

    def torch_both():
        torch_x.grad = None
        theirs(torch_x).backward(torch_upstream)
        return torch_x.grad

    def torch_forward():
        with torch.no_grad():
            return theirs(torch_x)

    close = {"rtol": 1e-10, "atol": 1e-10} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(ours(x), torch_forward().numpy(), **close)
    np.testing.assert_allclose(both(), torch_both().numpy(), **close)
    calls = 1 if x.size > 10_000 else 200  # one call on a small picture is too short to time

    def repeated(function):
        return lambda: [function() for _ in range(calls)]

    ways = {"ours": lambda: ours(x), "torch": torch_forward, "ours both": both, "torch both": torch_both}
    seconds = medians({name: repeated(way) for name, way in ways.items()}, rounds)
    return {
        "case": case.name,
        "dtype": dtype,
        "threads": threads,
        "milliseconds": {name: 1e3 * run / calls for name, run in seconds.items()},
        "forward": seconds["ours"] / seconds["torch"],
        "backward": seconds["ours both"] / seconds["torch both"],
        "targets": [case.forward, case.backward],
    }


def limits():
    """What this machine can do at best, with all threads: copying memory, and multiplying matrices."""
    numbers, matrix = np.ones(2_097_152), np.ones((1024, 1024))
    out = np.empty_like(numbers)
    seconds = medians({"copy": lambda: np.copyto(out, numbers), "product": lambda: matrix @ matrix})
    return {
        "copy GB/s": 2 * numbers.nbytes / seconds["copy"] / 1e9,
        "product GFlop/s": 2 * 1024**3 / seconds["product"] / 1e9,
    }


def main():
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name contains this, for example Max")
    parser.add_argument("--rounds", type=int, default=15, help="runs of each way; the median counts")
    parser.add_argument("--json", default="benchmarks.json", help="where the figures are written")
    options = parser.parse_args()
    cases = [case for case in CASES if options.only.lower() in case.name.lower()]
    report = {"limits": limits(), "cases": [], "labs": []}
    print("this machine: " + ", ".join(f"{name} {value:.0f}" for name, value in report["limits"].items()))
    print("\nour time as a share of torch's (target), the smaller the better\n")
    print(f"{'case':<68}{'dtype':<9}{'threads':>7}{'forward':>16}{'with backward':>18}")
    for threads in sorted({1, blocks.get_num_threads()}):
        for dtype in ("float64", "float32"):
            for case in cases:
                row = run(case, dtype, threads, options.rounds)
                report["cases"].append(row)
                marks = [
                    f"{row[what]:.2f} ({target})"
                    for what, target in zip(("forward", "backward"), row["targets"], strict=True)
                ]
                missed = row["forward"] > case.forward or row["backward"] > case.backward
                print(
                    f"{case.name:<68}{dtype:<9}{threads:>7}{marks[0]:>16}{marks[1]:>18}{'  missed' if missed else ''}"
                )
    print(f"\n{'lab':<44}{'median ms':>10}{'p95 ms (target)':>18}")
    for row in answering_times():
        report["labs"].append(row)
        missed = "  missed" if row["p95"] > row["target"] else ""
        print(f"{row['lab']:<44}{row['median']:>10.1f}{row['p95']:>11.1f} ({row['target']}){missed}")
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    print(f"\nwritten to {options.json}")


if __name__ == "__main__":
    main()
