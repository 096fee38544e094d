"""The controls of a lab. Each has a visible label that a screen reader says too, and answers to mouse and keyboard."""

from datetime import UTC, datetime

import ipywidgets as widgets
from traitlets import Bool, Int, validate

_LABEL = {"description_width": "90px"}


class Slider(widgets.HBox):
    """A whole number between `low` and `high`: a box with the label, and a slider beside it.

    ipywidgets cannot name a slider for a screen reader; the box is named, and takes digits and the arrow keys.
    """

    value = Int()
    min = Int()
    max = Int()
    disabled = Bool(False)

    def __init__(self, label, value, low, high):
        if not low <= value <= high:
            raise ValueError(f"{label} must lie between {low} and {high}, got {value!r}")
        box = widgets.BoundedIntText(
            value,
            min=low,
            max=high,
            description=label,
            continuous_update=True,
            tooltip="",
            style=_LABEL,
            layout=widgets.Layout(width="150px"),
        )
        slider = widgets.IntSlider(value, low, high, readout=False, tooltip="", layout=widgets.Layout(width="150px"))
        super().__init__([box, slider], min=low, max=high, value=value, layout=_cell())
        for trait in ("max", "value", "disabled"):
            for part in (box, slider):
                widgets.link((self, trait), (part, trait))

    @validate("value")
    def _within_range(self, proposal):
        return min(max(proposal["value"], self.min), self.max)


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


def _cell():
    return widgets.Layout(width="320px", margin="2px")
