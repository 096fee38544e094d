"""Curves of the lesson on recurrent nets: truncation, windows, forecasts, and how far back a net looks."""

import numpy as np

from helpers.experiments.rnn_training import LINEAR

from . import style


def draw_truncation(ax, truncation, field, ylabel):
    """Draw the error or the angle of the truncated gradient against its length, median and range over the seeds."""
    names = ("weights as torch draws them: the state fades", "orthogonal weights: the state is kept")
    lines = zip(getattr(truncation, field)[..., :-1], names, (style.WINDOW, style.WINNER), ("o-", "s-"), strict=True)
    for values, name, colour, mark in lines:  # the last length is the whole sequence: 0 by definition
        ax.fill_between(truncation.lengths[:-1], values.min(0), values.max(0), color=colour, alpha=0.2, lw=0)
        ax.plot(truncation.lengths[:-1], np.median(values, 0), mark, color=colour, label=name)
    ax.set_xscale("log", base=2)
    ax.set(xlabel="steps between two cuts", ylabel=ylabel, ylim=(0, 1.2 * getattr(truncation, field).max()))
    ax.set_xticks(truncation.lengths[:-1], truncation.lengths[:-1])


def draw_averages(ax, averages):
    """Draw how far the average gradient over many sequences is from the truth, whole and truncated."""
    ax.loglog(averages.counts, averages.truncated, "s-", color=style.WINNER, label=f"cut every {averages.length} steps")
    ax.loglog(averages.counts, averages.whole, "o-", color=style.WINDOW, label="whole")
    ax.set(xlabel="sequences in the average", ylabel="relative error of the gradient")
    ax.set_xticks(averages.counts, averages.counts)
    ax.set_yticks((0.02, 0.05, 0.1, 0.2, 0.5), (0.02, 0.05, 0.1, 0.2, 0.5))
    ax.minorticks_off()
    ax.legend(frameon=False, fontsize=11)


def draw_windows(ax, errors):
    """Draw the errors of nets trained on windows of several lengths, a dot a seed, and the floor of those reset."""
    lengths = np.array(errors.lengths, float)
    sides = ("reset", 0.94, style.WINDOW, "o", "starts from 0"), ("carried", 1.06, style.WINNER, "s", "carried over")
    for field, shift, colour, mark, name in sides:
        values = getattr(errors, field)
        xs = np.repeat(lengths * shift, values.shape[1])
        ax.plot(xs, values.ravel(), mark, color=colour, ms=5, alpha=0.7, label=f"state {name}")
    ax.plot(lengths, 0.5 / lengths, "--", color=style.INK, lw=1, label="0.5 / T: only the first step is a guess")
    ax.set(xscale="log", yscale="log", xlabel="steps T of a window", ylabel="mean squared error")
    ax.set_xticks(lengths, [f"{length:g}" for length in lengths])
    ax.minorticks_off()
    ax.legend(frameon=False, fontsize=10)


def draw_followed(ax, x, target, y, length):
    """Draw what comes in, what is asked and what a net says, with the borders of its windows; one wave, (steps,)."""
    steps = np.arange(len(x))
    for border in range(0, len(x) + 1, length):
        ax.axvline(border - 0.5, color=style.LINE, lw=0.8)
    ax.plot(steps, x, color=style.FAINT, lw=1, label="sine, comes in")
    ax.plot(steps, target, color=style.WINDOW, lw=2, label="cosine, asked")
    ax.plot(steps, y, "o", color=style.WINNER, ms=4, label="the net")
    ax.set(ylabel="value", ylim=(-1.7, 1.7))


def draw_forecasts(ax, forecasts):
    """Draw the sunspots of the years kept for the test, the linear forecast, and the range of the nets."""
    years = forecasts.years
    ax.fill_between(years, forecasts.net.min(0), forecasts.net.max(0), color=style.WINNER, alpha=0.35, lw=0)
    ax.plot(years, np.median(forecasts.net, 0), color=style.WINNER, lw=1.5, label="net: median and range of the seeds")
    ax.plot(years, forecasts.trivial[LINEAR], "--", color=style.WINDOW, lw=1.5, label="linear")
    ax.plot(years, forecasts.counts, "o", color=style.INK, ms=4, label="counted")
    ax.set(xlabel="year", ylabel="sunspot number, mean of the year")
    ax.legend(frameon=False, fontsize=11, loc="upper left", ncols=3)
    ax.set_ylim(-8, 245)


def draw_reach(ax, reach):
    """Draw how much the last output moves with each earlier input; a net that does not look there has no mark."""
    marks = zip(reach.gradients.items(), (style.WINDOW, style.WINNER, style.THIRD), ("o-", "s-", "^-"), strict=True)
    for (name, gradient), colour, mark in marks:
        seen = gradient > 0
        ax.semilogy(reach.distance[seen], gradient[seen], mark, color=colour, ms=5, label=name)
    ax.set(xlabel="steps back", ylabel="|gradient| of the last output")
    ax.legend(frameon=False, fontsize=10)
