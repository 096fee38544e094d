"""How fast the labs answer: from setting a control to the new picture in the model, without a browser."""

from itertools import cycle, islice
from time import perf_counter

import numpy as np

from helpers import widgets

from .figures import Figure, number

CELLS_OR_LINES, PHOTOGRAPHS = 16, 50  # milliseconds


def figures(only, rounds):
    """Yield the 95th percentile of each lab's answers as it starts, and at the heaviest setting that is found."""
    for name in sorted(name for name in widgets.__all__ if name.endswith("_lab")):
        subject = f"labs, {name}"
        if only.lower() in subject:
            lab = getattr(widgets, name)()
            yield answers(subject, "as it starts", lab)
            said = make_heaviest(lab)
            yield answers(subject, "heaviest setting", lab, said)


def answers(subject, what, lab, note="", changes=200):
    """Move each control in turn to another value and back, and time every change that gives a picture."""
    moves = [(control, value) for control in _steerable(lab) for value in _neighbours(control)]
    milliseconds, images = [], False
    for control, value in islice(cycle(moves), changes // 2):
        before = control.value
        for new in (value, before):
            start = perf_counter()
            control.value = new
            if lab.scene is not None:
                milliseconds.append(1e3 * (perf_counter() - start))
                images |= any(shape == "image" for shape, *_ in lab.scene.shapes)
    middle, late = np.percentile(milliseconds, (50, 95))
    note = ", ".join(filter(None, [f"median {number(middle)} ms", note]))
    return Figure(subject, f"p95, {what}", late, "ms", PHOTOGRAPHS if images else CELLS_OR_LINES, note=note)


def make_heaviest(lab):
    """Turn one control after the other to the value that takes longest; return the setting in words."""
    for control in _steerable(lab):
        values = [control.value, *_neighbours(control, every=True)]
        seconds = {value: _time_to(lab, control, value) for value in values}
        control.value = max(seconds, key=seconds.get)
    return ", ".join(f"{name}={control.value}" for name, control in lab.controls.items() if control in _steerable(lab))


def _time_to(lab, control, value):
    """Seconds of the fastest of three refreshes at this value; 0 where the lab answers with a sentence."""
    control.value = value
    seconds = []
    for _ in range(3):
        start = perf_counter()
        lab.refresh()
        seconds.append(perf_counter() - start)
    return 0 if lab.scene is None else min(seconds)


def _steerable(lab):
    """The controls that have values to choose from."""
    return [control for control in lab.controls.values() if _neighbours(control)]


def _neighbours(control, every=False):
    """Values that the control does not have: those next to it, or every option and both ends."""
    if isinstance(control.value, bool):
        return [not control.value]
    if hasattr(control, "options"):
        options = [value for _, value in control.options] if isinstance(control.options[0], tuple) else control.options
        return [value for value in options if value != control.value]
    if hasattr(control, "min"):
        step = getattr(control, "step", 1)
        near = (control.min, control.max) if every else (control.value - step, control.value + step)
        return [value for value in near if control.min <= value <= control.max and value != control.value]
    return []
