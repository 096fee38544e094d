"""Pooling over time sees the real steps of each sequence and nothing else, forward and backward."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.gradcheck import compare_with_torch, gradcheck
from helpers.kernels.sequence_pooling import last_forward
from helpers.ledger.references import pooled_one_by_one
from tests.oracles import assert_same, random_like, spread

T, N, H = 6, 3, 4
LENGTHS = [6, 3, 4]
MASK = np.array([[0, 1, 1], [1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 0, 1], [1, 0, 0]], bool)  # 4, 3 and 3 real steps
STEPS = {"none": np.ones((T, N), bool), "lengths": np.arange(T)[:, None] < LENGTHS, "mask": MASK}
X = spread(T, N, H) + 0.05  # no ties, no zeros
X.flags.writeable = False
POOLS = [
    ("last", {}),
    ("last", {"bidirectional": True}),
    ("first", {}),
    ("mean", {}),
    ("max", {}),
    ("sum", {}),
    ("lp", {"norm_type": 1}),
    ("lp", {"norm_type": 2.0}),
    ("lp", {"norm_type": 3.5}),
    ("lp", {"norm_type": 0.5}),
    ("kmax", {"k": 1}),
    ("kmax", {"k": 3}),
    ("attention", {"hidden_size": H}),
]
pools = pytest.mark.parametrize(("kind", "options"), POOLS, ids=lambda v: v if isinstance(v, str) else str(v or ""))


def build(kind, options, **more):
    return nn.SequencePool(kind, **options, **({"rng": 1} if kind == "attention" else {}), **more)


def assert_like_torch(pool, x, mask, how="mask"):
    """Compare out and every gradient with those of torch, which gets the real steps of each sequence alone."""
    lengths = mask.sum(1 if pool.batch_first else 0).reshape(-1)
    given = {"none": {}, "lengths": {"lengths": lengths}, "mask": {"mask": mask}}[how]
    report = compare_with_torch(pool, x, reference=pooled_one_by_one(pool), **given)
    assert report.largest < 1e-12, report
    dx = pool.backward(random_like(pool(x, **given)))
    assert not dx[~mask].any(), f"gradient at padding, {pool!r}, {how}"


# ------------------------------------------------------------------------------------------ against torch


@pools
@pytest.mark.parametrize("layout", ["time first", "batch first", "unbatched"])
@pytest.mark.parametrize("how", ["none", "lengths", "mask"])
def test_values_and_gradients_are_those_of_the_real_steps_alone_whatever_the_padding_holds(kind, options, layout, how):
    pool = build(kind, options, batch_first=layout == "batch first")
    x, mask = np.random.default_rng(0).standard_normal((T, N, H)), STEPS[how]
    if layout != "time first":
        x, mask = (a.swapaxes(0, 1) if layout == "batch first" else a[:, 1] for a in (x, mask))
    for filling in (0.0, np.nan, np.inf, -np.inf, 1e300):
        assert_like_torch(pool, np.where(mask[..., None], x, filling), mask, how)


@pools
def test_one_step_and_one_sequence_are_enough(kind, options):
    assert_like_torch(build(kind, options | ({"k": 1} if kind == "kmax" else {})), X[:1, :1], np.ones((1, 1), bool))
    assert_like_torch(build(kind, options), X[:, :1], np.ones((T, 1), bool), "none")


@pytest.mark.parametrize(("kind", "options"), [("max", {}), ("kmax", {"k": 1}), ("kmax", {"k": 3})])
def test_of_equal_steps_the_first_gets_the_gradient(kind, options):
    x = np.random.default_rng(3).integers(0, 2, (T, N, H)).astype(float)
    assert_like_torch(build(kind, options), x, MASK)


def test_torchs_amax_shares_the_gradient_of_a_tie_and_ours_does_not():
    x = torch.ones(3, 1, 1, requires_grad=True)
    torch.amax(x, 0).sum().backward()
    pool = nn.SequencePool("max")
    pool(np.ones((3, 1, 1)))
    assert_same(x.grad.numpy().ravel(), np.full(3, 1 / 3, np.float32), "amax")
    assert_same(pool.backward([[1.0]]).ravel(), [1.0, 0.0, 0.0], "ours")


@pools
def test_central_differences_agree_for_every_entry(kind, options):
    report = gradcheck(build(kind, options), X, mask=MASK)
    assert report.largest < 1e-7, report


# ------------------------------------------------------------------------------------------ what a pool promises


@pools
@pytest.mark.parametrize("batch_first", [False, True])
def test_a_sentence_alone_equals_the_same_sentence_in_a_padded_batch(kind, options, batch_first):
    def laid(array):
        return array.swapaxes(0, 1) if batch_first else array

    pool = build(kind, options, batch_first=batch_first)
    for given in ({"lengths": LENGTHS}, {"mask": laid(STEPS["lengths"])}):
        out = pool(laid(X), **given)
        upstream = random_like(out)
        dx = laid(pool.backward(upstream))
        for n, length in enumerate(LENGTHS):
            assert_same(out[n], pool(X[:length, n]), f"sentence {n}", 1e-14, 1e-14)
            assert_same(dx[:length, n], pool.backward(upstream[n]), f"its gradient, {n}", 1e-14, 1e-14)
            assert not dx[length:, n].any()


def test_the_mean_is_the_sum_over_the_length():
    for given, count in (({}, [T] * N), ({"lengths": LENGTHS}, LENGTHS), ({"mask": MASK}, MASK.sum(0))):
        total = nn.SequencePool("sum")(X, **given)
        assert_same(nn.SequencePool("mean")(X, **given), total / np.array(count)[:, None], "mean", 1e-15, 1e-15)


def test_kmax_keeps_the_order_of_time_and_with_one_is_the_max():
    x = np.array([5.0, 1.0, 9.0, 7.0, 9.0])[:, None]
    assert_same(nn.SequencePool("kmax", k=3)(x), np.array([[9.0], [7.0], [9.0]]), "three of five")
    assert_same(nn.SequencePool("kmax", k=5)(x), x, "all")
    one, largest = nn.SequencePool("kmax", k=1), nn.SequencePool("max")
    assert_same(one(X, mask=MASK)[:, 0], largest(X, mask=MASK), "k = 1")
    assert_same(one.cache.winners[:, 0], largest.cache.winners, "winners")
    upstream = random_like(largest.cache.out)
    assert_same(one.backward(upstream[:, None]), largest.backward(upstream), "dx")
    assert nn.Flatten()(nn.SequencePool("kmax", k=2, batch_first=True)(X)).shape == (T, 2 * H)


def test_the_norm_with_a_large_exponent_nears_the_largest_size_and_does_not_overflow():
    for scale in (1.0, 1e200, 1e-200):
        pool = nn.SequencePool("lp", norm_type=500)
        out = pool(scale * X, mask=MASK)
        assert_same(out / scale, np.where(MASK[..., None], np.abs(X), 0).max(0), f"scale {scale}", rtol=0.01)
        assert np.isfinite(pool.backward(np.ones_like(out))).all()


@pytest.mark.parametrize("norm_type", [0.5, 1, 1.5, 2, 7])
def test_the_gradient_of_the_norm_at_zero_is_zero(norm_type):
    pool = nn.SequencePool("lp", norm_type=norm_type)
    pool(np.zeros((T, N, H)))
    assert not pool.backward(np.ones((N, H))).any()
    pool(np.array([[0.0], [-3e-200], [0.0]]))
    assert_same(pool.backward([1.0]), np.array([[0.0], [-1.0], [0.0]]), "one number that is not zero")


def test_attention_without_a_preference_is_the_mean():
    pool = build("attention", {"hidden_size": H})
    pool.vector.data[:] = 0
    assert_same(pool(X, mask=MASK), nn.SequencePool("mean")(X, mask=MASK), "mean", 1e-14, 1e-14)


def test_the_weights_of_attention_can_be_read_and_leave_padding_out():
    for batch_first in (False, True):
        pool = build("attention", {"hidden_size": H}, batch_first=batch_first)
        pool.vector.data *= 1e4  # scores far beyond what exp takes
        x = np.where(MASK[..., None], X, np.nan)
        pool(x.swapaxes(0, 1) if batch_first else x, mask=MASK.T if batch_first else MASK)
        weights = pool.cache.weights
        assert weights.shape == (T, N)
        assert not weights[~MASK].any()
        assert_same(weights.sum(0), np.ones(N), "sum over time", 1e-15, 1e-15)


@pytest.mark.parametrize(("kind", "options"), [pool for pool in POOLS if pool[0] not in ("last", "first", "kmax")])
def test_the_order_of_steps_does_not_matter(kind, options):
    pool, order = build(kind, options), np.random.default_rng(6).permutation(T)
    assert_same(pool(X[order], mask=MASK[order]), pool(X, mask=MASK), repr(pool), 1e-14, 1e-14)
    upstream = random_like(pool.cache.out)
    dx = pool.backward(upstream)
    pool(X[order], mask=MASK[order])
    assert_same(pool.backward(upstream), dx[order], f"dx of {pool!r}", 1e-14, 1e-14)


@pytest.mark.parametrize(("net", "layers"), [(nn.RNN, 1), (nn.LSTM, 2), (nn.GRU, 2)])
@pytest.mark.parametrize("batch_first", [False, True])
def test_last_of_a_bidirectional_net_is_its_last_state(net, layers, batch_first):
    net = net(5, H, layers, batch_first=batch_first, bidirectional=True, rng=1)
    pool = nn.SequencePool("last", batch_first=batch_first, bidirectional=True)
    x = np.random.default_rng(7).standard_normal((N, T, 5) if batch_first else (T, N, 5))
    for lengths in (LENGTHS, None):
        y, last = net(x, lengths=lengths)
        h_n = last[0] if isinstance(net, nn.LSTM) else last
        out = pool(y, lengths=lengths)
        assert_same(out, np.concatenate([h_n[-2], h_n[-1]], -1), "h_n")
        upstream = random_like(out)
        grad_states = np.zeros_like(h_n)
        grad_states[-2:] = upstream[:, :H], upstream[:, H:]
        through_pool, _ = net.backward(pool.backward(upstream))
        through_states, _ = net.backward(None, (grad_states, None) if isinstance(net, nn.LSTM) else grad_states)
        assert_same(through_pool, through_states, "dx", 1e-15, 1e-15)


def test_the_last_output_of_the_backward_half_has_read_one_token_only():
    net = nn.GRU(2, 3, bidirectional=True, rng=0)
    x = np.random.default_rng(8).standard_normal((T, 1, 2))
    other = np.concatenate([-x[:-1], x[-1:]])
    halves = {}
    for bidirectional in (False, True):
        pool = nn.SequencePool("last", bidirectional=bidirectional)
        halves[bidirectional] = [pool(net(tokens)[0])[:, 3:] for tokens in (x, other)]
    assert_same(*halves[False], "where all other tokens differ")
    assert (np.abs(halves[True][0] - halves[True][1]) > 1e-3).all()


def test_the_kernel_takes_a_net_for_one_that_reads_forwards_unless_told():
    assert_same(last_forward(X, MASK)[0], nn.SequencePool("last")(X, mask=MASK), "last")


def test_nan_wins_a_maximum_in_a_real_step_and_only_there():
    x, without = np.array([[1.0], [np.nan], [np.inf], [2.0]]), [True, False, True, True]
    for pool, expected, expected_without in (
        (nn.SequencePool("max"), [np.nan], [np.inf]),
        (nn.SequencePool("kmax", k=2), [np.nan, np.inf], [np.inf, 2.0]),
    ):
        assert_same(pool(x).ravel(), expected, repr(pool))
        dx = pool.backward(np.ones_like(pool.cache.out))
        assert_same(dx.ravel(), [0.0, 1.0, *([1.0, 0.0] if pool.k else [0.0, 0.0])], f"dx, {pool!r}")
        assert_same(pool(x, mask=without).ravel(), expected_without, f"{pool!r}, NaN masked")


@pools
def test_nan_and_infinity_stay_in_their_own_sequence(kind, options):
    pool, x = build(kind, options), X.copy()
    expected = pool(x).copy()
    upstream = random_like(expected)
    expected_dx = pool.backward(upstream)
    x[:, 0], x[2, 1], x[3, 1] = np.nan, np.inf, -np.inf
    assert_same(pool(x)[2], expected[2], "out")
    assert_same(pool.backward(upstream)[:, 2], expected_dx[:, 2], "dx", 1e-15, 1e-15)


def test_sums_of_infinity_are_as_ieee_says():
    x = np.array([[np.inf, -np.inf], [-np.inf, 1.0]])
    assert_same(nn.SequencePool("sum")(x), [np.nan, -np.inf], "sum")
    assert_same(nn.SequencePool("mean")(x), [np.nan, -np.inf], "mean")
    assert_same(nn.SequencePool("lp", norm_type=3)(x), [np.inf, np.inf], "norm")


@pytest.mark.parametrize(("kind", "options"), [("max", {}), ("kmax", {"k": 2})])
def test_padding_loses_even_against_minus_infinity(kind, options):
    x, mask = np.full((4, 1, 2), -np.inf), np.array([[False], [True], [False], [True]])
    x[~mask] = 7.0
    pool = build(kind, options)
    assert (pool(x, mask=mask) == -np.inf).all()
    dx = pool.backward(np.ones_like(pool.cache.out))
    assert_same(dx[:, 0, 0], [0.0, 1.0, 0.0, 0.0] if kind == "max" else [0.0, 1.0, 0.0, 1.0], "dx")


@pools
def test_an_infinite_upstream_gradient_stays_out_of_padding(kind, options):
    pool = build(kind, options)
    out = pool(X, mask=MASK)
    assert not pool.backward(np.full_like(out, np.inf))[~MASK].any()


@pools
def test_an_empty_batch_goes_through(kind, options):
    for batch_first, shape in ((False, (T, 0, H)), (True, (0, T, H))):
        pool = build(kind, options, batch_first=batch_first)
        for given in ({}, {"lengths": []}, {"mask": np.ones(shape[:2], bool)}):
            out = pool(np.zeros(shape), **given)
            assert out.shape == ((0, options["k"], H) if kind == "kmax" else (0, H))
            assert pool.backward(out).shape == shape
        assert not any(parameter.grad.any() for parameter in pool.parameters())


@pools
def test_float32_stays_and_integers_become_float64(kind, options):
    pool = build(kind, options, **({"dtype": "float32"} if kind == "attention" else {}))
    for given in ({}, {"lengths": LENGTHS}):
        out = pool(np.ones((T, N, H), np.float32), **given)
        dx = pool.backward(out.astype(np.float64))
        assert {a.dtype.name for a in (out, dx, *(p.grad for p in pool.parameters()))} == {"float32"}
    assert build(kind, options)(np.ones((T, N, H), int)).dtype == np.float64


@pools
def test_any_memory_layout_will_do_and_nothing_given_is_written_to(kind, options):
    pool = build(kind, options)
    out = pool(X, mask=MASK)
    upstream = random_like(out)
    dx = pool.backward(upstream)
    strided = np.zeros((2 * T, N, 3 * H))[::-2, :, ::3]
    strided[...] = X
    for turned in (np.asfortranarray(X), strided):
        mask, grad = np.asfortranarray(MASK), np.asfortranarray(upstream)
        for array in (turned, mask, grad):
            array.flags.writeable = False
        got = pool(turned, mask=mask)
        got_dx = pool.backward(grad)
        assert_same(got, out, "out", 1e-14, 1e-14)
        assert_same(got_dx, dx, "dx", 1e-14, 1e-14)
        assert not np.shares_memory(got, turned)
        assert not np.shares_memory(got_dx, grad)


# ------------------------------------------------------------------------------------------ parameters and settings


def test_only_attention_has_parameters_and_they_are_stored_and_loaded():
    first, second = (nn.SequencePool("attention", hidden_size=H, rng=seed) for seed in (1, 2))
    assert {name: values.shape for name, values in first.state_dict().items()} == {
        "weight": (H, H),
        "bias": (H,),
        "vector": (H,),
    }
    assert not np.allclose(first(X), second(X))
    second.load_state_dict(first.state_dict())
    assert_same(second(X), first(X), "the same parameters")
    assert all(np.abs(p.data).max() <= 0.5 for p in first.parameters())
    for kind, options in POOLS[:-1]:
        assert not nn.SequencePool(kind, **options).state_dict()


def test_gradients_of_parameters_add_up():
    pool = build("attention", {"hidden_size": H})
    upstream = random_like(pool(X))
    pool.backward(upstream)
    once = [parameter.grad.copy() for parameter in pool.parameters()]
    pool.backward(upstream)
    for parameter, grad in zip(pool.parameters(), once, strict=True):
        assert_same(parameter.grad, 2 * grad, "twice")


def test_a_pool_shows_its_settings():
    assert repr(nn.SequencePool("max")) == "SequencePool('max')"
    assert repr(nn.SequencePool("lp", norm_type=2)) == "SequencePool('lp', norm_type=2.0)"
    assert repr(nn.SequencePool("last", batch_first=True, bidirectional=True)) == (
        "SequencePool('last', batch_first=True, bidirectional=True)"
    )


BAD_SETTINGS = [
    (
        ("average",),
        {},
        ValueError,
        "kind must be one of ('last', 'first', 'mean', 'max', 'sum', 'lp', 'kmax', 'attention'), got 'average'",
    ),
    ((None,), {}, TypeError, None),
    (("max",), {"batch_first": 1}, TypeError, "batch_first must be True or False, got 1"),
    (("lp",), {}, TypeError, "norm_type must be a finite number above 0, got None"),
    (("lp",), {"norm_type": 0}, ValueError, "norm_type must be a finite number above 0, got 0"),
    (("lp",), {"norm_type": -1.0}, ValueError, "norm_type must be a finite number above 0, got -1.0"),
    (("lp",), {"norm_type": np.inf}, ValueError, "norm_type must be a finite number above 0, got inf"),
    (("kmax",), {}, TypeError, "k must be an integer, got None"),
    (("kmax",), {"k": 0}, ValueError, "k must be at least 1, got 0"),
    (("kmax",), {"k": 2.0}, TypeError, "k must be an integer, got 2.0"),
    (("attention",), {}, TypeError, "hidden_size must be an integer, got None"),
    (("attention",), {"hidden_size": 0}, ValueError, "hidden_size must be at least 1, got 0"),
    (("attention",), {"hidden_size": 2, "dtype": int}, TypeError, None),
    (("attention",), {"hidden_size": 10**7}, MemoryError, None),
    *(
        (
            ("mean",),
            {option: value},
            ValueError,
            f"{option} must be left out with kind 'mean', for it belongs to {owner!r}; got {value!r}",
        )
        for option, value, owner in (
            ("bidirectional", True, "last"),
            ("norm_type", 2, "lp"),
            ("k", 0, "kmax"),
            ("hidden_size", 4, "attention"),
            ("dtype", "float32", "attention"),
            ("rng", 0, "attention"),
        )
    ),
]


@pytest.mark.parametrize(("args", "options", "error", "message"), BAD_SETTINGS, ids=lambda value: str(value)[:30])
def test_a_bad_setting_is_named(args, options, error, message):
    with pytest.raises(error) as caught:
        nn.SequencePool(*args, **options)
    assert str(caught.value).startswith("SequencePool: ")
    assert message is None or str(caught.value) == f"SequencePool: {message}"


Z = np.zeros((5, 2, 4))
TRUE = np.ones((5, 2), bool)
NO_STEP = np.array([[True, False]] * 5)
BAD_CALLS = [
    ("max", Z[0, 0], {}, ValueError, "input must have shape (T, N, hidden_size) or (T, hidden_size), got (4,)"),
    ("max", Z[:0], {}, ValueError, "input must have at least one step, got T = 0"),
    ("max", Z + 1j, {}, TypeError, "input must hold real numbers, got dtype complex128"),
    ("max", (Z, Z[-1:]), {}, TypeError, "input must be one array, got two; of what a recurrent net returns give y"),
    (
        "attention",
        Z[..., :3],
        {},
        ValueError,
        "input must have shape (T, N, hidden_size) with hidden_size=4, got (5, 2, 3)",
    ),
    (
        "both ways",
        Z[..., :3],
        {},
        ValueError,
        "input must hold two halves with bidirectional=True, got shape (5, 2, 3)",
    ),
    ("mean", Z, {"lengths": [0, 5]}, ValueError, "lengths must be in 1..5, got [0, 5]"),
    ("mean", Z, {"lengths": [6, 5]}, ValueError, "lengths must be in 1..5, got [6, 5]"),
    ("mean", Z, {"lengths": [5.0, 5.0]}, TypeError, "lengths must hold integers, got dtype float64"),
    ("mean", Z, {"lengths": [5]}, ValueError, "lengths must have shape (2,), one for each sequence, got (1,)"),
    ("mean", Z, {"mask": TRUE.T}, ValueError, "mask must have shape (5, 2), one entry a step, got (2, 5)"),
    (
        "batch first",
        Z.swapaxes(0, 1),
        {"mask": TRUE},
        ValueError,
        "mask must have shape (2, 5), one entry a step, got (5, 2)",
    ),
    (
        "mean",
        Z,
        {"mask": TRUE.astype(int)},
        TypeError,
        "mask must hold True for a real step and False for padding, got dtype int64",
    ),
    (
        "mean",
        Z,
        {"mask": NO_STEP},
        ValueError,
        "mask must be True at one step of each sequence, got none in sequence 1",
    ),
    (
        "batch first",
        Z.swapaxes(0, 1),
        {"mask": NO_STEP.T},
        ValueError,
        "mask must be True at one step of each sequence, got none in sequence 1",
    ),
    (
        "mean",
        Z,
        {"mask": TRUE, "lengths": [5, 5]},
        ValueError,
        "lengths must be None where a mask is given, got [5, 5]",
    ),
    (
        "kmax",
        Z,
        {"lengths": [3, 2]},
        ValueError,
        "k must be at most the real steps of each sequence, got k=3 and 2 in sequence 1",
    ),
    (
        "kmax",
        Z[:2, 0],
        {},
        ValueError,
        "k must be at most the real steps of each sequence, got k=3 and 2 in sequence 0",
    ),
]


@pytest.mark.parametrize(
    ("kind", "x", "given", "error", "message"), BAD_CALLS, ids=[f"{kind} {message}" for kind, *_, message in BAD_CALLS]
)
def test_a_bad_call_is_named_and_leaves_the_last_one(kind, x, given, error, message):
    options = {
        "both ways": {"kind": "last", "bidirectional": True},
        "batch first": {"kind": "mean", "batch_first": True},
        "kmax": {"kind": "kmax", "k": 3},
        "attention": {"kind": "attention", "hidden_size": 4},
    }
    pool = nn.SequencePool(**options.get(kind, {"kind": kind}))
    pool(np.ones((3, 4, 4)))
    cache = pool.cache
    with pytest.raises(error) as caught:
        pool(x, **given)
    assert str(caught.value) == f"SequencePool: {message}"
    assert pool.cache is cache
    assert pool.backward(np.ones_like(cache.out)).shape == (3, 4, 4)


def test_a_failure_further_on_leaves_the_last_call_too():
    net = nn.Sequential(nn.SequencePool("mean", batch_first=True), nn.Linear(4, 2))
    net(np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match=r"^Linear: input must have shape"):
        net(np.ones((3, 5)))
    assert net.backward(np.ones((2, 2))).shape == (2, 3, 4)


@pools
def test_backward_comes_after_forward_and_fits_it(kind, options):
    pool = build(kind, options)
    with pytest.raises(RuntimeError, match=r"^SequencePool\.backward called before forward$"):
        pool.backward(np.ones((N, H)))
    out = pool(X)
    with pytest.raises(ValueError, match=r"^SequencePool: the gradient given to backward must have the output's shape"):
        pool.backward(np.ones((1, *out.shape)))
    assert all(parameter.grad is None for parameter in pool.parameters())
