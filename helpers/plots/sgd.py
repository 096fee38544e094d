"""Still figures of the lesson on SGD: lines over steps, and runs with their spread."""

import numpy as np

from helpers.experiments.descent import STEPS

from . import style


def draw_heights(ax, paths):
    """Draw the height of several runs at each step, on a logarithmic axis; `paths` by what sets them apart."""
    for (name, path), colour in zip(paths.items(), style.SERIES, strict=False):
        ax.semilogy(path.heights, color=colour, label=name)
    ax.set(xlabel="step", ylabel="height above the lowest point", xlim=(0, STEPS), ylim=(1e-8, 1e6))
    ax.legend(frameon=False, fontsize=11, ncols=2, loc="upper right")


def draw_noise(ax, noise):
    """Draw the distance of a batch's gradient from the whole one, against the batch size, with the prediction."""
    ax.loglog(noise.batch_sizes, noise.predicted, color=style.INK, lw=1.5, label="predicted")
    ax.loglog(noise.batch_sizes, noise.measured, "o", color=style.GRADIENT, label="measured")
    root = noise.predicted[0] / np.sqrt(noise.batch_sizes)
    ax.loglog(noise.batch_sizes, root, ":", color=style.FAINT, label="σ / √B")
    ax.set(xlabel="batch size B (examples)", ylabel="distance from the whole gradient")
    ax.legend(frameon=False, fontsize=11)


def draw_schedules(ax, rates):
    """Draw the learning rate of each step, one line a schedule; `rates` by name."""
    for (name, rate), colour in zip(rates.items(), style.SERIES, strict=False):
        ax.step(np.arange(len(rate)), rate, where="post", color=colour, label=name)
    ax.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    ax.legend(frameon=False, fontsize=11)


def draw_two_forms(axes, forms):
    """Draw both forms of momentum, an axes for each schedule; `forms` by the name of the schedule."""
    for ax, (name, found) in zip(axes, forms.items(), strict=True):
        ax.plot(found.torch, color=style.WINDOW, lw=2.5, label="lr outside (torch)")
        ax.plot(found.polyak, "--", color=style.WINNER, label="lr inside (Polyak)")
        for step in np.flatnonzero(np.diff(found.rates)) + 1:
            ax.axvline(step, color=style.FAINT, lw=1, ls=":")
        ax.set(xlabel="step", ylabel="parameter p")
        ax.set_title(f"{name} learning rate", fontsize=12)
    axes[0].legend(frameon=False, fontsize=11)


def draw_fits(axes, fits, decays, seeds):
    """Draw fitted polynomials with their points, an axes for each weight decay of `decays`."""
    for ax, decay in zip(axes, decays, strict=True):
        row = fits.decays.index(decay)
        ax.plot(fits.places, np.sin(np.pi * fits.places), color=style.INK, lw=1, ls="--", label="the sine itself")
        for seed, colour in zip(seeds, style.SERIES, strict=False):
            column = fits.seeds.index(seed)
            ax.plot(fits.places, fits.curves[row, column], color=colour, label=f"seed {seed}")
            ax.plot(fits.points[column].x, fits.points[column].y, "o", color=colour, ms=4)
        ax.set(xlabel="x", ylabel="y", ylim=(-2.5, 2.5))
        ax.set_title(f"weight decay {decay:g}", fontsize=12)
    axes[0].legend(frameon=False, fontsize=10, ncols=2)


def draw_settings(ax, compared, lowest=75):
    """Draw the test accuracy of each run, a row a setting, with the median as a bar; `compared` by name.

    What lies below `lowest` is written at the left edge.
    """
    for row, runs in enumerate(compared.values()):
        accuracy = 100 * runs.last("test accuracy")
        ax.plot(accuracy, np.full(len(accuracy), row), "o", color=style.WINDOW, alpha=0.6, ms=6)
        ax.plot([np.median(accuracy)] * 2, (row - 0.35, row + 0.35), color=style.WINNER, lw=2.5)
        if accuracy.max() < lowest:
            ends = f"◂ {accuracy.min():.0f} to {accuracy.max():.0f} %"
            ax.text(
                lowest + 0.5,
                row,
                ends,
                color=style.WINDOW,
                va="center",
                bbox={"fc": style.PAPER, "ec": "none", "pad": 1},
            )
    ax.set(yticks=range(len(compared)), yticklabels=compared, xlabel="test accuracy (%)", xlim=(lowest, 100))
    ax.invert_yaxis()
    ax.grid(axis="y", color=style.LINE, lw=0.5)


def draw_rates(ax, rates):
    """Draw test accuracy against the learning rate, median and spread of the seeds, a line for each way to train."""
    for (name, runs), colour in zip(rates.runs.items(), (style.FAINT, style.WINNER, style.WINDOW), strict=True):
        accuracy = 100 * np.array([by_seed.last("test accuracy") for by_seed in runs])
        ax.semilogx(rates.lrs, np.median(accuracy, axis=1), "o-", color=colour, label=name)
        ax.fill_between(rates.lrs, accuracy.min(axis=1), accuracy.max(axis=1), color=colour, alpha=0.2, lw=0)
    ax.set(xlabel="learning rate", ylabel="test accuracy (%)", ylim=(0, 100))
    ax.set_xticks(rates.lrs, [f"{lr:g}" for lr in rates.lrs], minor=False)
    ax.minorticks_off()
    ax.legend(frameon=False, fontsize=11, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
