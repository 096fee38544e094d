r"""Check a layer's backward: against central differences, entry by entry, and against torch."""

import inspect
from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from helpers.checks import real_array


class Check(NamedTuple):
    """One comparison: what was compared, its shape, and the largest difference, relative where values exceed 1."""

    what: str
    shape: tuple
    difference: float


class Report(tuple):
    """The comparisons of one layer; printed as a table."""

    def __new__(cls, title, checks):
        report = super().__new__(cls, checks)
        report.title = title
        return report

    @property
    def largest(self):
        """The largest difference of all; NaN if there is one, 0 if nothing was compared."""
        return float(np.max([check.difference for check in self], initial=0))

    def __repr__(self):
        lines = [self.title]
        for what, shape, difference in self:
            found = "the same to the last bit" if difference == 0 else f"largest difference {_power(difference)}"
            lines.append(f"  {what:<16} {shape!s:<16} {found}")
        return "\n".join(lines)


def gradcheck(layer, x, seed=0, step=1e-6):
    r"""Compare every entry of a layer's gradients with central differences.

    Nudge one number up and down, see how far the output moves in a random direction g, compare with what backward says.

    Parameters
    ----------
    layer : Module
        Its parameters, if any, are checked too; gradients gathered before are lost.
    x : ndarray
        Input in float64, without ties nearer than `step` where the layer picks a maximum.
    seed : int
        Seed of the random upstream gradient g.
    step : float
        Size h of the nudge.

    Returns
    -------
    Report
        Differences |numeric - backward| / max(1, |backward|), one line for the input and one for each parameter.

    Notes
    -----
    .. math:: \frac{\partial \langle g, y \rangle}{\partial x_q} \approx
              \frac{\langle g, y(x + h e_q) \rangle - \langle g, y(x - h e_q) \rangle}{2 h}

    Examples
    --------
    >>> from helpers import nn
    >>> gradcheck(nn.AvgPool2d(2), np.arange(16.0).reshape(1, 4, 4)).largest < 1e-8
    True
    """
    x = np.array(x, np.float64)
    out = layer(x)
    upstream = np.random.default_rng(seed).standard_normal(out.shape)
    layer.zero_grad()
    grads = {"dx": (x, layer.backward(upstream))}
    grads |= {f"d {name}": (parameter.data, _grad(parameter)) for name, parameter in layer.named_parameters()}

    def numeric(values):
        slopes = np.empty_like(values)
        for entry in np.ndindex(values.shape):
            kept = values[entry]
            values[entry] = kept + step
            above = layer(x)
            values[entry] = kept - step
            below = layer(x)
            values[entry] = kept
            slopes[entry] = np.sum(upstream * (above - below)) / (2 * step)
        return slopes

    checks = [Check(what, values.shape, _difference(numeric(values), grad)) for what, (values, grad) in grads.items()]
    return Report(f"{layer!r} against central differences", checks)


def compare_with_torch(layer, x, seed=0):
    """Compare a layer's output and gradients with those of torch's layer of the same name and settings.

    Parameters
    ----------
    layer : Module
        A layer that torch.nn has too, or a Sequential of such layers.
    x : ndarray
        Input; both sides get the same, and the same random upstream gradient.
    seed : int
        Seed of the upstream gradient.

    Returns
    -------
    Report
        Without torch (in the browser edition) it has no comparison and says so.
    """
    try:
        import torch
    except ModuleNotFoundError:
        return Report("torch is not installed here; this comparison was left out", [])
    x = np.array(real_array("compare_with_torch", "x", x))
    twin = _torch_twin(layer).to(getattr(torch, str(x.dtype)))
    twin.load_state_dict({name: torch.from_numpy(value) for name, value in layer.state_dict().items()})
    out = layer(x)
    upstream = np.random.default_rng(seed).standard_normal(out.shape).astype(out.dtype)
    layer.zero_grad()
    pairs = {"output": out, "dx": layer.backward(upstream)}
    pairs |= {f"d {name}": _grad(parameter) for name, parameter in layer.named_parameters()}

    torch_x = torch.tensor(x, requires_grad=True)
    torch_out = twin(torch_x)
    torch_out.backward(torch.from_numpy(upstream))
    others = [torch_out.detach(), torch_x.grad, *(parameter.grad for parameter in twin.parameters())]

    checks = [
        Check(what, ours.shape, _difference(other.numpy(), ours))
        for (what, ours), other in zip(pairs.items(), others, strict=True)
    ]
    return Report(f"{layer!r} against torch.nn.{type(layer).__name__}", checks)


def _grad(parameter):
    return np.zeros_like(parameter.data) if parameter.grad is None else parameter.grad


def _torch_twin(layer):
    import torch

    torch_class = getattr(torch.nn, type(layer).__name__)
    children = dict(layer.named_children())
    if children:
        return torch_class(OrderedDict((name, _torch_twin(child)) for name, child in children.items()))
    names = list(inspect.signature(type(layer)).parameters)
    return torch_class(**{name: getattr(layer, name) for name in names})


def _difference(expected, got):
    if expected.shape != got.shape:
        return np.inf
    gap = np.abs(expected - got) / np.maximum(1, np.abs(got))
    return float(np.max(gap, initial=0))


def _power(difference):
    """Round up to a power of ten, so that the printed text is the same on every machine."""
    return f"below 1e{int(np.floor(np.log10(difference))) + 1:+03d}" if np.isfinite(difference) else str(difference)
