r"""What every optimizer shares: parameter groups, their settings, state, and one step that is taken whole."""

import numpy as np

from helpers import checks
from helpers.nn.parameter import Parameter, forget_gradients


class Optimizer:
    """Parameter groups and the state of each parameter; a subclass gives `_update` and extends `_check`.

    Parameters
    ----------
    params : iterable of Parameter, or of dicts
        Each dict is a group: its parameters under 'params', and the settings in which it differs.
    defaults : dict
        Settings of the groups that do not say otherwise.

    Attributes
    ----------
    param_groups : list of dict
        'params' and every setting, free to be changed between steps: 'lr' for one.
    state : dict of Parameter to dict
        What is remembered between steps: momentum buffers, step counts.
    steps : int
        How often `step` has been taken, so that a schedule can tell whether it comes first.
    remembered, not_in_torch : tuple of str
        What the state of a parameter holds from its first step on, and the settings that torch lacks; a subclass
        names them.

    Raises
    ------
    TypeError
        Something in `params` is not a Parameter.
    ValueError
        There is none, or one comes twice; a setting is out of its range.
    """

    remembered = ()
    not_in_torch = ()

    def __init__(self, params, defaults):
        self.defaults, self.param_groups, self.state, self.steps = defaults, [], {}, 0
        if isinstance(params, (Parameter, np.ndarray, dict, set, str)) or not hasattr(params, "__iter__"):
            raise TypeError(f"{self._owner}: params must be an iterable of Parameters or of dicts, got {params!r}")
        params = [*params]
        if not params:
            raise ValueError(f"{self._owner}: params must hold at least one Parameter, got none")
        groups = params if isinstance(params[0], dict) else [{"params": params}]
        for group in groups:
            self.add_param_group(group)

    @property
    def _owner(self):
        return type(self).__name__

    def add_param_group(self, param_group):
        """Add a group of parameters, {'params': ..., 'lr': ...}; what it does not say is as in `defaults`.

        A group may also say 'initial_lr', from which a schedule that is resumed counts.
        """
        if not isinstance(param_group, dict) or "params" not in param_group:
            raise TypeError(f"{self._owner}: a group must be a dict with 'params', got {param_group!r}")
        unknown = [name for name in param_group if name not in {*self.defaults, "params", "initial_lr"}]
        if unknown:
            raise ValueError(f"{self._owner}: a group has settings {[*self.defaults]}, got {unknown}")
        params = param_group["params"]
        if isinstance(params, (str, dict, set)) or not (isinstance(params, Parameter) or hasattr(params, "__iter__")):
            raise TypeError(f"{self._owner}: the params of a group must be a list of Parameters, got {params!r}")
        params = [params] if isinstance(params, Parameter) else [*params]
        known = {id(parameter) for group in self.param_groups for parameter in group["params"]}
        for place, parameter in enumerate(params):
            if not isinstance(parameter, Parameter):
                raise TypeError(f"{self._owner}: params[{place}] must be a Parameter, got {type(parameter).__name__}")
            if id(parameter) in known:
                raise ValueError(f"{self._owner}: params[{place}] must come once, got {parameter!r} a second time")
            known.add(id(parameter))
        group = self.defaults | param_group | {"params": params}
        self._check(group)
        if group["lr"] == 0:
            checks.warn_once(self, "lr=0 changes no parameter")
        self.param_groups.append(group)

    def _check(self, group):
        for name in ("lr", "initial_lr", "weight_decay"):
            if name in group:
                checks.at_least_zero(self._owner, name, group[name])
        checks.flag(self._owner, "maximize", group["maximize"])

    def zero_grad(self, set_to_none=True):
        """Forget the gradients: each becomes None, or zeros."""
        forget_gradients(self._owner, self._all(), set_to_none)

    def step(self, closure=None):
        """Change every parameter that has a gradient; the gradients stay as they are.

        Parameters
        ----------
        closure : callable, optional
            Called first; computes the gradients and returns the loss, which `step` then returns.
        """
        loss = None if closure is None else closure()
        changes = []
        for group in self.param_groups:
            self._check(group)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    grad = checks.shaped(self._owner, "a gradient", parameter.grad, parameter.shape)
                    grad = grad.astype(parameter.data.dtype, copy=False)
                    changes.append((parameter, -grad if group["maximize"] else grad, group))
        for parameter, grad, group in changes:
            self._update(parameter.data, grad, self.state.setdefault(parameter, {}), group)
        self.steps += 1
        return loss

    def state_dict(self):
        """A copy of the settings and of the state; parameters stand as their numbers, in the order of the groups."""
        numbers = {id(parameter): number for number, parameter in enumerate(self._all())}
        groups = [group | {"params": [numbers[id(p)] for p in group["params"]]} for group in self.param_groups]
        state = {numbers[id(parameter)]: _copied(kept) for parameter, kept in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict):
        """Take over settings and state from another optimizer of parameters of the same shapes, all or nothing.

        What `torch.optim` stored is taken too, its tensors as arrays.
        """
        if not isinstance(state_dict, dict) or not {"state", "param_groups"} <= set(state_dict):
            raise ValueError(f"{self._owner}: state_dict must have 'state' and 'param_groups', got {state_dict!r}")
        own, groups = [*self._all()], state_dict["param_groups"]
        sizes, given = ([len(group["params"]) for group in some] for some in (self.param_groups, groups))
        if sizes != given:
            raise ValueError(f"{self._owner}: state_dict must have groups of {sizes} parameters, got {given}")
        for group in groups:
            missing = [name for name in self.defaults if name not in (*group, *self.not_in_torch)]
            if missing:
                raise ValueError(f"{self._owner}: state_dict must have the settings {missing} in each group")
        strange = [number for number in state_dict["state"] if number not in range(len(own))]
        if strange:
            raise ValueError(f"{self._owner}: state_dict must number its state 0..{len(own) - 1}, got {strange}")
        state = {own[number]: self._fitted(own[number], kept) for number, kept in state_dict["state"].items()}
        new = [self._taken_over(*pair) for pair in zip(self.param_groups, groups, strict=True)]
        for group in new:
            self._check(group)
        self.param_groups, self.state = new, state

    def _fitted(self, parameter, kept):
        """A copy of the state that was stored of one parameter, in the parameter's shape and dtype."""
        missing = [name for name in self.remembered if kept and name not in kept]
        if missing:
            raise ValueError(f"{self._owner}: state_dict must have {missing} where it has {[*kept]}")
        fitted = {}
        for name, value in kept.items():
            if name == "step":
                fitted[name] = _count(self._owner, value)
            else:
                fitted[name] = checks.shaped(self._owner, name, value, parameter.shape).astype(parameter.data.dtype)
        return fitted

    def _taken_over(self, own, stored):
        """A group with the settings that were stored; those that torch lacks and did not store stay as they are."""
        settings = {name: own[name] for name in self.not_in_torch}
        settings |= {name: value for name, value in stored.items() if name in {*self.defaults, "initial_lr"}}
        return settings | {"params": own["params"]}

    def _all(self):
        return (parameter for group in self.param_groups for parameter in group["params"])

    def __repr__(self):
        lines = [f"{self._owner} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _copied(kept):
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in kept.items()}


def _count(owner, value):
    """A count of steps, which torch stores as a tensor of a float."""
    allowed = "a whole number of at least 0"
    value = np.asarray(value).tolist()
    return int(checks.number(owner, "step", value, allowed, lambda value: value >= 0 and float(value).is_integer()))
