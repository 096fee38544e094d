"""Pictures of the claims about pooling, as they were measured."""

import numpy as np

from helpers.experiments.pooling_claims import SPOILT

from . import style


def draw_shift(ax, shift):
    """Draw how much the pooled digits change when the digits move, one line a pool size."""
    colours = (style.FAINT, style.PIXEL, style.WINDOW, style.WINNER)
    for size, row, colour in zip(shift.pool_sizes, shift.change, colours, strict=True):
        name = "no pooling" if size == 1 else f"pool size {size}"
        ax.plot(shift.shifts, row, "o-", color=colour, label=name)
    ax.set(
        xlabel="shift of the input (pixels)",
        ylabel="relative change of the output",
        xticks=shift.shifts,
        ylim=(0, None),
    )
    ax.axhline(0, color=style.INK, lw=0.8)
    ax.annotate("invariant would be 0", (shift.shifts[0], 0.03), color=style.INK, fontsize=10)
    ax.legend(frameon=False, fontsize=11)


def draw_overfitting(ax, result):
    """Draw the accuracy on known and on other pictures, a dot a run, one column for each end of the net."""
    for parts, colour, name in ((result.train, style.FAINT, "known pictures"), (result.test, style.WINDOW, "others")):
        for n, accuracies in enumerate(parts.values()):
            _dots(ax, n, 100 * accuracies, colour, name if n == 0 else None)
    ax.set(xlabel="after the filters", ylabel="read correctly (%)", ylim=(80, 101), yticks=range(80, 101, 5))
    ax.set_xticks(range(len(result.weights)), result.weights)
    ax.legend(frameon=False, fontsize=11, loc="center left", bbox_to_anchor=(0, 0.68))


def draw_lead(ax, contest, title):
    """Draw how far max pooling is ahead of average pooling, a dot a run, one column for each kind of pictures."""
    for n, leads in enumerate(contest.lead.T):
        _dots(ax, n, leads, style.WINNER if leads.min() > 0 else style.WINDOW if leads.max() < 0 else style.FAINT)
    ax.axhline(0, color=style.INK, lw=0.8)
    ax.set(xlabel="test pictures", ylabel="lead of max (percentage points)")
    ax.label_outer()
    ax.set_xticks(range(len(SPOILT)), SPOILT)
    ax.set_title(title, fontsize=12)


def draw_spoilt(figure, number, ways, pools):
    """Draw the picture of a number in each way it was spoilt, and below it what each pool makes of it."""
    rows = {"picture": lambda x: x, **pools}
    axes = figure.axes_grid(len(rows), len(ways))
    for row, (name, pool) in zip(axes, rows.items(), strict=True):
        for ax, pictures in zip(row, ways.values(), strict=True):
            ax.imshow(pool(pictures)[number, 0], cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(True)
        row[0].set_ylabel(name, fontsize=12)
    for ax, way in zip(axes[0], ways, strict=True):
        ax.set_title(way, fontsize=12)


def _dots(ax, x, values, colour, label=None):
    """One dot a run, side by side, and a line at their median."""
    spread = np.linspace(-0.16, 0.16, len(values))
    ax.plot(x + spread, values, "o", color=colour, label=label, markersize=6)
    ax.plot((x - 0.26, x + 0.26), 2 * [np.median(values)], color=colour, lw=2)
