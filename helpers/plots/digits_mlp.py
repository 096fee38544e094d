"""Pictures of nets that read digits: how they learn, what they mix up, what they get wrong."""

import numpy as np

from . import style


def draw_learning(ax, runs, measure):
    """Draw a measure, loss or accuracy, of training and test digits: the median over the runs, and all of them."""
    for name, colour in (("train", style.WINDOW), ("test", style.WINNER)):
        steps, low, median, high = runs.band(f"{name} {measure}")
        ax.fill_between(steps, low, high, color=colour, alpha=0.25, lw=0)
        ax.plot(steps, median, color=colour, label=name)
    ax.set(xlabel="steps", ylabel=measure, ylim=(0, None))
    ax.legend(frameon=False, fontsize=11)


def draw_confusion(ax, confusion):
    """Draw how often each digit (row) is read as each (column)."""
    mistakes = confusion - np.diag(np.diag(confusion))
    ax.imshow(style.shades(np.where(mistakes, -mistakes, 0), max(4, mistakes.max())))
    for (row, col), count in np.ndenumerate(confusion):
        if count:
            weight = "normal" if row == col else "bold"
            colour = style.FAINT if row == col else style.INK
            ax.text(col, row, count, ha="center", va="center", fontsize=9, color=colour, weight=weight)
    ax.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="digit")


def draw_wrong(axes, reader):
    """Draw the digits that are read wrongly, the surest mistake first, one in each of the axes."""
    for ax, i in zip(axes, reader.wrong(), strict=False):
        ax.imshow(reader.images[i], cmap="gray_r", vmin=0, vmax=1)
        sure = reader.probabilities[i].max()
        ax.set_title(f"{reader.labels[i]}, read as {reader.answers[i]}\n({sure:.0%} sure)", fontsize=10)
    for ax in axes:
        ax.axis("off")
