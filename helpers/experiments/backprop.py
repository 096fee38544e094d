r"""Backpropagation by hand: a net of two inputs, two hidden units and one output, with every number in view."""

from typing import NamedTuple

import numpy as np

from helpers import nn


class Trace(NamedTuple):
    """One example's way through the net and back; a name with `d` is the gradient of the loss by what follows it."""

    x: np.ndarray  # (2,)
    z: np.ndarray  # (2,): sums of the hidden units
    h: np.ndarray  # (2,): their outputs
    y: np.ndarray  # (1,)
    t: np.ndarray  # (1,): the target
    loss: float
    dy: np.ndarray
    dh: np.ndarray
    dz: np.ndarray
    dx: np.ndarray
    weights: dict  # the parameters by name
    gradients: dict  # their gradients by the same names


def hand_net():
    """The net: Linear(2, 2), Tanh, Linear(2, 1), with weights of few digits."""
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    net.load_state_dict(
        {"0.weight": [[0.5, -1.0], [1.0, 0.5]], "0.bias": [1.0, -1.0], "2.weight": [[1.0, 2.0]], "2.bias": [-0.5]}
    )
    return net


def trace(net=None, x=(1.0, 2.0), t=(1.0,)):
    """Send one example forward and its squared error back, keeping what each layer receives and hands on.

    Examples
    --------
    >>> here = trace()
    >>> here.z, here.gradients["2.bias"].round(4)
    (array([-0.5,  1. ]), array([-0.8779]))
    """
    net = net or hand_net()
    net.zero_grad()
    hidden, activation, output = net
    criterion = nn.MSELoss()
    x, t = np.array(x, float), np.array(t, float)
    z = hidden(x)
    h = activation(z)
    y = output(h)
    loss = float(criterion(y, t))
    dy = criterion.backward()
    dh = output.backward(dy)
    dz = activation.backward(dh)
    dx = hidden.backward(dz)
    weights = {name: parameter.data for name, parameter in net.named_parameters()}
    gradients = {name: parameter.grad for name, parameter in net.named_parameters()}
    return Trace(x, z, h, y, t, loss, dy, dh, dz, dx, weights, gradients)
