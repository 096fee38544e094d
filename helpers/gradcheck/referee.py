"""A layer's outputs and gradients against torch's."""

import inspect
from collections import OrderedDict

import numpy as np

from helpers import nn
from helpers.nn.parameter import Parameter

from .report import Check, Report, largest_difference
from .trial import Trial, flat, is_real, rebuilt


def compare_with_torch(layer, *inputs, reference=None, seed=0, **call_options):
    """Compare a layer's outputs and gradients with those of torch's layer of the same name and settings.

    Parameters
    ----------
    layer : Module
        A layer, a recurrent net or cell, or a loss that torch.nn has too, or a Sequential of such layers. A copy of it
        is run, so that nothing in it changes.
    *inputs : ndarray, tuple of them, or None
        What it is called with, as for `gradcheck`. Both sides get the same, and the same random upstream gradient.
    reference : callable, optional
        Stands in for torch's layer where there is none: `reference(parameters, *inputs, **call_options)` computes the
        same out of torch tensors; `parameters` is a dict of them by name.
    seed : int
        Seed of the upstream gradient.
    **call_options
        Further arguments of the call. torch's recurrent nets get `lengths` as a packed sequence.

    Returns
    -------
    Report
        One line for each output, each gradient, and each buffer that the call changed. Without torch (in the browser
        edition) it has no comparison and says so. Where a window of a max pool reads only padding, outputs alone are
        compared: there torch 2.13 writes outside of its memory on the way back.

    Raises
    ------
    ValueError
        torch.nn has no such layer, setting or option, and there is no reference.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import nn
    >>> compare_with_torch(nn.MaxPool1d(2), np.arange(6.0).reshape(1, 1, 6))
    MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False) against torch.nn.MaxPool1d
      output           (1, 1, 3)        the same to the last bit
      dx               (1, 1, 6)        the same to the last bit
    """
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError:
        return Report("torch is not installed here; this comparison was left out", [])
    judge = f"torch.nn.{type(layer).__name__}"
    if reference is not None:
        judge = f"{getattr(reference, '__name__', 'a reference')} in torch"
    reference = reference or _twin_call(layer, call_options)
    trial = Trial(layer, inputs, call_options, seed)
    ours = trial.outputs | {what: grad for what, (_, grad) in trial.grads.items()} | dict(trial.layer.named_buffers())
    theirs = _computed_by(reference, judge, trial, layer)
    for name, before in layer.named_buffers():
        if name in theirs and np.array_equal(ours[name], before) and np.array_equal(theirs[name], before):
            del theirs[name]  # no one has changed it
    checks = [Check(what, np.shape(ours[what]), largest_difference(one, ours[what])) for what, one in theirs.items()]
    left_out = ", outputs alone: a window reads only padding" if _reads_only_padding(trial.layer) else ""
    return Report(trial.title(judge) + left_out, checks)


def _computed_by(reference, judge, trial, layer):
    """Run torch on what a trial was given; arrays by name, of outputs alone where going back would fail."""
    import torch

    dtype = getattr(torch, np.result_type(*trial.upstream).name)

    def tensor(array, learned=False):
        made = torch.tensor(np.array(array))
        return made.to(dtype).requires_grad_(learned) if is_real(made) else made

    leaves = {what: tensor(leaf, what in trial.grads) for what, leaf in trial.leaves.items()}
    parameters = {name: tensor(parameter.data, True) for name, parameter in layer.named_parameters()}
    buffers = {name: tensor(buffer) for name, buffer in layer.named_buffers()}
    out = flat(reference(parameters | buffers, *rebuilt(trial.inputs, leaves.values()), **trial.options))
    if len(out) != len(trial.outputs):
        raise ValueError(f"compare_with_torch: {judge} must return {len(trial.outputs)} arrays, got {len(out)}")
    found = dict(zip(trial.outputs, out, strict=True))
    same_shapes = all(tuple(one.shape) == trial.outputs[name].shape for name, one in found.items())
    if same_shapes and not _reads_only_padding(trial.layer):
        learned = leaves | {f"d {name}": parameter for name, parameter in parameters.items()}
        grads = torch.autograd.grad(
            [one for one in out if is_real(one)],
            [learned[what] for what in trial.grads],
            [torch.tensor(one) for one in trial.upstream],
            materialize_grads=True,  # zeros for what has no effect
        )
        found |= dict(zip(trial.grads, grads, strict=True)) | buffers
    return {what: one.detach().numpy() for what, one in found.items()}


def _reads_only_padding(layer):
    """Whether a window of a max pool did in the last call; torch's backward may then crash Python, or worse, not."""
    pools = (pool for pool in layer.modules() if isinstance(pool, (nn.MaxPool1d, nn.MaxPool2d)) and pool.cache)
    return any(windows.empty for pool in pools for windows in (pool.cache.rows, pool.cache.cols))


def _twin_call(layer, options):
    """Torch's layer as a function of parameters and inputs."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    twin = _torch_twin(layer).train(layer.training)
    own = [name for name in options if name != "lengths" or not isinstance(twin, torch.nn.RNNBase)]
    if own:
        raise _no_twin(layer, f"torch's is not called with {', '.join(own)}")

    def call(state, *inputs, lengths=None):
        if lengths is None:
            return torch.func.functional_call(twin, state, inputs, strict=True)
        x, *states = inputs
        packed = pack_padded_sequence(x, torch.tensor(lengths), twin.batch_first, enforce_sorted=False)
        y, last = torch.func.functional_call(twin, state, (packed, *states), strict=True)
        return pad_packed_sequence(y, twin.batch_first, total_length=x.shape[int(twin.batch_first)])[0], last

    return call


def _torch_twin(layer):
    """Torch's layer of the same name and settings, or of the same layers in a row."""
    import torch

    torch_class = getattr(torch.nn, type(layer).__name__, None)
    if torch_class is None:
        raise _no_twin(layer, "torch.nn has none of this name")
    if torch_class is torch.nn.Sequential:
        return torch_class(OrderedDict((name, _torch_twin(child)) for name, child in layer.named_children()))
    parameters = inspect.signature(type(layer)).parameters.values()
    settings = {p.name: _setting(getattr(layer, p.name)) for p in parameters if hasattr(layer, p.name)}
    ours_alone = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and settings.get(p.name) is p.default]
    try:
        return torch_class(**{name: value for name, value in settings.items() if name not in ours_alone})
    except TypeError as error:
        raise _no_twin(layer, f"torch's says: {error}") from None


def _setting(value):
    """A setting as torch's constructor takes it: a bias is there or not, weights of classes are a tensor."""
    import torch

    return True if isinstance(value, Parameter) else torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def _no_twin(layer, reason):
    return ValueError(
        f"compare_with_torch: layer must have a twin in torch.nn, or a reference be given, got {layer!r} ({reason})"
    )
