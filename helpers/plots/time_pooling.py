"""Pictures of pooling over time: the lab, the idea, gradients by kind and step, what was learned, a pyramid, a race."""

import numpy as np

from . import style
from .chart import Chart
from .scene import Scene

LEFT, WIDTH = 150, 860  # of the charts of the lab, in pixels


def draw_time_pooling(result):
    """Return the scene of a Result: bars of each step's share of the output, below them a heat map of the gradient."""
    state, steps = result.state, len(result.tokens)
    scene = Scene(1060, 436, _alt(result))
    letters = {"x": dict(enumerate(result.tokens)), "y": (0, 0.25, 0.5, 0.75, 1)}
    limits = (-0.5, steps - 0.5)
    title = f"share of each step in the vector, pooling {state.kind}"
    chart = Chart(scene, LEFT, 50, WIDTH, 165, limits, (0, 1.05), title, "", "share", ticks=letters)
    if state.padding:
        x = float(chart.px(len(state.word) - 0.5))
        scene.rect(x, 50, LEFT + WIDTH - x, 165, style.PADDING, style.LINE)
    chart.bars(range(steps), result.output, 0.7, style.WINDOW)
    chart.rule(x=state.step, colour=style.WINNER, width=2.5)
    rows = np.stack([result.at_state, result.at_letter])
    ticks = {"x": dict(enumerate(result.tokens)), "y": {0.5: "at the letters", 1.5: "at the states"}}
    title = "share of the gradient that each step gets (darker: more)"
    heat = Chart(scene, LEFT, 290, WIDTH, 100, limits, (0, 2), title, "step", ticks=ticks)
    most = rows.max()
    heat.image(style.shades(rows, most, style.GRADIENT))
    for row, values in zip((1.5, 0.5), rows, strict=True):
        for step, value in enumerate(values):
            colour = style.PAPER if value > 0.75 * most else style.INK
            heat.text(step, row, f"{value:.0%}", 13, colour, anchor="middle")
    heat.rule(x=state.step - 0.5, colour=style.WINNER, width=2.5, dashed=False)
    heat.rule(x=state.step + 0.5, colour=style.WINNER, width=2.5, dashed=False)
    return scene


def draw_idea(shares):
    """Return the scene of one drawing for each kind: steps above, one vector below, arrows as thick as the shares.

    Parameters
    ----------
    shares : dict of str to ndarray (T,)
    """
    scene = Scene(1060, 230, "states of all steps become one vector: " + ", ".join(shares))
    room = 1060 / len(shares)
    for place, (kind, weights) in enumerate(shares.items()):
        gap, middle = room / (len(weights) + 1), (place + 0.5) * room
        for step, weight in enumerate(weights):
            x = place * room + (step + 1) * gap
            scene.rect(x - 15, 40, 30, 34, style.tint(style.WINDOW, 0.15 + 0.6 * weight), style.INK)
            scene.text(x, 57, f"x{step + 1}", 14)
            if weight > 0:
                scene.arrow(x, 78, middle + (x - middle) * 0.2, 146, style.WINDOW, 0.5 + 3.5 * weight)
        scene.rect(middle - 26, 154, 52, 34, style.tint(style.WINDOW, 0.5), style.INK)
        scene.text(middle, 171, "y", 15, bold=True)
        scene.text(middle, 210, kind, 15)
    return scene


def draw_spreads(axes, spreads):
    """Draw gradients as heat maps, kinds by steps, on two axes: log10 of each as a part of the kind's largest.

    Parameters
    ----------
    axes : two matplotlib axes
    spreads : dict of str to helpers.experiments.time_pooling.Spread
    """
    for ax, title, rows in zip(
        axes,
        ("at the states, as the pooling gives it", "at the inputs, after the way back"),
        zip(*spreads.values(), strict=True),
        strict=True,
    ):
        rows = np.stack(rows)
        with np.errstate(divide="ignore"):
            logs = np.log10(rows / rows.max(axis=1, keepdims=True))
        shown = style.shades(1 + np.maximum(logs, -10) / 10, 1, style.GRADIENT)
        ax.imshow(shown, aspect="auto", interpolation="nearest", extent=(0.5, rows.shape[1] + 0.5, len(rows), 0))
        ax.hlines(np.arange(1, len(rows)), 0.5, rows.shape[1] + 0.5, color=style.PAPER, lw=2)
        ax.set_yticks(np.arange(len(rows)) + 0.5, list(spreads))
        ax.set(title=title, xlabel="step")


def draw_solved(axes, solved, titles, kinds, lengths, seeds):
    """Draw how many of the seeds solved each task, (tasks, kinds, lengths), as one table of cells for each task."""
    for ax, counts, title in zip(axes, solved, titles, strict=True):
        ax.imshow(style.shades(counts, 2 * seeds), aspect="auto")
        for (row, column), count in np.ndenumerate(counts):
            ax.text(column, row, f"{count} of {seeds}", ha="center", va="center", fontsize=12)
        ax.set(title=title, xlabel="steps", xticks=range(len(lengths)), yticks=range(len(kinds)))
        ax.set_xticklabels(lengths)
        ax.set_yticklabels(kinds)


def draw_pyramid(axes, levels, names, word):
    """Draw the states (T, H) of a word and what they are pooled to, (T', H) each, as heat maps side by side."""
    most = max(np.abs(level).max() for level in levels)
    for ax, level, name in zip(axes, levels, names, strict=True):
        ax.imshow(style.shades(level.T, most), aspect="auto", interpolation="nearest")
        ax.set(title=name, xlabel="step", xticks=range(len(level)), yticks=[])
        ax.set_xticklabels(range(1, len(level) + 1))
    axes[0].set_xticklabels(word)
    axes[0].set(xlabel="letter", ylabel="feature")


def draw_race(ax, accuracy, kinds, chance):
    """Draw the accuracies at the end, (kinds, seeds): a dot for each seed, a bar at the median."""
    for row, (kind, values) in enumerate(zip(kinds, accuracy, strict=True)):
        colour = style.WINNER if kind == "last" else style.WINDOW
        ax.plot(values, np.full(len(values), row), "o", color=colour, alpha=0.8)
        ax.plot([np.median(values)] * 2, [row - 0.3, row + 0.3], color=style.INK, lw=2)
    ax.axvline(chance, color=style.FAINT, ls="--", label="guessing")
    ax.set(xlabel="share of test words named right", yticks=range(len(kinds)), ylim=(len(kinds) - 0.5, -0.5))
    ax.set_yticklabels(kinds)
    ax.legend(loc="lower center", frameon=False)


def _alt(result):
    state = result.state
    lengths = "lengths given" if state.masked else "no lengths given"
    output, gradient = result.output[state.step], result.at_letter[state.step]
    return (
        f"pooling {state.kind} of {state.word!r} with {state.padding} steps of padding, {lengths}; "
        f"step {state.step} has {output:.0%} of the output and {gradient:.0%} of the gradient"
    )
