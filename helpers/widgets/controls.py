"""The controls of a lab. Each has a visible label that a screen reader says too, and answers to mouse and keyboard."""

import math
from datetime import UTC, datetime

import ipywidgets as widgets
from traitlets import Bool, Float, Int, validate

_LABEL = {"description_width": "90px"}
_HANDLE = {"readout": False, "tooltip": ""}


class Slider(widgets.HBox):
    """A whole number between `low` and `high`: a box with the label, and a slider beside it.

    ipywidgets cannot name a slider for a screen reader; the box is named, and takes digits and the arrow keys.
    """

    value = Int()
    min = Int()
    max = Int()
    disabled = Bool(False)

    def __init__(self, label, value, low, high):
        box = widgets.BoundedIntText(value, min=low, max=high, **_box(label))
        self._join(label, value, low, high, box, widgets.IntSlider(value, low, high, **_HANDLE), ("max",))

    def _join(self, label, value, low, high, box, handle, shared=()):
        if not low <= value <= high:
            raise ValueError(f"{label} must lie between {low} and {high}, got {value!r}")
        handle.layout.width = "150px"
        widgets.HBox.__init__(self, [box, handle], min=low, max=high, value=value, layout=_cell())
        for trait in (*shared, "value", "disabled"):
            for part in (box, handle):
                widgets.link((self, trait), (part, trait))

    @validate("value")
    def _within_range(self, proposal):
        return min(max(proposal["value"], self.min), self.max)


class Decimal(Slider):
    """A number between `low` and `high` in steps of `step`; any number in between can be typed."""

    value = Float()
    min = Float()
    max = Float()
    digits = 6  # kept of a value; sums of steps have more, all but the first few by rounding

    def __init__(self, label, value, low, high, step):
        box = widgets.BoundedFloatText(value, min=low, max=high, step=step, **_box(label))
        self._join(label, value, low, high, box, widgets.FloatSlider(value, min=low, max=high, step=step, **_HANDLE))

    @validate("value")
    def _within_range(self, proposal):
        return min(max(float(f"{proposal['value']:.{self.digits}g}"), self.min), self.max)


class Power(Decimal):
    """A positive number between `low` and `high` whose slider moves by factors: `per_decade` steps make ten times more.

    Three digits of it are kept.
    """

    digits = 3

    def __init__(self, label, value, low, high, per_decade=10):
        box = widgets.BoundedFloatText(value, min=low, max=high, step=low, **_box(label))
        ends = {"min": math.log10(low), "max": math.log10(high), "step": 1 / per_decade}
        self._join(label, value, low, high, box, widgets.FloatLogSlider(value, **ends, **_HANDLE))


class Player(Slider):
    """A step of something that runs: a Slider with buttons to play, pause and stop, `interval` milliseconds a step."""

    def __init__(self, label, value, low, high, interval=100, stride=1):
        super().__init__(label, value, low, high)
        play = widgets.Play(
            value=value, min=low, max=high, step=stride, interval=interval, show_repeat=False, tooltip=f"play {label}"
        )
        for trait in ("max", "value", "disabled"):
            widgets.link((self, trait), (play, trait))
        self.children = (*self.children, play)
        self.layout.width = "440px"


def choice(label, options, value):
    """One of several named options."""
    return widgets.Dropdown(options=options, value=value, description=label, tooltip="", style=_LABEL, layout=_cell())


def switch(label, value):
    """On or off."""
    return widgets.Checkbox(value, description=label, tooltip="", style=_LABEL, layout=_cell())


def upload(label, accept, content=None):
    """A file of the reader's own; `content` are the bytes of one that is there from the start."""
    about = {"name": "", "type": "", "last_modified": datetime.fromtimestamp(0, UTC)}
    files = () if content is None else ({**about, "size": len(content), "content": content},)
    layout = widgets.Layout(width="180px")
    return widgets.FileUpload(value=files, description=label, accept=accept, icon="", tooltip="", layout=layout)


def _box(label):
    """What the box of a number needs besides its range."""
    layout = widgets.Layout(width="150px")
    return {"description": label, "continuous_update": True, "tooltip": "", "style": _LABEL, "layout": layout}


def _cell():
    return widgets.Layout(width="320px", margin="2px")
