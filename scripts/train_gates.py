"""Train the small nets of the lessons on gates and store them in helpers/data/files.

    python -m scripts.train_gates gates    half a minute
    python -m scripts.train_gates adding   a quarter of an hour
    python -m scripts.make_data            afterwards: records the new files' sha256

Another machine may round differently, and a net that has been trained there differs a little.
"""

import sys

import numpy as np

from helpers.experiments import adding, gates
from helpers.experiments.gates import Net
from scripts.make_data import SHIPPED, npz_bytes

LSTMS = Net("LSTM", "clear", 1), Net("LSTM", "clear", 4), Net("LSTM", "recall", 1)


def gates_lstm():
    """The weights of every net, one row a seed."""
    arrays = {}
    for net in LSTMS:
        states = [gates.train(net, seed)[0].state_dict() for seed in gates.SEEDS]
        arrays |= {f"{net}: {name}": np.stack([state[name] for state in states]) for name in states[0]}
        print(net, flush=True)
    return arrays


def adding_losses():
    """The validation losses of every net, length and seed."""
    loss = []
    for name in adding.NETS:
        for length in adding.LENGTHS:
            for seed in adding.SEEDS:
                loss.append(adding.run(name, length, seed).measures["validation loss"])
                print(f"{name}, {length} steps, seed {seed}: {loss[-1][-1]:.4f}", flush=True)
    return {"loss": np.reshape(loss, (len(adding.NETS), len(adding.LENGTHS), len(adding.SEEDS), -1))}


FILES = {"gates": ("gates_lstm.npz", gates_lstm), "adding": ("adding.npz", adding_losses)}

if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        file, make = FILES[chosen]
        print((SHIPPED / file).write_bytes(npz_bytes(**make())), "bytes in", file)
