"""What the lesson says of three claims is what comes out, over seeds and with room to spare."""

import numpy as np
import pytest

from helpers import data
from helpers.experiments.pooling_claims import (
    ENDS,
    SPOILT,
    Contest,
    Overfitting,
    few_pictures,
    max_against_average,
    shifted_digits,
    small_net,
    spoilt,
)

# --- shifted digits --------------------------------------------------------------------------------------------------


def test_shifting_is_measured_as_the_docstring_says():
    shift = shifted_digits(pool_sizes=(1, 2), shifts=(1, 2))
    sheet = np.zeros((1797, 12, 24))
    sheet[:, 2:10, 4:12] = data.digits().images
    pooled = sheet.reshape(1797, 6, 2, 12, 2).max(axis=(2, 4))
    moved = np.roll(sheet, 1, axis=2).reshape(1797, 6, 2, 12, 2).max(axis=(2, 4))
    assert shift.change[1, 0] == pytest.approx(np.linalg.norm(moved - pooled) / np.linalg.norm(pooled))
    inked = (pooled > 0) | (moved > 0)
    assert shift.unchanged[1, 0] == pytest.approx((pooled == moved)[inked].mean())
    unpooled = np.linalg.norm(np.roll(sheet, 1, axis=2) - sheet) / np.linalg.norm(sheet)
    assert shift.change[0, 0] == pytest.approx(unpooled)


def test_pooling_softens_a_shift_of_one_pixel_and_does_not_remove_it():
    shift = shifted_digits(shifts=(1,))
    change = shift.change[:, 0]
    assert (np.diff(change) < 0).all(), f"larger pools should change less: {change}"
    assert change[-1] > 0.2, f"the claim of invariance would be right: {change}"
    assert ((shift.unchanged > 0) & (shift.unchanged < 1)).all()


def test_a_shift_of_twice_the_pool_size_is_hardly_softened():
    shift = shifted_digits(pool_sizes=(1, 2), shifts=(4,))
    unpooled, pooled = shift.change[:, 0]
    assert 0.9 * unpooled < pooled < unpooled


# --- overfitting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ENDS)
def test_the_net_has_the_stated_weights_and_reads_pictures(end):
    net = small_net(end, rng=0)
    filters, last = net[0], net[-1]
    assert filters.weight.data.shape == (8, 1, 3, 3)
    assert last.weight.data.shape == (10, 8 * (64 if end == "no pooling" else 16))
    assert net(np.zeros((2, 1, 8, 8))).shape == (2, 10)
    np.testing.assert_array_equal(filters.weight.data, small_net("max", rng=0)[0].weight.data)


@pytest.fixture(scope="module")
def overfitting():
    return few_pictures()


def test_every_net_knows_its_few_pictures_better_than_others(overfitting):
    for end in ENDS:
        gap = overfitting.train[end] - overfitting.test[end]
        assert gap.min() > 0.04, f"{end}: gaps {gap}: it would not overfit"
        assert np.median(overfitting.train[end]) > 0.95


def test_no_way_of_shrinking_closes_the_gap(overfitting):
    medians = {end: np.median(overfitting.test[end]) for end in ENDS}
    assert max(medians.values()) - min(medians.values()) < 0.05, medians
    widest = max(np.ptp(overfitting.test[end]) for end in ENDS)
    assert max(medians.values()) - min(medians.values()) < widest, "the nets differ more than their runs"
    assert all(0.83 < median < 0.93 for median in medians.values()), medians


def test_the_table_of_overfitting_counts_in_percent():
    lines = repr(Overfitting({"max": 1370}, {"max": np.array([1.0, 0.98])}, {"max": np.array([0.8, 0.9, 0.88])})).split(
        "\n"
    )
    assert lines[1].split() == ["max", "1370", "99", "%", "80", "%", "88", "%", "90", "%"]


# --- max against average ---------------------------------------------------------------------------------------------


def test_digits_are_spoilt_as_described():
    images = data.digits().images[:300, None]
    ways = spoilt(images, rng=0)
    assert tuple(ways) == SPOILT
    np.testing.assert_array_equal(ways["clean"], images)
    np.testing.assert_array_equal(ways["faint"], images / 2)
    np.testing.assert_allclose(ways["blur"].sum(axis=(2, 3)), images.sum(axis=(2, 3)), err_msg="blur keeps the ink")
    noise = ways["noise"] - images
    assert abs(noise.mean()) < 0.02 and noise.std() == pytest.approx(0.4, abs=0.01)
    inked = images > 0
    emptied, salted = (ways["holes"] == 0)[inked], (ways["salt"] == 1)[~inked]
    assert emptied.mean() == pytest.approx(0.5, abs=0.02) and salted.mean() == pytest.approx(0.1, abs=0.02)
    np.testing.assert_array_equal(ways["holes"][inked][~emptied], images[inked][~emptied])
    np.testing.assert_array_equal(spoilt(images, rng=0)["noise"], ways["noise"])


def test_a_blurred_dot_is_a_round_bell_of_deviation_one():
    dot = np.zeros((1, 1, 8, 8))
    dot[..., 4, 4] = 1
    bell = spoilt(dot, rng=0)["blur"][0, 0]
    assert bell[4, 5] / bell[4, 4] == pytest.approx(np.exp(-0.5), rel=0.02)
    np.testing.assert_allclose(bell, bell.T)


def test_on_pixels_the_average_wins_but_for_holes():
    lead = dict(zip(SPOILT, max_against_average("pixels").lead.T, strict=True))
    for name in ("clean", "faint", "blur"):
        assert lead[name].max() < 0 and np.median(lead[name]) < -2, (name, lead[name])
    for name in ("noise", "salt"):
        assert lead[name].max() < -5 and np.median(lead[name]) < -12, (name, lead[name])
    assert lead["holes"].min() > -2 and np.median(lead["holes"]) > 1, lead["holes"]


def test_on_features_the_maximum_wins_where_digits_are_clean_and_the_average_where_noise_is_added():
    lead = dict(zip(SPOILT, max_against_average("features").lead.T, strict=True))
    assert lead["clean"].min() > -1 and np.median(lead["clean"]) > 0.5, lead["clean"]
    assert lead["noise"].max() < 1 and np.median(lead["noise"]) < -2, lead["noise"]


def test_the_table_of_the_contest_gives_medians_and_the_range_of_the_lead():
    maximum, average = np.full((3, 6), 0.5), np.full((3, 6), 0.4)
    average[:, 1] = 0.3, 0.5, 0.6
    contest = Contest(maximum, average)
    assert contest.lead[:, 1] == pytest.approx([20, 0, -10])
    lines = repr(contest).split("\n")
    assert lines[1].split() == ["clean", "50", "%", "40", "%", "+10", "to", "+10"]
    assert lines[2].split() == ["faint", "50", "%", "50", "%", "-10", "to", "+20"]
