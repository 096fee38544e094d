"""How fast the labs answer: from setting a control to the new picture in the model, without a browser."""

from time import perf_counter

import numpy as np

from helpers.widgets import pooling_lab

LABS = {
    "pooling, 6 × 6 numbers": (pooling_lab, {}, 16),
    "pooling, 16 × 16 numbers with padding": (pooling_lab, {"picture": "face 16 × 16", "padding": 1}, 16),
    "pooling, photograph": (pooling_lab, {"picture": "temple"}, 50),
}


def answering_times(changes=200):
    """Move one slider back and forth and return median and 95th percentile in milliseconds, one row a lab."""
    rows = []
    for name, (lab, settings, target) in LABS.items():
        control = lab(**settings).controls["kernel_size"]
        seconds = []
        for change in range(changes):
            start = perf_counter()
            control.value = 2 + (change + 1) % 2
            seconds.append(perf_counter() - start)
        median, p95 = 1e3 * np.percentile(seconds, (50, 95))
        rows.append({"lab": name, "median": median, "p95": p95, "target": target})
    return rows
