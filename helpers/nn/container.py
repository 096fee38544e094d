"""Layers one after another."""

from .module import Module, check_module


class Sequential(Module):
    """Call layers in order; backward calls them in reverse.

    Parameters
    ----------
    *layers : Module, or one dict of str to Module
        Named "0", "1", ... or by the dict's keys. Each is another object: a layer remembers one call for backward.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> net = nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2))
    >>> net(np.arange(16.0).reshape(1, 4, 4))
    array([[[10.]]])
    >>> net.backward(np.ones((1, 1, 1))).sum()
    np.float64(1.0)
    """

    def __init__(self, *layers):
        named = layers[0].items() if len(layers) == 1 and isinstance(layers[0], dict) else enumerate(layers)
        named = [(str(name), layer) for name, layer in named]
        for name, layer in named:
            check_module("Sequential", f"layer {name}", layer)
            if hasattr(self, name) or "." in name or not name:
                raise ValueError(f"Sequential: layer name must be free, not empty and without a dot, got {name!r}")
            if any(module in self.modules() for module in layer.modules()):
                raise ValueError(f"Sequential: layer {name} must be a layer of its own, got {layer!r} a second time")
            setattr(self, name, layer)

    def forward(self, x):
        with self._caches_kept_on_error():
            for layer in self:
                x = layer(x)
        return x

    def backward(self, grad_out):
        for layer in reversed([*self]):
            grad_out = layer.backward(grad_out)
        return grad_out

    def __iter__(self):
        return self.children()

    def __len__(self):
        return sum(1 for _ in self)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return Sequential(dict([*self.named_children()][index]))
        return [*self][index]
