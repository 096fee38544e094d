"""Take the course's data out of installed packages and write it into helpers/data/files.

    pip install -e '.[test]'
    python -m scripts.make_data [folder]

The packages are needed for this script alone: the course reads the small files. Two runs write the same bytes, on every
system. Nothing is downloaded, and the packages are not even imported: their files are read where they are installed.
Words and sentences depend on the version they are taken from; sources.json names it. What was
trained for the lessons is not made here, only recorded: scripts/train_records.py makes it.
"""

import hashlib
import io
import json
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import numpy as np

from helpers.data.shipped import TRAINED
from scripts.make_text import docstrings_csv, licences_txt, words_csv

SHIPPED = Path(__file__).resolve().parents[1] / "helpers" / "data" / "files"

PHOTO = {
    "licence": "CC BY 2.0",
    "licence_url": "https://creativecommons.org/licenses/by/2.0/",
    "shape": "427 x 640 pixels, RGB",
}
TRAINED_HERE = {
    "author": "this course",
    "author_url": "README.md",
    "source": "scripts/train_records.py",
    "licence": "MIT",
    "licence_url": "LICENSE",
}
SOURCES = {
    "china.jpg": {
        "shows": "a three-storeyed Chinese pavilion above a lake, trees at both sides",
        "author": "danielbuechele",
        "author_url": "https://www.flickr.com/photos/danielbuechele/",
        "source": "https://www.flickr.com/photos/danielbuechele/6061409035/",
        "made": "copied byte for byte from sklearn/datasets/images/china.jpg",
    }
    | PHOTO,
    "flower.jpg": {
        "shows": "an orange dahlia in front of dark leaves out of focus",
        "author": "vultilion",
        "author_url": "https://www.flickr.com/photos/vultilion/",
        "source": "https://www.flickr.com/photos/vultilion/6056698931/",
        "made": "copied byte for byte from sklearn/datasets/images/flower.jpg",
        "remark": "scikit-learn's README.txt credits danielbuechele, but both links it gives for this photograph"
        " lead to vultilion's page; we credit the owner of that page.",
    }
    | PHOTO,
    "digits.npz": {
        "shows": "Optical Recognition of Handwritten Digits, the test set",
        "author": "E. Alpaydin and C. Kaynak (1998)",
        "author_url": "https://doi.org/10.24432/C50P49",
        "source": "https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
        "licence": "CC BY 4.0",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
        "shape": "images (1797, 8, 8) uint8 in 0..16, labels (1797,) uint8 in 0..9",
        "made": "the numbers of sklearn/datasets/data/digits.csv.gz, unchanged, stored as two uint8 arrays",
        "remark": "The licence is the UCI repository's; scikit-learn's description names none.",
    },
    "sunspots.csv": {
        "shows": "yearly mean sunspot numbers, 1700 to 2008",
        "author": "National Geophysical Data Center",
        "author_url": "https://www.ngdc.noaa.gov/",
        "source": "http://www.ngdc.noaa.gov/stp/solar/solarda3.html",
        "licence": "public domain",
        "licence_url": "https://www.statsmodels.org/stable/datasets/generated/sunspots.html",
        "shape": "309 rows of year and number, below one row of names",
        "made": "copied byte for byte from statsmodels/datasets/sunspots/sunspots.csv",
        "remark": "The series in use until 2015; the present one counts on another scale. The address of the source is"
        " that of statsmodels' record.",
    },
    "words.csv": {
        "shows": "1000 common words of each of seven languages",
        "author": "T. Barrus (pyspellchecker), from the OpenSubtitles that P. Lison and J. Tiedemann collected (2016)",
        "author_url": "https://github.com/barrust/pyspellchecker",
        "source": "https://pypi.org/project/pyspellchecker/",
        "licence": "MIT",
        "licence_url": "https://github.com/barrust/pyspellchecker/blob/master/LICENSE",
        "shape": "a column for each language, 1000 rows below its name, UTF-8",
        "made": "chosen by scripts/make_text.py from spellchecker/resources: by count, 3 to 12 letters, at least 20"
        " times commoner than in any other of the languages, without crude words",
        "packages": ["pyspellchecker"],
    },
    "docstrings.csv": {
        "shows": "600 first sentences of docstrings of each of NumPy, pandas, scikit-learn and SciPy",
        "author": "the developers of NumPy, pandas, scikit-learn and SciPy",
        "author_url": "https://numpy.org, https://pandas.pydata.org, https://scikit-learn.org, https://scipy.org",
        "source": "https://github.com/numpy/numpy, https://github.com/pandas-dev/pandas,"
        " https://github.com/scikit-learn/scikit-learn, https://github.com/scipy/scipy",
        "licence": "BSD-3-Clause",
        "licence_url": "https://opensource.org/license/bsd-3-clause",
        "shape": "a column for each library, 600 rows below its name",
        "made": "chosen by scripts/make_text.py from the packages' source files: first paragraphs of public docstrings"
        " that are one plain sentence of 4 to 20 words, each found in one of the libraries only",
        "packages": ["numpy", "pandas", "scikit-learn", "scipy"],
    },
    "gates_lstm.npz": {
        "shows": "weights of LSTMs of 1 and 4 units that were trained to hold a value, for lesson 07",
        "shape": "'net: parameter' float64, the first axis counts 5 seeds",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "adding.npz": {
        "shows": "how an RNN and LSTMs learned the adding problem, for lesson 07",
        "shape": "loss (3 nets, 4 lengths, 5 seeds, 21 measurements) float64",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "gates_gru.npz": {
        "shows": "weights of GRUs of 1, 2 and 4 units that were trained to hold a value, for lesson 08",
        "shape": "'net: parameter' float64, the first axis counts 5 seeds",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "cures.npz": {
        "shows": "how nets with a cure for vanishing or exploding gradients learned temporal order, for lesson 06",
        "shape": "by cure: accuracy, largest gradient and reach, (20 seeds, 3) float64",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "equal_budgets.npz": {
        "shows": "how an RNN, an LSTM and a GRU of equally many parameters learned three tasks, for lesson 08",
        "shape": "validation loss by task, (3 nets, 5 seeds, measurements) float64",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "languages.npz": {
        "shows": "how a GRU with eight kinds of pooling over time learned the language of a word, for lesson 09",
        "shape": "accuracy (8 kinds, 3 seeds, 9 measurements) float32",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "early_letter.npz": {
        "shows": "how often an RNN with four kinds of pooling learned what an early letter says, for lesson 09",
        "shape": "accuracy (3 tasks, 4 kinds, 3 lengths, 5 seeds) float32",
        "made": "trained by scripts/train_records.py; another machine may round differently",
    }
    | TRAINED_HERE,
    "text.npz": {
        "shows": "how seven models read sentences in four tasks, and the weights of one seed of each, for lesson 10",
        "shape": "validation and test accuracy and seconds (4 tasks, 7 models, 4 learning rates, 5 seeds) float32;"
        " validation and test of starts (2 nets, 2 starts, ...) and vectors (6 nets, 1 size, ...);"
        " 'task: model' all weights in a row, float16",
        "made": "trained by scripts/train_records.py; another machine may round differently, and takes its own time",
    }
    | TRAINED_HERE,
}


def npz_bytes(**arrays):
    """The bytes of an .npz file that depend on the arrays alone: no clock, no system, no version of zlib."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")  # its default date is 1 January 1980
            entry.create_system = 3  # zipfile writes 0 on Windows
            npy = io.BytesIO()
            np.lib.format.write_array(npy, array, version=(1, 0), allow_pickle=False)
            archive.writestr(entry, npy.getvalue())
    return file.getvalue()


def contents():
    """The bytes of every file, by name."""
    sklearn = Path(distribution("scikit-learn").locate_file("sklearn/datasets"))
    statsmodels = Path(distribution("statsmodels").locate_file("statsmodels/datasets"))
    table = np.loadtxt(sklearn / "data" / "digits.csv.gz", delimiter=",").astype(np.uint8)  # (1797, 65)
    return {
        "china.jpg": (sklearn / "images" / "china.jpg").read_bytes(),
        "flower.jpg": (sklearn / "images" / "flower.jpg").read_bytes(),
        "digits.npz": npz_bytes(images=table[:, :64].reshape(-1, 8, 8), labels=table[:, 64]),
        "sunspots.csv": (statsmodels / "sunspots" / "sunspots.csv").read_bytes(),
        "words.csv": words_csv(),
        "docstrings.csv": docstrings_csv(),
        **{name: (SHIPPED / name).read_bytes() for name in TRAINED},
    }


def make_data(folder):
    made, sources = contents(), {}
    for name, data in made.items():
        record = dict(SOURCES[name])
        if "packages" in record:
            record["packages"] = {package: version(package) for package in record["packages"]}
        sources[name] = record | {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    packages = [package for record in sources.values() for package in record.get("packages", ())]
    made["licences.txt"] = licences_txt(packages)
    made["sources.json"] = (json.dumps(sources, indent=2, ensure_ascii=False) + "\n").encode()

    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        print(f"{name:14} {(folder / name).write_bytes(data):7} bytes")


if __name__ == "__main__":
    try:
        make_data(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
    except PackageNotFoundError as error:
        sys.exit(f"make_data needs {error.name}: python -m pip install -e '.[test]'")
