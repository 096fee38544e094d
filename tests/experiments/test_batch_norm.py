"""The batch-norm lab without its widgets: layers keep their spread, modes differ as torch's do, sentences are true."""

import numpy as np
import pytest

from helpers.experiments.batch_norm import ACTIVATIONS, DEEPEST, WIDTH, State, _draw, _weights, compute, describe


def spread(layers):
    return layers.std(axis=(1, 2))


@pytest.mark.parametrize("scale", [0.3, 1.0, 10.0])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_with_batch_norm_the_spread_stays_whatever_the_scale(activation, scale):
    result = compute(State(activation=activation, scale=scale))
    assert spread(result.normed).max() / spread(result.normed).min() < 1.2
    other = compute(State(activation=activation, scale=3 * scale))
    np.testing.assert_allclose(other.normed, result.normed, atol=0.05)  # eps is felt where the scale is small


@pytest.mark.parametrize(("scale", "grows"), [(0.5, False), (2.0, True)])
@pytest.mark.parametrize("activation", ["identity", "ReLU"])
def test_without_it_the_spread_dies_out_or_explodes(activation, scale, grows):
    first, *_, last = spread(compute(State(activation=activation, scale=scale)).plain)
    assert last > 5 * first if grows else last < first / 50


def test_relu_keeps_its_spread_best_at_the_root_of_two():
    ratios = {}
    for scale in (1.0, 1.2, 1.4, 1.6, 2.0):
        first, *_, last = spread(compute(State(activation="ReLU", scale=scale)).plain)
        ratios[scale] = abs(np.log(last / first))
    assert min(ratios, key=ratios.get) == 1.4, ratios


def test_two_examples_become_plus_and_minus_one():
    normed = compute(State(activation="identity", batch_size=2)).normed
    assert (np.abs(normed) < 1).all()
    assert (np.abs(normed) > 0.99).mean() > 0.9, "all but those that were nearly equal, where eps is felt"


def test_before_any_batch_evaluation_changes_nothing():
    result = compute(State(mode="eval"))
    np.testing.assert_allclose(result.normed, result.plain, rtol=1e-3, atol=1e-5)


def test_evaluation_comes_closer_to_training_with_each_batch():
    trained = spread(compute(State()).normed)
    gaps = [np.abs(spread(compute(State(mode="eval", batches=n)).normed) - trained).max() for n in (0, 5, 20)]
    assert gaps[0] > gaps[1] > gaps[2]


@pytest.mark.parametrize("settings", [{"mode": "train"}, {"mode": "eval", "batches": 3}], ids=str)
def test_torch_finds_the_same_outputs(settings):
    torch = pytest.importorskip("torch")
    state = State(depth=3, **settings)
    norms = [torch.nn.BatchNorm1d(WIDTH, dtype=torch.float64) for _ in range(state.depth)]

    def run(x):
        for weight, norm in zip(_weights(), norms, strict=False):
            x = torch.tanh(norm(x @ torch.tensor(state.scale * weight)))
        return x

    with torch.no_grad():
        for seed in range(state.batches):
            run(torch.tensor(_draw(64, seed=2 + seed)))
        for norm in norms:
            norm.train(state.mode == "train")
        theirs = run(torch.tensor(_draw(state.batch_size, seed=1)))
    np.testing.assert_allclose(compute(state).normed[-1], theirs.numpy(), atol=1e-12)


def test_a_look_leaves_no_trace_in_what_is_remembered():
    before = compute(State(mode="eval", batches=4))
    compute(State())
    compute(State(mode="eval", batches=4, batch_size=256))
    np.testing.assert_array_equal(compute(State(mode="eval", batches=4)).normed, before.normed)


def test_the_sentences_name_the_spread_and_the_mode():
    result = compute(State(depth=3, batch_size=8))
    for line, layers in zip(describe(result), (spread(result.plain), spread(result.normed)), strict=False):
        assert f"standard deviation {layers[0]:.2g} after layer 1, {layers[2]:.2g} after layer 3" in line
    assert "training mode" in describe(result)[2]
    assert "after 10 batches of 64 examples" in describe(compute(State(mode="eval", batches=10)))[2]
    assert "still weighs 35%" in describe(compute(State(mode="eval", batches=10)))[2]


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"batch_size": 1}, ValueError, "two values or more in each channel, got"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"activation": "cosine"}, ValueError, "activation must be one of"),
        ({"mode": "test"}, ValueError, "mode must be one of"),
        ({"scale": 0.0}, ValueError, "scale must be a number above 0"),
        ({"depth": DEEPEST + 1}, ValueError, "depth must be at most 8"),
        ({"batches": 21}, ValueError, "batches must be at most 20"),
        ({"depth": 2.0}, TypeError, "depth must be an integer"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, error, message):
    with pytest.raises(error, match=message):
        State(**setting)


def test_one_example_is_enough_in_evaluation():
    assert np.isfinite(compute(State(batch_size=1, mode="eval", batches=2)).normed).all()
