r"""Pictures in and out: any common picture file to an array, and an array to PNG or JPEG."""

import io
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from helpers.checks import integer

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
MAX_PIXELS = 2**26  # 67 million: above a 64-megapixel photograph, and still about 200 MB once decoded
JPEG_SIDE = 65_500  # libjpeg's own limit
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


class Picture(NamedTuple):
    """A picture as `pixels` (H, W, 3) uint8 in RGB, and a `note` saying what was changed on the way ("": nothing)."""

    pixels: np.ndarray
    note: str


def read_picture(source, max_side=None):
    r"""Read a PNG, JPEG, GIF, BMP or WebP picture of any size and colour mode.

    Parameters
    ----------
    source : str, path or bytes
        The picture's file, or the file's content (bytes, bytearray or memoryview, as an upload gives it).
    max_side : int, optional
        Longest side in pixels, at least 1. A larger picture is scaled down to it (Lanczos filter, same proportions);
        a smaller one stays as it is.

    Returns
    -------
    Picture
        `pixels` (H, W, 3) uint8 in RGB, also for greyscale; `note` str, a sentence for each thing that was changed.

    Raises
    ------
    ValueError
        Not a picture, cut off, or more than `MAX_PIXELS` pixels (seen in its header, before it is decoded).
    TypeError, OSError
        A `source` of the wrong kind; a file that cannot be opened.

    Notes
    -----
    The camera's orientation mark (EXIF) is obeyed, transparent parts are laid on white, 16-bit greyscale is scaled to
    8 bits, and of an animation the first picture is taken. Colour profiles are ignored.

    Examples
    --------
    >>> from helpers.data import photo_path
    >>> pixels, note = read_picture(photo_path("china"), max_side=64)
    >>> pixels.shape, note
    ((43, 64, 3), 'Scaled down from 640 x 427 to 64 x 43 pixels.')
    """
    from PIL import Image, ImageOps

    if max_side is not None:
        max_side = integer("read_picture", "max_side", max_side, 1)
    notes = []
    with _opened(source) as file:
        try:
            image = Image.open(file, formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            if getattr(image, "is_animated", False):
                notes.append("This is the first of several pictures in the file.")
            image.load()
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ValueError(
                f"read_picture: source must have at most {MAX_PIXELS:,} pixels, got more; make it smaller first"
            ) from error
        except Exception as error:  # on bad bytes Pillow's decoders raise OSError, SyntaxError, struct.error, ...
            size = file.seek(0, os.SEEK_END)
            raise ValueError(
                "read_picture: source must be a complete PNG, JPEG, GIF, BMP or WebP picture,"
                f" got {size:,} bytes that are not one; save a picture of another kind as PNG first"
            ) from error

    with suppress(Exception):  # an orientation that cannot be read is none
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        image = _from_16_bit(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if image.getchannel("A").getextrema()[0] < 255:
            notes.append("Transparent parts are laid on white.")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB")

    before = image.size
    if max_side is not None:
        image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    if image.size != before:
        notes.append("Scaled down from {} x {} to {} x {} pixels.".format(*before, *image.size))
    return Picture(np.array(image), " ".join(notes))


def write_picture(path, pixels):
    r"""Write an array as a PNG file (exact) or a JPEG file (smaller, not exact).

    Parameters
    ----------
    path : str or path
        Ends in .png, .jpg or .jpeg. A file that is there already is replaced.
    pixels : numpy.ndarray
        (H, W) grey or (H, W, 3) RGB; uint8, or floats in 0..1, which are rounded to the nearest of the 256 levels.

    Returns
    -------
    int
        The number of bytes written.

    Raises
    ------
    TypeError, ValueError
        Wrong kind; wrong shape, range or ending. Nothing is written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     size = write_picture(f"{folder}/ramp.png", np.array([[0.0, 0.5, 1.0]]))
    ...     read_picture(f"{folder}/ramp.png").pixels[..., 0]
    array([[  0, 128, 255]], dtype=uint8)
    """
    from PIL import Image

    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"write_picture: path must be a str or a path, got {type(path).__name__}")
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"write_picture: path must end in .png, .jpg or .jpeg, got {path.name!r}")
    levels = _levels(pixels)
    kind = SUFFIXES[path.suffix.lower()]
    if kind == "JPEG" and max(levels.shape) > JPEG_SIDE:
        raise ValueError(f"write_picture: a JPEG has at most {JPEG_SIDE} pixels a side, got {levels.shape}; use .png")
    file = io.BytesIO()
    Image.fromarray(levels).save(file, kind, quality=95)  # PNG has no quality and ignores it
    return path.write_bytes(file.getvalue())


def _opened(source):
    if isinstance(source, (bytes, bytearray, memoryview)):
        return io.BytesIO(source)
    if isinstance(source, (str, os.PathLike)):  # open() alone would take 0 and True as file descriptors
        return open(source, "rb")
    raise TypeError(f"read_picture: source must be a path or the bytes of a picture, got {type(source).__name__}")


def _from_16_bit(image):
    """16-bit greyscale to 8-bit, 65535 to 255. (Pillow's own convert clips at 255 or drops the lower bits.)"""
    from PIL import Image

    values = np.asarray(image)
    grey = Image.fromarray(np.rint(values / 257).astype(np.uint8))
    if image.has_transparency_data:  # one grey value stands for "transparent"
        grey.putalpha(Image.fromarray(values != image.info["transparency"]).convert("L"))
    return grey


def _levels(pixels):
    """Check an array of pixels and return it as uint8."""
    if not isinstance(pixels, np.ndarray):
        raise TypeError(f"write_picture: pixels must be a NumPy array, got {type(pixels).__name__}")
    if pixels.dtype != np.uint8 and pixels.dtype.kind != "f":
        raise TypeError(f"write_picture: pixels must be uint8 or floats in 0..1, got dtype {pixels.dtype}")
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or pixels.size == 0:
        raise ValueError(f"write_picture: pixels must have shape (H, W) or (H, W, 3), got {pixels.shape}")
    if pixels.dtype == np.uint8:
        return pixels
    low, high = pixels.min(), pixels.max()
    if not 0 <= low <= high <= 1:  # NaN fails every comparison
        raise ValueError(f"write_picture: float pixels must lie in 0..1, got {low:g} to {high:g}")
    return np.rint(pixels * 255).astype(np.uint8)
