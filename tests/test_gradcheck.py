"""The judges of a backward find every kind of mistake, name where it is, and let what is right pass."""

import sys

import numpy as np
import pytest

from helpers import nn
from helpers.gradcheck import Check, Report, compare_with_torch, gradcheck

RIGHT = 1e-7  # central differences of these layers are exact but for rounding


class Toy(nn.Module):
    """y = x @ weight + bias, with one mistake in backward, or none."""

    def __init__(self, mistake=None):
        rng = np.random.default_rng(0)
        self.weight, self.bias = nn.Parameter(rng.standard_normal((3, 3))), nn.Parameter(rng.standard_normal(3))
        self.mistake = mistake

    def forward(self, x):
        self.cache = x
        return x @ self.weight.data + self.bias.data

    def backward(self, grad_out):
        weight_grad, bias_grad = self.cache.T @ grad_out, grad_out.sum(axis=0)
        grad_x = grad_out @ self.weight.data.T
        match self.mistake:
            case "transposed":
                grad_x = grad_out @ self.weight.data
            case "scaled":
                grad_x = 1.01 * grad_x
            case "missing entry":
                grad_x[1, 2] = 0
            case "sign":
                grad_x = -grad_x
            case "not a number":
                grad_x[0, 0] = np.nan
            case "shape":
                grad_x = grad_x[:1]
            case "weight transposed":
                weight_grad = weight_grad.T
            case "weight not a number":
                weight_grad[2, 2] = np.nan
            case "bias of one sample":
                bias_grad = grad_out[0]
        self.weight.add_grad(weight_grad)
        if self.mistake != "bias forgotten":
            self.bias.add_grad(bias_grad)
        return grad_x


class Square(nn.Module):
    def forward(self, x):
        self.cache = x
        return x**2

    def backward(self, grad_out):
        return 2 * self.cache * grad_out


@pytest.fixture
def x():
    return np.random.default_rng(1).standard_normal((4, 3))


def without_ties(*shape):
    """Whole numbers, each once, in random order: no nudge can change a winner."""
    return np.random.default_rng(2).permutation(np.prod(shape)).reshape(shape).astype(float)


# --- central differences ---------------------------------------------------------------------------------------------


def test_a_right_backward_passes_with_a_line_for_the_input_and_each_parameter(x):
    report = gradcheck(Toy(), x)
    assert [(check.what, check.shape) for check in report] == [("dx", (4, 3)), ("d weight", (3, 3)), ("d bias", (3,))]
    assert report.largest < RIGHT


@pytest.mark.parametrize(
    ("mistake", "where"),
    [
        ("transposed", "dx"),
        ("scaled", "dx"),
        ("missing entry", "dx"),
        ("sign", "dx"),
        ("not a number", "dx"),
        ("shape", "dx"),
        ("weight transposed", "d weight"),
        ("weight not a number", "d weight"),
        ("bias of one sample", "d bias"),
        ("bias forgotten", "d bias"),
    ],
)
def test_a_mistake_is_found_and_only_where_it_is(x, mistake, where):
    report = gradcheck(Toy(mistake), x)
    wrong = [check.what for check in report if not check.difference < 1e-4]
    assert wrong == [where], f"{mistake}:\n{report}"


@pytest.mark.parametrize("mistake", ["not a number", "weight not a number"])
def test_the_whole_report_is_not_right_if_one_gradient_holds_nan(x, mistake):
    report = gradcheck(Toy(mistake), x)
    assert not report.largest < 1e9, f"NaN must not pass an assertion about the largest:\n{report}"


def test_one_wrong_entry_of_many_is_enough():
    class Almost(Square):
        def backward(self, grad_out):
            grad = super().backward(grad_out)
            grad[-1, -1] *= 1.001
            return grad

    report = gradcheck(Almost(), np.full((10, 10), 0.5))
    assert report.largest > 1e-5, f"one of 100 entries is wrong by a thousandth:\n{report}"


def test_a_nonlinear_layer_passes(x):
    assert gradcheck(Square(), x).largest < RIGHT


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        nn.MaxPool2d(2, stride=1, dilation=2),
        nn.AvgPool2d(3, stride=2, padding=1),
        nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
        nn.AvgPool2d(2, divisor_override=3),
        nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2)),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
def test_the_pools_pass(layer):
    assert gradcheck(layer, without_ties(2, 1, 6, 7)).largest < RIGHT


def test_neither_the_input_nor_the_parameters_are_changed(x):
    layer, before = Toy(), x.copy()
    values = layer.state_dict()
    gradcheck(layer, x)
    np.testing.assert_array_equal(x, before)
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, values[name], err_msg=name)


def test_integers_and_lists_may_be_checked():
    assert gradcheck(nn.AvgPool2d(2), [[[1, 2], [3, 5]]]).largest < RIGHT


def test_gradients_gathered_before_do_not_disturb(x):
    layer = Toy()
    layer(x)
    layer.backward(np.ones((4, 3)))
    assert gradcheck(layer, x).largest < RIGHT


# --- torch -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool1d(3, stride=2, padding=1),
        nn.AvgPool1d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    ],
    ids=repr,
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_torch_agrees_with_the_1d_pools(layer, dtype):
    report = compare_with_torch(layer, without_ties(2, 3, 12).astype(dtype))
    assert [check.what for check in report] == ["output", "dx"]
    assert report.largest < 10 * np.finfo(dtype).eps


@pytest.mark.parametrize(
    "layer",
    [
        nn.MaxPool2d((2, 3), stride=(1, 2)),
        nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
        nn.AvgPool2d((3, 2), stride=2, padding=1, ceil_mode=True, count_include_pad=False),
        nn.AvgPool2d(2, divisor_override=3),
        nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2)),
        nn.Sequential(nn.MaxPool2d(2), nn.Sequential(nn.AvgPool2d(3, 1, 1), nn.MaxPool2d(2, 1))),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::helpers.checks.SettingWarning")
def test_torch_agrees_with_2d_pools_and_with_layers_in_a_row(layer):
    assert compare_with_torch(layer, without_ties(2, 3, 8, 9)).largest < 1e-14


@pytest.mark.parametrize("what", ["output", "dx"])
def test_a_layer_that_differs_from_torchs_is_found(what):
    class AvgPool2d(nn.AvgPool2d):
        def forward(self, x):
            out = super().forward(x)
            return out + 0.001 if what == "output" else out

        def backward(self, grad_out):
            grad = super().backward(grad_out)
            return grad * 1.001 if what == "dx" else grad

    report = compare_with_torch(AvgPool2d(2), without_ties(1, 4, 4))
    assert [check.what for check in report if check.difference > 1e-6] == [what]


def test_the_options_of_the_twin_are_those_of_the_layer():
    """A twin with torch's defaults would have another output shape, or other numbers."""
    layer = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
    assert compare_with_torch(layer, without_ties(1, 5, 5)).largest < 1e-14


def test_integers_may_be_compared_with_torch():
    assert compare_with_torch(nn.MaxPool2d(2), np.arange(16).reshape(1, 4, 4)).largest == 0


def test_the_input_may_be_a_reversed_view():
    assert compare_with_torch(nn.MaxPool2d(2), without_ties(1, 4, 4)[:, ::-1]).largest == 0


def test_without_torch_one_line_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    report = compare_with_torch(nn.MaxPool2d(2), without_ties(1, 4, 4))
    assert repr(report) == "torch is not installed here; this comparison was left out"
    assert len(report) == 0


def test_without_torch_an_assertion_about_the_largest_difference_does_not_break_the_lesson(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert compare_with_torch(nn.MaxPool2d(2), without_ties(1, 4, 4)).largest < 1e-12


# --- the printed report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (0.0, "the same to the last bit"),
        (3e-9, "largest difference below 1e-08"),
        (9.99e-16, "largest difference below 1e-15"),
        (0.5, "largest difference below 1e+00"),
        (42.0, "largest difference below 1e+02"),
        (np.inf, "largest difference inf"),
        (np.nan, "largest difference nan"),
    ],
)
def test_a_difference_is_printed_as_a_power_of_ten_so_that_every_machine_prints_the_same(difference, text):
    assert repr(Report("title", [Check("dx", (2, 3), difference)])).endswith(text)


def test_a_report_is_a_title_and_a_line_for_each_comparison():
    lines = repr(gradcheck(nn.AvgPool2d(2), np.ones((1, 4, 4)))).splitlines()
    assert lines[0] == "AvgPool2d(kernel_size=2, stride=2, padding=0) against central differences"
    assert lines[1].split()[:4] == ["dx", "(1,", "4,", "4)"]
    assert len(lines) == 2
