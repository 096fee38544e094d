r"""A recurrent net with what stands before and behind it."""

from .module import Module, check_module


class SequenceModel(Module):
    r"""Embed, run a recurrent net, pool over time if wanted, and put a head on it. Not in torch.

    Parameters
    ----------
    recurrent : RNN, LSTM, GRU or JordanRNN
        Its batch_first is True: training takes samples along the first axis.
    head : Module
        Makes the output of each step, or of the pooled vector: a Linear, or a Sequential.
    pool : SequencePool, optional
        With batch_first too. Without one there is an output for every step.
    embedding : Module, optional
        Makes the vectors that the net reads: an Embedding of indices (N, T).

    Attributes
    ----------
    h_n : ndarray or tuple
        The last states of the last call, to hand to the next one.

    Shape
    -----
    `y = model(x, lengths=None, h0=None, pin=None)` and `dx = model.backward(dy)`.

    x (N, T, I), or integers (N, T) with an Embedding, whose dx is None. y (N, T, ...) or, with a pool, (N, ...).
    lengths, h0 and pin go to the net; the pool leaves out what lies beyond the lengths.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> net = nn.LSTM(2, 4, batch_first=True, rng=0)
    >>> model = nn.SequenceModel(net, nn.Linear(4, 3, rng=0), nn.SequencePool("max", batch_first=True))
    >>> y = model(np.ones((5, 7, 2)), lengths=[7, 3, 1, 2, 7])
    >>> y.shape, model.backward(np.ones((5, 3))).shape
    ((5, 3), (5, 7, 2))
    """

    def __init__(self, recurrent, head, pool=None, embedding=None):
        for name, module in (("recurrent", recurrent), ("head", head), ("pool", pool), ("embedding", embedding)):
            if module is not None or name in ("recurrent", "head"):
                check_module("SequenceModel", name, module)
        for name, module in (("recurrent", recurrent), ("pool", pool)):
            if module is not None and not getattr(module, "batch_first", False):
                raise ValueError(f"SequenceModel: {name} must have batch_first=True, got {module!r}")
        self.embedding, self.recurrent, self.pool, self.head = embedding, recurrent, pool, head
        self.h_n = None

    def forward(self, x, lengths=None, h0=None, pin=None):
        options = {} if pin is None else {"pin": pin}
        with self._caches_kept_on_error():
            steps = x if self.embedding is None else self.embedding(x)
            y, self.h_n = self.recurrent(steps, h0, lengths=lengths, **options)
            return self.head(y if self.pool is None else self.pool(y, lengths=lengths))

    def backward(self, grad_out):
        """Return the gradient of the input, None where it was indices; the last states get none from outside."""
        grad = self.head.backward(grad_out)
        if self.pool is not None:
            grad = self.pool.backward(grad)
        grad, _ = self.recurrent.backward(grad)
        return grad if self.embedding is None else self.embedding.backward(grad)
