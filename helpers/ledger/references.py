"""What torch.nn does not have, written out in torch: each takes the parameters by name, then what the layer takes.

Autograd differentiates these lines, so that only the equations stand here, step by step and slow.
"""

from functools import wraps

import numpy as np

from helpers.gradcheck.trial import mapped


def step(parameters, x):
    """1 from 0 on, 0 below, with the derivative 0."""
    return (x >= 0).to(x.dtype) + 0 * x


def residual(parameters, x):
    """The sum of an input and of a linear layer and a tanh after it."""
    return x + (x @ parameters["block.0.weight"].T + parameters["block.0.bias"]).tanh()


# --- recurrent nets of one layer, (T, N, I) and states (1, N, H), with their biases


def gru_reset_after(parameters, x, h0, pin=None):
    """The form of cuDNN and torch: n = tanh(W x + b + r (U h + b_h))."""
    return _gru(parameters, x, h0, pin, lambda r, h, weight, bias: r * (h @ weight.T + bias))


def gru_reset_before(parameters, x, h0, pin=None):
    """The form first published: n = tanh(W x + b + U (r h) + b_h)."""
    return _gru(parameters, x, h0, pin, lambda r, h, weight, bias: (r * h) @ weight.T + bias)


def lstm_written_out(parameters, x, states, pin=None):
    """An LSTM step by step; a pinned gate is a constant."""
    weight_ih, weight_hh, bias_ih, bias_hh = parameters.values()
    h, c = (state[0] for state in states)
    y = []
    for x_t in x:
        i, f, g, o = (x_t @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh).chunk(4, -1)
        gates = _pinned({"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}, pin)
        c = gates["f"] * c + gates["i"] * gates["g"]
        h = gates["o"] * c.tanh()
        y.append(h)
    return _stacked(y), (h[None], c[None])


def one_step(net):
    """What a cell computes, from what its net computes."""

    @wraps(net)
    def reference(parameters, x, states, pin=None):
        _, last = net(parameters, x[None], mapped(lambda state: state[None], states), pin)
        return mapped(lambda state: state[0], last)

    return reference


def jordan_written_out(net):
    """What a JordanRNN computes: h = f(W x + b + U s + c), y = g(V h + d), then s becomes alpha s + y."""

    def applied(name, a):
        return a if name == "identity" else a.softmax(-1) if name == "softmax" else getattr(a, name)()

    def run(p, steps, s, length):
        from torch.nn.functional import linear

        y = steps.new_zeros(len(steps), net.output_size)
        for t in range(length):
            a = linear(steps[t], p["weight_ih"], p.get("bias_ih")) + linear(s, p["weight_sh"], p.get("bias_sh"))
            y[t] = applied(net.output, linear(applied(net.nonlinearity, a), p["weight_hy"], p.get("bias_hy")))
            s = net.alpha * s + y[t]
        return y, s

    @wraps(jordan_written_out)
    def reference(parameters, x, h0=None, lengths=None):
        if x.ndim == 2:
            y, s = run(parameters, x, x.new_zeros(net.output_size) if h0 is None else h0[0], len(x))
            return y, s[None]
        time = 1 if net.batch_first else 0
        sequences = x.unbind(1 - time)  # each (T, I)
        first = x.new_zeros(len(sequences), net.output_size) if h0 is None else h0[0]
        lengths = lengths or [x.shape[time]] * len(sequences)
        y, s = zip(*(run(parameters, *one) for one in zip(sequences, first, lengths, strict=True)), strict=True)
        return _stacked(y, 1 - time), _stacked(s)[None]

    return reference


def pooled_one_by_one(pool):
    """What a SequencePool computes: each sequence by itself, and of it the real steps alone."""

    @wraps(pooled_one_by_one)
    def reference(parameters, x, lengths=None, mask=None):
        batch = 0 if pool.batch_first else 1
        sequences = [x] if x.ndim == 2 else x.unbind(batch)  # each (T, H)
        if lengths is not None:
            sequences = [steps[:length] for steps, length in zip(sequences, lengths, strict=True)]
        if mask is not None:
            masks = [mask] if x.ndim == 2 else np.moveaxis(mask, batch, 0)
            sequences = [steps[real] for steps, real in zip(sequences, masks, strict=True)]
        y = [_pooled(pool, steps, parameters) for steps in sequences]
        return y[0] if x.ndim == 2 else _stacked(y)

    return reference


def sequence_model(model):
    """What a SequenceModel of an LSTM or a GRU computes; what its net makes of padding has no effect."""

    @wraps(sequence_model)
    def reference(parameters, x, lengths=None):
        of = {part: {} for part, _ in model.named_children()}
        for name, value in parameters.items():
            part, _, inner = name.partition(".")
            of[part][inner] = value
        steps = (x if model.embedding is None else of["embedding"]["weight"][x]).transpose(0, 1)
        h0 = steps.new_zeros(1, steps.shape[1], model.recurrent.hidden_size)
        two = len(model.recurrent.state_names) == 2
        net, states = (lstm_written_out, (h0, h0)) if two else (gru_reset_after, h0)
        y, _ = net(of["recurrent"], steps, states)
        y = y.transpose(0, 1)
        if model.pool is not None:
            y = pooled_one_by_one(model.pool)(of["pool"], y, lengths)
        return y @ of["head"]["weight"].T + of["head"]["bias"]

    return reference


def _pooled(pool, steps, parameters):
    """Of one sequence without padding; equal steps come in their order, as a stable sort has them."""
    half = steps.shape[-1] // 2
    match pool.kind:
        case "last" if pool.bidirectional:
            return steps[-1].where(steps.new_ones(2 * half).cumsum(0) <= half, steps[0])
        case "last":
            return steps[-1]
        case "first":
            return steps[0]
        case "mean":
            return steps.mean(0)
        case "sum":
            return steps.sum(0)
        case "max":
            return steps.max(0).values
        case "lp":
            return steps.norm(pool.norm_type, 0)
        case "kmax":
            largest = steps.sort(dim=0, descending=True, stable=True).indices[: pool.k]
            return steps.gather(0, largest.sort(0).values)
        case "attention":
            hidden = (steps @ parameters["weight"].T + parameters["bias"]).tanh()
            return (hidden @ parameters["vector"]).softmax(0) @ steps


def _gru(parameters, x, h0, pin, past):
    weight_ih, weight_hh, bias_ih, bias_hh = (weight.chunk(3) for weight in parameters.values())
    h, y = h0[0], []
    for x_t in x:
        from_x = [x_t @ weight.T + bias for weight, bias in zip(weight_ih, bias_ih, strict=True)]
        r, z = (from_x[k] + h @ weight_hh[k].T + bias_hh[k] for k in (0, 1))
        gates = _pinned({"r": r.sigmoid(), "z": z.sigmoid()}, pin)
        n = from_x[2] + past(gates["r"], h, weight_hh[2], bias_hh[2])
        gates = _pinned(gates | {"n": n.tanh()}, pin)
        h = (1 - gates["z"]) * gates["n"] + gates["z"] * h
        y.append(h)
    return _stacked(y), h[None]


def _pinned(gates, pin):
    """Put constants in place of the gates that are pinned."""
    pin = pin or {}
    return {name: gate.new_full(gate.shape, pin[name]) if name in pin else gate for name, gate in gates.items()}


def _stacked(parts, dim=0):
    import torch

    return torch.stack(parts, dim)
