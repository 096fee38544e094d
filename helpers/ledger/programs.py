"""Which optimizers and other functions are checked: programs that run once with our modules and once with torch's."""

from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

from helpers import nn, optim
from helpers.gradcheck import Check, Report, largest_difference

from .case import BOTH, settings

STEPS = 50


class Program(NamedTuple):
    """A function of (nn, optim, array) that returns arrays by name, what it does in words, and whom it is about."""

    text: str
    function: object
    judge: str

    def against_torch(self):
        try:
            import torch
        except ModuleNotFoundError:
            return Report("torch is not installed here; this comparison was left out", [])
        ours, theirs = self.function(nn, optim, np.array), self.function(torch.nn, torch.optim, torch.tensor)
        pairs = [(what, np.asarray(one), np.asarray(theirs[what])) for what, one in ours.items()]
        checks = [Check(what, one.shape, largest_difference(other, one)) for what, one, other in pairs]
        return Report(f"{self.text} against {self.judge}", checks)

    def against_differences(self, directions):
        return None


def descent(name, options):
    """Fifty steps with random gradients, of which some are missing, in two groups, with a rate that changes."""

    def function(nn, optim, array):
        random = np.random.default_rng(0)
        parameters = [nn.Parameter(array(random.standard_normal(shape))) for shape in ((3, 4), (5,), ())]
        groups = [{"params": parameters[:2]}, {"params": parameters[2:], "lr": 0.3}]
        optimizer = getattr(optim, name)(groups, lr=0.1, **options)
        for step in range(STEPS):
            optimizer.param_groups[0]["lr"] = 0.1 * 0.9**step
            for place, parameter in enumerate(parameters):
                grad = array(random.standard_normal(parameter.shape))
                parameter.grad = None if (step + place) % 7 == 3 else grad
            optimizer.step()
        return {f"parameter {place}": parameter.data for place, parameter in enumerate(parameters)}

    return Program(f"{STEPS} steps of {name}({said(options)})", function, f"torch.optim.{name}")


def schedule(name, options):
    """The rates of two groups over fifty steps; a plateau is shown numbers that fall, then stay."""
    metrics = np.maximum(0.95 ** np.arange(STEPS), 0.3)

    def function(nn, optim, array):
        groups = [{"params": [nn.Parameter(array([1.0]))], "lr": lr} for lr in (0.1, 0.03)]
        optimizer, module = optim.SGD(groups), optim.lr_scheduler
        members = [getattr(module, member)(optimizer, **more) for member, more in options.get("schedulers", ())]
        scheduler = getattr(module, name)(optimizer, **options | ({"schedulers": members} if members else {}))
        rates = []
        for metric in metrics:
            optimizer.step()
            scheduler.step(*([metric] if name == "ReduceLROnPlateau" else []))
            rates.append([group["lr"] for group in optimizer.param_groups])
        return {"rates": rates}

    return Program(f"{STEPS} steps of {name}({said(options)})", function, f"torch.optim.lr_scheduler.{name}")


def clipping(name, options):
    """Gradients after clipping, and their norm before: what the function returns, or what it must be told."""

    def function(nn, optim, array):
        random = np.random.default_rng(0)
        parameters = [nn.Parameter(array(random.standard_normal(shape))) for shape in ((3, 4), (5,), (2,))]
        for parameter in parameters[:2]:
            parameter.grad = array(random.standard_normal(parameter.shape))
        norm = nn.utils.get_total_norm([parameter.grad for parameter in parameters[:2]])
        told = {"total_norm": norm} if name == "clip_grads_with_norm_" else {}
        returned = getattr(nn.utils, name)(parameters, **options, **told)
        grads = {f"gradient {place}": parameter.grad for place, parameter in enumerate(parameters[:2])}
        return grads | {"norm": norm if returned is None else returned}

    return Program(f"{name}({said(options)})", function, f"torch.nn.utils.{name}")


def said(options):
    """Settings as they stand in a call; of a function its name."""
    return ", ".join(f"{name}={getattr(value, '__name__', repr(value))}" for name, value in options.items())


def hyperbola(epoch):
    """A schedule of one's own."""
    return 1 / (1 + epoch)


MOMENTUM = [
    dict(momentum=momentum, dampening=dampening, weight_decay=decay, nesterov=nesterov, maximize=maximize)
    for momentum, dampening, decay, nesterov, maximize in product((0, 0.9), (0, 0.3), (0, 0.1), *[(False, True)] * 2)
    if not nesterov or (momentum and not dampening)
]
MOMENTS = settings(betas=[(0.9, 0.999), (0.0, 0.5)], weight_decay=[0, 0.1], amsgrad=BOTH, maximize=BOTH)
DESCENTS = {"SGD": MOMENTUM, "Adam": MOMENTS, "AdamW": MOMENTS}
WARM_UP, COSINE = ("LinearLR", dict(start_factor=0.1)), ("CosineAnnealingLR", dict(T_max=30))
SCHEDULES = {
    "LambdaLR": [dict(lr_lambda=hyperbola)],
    "StepLR": settings(step_size=[1, 7], gamma=[0.1, 2.0]),
    "MultiStepLR": settings(milestones=[[5, 9, 9, 30]], gamma=[0.1, 0.5]),
    "ConstantLR": settings(factor=[0.2, 1.0], total_iters=[1, 20]),
    "LinearLR": settings(start_factor=[0.1, 1.0], end_factor=[0.0, 0.5], total_iters=[5, 30]),
    "ExponentialLR": settings(gamma=[0.0, 0.9]),
    "CosineAnnealingLR": settings(T_max=[7, 50], eta_min=[0.0, 0.01]),
    "SequentialLR": settings(schedulers=[[WARM_UP, COSINE], [COSINE, WARM_UP]], milestones=[[0], [5]]),
    "ReduceLROnPlateau": settings(mode=["min", "max"], patience=[0, 3], cooldown=[0, 2], min_lr=[0, 0.02]),
}
CLIPS = {
    "clip_grad_norm_": settings(max_norm=[0.5, 100.0], norm_type=[1.0, 2.0, 3.5, np.inf]),
    "clip_grad_value_": settings(clip_value=[0.1, 1.0, 100.0]),
    "clip_grads_with_norm_": settings(max_norm=[0.5, 100.0]),
}

PROGRAMS = {
    f"{place}.{name}": partial(map, partial(program, name), choices)
    for place, program, names in (
        ("optim", descent, DESCENTS),
        ("lr_scheduler", schedule, SCHEDULES),
        ("utils", clipping, CLIPS),
    )
    for name, choices in names.items()
}
