"""Which settings of recurrent nets, cells and what follows them are checked, and with which inputs and states."""

from functools import partial
from itertools import product

import numpy as np

from helpers import nn

from . import references
from .case import BOTH, Case, filled, numbers, settings


def sequences(name):
    """A recurrent net: without a batch axis, with states given and not, with sequences that end early."""
    extra = {"nonlinearity": ["tanh", "relu"]} if name == "RNN" else {}
    for options in settings(num_layers=[1, 2], bias=BOTH, batch_first=BOTH, bidirectional=BOTH, **extra):
        net = filled(getattr(nn, name)(2, 3, **options))
        rows = net.num_layers * (1 + net.bidirectional)
        yield Case(net, (numbers(4, 2), states(net, rows, 3)))
        shape = (3, 4, 2) if net.batch_first else (4, 3, 2)
        yield Case(net, (numbers(*shape),))
        yield Case(net, (numbers(*shape), states(net, rows, 3, 3)), {"lengths": [2, 4, 1]})
    yield from written_out(name)


def steps(name):
    """A recurrent cell: without a batch axis, with states given and not."""
    extra = {"nonlinearity": ["tanh", "relu"]} if name == "RNNCell" else {}
    for options in settings(bias=BOTH, **extra):
        cell = filled(getattr(nn, name)(2, 3, **options))
        yield Case(cell, (numbers(2), states(cell, 3)))
        yield Case(cell, (numbers(3, 2),))
        yield Case(cell, (numbers(3, 2), states(cell, 3, 3)))
    yield from written_out(name)


def fed_by_outputs():
    """Jordan's net: as the other nets, and with every function of the output."""
    outputs = ["identity", "softmax", "sigmoid", "tanh"]
    for options in settings(output=outputs, nonlinearity=["tanh", "relu"], bias=BOTH, batch_first=BOTH):
        net = filled(nn.JordanRNN(3, 4, 2, alpha=0.7, **options))
        reference = references.jordan_written_out(net)
        yield Case(net, (numbers(4, 3), numbers(1, 2)), reference=reference)
        x = numbers(3, 5, 3) if net.batch_first else numbers(5, 3, 3)
        yield Case(net, (x,), reference=reference)
        yield Case(net, (x, numbers(1, 3, 2)), {"lengths": [2, 5, 1]}, reference)


def states(net, *shape):
    """The first states of a net: h0, or the pair (h0, c0)."""
    given = tuple(numbers(*shape, seed=seed) for seed, _ in enumerate(net.state_names, 1))
    return given if len(given) > 1 else given[0]


def written_out(name):
    """Pinned gates, and the form of the GRU that torch does not have: one layer, or one step."""
    kind, cell = name.removesuffix("Cell"), name.endswith("Cell")
    forms = {
        "RNN": [],
        "LSTM": [({}, references.lstm_written_out)],
        "GRU": [({}, references.gru_reset_after), ({"reset_after": False}, references.gru_reset_before)],
    }
    for options, reference in forms[kind]:
        net = filled(getattr(nn, name)(2, 3, **options))
        inputs = numbers(3, 2) if cell else numbers(4, 3, 2), states(net, *(() if cell else (1,)), 3, 3)
        for pin in (None, *({gate: 0.3} for gate in net.gates), {net.gates[0]: 1.0, net.gates[1]: 0.0}):
            yield Case(net, inputs, {"pin": pin}, references.one_step(reference) if cell else reference)


def over_time():
    """Pooling over time, of whole sequences, of some that end early, and of steps here and there."""
    kinds = [*settings(kind=["last", "first", "mean", "max", "sum"]), dict(kind="last", bidirectional=True)]
    kinds += [*settings(kind=["lp"], norm_type=[1, 2.0, 3.5]), *settings(kind=["kmax"], k=[1, 2])]
    mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 0, 0, 0, 1]], bool)
    for options in [*kinds, dict(kind="attention", hidden_size=4)]:
        for batch_first, call in product(BOTH, ({}, {"lengths": [3, 5, 2]}, {"mask": mask})):
            pool = filled(nn.SequencePool(**options, batch_first=batch_first))
            if "mask" in call and not batch_first:
                call = {"mask": mask.T}
            x = numbers(3, 5, 4) if batch_first else numbers(5, 3, 4)
            yield Case(pool, (x,), call, references.pooled_one_by_one(pool))


def embedded_run_and_pooled():
    """A model of sentences that end early, and one of vectors with an output for each step."""
    sentences, vectors, first = np.arange(15).reshape(3, 5) % 6, numbers(3, 5, 4), dict(batch_first=True)
    for net in (nn.LSTM, nn.GRU):
        model = filled(nn.SequenceModel(net(4, 3, **first), nn.Linear(3, 2)))
        yield Case(model, (vectors,), reference=references.sequence_model(model))
        for kind in ("last", "max"):
            parts = net(4, 3, **first), nn.Linear(3, 2), nn.SequencePool(kind, **first), nn.Embedding(6, 4)
            model = filled(nn.SequenceModel(*parts))
            yield Case(model, (sentences,), {"lengths": [3, 5, 2]}, references.sequence_model(model))


SEQUENCES = {
    **{name: partial(sequences, name) for name in ("RNN", "LSTM", "GRU")},
    **{name: partial(steps, name) for name in ("RNNCell", "LSTMCell", "GRUCell")},
    "JordanRNN": fed_by_outputs,
    "SequencePool": over_time,
    "SequenceModel": embedded_run_and_pooled,
}
