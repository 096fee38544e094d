"""Tasks of memory ask for what they say, and their trivial answers score what is stated."""

import numpy as np
import pytest

from helpers.data import adding, copying, memory, sine_cosine, temporal_order

# --- adding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 3, 10, 51])
def test_adding_asks_for_the_sum_of_the_two_marked_values(length):
    x, target, times = adding(200, length, rng=0)
    assert (x.shape, target.shape, times.shape) == ((length, 200, 2), (200, 1), (2, 200))
    np.testing.assert_allclose((x[..., 0] * x[..., 1]).sum(axis=0)[:, None], target, atol=1e-15)
    marks = x[..., 1]
    assert ((marks == 0) | (marks == 1)).all()
    assert (marks[: length // 2].sum(axis=0) == 1).all() and (marks[length // 2 :].sum(axis=0) == 1).all()
    assert (marks[times, np.arange(200)] == 1).all()
    assert x[..., 0].min() >= 0 and x[..., 0].max() < 1


def test_marks_fall_on_every_step_of_their_half():
    times = adding(2000, 10, rng=0).times
    for half, steps in zip(times, (range(5), range(5, 10)), strict=True):
        counts = np.bincount(half, minlength=10)[list(steps)]
        assert counts.sum() == 2000 and counts.min() > 330, counts


def test_the_trivial_answer_to_adding_has_a_loss_of_a_sixth():
    _, target, _ = adding(40_000, 10, rng=0)
    assert abs(((target - 1) ** 2).mean() - 1 / 6) < 0.003


# --- temporal order --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("marked", "length"), [(1, 1), (1, 9), (2, 2), (2, 50), (3, 7), (3, 60)])
def test_the_class_is_the_order_of_the_marked_symbols(marked, length):
    x, symbols, labels, times = temporal_order(100, length, marked, rng=0)
    assert (x.shape, symbols.shape, times.shape) == ((length, 100, 6), (length, 100), (marked, 100))
    np.testing.assert_array_equal(x.argmax(axis=-1), symbols)
    assert (x.sum(axis=-1) == 1).all()
    names = [format(k, f"0{marked}b").replace("0", "X").replace("1", "Y") for k in range(2**marked)]
    for row, label in zip(symbols.T, labels, strict=True):
        assert "".join("abcdXY"[s] for s in row if s >= 4) == names[label]
    assert (symbols[times, np.arange(100)] >= 4).all() and (np.diff(times, axis=0) > 0).all()
    counts = np.bincount(labels, minlength=2**marked)
    assert counts.max() - counts.min() <= 1


def test_more_orders_than_an_integer_can_count_are_no_more_than_the_sequences():
    _, symbols, labels, _ = temporal_order(3, 140, 70, rng=0)
    assert sorted(labels) == [0, 1, 2]
    for row, label in zip(symbols.T, labels, strict=True):
        assert "".join("XY"[s - 4] for s in row if s >= 4) == format(label, "070b").translate({48: "X", 49: "Y"})


def test_marked_symbols_stand_in_the_first_fifth_of_their_part():
    times = temporal_order(1000, 50, 2, rng=0).times
    assert [sorted(set(row)) for row in times.tolist()] == [list(range(5)), list(range(25, 30))]


@pytest.mark.parametrize(("marked", "stated"), [(2, 0.75), (3, 0.5)])
def test_counting_symbols_without_their_order_reaches_the_stated_accuracy(marked, stated):
    _, symbols, labels, _ = temporal_order(800, 30, marked, rng=0)
    counted = (symbols == 5).sum(axis=0)
    right = sum(np.bincount(labels[counted == count]).max() for count in np.unique(counted))
    assert right / 800 == stated


# --- copying ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [dict(delay=1, length=1, kinds=2), dict(delay=6, length=3, kinds=5), {}], ids=str)
def test_copying_shows_a_row_waits_and_asks_for_it(sizes):
    x, symbols, target = copying(50, **sizes, rng=0)
    delay, length, kinds = (sizes.get(name, usual) for name, usual in (("delay", 20), ("length", 10), ("kinds", 8)))
    steps, blank = delay + 2 * length, kinds
    assert (x.shape, symbols.shape, target.shape) == ((steps, 50, kinds + 2), (steps, 50), (steps, 50))
    np.testing.assert_array_equal(x.argmax(axis=-1), symbols)
    assert (symbols[:length] < kinds).all()
    np.testing.assert_array_equal(target[steps - length :], symbols[:length])
    assert (target[: steps - length] == blank).all()
    now = np.zeros(steps, dtype=bool)
    now[length + delay - 1] = True
    assert (symbols[now] == kinds + 1).all()
    assert (symbols[length:][~now[length:]] == blank).all()


def test_guessing_in_copying_has_the_stated_cross_entropy():
    _, _, target = copying(2000, rng=0)
    shares = np.bincount(target[-10:].ravel(), minlength=8) / 20_000
    assert np.abs(shares - 1 / 8).max() < 0.01, "the symbols are not alike frequent"
    probability = np.where(np.arange(40)[:, None] < 30, 1.0, 1 / 8)  # of the symbol asked for
    assert round(-np.log(probability).mean(), 3) == 0.520


# --- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", [{}, dict(write=0.3, reset=0.2), dict(write=0, reset=0), dict(write=0, reset=1)])
def test_the_target_is_the_last_value_written_and_nothing_after_a_reset(rates):
    x, target, writes, resets = memory(40, 25, **rates, rng=0)
    assert (x.shape, target.shape, writes.shape, resets.shape) == ((25, 40, 3), (25, 40, 1), (25, 40), (25, 40))
    np.testing.assert_array_equal(x[..., 1:], np.stack([writes, resets], axis=-1))
    assert writes[0].all() and not (writes & resets).any()
    held = np.zeros(40)
    for step in range(25):
        held = np.where(writes[step], x[step, :, 0], np.where(resets[step], 0, held))
        np.testing.assert_array_equal(target[step, :, 0], held, f"step {step}")


def test_events_are_as_frequent_as_asked_for():
    _, _, writes, resets = memory(1000, 40, write=0.25, reset=0.1, rng=0)
    assert abs(writes[1:].mean() - 0.25) < 0.01
    assert abs(resets[1:].mean() - 0.1) < 0.01


@pytest.mark.parametrize(("write", "reset"), [(0.1, 0.0), (0.3, 0.2)])
def test_trivial_answers_to_memory_score_what_is_stated(write, reset):
    x, target, writes, _ = memory(4000, 20, write, reset, rng=0)
    full = [1.0]
    for _ in range(19):
        full.append(write + (1 - write - reset) * full[-1])
    assert abs((target**2).mean() - np.mean(full) / 3) < 0.005
    empty = target[..., 0] == 0
    kept = ~empty & ~writes
    stated = 2 / 3 * kept.mean() + 1 / 3 * empty.mean()
    assert abs(((x[..., :1] - target) ** 2).mean() - stated) < 0.01


def test_more_events_than_steps_are_refused():
    with pytest.raises(ValueError, match=r"memory: write \+ reset must be at most 1, got 0.7 \+ 0.5"):
        memory(3, write=0.7, reset=0.5, rng=0)


# --- sine and cosine -------------------------------------------------------------------------------------------------


def test_windows_of_the_wave_follow_on_each_other():
    x, target = sine_cosine(3, windows=4, length=5, period=7.0, rng=0)
    assert x.shape == target.shape == (4, 5, 3, 1)
    long, cosine = x.reshape(20, 3), target.reshape(20, 3)
    np.testing.assert_allclose(long**2 + cosine**2, 1)
    np.testing.assert_allclose(long[7:], long[:-7], atol=1e-12, err_msg="the period is not 7 steps")
    w = 2 * np.pi / 7
    np.testing.assert_allclose(cosine[1:], (long[1:] * np.cos(w) - long[:-1]) / np.sin(w), atol=1e-12)


def test_without_memory_the_cosine_is_anyones_guess():
    x, target = sine_cosine(200, windows=10, length=25, rng=0)
    assert abs((target**2).mean() - 0.5) < 1e-9
    bins = np.digitize(x.ravel(), np.linspace(-1, 1, 21))
    means = [target.ravel()[bins == k].mean() for k in range(1, 21)]
    assert np.abs(means).max() < 0.05, "the sine alone tells something of the cosine"


def test_noise_is_added_to_the_sine_alone():
    clean, noisy = (sine_cosine(5, noise=noise, rng=0) for noise in (0.0, 0.2))
    np.testing.assert_array_equal(clean.target, noisy.target)
    assert abs((noisy.x - clean.x).std() - 0.2) < 0.01
