"""Pictures of XOR in the plane of the inputs and in the plane of the hidden units."""

import numpy as np

from helpers.experiments.neuron import CORNERS, DATA

from . import style
from .neuron import CLASSES, border


def draw_xor(axes, net):
    """Draw the lines of two hidden units over the inputs, and beside it where they put the four corners.

    Parameters
    ----------
    axes : pair of Axes
    net : Sequential
        Two inputs, two hidden units with an activation, one output.
    """
    hidden, activation, output, *_ = net
    inputs, outputs = axes
    for i, dash in enumerate(("-", "--")):
        line = border(hidden.weight.data[i], hidden.bias.data[i])
        inputs.plot(*line, dash, color=style.INK, label=f"hidden unit {i + 1}")
    _corners(inputs, CORNERS)
    inputs.set(xlabel="input x1", ylabel="input x2", title="what comes in")
    outputs.plot(*border(output.weight.data[0], output.bias.data[0]), color=style.INK, label="output unit")
    _corners(outputs, activation(hidden(CORNERS)))
    outputs.set(xlabel="hidden unit h1", ylabel="hidden unit h2", title="what the output unit sees")


def _corners(ax, places):
    """The four corners where they lie; corners that meet share one label."""
    labels = DATA["XOR"][1]
    for place in np.unique(places.round(6), axis=0):
        here = np.flatnonzero(np.isclose(places, place).all(axis=1))
        ax.plot(*place, "o", color=CLASSES[labels[here[0]]], markeredgecolor=style.INK, markersize=12)
        names = " and ".join(f"({a:g}, {b:g})" for a, b in CORNERS[here])
        ax.annotate(names, place, (0, 11), textcoords="offset points", ha="center", fontsize=10)
    ax.set(xlim=(-0.7, 1.7), ylim=(-0.5, 1.6), xticks=(0, 1), yticks=(0, 1))
    ax.legend(frameon=False, fontsize=10, loc="lower left")
