"""The pictures of the claims show every run that was measured."""

import numpy as np

from helpers import data, nn
from helpers.experiments.pooling_claims import SPOILT, Contest, Overfitting, shifted_digits, spoilt
from helpers.plots import style
from helpers.plots.figure import Figure
from helpers.plots.pooling_claims import draw_lead, draw_overfitting, draw_shift, draw_spoilt


def test_the_change_by_shifting_is_one_line_a_pool_size_above_the_line_of_invariance():
    shift = shifted_digits(pool_sizes=(1, 2), shifts=(1, 3))._replace(pool_sizes=(1, 2, 3, 4), change=np.eye(4, 2))
    ax = Figure("shift").axes_grid()
    draw_shift(ax, shift)
    lines = {line.get_label(): line.get_ydata().tolist() for line in ax.lines if not line.get_label().startswith("_")}
    assert lines == {"no pooling": [1, 0], "pool size 2": [0, 1], "pool size 3": [0, 0], "pool size 4": [0, 0]}
    assert ax.get_ylim()[0] == 0
    assert "(pixels)" in ax.get_xlabel()


def dots(ax):
    """Lines of dots as (x, y) arrays."""
    return [line.get_xydata().T for line in ax.lines if line.get_marker() == "o"]


def test_every_run_of_every_net_is_a_dot():
    known, others = {"max": np.array([1.0, 0.99]), "average": np.array([0.98, 1.0])}, {}
    others = {"max": np.array([0.9, 0.88]), "average": np.array([0.87, 0.91])}
    ax = Figure("overfitting").axes_grid()
    draw_overfitting(ax, Overfitting({"max": 1, "average": 1}, known, others))
    assert [ys.tolist() for _, ys in dots(ax)] == [[100, 99], [98, 100], [90, 88], [87, 91]]
    assert [round(float(xs.mean())) for xs, _ in dots(ax)] == [0, 1, 0, 1]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["max", "average"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["known pictures", "others"]


def test_the_colour_of_a_lead_says_whether_all_runs_agree():
    average = np.full((2, len(SPOILT)), 0.5)
    maximum = average + [[0.1, -0.1, 0.1, 0, 0, 0], [0.2, -0.2, -0.1, 0, 0, 0]]
    ax = Figure("lead").axes_grid()
    draw_lead(ax, Contest(maximum, average), "nets")
    colours = [line.get_color() for line in ax.lines if line.get_marker() == "o"]
    assert colours[:4] == [style.WINNER, style.WINDOW, style.FAINT, style.FAINT]
    np.testing.assert_allclose(dots(ax)[0][1], [10, 20])
    assert "percentage points" in ax.get_ylabel()


def test_the_spoilt_digit_stands_above_what_each_pool_makes_of_it():
    ways = spoilt(data.digits().images[:2, None], rng=0)
    figure, pool = Figure("spoilt"), nn.MaxPool2d(2)
    draw_spoilt(figure, 1, ways, {"max": pool})
    shown = [ax.images[0].get_array() for ax in figure.axes]
    for n, pictures in enumerate(ways.values()):
        np.testing.assert_array_equal(shown[n], pictures[1, 0])
        np.testing.assert_array_equal(shown[len(ways) + n], pool(pictures)[1, 0])
    assert [ax.get_title() for ax in figure.axes[: len(ways)]] == list(SPOILT)
