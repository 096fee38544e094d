"""A lab on an open page."""

FOLLOWED = """([box, place]) => [place, 10 ** place].some(
    number => Math.abs(box.value - number) < 0.01 * Math.abs(number) + 1e-9)"""  # one of factors says the logarithm


class Lab:
    """The lab of a name on an open LabPage, in the terms of a reader."""

    def __init__(self, notebook, name):
        self.notebook, self.page, self.name = notebook, notebook.page, name
        self.root = self.page.locator(f".lab-{name}")
        self.picture = self.root.locator(".lab-picture")
        self.readout = self.root.locator(".lab-readout")

    def box(self, name):
        return self.root.get_by_role("spinbutton", name=name, exact=True)

    def handle(self, name):
        """The slider beside the box of a name."""
        row = self.root.locator(".lab-controls > *").filter(has=self.page.get_by_label(name, exact=True))
        return row.locator(".noUi-handle")

    def drag(self, name, right):
        """Drag the slider of a name so many pixels to the right; what its box says when the lab has followed."""
        handle = self.handle(name)
        before = handle.get_attribute("aria-valuetext")
        self.notebook.drag(handle, right=right)
        left_at = handle.get_attribute("aria-valuetext")
        assert left_at != before, f"the slider of {name} did not move with the mouse"
        box = self.box(name)
        self.page.wait_for_function(FOLLOWED, arg=[box.element_handle(), float(left_at)])
        return box.input_value()

    def write(self, name, number):
        """Type a number into the box of a name; Enter says that it is whole."""
        self.box(name).fill(number)
        self.box(name).press("Enter")

    def alt(self):
        """The picture in words, as a screen reader says it, or None where a sentence stands in its place."""
        drawing = self.picture.get_by_role("img")
        return drawing.get_attribute("aria-label") if drawing.count() else None

    def wait_for_picture(self, words):
        self.picture.locator(f'svg[aria-label*="{words}"]').wait_for()

    def told(self):
        """What a screen reader is told of the lab's controls and picture: (role, name, value) each.

        Fails where one has no name, or a glyph alone; the handle of a slider needs none, for the box beside it has it.
        """
        told = self.notebook.accessible(f".lab-{self.name}")
        roles = ("spinbutton", "combobox", "checkbox", "radio", "button", "image", "slider", "textbox", "status")
        controls = [one for one in told if one[0] in roles]
        named = [one for one in controls if one[0] not in ("slider", "status")]
        nameless = [one for one in named if not any(map(str.isalnum, one[1]))]
        assert not nameless, f"no accessible name: {nameless}"
        return controls
