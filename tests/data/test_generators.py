"""What all generators keep to: the seed decides, nothing global is touched, and a bad argument is named."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import data

GENERATORS = {
    "xor": (data.xor, 12, {"noise": "width"}),
    "spirals": (data.spirals, 12, {"classes": 2, "turns": "width", "noise": "width"}),
    "moons": (data.moons, 12, {"noise": "width"}),
    "blobs": (data.blobs, 12, {"classes": 2, "noise": "width"}),
    "separable": (data.separable, 12, {"margin": "width"}),
    "curve": (data.curve, 12, {"noise": "width"}),
    "adding": (data.adding, 12, {"length": 2}),
    "temporal_order": (data.temporal_order, 12, {"length": 2, "marked": 1}),
    "copying": (data.copying, 12, {"delay": 1, "length": 1, "kinds": 2}),
    "memory": (data.memory, 12, {"length": 1, "write": "width", "reset": "width"}),
    "sine_cosine": (data.sine_cosine, 2, {"windows": 1, "length": 1, "period": "width", "noise": "width"}),
    "box_scenes": (data.box_scenes, 6, {"size": 12, "noise": "width"}),
    "segmentation_scenes": (data.segmentation_scenes, 6, {"size": 12, "shapes": 1, "noise": "width"}),
    "keyword": (data.keyword, 6, {"length": 1}),
    "negation": (data.negation, 6, {"filler": 0}),
    "long_range": (data.long_range, 6, {"distance": 1, "lead": 0}),
}
SIZES = [
    (name, size, least)
    for name in GENERATORS
    for size, least in {"n": 1, **GENERATORS[name][2]}.items()
    if least != "width"
]
WIDTHS = [(name, width) for name in GENERATORS for width, kind in GENERATORS[name][2].items() if kind == "width"]


def draw(name, **arguments):
    function, n, _ = GENERATORS[name]
    return function(**{"n": n, "rng": 7} | arguments)


def as_bits(result):
    return [field.tobytes() if isinstance(field, np.ndarray) else repr(field) for field in result]


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(name):
    first = as_bits(draw(name))
    assert as_bits(draw(name)) == as_bits(draw(name, rng=np.random.default_rng(7))) == first
    assert as_bits(draw(name, rng=8)) != first


@pytest.mark.parametrize("name", GENERATORS)
def test_a_generator_goes_on_where_it_was_and_the_global_one_is_left_alone(name):
    rng, before = np.random.default_rng(7), np.random.get_state()[1].copy()  # noqa: NPY002
    assert as_bits(draw(name, rng=rng)) != as_bits(draw(name, rng=rng)), "the second draw repeats the first"
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("name", GENERATORS)
def test_arrays_are_float64_int64_or_bool_and_finite(name):
    arrays = [field for field in draw(name) if isinstance(field, np.ndarray)]
    assert {array.dtype.name for array in arrays} <= {"float64", "int64", "bool"}
    assert all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("name", GENERATORS)
def test_one_example_is_enough(name):
    one = draw(name, n=2 if name == "negation" else 1)
    labels = getattr(one, "labels", None)
    assert labels is None or len(labels) == (2 if name == "negation" else 1)


@pytest.mark.parametrize("name", GENERATORS)
def test_the_seed_must_be_given(name):
    function, n, _ = GENERATORS[name]
    with pytest.raises(TypeError, match="rng"):
        function(n)
    for bad in ("0", 1.5, True):
        with pytest.raises(TypeError, match=f"{name}: rng must be .*, got {bad!r}"):
            function(n, rng=bad)


@pytest.mark.parametrize(("name", "size", "least"), SIZES)
def test_a_size_that_is_none_is_named(name, size, least):
    for bad in (1.5, "3", True, None):
        with pytest.raises(TypeError, match=f"{name}: {size} must be an integer, got {bad!r}"):
            draw(name, **{size: bad})
    with pytest.raises(ValueError, match=f"{name}: {size} must be at least [0-9]+, got {least - 1}"):
        draw(name, **{size: least - 1})


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_a_difficulty_that_is_none_is_named(name, width):
    for bad in (-0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match=re.escape(f"{name}: {width} must be ") + f".*, got {bad!r}"):
            draw(name, **{width: bad})
    for bad in ("1", None, True):
        with pytest.raises(TypeError, match=f"{name}: {width} must be .*, got {bad!r}"):
            draw(name, **{width: bad})


@pytest.mark.parametrize("name", GENERATORS)
def test_an_absurd_number_of_examples_is_refused_before_anything_is_made(name):
    with pytest.raises(MemoryError, match=f"{name}: .* would need [0-9,]+ GiB"):
        draw(name, n=2**31 - 2, **{size: 2**20 for size in GENERATORS[name][2] if size in ("length", "size")})


def test_importing_the_data_needs_numpy_alone():
    unwanted = {"PIL", "torch", "matplotlib", "scipy", "sklearn", "pandas", "statsmodels", "spellchecker"}
    code = f"import sys, helpers.data; sys.exit(str({unwanted} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert run.stderr.strip() == "set()"


def test_every_public_name_is_there():
    assert data.__all__ == sorted(data.__all__)
    assert all(hasattr(data, name) for name in data.__all__)
    assert set(GENERATORS) <= set(data.__all__)
