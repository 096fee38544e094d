r"""Stochastic gradient descent, with momentum."""

from helpers import checks

from .optimizer import Optimizer


class SGD(Optimizer):
    r"""Step against the gradient, or against a running sum of gradients.

    Parameters
    ----------
    params : iterable of Parameter, or of dicts
        See `Optimizer`.
    lr : float
        Learning rate, at least 0.
    momentum : float
        Share :math:`\mu` of the last velocity that is kept, in 0..1.
    dampening : float
        Share :math:`\tau` of a new gradient that is left out of the velocity.
    weight_decay : float
        :math:`\lambda` of the penalty :math:`\tfrac{\lambda}{2} \|p\|^2`, at least 0; biases decay too.
    nesterov : bool
        Look ahead: step along gradient plus velocity. Needs momentum and no dampening.
    maximize : bool
        Step along the gradient.
    decoupled : bool
        Shrink the parameters directly, by lr times weight_decay, in place of adding to the gradient. Not in torch.
    foreach, differentiable, fused
        Must stay at their defaults.

    Raises
    ------
    TypeError, ValueError
        A setting of the wrong kind or value; see `Optimizer` for the parameters.

    Notes
    -----
    .. math:: g &\leftarrow g + \lambda p  \qquad \text{(or decoupled: } p \leftarrow p - \gamma \lambda p)  (1) \\
              v &\leftarrow \mu v + (1 - \tau) g, \quad \text{first } v = g                              (2) \\
              p &\leftarrow p - \gamma v, \quad \text{or } p - \gamma (g + \mu v) \text{ with nesterov}    (3)

    The learning rate :math:`\gamma` stands outside the velocity, as in torch. An older form has it inside: the two are
    equal as long as it does not change. Without momentum, decay and decoupled decay are one.

    References
    ----------
    I. Sutskever et al. (2013), On the importance of initialization and momentum in deep learning; I. Loshchilov,
    F. Hutter (2019), Decoupled Weight Decay Regularization, arXiv 1711.05101.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn, optim
    >>> weight = nn.Parameter([1.0, -2.0])
    >>> sgd = optim.SGD([weight], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     weight.grad = np.array([1.0, 0.0])
    ...     sgd.step()
    >>> weight.data.round(2)
    array([ 0.71, -2.  ])
    """

    not_in_torch = ("decoupled",)

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
        decoupled=False,
    ):
        checks.not_offered("SGD", foreach=(foreach, None), differentiable=(differentiable, False), fused=(fused, None))
        defaults = dict(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
            decoupled=decoupled,
        )
        super().__init__(params, defaults)

    def _check(self, group):
        super()._check(group)
        checks.share("SGD", "momentum", group["momentum"])
        checks.number("SGD", "dampening", group["dampening"])
        checks.flag("SGD", "decoupled", group["decoupled"])
        if checks.flag("SGD", "nesterov", group["nesterov"]) and not (group["momentum"] and not group["dampening"]):
            got = f"momentum={group['momentum']!r} and dampening={group['dampening']!r}"
            raise ValueError(f"SGD: nesterov needs a momentum above 0 and a dampening of 0, got {got}")

    def _update(self, data, grad, state, group):
        lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
        if decay and group["decoupled"]:
            data *= 1 - lr * decay
        elif decay:
            grad = grad + decay * data  # (1)
        if momentum:
            if "momentum_buffer" in state:
                state["momentum_buffer"] = momentum * state["momentum_buffer"] + (1 - group["dampening"]) * grad  # (2)
            else:
                state["momentum_buffer"] = grad.copy()
            velocity = state["momentum_buffer"]
            grad = grad + momentum * velocity if group["nesterov"] else velocity
        data -= lr * grad  # (3)
