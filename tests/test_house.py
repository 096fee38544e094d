"""The house is in order: versions, dependencies, directions of import, and what no file may hold."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import make_api
from tests.lessons import PATHS, prose

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()}
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
INSTALLED = NEEDED + EXTRAS["test"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")

HELPERS = {path: path.relative_to(ROOT).with_suffix("").parts for path in sorted(ROOT.glob("helpers/**/*.py"))}
FOLDERS = ("helpers", "scripts", "benchmarks", "tests")
OURS = [ROOT / "conftest.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).glob("**/*.py")))]

# Who may import whom: a line from the lines above it, and anyone from its own package. plots imports results alone.
LEVELS = [
    {"checks", "markdown", "timing"},
    {"course", "data", "glossary", "kernels", "notation"},
    {"nn"},
    {"optim"},
    {"complexity", "gradcheck", "train"},
    {"experiments"},
    {"plots"},
    {"ledger", "show"},
    {"exercises", "widgets"},
]
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}
NUMPY_ALONE = set.union(*LEVELS[:6])  # these import NumPy, and at import time nothing else from outside
HEAVY = {"torch", "matplotlib", "ipywidgets", "IPython", "scipy", "sklearn", "pandas", "PIL"}


# ---------------------------------------------------------------------------------------------------- versions


@pytest.mark.parametrize("requirement", INSTALLED, ids=lambda requirement: requirement.name)
def test_a_version_has_a_lower_and_an_upper_bound(requirement):
    kinds = {bound.operator for bound in requirement.specifier}
    assert kinds == {">=", "<"}, f"{requirement} needs a lower bound (>=) and an upper one (<)"


@pytest.mark.parametrize("requirement", INSTALLED, ids=lambda requirement: requirement.name)
def test_what_is_installed_lies_within_the_bounds(requirement):
    got = version(requirement.name)
    assert got in requirement.specifier, f"{requirement.name} {got} is installed, pyproject.toml says {requirement}"


def test_environment_yml_has_the_bounds_of_pyproject():
    wanted = {r.name: str(r.specifier) for r in [*NEEDED, Requirement(f"python{PROJECT['requires-python']}")]}
    lines = [line.replace("pytorch-cpu", "torch") for line in CONDA if isinstance(line, str) and line != "pip"]
    got = {r.name: str(r.specifier) for r in map(Requirement, lines)}
    assert {"python", "torch"} <= set(got)
    differing = [f"{name}{bound}, not {wanted.get(name)}" for name, bound in got.items() if bound != wanted.get(name)]
    assert not differing, f"environment.yml says {differing}, as pyproject.toml says"
    assert {"pip": ["-e .[test]"]} in CONDA, "pip brings what conda did not: the rest of pyproject.toml"


def test_the_makefile_pins_a_torch_within_the_bounds():
    pin = re.search(r"^TORCH := (\S+)$", MAKEFILE, re.MULTILINE)[1]
    assert pin in next(r.specifier for r in NEEDED if r.name == "torch")


def test_the_makefile_and_pyproject_ask_for_the_same_python():
    lowest = ".".join(re.search(r"version_info < \((\d+), (\d+)\)", MAKEFILE).groups())
    assert PROJECT["requires-python"] == f">={lowest}"
    assert f"python{lowest} python;" in MAKEFILE, f"the Makefile does not look for python{lowest}"


# ---------------------------------------------------------------------------------------------------- imports


def imports(path, package=()):
    """Yield (line, dotted name, whether at import time) for each import of a file, relative ones resolved."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    later = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*base, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield node.lineno, name, id(node) not in later


def helpers_imports():
    """Yield (place, importing part of helpers, dotted name, whether at import time)."""
    for path, parts in HELPERS.items():
        for line, name, now in imports(path, parts[:-1]):
            if parts[1] in LEVEL:
                yield f"{path.relative_to(ROOT)}:{line}", parts[1], name, now


def test_every_part_of_helpers_has_its_level():
    parts = {parts[1] for parts in HELPERS.values()} - {"__init__"}
    assert parts, "helpers holds no module: the checks of imports would check nothing"
    assert parts <= set(LEVEL), f"{parts - set(LEVEL)}: give them a place in LEVELS, which says who may import whom"


def test_imports_inside_helpers_go_one_way():
    wrong = []
    for place, part, name, _ in helpers_imports():
        target = f"{name}.".split(".")[1]
        if name.split(".")[0] != "helpers" or target == part:
            continue
        allowed = {"experiments"} if part == "plots" else {other for other in LEVEL if LEVEL[other] < LEVEL[part]}
        if target not in allowed:
            wrong.append(f"{place}: {part} imports {name}; it may import {sorted(allowed)}")
    assert not wrong, "\n".join(wrong)


def test_the_mathematics_imports_numpy_alone():
    wrong = []
    for place, part, name, now in helpers_imports():
        outside = name.split(".")[0] not in sys.stdlib_module_names | {"helpers", "numpy"}
        if outside and part in NUMPY_ALONE and (now or part in {"checks", "kernels", "nn", "optim"}):
            wrong.append(f"{place}: {part} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_every_import_is_declared_in_pyproject():
    declared = {canonicalize_name(requirement.name) for requirement in INSTALLED}
    distributions = packages_distributions() | {"sklearn": ["scikit-learn"]}  # where it is not installed
    missing = []
    for path in OURS:
        for line, name, _ in imports(path, path.relative_to(ROOT).parts[:-1]):
            module = name.split(".")[0]
            bringers = {canonicalize_name(one) for one in distributions.get(module, ())}
            if module not in sys.stdlib_module_names and module not in FOLDERS and not bringers & declared:
                missing.append(f"{path.relative_to(ROOT)}:{line}: {module}")
    assert not missing, "declare in pyproject.toml:\n" + "\n".join(missing)


@pytest.mark.parametrize(
    ("parts", "unwanted"),
    [(NUMPY_ALONE, HEAVY), (set(LEVEL), {"torch", "scipy", "sklearn", "pandas"})],
    ids=["the mathematics", "all of helpers"],
)
def test_importing_helpers_loads_nothing_heavy(parts, unwanted):
    names = [".".join(name).removesuffix(".__init__") for name in HELPERS.values() if name[1] in {"__init__", *parts}]
    code = f"import {', '.join(names)}, sys; print(*sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert not done.stdout.strip(), f"importing helpers loads {done.stdout.strip()}"


# ---------------------------------------------------------------------------------------------------- docstrings


def test_every_public_name_has_a_docstring():
    nameless = [line for line in make_api.page().splitlines() if line.endswith("`: ")]
    assert not nameless, "give a docstring to:\n" + "\n".join(nameless)


def test_the_page_of_public_names_is_what_the_docstrings_say():
    stored = make_api.PAGE.read_text("utf-8")
    assert stored == make_api.page(), "docs/api.md is behind: run `python -m scripts.make_api` and commit it"


# ---------------------------------------------------------------------------------------------------- files

FORBIDDEN = {
    r"/(home|Users)/\w|/root/\w|[A-Z]:\\+Users\\": "names a folder of one person's machine",
    r"--allow[-]root|\.allow_root *= *True": "runs the server as root",
    r"""\b(token|password) ?= ?(''|"")|\.(token|password)=(\s|$)""": "empties the server's token",
    r"""allow_origin(_pat)?\W*[=:]\s*["']?(\*|\.\*)""": "lets every website talk to the server",
    r"import pickle|\bpickle\.loads?\(|allow_pickle ?= ?True|\bjoblib\.load\(": "loads a pickle, which can run code",
}


def tracked():
    """Files that git tracks or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_holds_what_is_forbidden():
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "replace")
        for pattern, what in FORBIDDEN.items():
            if path != Path(__file__) and (match := re.search(pattern, text, re.MULTILINE)):
                line = text[: match.start()].count("\n") + 1
                found.append(f"{path.relative_to(ROOT)}:{line}: {match[0]!r} {what}")
    assert not found, "\n".join(found)


def pages():
    """Each page that a reader opens, a Markdown file or a notebook: its path and its prose."""
    return [(path, path.read_text("utf-8")) for path in tracked() if path.suffix == ".md"] + [
        (path, "\n".join(prose(path))) for path in PATHS
    ]


def test_links_between_files_lead_somewhere():
    found = []
    for path, text in pages():
        links = re.findall(r"\]\((?!https?:)([^)#\s]+)", text)
        found += [f"{path.relative_to(ROOT)}: {link}" for link in links if not (path.parent / link).exists()]
    assert not found, "no such file:\n" + "\n".join(found)


def test_a_command_that_a_page_names_is_in_the_makefile():
    targets = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
    named = {(target, path.name) for path, text in pages() for target in re.findall(r"(?:^|`)make (\w+)", text, re.M)}
    assert {"lab", "test"} <= {target for target, _ in named}
    missing = [f"{page}: make {target}" for target, page in sorted(named) if target not in targets]
    assert not missing, "not in the Makefile:\n" + "\n".join(missing)


def test_actions_are_pinned_and_may_only_read():
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        text = path.read_text("utf-8")
        loose = [use for use in re.findall(r"uses: *(\S+)", text) if not re.search(r"@[0-9a-f]{40}$", use)]
        assert not loose, f"{path.name}: pin {loose} to full commit ids"
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
