"""What is measured, and the most that our time may be as a share of torch's: forward, and forward with backward."""

from typing import NamedTuple

PHOTOS, WIDE, SMALL = (32, 16, 64, 64), (1, 1, 512, 512), (1, 1, 16, 16)


class Case(NamedTuple):
    """A layer by the name that it has in helpers.nn and in torch.nn."""

    layer: str
    options: dict
    shape: tuple[int, ...]
    forward: float
    backward: float

    @property
    def name(self):
        """For example `MaxPool2d(2) (32, 16, 64, 64)`."""
        options = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"{self.layer}({options}) {self.shape}"


SETTINGS = (
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 1, "padding": 1},
)
LARGE = {"kernel_size": 15, "stride": 1, "padding": 7}

CASES = [
    *(Case("MaxPool2d", options, PHOTOS, 0.5, 0.9) for options in SETTINGS),
    *(Case("AvgPool2d", options, PHOTOS, 0.9, 0.9) for options in SETTINGS),
    *(Case(layer, LARGE, WIDE, 0.1, 0.3) for layer in ("MaxPool2d", "AvgPool2d")),
    *(Case(layer, SETTINGS[0], SMALL, 3, 1) for layer in ("MaxPool2d", "AvgPool2d")),
]
