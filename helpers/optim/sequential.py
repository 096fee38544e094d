r"""One schedule after the other."""

from bisect import bisect_right

from helpers import checks

from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler, check_optimizer


class SequentialLR(LRScheduler):
    r"""Run one schedule up to a milestone, then the next from its own beginning: a warm-up, then a decay.

    Parameters
    ----------
    optimizer : Optimizer
    schedulers : list of LRScheduler
        All of this optimizer. A `ReduceLROnPlateau`, which needs a metric, and another `SequentialLR` are not offered.
    milestones : list of int
        Epochs at which the second schedule begins, the third, ...; at least 0, in order.
    last_epoch : int
        Must stay -1: load a stored state to go on.

    Raises
    ------
    TypeError, ValueError
        A setting of the wrong kind or value.

    Notes
    -----
    At a milestone the rates go back to 'initial_lr', whatever the schedule before has left. In torch a `SequentialLR`
    within another breaks at its milestone, and `last_epoch` moves the milestones without the rates.

    Examples
    --------
    >>> from helpers import nn, optim
    >>> sgd = optim.SGD([nn.Parameter([1.0])], lr=1.0)
    >>> warmup = optim.lr_scheduler.LinearLR(sgd, 0.25, total_iters=3)
    >>> decay = optim.lr_scheduler.ExponentialLR(sgd, 0.5)
    >>> both = optim.lr_scheduler.SequentialLR(sgd, [warmup, decay], milestones=[3])
    >>> rates = []
    >>> for epoch in range(6):
    ...     rates += both.get_last_lr()
    ...     sgd.step()
    ...     both.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.25]
    """

    _not_stored = (*LRScheduler._not_stored, "_schedulers")

    def __init__(self, optimizer, schedulers, milestones, last_epoch=-1):
        owner = self._owner
        check_optimizer(owner, optimizer)
        checks.not_offered(owner, last_epoch=(last_epoch, -1))
        for name, value in (("schedulers", schedulers), ("milestones", milestones)):
            if not isinstance(value, (list, tuple)):
                raise TypeError(f"{owner}: {name} must be a list, got {value!r}")
        for place, scheduler in enumerate(schedulers):
            self._check_member(f"schedulers[{place}]", scheduler, optimizer)
            if any(scheduler is other for other in schedulers[:place]):
                raise ValueError(f"{owner}: schedulers[{place}] must come once, got it a second time")
        if len(schedulers) != len(milestones) + 1:
            got = f"{len(schedulers)} schedulers and {len(milestones)} milestones"
            raise ValueError(f"{owner}: schedulers must be one more than milestones, got {got}")
        milestones = [checks.integer(owner, f"milestones[{n}]", value, 0) for n, value in enumerate(milestones)]
        if milestones != sorted(milestones):
            raise ValueError(f"{owner}: milestones must be in order, got {milestones}")
        self.optimizer, self._schedulers, self._milestones = optimizer, [*schedulers], milestones
        self.last_epoch = 0
        self._schedulers[bisect_right(milestones, 0)]._restart()
        self._last_lr = [group["lr"] for group in optimizer.param_groups]

    def _check_member(self, name, scheduler, optimizer):
        if isinstance(scheduler, (SequentialLR, ReduceLROnPlateau)):
            raise NotImplementedError(f"{self._owner}: {name} is not offered as a {type(scheduler).__name__}")
        if not isinstance(scheduler, LRScheduler):
            raise TypeError(f"{self._owner}: {name} must be an LRScheduler, got {scheduler!r}")
        if scheduler.optimizer is not optimizer:
            raise ValueError(f"{self._owner}: {name} must belong to the same optimizer, got that of another")

    def step(self, epoch=None):
        """Go to the next epoch: the schedule at hand takes its step, or the next one begins."""
        checks.not_offered(self._owner, epoch=(epoch, None))
        with self._whole():
            self.last_epoch += 1
            place = bisect_right(self._milestones, self.last_epoch)
            if self.last_epoch in self._milestones:
                self._schedulers[place]._restart()
            else:
                self._schedulers[place].step()
            self._last_lr = self._schedulers[place].get_last_lr()

    def state_dict(self):
        """A copy of all settings and counts, those of the schedules included."""
        return super().state_dict() | {"_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def _check_state(self, state_dict):
        super()._check_state(state_dict)
        given, count = state_dict["_schedulers"], len(self._schedulers)
        if len(given) != count:
            raise ValueError(f"{self._owner}: state_dict must hold {count} schedulers, got {len(given)}")
        for scheduler, state in zip(self._schedulers, given, strict=True):
            scheduler._check_state(state)

    def _load(self, state_dict):
        for scheduler, state in zip(self._schedulers, state_dict.pop("_schedulers"), strict=True):
            scheduler._load(state)
        super()._load(state_dict)
