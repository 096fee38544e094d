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


@pytest.mark.filterwarnings("ignore:MaxPool2d. :helpers.checks.SettingWarning")
def test_where_a_window_reads_only_padding_torch_is_not_sent_back_as_it_would_write_outside_its_memory():
    pool = nn.MaxPool2d(2, stride=1, padding=1, dilation=3)
    report = compare_with_torch(nn.Sequential(pool, nn.ReLU()), np.ones((40, 40, 2, 2)))
    assert [check.what for check in report] == ["output"]
    assert report.largest == 0
    assert report.title.endswith(" against torch.nn.Sequential, outputs alone: a window reads only padding")
    assert compare_with_torch(pool, np.ones((1, 1, 2, 2))).largest == 0, "minus infinity on both sides"
    assert [check.what for check in compare_with_torch(pool, np.ones((1, 1, 3, 3)))] == ["output", "dx"]


def test_without_torch_one_line_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    report = compare_with_torch(nn.MaxPool2d(2), without_ties(1, 4, 4))
    assert repr(report) == "torch is not installed here; this comparison was left out"
    assert len(report) == 0


def test_without_torch_an_assertion_about_the_largest_difference_does_not_break_the_lesson(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert compare_with_torch(nn.MaxPool2d(2), without_ties(1, 4, 4)).largest < 1e-12


# --- every kind of implementation ------------------------------------------------------------------------------------

RANDOM = np.random.default_rng(3)
X, H, C = (RANDOM.standard_normal(shape) for shape in ((4, 2, 3), (2, 2, 5), (2, 2, 5)))
SCORES = RANDOM.standard_normal((2, 3))
KINDS = {
    "a net and its state": (nn.GRU(3, 5, bidirectional=True, rng=0), (X, H), {"lengths": [2, 4]}, ["dx", "dh0"]),
    "a pair of states": (nn.LSTM(3, 5, 2, rng=0), (X, (H, C)), {"lengths": [4, 1]}, ["dx", "dh0", "dc0"]),
    "no state": (nn.RNN(3, 5, rng=0), (X, None), {}, ["dx"]),
    "batch first": (nn.LSTM(3, 5, batch_first=True, rng=0), (X,), {"lengths": [1, 2, 1, 2]}, ["dx"]),
    "a loss of one number": (nn.CrossEntropyLoss(np.array([1.0, 2, 3])), (SCORES, [0, 2]), {}, ["dinput"]),
    "a loss for each element": (nn.MSELoss(reduction="none"), (SCORES, SCORES + 1), {}, ["dinput"]),
    "indices": (nn.Embedding(5, 3, rng=0), ([[1, 1, 4]],), {}, []),
    "winners beside the output": (nn.MaxPool1d(2, return_indices=True), (X[:, :, :2],), {}, ["dx"]),
    "an output that is the input": (nn.Identity(), (SCORES,), {}, ["dx"]),
    "an output that is a view of the input": (nn.Flatten(), (X,), {}, ["dx"]),
    "layers in a row": (nn.Sequential(nn.Embedding(5, 3, rng=0), nn.Linear(3, 2, False, rng=0)), ([0, 4],), {}, []),
}


@pytest.mark.parametrize(("layer", "inputs", "options", "grads"), KINDS.values(), ids=KINDS)
def test_every_kind_passes_with_a_line_for_all_that_has_a_gradient(layer, inputs, options, grads):
    grads = [*grads, *(f"d {name}" for name, _ in layer.named_parameters())]
    report = gradcheck(layer, *inputs, **options)
    assert [check.what for check in report] == grads
    assert report.largest < RIGHT, report
    report = compare_with_torch(layer, *inputs, **options)
    assert [check.what for check in report if check.what[0] == "d"] == grads
    assert report.largest < 1e-14, report


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [
        ("a net and its state", ["output", "h_n"]),
        ("a pair of states", ["output", "h_n", "c_n"]),
        ("winners beside the output", ["output", "indices"]),
        ("a loss of one number", ["output"]),
    ],
)
def test_every_output_is_compared_with_torchs(kind, outputs):
    layer, inputs, options, _ = KINDS[kind]
    assert [check.what for check in compare_with_torch(layer, *inputs, **options)][: len(outputs)] == outputs


@pytest.mark.parametrize("judge", [gradcheck, compare_with_torch])
@pytest.mark.parametrize("wrong", ["dx", "dh0", "dc0", "d bias_hh_l0"])
def test_a_mistake_in_any_gradient_of_a_net_is_found_and_only_there(wrong, judge):
    class LSTM(nn.LSTM):
        def backward(self, grad_out, grad_states=None):
            dx, (dh0, dc0) = super().backward(grad_out, grad_states)
            grads = {"dx": dx, "dh0": dh0, "dc0": dc0, "d bias_hh_l0": self.bias_hh_l0.grad}
            grads[wrong].flat[-1] += 0.001
            return dx, (dh0, dc0)

    report = judge(LSTM(3, 5, rng=0), X, (H[:1], C[:1]))
    assert [check.what for check in report if not check.difference < 1e-6] == [wrong], report


@pytest.mark.parametrize("judge", [gradcheck, compare_with_torch])
@pytest.mark.parametrize("forgotten", [0, 1])
def test_the_gradients_of_last_states_are_part_of_the_question(forgotten, judge):
    class LSTM(nn.LSTM):
        def backward(self, grad_out, grad_states=None):
            return super().backward(grad_out, tuple(None if k == forgotten else g for k, g in enumerate(grad_states)))

    assert judge(LSTM(3, 5, rng=0), X).largest > 0.01


def test_a_loss_whose_backward_takes_nothing_may_be_checked():
    class MSELoss(nn.Module):
        def forward(self, input, target):
            self.cache = input - target
            return np.mean(self.cache**2)

        def backward(self):
            return 2 * self.cache / self.cache.size

    for judge in (gradcheck, compare_with_torch):
        assert judge(MSELoss(), SCORES, SCORES + 1).largest < RIGHT


class Scale(nn.Module):
    """y = x times a buffer that each call changes."""

    buffer_names = ("calls",)

    def __init__(self):
        self.calls = np.zeros(())

    def forward(self, x):
        self.calls += 1
        self.cache = x * 1.0
        return 3 * self.cache

    def backward(self, grad_out):
        return 3 * grad_out


@pytest.mark.parametrize("judge", [gradcheck, compare_with_torch])
def test_a_forgotten_return_is_named_and_not_taken_for_an_index(judge):
    class Tanh(nn.Tanh):
        def backward(self, grad_out):
            super().backward(grad_out)

    with pytest.raises(ValueError, match=r"^Tanh.backward must return the gradient of its first input, got None$"):
        judge(Tanh(), SCORES)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"directions": 0}, ValueError, "directions must be at least 1, got 0"),
        ({"directions": 2.5}, TypeError, "directions must be an integer, got 2.5"),
        ({"step": 0}, ValueError, "step must be a number above 0, got 0"),
        ({"step": np.nan}, ValueError, "step must be a number above 0, got nan"),
    ],
)
def test_a_setting_that_would_check_nothing_is_refused(settings, error, message):
    with pytest.raises(error, match=f"^gradcheck: {message}$"):
        gradcheck(nn.Tanh(), SCORES, **settings)


def test_what_is_no_layer_is_refused():
    with pytest.raises(TypeError, match=r"^gradcheck: layer must be a Module, got <ufunc 'tanh'>$"):
        gradcheck(np.tanh, SCORES)


def test_nothing_in_the_layer_changes_its_buffers_gradients_and_cache_included(x):
    layer, toy = Scale(), Toy()
    layer(x)
    toy(x)
    toy.backward(np.ones((4, 3)))
    kept, grad = layer.cache, toy.weight.grad.copy()
    assert gradcheck(layer, x + 1).largest < RIGHT
    gradcheck(toy, x + 1)
    assert layer.calls == 1
    assert layer.cache is kept
    np.testing.assert_array_equal(toy.weight.grad, grad)


def test_buffers_that_a_call_changes_are_compared(x):
    def times_three(state, x):
        state["calls"] += 2
        return 3 * x

    report = compare_with_torch(Scale(), x, reference=times_three)
    assert {check.what: check.difference for check in report} == {"output": 0, "dx": 0, "calls": 1}


@pytest.mark.parametrize("mistake", ["transposed", "sign", "weight transposed", "bias of one sample"])
def test_a_few_directions_find_a_mistake_that_is_spread(x, mistake):
    assert gradcheck(Toy(), x, directions=2).largest < RIGHT
    assert gradcheck(Toy(mistake), x, directions=2).largest > 0.01


def test_directions_ask_as_many_questions_and_small_arrays_are_checked_entry_by_entry():
    class Counted(Square):
        calls = 0

        def forward(self, x):
            Counted.calls += 1
            return super().forward(x)

    for size, questions in ((1000, 20), (20, 20), (3, 3)):
        Counted.calls = 0
        gradcheck(Counted(), np.linspace(1, 2, size), directions=20)
        assert Counted.calls == 1 + 2 * questions, f"{size} entries"


def test_a_float32_layer_is_checked_in_float64(x):
    assert gradcheck(nn.Linear(3, 2, dtype=np.float32, rng=0), x.astype(np.float32)).largest < RIGHT


# --- references ------------------------------------------------------------------------------------------------------


def test_a_reference_stands_in_for_torchs_layer(x):
    def affine(parameters, x):
        return x @ parameters["weight"] + parameters["bias"]

    report = compare_with_torch(Toy(), x, reference=affine)
    assert [check.what for check in report] == ["output", "dx", "d weight", "d bias"]
    assert report.largest < 1e-14
    assert report.title == "Toy() against affine in torch"
    wrong = compare_with_torch(Toy("bias forgotten"), x, reference=affine)
    assert [check.what for check in wrong if check.difference > 1e-6] == ["d bias"]


def test_an_output_of_another_shape_is_shown_as_such():
    report = compare_with_torch(nn.Flatten(), X, reference=lambda parameters, x: x)
    assert report == (Check("output", (4, 6), np.inf),)


def test_a_reference_that_leaves_an_output_out_is_named():
    with pytest.raises(ValueError, match=r"^compare_with_torch: half in torch must return 2 arrays, got 1$"):

        def half(parameters, x):
            return x

        compare_with_torch(nn.RNN(3, 3), X, reference=half)


def test_a_parameter_that_the_reference_does_not_use_has_the_gradient_zero(x):
    report = compare_with_torch(Toy(), x, reference=lambda parameters, x: x @ parameters["weight"])
    assert {check.what for check in report if check.difference > 1e-6} == {"output", "d bias"}


@pytest.mark.parametrize(
    ("layer", "options", "reason"),
    [
        (nn.Step(), {}, "torch.nn has none of this name"),
        (nn.Residual(nn.Tanh()), {}, "torch.nn has none of this name"),
        (nn.Sequential(nn.Step()), {}, "torch.nn has none of this name"),
        (nn.GRU(3, 5, reset_after=False), {}, "torch's says: .* 'reset_after'"),
        (nn.LSTM(3, 5), {"pin": {"f": 1.0}}, "torch's is not called with pin"),
        (nn.Linear(3, 5), {"lengths": [1]}, "torch's is not called with lengths"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_torch_does_not_have_needs_a_reference(layer, options, reason):
    wanted = "compare_with_torch: layer must have a twin in torch.nn, or a reference be given, got "
    with pytest.raises(ValueError, match=rf"(?s)^{wanted}.* \({reason}\)$"):
        compare_with_torch(layer, X, **options)


# --- the printed report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (0.0, "the same to the last bit"),
        (3e-9, "largest difference below 1e-08"),
        (2e-13, "largest difference below 1e-12"),
        (9.99e-16, "largest difference below 1e-13"),
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


def test_columns_stay_in_line_whatever_the_names_are_and_options_of_the_call_are_named():
    report = gradcheck(nn.GRU(3, 5, bidirectional=True, rng=0), X, lengths=[4, 2])
    title, *lines = repr(report).splitlines()
    assert title == "GRU(3, 5, bidirectional=True) called with lengths=[4, 2] against central differences"
    assert len({line.index("largest") for line in lines}) == 1, repr(report)
