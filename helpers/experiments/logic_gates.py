r"""Is a gate of an LSTM a logic gate? One sigmoid against the truth tables, fitted from several starts."""

import numpy as np

from helpers import nn, optim
from helpers.train import fit

from .neuron import CORNERS as INPUTS
from .neuron import DATA

TABLES = {name: DATA[name][1].astype(float) for name in ("AND", "XOR")}


def sigmoid_errors(table, seeds=range(5), epochs=200):
    """Mean squared errors of one sigmoid of two inputs, as a gate is one, fitted to a truth table from each seed."""
    errors = []
    for seed in seeds:
        gate = nn.Sequential(nn.Linear(2, 1, rng=seed), nn.Sigmoid())
        optimizer = optim.Adam(gate.parameters(), lr=0.3)
        history = fit(gate, (INPUTS, TABLES[table][:, None]), nn.MSELoss(), optimizer, epochs=epochs)
        errors.append(history.loss[-1])
    return np.array(errors)
