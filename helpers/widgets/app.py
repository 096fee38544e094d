"""One class wires every lab: controls -> State -> compute -> picture and readout."""

import threading
from contextlib import contextmanager
from functools import partial
from html import escape
from typing import ClassVar

import ipywidgets as widgets


class App:
    """A lab: controls above, a picture below, one line of text under it that says the same in words.

    Building a lab again closes the one it replaces. ipykernel runs callbacks beside a running cell: a lock guards each
    refresh.

    Parameters
    ----------
    name : str
        Names the lab, in letters, digits and hyphens; one lab of a name is open at a time.
    state : type
        Frozen dataclass of the controls' values; raises ValueError where they are not allowed, with the reason.
    controls : dict of str to Widget
        One control for each field of the state that the reader may change.
    compute : callable
        State -> result.
    draw : callable
        Result -> Scene.
    describe : callable
        Result -> list of sentences.
    adjust : callable, optional
        Result -> {field: {trait: value}}, for example the maximum of a slider that depends on the result.
    hidden : callable, optional
        The controls' values as keywords -> fields whose controls do not matter now, and are hidden.
    actions : dict of str to callable, optional
        Buttons; each gets the controls' values as keywords and returns a sentence for the readout.
    """

    _open: ClassVar[dict] = {}

    def __init__(self, name, state, controls, compute, draw, describe, adjust=None, hidden=None, actions=None):
        self.name, self.controls = name, controls
        self._state, self._compute, self._draw, self._describe = state, compute, draw, describe
        self._adjust, self._hidden = adjust, hidden
        self._lock, self._holding, self._sheet = threading.RLock(), False, (2, 1)
        self.picture, self.readout = widgets.HTML(), widgets.HTML()
        self.buttons = {label: _button(label, partial(self._act, act)) for label, act in (actions or {}).items()}
        self.buttons["Reset"] = _button("Reset", self.reset)
        bar = widgets.GridBox([*controls.values(), widgets.HBox([*self.buttons.values()])], layout=_GRID)
        self.widget = widgets.VBox([bar, self.picture, self.readout])
        for css_class in ("lab", f"lab-{name}"):
            self.widget.add_class(css_class)
        bar.add_class("lab-controls")
        self.picture.add_class("lab-picture")
        self.readout.add_class("lab-readout")
        for control in controls.values():
            control.observe(self._changed, "value")
        self.refresh()
        self._defaults = {field: control.value for field, control in controls.items()}
        if name in App._open:
            App._open[name].close()
        App._open[name] = self

    def values(self):
        """What the controls say, by field; an upload gives its bytes or None."""
        return {field: _value(control) for field, control in self.controls.items()}

    def set(self, **values):
        """Set several controls with one refresh, also where one makes room for a value out of another's range."""
        with self._lock:
            try:
                if not self._put(values):
                    self._run()
                    self._put(values)
            finally:
                self.refresh()

    def reset(self):
        """Put every control back to where it started."""
        self.set(**self._defaults)

    def refresh(self):
        """Compute and draw what the controls say; for a setting that is not allowed, say why in the picture's place."""
        with self._lock:
            self._run()
            if self.result is None:
                self.scene, self.sentences = None, []
                self.picture.value = _PANEL.format(*self._sheet, escape(self.alt))
            else:
                self.scene = self._draw(self.result)
                self.sentences = self._describe(self.result)
                self.picture.value = self.scene.svg()
                self._sheet = self.scene.width, self.scene.height
                self.alt = self.scene.alt
            self._say(self.sentences)

    def close(self):
        """Close every widget of the lab."""
        for widget in _tree(self.widget):
            widget.close()

    def _put(self, values):
        """Write values into the controls; whether each took its value."""
        with self._hold():
            for field, value in values.items():
                self.controls[field].value = value
        return all(self.controls[field].value == value for field, value in values.items())

    def _run(self):
        """Compute what the controls say, and adjust them to the result; None for a setting that is not allowed."""
        self._hide_controls()
        try:
            state = self._state(**self.values())
        except ValueError as reason:
            self.result, self.alt = None, str(reason)
        else:
            self.result = self._compute(state)
            self._adjust_controls()

    def _changed(self, change):
        with self._lock:
            if not self._holding:
                self.refresh()

    def _act(self, act):
        with self._lock:
            self._say([*self.sentences, act(**self.values())])

    def _hide_controls(self):
        hidden = self._hidden(**self.values()) if self._hidden else ()
        for field, control in self.controls.items():
            control.layout.display = "none" if field in hidden else None

    def _adjust_controls(self):
        with self._hold():
            for field, traits in (self._adjust(self.result) if self._adjust else {}).items():
                for trait, value in traits.items():
                    setattr(self.controls[field], trait, value)

    @contextmanager
    def _hold(self):
        self._holding = True
        try:
            yield
        finally:
            self._holding = False

    def _say(self, sentences):
        self.readout.value = (
            '<div role="status" style="font-size:1.15em;line-height:1.3">'
            + "<br>".join(map(escape, sentences))
            + "</div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        live = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        still = self.scene._repr_mimebundle_() if self.scene else {}
        return live | still | {"text/plain": repr(self)}

    def __repr__(self):
        return f"Lab {self.name}: {self.alt}"


_GRID = {  # three columns in a window of 1280 pixels; a control that spans two has room in a narrow one
    "grid_template_columns": "repeat(auto-fill, minmax(270px, 1fr))",
    "grid_auto_flow": "row dense",
    "min_width": "552px",
    "max_width": "1010px",
}
_PANEL = (  # as large as the picture that it stands for
    '<div role="alert" style="display:grid;place-items:center;margin:auto;aspect-ratio:{}/{};'
    'max-height:max(360px, calc(100vh - 360px));font-size:1.4em;text-align:center;background:#fff;color:#222">{}</div>'
)


def _value(control):
    if isinstance(control, widgets.FileUpload):
        return bytes(control.value[0]["content"]) if control.value else None
    return control.value


def _button(label, act):
    button = widgets.Button(description=label, tooltip="", layout={"width": "auto"})
    button.on_click(lambda _: act())
    return button


def _tree(widget):
    for child in getattr(widget, "children", ()):
        yield from _tree(child)
    yield widget.layout
    if hasattr(widget, "style"):
        yield widget.style
    yield widget
