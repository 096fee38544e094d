"""What lesson cells show: the real source of a helper, a question to answer first, the verdict on an exercise."""

import ast
import copy
import inspect
import operator
import textwrap
from html import escape

import numpy as np

from helpers import checks


def show_source(*functions):
    """Return the source of helpers' functions, without their docstrings, as highlighted text.

    Examples
    --------
    >>> from helpers.kernels.windows import Windows
    >>> print(show_source(Windows.start)._repr_markdown_())
    ```python
    def start(self, i):
        return i * self.stride - self.padding
    ```
    """
    return _Source("\n\n".join(_without_docstring(function) for function in functions))


class _Source(str):
    def _repr_markdown_(self):
        return f"```python\n{self}\n```"

    def __repr__(self):
        return str(self)


def _without_docstring(function):
    source = textwrap.dedent(inspect.getsource(function))
    lines = source.splitlines()
    body = ast.parse(source).body[0].body
    if ast.get_docstring(ast.parse(source).body[0]) is not None:
        del lines[body[0].lineno - 1 : body[0].end_lineno]
    return "\n".join(lines).replace("\n\n\n", "\n\n").rstrip()


def check(mine, reference, cases):
    """Compare a reader's function with the reference on every case and say where they first part.

    Parameters
    ----------
    mine, reference : callable
        Functions of the same arguments that return an array.
    cases : list of tuple
        Arguments; each side gets its own copy.

    Returns
    -------
    Verdict
        Its text names the case, each argument as the reader has named it, the entry, what came and what was expected.

    Examples
    --------
    >>> check(np.sum, np.max, [(np.array([1.0, 2.0]),)])
    Not yet. On case 1 of 1, a = array([1., 2.]): the result is 3.0, expected 2.0.
    >>> check(np.max, np.max, [(np.array([1.0, 2.0]),)])
    Right on all 1 cases.
    """
    for number, case in enumerate(cases, 1):
        where = f"On case {number} of {len(cases)}, {_named(mine, case)}:"
        expected = np.asarray(reference(*copy.deepcopy(case)))
        try:
            got = mine(*copy.deepcopy(case))
        except NotImplementedError:
            return Verdict(False, "Not written yet: replace the last line of the function.")
        except Exception as error:
            return Verdict(False, f"Not yet. {where} it raised {type(error).__name__}: {error}")
        fault = _fault(got, expected)
        if fault:
            return Verdict(False, f"Not yet. {where} {fault}.")
    return Verdict(True, f"Right on all {len(cases)} cases.")


class Verdict:
    """Whether an exercise is right, and the sentence that says so."""

    def __init__(self, right, text):
        self.right, self.text = right, text

    def __bool__(self):
        return self.right

    def __repr__(self):
        return self.text


def _fault(got, expected):
    if got is None:
        return "it returned None: its last line should return the result"
    try:
        got = np.asarray(got)
    except ValueError:
        return "the result is a list of rows of different lengths, not an array"
    if got.shape != expected.shape:
        return f"the result has shape {got.shape}, expected {expected.shape}"
    if got.dtype.kind not in "biuf":
        return f"the result holds {got.dtype}, not numbers"
    wrong = ~np.isclose(got, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
    if not wrong.any():
        return ""
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"entry {at if len(at) != 1 else at[0]} of the result" if at else "the result"
    return f"{place} is {got[at]}, expected {expected[at]}"


def _named(function, case):
    """The arguments of a case, each with the reader's own name for it where the function can be called so."""
    try:
        names = inspect.signature(function).bind(*case).arguments
    except (TypeError, ValueError):  # other arguments, or a function without a signature
        names = {}
    if len(names) != len(case) or not all(map(operator.is_, names.values(), case)):  # *arguments holds a tuple
        return ", ".join(map(_brief, case))
    return ", ".join(f"{name} = {_brief(argument)}" for name, argument in names.items())


def _brief(argument):
    if isinstance(argument, np.ndarray) and argument.size > 16:
        return f"an array of shape {argument.shape}"
    return " ".join(repr(argument).split())


class predict:
    """A question to answer before reading on: one button an answer, and what each deserves.

    Parameters
    ----------
    question : str
    answers : dict of str to str
        Each answer with the sentence it gets.
    """

    def __init__(self, question, answers):
        import ipywidgets as widgets

        self.question, self.answers = question, answers
        self.choice = widgets.RadioButtons(
            options=list(answers), value=None, layout=widgets.Layout(width="max-content")
        )
        self.reply = widgets.HTML()
        self.choice.observe(self._answer, "value")

    def _answer(self, change):
        self.reply.value = f'<div role="status">{escape(self.answers[change["new"]])}</div>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        import ipywidgets as widgets

        question = widgets.HTML(f"<b>{escape(self.question)}</b>")
        live = widgets.VBox([question, self.choice, self.reply])._repr_mimebundle_(include=include, exclude=exclude)
        return live | {"text/plain": repr(self)}

    def __repr__(self):
        return "\n".join([self.question, *(f"( ) {answer}" for answer in self.answers)])


def asker(questions):
    """Return `ask(name)`, which shows one of a lesson's questions.

    Parameters
    ----------
    questions : dict of str to tuple
        Question and answers, as `predict` takes them.
    """

    def ask(name):
        """Show one of the lesson's questions."""
        return predict(*questions[checks.choice("ask", "name", name, questions)])

    return ask
