"""Layers under torch.nn's names, argument order and defaults, over NumPy arrays.

`y = layer(x)` runs a layer; `dx = layer.backward(dy)` returns the gradient of its input and adds up those of its
parameters.
"""

from .container import Sequential
from .module import Module, Parameter
from .pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d

__all__ = ["AvgPool1d", "AvgPool2d", "MaxPool1d", "MaxPool2d", "Module", "Parameter", "Sequential"]
