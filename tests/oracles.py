"""What several tests share: slow definitions, and comparisons whose failure says index, got, expected."""

import inspect
from itertools import count

import numpy as np
import pytest
import torch

torch.set_num_threads(1)  # arrays here are tiny; with more threads torch would mostly wait for them


def slide(size, kernel, stride, padding, dilation, ceil_mode):
    """Find the windows without a formula: slide on until out of bounds; return the positions of each one's taps.

    With `ceil_mode` one more window may hang over the far end: while the one before left pixels over, padding included,
    and unless it would start past the input's last pixel.
    """
    windows = []
    end = size + padding
    for i in count():
        taps = [i * stride - padding + tap * dilation for tap in range(kernel)]
        fits = taps[-1] < end
        left_over = taps[-1] - stride + 1 < end
        if not (fits or (ceil_mode and left_over and taps[0] < size)):
            return windows
        windows.append(taps)


def only_padding(size, kernel, stride, padding, dilation, ceil_mode):
    """Whether a window reads no pixel. torch writes outside its memory there, so it must not be asked."""
    windows = slide(size, kernel, stride, padding, dilation, ceil_mode)
    return any(not any(0 <= pixel < size for pixel in taps) for taps in windows)


def random_like(array, seed=0):
    """A random upstream gradient; all ones would hide a transposed gradient."""
    return np.random.default_rng(seed).standard_normal(array.shape).astype(array.dtype)


def spread(*shape, seed=0):
    """Shuffled numbers of both signs, at least 0.1 apart: no ties, so finite differences hold."""
    size = int(np.prod(shape))
    return np.random.default_rng(seed).permutation(size).reshape(shape) / 10 - size / 20


def axes(layer_class):
    """How many axes a layer pools, by its name: `MaxPool2d`."""
    return int(layer_class.__name__[-2])


def plane(layer_class, *leading, side=8, seed=0):
    """An input of a pool: an even and an odd side, or the other way round, without ties."""
    return spread(*leading, *(side, side + 1)[: axes(layer_class)], seed=seed)


def assert_same(got, expected, what="", rtol=0.0, atol=0.0):
    """Compare shape, dtype and every entry; NaN equals NaN. The default is equality."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, f"{what}: shape: got {got.shape}, expected {expected.shape}"
    assert got.dtype == expected.dtype, f"{what}: dtype: got {got.dtype}, expected {expected.dtype}"
    wrong = ~np.isclose(got, expected, rtol, atol, equal_nan=True)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise AssertionError(
            f"{what}: at index {index}: got {got[index]}, expected {expected[index]} "
            f"({wrong.sum()} of {wrong.size} entries differ)"
        )


def assert_same_bits(got, expected, what=""):
    """Compare shape, dtype and every bit: 0.0 and -0.0 differ, and so do two NaN of different bits."""
    assert_same(got, expected, what)
    if got.tobytes() != expected.tobytes():
        bits = [np.frombuffer(a.tobytes(), np.uint8).reshape(*a.shape, a.itemsize) for a in (got, expected)]
        index = tuple(int(i) for i in np.argwhere((bits[0] != bits[1]).any(-1))[0])
        raise AssertionError(f"{what}: at index {index}: got {got[index]!r}, expected {expected[index]!r}, bit for bit")


def numeric_gradient(function, x, grad_out, step=1e-4):
    """Central differences of <grad_out, function(x)>, one entry of x after the other."""
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[index] = step
        grad[index] = np.sum(grad_out * (function(x + nudge) - function(x - nudge))) / (2 * step)
    return grad


def torch_run(layer, x, grad_out=None, **settings):
    """Run torch's layer of the same class on a copy of x; return out, the gradient of x, the indices of max pooling."""
    max_pool = "MaxPool" in type(layer).__name__
    twin = getattr(torch.nn, type(layer).__name__)(**settings, **({"return_indices": True} if max_pool else {}))
    torch_x = torch.tensor(np.array(x), requires_grad=True)
    out = twin(torch_x)
    out, indices = out if max_pool else (out, None)
    upstream = random_like(out.detach().numpy()) if grad_out is None else grad_out
    out.backward(torch.tensor(np.array(upstream)))
    return out.detach().numpy(), torch_x.grad.numpy(), None if indices is None else indices.numpy()


def assert_like_torch(layer, x, grad_out=None, rtol=1e-12, **settings):
    """Compare output, indices and input gradient of a pooling layer with torch's."""
    what = f"{layer!r} of an input {x.shape}"
    expected_out, expected_dx, expected_indices = torch_run(layer, x, grad_out, **settings)
    exact = 0.0 if expected_indices is not None else rtol  # a maximum is one of the pixels: nothing to round
    if expected_indices is not None:
        layer.return_indices = True
        out, indices = layer(x)
        assert_same(indices, expected_indices, f"indices, {what}")
    else:
        out = layer(x)
    assert_same(out, expected_out, f"output, {what}", exact, exact)
    dx = layer.backward(random_like(out) if grad_out is None else grad_out)
    assert_same(dx, expected_dx, f"dx, {what}", rtol, rtol)


def twin_of(layer, twin):
    """Give torch's `twin` the parameters and buffers of our `layer`, and its dtype."""
    state = {name: torch.from_numpy(np.array(values)) for name, values in layer.state_dict().items()}
    floats = [values.dtype for values in state.values() if values.is_floating_point()]
    twin = twin.to(floats[0] if floats else torch.float64)
    twin.load_state_dict(state)
    return twin


def assert_layer_like_torch(layer, twin, x, tol=1e-10):
    """Compare output, buffers and every gradient of a layer with one input with those of torch's, float64."""
    what = f"{layer!r} of an input {np.shape(x)}"
    twin = twin_of(layer, twin).train(layer.training)
    torch_x = torch.tensor(np.array(x), requires_grad=np.asarray(x).dtype.kind == "f")
    torch_out = twin(torch_x)
    for one in (layer, twin):
        one.zero_grad()
    out = layer(x)
    assert_same(out, torch_out.detach().numpy(), f"output, {what}", tol, tol)
    upstream = random_like(out)
    dx = layer.backward(upstream)
    torch_out.backward(torch.from_numpy(upstream))
    if torch_x.requires_grad:
        assert_same(dx, torch_x.grad.numpy(), f"dx, {what}", tol, tol)
    theirs = dict(twin.named_parameters())
    for name, parameter in layer.named_parameters():
        assert_same(parameter.grad, theirs[name].grad.numpy(), f"d {name}, {what}", tol, tol)
    for name, buffer in twin.named_buffers():
        assert_same(dict(layer.named_buffers())[name], buffer.numpy(), f"{name}, {what}", tol, tol)


def pair(states):
    """States as a net takes them: the one there is, or a tuple."""
    return states[0] if len(states) == 1 else tuple(states)


def unpair(states):
    """States as a list, whether a net gave one or a tuple."""
    return [*states] if isinstance(states, tuple) else [states]


def assert_interface_like_torch(layer_class, spellings):
    """Compare the signature with that of torch's layer, and for each spelling of the arguments repr and attributes."""
    torchs = getattr(torch.nn, layer_class.__name__)
    ours, theirs = (
        [(p.name, p.default, p.kind) for p in inspect.signature(owner).parameters.values()]
        for owner in (layer_class, torchs)
    )
    assert ours == theirs
    for arguments in spellings:
        layer, twin = layer_class(*arguments), torchs(*arguments)
        assert repr(layer) == repr(twin)
        for name, *_ in ours:
            got, expected = getattr(layer, name), getattr(twin, name)
            assert got == expected, f"{layer!r}.{name}: got {got!r}, torch has {expected!r}"


def assert_bad_calls_change_nothing(layer, x):
    """Give a pool an input and gradients that it refuses: backward answers for the call on x as if none had come."""
    out = layer(x)
    cache, expected = layer.cache, layer.backward(random_like(out))
    with pytest.raises(ValueError, match="input must have shape"):
        layer(np.zeros(3))
    for wrong in (out[..., :2], out[None], out.T[..., None], 1.0):
        with pytest.raises(ValueError, match="must have the output's shape"):
            layer.backward(wrong)
    assert layer.cache is cache, "another cache after calls that failed"
    assert_same(layer.backward(random_like(out)), expected, "dx after calls that failed")


LAYOUTS = {
    "reversed": lambda x: np.ascontiguousarray(x[..., ::-1])[..., ::-1],
    "Fortran-ordered": np.asfortranarray,
    "every second number": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "part of a larger array": lambda x: np.pad(x, 2)[(slice(2, -2),) * x.ndim],
    "the other byte order": lambda x: x.astype(x.dtype.newbyteorder()),
}


def assert_layout_does_not_matter(layer, x):
    """Run a layer on copies of x that lie differently in memory and are read-only: not a bit may change."""
    grad_out = random_like(layer(x))
    expected = layer(x), layer.backward(grad_out)
    for how, change in LAYOUTS.items():
        strange, strange_grad = change(x), change(grad_out)
        strange.flags.writeable = strange_grad.flags.writeable = False  # a write would raise
        got = layer(strange), layer.backward(strange_grad)
        for name, one, other in zip(("out", "dx"), got, expected, strict=True):
            assert_same_bits(one, other, f"{name}, {layer!r}, {how}")
