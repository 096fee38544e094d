"""Pictures of a curve made of hidden units: the fit, and what each unit adds to it."""

from . import style
from .chart import Chart, limits
from .scene import Scene


def draw_curve_fit(result):
    """Return the scene of a curve_fit Result: curve and fit on the left, the hidden units' shares on the right."""
    state, unit = result.state, result.unit
    scene = Scene(1060, 480, alt=_alt(result))
    frame = {"y": 60, "width": 420, "height": 330, "xlim": (-1, 1), "xlabel": "input x"}
    turn = -result.net[0].bias.data[unit] / result.net[0].weight.data[unit, 0]

    whole = Chart(scene, 70, ylim=(-1.5, 1.5), title="curve and net", ylabel="output y", **frame)
    whole.rule(x=turn, colour=style.WINNER, label=f"unit {unit} turns")
    whole.line(result.x, result.target, style.INK, dashed=True, label="curve")
    whole.line(result.x, result.fit, style.WINDOW, 2.5, label=f"net of {state.units}")
    whole.legend()

    ylim = limits(result.shares, [-1.0, 1.0])
    parts = Chart(scene, 600, ylim=ylim, title="what each hidden unit adds", ylabel="share v·h", **frame)
    parts.rule(y=0, colour=style.LINE, dashed=False)
    for i, share in enumerate(result.shares):
        if i != unit:
            label = "other units" if i == (unit == 0) else None  # once
            parts.line(result.x, share, style.PIXEL, 1.5, label=label)
    parts.line(result.x, result.shares[unit], style.WINNER, 3, label=f"unit {unit}")
    parts.legend()
    return scene


def _alt(result):
    state = result.state
    return (
        f"{state.units} {state.activation} units, steepness {state.steepness:g}, follow the curve {state.curve}: "
        f"off by {result.error:.3f}"
    )
