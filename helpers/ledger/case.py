"""One case of the ledger, and how grids of them are made."""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from helpers import nn
from helpers.gradcheck import compare_with_torch, gradcheck

BOTH = False, True
ANY = (4,), (3, 4), (2, 3, 4)  # inputs of layers that do not ask what the axes mean


class Case(NamedTuple):
    """One call of one layer."""

    layer: nn.Module
    inputs: tuple
    options: Mapping = MappingProxyType({})
    reference: object = None  # in torch, where torch.nn has no such layer
    smooth: bool = True  # whether what backward returns is the derivative, and not agreed upon

    @property
    def text(self):
        """The layer, and what else it is called with."""
        return f"{self.layer!r} {dict(self.options) or ''}".rstrip()

    @property
    def judge(self):
        """Who says what is right."""
        if self.reference is None:
            return f"torch.nn.{type(self.layer).__name__}"
        return f"references.{self.reference.__name__}"

    def against_torch(self):
        return compare_with_torch(self.layer, *self.inputs, reference=self.reference, **self.options)

    def against_differences(self, directions):
        if self.smooth:
            return gradcheck(self.layer, *self.inputs, directions=directions, **self.options)
        return None


def settings(**choices):
    """Every combination of the choices."""
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


def numbers(*shape, seed=0):
    """Random numbers, the same for the same shape and seed."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def filled(layer):
    """Give parameters and running statistics random values: the zeros and ones of the start would hide mistakes."""
    for seed, parameter in enumerate(layer.parameters()):
        parameter.data[...] = numbers(*parameter.shape, seed=seed) / 2
    for name, buffer in layer.named_buffers():
        if name.startswith("running"):
            buffer[...] = np.exp(numbers(*buffer.shape))
    return layer
