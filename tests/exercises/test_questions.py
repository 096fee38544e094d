"""Every question of the course: one answer is right, and each gets a reply."""

from html import escape
from importlib import import_module
from pkgutil import iter_modules

import pytest

from helpers import exercises

LESSONS = {name: import_module(f"helpers.exercises.{name}") for _, name, _ in iter_modules(exercises.__path__)}
QUESTIONS = [(lesson, name) for lesson, module in sorted(LESSONS.items()) for name in module.QUESTIONS]


@pytest.mark.parametrize(("lesson", "name"), QUESTIONS)
def test_one_answer_is_right_and_each_gets_a_reply(lesson, name):
    question = LESSONS[lesson].ask(name)
    asked, answers = LESSONS[lesson].QUESTIONS[name]
    assert repr(question).startswith(asked) and len(answers) > 1
    assert sum(reply.startswith("Yes") for reply in answers.values()) == 1
    for answer, reply in answers.items():
        question.choice.value = answer
        assert len(reply) > 20 and escape(reply) in question.reply.value


def test_a_name_that_no_question_has_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"ask: name must be one of \('largest',\), got 'smallest'"):
        LESSONS["start"].ask("smallest")
