"""Curves of the lesson on the GRU: how nets of equal size learn three tasks."""

from .lstm_curves import draw_runs

MEASURES = {"adding": "mean squared error", "copying": "cross-entropy", "text": "cross-entropy"}


def draw_budgets(axes, races, names, baselines):
    """Draw the loss of every run of `helpers.experiments.equal_budgets.stored_races`, a chart for each task."""
    for ax, (task, race) in zip(axes, races.items(), strict=True):
        draw_runs(ax, race.updates, race.loss, names, baselines[task])
        ax.set(ylabel=MEASURES[task], xlabel="updates")
        ax.set_title(task, fontsize=12)
    axes[0].set(yscale="log")
    axes[1].set_ylim(0, 0.3)
    axes[2].set_ylim(1.3, 2.6)
    axes[0].figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=3)
