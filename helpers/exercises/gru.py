"""Questions and checkers for the lesson on the GRU."""

import numpy as np

from helpers.kernels.gru import gru_backward, gru_forward
from helpers.show import asker, check

QUESTIONS = {
    "pour": (
        "A cup holds 1, a jug 0.5. You mix three quarters of the cup with a quarter of the jug. How much is that?",
        {
            "0.75": "No, that is the old share alone. A quarter of 0.5 comes from the jug.",
            "0.875": "Yes: 0.75 · 1 + 0.25 · 0.5. The two shares add up to one, so the cup never runs over.",
            "1.25": "No. Only three quarters of the cup and one quarter of the jug are poured.",
        },
    ),
    "parameters": (
        "nn.LSTM(2, 16) has 1280 parameters. How many has nn.GRU(2, 16)?",
        {
            "640": "No, that would be two sets. There are two gates, and the candidate is the third.",
            "960": "Yes: three sets in place of four, for r, z and n. Three quarters.",
            "1280": "No. One set fewer: r, z and n, where the LSTM has i, f, g and o.",
        },
    ),
    "forms": (
        "The reset gate multiplies W_hn h + b_hn, or it multiplies h alone. What comes from the past in each form?",
        {
            "ln 3 in both": "No. After the product r halves the bias too. Before it, the bias stays whole.",
            "ln 3 after the product, 1.5 ln 3 before it": "Yes: 0.5 (ln 3 + ln 3), and 0.5 ln 3 + ln 3.",
            "2 ln 3 after the product, ln 3 before it": "No. In the first form r halves the whole sum of 2 ln 3.",
        },
    ),
    "swap": (
        "One text keeps the share z of the old state, another 1 − z. What has to change in the weights of z?",
        {
            "nothing": "No. The same sum would then keep in one net what it throws away in the other.",
            "each becomes 1 minus itself": "No. That is right for z itself, but a sigmoid stands between.",
            "each changes its sign": "Yes: the sigmoid of −a is 1 minus the sigmoid of a.",
        },
    ),
}

ask = asker(QUESTIONS)


def check_step(mine):
    """Check `mine(x, h, weight_ih, weight_hh, bias_ih, bias_hh)`: one GRU step in torch's form, the new h (N, H)."""

    def reference(x, h, *weights):
        return gru_forward(x[None], h, *weights).h[0]

    return check(mine, reference, _cases())


def check_sums(mine):
    """Check `mine(dh, h_before, r, z, n, u)`: the gradients of the three sums, np.stack of those of r, z and n."""

    def reference(dh, h_before, r, z, n, u):
        batch, size = r.shape
        through = np.eye(3 * size)  # the gradient of the inputs is then that of the sums
        cache = gru_forward(np.zeros((1, batch, 3 * size)), h_before, through, np.zeros((3 * size, size)), None, None)
        cache = cache._replace(r=r[None], z=z[None], n=n[None], u=u[None])
        return np.stack(np.split(gru_backward(dh[None], cache)[0][0], 3, axis=1))

    random, cases = np.random.default_rng(1), []
    for x, h, *weights in _cases():
        cache = gru_forward(x[None], h, *weights)
        cases.append((random.standard_normal(h.shape), h, *(getattr(cache, name)[0] for name in "rznu")))
    return check(mine, reference, cases)


def _cases():
    """Arguments of `check_step`."""
    random = np.random.default_rng(0)
    sizes = ((1, 1, 1), (2, 3, 1), (3, 2, 4))  # N, I, H
    shapes = [((n, i), (n, h), (3 * h, i), (3 * h, h), (3 * h,), (3 * h,)) for n, i, h in sizes]
    return [tuple(random.standard_normal(shape) for shape in row) for row in shapes]
