r"""The pooling lab: one picture, one pooling layer, one window looked at closely."""

import warnings
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from helpers import checks, nn
from helpers.kernels.windows import Windows, enumeration, fit

from .bins import Bins
from .pictures import PICTURES, load


class Kind(NamedTuple):
    """A kind of pooling: its layer in helpers.nn and torch.nn, which of the settings it takes, what else it is told."""

    layer: str
    settings: tuple[str, ...]
    fixed: dict


_SLIDING = "kernel_size", "stride", "ceil_mode"
KINDS = {
    "max": Kind("MaxPool2d", (*_SLIDING, "padding", "dilation"), {"return_indices": True}),
    "average": Kind("AvgPool2d", (*_SLIDING, "padding"), {"count_include_pad": True}),
    "average without padding": Kind("AvgPool2d", (*_SLIDING, "padding"), {"count_include_pad": False}),
    "L_p": Kind("LPPool2d", ("norm_type", *_SLIDING), {}),
    "adaptive max": Kind("AdaptiveMaxPool2d", ("output_size",), {"return_indices": True}),
    "adaptive average": Kind("AdaptiveAvgPool2d", ("output_size",), {}),
}
_SMALLEST = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1, "norm_type": 1, "output_size": 1}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class State:
    """What the controls say; a setting that no layer allows raises ValueError with the reason in words.

    A setting that the kind's layer does not take does not count. `window` counts the windows in reading order, from 0;
    `own` holds the bytes of an uploaded picture file.
    """

    kind: str = "max"
    picture: str = PICTURES[0]
    kernel_size: int = 2
    stride: int = 2
    padding: int = 0
    dilation: int = 1
    norm_type: int = 2
    output_size: int = 4
    ceil_mode: bool = False
    window: int = 0
    own: bytes | None = None

    def __post_init__(self):
        for name, allowed in (("kind", KINDS), ("picture", PICTURES)):
            checks.choice("pooling", name, getattr(self, name), allowed)
        kind = KINDS[self.kind]
        for name in (*kind.settings, "window"):
            if name != "ceil_mode":
                checks.integer(kind.layer, name, getattr(self, name), _SMALLEST.get(name, 0))
        self.layer()
        self.axes()

    def layer(self):
        """A new layer with these settings."""
        return _layer(nn, asdict(self))

    def pixels(self):
        """The picture as (C, H, W) floats and a note on what was done to it, "" for nothing."""
        return load(self.picture, self.own)

    def axes(self):
        """The windows, or the bins, along the rows and along the columns of the picture."""
        shape = self.pixels()[0].shape[1:]
        kind = KINDS[self.kind]
        if "output_size" in kind.settings:
            return tuple(Bins(size, self.output_size) for size in shape)
        taken = {"padding": 0, "dilation": 1} | {name: getattr(self, name) for name in kind.settings}
        sizes = ((taken[name],) * 2 for name in ("kernel_size", "stride", "padding", "dilation"))
        return fit(kind.layer, shape, *sizes, self.ceil_mode)


def _layer(library, settings):
    kind = KINDS[settings["kind"]]
    return getattr(library, kind.layer)(**{name: settings[name] for name in kind.settings}, **kind.fixed)


def unused(kind, **others):
    """Names of the settings that this kind's layer does not take."""
    return {name for one in KINDS.values() for name in one.settings} - set(KINDS[kind].settings)


class Result(NamedTuple):
    """What the picture shows."""

    state: State
    pixels: np.ndarray  # (C, H, W)
    out: np.ndarray  # (C, H_out, W_out)
    winners: np.ndarray | None  # (C, H_out, W_out), h * W + w of each maximum; None where there are no winners
    layer: nn.Module  # it has just pooled the pixels: layer.backward takes the gradient of `out`
    rows: Windows | Bins
    cols: Windows | Bins
    window: tuple[int, int]  # row and column of the window looked at
    note: str

    @property
    def numbered(self):
        """Whether the picture is small enough to show its numbers."""
        return len(self.pixels) == 1 and max(self.pixels.shape) <= 16


def compute(state):
    """Pool the state's picture."""
    (pixels, note), (rows, cols), layer = state.pixels(), state.axes(), state.layer()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", checks.SettingWarning)  # `describe` says it
        out = layer(pixels)
    out, winners = out if isinstance(out, tuple) else (out, None)
    window = divmod(min(state.window, rows.count * cols.count - 1), cols.count)
    return Result(state, pixels, out, winners, layer, rows, cols, window, note)


def arithmetic(result):
    """The chosen window's output as a calculation, for example `max(3, 1, 4, 1) = 4`."""
    (i, j), plane, state = result.window, result.pixels[0], result.state
    values = [f"{plane[h, w]:.4g}" for h in result.rows.reads(i) for w in result.cols.reads(j)]
    value = f"{result.out[0, i, j]:.4g}".replace("nan", "NaN")
    if result.winners is not None:
        return f"max({', '.join(values)}) = {value}" if values else "only padding: −∞"
    if state.kind == "L_p":
        power = str(state.norm_type).translate(_SUPERSCRIPTS)
        total = " + ".join(f"({text}){power}" if text.startswith("-") else text + power for text in values)
        whole = state.kernel_size**2
        scaled = f"{whole}/{len(values)} · ({total})" if len(values) < whole else total
        return f"({scaled})^(1/{state.norm_type}) = {value}"
    include = state.kind == "average"
    divisor = result.rows.sizes(include)[i] * result.cols.sizes(include)[j]
    return f"({' + '.join(values)}) / {divisor} = {value}"


def describe(result):
    """The result in sentences: sizes with their terms, the chosen window, what no window reads."""
    rows, cols, window = result.rows, result.cols, result.window
    lines = [f"rows: {rows.formula}"] if rows == cols else [f"rows: {rows.formula}", f"columns: {cols.formula}"]
    if result.numbered:
        lines.append(f"window {window}: {arithmetic(result)}")
    else:
        share = result.out.size / result.pixels.size
        lines.append(f"{result.pixels.size:,} numbers in, {result.out.size:,} out: {share:.1%}")
    for name, axis in (("row", rows), ("column", cols)):
        if axis.unread:
            lines.append(f"no window reads {name}{'s' * (len(axis.unread) > 1)} {enumeration(axis.unread)}")
        if axis.empty:
            lines.append(f"windows that read only padding, by {name}: {enumeration(axis.empty)}")
    if isinstance(rows, Bins) and rows.count == cols.count == 1:
        lines.append("one bin holds the whole picture: this is global pooling")
    if np.isnan(result.out).any():
        lines.append("an odd power of negative pixels is negative, and has no root: NaN, in torch too")
    return [*lines, result.note] if result.note else lines


def torch_verdict(**settings):
    """What torch says of the same picture and settings, those that State refuses included, as one sentence."""
    try:
        import torch
    except ModuleNotFoundError:
        return "torch is not installed here"
    asked = asdict(State()) | settings  # unchecked: torch is asked also where State says no
    try:
        pixels = torch.tensor(load(asked["picture"], asked["own"])[0])
    except ValueError as reason:
        return f"there is no picture to ask about: {reason}"
    try:
        theirs = _layer(torch.nn, asked)(pixels)
    except (RuntimeError, TypeError) as refusal:
        return f"torch refuses this setting: {refusal}"
    theirs = (theirs[0] if isinstance(theirs, tuple) else theirs).numpy()
    ours = compute(State(**settings)).out
    if ours.shape != theirs.shape:
        return f"torch disagrees: its output has shape {theirs.shape}, ours {ours.shape}"
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if same.all():
        return f"torch agrees: output {theirs.shape}, every number the same"
    gap = np.abs(ours - theirs)[~same].max()
    verdict = "agrees" if gap < 10 * np.finfo(ours.dtype).eps * np.abs(theirs[~same]).max() else "disagrees"
    return f"torch {verdict}: output {theirs.shape}, largest difference {gap:.0e}"
