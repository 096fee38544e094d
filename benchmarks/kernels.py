"""Our layers beside torch's: the same values and gradients first, then interleaved runs in one process."""

from functools import partial
from time import perf_counter

import numpy as np
import torch

from helpers import nn
from helpers.kernels import blocks
from helpers.ledger import references
from helpers.timing import interleaved, medians

from .cases import CASES
from .figures import Figure, number, quartiles
from .loops import loop_of

CLOSE = {"float64": 1e-10, "float32": 1e-3}  # largest difference, as a share of the largest value
SHORTEST = 2e-3  # seconds that are long enough to time; what is faster is called several times
SMALLEST = 1000  # numbers of an input that loops are worth timing on


def figures(only, rounds):
    """Yield what the machine can do at best, then the figures of every case that `only` names."""
    cases = [case for case in CASES if only.lower() in f"kernels {case.name}".lower()]
    if not cases:
        return
    torch.set_num_threads(blocks.get_num_threads())
    limits = measured_limits()
    for dtype, limit in limits.items():
        for (what, value), unit in zip(limit.items(), ("GB/s", "GFlop/s"), strict=True):
            yield Figure(f"the machine's limits, {_threads()}", f"{dtype} {what}", 1e-9 * value, unit)
    for case in cases:
        for dtype in limits:
            yield from measure(case, dtype, rounds, limits[dtype])


class Pair:
    """One case in one dtype: our layer and torch's, with the same parameters, input and upstream gradient."""

    def __init__(self, case, dtype):
        random = np.random.default_rng(0)
        ours, torch_class = getattr(nn, case.layer), getattr(torch.nn, case.layer)
        settings = {"dtype": dtype, "rng": 0} if _learns(torch_class) else {}
        self.x = random.standard_normal(case.shape).astype(dtype)
        self.layer = ours(*case.arguments, **case.options, **case.own, **settings)
        self.torch_layer = torch_class(*case.arguments, **case.options).to(getattr(torch, dtype))
        self.torch_layer.load_state_dict({k: torch.from_numpy(v) for k, v in self.layer.state_dict().items()})
        self.torch_x = torch.tensor(self.x, requires_grad=True)
        self.expected = _gru_first_published if case.own else lambda layer, x: _output(layer(x))
        self.out = self.forward()
        self.upstream = random.standard_normal(self.out.shape).astype(dtype)
        self.torch_upstream = torch.from_numpy(self.upstream)

    def forward(self):
        return _output(self.layer(self.x))

    def both(self):
        self.layer.zero_grad()
        self.layer(self.x)
        return _output(self.layer.backward(self.upstream))

    def torch_forward(self):
        with torch.no_grad():
            return _output(self.torch_layer(self.torch_x))

    def torch_both(self):
        self.torch_layer.zero_grad()
        self.torch_x.grad = None
        _output(self.torch_layer(self.torch_x)).backward(self.torch_upstream)

    def assert_same(self):
        """Compare output, input gradient and the gradients of all parameters."""
        self.torch_layer.zero_grad()
        self.torch_x.grad = None
        expected = self.expected(self.torch_layer, self.torch_x)
        expected.backward(self.torch_upstream)
        grad_x = self.both()
        compare("output", self.out, expected.detach().numpy())
        compare("dx", grad_x, self.torch_x.grad.numpy())
        theirs = dict(self.torch_layer.named_parameters())
        for name, parameter in self.layer.named_parameters():
            compare(f"d {name}", parameter.grad, theirs[name].grad.numpy())


def compare(what, ours, theirs):
    """Stop where shape, dtype or values differ."""
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), f"{what}: {ours.shape} {ours.dtype}"
    gap, scale = np.abs(ours - theirs).max(), np.abs(theirs).max()
    assert gap <= CLOSE[ours.dtype.name] * scale, f"{what} differs by {gap:.1e}, where the largest value is {scale:.1e}"


def measure(case, dtype, rounds, limits):
    """Compare, then time, then yield our share of torch's time, and how many times faster than loops we are."""
    pair = Pair(case, dtype)
    pair.assert_same()
    ways = {"ours": pair.forward, "torch": pair.torch_forward, "ours both": pair.both, "torch both": pair.torch_both}
    calls = {name: _calls(way) for name, way in ways.items()}
    runs = interleaved({name: _repeated(way, calls[name]) for name, way in ways.items()}, rounds)
    seconds = {name: np.divide(runs[name], calls[name]) for name in ways}
    subject = f"{case.name}, {_threads()}"
    for suffix, what, target in zip(("", " both"), ("forward", "with backward"), case.targets_of(dtype), strict=True):
        ours, theirs = seconds[f"ours{suffix}"], seconds[f"torch{suffix}"]
        share, spread = quartiles(ours / theirs)
        bound = _least_seconds(pair, limits, backward=bool(suffix))
        note = ", ".join(
            f"{name} {number(1e3 * value)} ms"
            for name, value in {"ours": np.median(ours), "torch": np.median(theirs), "limit": bound}.items()
        )
        yield Figure(subject, f"{dtype} {what}", share, "", target, None, spread, note)
    loop = loop_of(pair.layer)
    if loop and dtype == "float64" and pair.x.size > SMALLEST:
        compare("the loop's output", loop(pair.x[:1]), pair.out[:1])
        of_all = medians({"loop": lambda: loop(pair.x[:1])}, rounds=3)["loop"] * len(pair.x)
        yield Figure(subject, "speed over loops", of_all / np.median(seconds["ours"]), "x", at_least=100)


def measured_limits():
    """What this machine can do at best: bytes copied and numbers multiplied and added in a second, by dtype."""
    limits = {}
    for dtype in ("float64", "float32"):
        numbers, matrix = np.ones(1 << 21, dtype), np.ones((1024, 1024), dtype)
        copy = partial(np.copyto, np.empty_like(numbers), numbers)
        product = partial(np.matmul, matrix, matrix, out=np.empty_like(matrix))
        seconds = medians({"copy": copy, "product": product}, rounds=15)
        limits[dtype] = {"copy": 2 * numbers.nbytes / seconds["copy"], "product": 2 * 1024**3 / seconds["product"]}
    return limits


def _threads():
    return f"{blocks.get_num_threads()} thread{'s' * (blocks.get_num_threads() > 1)}"


def _least_seconds(pair, limits, backward):
    """Time to copy what goes in to what comes out, or to make the products alone, whichever is longer."""
    copied = pair.x.nbytes + pair.out.nbytes
    weights = [p.data for p in pair.layer.parameters() if p.data.ndim > 1]
    features = len(weights[0]) if weights and weights[0].ndim > 2 else pair.out.shape[-1]
    products = 2 * sum(w.size for w in weights) * pair.out.size / features
    times = (2, 3) if backward else (1, 1)  # backward reads and writes as much, and makes two products for each one
    return max(times[0] * copied / limits["copy"], times[1] * products / limits["product"])


def _calls(way):
    start = perf_counter()
    way()
    return max(1, int(SHORTEST / (perf_counter() - start)))


def _repeated(way, calls):
    return lambda: [way() for _ in range(calls)]


def _learns(torch_class):
    return torch_class.__name__.startswith("Conv") or issubclass(torch_class, torch.nn.RNNBase)


def _output(result):
    return result[0] if isinstance(result, tuple) else result


def _gru_first_published(layer, x):
    """torch has none whose reset gate stands inside the product: the equations, for the values alone."""
    h0 = x.new_zeros(1, x.shape[1], layer.hidden_size)
    return references.gru_reset_before(dict(layer.named_parameters()), x, h0)[0]
