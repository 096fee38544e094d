r"""Adam and AdamW: each entry has a step size of its own."""

import math

import numpy as np

from helpers import checks

from .optimizer import Optimizer


class Adam(Optimizer):
    r"""Step along the mean of the gradients, in units of their root mean square.

    Parameters
    ----------
    params : iterable of Parameter, or of dicts
        See `Optimizer`.
    lr : float
        Learning rate, at least 0: the step where gradients agree.
    betas : pair of float
        Share of the old in the running means of gradients and of their squares, each in 0..1, 1 excluded.
    eps : float
        Added to the root mean square, at least 0.
    weight_decay : float
        :math:`\lambda` of the penalty :math:`\tfrac{\lambda}{2} \|p\|^2`, at least 0.
    amsgrad : bool
        Divide by the largest root mean square so far.
    maximize : bool
        Step along the gradient.
    decoupled_weight_decay : bool
        Shrink the parameters directly, as `AdamW`.
    foreach, capturable, differentiable, fused
        Must stay at their defaults.

    Raises
    ------
    TypeError, ValueError
        A setting of the wrong kind or value; see `Optimizer` for the parameters.

    Notes
    -----
    .. math:: m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2   (1) \\
              p &\leftarrow p - \gamma \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}      (2)

    References
    ----------
    D. Kingma, J. Ba (2015), Adam, arXiv 1412.6980, algorithm 1.

    Examples
    --------
    The first step is lr long, whatever the gradient's size:

    >>> import numpy as np
    >>> from helpers import nn, optim
    >>> weight = nn.Parameter([1.0, 1.0])
    >>> weight.grad = np.array([1e-3, -1e3])
    >>> optim.Adam([weight], lr=0.1).step()
    >>> weight.data.round(4)
    array([0.9, 1.1])
    """

    remembered = ("step", "exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        checks.not_offered(
            self._owner,
            foreach=(foreach, None),
            capturable=(capturable, False),
            differentiable=(differentiable, False),
            fused=(fused, None),
        )
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults)

    def _check(self, group):
        super()._check(group)
        checks.at_least_zero(self._owner, "eps", group["eps"])
        for name in ("amsgrad", "decoupled_weight_decay"):
            checks.flag(self._owner, name, group[name])
        betas = group["betas"]
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"{self._owner}: betas must be a pair of numbers, got {betas!r}")
        for place, beta in enumerate(betas):
            checks.share(self._owner, f"betas[{place}]", beta, without=(1,))

    def _update(self, data, grad, state, group):
        lr, decay, (beta_m, beta_v) = group["lr"], group["weight_decay"], group["betas"]
        if decay and group["decoupled_weight_decay"]:
            data *= 1 - lr * decay
        elif decay:
            grad = grad + decay * data
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(data), exp_avg_sq=np.zeros_like(data))
        state["step"] += 1
        state["exp_avg"] = beta_m * state["exp_avg"] + (1 - beta_m) * grad
        state["exp_avg_sq"] = beta_v * state["exp_avg_sq"] + (1 - beta_v) * grad * grad  # (1)
        square = state["exp_avg_sq"]
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"] = np.maximum(state.get("max_exp_avg_sq", 0.0), square)
        scale = np.sqrt(square) / math.sqrt(1 - beta_v ** state["step"]) + group["eps"]
        data -= lr / (1 - beta_m ** state["step"]) * state["exp_avg"] / scale  # (2)


class AdamW(Adam):
    r"""Adam whose weight decay shrinks the parameters directly, apart from the gradients' scale.

    Parameters
    ----------
    params, lr, betas, eps, amsgrad, maximize, foreach, capturable, differentiable, fused
        As in `Adam`.
    weight_decay : float
        Each step first shrinks the parameters by lr times this.

    References
    ----------
    I. Loshchilov, F. Hutter (2019), Decoupled Weight Decay Regularization, arXiv 1711.05101, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn, optim
    >>> weight = nn.Parameter([1.0])
    >>> weight.grad = np.zeros(1)
    >>> optim.AdamW([weight], lr=0.1, weight_decay=0.5).step()
    >>> weight.data
    array([0.95])
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=1e-2,
        amsgrad=False,
        *,
        maximize=False,
        foreach=None,
        capturable=False,
        differentiable=False,
        fused=None,
    ):
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
