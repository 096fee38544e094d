r"""Schedules of learning rates under torch.optim.lr_scheduler's names.

`optimizer` and `last_epoch` mean the same everywhere, see `LRScheduler`. Below, :math:`\gamma_0` is a group's first
learning rate and t the epoch; the formulas hold for a schedule that runs alone.
"""

import math
from collections import Counter

from helpers import checks

from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler, check_optimizer
from .sequential import SequentialLR

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


class LambdaLR(LRScheduler):
    r"""Multiply the first learning rate by a function of the epoch: :math:`\gamma_0 f(t)`.

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable or list of callable
        f, one for all groups or one for each. Functions are not part of the stored state.
    last_epoch : int

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=0.5)
    >>> scheduler = optim.lr_scheduler.LambdaLR(sgd, lambda epoch: 1 / (1 + epoch))
    >>> sgd.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    _not_stored = (*LRScheduler._not_stored, "lr_lambdas")

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        check_optimizer(self._owner, optimizer)
        groups = len(optimizer.param_groups)
        self.lr_lambdas = [*lr_lambda] if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * groups
        for place, function in enumerate(self.lr_lambdas):
            if not callable(function):
                raise TypeError(f"LambdaLR: lr_lambda must be a function, got {function!r} for group {place}")
        if len(self.lr_lambdas) != groups:
            raise ValueError(f"LambdaLR: lr_lambda must be one function or {groups}, got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return [base * factor(self.last_epoch) for base, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class StepLR(LRScheduler):
    r"""Multiply the rate by `gamma` every `step_size` epochs: :math:`\gamma_0 g^{\lfloor t / s \rfloor}`.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
        s, at least 1.
    gamma : float
        g, at least 0.
    last_epoch : int

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler, rates = optim.lr_scheduler.StepLR(sgd, step_size=2, gamma=0.5), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     sgd.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size = checks.integer(self._owner, "step_size", step_size, 1)
        self.gamma = checks.at_least_zero(self._owner, "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        at_step = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return self._scaled(self.gamma if at_step else 1)


class MultiStepLR(LRScheduler):
    r"""Multiply the rate by `gamma` at each milestone: :math:`\gamma_0 g^{\#\{m \le t\}}`.

    Parameters
    ----------
    optimizer : Optimizer
    milestones : iterable of int
        Epochs m, at least 0, in any order; one that comes twice counts twice.
    gamma : float
        g, at least 0.
    last_epoch : int

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler = optim.lr_scheduler.MultiStepLR(sgd, milestones=[3, 1, 1], gamma=0.5)
    >>> sgd.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        if isinstance(milestones, (str, dict)) or not hasattr(milestones, "__iter__"):
            raise TypeError(f"MultiStepLR: milestones must be a list of integers, got {milestones!r}")
        named = ((f"milestones[{place}]", value) for place, value in enumerate(milestones))
        self.milestones = Counter(checks.integer(self._owner, name, value, 0) for name, value in named)
        self.gamma = checks.at_least_zero(self._owner, "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])


class ConstantLR(LRScheduler):
    r"""Hold the rate at :math:`c \gamma_0` for `total_iters` epochs, then set it free.

    Parameters
    ----------
    optimizer : Optimizer
    factor : float
        c, in 0..1, 0 excluded: torch takes 0 and divides by it at the end.
    total_iters : int
        At least 1.
    last_epoch : int

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> optim.lr_scheduler.ConstantLR(sgd, factor=0.1).get_last_lr()
    [0.1]
    """

    def __init__(self, optimizer, factor=1 / 3, total_iters=5, last_epoch=-1):
        self.factor = checks.share(self._owner, "factor", factor, without=(0,))
        self.total_iters = checks.integer(self._owner, "total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return self._scaled({0: self.factor, self.total_iters: 1 / self.factor}.get(self.last_epoch, 1))


class LinearLR(LRScheduler):
    r"""Move the rate along a line from :math:`a \gamma_0` to :math:`b \gamma_0`: a warm-up, or a cooling down.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor, end_factor : float
        a in 0..1, 0 excluded, and b in 0..1.
    total_iters : int
        T, the epoch that reaches the end, at least 1.
    last_epoch : int

    Notes
    -----
    .. math:: \gamma_t = \gamma_0 \left(a + (b - a) \frac{\min(t, T)}{T}\right)

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler, rates = optim.lr_scheduler.LinearLR(sgd, 0.25, total_iters=3), []
    >>> for epoch in range(5):
    ...     rates += scheduler.get_last_lr()
    ...     sgd.step()
    ...     scheduler.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(self, optimizer, start_factor=1 / 3, end_factor=1.0, total_iters=5, last_epoch=-1):
        self.start_factor = checks.share(self._owner, "start_factor", start_factor, without=(0,))
        self.end_factor = checks.share(self._owner, "end_factor", end_factor)
        self.total_iters = checks.integer(self._owner, "total_iters", total_iters, 1)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._starting or self.last_epoch > self.total_iters:
            return self._scaled(1)
        rise = self.end_factor - self.start_factor
        factor = 1 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)
        return self._scaled(max(factor, 0.0))  # the last step of a way to 0 may be rounded to below it


class ExponentialLR(LRScheduler):
    r"""Multiply the rate by `gamma` every epoch: :math:`\gamma_0 g^t`.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
        g, at least 0; above 1 the rate grows, as in a search for the largest rate that works.
    last_epoch : int

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler = optim.lr_scheduler.ExponentialLR(sgd, gamma=0.5)
    >>> sgd.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = checks.at_least_zero(self._owner, "gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return self._scaled(1 if self._starting else self.gamma)


class CosineAnnealingLR(LRScheduler):
    r"""Let the rate fall along half a wave of the cosine, from :math:`\gamma_0` to `eta_min`.

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        Epochs of the fall, at least 1; after them the rate rises again.
    eta_min : float
        Lowest rate, at least 0.
    last_epoch : int

    Notes
    -----
    .. math:: \gamma_t = \eta + \frac{\gamma_0 - \eta}{2} \left(1 + \cos \frac{\pi t}{T}\right)                  (1)

    A step multiplies :math:`\gamma - \eta` by the factor that it has in (1), and adds the difference in (1) where it
    starts from the lowest rate. A rate that something else has pushed below `eta_min` would turn negative on the way
    up: that is a ValueError here, while torch goes on and climbs.

    References
    ----------
    I. Loshchilov, F. Hutter (2017), SGDR, arXiv 1608.03983, equation 5; without its restarts.

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler, rates = optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=4), []
    >>> for epoch in range(6):
    ...     rates.append(round(sgd.param_groups[0]["lr"], 4))
    ...     sgd.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.1464]
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max = checks.integer(self._owner, "T_max", T_max, 1)
        self.eta_min = checks.at_least_zero(self._owner, "eta_min", eta_min)
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        rates, low = self._scaled(1), self.eta_min
        if self._starting:
            return rates
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            pairs = zip(rates, self.base_lrs, strict=False)  # that a group has joined is said where the rates are set
            return [rate + (base - low) * rise for rate, base in pairs]
        now, before = (1 + math.cos(math.pi * epoch / self.T_max) for epoch in (self.last_epoch, self.last_epoch - 1))
        return [now / before * (rate - low) + low for rate in rates]
