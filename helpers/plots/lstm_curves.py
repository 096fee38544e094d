"""Curves of the lesson on the LSTM: how a memory fades, what gates do at each event, how nets learn to add."""

from itertools import product

import numpy as np

from . import style
from .gates import COLOURS

NET_COLOURS = {"RNN": style.FAINT, "LSTM": style.WINDOW, "LSTM, forget bias 1": style.PIXEL, "GRU": style.WINNER}
BIAS_COLOURS = style.THIRD, style.FOURTH, style.PIXEL, style.WINDOW, style.INK


def draw_fading(ax, kept):
    """Draw what is kept after 0, 1, 2, ... steps: `kept` has an array for each forget bias."""
    for (bias, left), colour in zip(kept.items(), BIAS_COLOURS, strict=False):
        ax.plot(left, color=colour, lw=2, label=f"{bias:g}")
    ax.set(yscale="log", ylim=(1e-16, 3), xlim=(0, None), xlabel="steps", ylabel="share that is kept")
    ax.set_title("weights and inputs 0: the forget bias alone", fontsize=12)
    ax.legend(
        frameon=False, fontsize=11, title="forget bias", reverse=True, loc="upper right", bbox_to_anchor=(1, 0.78)
    )


def draw_decay(ax, decay):
    """Draw how the gradient of untrained nets fades on its way back."""
    for name, row in zip(decay.names, decay.share, strict=True):
        ax.plot(row[::-1], color=NET_COLOURS[name], lw=2, label=name)
    ax.set(yscale="log", ylim=(1e-25, 30), xlim=(0, None))
    ax.set(xlabel="steps back from the end", ylabel="share of the gradient")
    ax.set_title("untrained nets, median of five seeds", fontsize=12)
    ax.legend(frameon=False, fontsize=11, loc="lower left")


def draw_policies(ax, policies, title, every_unit=False, gates="ifo"):
    """Draw the average of each gate at each event, a dot for each net's main unit, or for each of its units."""
    events = [*policies[0].averages]
    for k, gate in enumerate(gates):
        shift, xs, ys = 0.22 * (k - (len(gates) - 1) / 2), [], []
        for (place, event), (number, policy) in product(enumerate(events), enumerate(policies)):
            values = policy.averages[event][gate]
            ys.extend(values if every_unit else values[[policy.main]])
            beside = 0.03 * (number - (len(policies) - 1) / 2)
            xs.extend([place + shift + beside] * (len(ys) - len(xs)))
        ax.plot(xs, ys, "o", ms=6, color=COLOURS[gate], mec=style.INK, mew=0.5, label=gate)
    ax.set(xticks=range(len(events)), xticklabels=events, ylim=(-0.05, 1.05), ylabel="average of the gate")
    ax.set_title(title, fontsize=12)
    ax.legend(frameon=False, fontsize=11, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))


def draw_race(axes, race, baseline):
    """Draw the loss of every run against the updates, a chart for each length; the medians are strong."""
    for ax, length, losses in zip(axes, race.lengths, race.loss.swapaxes(0, 1), strict=True):
        draw_runs(ax, race.updates, losses, race.nets, baseline)
        ax.set(yscale="log", ylim=(1e-4, 3), xlabel="updates")
        ax.set_title(f"{length} steps", fontsize=12)
    axes[0].set_ylabel("mean squared error")
    axes[0].figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=3)


def draw_runs(ax, updates, losses, names, baseline):
    """Draw the losses (nets, seeds, updates) of nets: each run thin, the medians strong, the baseline dashed."""
    for name, runs in zip(names, losses, strict=True):
        ax.plot(updates, runs.T, color=NET_COLOURS[name], lw=0.8, alpha=0.5)
        ax.plot(updates, np.median(runs, axis=0), color=NET_COLOURS[name], lw=2.5, label=name)
    ax.axhline(baseline, color=style.INK, lw=1, ls="--")
