r"""A way round a block of layers."""

import numpy as np

from .module import Module, check_module


class Residual(Module):
    r"""Add what comes in to what a block makes of it: :math:`y = x + f(x)`. Not in torch.

    The block learns a correction; the sum lets the gradient past it unchanged.

    Parameters
    ----------
    block : Module
        The layers :math:`f`; their output has the input's shape.
    shortcut : Module, optional
        Takes x to the output's shape where the block changes it, for example a 1x1 convolution.

    Shape
    -----
    Input and output of one shape; with a shortcut, what it makes of the input.

    Raises
    ------
    ValueError
        The two sides of the sum have different shapes.

    Notes
    -----
    .. math:: y = s(x) + f(x), \qquad dx = \left(\tfrac{\partial s}{\partial x}\right)^T dy
              + \left(\tfrac{\partial f}{\partial x}\right)^T dy

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun (2015), Deep Residual Learning for Image Recognition, arXiv 1512.03385, equation 1.

    Examples
    --------
    >>> from helpers import nn
    >>> layer = nn.Residual(nn.ReLU())
    >>> layer([-1.0, 2.0]), layer.backward([1.0, 1.0])
    (array([-1.,  4.]), array([1., 2.]))
    """

    def __init__(self, block, shortcut=None):
        for name, module in (("block", block), ("shortcut", shortcut)):
            if module is not None or name == "block":
                check_module("Residual", name, module)
        if shortcut is not None and any(module in block.modules() for module in shortcut.modules()):
            raise ValueError(f"Residual: shortcut must not share a layer with block, got {shortcut!r}")
        self.block, self.shortcut = block, shortcut

    def forward(self, x):
        with self._caches_kept_on_error():
            straight = np.asarray(x) if self.shortcut is None else self.shortcut(x)
            bent = self.block(x)
            if bent.shape != straight.shape:
                side = "the input" if self.shortcut is None else "the shortcut's output"
                raise ValueError(
                    f"Residual: the block's output must have the shape of {side} {straight.shape}, got {bent.shape}"
                )
            return straight + bent

    def backward(self, grad_out):
        """Return the gradient of the input: the sum of what comes back on both sides."""
        bent = self.block.backward(grad_out)
        straight = np.asarray(grad_out) if self.shortcut is None else self.shortcut.backward(grad_out)
        return (straight + bent).astype(bent.dtype, copy=False)
