"""What lesson cells show tells the truth: the real source, and a verdict that says where a function goes wrong."""

import ast
import re
from html import unescape

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from helpers.kernels import pooling
from helpers.kernels.windows import Windows
from helpers.show import check, predict, show_source

# --- show_source -----------------------------------------------------------------------------------------------------


def with_docstring(x, *, scale=2):
    """Say much.

    Over several lines.
    """
    # scaled
    return scale * x


def without_docstring(x):
    text = """kept"""
    return text * x


def one_line_docstring(x):
    "Short."
    return x


@pytest.mark.parametrize("function", [with_docstring, without_docstring, one_line_docstring])
def test_the_shown_source_runs_and_does_the_same(function):
    scope = {}
    exec(str(show_source(function)), scope)
    shown = scope[function.__name__]
    arguments = [3] * function.__code__.co_argcount
    assert shown(*arguments) == function(*arguments)
    assert shown.__doc__ is None


def test_comments_and_strings_stay_and_the_docstring_goes():
    assert str(show_source(with_docstring)) == "def with_docstring(x, *, scale=2):\n    # scaled\n    return scale * x"
    assert '"""kept"""' in show_source(without_docstring)


@pytest.mark.parametrize(
    "function",
    [pooling.max_pool2d_forward, pooling.max_pool2d_backward, pooling.avg_pool2d_backward, pooling.slide],
    ids=lambda function: function.__name__,
)
def test_the_kernels_are_shown_whole_but_for_their_docstring(function):
    (shown,) = ast.parse(str(show_source(function))).body
    assert shown.name == function.__name__
    assert ast.get_docstring(shown) is None
    assert isinstance(shown.body[-1], ast.Return)


def test_several_functions_are_shown_one_below_the_other():
    assert [part.name for part in ast.parse(str(show_source(with_docstring, without_docstring))).body] == [
        "with_docstring",
        "without_docstring",
    ]


def test_a_method_is_shown_without_its_indentation():
    assert str(show_source(Windows.start)) == "def start(self, i):\n    return i * self.stride - self.padding"


def test_a_notebook_shows_the_source_as_python():
    text = show_source(without_docstring)._repr_markdown_()
    assert text.startswith("```python\ndef without_docstring") and text.endswith("\n```")


# --- check -----------------------------------------------------------------------------------------------------------

PICTURE = np.arange(12.0).reshape(3, 4)
CASES = [(np.array([1.0, 2.0]),), (PICTURE,)]


def doubled(x):
    return 2 * x


def verdict_on(mine, cases=CASES, reference=doubled):
    return check(mine, reference, cases)


def test_a_right_function_is_right():
    verdict = verdict_on(lambda x: x + x)
    assert verdict and verdict.right
    assert repr(verdict) == "Right on all 2 cases."


def test_a_list_or_a_float32_result_is_right_too():
    assert verdict_on(lambda x: (2 * x).tolist())
    assert verdict_on(lambda x: (2 * x).astype(np.float32))


@pytest.mark.parametrize(
    ("mine", "fault"),
    [
        (lambda x: np.where(x == 6, 0, 2 * x), "entry (1, 2) of the result is 0.0, expected 12.0"),
        (lambda x: (2 * x).T, "the result has shape (4, 3), expected (3, 4)"),
        (lambda x: None, "it returned None: its last line should return the result"),
        (lambda x: x / np.where(x > 4, np.nan, 0.5), "entry (1, 1) of the result is nan, expected 10.0"),
        (lambda x: (2 * x).astype(str), "the result holds <U32, not numbers"),
        (lambda x: x[5], "it raised IndexError: index 5 is out of bounds"),
        (lambda x: 2 * x.sum(), "the result has shape (), expected (3, 4)"),
        (lambda x: (2 * x, x), "the result has shape (2, 3, 4), expected (3, 4)"),
        (lambda x: [[1.0], [2.0, 3.0]], "the result"),
        (lambda x: 2 * x + 1e-6, "entry (0, 0) of the result is 1e-06, expected 0.0"),
    ],
    ids=["value", "shape", "None", "NaN", "text", "raises", "number", "tuple", "ragged", "nearly"],
)
def test_a_wrong_function_hears_where_it_first_goes_wrong(mine, fault):
    verdict = verdict_on(mine, [(PICTURE,)])
    assert not verdict
    assert repr(verdict).startswith("Not yet. On case 1 of 1, x = array([[ 0., 1., 2., 3.], ")
    assert fault in repr(verdict), verdict
    assert "\n" not in repr(verdict)


def test_an_entry_of_a_row_is_named_by_its_number_alone():
    assert "entry 1 of the result is 3.0, expected 4.0" in repr(verdict_on(lambda x: np.array([2.0, 3.0])))


def test_the_case_that_fails_is_named_after_those_that_pass():
    verdict = verdict_on(lambda x: 2 * x if x.ndim == 1 else x)
    assert repr(verdict).startswith("Not yet. On case 2 of 2, ")


def test_each_argument_has_the_readers_own_name_for_it():
    verdict = check(lambda p, lr: p, lambda p, lr: p - lr, [(2.0, 0.5)])
    assert repr(verdict) == "Not yet. On case 1 of 1, p = 2.0, lr = 0.5: the result is 2.0, expected 1.5."


@pytest.mark.parametrize("mine", [lambda *arguments: 1, lambda p: 1, 3], ids=["starred", "too few", "no function"])
def test_arguments_without_names_are_given_as_they_are(mine):
    assert repr(check(mine, lambda p, lr: p - lr, [(2.0, 0.5)])).startswith("Not yet. On case 1 of 1, 2.0, 0.5: ")


def test_one_starred_argument_is_given_as_it_is():
    assert repr(check(lambda *p: 1, lambda p: p, [(2.0,)])).startswith("Not yet. On case 1 of 1, 2.0: ")


def test_a_large_argument_is_named_by_its_shape():
    verdict = verdict_on(lambda x: x, [(np.ones((5, 6)),)])
    assert repr(verdict).startswith("Not yet. On case 1 of 1, x = an array of shape (5, 6): ")


def test_a_function_not_yet_written_is_told_apart_from_a_wrong_one():
    def mine(x):
        raise NotImplementedError

    assert not verdict_on(mine)
    assert repr(verdict_on(mine)) == "Not written yet: replace the last line of the function."


def test_nan_is_right_where_nan_is_expected():
    assert verdict_on(lambda x: x + np.nan, reference=lambda x: x * np.nan)


def test_a_function_that_edits_its_argument_harms_neither_the_reference_nor_the_next_case():
    case = np.array([1.0, 2.0])

    def mine(x):
        x *= 2
        return x

    verdict = verdict_on(mine, [(case,), (case,)])
    assert verdict, verdict
    np.testing.assert_array_equal(case, [1.0, 2.0])


def test_a_reference_that_edits_its_argument_harms_no_reader():
    def reference(x):
        x *= 2
        return x

    assert verdict_on(doubled, reference=reference)


def test_an_interrupt_is_not_taken_for_a_wrong_answer():
    def mine(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict_on(mine)


# --- predict ---------------------------------------------------------------------------------------------------------

ANSWERS = {"8": "That is one side.", "64": "Yes: 8 · 8 = 64.", "<b>128</b>": "More than <i>half</i> & wrong."}


@pytest.fixture
def question():
    before = set(_instances)
    yield predict("How many blocks?", ANSWERS)
    for key in set(_instances) - before:
        _instances[key].close()


def test_a_question_gives_no_answer_away(question):
    assert question.choice.value is None
    assert question.reply.value == ""
    assert "8 · 8" not in repr(question)


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_gets_its_sentence_as_text(question, answer):
    question.choice.value = answer
    html = question.reply.value
    assert "<i>" not in html, f"an answer is shown as text and never runs: {html}"
    assert unescape(re.sub(r"</?div[^>]*>", "", html)) == ANSWERS[answer]
    assert 'role="status"' in html, "a screen reader has to hear the answer"


def test_the_question_is_shown_as_text():
    question = predict("Is <script>1</script> < 2?", ANSWERS)
    model = question._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]["model_id"]
    html = "".join(getattr(part, "value", None) or "" for part in _instances[model].children)
    assert "<script" not in html and "&lt;script&gt;" in html


def test_a_saved_notebook_keeps_the_question_and_its_answers(question):
    bundle = question._repr_mimebundle_()
    assert bundle["text/plain"] == "How many blocks?\n( ) 8\n( ) 64\n( ) <b>128</b>"
    assert "model_id" in bundle["application/vnd.jupyter.widget-view+json"]


def test_a_second_view_of_a_question_knows_the_answer_given_in_the_first(question):
    models = [question._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]["model_id"] for _ in range(2)]
    for model in models:
        assert {question.choice, question.reply} < set(_instances[model].children)
