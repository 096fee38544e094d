r"""What every schedule of learning rates shares: epochs, first rates, state, and steps that are taken whole."""

import copy
from contextlib import contextmanager

from helpers import checks

from .optimizer import Optimizer


class LRScheduler:
    r"""Set the learning rates of an optimizer's groups by the epoch; a subclass gives `get_lr`.

    Parameters
    ----------
    optimizer : Optimizer
        Its groups get the setting 'initial_lr', the rate from which schedules start.
    last_epoch : int
        -1 for a start. With a number from 0, the groups must have 'initial_lr', and their 'lr' is that of this epoch.

    Attributes
    ----------
    last_epoch : int
        The epoch at hand; 0 after a start.
    base_lrs : list of float
        First learning rate of each group.

    Raises
    ------
    TypeError, ValueError
        A setting of the wrong kind or value; a schedule that gives a rate which is negative or not finite.
    KeyError
        `last_epoch` is not -1, and a group has no 'initial_lr'.

    Notes
    -----
    Call `optimizer.step()`, then `scheduler.step()`, once an epoch. Most schedules multiply the rate that they find, as
    torch's do: several may run on one optimizer, and a rate changed by hand goes on from there.
    To go on later, build optimizer and scheduler anew, then load both states: the optimizer's holds the rates.

    Examples
    --------
    >>> from helpers import nn, optim
    >>> class InverseRoot(optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [base / (1 + self.last_epoch) ** 0.5 for base in self.base_lrs]
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> scheduler = InverseRoot(sgd)
    >>> for epoch in range(3):
    ...     sgd.step()
    ...     scheduler.step()
    >>> sgd.param_groups[0]["lr"]
    0.5
    """

    _not_stored = ("optimizer", "_steps_before", "_warned")

    def __init__(self, optimizer, last_epoch=-1):
        owner = self._owner
        check_optimizer(owner, optimizer)
        last_epoch = checks.integer(owner, "last_epoch", last_epoch, -1)
        new = [number for number, group in enumerate(optimizer.param_groups) if "initial_lr" not in group]
        if last_epoch >= 0 and new:
            raise KeyError(f"{owner}: last_epoch={last_epoch} needs 'initial_lr' in each group, it is not in {new}")
        self.optimizer = optimizer
        self.base_lrs = [group.get("initial_lr", group["lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._steps_before = optimizer.steps
        self._start()
        for group, base in zip(optimizer.param_groups, self.base_lrs, strict=True):
            group["initial_lr"] = base

    @property
    def _owner(self):
        return type(self).__name__

    def get_lr(self):
        """The rates of `last_epoch`, made from those of the epoch before; `step` calls it. Read `get_last_lr`."""
        raise NotImplementedError(f"{self._owner} has no get_lr")

    def get_last_lr(self):
        """The rates that were set last, one for each group."""
        return [*self._last_lr]

    def step(self, epoch=None):
        """Go to the next epoch and set its rates; `epoch`, which torch has given up, must stay None."""
        checks.not_offered(self._owner, epoch=(epoch, None))
        if self._step_count == 1 and self.optimizer.steps == self._steps_before:
            checks.warn_once(self, "step() came before the optimizer's step(): the first learning rate is never used")
        with self._whole():
            self.last_epoch += 1
            self._set(self.get_lr())
            self._step_count += 1

    def _start(self):
        """Take the step into the first epoch."""
        self._step_count = 0
        self.step()

    def _restart(self):
        """Begin anew at epoch 0 from the first rates."""
        with self._whole():
            self._set(self.base_lrs)
            self.last_epoch = -1
            self._start()

    @property
    def _starting(self):
        return self._step_count == 0

    def _scaled(self, factor):
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _set(self, rates):
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise ValueError(f"{self._owner}: the schedule has {len(rates)} groups, its optimizer {len(groups)} by now")
        for number, rate in enumerate(rates):
            checks.at_least_zero(self._owner, f"the new lr of group {number}", rate)
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = float(rate)
        self._last_lr = [group["lr"] for group in groups]

    @contextmanager
    def _whole(self):
        """Leave scheduler and rates as they were where the block fails."""
        kept, rates = vars(self).copy(), [group["lr"] for group in self.optimizer.param_groups]
        try:
            yield
        except BaseException:
            vars(self).update(kept)
            for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
                group["lr"] = rate
            raise

    def state_dict(self):
        """A copy of all settings and counts; the optimizer's state, with the rates, is stored apart."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in self._not_stored})

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave, all or nothing; a KeyError names what is missing or unexpected."""
        self._check_state(state_dict)
        self._load(copy.deepcopy(state_dict))

    def _check_state(self, state_dict):
        if not isinstance(state_dict, dict):
            raise TypeError(f"{self._owner}: state_dict must be a dict, got {state_dict!r}")
        own = self.state_dict()
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        if missing or unexpected:
            names = f"missing names {missing} and unexpected names {unexpected}"
            raise KeyError(f"{self._owner}: state_dict does not fit: {names}")

    def _load(self, state_dict):
        vars(self).update(state_dict)


def check_optimizer(owner, optimizer):
    """Refuse what is no Optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{owner}: optimizer must be an Optimizer, got {optimizer!r}")
