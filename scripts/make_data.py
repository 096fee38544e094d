"""Take the course's data out of an installed scikit-learn and write it into helpers/data/files.

    pip install -e '.[test]'
    python scripts/make_data.py [folder]

scikit-learn is needed for this script alone: the course reads the small files. Two runs write the same bytes,
on every system. Nothing is downloaded, and scikit-learn is not even imported: its files are read where it is installed.
"""

import hashlib
import io
import json
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

SHIPPED = Path(__file__).resolve().parents[1] / "helpers" / "data" / "files"

PHOTO = {
    "licence": "CC BY 2.0",
    "licence_url": "https://creativecommons.org/licenses/by/2.0/",
    "shape": "427 x 640 pixels, RGB",
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


def make_data(folder):
    sklearn = find_spec("sklearn")
    if sklearn is None:
        sys.exit("make_data needs scikit-learn: python -m pip install -e '.[test]'")
    datasets = Path(sklearn.origin).parent / "datasets"
    table = np.loadtxt(datasets / "data" / "digits.csv.gz", delimiter=",").astype(np.uint8)  # (1797, 65)
    contents = {
        "china.jpg": (datasets / "images" / "china.jpg").read_bytes(),
        "flower.jpg": (datasets / "images" / "flower.jpg").read_bytes(),
        "digits.npz": npz_bytes(images=table[:, :64].reshape(-1, 8, 8), labels=table[:, 64]),
    }
    sources = {
        name: SOURCES[name] | {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in contents.items()
    }
    contents["sources.json"] = (json.dumps(sources, indent=2) + "\n").encode()

    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        print(f"{name:13} {(folder / name).write_bytes(data):7} bytes")


if __name__ == "__main__":
    make_data(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
