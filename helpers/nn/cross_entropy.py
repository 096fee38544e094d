r"""Losses of class scores: cross-entropy and the negative log-likelihood under it."""

import numpy as np

from helpers import checks
from helpers.kernels import loss

from .loss import Loss, weights


class _ClassLoss(Loss):
    """A loss whose input has a score for each class along axis 1, or along its only axis."""

    buffer_names = ("weight",)
    or_else = ""  # what a target may hold besides

    def _set_classes(self, weight, ignore_index):
        owner = type(self).__name__
        self.weight = None if weight is None else weights(owner, "weight", weight)
        if weight is not None and self.weight.ndim != 1:
            raise ValueError(f"{owner}: weight must have shape (C,), got {self.weight.shape}")
        self.ignore_index = checks.integer(owner, "ignore_index", ignore_index, -checks.MOST)

    def _scores(self, input):
        """Return the input as (N, C, ...) and the weight of each class."""
        owner = type(self).__name__
        input = checks.real_array(owner, "input", input)
        if input.ndim == 0 or input.shape[min(input.ndim - 1, 1)] == 0:
            raise ValueError(f"{owner}: input must have shape (C,), (N, C) or (N, C, ...), got {input.shape}")
        scores = input[None] if input.ndim == 1 else input
        if self.weight is not None and self.weight.shape != scores.shape[1:2]:
            raise ValueError(f"{owner}: weight must have shape ({scores.shape[1]},), got {self.weight.shape}")
        weight = np.ones(scores.shape[1]) if self.weight is None else self.weight
        return input, scores, weight.astype(input.dtype)

    def _labels(self, input, target):
        """Return the labels (N, ...), 0 where one does not count, and where they count."""
        owner = type(self).__name__
        labels = checks.rectangular(owner, "target", target)
        shape = input.shape[:1] + input.shape[2:] if input.ndim > 1 else ()
        if labels.dtype.kind not in "iu":
            allowed = "class numbers as integers" + self.or_else.format(input.shape)
            raise TypeError(f"{owner}: target must hold {allowed}, got dtype {labels.dtype} and shape {labels.shape}")
        if labels.shape != shape:
            hint = ""
            if labels.shape == input.shape:
                hint = "; is it one-hot? Give class numbers, or probabilities as floats"
            elif labels.size == np.prod(shape):
                hint = "; take the axis of length 1 away"
            raise ValueError(
                f"{owner}: target must have shape {shape} for an input {input.shape}, got {labels.shape}{hint}"
            )
        counts = labels != self.ignore_index
        classes = input.shape[1] if input.ndim > 1 else len(input)
        labels = checks.indices(owner, "labels", np.where(counts, labels, 0), classes)
        if labels.size and not counts.any():
            checks.warn_once(self, f"every label is ignore_index={self.ignore_index}: nothing is learned")
        return (labels, counts) if input.ndim > 1 else (labels[None], counts[None])

    def _shares(self, scores, labels, counts, weight, smoothing=0.0):
        """What each log-probability weighs, (N, C, ...), and the sum of the labels' weights."""
        share = np.zeros(scores.shape, scores.dtype)
        of_label = np.where(counts, weight[labels], 0)  # (N, ...)
        np.put_along_axis(share, labels[:, None], (1 - smoothing) * of_label[:, None], 1)
        if smoothing:
            by_class = weight.reshape(-1, *[1] * (scores.ndim - 2))
            share += np.where(counts[:, None], smoothing / scores.shape[1] * by_class, 0)
        return share, of_label.sum()

    def _finish(self, losses, cache, input, total):
        return self._reduced(losses if input.ndim > 1 else losses[0], cache, input.shape, total)

    def _gradient(self, cache, scale):
        scale = scale if scale.ndim == 0 else np.expand_dims(scale, 1)
        return scale * self._run_backward(cache)


class NLLLoss(_ClassLoss):
    r"""The negative log-likelihood of labels: minus the log-probability of the right class, reduced.

    Parameters
    ----------
    weight : ndarray, (C,), optional
        Of each class, at least 0.
    size_average, reduce : None
        Must stay None.
    ignore_index : int
        A label that does not count.
    reduction : {'mean', 'sum', 'none'}
        The mean is weighted: the sum over the weights of the labels that count.

    Shape
    -----
    Input, log-probabilities (N, C), (N, C, ...) or (C,); target, integers of the input's shape without its axis C.

    Raises
    ------
    IndexError
        A label is no class.
    TypeError, ValueError
        Labels that are no integers, or of another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> criterion = nn.NLLLoss()
    >>> criterion(np.log([[0.5, 0.5], [0.25, 0.75]]), [0, 1]).round(4), criterion.backward()
    (np.float64(0.4904), array([[-0.5, -0. ],
           [-0. , -0.5]]))
    """

    _run_backward = staticmethod(loss.cross_entropy_backward)

    def __init__(self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
        self._set_reduction(size_average, reduce, reduction)
        self._set_classes(weight, ignore_index)

    def forward(self, input, target):
        input, scores, weight = self._scores(input)
        share, total = self._shares(scores, *self._labels(input, target), weight)
        return self._finish(*loss.cross_entropy_forward(scores, share), input, total)


class CrossEntropyLoss(_ClassLoss):
    r"""Cross-entropy between the softmax of scores and the target, reduced.

    Parameters
    ----------
    weight : ndarray, (C,), optional
        Of each class, at least 0.
    size_average, reduce : None
        Must stay None.
    ignore_index : int
        A label that does not count; negative where the target holds probabilities.
    reduction : {'mean', 'sum', 'none'}
        With labels the mean is weighted: the sum over the weights of the labels that count. With probabilities it is
        the sum over the number of samples.
    label_smoothing : float
        :math:`\epsilon` in 0..1: that share of each target is spread evenly over all classes.

    Shape
    -----
    Input, scores (N, C), (N, C, ...) or (C,). Target, integers of the input's shape without its axis C, or floats of
    the input's shape: the probability of each class.

    Raises
    ------
    IndexError
        A label is no class.
    TypeError, ValueError
        Labels that are no integers, or a target of another shape.

    Notes
    -----
    .. math:: l = -\sum_c w_c s_c \log p_c, \quad p = \mathrm{softmax}(x), \qquad
              \frac{dl}{dx_c} = p_c \sum_k w_k s_k - w_c s_c

    The input is scores, not probabilities: a softmax before this loss is taken twice. It warns where it looks so.

    Examples
    --------
    >>> from helpers import nn
    >>> criterion = nn.CrossEntropyLoss()
    >>> criterion([[0.0, 0.0], [1000.0, 0.0]], [0, 0]).round(4), criterion.backward()
    (np.float64(0.3466), array([[-0.25,  0.25],
           [ 0.  ,  0.  ]]))
    """

    or_else = " or probabilities in the input's shape {}"
    _run_backward = staticmethod(loss.softmax_cross_entropy_backward)

    def __init__(
        self,
        weight=None,
        size_average=None,
        ignore_index=-100,
        reduce=None,
        reduction="mean",
        label_smoothing=0.0,
    ):
        self._set_reduction(size_average, reduce, reduction)
        self._set_classes(weight, ignore_index)
        self.label_smoothing = checks.share("CrossEntropyLoss", "label_smoothing", label_smoothing)

    def forward(self, input, target):
        input, scores, weight = self._scores(input)
        target = checks.rectangular("CrossEntropyLoss", "target", target)
        if target.dtype.kind == "f" and target.shape == input.shape:
            if self.ignore_index >= 0:
                raise ValueError(
                    "CrossEntropyLoss: ignore_index must be negative where the target holds probabilities, "
                    f"got {self.ignore_index}"
                )
            target = checks.real_array("CrossEntropyLoss", "target", target).reshape(scores.shape)
            share, total = self._probabilities(scores, target, weight)
        else:
            share, total = self._shares(scores, *self._labels(input, target), weight, self.label_smoothing)
        self._warn_of_a_softmax(scores)
        return self._finish(*loss.softmax_cross_entropy_forward(scores, share), input, total)

    def _probabilities(self, scores, target, weight):
        classes = scores.shape[1]
        smooth = target * (1 - self.label_smoothing) + self.label_smoothing / classes
        share = (smooth * weight.reshape(-1, *[1] * (scores.ndim - 2))).astype(scores.dtype)
        return share, scores.size // classes

    def _warn_of_a_softmax(self, scores):
        if scores.shape[1] > 1 and scores.size and (scores >= 0).all() and np.allclose(scores.sum(1), 1, 0, 1e-6):
            checks.warn_once(self, "input looks like probabilities; give scores, softmax is part of this loss")
