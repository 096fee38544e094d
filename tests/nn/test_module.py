"""Parameters, gradients, modes and state of modules, and layers one after another."""

import numpy as np
import pytest
import torch

from helpers import nn
from tests.oracles import assert_same, numeric_gradient, random_like, spread

# Toy modules: small enough that their backward can be read at a glance.


class Scale(nn.Module):
    """y = weight * x + shift."""

    def __init__(self, features, dtype=float):
        self.weight = nn.Parameter(np.linspace(1, 2, features, dtype=dtype))
        self.shift = nn.Parameter(np.zeros(features, dtype))

    def forward(self, x):
        self.cache = x = np.asarray(x)
        return self.weight.data * x + self.shift.data

    def backward(self, grad_out):
        x = self._last_cache()
        leading = tuple(range(x.ndim - 1))
        self.weight.add_grad((grad_out * x).sum(leading))
        self.shift.add_grad(grad_out.sum(leading))
        return self.weight.data * grad_out


class Block(nn.Module):
    """A parameter of its own after two children; names that sort otherwise."""

    def __init__(self):
        self.z = Scale(2)
        self.a = nn.Sequential(Scale(2), nn.MaxPool1d(1))
        self.gain = nn.Parameter(3.0)


class TorchScale(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.linspace(1, 2, features, dtype=torch.float64))
        self.shift = torch.nn.Parameter(torch.zeros(features, dtype=torch.float64))

    def forward(self, x):
        return self.weight * x + self.shift


class TorchBlock(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.z = TorchScale(2)
        self.a = torch.nn.Sequential(TorchScale(2), torch.nn.MaxPool1d(1))
        self.gain = torch.nn.Parameter(torch.tensor(3.0))


class Recorder(nn.Module):
    """Writes down who was called."""

    def __init__(self, name, calls):
        self.name, self.calls = name, calls

    def forward(self, x):
        self.calls.append(f"{self.name} forward")
        return x

    def backward(self, grad_out):
        self.calls.append(f"{self.name} backward")
        return grad_out


# ------------------------------------------------------------------------------------------ Parameter


def test_a_parameter_copies_what_it_is_given():
    values = np.arange(3.0)
    parameter = nn.Parameter(values)
    values[0] = 9
    assert_same(parameter.data, [0.0, 1.0, 2.0], "data")


@pytest.mark.parametrize(
    ("given", "dtype"),
    [([1, 2], np.float64), (np.float32([1]), np.float32), (np.float16([1]), np.float64), (True, np.float64)],
    ids=str,
)
def test_a_parameter_holds_float64_or_float32(given, dtype):
    assert nn.Parameter(given).data.dtype == dtype


@pytest.mark.parametrize("value", [None, "weight", 1j, [object()]], ids=["None", "str", "complex", "object"])
def test_a_parameter_of_what_is_no_number_is_a_type_error(value):
    with pytest.raises(TypeError, match=r"^Parameter: data must hold real numbers"):
        nn.Parameter(value)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_a_parameter_has_torchs_size(shape):
    ours, theirs = nn.Parameter(np.ones(shape)), torch.nn.Parameter(torch.ones(shape))
    assert (ours.shape, ours.numel()) == (tuple(theirs.shape), theirs.numel())


def test_a_parameter_says_that_it_learns_and_cannot_be_told_otherwise():
    weight = nn.Parameter([1.0], requires_grad=True)
    assert weight.requires_grad
    for tell in (lambda: nn.Parameter([1.0], requires_grad=False), lambda: setattr(weight, "requires_grad", False)):
        with pytest.raises(NotImplementedError, match=r"^Parameter: requires_grad .* leave it at True; got False$"):
            tell()
    assert weight.requires_grad


def test_numpy_takes_a_parameter_for_its_data():
    weight = nn.Parameter([[1.0, -2.0], [3.0, 4.0]])
    assert np.shares_memory(np.asarray(weight), weight.data)
    assert not np.shares_memory(np.array(weight), weight.data)
    assert_same(np.asarray(weight, np.float32), weight.data.astype(np.float32), "another dtype")
    assert_same(np.abs(weight), np.abs(weight.data), "a function")
    assert_same(np.ones(2) @ weight, np.ones(2) @ weight.data, "a product")


def test_new_values_of_a_parameter_are_an_array_of_its_shape():
    layer = nn.Linear(2, 1, bias=False, rng=0)
    layer.weight.data = [[1, 2]]
    assert_same(layer([[3.0, 4.0]]), [[11.0]], "out")
    layer.weight.data *= 2
    assert_same(layer([[3.0, 4.0]]), [[22.0]], "out of doubled weights")
    for wrong, error, message in (
        ([[1.0], [2.0]], ValueError, r"must have shape \(1, 2\), got \(2, 1\)"),
        (3.0, ValueError, r"must have shape \(1, 2\), got \(\)"),
        (None, TypeError, "must hold real numbers"),
    ):
        with pytest.raises(error, match=f"^Parameter: data {message}"):
            layer.weight.data = wrong
    assert_same(layer.weight.data, [[2.0, 4.0]], "after what was refused")


def test_an_array_in_place_of_a_parameter_is_refused_as_torch_does():
    ours, theirs = nn.Linear(2, 1, rng=0), torch.nn.Linear(2, 1)
    weight = ours.weight
    with pytest.raises(TypeError):
        theirs.weight = torch.ones(1, 2)
    message = r"^Linear: weight must be a Parameter, got ndarray; new values go to weight\.data$"
    with pytest.raises(TypeError, match=message):
        ours.weight = np.ones((1, 2))
    assert ours.weight is weight
    ours.weight, ours.bias = nn.Parameter([[1.0, 2.0]]), None
    assert_same(ours([[3.0, 4.0]]), [[11.0]], "out")


def test_a_new_parameter_has_no_gradient():
    parameter = nn.Parameter([1.0, 2.0])
    assert parameter.grad is None
    assert parameter.shape == (2,)
    assert repr(parameter) == "Parameter(shape=(2,), dtype=float64)"


def test_gradients_add_up_and_are_never_aliased():
    parameter = nn.Parameter([1.0, 2.0])
    given = np.array([0.5, -1.0])
    parameter.add_grad(given)
    assert not np.shares_memory(parameter.grad, given), "the first gradient is the caller's array"
    first = parameter.grad
    parameter.add_grad(given)
    assert_same(parameter.grad, [1.0, -2.0], "grad after two")
    assert_same(given, [0.5, -1.0], "the caller's array")
    assert_same(first, [0.5, -1.0], "a gradient that somebody kept")
    given[:] = 99
    assert_same(parameter.grad, [1.0, -2.0], "grad after the caller changed his array")


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(("own", "given"), [(np.float32, np.float64), (np.float64, np.float32)])
def test_a_gradient_has_the_dtype_of_its_parameter(own, given, times):
    parameter = nn.Parameter(np.ones(2, own))
    for _ in range(times):
        parameter.add_grad(np.ones(2, given))
    assert_same(parameter.grad, np.full(2, times, own), f"grad after {times}")


# ------------------------------------------------------------------------------------------ buffers and dtypes


class Counter(nn.Module):
    """A parameter, two buffers and one that is not there, and a child."""

    buffer_names = ("mean", "calls", "absent")

    def __init__(self):
        self.mean = np.array([0.5, 1.5])
        self.inner = Scale(2)
        self.calls = np.array(3)
        self.absent = None
        self.weight = nn.Parameter([1.0])


class TorchCounter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.5, 1.5]))
        self.inner = TorchScale(2)
        self.register_buffer("calls", torch.tensor(3))
        self.register_buffer("absent", None)
        self.weight = torch.nn.Parameter(torch.ones(1))


def test_buffers_stand_in_the_state_in_torchs_order_and_are_no_parameters():
    net, twin = nn.Sequential(Counter(), Scale(1)), torch.nn.Sequential(TorchCounter(), TorchScale(1))
    assert [*net.state_dict()] == [*twin.state_dict()]
    assert [name for name, _ in net.named_buffers()] == [name for name, _ in twin.named_buffers()]
    assert [name for name, _ in net.named_buffers("net")] == [name for name, _ in twin.named_buffers("net")]
    assert [buffer.tolist() for buffer in net.buffers()] == [[0.5, 1.5], 3]
    assert [name for name, _ in net.named_parameters()] == [name for name, _ in twin.named_parameters()]


def test_buffers_are_copied_out_and_loaded_with_their_dtype():
    net = Counter()
    state = net.state_dict()
    state["mean"][:] = 9
    assert_same(net.mean, [0.5, 1.5], "mean after its copy was changed")
    net.load_state_dict(state | {"calls": 7})
    assert_same(net.mean, [9.0, 9.0], "mean")
    assert_same(net.calls, np.array(7), "calls")
    with pytest.raises(
        ValueError, match=r"^Counter: state_dict does not fit: mean must have shape \(2,\), got \(3,\)$"
    ):
        net.load_state_dict(state | {"mean": [1, 2, 3], "calls": 8})
    assert_same(net.calls, np.array(7), "calls after loading failed")


def test_float_and_double_turn_parameters_gradients_and_real_buffers():
    net = nn.Sequential(Counter())
    net[0].weight.add_grad(np.array([2.0]))
    net[0].cache = "of the last call"
    assert net.float() is net
    assert {name: str(values.dtype) for name, values in net.state_dict().items()} == {
        "0.weight": "float32",
        "0.mean": "float32",
        "0.calls": "int64",
        "0.inner.weight": "float32",
        "0.inner.shift": "float32",
    }
    assert_same(net[0].weight.grad, np.float32([2]), "grad")
    assert net[0].cache is None, "what the last call kept is of the old dtype"
    assert net.double() is net
    assert {str(values.dtype) for values in net.state_dict().values()} == {"float64", "int64"}
    assert_same(net[0].weight.grad, [2.0], "grad")


# ------------------------------------------------------------------------------------------ names and gradients


def test_names_and_their_order_are_torchs():
    got = [name for name, _ in Block().named_parameters()]
    assert got == [name for name, _ in TorchBlock().named_parameters()]
    net, twin = nn.Sequential(Block(), Scale(2)), torch.nn.Sequential(TorchBlock(), TorchScale(2))
    assert [*net.state_dict()] == [*twin.state_dict()]
    assert [name for name, _ in Block().named_children()] == [name for name, _ in TorchBlock().named_children()]
    assert kinds(Block().modules()) == kinds(TorchBlock().modules())
    for given in ({}, {"prefix": "net"}):
        (names, modules), (torch_names, torch_modules) = (
            zip(*block.named_modules(**given), strict=True) for block in (Block(), TorchBlock())
        )
        assert names == torch_names
        assert kinds(modules) == kinds(torch_modules)


def kinds(modules):
    return [type(module).__name__.removeprefix("Torch") for module in modules]


def test_named_parameters_takes_a_prefix():
    ours, theirs = Block().named_parameters("layer"), TorchBlock().named_parameters("layer")
    assert [name for name, _ in ours] == [name for name, _ in theirs]


def test_apply_reaches_every_module_in_torchs_order_and_returns_the_module():
    block, ours, theirs = Block(), [], []
    assert block.apply(ours.append) is block
    TorchBlock().apply(theirs.append)
    assert kinds(ours) == kinds(theirs)

    def fill(module):
        if isinstance(module, Scale):
            nn.init.constant_(module.weight, 7)

    assert_same(block.apply(fill).a[0].weight.data, [7.0, 7.0], "weight")


def test_parameters_are_the_objects_themselves():
    block = Block()
    expected = [block.gain, block.z.weight, block.z.shift, block.a[0].weight, block.a[0].shift]
    got = [*block.parameters()]
    assert len(got) == len(expected)
    assert all(ours is theirs for ours, theirs in zip(got, expected, strict=True))


def test_zero_grad_makes_every_gradient_none():
    block = Block()
    for parameter in block.parameters():
        parameter.add_grad(np.ones(parameter.shape))
    block.zero_grad()
    assert {name: p.grad for name, p in block.named_parameters() if p.grad is not None} == {}


def test_zero_grad_makes_zeros_where_that_is_asked_and_a_gradient_is_there():
    scale = Scale(2, np.float32)
    scale.weight.add_grad(np.ones(2))
    scale.zero_grad(set_to_none=False)
    assert_same(scale.weight.grad, np.zeros(2, np.float32), "weight.grad")
    assert scale.shift.grad is None
    with pytest.raises(TypeError, match=r"^Scale: set_to_none must be True or False, got 0$"):
        scale.zero_grad(0)


def test_gradients_add_up_over_calls_until_zero_grad():
    net = nn.Sequential(Scale(3), Scale(3))
    x = spread(4, 3)
    grad_out = random_like(net(x))
    net.backward(grad_out)
    once = {name: p.grad.copy() for name, p in net.named_parameters()}
    net.backward(grad_out)
    for name, parameter in net.named_parameters():
        assert_same(parameter.grad, 2 * once[name], f"{name}.grad after backward twice")
    net.zero_grad()
    net.backward(grad_out)
    for name, parameter in net.named_parameters():
        assert_same(parameter.grad, once[name], f"{name}.grad after zero_grad")


def test_a_module_without_forward_or_backward_says_so():
    for method in (nn.Module(), nn.Module().backward, Block()):
        with pytest.raises(NotImplementedError, match=r"^(Module|Block) has no (forward|backward)"):
            method(1.0)


# ------------------------------------------------------------------------------------------ modes


def test_train_and_eval_reach_every_module_and_return_the_module():
    net = nn.Sequential(Block(), nn.Sequential(nn.MaxPool2d(2)))
    assert all(module.training for module in net.modules())
    assert net.eval() is net
    still = [type(module).__name__ for module in net.modules() if module.training]
    assert not still, f"still training: {still}"
    assert net.train() is net
    assert all(module.training for module in net.modules())
    net.train(False)
    assert not any(module.training for module in net.modules())


def test_modes_of_two_networks_do_not_mix():
    one, other = nn.Sequential(Scale(1)), nn.Sequential(Scale(1))
    one.eval()
    assert other.training
    assert other[0].training
    assert nn.MaxPool1d(2).training


@pytest.mark.parametrize("mode", [1, 0, None, "train"], ids=repr)
def test_a_mode_is_true_or_false(mode):
    net = nn.Sequential(Scale(1))
    with pytest.raises(TypeError, match=r"^Sequential: mode must be True or False, got "):
        net.train(mode)
    assert net.training
    assert net[0].training


# ------------------------------------------------------------------------------------------ state


def test_state_dict_copies():
    scale = Scale(2)
    state = scale.state_dict()
    state["weight"][:] = 99
    assert_same(scale.weight.data, [1.0, 2.0], "weight after its state_dict was written to")
    state = scale.state_dict()
    scale.weight.data[:] = 7
    assert_same(state["weight"], [1.0, 2.0], "state_dict after the weight was written to")


def test_load_state_dict_copies_into_the_same_parameters():
    net, other = nn.Sequential(Scale(2)), nn.Sequential(Scale(2))
    other[0].weight.data[:] = [5, 6]
    state, weight = other.state_dict(), net[0].weight
    net.load_state_dict(state)
    state["0.weight"][:] = 99
    assert net[0].weight is weight, "an optimizer would hold the old parameter"
    assert_same(weight.data, [5.0, 6.0], "weight")
    assert_same(other[0].weight.data, [5.0, 6.0], "the other network's weight")


def test_a_state_goes_to_torch_and_back():
    ours, theirs = Block(), TorchBlock()
    ours.z.weight.data[:] = [0.25, -4]
    theirs.load_state_dict({name: torch.from_numpy(values) for name, values in ours.state_dict().items()})
    again = Block()
    again.load_state_dict({name: values.numpy() for name, values in theirs.state_dict().items()})
    for name, values in ours.state_dict().items():
        assert_same(again.state_dict()[name], values, name)


def test_loading_keeps_each_parameters_dtype_and_takes_lists():
    scale = Scale(2, np.float32)
    scale.load_state_dict({"weight": np.array([0.5, 1.5]), "shift": [1, 2]})
    assert_same(scale.weight.data, np.float32([0.5, 1.5]), "weight")
    assert_same(scale.shift.data, np.float32([1, 2]), "shift")


GOOD = {"weight": np.zeros(3), "shift": np.zeros(3)}
BAD_STATES = {
    "missing": ({"weight": np.zeros(3)}, (KeyError, ValueError), ["shift"]),
    "unexpected": (GOOD | {"bias": np.zeros(3)}, (KeyError, ValueError), ["bias"]),
    "missing and unexpected": ({"bias": 0}, (KeyError, ValueError), ["weight", "shift", "bias"]),
    "empty": ({}, (KeyError, ValueError), ["weight", "shift"]),
    "misshapen": (GOOD | {"shift": np.zeros((3, 1))}, ValueError, ["shift", "(3,)", "(3, 1)"]),
    "would broadcast": (GOOD | {"shift": 1.0}, ValueError, ["shift", "(3,)", "()"]),
    "both misshapen": (
        {"weight": np.zeros(2), "shift": np.zeros((1, 3))},
        ValueError,
        ["weight", "(2,)", "shift", "(1, 3)"],
    ),
    "wrong kind": (GOOD | {"shift": np.array(["a"] * 3)}, ValueError, ["shift", "real numbers"]),
    "complex": (GOOD | {"shift": np.zeros(3, complex)}, ValueError, ["shift", "complex"]),
    "ragged": (GOOD | {"shift": [[1.0], [1.0, 2.0]]}, ValueError, ["shift"]),
    "both of the wrong kind": ({"weight": None, "shift": "a"}, ValueError, ["weight", "shift"]),
    "unexpected and misshapen": (
        GOOD | {"weight": np.zeros(2), "bias": 0},
        (KeyError, ValueError),
        ["weight", "(2,)", "bias"],
    ),
    "everything at once": (
        {"weight": np.zeros(2), "bias": 0},
        (KeyError, ValueError),
        ["weight", "(2,)", "shift", "bias"],
    ),
    "misshapen and of the wrong kind": (
        {"weight": np.zeros(2), "shift": np.zeros(3, complex)},
        ValueError,
        ["weight", "(2,)", "shift"],
    ),
    "not a dict": (None, TypeError, ["state_dict", "None"]),
    "a number": (3, TypeError, ["state_dict", "3"]),
}


@pytest.mark.parametrize(("state", "error", "words"), BAD_STATES.values(), ids=BAD_STATES)
def test_a_state_that_does_not_fit_names_everything_wrong_and_changes_nothing(state, error, words):
    scale = Scale(3)
    before = scale.state_dict()
    with pytest.raises(error) as caught:
        scale.load_state_dict(state)
    for name, values in before.items():
        assert_same(scale.state_dict()[name], values, f"{name} after loading failed")
    message = caught.value.args[0]
    assert message.startswith("Scale"), f"does not open with the class: {message}"
    missing = [word for word in words if word not in message]
    assert not missing, f"does not say {missing}: {message}"


def test_a_tensor_that_requires_grad_is_refused_by_name_and_torchs_advice_is_handed_on():
    layer, theirs = nn.Linear(3, 2, rng=0), torch.nn.Linear(3, 2)
    with pytest.raises(ValueError, match=r"^Linear: state_dict does not fit: weight must be .* tensor\.detach\(\)"):
        layer.load_state_dict(dict(theirs.named_parameters()))
    with pytest.raises(ValueError, match=r"^Linear: input must be .* tensor\.detach\(\)"):
        layer(torch.ones(2, 3, requires_grad=True))


def test_loading_that_is_not_strict_takes_what_is_there():
    scale = Scale(2)
    found = scale.load_state_dict({"weight": [5, 6], "other": "anything"}, strict=False)
    theirs = TorchScale(2).load_state_dict({"weight": torch.tensor([5, 6]), "other": torch.ones(1)}, strict=False)
    assert found == (theirs.missing_keys, theirs.unexpected_keys)
    assert repr(found) == repr(theirs).removeprefix("_")
    whole = scale.load_state_dict(scale.state_dict())
    assert (whole.missing_keys, whole.unexpected_keys) == ([], [])
    assert repr(whole) == repr(TorchScale(2).load_state_dict(TorchScale(2).state_dict()))
    assert_same(scale.weight.data, [5.0, 6.0], "weight")
    assert_same(scale.shift.data, [0.0, 0.0], "shift")
    with pytest.raises(ValueError, match="weight must have shape"):
        scale.load_state_dict({"shift": [1, 1], "weight": [1, 2, 3]}, strict=False)
    assert_same(scale.shift.data, [0.0, 0.0], "shift after loading failed")
    with pytest.raises(TypeError, match="strict must be True or False"):
        scale.load_state_dict(scale.state_dict(), strict="no")


def test_pools_have_no_parameters_and_an_empty_state():
    pool = nn.MaxPool2d(2)
    assert [*pool.parameters()] == []
    assert pool.state_dict() == {}
    pool.load_state_dict({})
    pool.zero_grad()


# ------------------------------------------------------------------------------------------ Sequential


def test_sequential_is_one_layer_after_another_and_backward_the_way_back():
    first, second = Scale(3), Scale(3)
    net = nn.Sequential(first, second)
    x = spread(4, 3)
    out = net(x)
    assert_same(out, second(first(x)), "out")
    grad_out = random_like(out)
    assert_same(net.backward(grad_out), first.backward(second.backward(grad_out)), "dx")


def test_sequential_calls_its_layers_in_order_and_back_in_reverse():
    calls = []
    net = nn.Sequential(Recorder("a", calls), nn.Sequential(Recorder("b", calls)), Recorder("c", calls))
    net.backward(net(0.0))
    assert calls == ["a forward", "b forward", "c forward", "c backward", "b backward", "a backward"]


def test_gradients_of_a_sequential_are_finite_differences_and_torchs():
    settings = {"kernel_size": 3, "stride": 2, "padding": 1}
    net = nn.Sequential(nn.MaxPool2d(**settings), Scale(5), nn.AvgPool2d(2, 1))
    twin = torch.nn.Sequential(torch.nn.MaxPool2d(**settings), TorchScale(5), torch.nn.AvgPool2d(2, 1)).double()
    x = spread(2, 9, 9)
    torch_x = torch.tensor(x, requires_grad=True)
    out, torch_out = net(x), twin(torch_x)
    grad_out = random_like(out)
    torch_out.backward(torch.from_numpy(grad_out))
    dx = net.backward(grad_out)
    assert_same(out, torch_out.detach().numpy(), "out", 1e-12, 1e-12)
    assert_same(dx, torch_x.grad.numpy(), "dx, torch", 1e-12, 1e-12)
    for (name, ours), theirs in zip(net.named_parameters(), twin.parameters(), strict=True):
        assert_same(ours.grad, theirs.grad.numpy(), f"{name}.grad, torch", 1e-12, 1e-12)
    assert_same(dx, numeric_gradient(net, x, grad_out), "dx, finite differences", atol=1e-8)


def test_an_empty_sequential_hands_through():
    for net in (nn.Sequential(), nn.Sequential({}), nn.Sequential(Scale(1))[1:]):
        x = spread(3)
        assert net(x) is x
        assert net.backward(x) is x
        assert len(net) == 0
        assert [*net.parameters()] == []


def test_names_of_a_dict_are_the_names_of_the_layers():
    net = nn.Sequential({"norm": Scale(1), "pool": nn.MaxPool1d(1)})
    assert [name for name, _ in net.named_parameters()] == ["norm.weight", "norm.shift"]
    assert isinstance(net.pool, nn.MaxPool1d)
    assert net[0] is net.norm


def test_items_slices_length_and_iteration():
    layers = [Scale(1), nn.MaxPool1d(1), nn.AvgPool1d(1)]
    net = nn.Sequential(*layers)
    assert len(net) == 3
    assert [*net] == layers
    assert net[-1] is layers[2]
    assert net[np.int64(1)] is layers[1]
    part = net[1:]
    assert isinstance(part, nn.Sequential)
    assert [*part] == layers[1:], "a slice shares the layers"
    assert [*net[::-1]] == layers[::-1]
    assert [*net[:-5]] == []


def test_a_slice_keeps_the_names_as_torch_does():
    net, twin = nn.Sequential(Scale(1), Scale(1)), torch.nn.Sequential(TorchScale(1), TorchScale(1))
    assert [*net[1:].state_dict()] == [*twin[1:].state_dict()]


@pytest.mark.parametrize("index", [3, -4])
def test_a_layer_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError):
        nn.Sequential(Scale(1), Scale(1), Scale(1))[index]


@pytest.mark.parametrize("wrong", [None, nn.MaxPool2d, np.tanh, "layer", [Scale(1)]], ids=lambda w: type(w).__name__)
def test_what_is_no_layer_is_a_type_error_with_its_place(wrong):
    with pytest.raises(TypeError, match=r"^Sequential: layer 1 must be a Module, got "):
        nn.Sequential(Scale(1), wrong)
    with pytest.raises(TypeError, match=r"^Sequential: layer last must be a Module, got "):
        nn.Sequential({"first": Scale(1), "last": wrong})


@pytest.mark.parametrize("name", ["", "a.b", "forward", "cache", "training", "state_dict"])
def test_a_layer_name_is_free_not_empty_and_without_a_dot(name):
    with pytest.raises(ValueError, match=r"^Sequential: layer name must be ") as caught:
        nn.Sequential({name: Scale(1)})
    assert repr(name) in str(caught.value)


def test_the_same_layer_twice_is_refused_as_it_keeps_its_last_call_only():
    pool = nn.MaxPool1d(3, 1, 1)
    for layers in ((pool, pool), (nn.Sequential(pool), pool), (pool, Scale(1), nn.Sequential(nn.Sequential(pool)))):
        with pytest.raises(ValueError, match=r"^Sequential: layer"):
            nn.Sequential(*layers)
    nn.Sequential(nn.MaxPool1d(3, 1, 1), nn.MaxPool1d(3, 1, 1))


def test_backward_before_forward_names_the_layer():
    with pytest.raises(RuntimeError, match=r"^MaxPool2d.backward called before forward"):
        nn.Sequential(Scale(1), nn.MaxPool2d(2)).backward(np.zeros((1, 1, 1)))


class Failing(nn.Module):
    """Raises what it is told to raise."""

    error = None

    def forward(self, x):
        if self.error:
            raise self.error
        return x

    def backward(self, grad_out):
        return grad_out


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
def test_a_call_that_fails_half_way_leaves_the_last_good_call_in_place(error):
    failing = Failing()
    net = nn.Sequential(nn.MaxPool1d(2), nn.Sequential(nn.MaxPool1d(2), failing))
    grad_out = random_like(net(spread(1, 12)))
    expected = net.backward(grad_out)
    failing.error = error
    with pytest.raises(error):
        net(spread(1, 12, seed=1))  # the pools have taken it when the last layer fails
    assert_same(net.backward(grad_out), expected, "dx after a call that failed")


def test_a_call_that_fails_half_way_leaves_running_statistics_as_they_were():
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(4, 2, rng=0))
    before, held = net.state_dict(), net[0].running_mean
    with pytest.raises(ValueError, match="in_features=4"):
        net(spread(5, 3))  # the batch norm has measured it when the linear layer refuses it
    for name, values in net.state_dict().items():
        assert_same(values, before[name], name)
    assert net[0].running_mean is held


def networks(package):
    """The same networks from helpers.nn and from torch.nn."""
    yield package.Sequential()
    yield package.Sequential(
        package.MaxPool2d(2), package.AvgPool2d((3, 2), padding=1), package.MaxPool1d([3], dilation=2)
    )
    inner = package.Sequential(
        package.AvgPool1d(4, 2, 1), package.Sequential(), package.Sequential(package.MaxPool1d(1))
    )
    yield package.Sequential(inner, package.MaxPool2d(2, ceil_mode=True))


@pytest.mark.parametrize("number", range(3))
def test_repr_is_torchs(number):
    ours, theirs = [*networks(nn)][number], [*networks(torch.nn)][number]
    assert repr(ours) == repr(theirs)


def test_repr_of_a_module_of_ones_own_shows_its_children():
    expected = repr(TorchBlock()).replace("Torch", "")
    assert repr(Block()) == expected
