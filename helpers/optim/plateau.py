r"""A schedule that listens to the loss."""

import math

from helpers import checks

from .scheduler import LRScheduler, check_optimizer


class ReduceLROnPlateau(LRScheduler):
    r"""Lower the learning rates when a number, a validation loss say, no longer gets better.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {'min', 'max'}
        Whether the number should fall or rise.
    factor : float
        What the rates are multiplied by, in 0..1, 1 excluded.
    patience : int
        Epochs in a row without improvement that are let pass; the one after them lowers the rates.
    threshold : float
        How much better counts as better, at least 0.
    threshold_mode : {'rel', 'abs'}
        Whether `threshold` is a share of the best number so far, or an amount.
    cooldown : int
        Epochs after a reduction in which no epoch counts as bad.
    min_lr : float or list of float
        The rates go no lower; one for all groups, or one for each.
    eps : float
        A change of a rate that is not larger is left out.

    Attributes
    ----------
    best : float
        The best number so far.
    num_bad_epochs, cooldown_counter, last_epoch : int

    Raises
    ------
    TypeError, ValueError
        A setting of the wrong kind or value.

    Notes
    -----
    A number a is better than the best b so far where :math:`a < b (1 - \tau)`, or :math:`a < b - \tau` with 'abs'; with
    'max', where :math:`a > b (1 + \tau)` or :math:`a > b + \tau`. As in torch, 'rel' is meant for positive numbers: for
    a negative b the first rule takes a little worse for better. NaN is never better.

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler = optim.lr_scheduler.ReduceLROnPlateau(sgd, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0, 1.0):
    ...     scheduler.step(loss)
    ...     print(loss, scheduler.num_bad_epochs, scheduler.get_last_lr())
    3.0 0 [1.0]
    2.0 0 [1.0]
    2.0 1 [1.0]
    2.0 0 [0.5]
    1.0 0 [0.5]
    """

    def __init__(
        self,
        optimizer,
        mode="min",
        factor=0.1,
        patience=10,
        threshold=1e-4,
        threshold_mode="rel",
        cooldown=0,
        min_lr=0,
        eps=1e-8,
    ):
        owner = self._owner
        check_optimizer(owner, optimizer)
        self.mode = checks.choice(owner, "mode", mode, ("min", "max"))
        self.factor = checks.share(owner, "factor", factor, without=(1,))
        self.patience = checks.integer(owner, "patience", patience, 0)
        self.threshold = checks.at_least_zero(owner, "threshold", threshold)
        self.threshold_mode = checks.choice(owner, "threshold_mode", threshold_mode, ("rel", "abs"))
        self.cooldown = checks.integer(owner, "cooldown", cooldown, 0)
        self.eps = checks.at_least_zero(owner, "eps", eps)
        self.optimizer, self.min_lr = optimizer, min_lr
        if isinstance(min_lr, (list, tuple)):
            self.min_lr = [checks.at_least_zero(owner, f"min_lr[{n}]", value) for n, value in enumerate(min_lr)]
            self._floors()
        else:
            self.min_lr = checks.at_least_zero(owner, "min_lr", min_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0
        self._last_lr = [group["lr"] for group in optimizer.param_groups]

    @property
    def in_cooldown(self):
        """Whether the last reduction is so recent that no epoch counts as bad."""
        return self.cooldown_counter > 0

    def step(self, metrics, epoch=None):
        """Take note of an epoch's number, and lower the rates if it was one bad epoch too many.

        Parameters
        ----------
        metrics : float
            The number, as a rule a loss over data that is not trained on.
        epoch : None
            Must stay None; torch has given it up.
        """
        owner = self._owner
        checks.not_offered(owner, epoch=(epoch, None))
        number = checks.real_array(owner, "metrics", metrics)
        if number.ndim:
            raise ValueError(f"{owner}: metrics must be one number, got shape {number.shape}")
        with self._whole():
            self.last_epoch += 1
            if self._is_better(float(number)):
                self.best, self.num_bad_epochs = float(number), 0
            else:
                self.num_bad_epochs += 1
            if self.in_cooldown:
                self.cooldown_counter -= 1
                self.num_bad_epochs = 0
            rates = [group["lr"] for group in self.optimizer.param_groups]
            if self.num_bad_epochs > self.patience:
                rates = [self._lower(rate, floor) for rate, floor in zip(rates, self._floors(), strict=True)]
                self.num_bad_epochs, self.cooldown_counter = 0, self.cooldown
            self._set(rates)

    def _is_better(self, number):
        sign = 1 if self.mode == "max" else -1
        margin = sign * self.threshold
        bound = self.best * (1 + margin) if self.threshold_mode == "rel" else self.best + margin
        return number * sign > bound * sign

    def _lower(self, rate, floor):
        lower = max(rate * self.factor, floor)
        return lower if rate - lower > self.eps else rate

    def _floors(self):
        groups = len(self.optimizer.param_groups)
        floors = self.min_lr if isinstance(self.min_lr, list) else [self.min_lr] * groups
        if len(floors) != groups:
            raise ValueError(f"{self._owner}: min_lr must be a number or {groups}, one a group, got {self.min_lr}")
        return floors
