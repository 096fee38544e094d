"""The controls of a lab. Each has a visible label that a screen reader says too, and answers to mouse and keyboard."""

import math
from datetime import UTC, datetime
from itertools import chain

import ipywidgets as widgets
from traitlets import Bool, Float, Int, TraitError, Tuple, validate

_LABEL = {"description_width": "90px"}
_ROOM = {"width": "auto", "flex": "1 1 0", "min_width": "0", "margin": "2px 12px 2px 2px"}  # all that its box leaves
_HANDLE = {"readout": False, "tooltip": "", "layout": _ROOM}
_GLYPHS = {"play": "f04b", "pause": "f04c", "stop": "f04d"}  # of Font Awesome
_GLYPH = '.widget-play[title="play {2}"] .fa-{0}::before {{ content: "\\{1}" / "{0} {2}" }}'
_TWO_COLUMNS = "auto / span 2"  # of the grid of a lab; ipywidgets has grid_column too, and loses it
OWN = "your own"  # what a grid says of a table that is no preset


class Slider(widgets.HBox):
    """A whole number between `low` and `high`: a box with the label, and a slider beside it.

    ipywidgets cannot name a slider for a screen reader; the box is named, and takes digits and the arrow keys. A typed
    number counts once it is whole, after Enter or Tab: the 1 that 12 begins with may lie below `low`.
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
        widgets.HBox.__init__(self, [box, handle], min=low, max=high, value=value, layout=_cell())
        for trait in (*shared, "value", "disabled"):
            widgets.link((self, trait), (box, trait))
        for trait in (*shared, "disabled"):
            widgets.link((self, trait), (handle, trait))
        self._handle = handle
        self.observe(self._move_handle, "value")
        handle.observe(self._take_from_handle, "value")

    def _take_from_handle(self, change):
        if not self._is_shown_at(change["new"]):
            self.value = change["new"]

    def _move_handle(self, _):
        """Move the handle to the value, but not to correct a rounding: the hand that moved it may be further by now."""
        if not self._is_shown_at(self._handle.value):
            self._handle.value = self.value

    def _is_shown_at(self, place):
        """Whether a handle that stands at `place` shows the value that there is."""
        return place == self.value

    @validate("value")
    def _within_range(self, proposal):
        return min(max(proposal["value"], self.min), self.max)


class Decimal(Slider):
    """A number between `low` and `high` in steps of `step`; any number in between can be typed.

    A browser puts the handle at the nearest step and reports that place: it is no new value.
    """

    value = Float()
    min = Float()
    max = Float()
    digits = 6  # kept of a value; sums of steps have more, all but the first few by rounding

    def __init__(self, label, value, low, high, step):
        box = widgets.BoundedFloatText(value, min=low, max=high, step=step, **_box(label))
        self._step = step
        self._join(label, value, low, high, box, widgets.FloatSlider(value, min=low, max=high, step=step, **_HANDLE))

    def _is_shown_at(self, place):
        steps = math.floor((self._along(self.value) - self._along(self.min)) / self._step + 0.5)  # halves go up
        nearest = self._along(self.min) + steps * self._step
        return place == self.value or abs(self._along(place) - nearest) < 1e-3 * self._step

    def _along(self, value):
        """Where a value lies on the slider, in the unit of its steps."""
        return value

    @validate("value")
    def _within_range(self, proposal):
        return min(max(float(f"{proposal['value']:.{self.digits}g}"), self.min), self.max)


class Power(Decimal):
    """A positive number between `low` and `high` whose slider moves by factors: `per_decade` steps make ten times more.

    Three digits of it are kept. An arrow key changes the second.
    """

    digits = 3

    def __init__(self, label, value, low, high, per_decade=10):
        box = widgets.BoundedFloatText(value, min=0, max=high, **_box(label))  # a browser counts steps from the minimum
        self._step = 1 / per_decade
        ends = {"min": math.log10(low), "max": math.log10(high), "step": self._step}
        self._join(label, value, low, high, box, widgets.FloatLogSlider(value, **ends, **_HANDLE))
        box.step = _second_digit(value)
        self.observe(lambda change: setattr(box, "step", _second_digit(change["new"])), "value")
        box.observe(lambda _: setattr(box, "value", self.value), "value")  # as rounded and limited here

    def _along(self, value):
        return math.log10(value)


class Player(Slider):
    """A step of something that runs: a Slider with buttons to play, pause and stop, `interval` milliseconds a step.

    ipywidgets puts a glyph on each and no name. A style sheet has the glyph read as `play step`, `pause step` or
    `stop step`, for a label of `step`; a browser that knows no alternative text in CSS keeps the bare glyph.
    """

    def __init__(self, label, value, low, high, interval=100, stride=1):
        super().__init__(label, value, low, high)
        play = widgets.Play(
            value=value, min=low, max=high, step=stride, interval=interval, show_repeat=False, tooltip=f"play {label}"
        )
        for trait in ("max", "value", "disabled"):
            widgets.link((self, trait), (play, trait))
        names = "".join(_GLYPH.format(name, code, label) for name, code in _GLYPHS.items())
        sheet = widgets.HTML(f"<style>{names}</style>", layout=widgets.Layout(display="none"))
        self.children = (*self.children, play, sheet)
        self.layout.grid_area = _TWO_COLUMNS


class Grid(widgets.VBox):
    """A small table of numbers, each in a box of its own; its value is a tuple of rows.

    A box is named after its row and its column, for example `kernel row 0 column 1`. A screen reader says the name; it
    takes no room on the page.

    Parameters
    ----------
    label : str
        Stands above the table, or before the names of its columns.
    value : sequence of sequence of number
    low, high : number
        What a box may hold: whole numbers, if both are of type int.
    step : number
        What an arrow key adds.
    rows, columns : sequence of str, optional
        Names, which then stand beside the table and above it.
    presets : dict of str to table, optional
        Tables to choose from by name.
    """

    value = Tuple()
    shown = Int()  # rows on the page, from the first on

    def __init__(self, label, value, low, high, step=1, rows=None, columns=None, presets=None):
        value = _table(value)
        if not all(low <= number <= high for row in value for number in row):
            raise ValueError(f"{label} must hold numbers between {low} and {high}, got {value!r}")
        names = rows or [f"{label} row {i}" for i in range(len(value))]
        heads = columns or [f"column {j}" for j in range(len(value[0]))]
        self._limits, self._writing = (low, high), False
        self._number = int if isinstance(low, int) and isinstance(high, int) else float
        box = widgets.BoundedIntText if self._number is int else widgets.BoundedFloatText
        self._boxes = [
            [box(low, min=low, max=high, step=step, description=f"{name} {head}", **_named_box()) for head in heads]
            for name in names
        ]
        self._presets = {name: _table(table) for name, table in (presets or {}).items()}
        self._choice = choice(label, [*self._presets, OWN], OWN)
        self._choice.layout.width = "auto"
        top = widgets.HBox([_heading(label, 78), *(_heading(head, 62) for head in heads)])
        side = [[_heading(name, 70)] for name in rows] if rows else [[]] * len(names)
        self._rows = [widgets.HBox([*head, *boxes]) for head, boxes in zip(side, self._boxes, strict=True)]
        title = self._choice if presets else top if columns else widgets.Label(label)
        super().__init__([title, *self._rows], value=value, shown=len(value), layout=_cell())
        self.layout.grid_area = f"span {len(self.children)} / auto"
        self._write()
        for part in (*chain(*self._boxes), self._choice):
            part.observe(self._set, "value")
        self.observe(lambda _: self._write(), "value")
        self.observe(lambda _: self._fold(), "shown")

    @validate("value")
    def _a_table_within_range(self, proposal):
        value, (low, high) = _table(proposal["value"]), self._limits
        if [len(row) for row in value] != [len(row) for row in self._boxes]:
            raise TraitError(f"expected {len(self._boxes)} rows of {len(self._boxes[0])} numbers, got {value!r}")
        return tuple(tuple(self._number(min(max(number, low), high)) for number in row) for row in value)

    def _write(self):
        """Write the value into the boxes, and choose the preset that it is."""
        self._writing = True
        for box, number in zip(chain(*self._boxes), chain(*self.value), strict=True):
            box.value = number
        self._choice.value = next((name for name, table in self._presets.items() if table == self.value), OWN)
        self._writing = False

    def _set(self, change):
        """Take the value from what the reader changed: a box, or the choice of a preset."""
        if not self._writing:
            written = _table([box.value for box in row] for row in self._boxes)
            self.value = self._presets.get(change["new"], written) if change["owner"] is self._choice else written

    def _fold(self):
        for number, row in enumerate(self._rows):
            row.layout.display = None if number < self.shown else "none"


def choice(label, options, value):
    """One of several named options."""
    return widgets.Dropdown(options=options, value=value, description=label, tooltip="", style=_LABEL, layout=_cell())


def switch(label, value):
    """On or off."""
    return widgets.Checkbox(value, description=label, tooltip="", style=_LABEL, layout=_cell())


def text(label, value, hint=""):
    """A line of text; `hint` stands in it while it is empty."""
    line = widgets.Text(value, description=label, placeholder=hint, tooltip="", style=_LABEL, layout=_cell())
    line.layout.grid_area = _TWO_COLUMNS
    return line


def upload(label, accept, content=None):
    """A file of the reader's own; `content` are the bytes of one that is there from the start."""
    about = {"name": "", "type": "", "last_modified": datetime.fromtimestamp(0, UTC)}
    files = () if content is None else ({**about, "size": len(content), "content": content},)
    return widgets.FileUpload(value=files, description=label, accept=accept, icon="", tooltip="", layout=_cell())


def _box(label):
    """What the box of a number needs besides its range."""
    layout = widgets.Layout(width="155px")  # room for five characters, such as 0.158
    return {"description": label, "continuous_update": False, "tooltip": "", "style": _LABEL, "layout": layout}


def _second_digit(value):
    """One unit of the second digit of a positive number."""
    return float(f"1e{math.floor(math.log10(value)) - 1}")


def _named_box():
    """What a box needs whose label is for a screen reader alone."""
    layout = widgets.Layout(width="62px")
    return {"continuous_update": False, "tooltip": "", "style": {"description_width": "0px"}, "layout": layout}


def _heading(text, width):
    return widgets.Label(text, layout=widgets.Layout(width=f"{width}px"))


def _table(rows):
    return tuple(tuple(row) for row in rows)


def _cell():
    return widgets.Layout(width="auto", margin="2px")
