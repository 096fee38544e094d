"""Losses agree with torch in value and gradient for every option, and name what is wrong with a target."""

from itertools import product

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.checks import SettingWarning
from tests.oracles import assert_same, numeric_gradient

REDUCTIONS = ["mean", "sum", "none"]


def assert_loss_like_torch(name, input, target, tol=1e-12, **options):
    """Compare the loss and the input's gradient under a random gradient of the loss."""
    settings = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    criterion, twin = getattr(nn, name)(**options), getattr(torch.nn, name)(**settings)
    what = f"{criterion!r} {options}, input {input.shape}"
    torch_input = torch.tensor(input, requires_grad=True)
    expected = twin(torch_input, torch.tensor(target))
    got = criterion(input, target)
    assert_same(got, expected.detach().numpy(), f"loss, {what}", tol, tol)
    upstream = np.random.default_rng(1).standard_normal(got.shape)
    expected.backward(torch.tensor(upstream))
    assert_same(criterion.backward(upstream), torch_input.grad.numpy(), f"dinput, {what}", tol, tol)
    if options.get("reduction") != "none":
        torch_input.grad = None
        twin(torch_input, torch.tensor(target)).backward()
        assert_same(criterion.backward(), torch_input.grad.numpy(), f"dinput without a gradient, {what}", tol, tol)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(), (4,), (0, 3), (2, 3), (2, 3, 4)], ids=str)
def test_elementwise_losses_are_torchs(shape, reduction):
    rng = np.random.default_rng(0)
    input, target = rng.standard_normal(shape), rng.standard_normal(shape)
    probability, answer = rng.random(shape), rng.integers(0, 2, shape).astype(float)
    for name in ("MSELoss", "L1Loss"):
        assert_loss_like_torch(name, input, target, reduction=reduction)
        assert_loss_like_torch(name, input, input, reduction=reduction)
    weights = [{}, {"weight": rng.random(shape)}, {"weight": rng.random(shape[-1:])}]
    for options, goal in product(weights, (answer, rng.random(shape))):
        assert_loss_like_torch("BCELoss", probability, goal, reduction=reduction, **options)
        assert_loss_like_torch("BCELoss", answer, goal, reduction=reduction, **options)
        for extra in ({}, {"pos_weight": np.array(3 * rng.random(shape[-1:]))}):
            for scale in (1, 1000):
                assert_loss_like_torch(
                    "BCEWithLogitsLoss", np.array(scale * input), goal, reduction=reduction, **options, **extra
                )


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("shape", [(5,), (1, 5), (4, 5), (4, 1), (3, 5, 2), (2, 5, 3, 4)], ids=str)
def test_cross_entropy_is_torchs(shape, smoothing, reduction):
    rng = np.random.default_rng(0)
    classes = shape[0] if len(shape) == 1 else shape[1]
    spaces = () if len(shape) == 1 else (shape[0], *shape[2:])
    input, labels = 3 * rng.standard_normal(shape), np.array(rng.integers(0, classes, spaces))
    ignored = labels.copy()
    ignored[rng.random(spaces) < 0.3] = -7
    probabilities = rng.random(shape)
    weights = [{}, {"weight": rng.random(classes) + 0.1}]
    for options in weights:
        common = dict(reduction=reduction, **options)
        if (ignored >= 0).any():
            assert_loss_like_torch(
                "CrossEntropyLoss", input, ignored, label_smoothing=smoothing, ignore_index=-7, **common
            )
            assert_loss_like_torch("NLLLoss", input, ignored, ignore_index=-7, **common)
        for ignore_index in (-100, 0):
            if ignore_index == 0 and not labels.any():
                continue
            options = dict(ignore_index=ignore_index, **common)
            assert_loss_like_torch("CrossEntropyLoss", input, labels, label_smoothing=smoothing, **options)
            assert_loss_like_torch("NLLLoss", input, labels, **options)
        assert_loss_like_torch("CrossEntropyLoss", input, probabilities, label_smoothing=smoothing, **common)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_an_empty_batch_gives_torchs_nan_or_zero(reduction):
    for shape in ((0, 3), (0, 3, 2)):
        labels = np.zeros((0, *shape[2:]), np.int64)
        assert_loss_like_torch("CrossEntropyLoss", np.zeros(shape), labels, reduction=reduction)
        assert_loss_like_torch("NLLLoss", np.zeros(shape), labels, reduction=reduction)
    assert_loss_like_torch("CrossEntropyLoss", np.full((2, 3), np.nan), np.array([0, 1]), reduction=reduction)


def test_all_labels_ignored_is_said_once():
    criterion = nn.CrossEntropyLoss()
    with pytest.warns(
        SettingWarning, match=r"^CrossEntropyLoss: every label is ignore_index=-100: nothing is learned$"
    ):
        assert np.isnan(criterion(np.ones((2, 3)), [-100, -100]))
    criterion(np.ones((2, 3)), [-100, -100])
    assert_same(criterion.backward(), np.zeros((2, 3)), "gradient where nothing counts")


def test_one_loss_needs_no_gradient_of_its_own_whatever_the_reduction():
    for reduction in ("mean", "sum", "none"):
        criterion = nn.CrossEntropyLoss(reduction=reduction)
        criterion([0.0, 0.0], 1)
        assert_same(criterion.backward(), [0.5, -0.5], reduction)


def test_probabilities_of_half_precision_are_computed_as_float64():
    criterion, target = nn.CrossEntropyLoss(label_smoothing=0.1), np.float16([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
    assert_same(criterion(Z((2, 3)), target), criterion(Z((2, 3)), target.astype(np.float64)), "loss")


def test_cross_entropy_does_not_see_a_shift_and_labels_are_sure_probabilities():
    x, labels = np.random.default_rng(3).standard_normal((4, 5)), np.array([0, 4, 2, 2])
    criterion = nn.CrossEntropyLoss()
    loss = criterion(x, labels)
    dx = criterion.backward()
    assert_same(criterion(x + 1e3, labels), loss, "shifted", 1e-12)
    assert_same(dx.sum(1), np.zeros(4), "a shift has no gradient", atol=1e-16)
    assert_same(criterion(x, np.eye(5)[labels]), loss, "one-hot probabilities", 1e-14)
    assert_same(criterion.backward(), dx, "their gradient", 1e-14, 1e-16)
    assert_same(nn.NLLLoss()(nn.LogSoftmax(1)(x), labels), loss, "log-softmax, then NLL", 1e-14)
    logits, answers = x[:, :1], (labels[:, None] > 1).astype(float)
    both = nn.BCEWithLogitsLoss()(logits, answers), nn.BCELoss()(nn.Sigmoid()(logits), answers)
    assert_same(both[0], both[1], "binary, from scores and from probabilities", 1e-12)


@pytest.mark.parametrize("name", ["MSELoss", "L1Loss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss"])
def test_central_differences_agree_and_float32_stays(name):
    rng = np.random.default_rng(4)
    input = 0.1 + 0.8 * rng.random((3, 4))
    target = np.array([0, 3, 1]) if name in ("CrossEntropyLoss", "NLLLoss") else rng.random((3, 4))
    criterion = getattr(nn, name)()
    criterion(input, target)
    expected = numeric_gradient(lambda x: criterion(x, target), input, np.ones(()), 1e-6)
    criterion(input, target)
    assert_same(criterion.backward(), expected, name, 1e-6, 1e-7)
    loss = criterion(input.astype(np.float32), target)
    assert loss.dtype == criterion.backward().dtype == np.float32


def test_shapes_that_broadcast_are_compared_with_a_warning():
    for name in ("MSELoss", "L1Loss"):
        criterion = getattr(nn, name)()
        input, target = np.arange(4.0)[:, None], np.arange(4.0) + 0.5
        message = rf"^{name}: target \(4,\) and input \(4, 1\) differ in shape and are spread to \(4, 4\)$"
        with pytest.warns(SettingWarning, match=message):
            criterion(input, target)
        torch_input = torch.tensor(input, requires_grad=True)
        spread = torch.tensor(target) - torch_input
        expected = (spread**2 if name == "MSELoss" else spread.abs()).mean()
        expected.backward()
        assert_same(criterion(input, target), expected.detach().numpy(), "loss", 1e-14)
        assert_same(criterion.backward(), torch_input.grad.numpy(), "dinput", 1e-14, 1e-15)


def test_probabilities_given_as_scores_are_noticed():
    shares = nn.Softmax(1)(np.random.default_rng(5).standard_normal((4, 3)))
    with pytest.warns(SettingWarning, match=r"^CrossEntropyLoss: input looks like probabilities; give scores"):
        nn.CrossEntropyLoss()(shares, [0, 1, 2, 0])
    nn.CrossEntropyLoss()(shares - 0.01, [0, 1, 2, 0])


Z = np.zeros
BAD = [
    (ValueError, r"MSELoss: reduction must be one of .* got 'Mean'", lambda: nn.MSELoss(reduction="Mean")),
    (TypeError, r"L1Loss: reduction must be one of .* got None", lambda: nn.L1Loss(reduction=None)),
    (NotImplementedError, "MSELoss: size_average is not offered", lambda: nn.MSELoss(True)),
    (NotImplementedError, "NLLLoss: reduce is not offered", lambda: nn.NLLLoss(reduce=False)),
    (
        ValueError,
        r"MSELoss: target must have the input's shape \(2, 3\), got \(3, 2\)",
        lambda: nn.MSELoss()(Z((2, 3)), Z((3, 2))),
    ),
    (
        ValueError,
        r"BCELoss: target must have the input's shape \(2, 1\), got \(2,\)",
        lambda: nn.BCELoss()(Z((2, 1)), Z(2)),
    ),
    (
        ValueError,
        r"BCELoss: input must hold probabilities in 0..1, got 0.0 to 2.0",
        lambda: nn.BCELoss()([0.0, 2], [0, 1]),
    ),
    (
        ValueError,
        r"BCELoss: target must hold numbers in 0..1, got -1.0 to 1.0",
        lambda: nn.BCELoss()([0.0, 1], [-1, 1]),
    ),
    (ValueError, r"BCELoss: weight must hold finite numbers of at least 0", lambda: nn.BCELoss([-1.0])),
    (
        ValueError,
        r"BCEWithLogitsLoss: pos_weight must broadcast .* \(2,\), got \(3,\)",
        lambda: nn.BCEWithLogitsLoss(pos_weight=[1, 1, 1])([0.0, 1], [0, 1]),
    ),
    (
        ValueError,
        r"CrossEntropyLoss: weight must hold finite .* got \[1.0, -1.0\]",
        lambda: nn.CrossEntropyLoss([1, -1]),
    ),
    (ValueError, r"NLLLoss: weight must have shape \(C,\), got \(1, 2\)", lambda: nn.NLLLoss([[1, 2]])),
    (ValueError, r"NLLLoss: weight must have shape \(3,\), got \(2,\)", lambda: nn.NLLLoss([1, 2])(Z((1, 3)), [0])),
    (TypeError, r"NLLLoss: ignore_index must be an integer, got 0.5", lambda: nn.NLLLoss(ignore_index=0.5)),
    (
        ValueError,
        r"CrossEntropyLoss: label_smoothing must be in 0..1, got 1.5",
        lambda: nn.CrossEntropyLoss(label_smoothing=1.5),
    ),
    (
        IndexError,
        r"CrossEntropyLoss: labels must be in 0..2, got 3 at \(1,\)",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), [0, 3]),
    ),
    (
        IndexError,
        r"CrossEntropyLoss: labels must be in 0..2, got -1 at \(0,\)",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), [-1, 0]),
    ),
    (
        ValueError,
        r"CrossEntropyLoss: ignore_index must be negative where the target holds probabilities, got 1",
        lambda: nn.CrossEntropyLoss(ignore_index=1)(Z((2, 3)), np.full((2, 3), 1 / 3)),
    ),
    (IndexError, r"NLLLoss: labels must be in 0..2, got 3 at \(\)", lambda: nn.NLLLoss()(Z(3), 3)),
    (
        TypeError,
        r"CrossEntropyLoss: target must hold class numbers as integers or probabilities in the input's shape \(2, 3\), "
        r"got dtype float64 and shape \(2,\)$",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), [0.0, 1.0]),
    ),
    (ValueError, r"CrossEntropyLoss: target must be a rect", lambda: nn.CrossEntropyLoss()(Z((2, 3)), [[0], [1, 2]])),
    (ValueError, r"NLLLoss: target must be a rectangular", lambda: nn.NLLLoss()(Z((2, 3)), [[0], [1, 2]])),
    (TypeError, r"CrossEntropyLoss: .* and shape \(2, 4\)$", lambda: nn.CrossEntropyLoss()(Z((2, 3)), Z((2, 4)))),
    (
        TypeError,
        r"NLLLoss: target must hold class numbers as integers, got dtype bool and shape \(2,\)$",
        lambda: nn.NLLLoss()(Z((2, 3)), [True, False]),
    ),
    (
        ValueError,
        r"CrossEntropyLoss: target must have shape \(2,\) for .* is it one-hot",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), np.eye(3, dtype=int)[:2]),
    ),
    (
        ValueError,
        r"CrossEntropyLoss: target must have shape \(2,\) .* take the axis of length 1 away",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), [[0], [1]]),
    ),
    (
        ValueError,
        r"CrossEntropyLoss: target must have shape \(2,\) .*, got \(3,\)$",
        lambda: nn.CrossEntropyLoss()(Z((2, 3)), [0, 1, 2]),
    ),
    (ValueError, r"NLLLoss: input must have shape \(C,\), .* got \(2, 0\)", lambda: nn.NLLLoss()(Z((2, 0)), [0, 0])),
    (RuntimeError, "MSELoss.backward called before forward", lambda: nn.MSELoss().backward()),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_input_is_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_losses_of_each_element_want_their_gradient():
    criterion = nn.MSELoss(reduction="none")
    criterion([1.0, 2.0], [0.0, 0.0])
    with pytest.raises(ValueError, match=r"^MSELoss: backward needs the gradient of the losses \(2,\), got None$"):
        criterion.backward()
    with pytest.raises(ValueError, match=r"must have the output's shape \(2,\), got \(\)$"):
        criterion.backward(1.0)


def test_weights_are_stored_and_loaded():
    criterion = nn.CrossEntropyLoss(weight=[1.0, 2.0])
    assert_same(criterion.state_dict()["weight"], [1.0, 2.0], "weight")
    assert list(criterion.parameters()) == []
    criterion.load_state_dict({"weight": [3, 4]})
    assert_same(criterion.weight, [3.0, 4.0], "weight")
    assert repr(nn.MSELoss(reduction="sum")) == "MSELoss(reduction='sum')"
