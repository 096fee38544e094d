"""How time and memory grow: backpropagation through time with T, pooling with pixels and with the kernel."""

import tracemalloc
from functools import partial

import numpy as np

from helpers import nn
from helpers.timing import medians

from .figures import Figure, number, slope

STEPS, PART = (100, 300, 1000, 3000), 100
BATCH, FEATURES = 8, 64
NETS = {
    "RNN": partial(nn.RNN, FEATURES, FEATURES, rng=0),
    "LSTM": partial(nn.LSTM, FEATURES, FEATURES, rng=0),
    "GRU": partial(nn.GRU, FEATURES, FEATURES, rng=0),
    "GRU(reset_after=False)": partial(nn.GRU, FEATURES, FEATURES, rng=0, reset_after=False),
}
SIDES, KERNELS = (256, 512, 1024, 2048), (3, 5, 9, 17, 33)


def figures(only, rounds):
    """Yield slopes between logarithms, 1 for what grows linearly, and memory beside what backward needs."""
    for name, new in NETS.items():
        subject = f"growth of {name} with T = {', '.join(map(str, STEPS))}"
        if only.lower() in subject.lower():
            yield from _net(subject, new(), rounds)
    for layer in (nn.MaxPool2d, nn.AvgPool2d):
        subject = f"growth of {layer.__name__}"
        if only.lower() in subject.lower():
            yield from _pool(subject, layer, rounds)


def _net(subject, net, rounds):
    inputs = {steps: np.random.default_rng(0).standard_normal((steps, BATCH, FEATURES)) for steps in STEPS}
    seconds = medians({steps: partial(_through_time, net, x) for steps, x in inputs.items()}, rounds)
    yield _power(subject, "time", [seconds[steps] for steps in STEPS], "ms", 1e3)
    peaks = [peak(partial(_through_time, net, x)) for x in inputs.values()]
    yield _power(subject, "memory", peaks, "MB", 1e-6)
    yield Figure(subject, "memory over what is needed", peaks[-1] / needed(net, inputs[STEPS[-1]]), "", 1.3)
    parts = [peak(partial(_truncated, net, steps)) for steps in STEPS]
    yield _power(subject, f"memory in parts of {PART}", parts, "MB", 1e-6, bounds=(-0.1, 0.1))


def _pool(subject, layer, rounds):
    pool = layer(3, stride=1, padding=1)
    pictures = {side: np.random.default_rng(0).standard_normal((1, 1, side, side)) for side in SIDES}
    seconds = medians({side: partial(_there_and_back, pool, x) for side, x in pictures.items()}, rounds)
    yield _power(
        subject, "time with pixels", [seconds[side] for side in SIDES], "ms", 1e3, [side * side for side in SIDES]
    )
    pools = {k: layer(k, stride=1, padding=k // 2) for k in KERNELS}
    seconds = medians({k: partial(_there_and_back, pool, pictures[512]) for k, pool in pools.items()}, rounds)
    yield _power(subject, "time with kernel_size", [seconds[k] for k in KERNELS], "ms", 1e3, KERNELS, (None, 1))


def _power(subject, what, values, unit, scale, sizes=STEPS, bounds=(0.9, 1.1)):
    """The slope between the logarithms of sizes and values, with the first and the last value."""
    note = f"{number(scale * values[0])} to {number(scale * values[-1])} {unit}"
    return Figure(subject, what, slope(sizes, values), "slope", bounds[1], bounds[0], note=note)


def _there_and_back(layer, x):
    return layer.backward(layer(x))


def _through_time(net, x):
    y, _ = net(x)
    dx, _ = net.backward(y)
    return y, dx


def _truncated(net, steps):
    """Train on one part of the sequence after the other: the state goes on, the gradient does not."""
    state = None
    for part in range(steps // PART):
        y, state = net(np.random.default_rng(part).standard_normal((PART, BATCH, FEATURES)), state)
        net.backward(y)


def peak(work):
    """Most bytes that live at once while `work` runs, and its results with them; NumPy reports to tracemalloc."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def needed(net, x):
    """Bytes of what backward reads and writes.

    It reads what forward kept, each array once, but for the input, which was there before, and the upstream gradient,
    which here is the output. It writes the gradients of the gates' sums, of each state, and of the input.
    """
    _, dx = _through_time(net, x)
    kept = {id(base): base for base in map(_base, net.cache) if base is not None and base is not _base(x)}
    sums = len(x) * x.shape[1] * len(net.weight_ih_l0.data) * x.itemsize
    states = net.dh if isinstance(net.dh, tuple) else (net.dh,)
    return sum(array.nbytes for array in kept.values()) + sums + sum(state.nbytes for state in states) + dx.nbytes


def _base(array):
    """The array that owns the memory; None for what is none, and for weights."""
    if not isinstance(array, np.ndarray) or array.ndim < 3:
        return None
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
