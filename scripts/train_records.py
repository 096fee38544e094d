"""Train the small nets of lessons 06 to 10 and store them, or how they did, in helpers/data/files.

    python -m scripts.train_records cures      half a minute
    python -m scripts.train_records gates      half a minute
    python -m scripts.train_records adding     a quarter of an hour
    python -m scripts.train_records gru        one minute
    python -m scripts.train_records budgets    five minutes
    python -m scripts.train_records languages  three minutes
    python -m scripts.train_records early      five minutes
    python -m scripts.train_records text       ten minutes
    python -m scripts.make_data                afterwards: records the new files' sha256

Another machine may round differently, and a net that has been trained there differs a little.
"""

import sys
from functools import partial
from itertools import product
from time import process_time

import numpy as np

from helpers.experiments import adding, cures, early_letter, equal_budgets, gates, languages, text_nets, text_record
from helpers.experiments.gates import Net
from scripts.make_data import SHIPPED, npz_bytes

LSTMS = Net("LSTM", "clear", 1), Net("LSTM", "clear", 4), Net("LSTM", "recall", 1)
GRUS = tuple(Net("GRU", task, units) for task, units in (("clear", 2), ("clear", 4), ("recall", 1), ("recall", 2)))
PARTS = "validation", "test", "seconds"  # what a training of lesson 10 leaves


def weights(nets):
    """The weights of every net, one row a seed."""
    arrays = {}
    for net in nets:
        states = [gates.train(net, seed)[0].state_dict() for seed in gates.SEEDS]
        arrays |= {f"{net}: {name}": np.stack([state[name] for state in states]) for name in states[0]}
        print(net, flush=True)
    return arrays


def cured_runs():
    """What the runs of every cure came to, one row a seed."""
    rows = {}
    for name in cures.CURES:
        rows[name] = np.array(cures.train(name, cures.SEEDS))
        print(f"{name:18}", cures.summary([cures.Run(*row) for row in rows[name]]), flush=True)
    return rows


def adding_losses():
    """The validation losses of every net, length and seed."""
    loss = []
    for name in adding.NETS:
        for length in adding.LENGTHS:
            for seed in adding.SEEDS:
                loss.append(adding.run(name, length, seed).measures["validation loss"])
                print(f"{name}, {length} steps, seed {seed}: {loss[-1][-1]:.4f}", flush=True)
    return {"loss": np.reshape(loss, (len(adding.NETS), len(adding.LENGTHS), len(adding.SEEDS), -1))}


def budget_losses():
    """The validation losses of every net and seed, by task."""
    losses = {}
    for task in equal_budgets.TASKS:
        runs = [[equal_budgets.run(name, task, seed) for seed in equal_budgets.SEEDS] for name in equal_budgets.NETS]
        losses[task] = np.array([[run.measures["validation loss"] for run in row] for row in runs])
        print(task, losses[task][..., -1].round(3), flush=True)
    return losses


def language_accuracies():
    """The accuracies on the test words of every kind of pooling and seed."""
    rows = []
    for kind in languages.KINDS:
        histories = [languages.run(kind, seed)[1] for seed in languages.SEEDS]
        rows.append([history.measures["validation accuracy"] for history in histories])
        print(kind, [round(float(row[-1]), 3) for row in rows[-1]], flush=True)
    return {"accuracy": np.array(rows, np.float32)}


def early_letter_accuracies():
    """The accuracies at the end of every task, kind of pooling, length and seed."""
    rows = []
    for setting in product(early_letter.TASKS, early_letter.KINDS, early_letter.LENGTHS):
        runs = [early_letter.run(*setting, seed) for seed in early_letter.SEEDS]
        rows.append([history.measures["validation accuracy"][-1] for history in runs])
        print(*setting, np.round(rows[-1], 2), flush=True)
    sizes = map(len, (early_letter.TASKS, early_letter.KINDS, early_letter.LENGTHS, early_letter.SEEDS))
    return {"accuracy": np.reshape(rows, tuple(sizes)).astype(np.float32)}


def text_series(task, model, **start):
    """Accuracies and seconds of a model, (3, learning rates, seeds), and its nets of seed 0, one a rate."""
    rows, nets = [], []
    for seed, lr in product(text_nets.SEEDS, text_nets.LRS):
        begin = process_time()
        net, history = text_nets.run(task, model, seed, lr, **start)
        seconds = process_time() - begin
        rows.append([*(history.measures[f"{part} accuracy"][-1] for part in ("validation", "test")), seconds])
        nets.append(net)
    series = np.reshape(rows, (len(text_nets.SEEDS), len(text_nets.LRS), 3)).T.astype(np.float32)
    print(task, model, *start.values(), series[1].round(3), flush=True)
    return series, nets[: len(text_nets.LRS)]


def text_runs():
    """All models on all tasks, the nets from other starts too, and the weights of seed 0 at the best rate."""
    series, weights = [], {}
    for task, model in product(text_nets.TASKS, text_nets.MODELS):
        found, nets = text_series(task, model)
        series.append(found)
        weights[f"{task}: {model}"] = text_nets.packed(nets[text_record.chosen(found[0])]).astype(np.float16)
    runs = np.reshape(series, (len(text_nets.TASKS), len(text_nets.MODELS), *np.shape(series)[1:]))
    return named_parts("", runs) | text_starts() | text_vectors() | weights


def text_starts():
    """The gated nets on the long-range task from other starts."""
    series = [
        [text_series("long range", model, carry=start)[0] for start in text_nets.STARTS] for model in text_nets.GATED
    ]
    return named_parts("starts ", np.array(series), PARTS[:2])


def text_vectors():
    """The nets on the real text from smaller vectors of the words."""
    series = [[text_series("real text", model, size=text_nets.SMALL)[0]] for model in text_nets.MODELS[1:]]
    return named_parts("vectors ", np.array(series), PARTS[:2])


def named_parts(prefix, runs, parts=PARTS):
    """Split (tasks or nets, models or starts, 3, learning rates, seeds) into arrays by name."""
    return {f"{prefix}{name}": runs[:, :, i] for i, name in enumerate(parts)}


FILES = {
    "cures": ("cures.npz", cured_runs),
    "gates": ("gates_lstm.npz", partial(weights, LSTMS)),
    "gru": ("gates_gru.npz", partial(weights, GRUS)),
    "adding": ("adding.npz", adding_losses),
    "budgets": ("equal_budgets.npz", budget_losses),
    "languages": ("languages.npz", language_accuracies),
    "early": ("early_letter.npz", early_letter_accuracies),
    "text": ("text.npz", text_runs),
}

if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        file, make = FILES[chosen]
        print((SHIPPED / file).write_bytes(npz_bytes(**make())), "bytes in", file)
