"""A model of a sequence is its parts, one after the other, forward and backward."""

import numpy as np
import pytest
import torch

from helpers import nn
from helpers.gradcheck import gradcheck
from tests.oracles import assert_same, random_like

LENGTHS = [4, 1, 3]
TOKENS = np.array([[1, 2, 3, 4], [5, 0, 0, 0], [2, 2, 1, 0]])


def build(net=nn.LSTM, pool="last", **options):
    return nn.SequenceModel(
        net(5, 6, batch_first=True, rng=1, **options),
        nn.Linear(6, 3, rng=2),
        None if pool is None else nn.SequencePool(pool, batch_first=True),
        nn.Embedding(7, 5, padding_idx=0, rng=3),
    )


@pytest.mark.parametrize("net", [nn.RNN, nn.LSTM, nn.GRU])
def test_padded_sentences_are_classified_as_torch_does_it(net):
    model = build(net)
    twins = [torch.nn.Embedding(7, 5, padding_idx=0), getattr(torch.nn, net.__name__)(5, 6, batch_first=True)]
    twins = [twin.double() for twin in (*twins, torch.nn.Linear(6, 3))]
    for ours, twin in zip((model.embedding, model.recurrent, model.head), twins, strict=True):
        twin.load_state_dict({name: torch.from_numpy(value) for name, value in ours.state_dict().items()})
    embedding, recurrent, head = twins
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        embedding(torch.from_numpy(TOKENS)), LENGTHS, batch_first=True, enforce_sorted=False
    )
    h_n = recurrent(packed)[1]
    expected = head((h_n[0] if net is nn.LSTM else h_n)[0])
    scores = model(TOKENS, LENGTHS)
    assert_same(scores, expected.detach().numpy(), "scores", 1e-12, 1e-12)
    upstream = random_like(scores)
    expected.backward(torch.from_numpy(upstream))
    assert model.backward(upstream) is None, "an index has no gradient"
    for ours, twin in zip((model.embedding, model.recurrent, model.head), twins, strict=True):
        for name, parameter in ours.named_parameters():
            assert_same(parameter.grad, dict(twin.named_parameters())[name].grad.numpy(), name, 1e-12, 1e-12)


def test_without_a_pool_every_step_has_an_output_and_a_cut_sequence_goes_on():
    model = build(pool=None)
    whole = model(TOKENS)
    assert whole.shape == (3, 4, 3)
    first = model(TOKENS[:, :2])
    second = model(TOKENS[:, 2:], h0=model.h_n)
    assert_same(np.concatenate([first, second], 1), whole, "two halves", 1e-14, 1e-14)


def test_central_differences_agree_with_vectors_in_place_of_indices():
    model = nn.SequenceModel(nn.GRU(2, 3, batch_first=True, rng=0), nn.Linear(3, 2, rng=0))
    assert gradcheck(model, np.random.default_rng(0).standard_normal((2, 4, 2))).largest < 1e-7


def test_a_pinned_gate_reaches_the_net():
    model = build()
    model(TOKENS, LENGTHS, pin={"f": 1.0})
    assert (model.recurrent.cache.f[0] == 1).all()


def test_the_state_holds_every_part_by_its_name():
    names = {name.split(".")[0] for name in build().state_dict()}
    assert names == {"embedding", "recurrent", "head"}
    assert [*build(pool=None).named_children()][-1][0] == "head"


NET, HEAD = nn.RNN(2, 3, batch_first=True), nn.Linear(3, 2)
BAD = [
    (TypeError, r"SequenceModel: recurrent must be a Module, got None", lambda: nn.SequenceModel(None, HEAD)),
    (TypeError, r"SequenceModel: head must be a Module, got 3", lambda: nn.SequenceModel(NET, 3)),
    (TypeError, r"SequenceModel: pool must be a Module, got 'max'", lambda: nn.SequenceModel(NET, HEAD, "max")),
    (
        ValueError,
        r"SequenceModel: recurrent must have batch_first=True, got RNN\(2, 3\)",
        lambda: nn.SequenceModel(nn.RNN(2, 3), HEAD),
    ),
    (
        ValueError,
        r"SequenceModel: pool must have batch_first=True",
        lambda: nn.SequenceModel(NET, HEAD, nn.SequencePool("max")),
    ),
]


@pytest.mark.parametrize(("error", "message", "call"), BAD, ids=[message[:60] for _, message, _ in BAD])
def test_bad_parts_are_named(error, message, call):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_a_call_that_fails_leaves_the_model_at_its_last_whole_call():
    model = build()
    scores = model(TOKENS, LENGTHS)
    with pytest.raises(ValueError, match="lengths"):
        model(TOKENS, [9, 9, 9])
    model.backward(random_like(scores))
    grads = [parameter.grad.copy() for parameter in model.parameters()]
    model.zero_grad()
    model(TOKENS, LENGTHS)
    model.backward(random_like(scores))
    for parameter, grad in zip(model.parameters(), grads, strict=True):
        assert_same(parameter.grad, grad)
