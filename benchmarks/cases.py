"""What is measured beside torch, and the most that our time may be as a share of torch's."""

from typing import NamedTuple

PHOTOS, WIDE, SMALL = (32, 16, 64, 64), (1, 1, 512, 512), (1, 1, 16, 16)
SHORT, LONG = (100, 32, 32), (1000, 8, 64)  # (T, N, I) of the sequences; all states have 64 numbers


class Case(NamedTuple):
    """A layer by the name that it has in helpers.nn and in torch.nn, and the shape of its input.

    `own` are options that torch lacks. Targets are the largest shares of torch's time, forward and with backward.
    """

    layer: str
    arguments: tuple
    options: dict
    shape: tuple[int, ...]
    targets: tuple[float, float]
    float32: tuple[float, float] | None = None  # where other than `targets`
    own: dict = {}  # noqa: RUF012

    @property
    def name(self):
        """For example `MaxPool2d(3, stride=2) on (32, 16, 64, 64)`."""
        options = [f"{name}={value}" for name, value in (self.options | self.own).items()]
        return f"{self.layer}({', '.join([*map(str, self.arguments), *options])}) on {self.shape}"

    def targets_of(self, dtype):
        """The targets forward and with backward."""
        return self.float32 if dtype == "float32" and self.float32 else self.targets


WINDOWS = [(2, {}), (3, {"stride": 2, "padding": 1}), (3, {"stride": 1, "padding": 1})]
LARGE = (15, {"stride": 1, "padding": 7})


def _pools():
    for layer, targets in (("MaxPool2d", (0.5, 0.9)), ("AvgPool2d", (0.9, 0.9))):
        for kernel_size, options in WINDOWS:
            yield Case(layer, (kernel_size,), options, PHOTOS, targets)
        yield Case(layer, (LARGE[0],), LARGE[1], WIDE, (0.1, 0.3))
        yield Case(layer, (2,), {}, SMALL, (3, 1))


def _adaptive_pools():
    for layer in ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"):
        for output_size in (1, 5, 7):
            yield Case(layer, (output_size,), {}, PHOTOS, (2, 2))


def _convolutions():
    yield Case("Conv2d", (16, 32, 3), {"padding": 1}, (32, 16, 32, 32), (0.5, 0.6), float32=(2, 2))
    yield Case("Conv2d", (1, 8, 3), {}, (32, 1, 28, 28), (1.5, 1), float32=(2, 2))
    yield Case("Conv2d", (1, 1, 3), {}, SMALL, (3, 1), float32=(3, 2))


def _recurrent_nets():
    for shape in (SHORT, LONG):
        sizes = (shape[-1], 64)
        yield Case("RNN", sizes, {}, shape, (0.5, 0.35))
        yield Case("LSTM", sizes, {}, shape, (0.6, 0.45), float32=(2, 2))
        yield Case("GRU", sizes, {}, shape, (0.6, 0.4))
        yield Case("GRU", sizes, {}, shape, (0.6, 0.4), own={"reset_after": False})


CASES = [*_pools(), *_adaptive_pools(), *_convolutions(), *_recurrent_nets()]
