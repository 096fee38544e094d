"""The shipped data is what its record says, and what the installed packages hold."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from helpers.data import (
    digit_forms,
    digits,
    docstrings,
    photo,
    photo_path,
    shipped,
    sources,
    split,
    stored,
    sunspots,
    tokenize,
    words,
)
from scripts.make_text import CRUDE, LANGUAGES, without_accents

ROOT = Path(__file__).parents[2]


# --- the files -------------------------------------------------------------------------------------------------------


def test_every_shipped_file_is_recorded_with_its_credit_and_matches_its_sha256():
    record = sources()
    assert {path.name for path in shipped.FILES.iterdir()} == {*record, "sources.json", "licences.txt"}
    for name, entry in record.items():
        content = (shipped.FILES / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest()), name
        missing = {"author", "author_url", "source", "licence", "licence_url", "made", "shows", "shape"} - set(entry)
        assert not missing, f"{name} has no {missing}"


def test_a_photograph_is_credited_to_the_owner_of_the_page_it_comes_from():
    for name in ("china.jpg", "flower.jpg"):
        entry = sources()[name]
        assert f"/{entry['author']}/" in entry["source"], f"{name}: the link is another author's page"


def test_all_shipped_files_together_stay_below_one_megabyte():
    assert sum(path.stat().st_size for path in shipped.FILES.iterdir()) < 1_000_000


def test_the_security_page_names_every_kind_of_data_file():
    promised = (ROOT / "SECURITY.md").read_text("utf-8")
    words = {".jpg": "pictures", ".npz": "`.npz` arrays", ".csv": "`.csv` tables", ".json": "JSON", ".txt": "text"}
    for path in shipped.FILES.iterdir():
        assert words[path.suffix] in promised, f"{path.name}: SECURITY.md does not name its kind"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "new"
    subprocess.run([sys.executable, "-m", "scripts.make_data", folder], cwd=ROOT, check=True, capture_output=True)
    return folder


def test_the_script_makes_all_files_that_are_shipped(made):
    assert {path.name for path in made.iterdir()} == {path.name for path in shipped.FILES.iterdir()}


@pytest.mark.parametrize(
    "name",
    ["china.jpg", "flower.jpg", "digits.npz", "sunspots.csv", "words.csv", "docstrings.csv", *shipped.TRAINED],
)
def test_the_script_makes_the_shipped_bytes_again(made, name):
    recorded = sources()[name]
    for package, then in recorded.get("packages", {}).items():
        if version(package) != then:
            pytest.skip(f"{name} was made from {package} {then}, installed is {version(package)}")
    assert (made / name).read_bytes() == (shipped.FILES / name).read_bytes()
    assert json.loads((made / "sources.json").read_text("utf-8"))[name] == recorded


@pytest.mark.parametrize("package", ["pyspellchecker", "numpy", "pandas", "scikit-learn", "scipy"])
def test_the_licence_of_what_words_and_sentences_come_from_is_shipped_with_them(package):
    text = (shipped.FILES / "licences.txt").read_text("utf-8")
    part = text.split(f"{package}\n{'=' * len(package)}\n")[1].split("\n===")[0]
    assert "Copyright (c)" in part
    assert '"AS IS"' in part


def test_the_credits_are_those_of_the_readme_beside_the_photographs():
    readme = Path(distribution("scikit-learn").locate_file("sklearn/datasets/images/README.txt")).read_text("utf-8")
    for name in ("china.jpg", "flower.jpg"):
        part = readme.split(f"Image: {name}")[1].split("Image:")[0]
        for key in ("author_url", "source", "licence_url"):
            assert sources()[name][key] in part, f"{name}: {key} is not in scikit-learn's README"


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("china.jpg", lambda: photo("china")),
        ("flower.jpg", lambda: photo_path("flower")),
        ("digits.npz", digits),
        ("sunspots.csv", sunspots),
        ("words.csv", words),
        ("docstrings.csv", docstrings),
        *((name, partial(stored, name)) for name in shipped.TRAINED),
    ],
)
def test_a_damaged_or_missing_file_is_named_with_the_way_to_get_it_back(monkeypatch, tmp_path, file, read):
    shutil.copytree(shipped.FILES, tmp_path / "files")
    monkeypatch.setattr(shipped, "FILES", tmp_path / "files")
    read()
    content = bytearray((tmp_path / "files" / file).read_bytes())
    content[-1] ^= 1
    (tmp_path / "files" / file).write_bytes(content)
    with pytest.raises(OSError, match=rf"{file} is missing or damaged.*git checkout -- helpers/data/files"):
        read()
    (tmp_path / "files" / file).unlink()
    with pytest.raises(OSError, match=f"{file} is missing or damaged"):
        read()


def test_only_what_was_trained_for_the_lessons_is_had_by_its_file():
    with pytest.raises(ValueError, match=r"file must be one of .*gates_lstm.npz.*, got 'digits.npz'"):
        stored("digits.npz")


def test_what_one_reader_does_to_the_arrays_the_next_does_not_see():
    digits().images[:] = -1
    photo("china")[:] = 7
    sunspots().counts[:] = -1
    words().labels[:] = -1
    sources().clear()
    assert digits().images.min() == sunspots().counts.min() == words().labels.min() == 0
    assert photo("china").std() > 10
    assert sources()


# --- photographs and digits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["china", "flower"])
def test_a_photograph_is_rgb_bytes_in_the_orientation_people_see(name):
    pixels = photo(name)
    assert (pixels.shape, pixels.dtype) == ((427, 640, 3), np.uint8)
    with Image.open(photo_path(name)) as image:
        np.testing.assert_array_equal(pixels, np.array(image))


def test_channels_are_in_the_order_red_green_blue():
    sky, petal = photo("china")[20, 300], photo("flower")[220, 300]
    assert sky[2] > sky[0], f"the sky is more blue than red, got {sky}"
    assert petal[0] > petal[2], f"the petal is more red than blue, got {petal}"


@pytest.mark.parametrize("name", ["lena", "china.jpg", "", None, 3])
def test_an_unknown_photograph_is_refused_with_the_names_there_are(name):
    for function in (photo, photo_path):
        with pytest.raises((TypeError, ValueError), match=r"\('china', 'flower'\), got " + repr(name)):
            function(name)


def test_digits_have_the_stated_shapes_types_range_and_balance():
    images, labels = digits()
    assert (images.shape, images.dtype) == ((1797, 8, 8), np.float64)
    assert (labels.shape, labels.dtype) == ((1797,), np.int64)
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images * 16, np.rint(images * 16), "pixels are not in steps of 1/16")
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_first_digit_looks_like_a_nought():
    image = digits().images[0]
    assert image[3:5, 3:5].mean() < 0.1 < 0.5 < image[3:5, [2, 5]].mean(), f"no hole in the middle:\n{image}"


def test_each_form_repeats_the_first_ones_order_of_digits():
    labels, forms = digits().labels, digit_forms()
    assert (forms.shape, forms.dtype) == ((1797,), np.int64)
    assert np.unique(forms).tolist() == list(range(14))
    assert (np.diff(forms) >= 0).all()
    first = labels[forms == 0].tolist()
    for form in range(14):
        row = labels[forms == form].tolist()
        assert row[:4] in (first[:4], first[1:5]), f"form {form} begins elsewhere: {row[:4]}"
        assert 8 <= np.bincount(row, minlength=10).min() <= np.bincount(row).max() <= 14
        in_order = longest_common(first, row)
        assert in_order >= 0.97 * len(row), f"form {form}: only {in_order} of {len(row)} digits are in the order"


def longest_common(a, b):
    """Length of the longest common subsequence."""
    best = [0] * (len(b) + 1)
    for one in a:
        diagonal = 0
        for j, other in enumerate(b, 1):
            diagonal, best[j] = best[j], max(best[j], best[j - 1], diagonal + (one == other))
    return best[-1]


def test_neighbours_come_from_one_hand_and_a_random_split_flatters():
    images, labels = digits()
    forms, x = digit_forms(), images.reshape(-1, 64)
    squares = (x**2).sum(axis=1)
    distance = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argmin(axis=1)
    assert round((forms[nearest] == forms).mean(), 2) == 0.54
    assert round((labels[nearest] != labels).mean(), 3) == 0.012
    distance[forms[:, None] == forms] = np.inf
    assert round((labels[distance.argmin(axis=1)] != labels).mean(), 3) == 0.036


def test_a_split_of_the_digits_keeps_every_class_in_its_share():
    labels = digits().labels
    test = split(labels, rng=0).test
    counts = np.bincount(labels[test])
    assert (np.abs(counts - np.bincount(labels) / 4) <= 0.5).all(), counts
    test = split(labels, groups=digit_forms(), rng=0).test
    assert len(np.unique(digit_forms()[test])) == 4
    assert np.bincount(labels[test]).min() >= 4 * 8


# --- sunspots, words, sentences --------------------------------------------------------------------------------------


def test_sunspots_are_those_of_three_centuries():
    years, counts = sunspots()
    np.testing.assert_array_equal(years, np.arange(1700, 2009))
    assert (years.dtype, counts.dtype, counts.shape) == (np.int64, np.float64, (309,))
    assert counts[[0, 1, 257, -1]].tolist() == [5.0, 11.0, 190.2, 2.9]


def test_trivial_forecasts_of_sunspots_are_as_bad_as_stated():
    counts = sunspots().counts
    errors = [counts - counts.mean(), counts[1:] - counts[:-1], counts[11:] - counts[:-11]]
    assert [round(np.sqrt((error**2).mean()), 1) for error in errors] == [40.4, 24.0, 32.8]


def test_words_are_balanced_wherever_the_list_is_cut():
    names, labels, languages = words()
    assert (len(names), labels.shape, labels.dtype) == (7000, (7000,), np.int64)
    assert languages == tuple(LANGUAGES.values())
    for cut in (7, 700, 7000):
        assert np.bincount(labels[:cut]).tolist() == [cut // 7] * 7


def test_words_are_lower_case_letters_of_one_language_each_and_not_crude():
    names, labels, _ = words()
    assert all(word.isalpha() and word == word.lower() and 3 <= len(word) <= 12 for word in names)
    assert len({without_accents(word) for word in names}) == 7000, "a word stands twice, accents aside"
    crude = [set(row.split()) for row in CRUDE.values()]
    assert not [word for word, label in zip(names, labels, strict=True) if word in crude[label]]


def test_words_are_in_the_language_they_are_labelled_with():
    names, labels, languages = words()
    known = {"nicht": "German", "house": "English", "mujer": "Spanish", "jamais": "French"}
    known |= {"ragazzo": "Italian", "meisje": "Dutch", "coração": "Portuguese"}
    assert {word: languages[labels[names.index(word)]] for word in known} == known


def accuracy(vectorizer, texts, labels):
    """What naive Bayes reaches in five-fold cross-validation."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return round(cross_val_score(make_pipeline(vectorizer, MultinomialNB()), texts, labels, cv=folds).mean(), 2)


def test_pieces_of_a_word_tell_its_language_and_letters_alone_hardly_do():
    names, labels, _ = words()
    letters, pieces = CountVectorizer(analyzer="char"), CountVectorizer(analyzer="char_wb", ngram_range=(1, 3))
    assert accuracy(letters, names, labels) == pytest.approx(0.42, abs=0.01)
    assert accuracy(pieces, names, labels) == pytest.approx(0.74, abs=0.01)


def test_sentences_are_as_hard_for_bags_of_words_as_stated_and_have_near_twins():
    sentences, labels, _ = docstrings()
    bags = CountVectorizer(analyzer=tokenize)
    assert accuracy(bags, sentences, labels) == pytest.approx(0.77, abs=0.01)
    present = (bags.fit_transform(sentences) > 0).toarray().astype(float)
    shared, size = present @ present.T, present.sum(axis=1)
    share = shared / (size[:, None] + size - shared)  # of the different words of the two
    np.fill_diagonal(share, 0)
    assert round((share.max(axis=1) >= 0.6).mean(), 2) == 0.34


def test_sentences_are_balanced_different_and_plain():
    sentences, labels, libraries = docstrings()
    assert (len(sentences), labels.shape, labels.dtype) == (2400, (2400,), np.int64)
    assert len({sentence.lower() for sentence in sentences}) == 2400
    for cut in (4, 400, 2400):
        assert np.bincount(labels[:cut]).tolist() == [cut // 4] * 4
    assert all(re.fullmatch("[A-Za-z ,-]+[.]", sentence) for sentence in sentences)
    assert all(4 <= len(tokenize(sentence)) <= 20 for sentence in sentences)
    frames = [labels[i] for i, sentence in enumerate(sentences) if "DataFrame" in sentence]
    assert np.bincount(frames).argmax() == libraries.index("pandas")
