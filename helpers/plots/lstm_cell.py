"""The LSTM's cell as a drawing: what is kept runs along the top, the four gates stand below."""

from . import style
from .gates import COLOURS
from .scene import Scene

TRACK, PRODUCT, GATES, SOURCE = 60, 145, 235, 315  # heights of the rows
KEEP, WRITE, SHOW = 230, 430, 690  # where the track is multiplied, added to and read
PLACES = {"f": KEEP, "i": WRITE - 60, "g": WRITE + 60, "o": SHOW + 80}
ROLES = {"f": "how much to keep", "i": "how much to write", "g": "what to write", "o": "how much to show"}


def draw_cell(numbers=None):
    """Return the scene of one step of an LSTM cell.

    Parameters
    ----------
    numbers : dict of str to float, optional
        Of `c_before`, `f`, `i`, `g`, `o`, `c`, `tanh_c` and `h`, written beside them.
    """
    numbers = {name: f" = {value:.3g}" for name, value in (numbers or {}).items()}

    def named(name, symbol=None):
        return (symbol or name) + numbers.get(name, "")

    alt = "one step of an LSTM: c = f c before + i g along the top, h = o tanh(c) below"
    scene = Scene(960, 355, alt + "".join(f"; {name}{value}" for name, value in numbers.items()))
    for start, end in ((110, KEEP - 20), (KEEP + 20, WRITE - 20), (WRITE + 20, 850)):
        scene.arrow(start, TRACK, end, TRACK, style.WINDOW, 4)
    scene.text(100, TRACK - 24, named("c_before", "c before"), 16, style.WINDOW, bold=True)
    scene.text(860, TRACK - 24, named("c"), 16, style.WINDOW, bold=True)
    _joint(scene, KEEP, TRACK, "×")
    _joint(scene, WRITE, TRACK, "+")
    _joint(scene, WRITE, PRODUCT, "×")
    scene.arrow(WRITE, PRODUCT - 18, WRITE, TRACK + 22)
    scene.arrow(SHOW, TRACK, SHOW, PRODUCT - 22)
    scene.text(SHOW - 12, (TRACK + PRODUCT) / 2, named("tanh_c", "tanh c"), 15, anchor="end")
    _joint(scene, SHOW, PRODUCT, "×")
    scene.arrow(SHOW + 18, PRODUCT, 850, PRODUCT)
    scene.text(862, PRODUCT, named("h"), 16, style.WINDOW, bold=True, anchor="start")
    for gate, x in PLACES.items():
        _gate(scene, x, named(gate), COLOURS[gate], ROLES[gate])
    scene.arrow(KEEP, GATES - 22, KEEP, TRACK + 22)
    for gate, at in (("i", -14), ("g", 14)):
        scene.arrow(PLACES[gate], GATES - 22, WRITE + at, PRODUCT + 16)
    scene.arrow(PLACES["o"], GATES - 22, SHOW + 14, PRODUCT + 16)
    scene.line((KEEP, PLACES["o"]), (SOURCE, SOURCE), style.FAINT, 1.5)
    for x in PLACES.values():
        scene.arrow(x, SOURCE, x, GATES + 46, style.FAINT)
    scene.text(
        (KEEP + PLACES["o"]) / 2, SOURCE + 22, "the input x and the hidden state h before go to all four", 15, style.INK
    )
    return scene


def _joint(scene, x, y, sign):
    scene.circle(x, y, 17, style.PAPER, style.INK, 2)
    scene.text(x, y, sign, 20, bold=True)


def _gate(scene, x, words, colour, role):
    scene.rect(x - 52, GATES - 20, 104, 40, style.tint(colour, 0.25), colour, 2)
    scene.text(x, GATES, words, 16, bold=True)
    scene.text(x, GATES + 33, role, 12, style.FAINT)
