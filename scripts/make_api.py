"""Write docs/api.md: every public name of the package, how it is called, and the first sentence of its docstring.

And docs/course_map.svg, the map of lesson 00 for the README.

python -m scripts.make_api
"""

import importlib
import inspect
import re
from pathlib import Path

from helpers.course import LESSONS
from helpers.plots.course_map import draw_course

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/api.md"
MAP = ROOT / "docs/course_map.svg"
PARTS = (
    *("nn", "nn.init", "nn.utils", "optim", "optim.lr_scheduler", "data", "train"),
    *("complexity", "gradcheck", "ledger", "timing", "show", "widgets", "notation", "glossary"),
)
HEAD = """# What `helpers` offers

Made from the docstrings by `python -m scripts.make_api`. `help(nn.Linear)` in Python says all of it: shapes, settings,
errors, equations, and an example that a test runs.
"""


def page():
    """The whole page as text."""
    return "\n".join([HEAD, *map(section, PARTS)])


def course_map():
    """The map as an SVG file."""
    return draw_course(LESSONS).svg() + "\n"


def section(part):
    """What one part is for, then its public names, those of each source file together."""
    module = importlib.import_module(f"helpers.{part}")
    files = {}
    for name, thing in public(module).items():
        files.setdefault(Path(inspect.getsourcefile(thing)).relative_to(ROOT).as_posix(), {})[name] = thing
    lines = [f"## {part}", "", summary(module), ""]
    for file, things in sorted(files.items()):
        lines += [f"### [{file.removeprefix('helpers/')}](../{file})", ""]
        lines += [line for name, thing in things.items() for line in entry(name, thing)]
        lines.append("")
    return "\n".join(lines)


def public(module):
    """The functions and classes that a module offers: those in its `__all__`, or else those that it defines."""
    names = sorted(getattr(module, "__all__", vars(module)))
    things = {name: getattr(module, name) for name in names if not name.startswith("_")}
    return {
        name: thing
        for name, thing in things.items()
        if (inspect.isfunction(thing) or inspect.isclass(thing))
        and (hasattr(module, "__all__") or thing.__module__ == module.__name__)
    }


def entry(name, thing):
    """The lines of a function, or of a class and of all that it can do beyond the classes which it is made from."""
    yield f"- `{name}{signature(thing)}`: {summary(thing)}"
    for name, member in vars(thing).items() if inspect.isclass(thing) else ():
        inherited = any(hasattr(base, name) for base in thing.__mro__[1:])
        if name.startswith("_") or inherited:
            continue
        if isinstance(member, property):
            yield f"  - `.{name}`: {summary(member)}"
        elif inspect.isroutine(getattr(thing, name)):
            yield f"  - `.{name}{signature(getattr(thing, name))}`: {summary(member)}"


def signature(thing):
    """How it is called: names and defaults."""
    parameters = inspect.signature(thing).parameters.values()
    shown = [one.replace(annotation=one.empty) for one in parameters if one.name != "self" and one.name[0] != "_"]
    return str(inspect.Signature(shown))


def summary(thing):
    """The first sentence of a docstring, with its formulas as GitHub reads them; '' where there is none."""
    paragraph = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph)[0]
    return re.sub(r":\w+:(`[^`]*`)", r"\1", re.sub(r":math:(`[^`]*`)", r"$\1$", sentence))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    MAP.write_text(course_map(), "utf-8")
