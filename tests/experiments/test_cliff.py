"""The cliff: gradients are those of the loss, the wall is there, and clipping keeps a descent from being thrown off."""

import numpy as np
import pytest

from helpers.experiments.cliff import (
    B_EDGES,
    CELLS,
    UPDATES,
    W_EDGES,
    State,
    compute,
    descend,
    describe,
    look,
    middles,
    surface,
)


@pytest.mark.parametrize("steps", [1, 5, 50])
@pytest.mark.parametrize(("w", "b"), [(5.0, -2.0), (3.6, -3.0), (6.4, -0.6)])
def test_the_gradient_is_that_of_the_loss(w, b, steps):
    _, dw, db = look(w, b, steps)
    eps = 1e-6
    assert dw == pytest.approx((look(w + eps, b, steps).loss - look(w - eps, b, steps).loss) / (2 * eps), abs=1e-8)
    assert db == pytest.approx((look(w, b + eps, steps).loss - look(w, b - eps, steps).loss) / (2 * eps), abs=1e-8)


def test_torch_finds_the_same_gradient():
    torch = pytest.importorskip("torch")
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (4.7, -2.35))
    h = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(50):
        h = w * torch.sigmoid(h) + b
    loss = (torch.sigmoid(h) - 0.7) ** 2
    loss.backward()
    np.testing.assert_allclose(look(4.7, -2.35, 50), (loss.item(), w.grad.item(), b.grad.item()), rtol=1e-9)


def test_the_surface_holds_the_loss_of_each_cells_middle_with_large_b_at_the_top():
    w, b = middles()
    assert W_EDGES[0] < w[0] < w[-1] < W_EDGES[1] and B_EDGES[0] < b[-1] < b[0] < B_EDGES[1]
    loss = surface(7)
    assert loss.shape == (CELLS, CELLS)
    for row, column in ((0, 0), (3, 90), (99, 40)):
        assert loss[row, column] == pytest.approx(look(w[column], b[row], 7).loss, rel=1e-12)


def test_the_wall_grows_with_the_number_of_steps():
    jumps = [np.abs(np.diff(surface(steps), axis=0)).max() for steps in (2, 5, 10)]
    assert jumps[0] < jumps[1] < jumps[2], jumps
    assert jumps[2] > 10 * jumps[0], jumps


def test_a_step_of_a_descent_is_the_learning_rate_times_the_clipped_gradient():
    free, held = descend(5.0, -2.0, 0.3, 50), descend(5.0, -2.0, 0.3, 50, 0.1)
    for path in (free, held):
        assert path.shape == (UPDATES + 1, 4)
    moves = [np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1) for path in (free, held)]
    np.testing.assert_allclose(moves[0], 0.3 * free[:-1, 3], rtol=1e-9)
    np.testing.assert_allclose(moves[1], 0.3 * np.minimum(held[:-1, 3], 0.1), rtol=1e-4)


def test_the_default_is_thrown_off_the_wall_without_clipping_and_gets_down_with_it():
    result = compute(State())
    free, held = (np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1) for path in (result.free, result.clipped))
    assert free.max() > 0.9 and free.max() > 10 * np.median(free)
    assert held.max() < 0.051
    assert result.free[-10:, 2].min() > 0.05 and result.clipped[-10:, 2].max() < 0.001


@pytest.mark.parametrize(
    ("start", "max_norm"),
    [
        ((4.6, -1.6, 0.501), 0.1),
        ((4.3, -2.8, 0.2), 0.2),
        ((4.5, -2.6, 0.158), 0.1),
        ((4.7, -1.6, 0.398), 0.1),
    ],
)
def test_from_several_starts_the_clipped_run_ends_lower(start, max_norm):
    free, held = descend(*start, 50), descend(*start, 50, max_norm)
    assert held[-10:, 2].max() < 0.1 * free[-10:, 2].min()


def test_whether_a_free_run_is_thrown_off_is_a_lottery_and_clipped_runs_do_not_play():
    rates = (0.0501, 0.0631, 0.0794, 0.1, 0.126, 0.158, 0.2, 0.251, 0.316, 0.398)
    free, held = ([descend(4.2, -2.7, lr, 50, limit)[-1, 2] for lr in rates] for limit in (None, 0.316))
    thrown = [loss > 0.03 for loss in free]
    assert 3 <= sum(thrown) <= 7 and thrown != sorted(thrown), "neither always nor from some rate on"
    assert max(held) < 0.01, held


def test_a_limit_above_all_gradients_does_nothing():
    free, held = descend(4.2, -2.7, 0.158, 50), descend(4.2, -2.7, 0.158, 50, 6.31)
    assert free[:, 3].max() < 6.31
    np.testing.assert_array_equal(free, held)


def test_the_description_speaks_of_the_updates_so_far():
    first, _ = describe(compute(State(update=0)))
    assert first.startswith("without clipping, after 0 updates: w = 4.20, b = -2.70") and "longest move 0" in first
    assert "after 12 updates" in describe(compute(State(update=12)))[1]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"lr": 0.0}, "cliff: lr must be a number above 0, got 0.0"),
        ({"max_norm": -1.0}, "cliff: max_norm must be a number above 0, got -1.0"),
        ({"w": np.inf}, "cliff: w must be a finite number, got inf"),
        ({"steps": 51}, "cliff: steps must be at most 50, got 51"),
        ({"steps": 0}, "cliff: steps must be at least 1, got 0"),
        ({"update": 61}, "cliff: update must be at most 60, got 61"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_words(setting, message):
    with pytest.raises(ValueError) as refusal:
        State(**setting)
    assert str(refusal.value) == message
