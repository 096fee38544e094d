"""Choose the words and the sentences that helpers/data ships, out of installed packages; see make_data.py."""

import ast
import csv
import gzip
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

LANGUAGES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}
WORDS = 1000  # of each language
DISTINCT = 20  # so many times commoner than in any other language

CRUDE = {  # film subtitles are rude; a class should not have to read it
    "de": "scheiß scheiße verdammt verdammte verdammten verdammter verdammtes",
    "en": "bastard bitch bloody damn fuck fucked fucking goddamn shit whore",
    "es": "cabrón coño culo joder mierda puta puto zorra",
    "fr": "baiser bordel conneries connard cul foutre foutu gueule merde putain salaud salope",
    "it": "cazzate cazzo culo fottuto merda palle puttana stronzate stronzo",
    "nl": "godverdomme hoer klootzak kont lul neuken shit verdomde verdomme",
    "pt": "caralho foder merda porra puta",
}

LIBRARIES = {"numpy": "NumPy", "pandas": "pandas", "sklearn": "scikit-learn", "scipy": "SciPy"}
SENTENCES = 600  # of each library
ELSEWHERE = {"tests", "testing", "_testing", "_vendor", "externals", "conftest.py"}  # not what a user would read


def words_csv():
    """A column of words for every language, the commonest first."""
    resources = Path(distribution("pyspellchecker").locate_file("spellchecker")) / "resources"
    counts = {
        code: json.loads(gzip.decompress((resources / f"{code}.json.gz").read_bytes()).decode()) for code in LANGUAGES
    }
    shares = {code: shares_without_accents(count) for code, count in counts.items()}
    return csv_bytes({name: language_words(code, counts[code], shares) for code, name in LANGUAGES.items()})


def language_words(code, counts, shares):
    """The commonest words of a language that no other language shares."""
    crude, chosen = CRUDE[code].split(), {}
    for word in sorted(counts, key=lambda word: (-counts[word], word)):
        plain = without_accents(word)
        others = max(share.get(plain, 0) for other, share in shares.items() if other != code)
        fits = word.isalpha() and 3 <= len(word) <= 12 and word not in crude
        if fits and shares[code][plain] >= DISTINCT * others:
            chosen.setdefault(plain, word)
        if len(chosen) == WORDS:
            return list(chosen.values())
    raise SystemExit(f"make_data: only {len(chosen)} words of {LANGUAGES[code]} are distinct")


def shares_without_accents(counts):
    total, shares = sum(counts.values()), Counter()
    for word, count in counts.items():
        shares[without_accents(word)] += count / total
    return shares


def without_accents(word):
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.replace("ß", "ss"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def docstrings_csv():
    """A column of sentences for every library, chosen and ordered by their hashes: as good as at random."""
    found = {package: first_sentences(package) for package in LIBRARIES}
    shared = Counter(key for sentences in found.values() for key in sentences)
    columns = {}
    for package, sentences in found.items():
        own = [sentence for key, sentence in sentences.items() if shared[key] == 1]
        own.sort(key=lambda sentence: hashlib.sha256(sentence.encode()).digest())
        columns[LIBRARIES[package]] = own[:SENTENCES]
    return csv_bytes(columns)


def first_sentences(package):
    """The first paragraphs of public docstrings that are one plain sentence, each once, by its lower case."""
    sentences = {}
    distributed = "scikit-learn" if package == "sklearn" else package
    folder = Path(distribution(distributed).locate_file(package))
    for path in sorted(folder.rglob("*.py")):
        if ELSEWHERE.isdisjoint(path.relative_to(folder).parts):
            for docstring in public_docstrings(ast.parse(path.read_text("utf-8"))):
                sentence = " ".join(docstring.split("\n\n")[0].split())
                plain = re.fullmatch(r"[A-Za-z][A-Za-z ,-]+\.", sentence)
                if plain and 4 <= len(re.findall(r"[A-Za-z]+", sentence)) <= 20:
                    sentences.setdefault(sentence.lower(), sentence)
    return sentences


def public_docstrings(node):
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            if docstring := ast.get_docstring(child):
                yield docstring
            if isinstance(child, ast.ClassDef):
                yield from public_docstrings(child)


def licences_txt(packages):
    """The licences of the packages that words and sentences come from: each asks to go along with a copy."""
    parts = []
    for package in packages:
        files = [path for path in distribution(package).files if re.match(r"(LICENSE|COPYING)(\.txt)?$", path.name)]
        own = min(files, key=lambda path: len(path.parts))  # deeper ones are of what the package brings along
        text = own.read_text("utf-8").split("\n----")[0].strip()
        parts.append(f"{package}\n{'=' * len(package)}\n\n{text}\n")
    return "\n\n".join(parts).encode()


def csv_bytes(columns):
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([columns, *zip(*columns.values(), strict=True)])
    return file.getvalue().encode()
