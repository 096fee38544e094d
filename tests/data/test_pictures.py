"""Any picture of a learner's comes in as an array or as a plain sentence, and an array goes out as a picture."""

import io
import os
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from helpers.data import photo, photo_path, read_picture, write_picture
from helpers.data.pictures import JPEG_SIDE, MAX_PIXELS

RED, BLUE, WHITE = [255, 0, 0], [0, 0, 255], [255, 255, 255]
KINDS = ["PNG", "JPEG", "GIF", "BMP", "WEBP"]
RNG = np.random.default_rng(0)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(height, width):
    return RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)


def png_chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_promise(width, height):
    """A PNG whose header promises (height, width) pixels and whose data end after the first byte."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"x")


# --- pictures in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_allowed_kind_is_read_from_a_path_and_from_bytes(tmp_path, kind):
    image = Image.new("RGB", (5, 3), "red")
    content = encoded(image, kind)
    path = tmp_path / "a file without a suffix"
    path.write_bytes(content)
    for source in (path, str(path), content, bytearray(content), memoryview(content)):
        pixels, note = read_picture(source)
        assert (pixels.shape, pixels.dtype, note) == ((3, 5, 3), np.uint8, "")
        assert np.abs(pixels.astype(int) - RED).max() <= 3, f"{kind}: red became {pixels[0, 0]}"
        pixels[:] = 0  # the array belongs to the caller


def mode_pictures():
    grey = np.array([[0, 100, 255]], dtype=np.uint8)
    red_to_clear = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [255, 0, 0, 51]]], dtype=np.uint8)
    palette = Image.fromarray(np.array([[0, 1, 2]], dtype=np.uint8))
    palette.putpalette([*RED, *BLUE, 0, 255, 0])
    deep = np.array([[0, 128, 129, 300, 32767, 65535]], dtype=np.uint16)
    clear_red = [255, 204, 204]  # a fifth red, four fifths white
    laid = "Transparent parts are laid on white."
    return {
        "L": (Image.fromarray(grey), {}, [[0] * 3, [100] * 3, WHITE], ""),
        "LA": (Image.fromarray(np.dstack([grey, [[255, 0, 255]]]).astype(np.uint8)), {}, [[0] * 3, WHITE, WHITE], laid),
        "RGBA": (Image.fromarray(red_to_clear), {}, [RED, WHITE, clear_red], laid),
        "RGBA, opaque": (Image.new("RGBA", (1, 1), "red"), {}, [RED], ""),
        "RGB, one clear colour": (
            Image.fromarray(red_to_clear[..., :3]),
            {"transparency": (255, 0, 0)},
            [WHITE] * 3,
            laid,
        ),
        "P": (palette, {}, [RED, BLUE, [0, 255, 0]], ""),
        "P, one clear entry": (palette, {"transparency": 1}, [RED, WHITE, [0, 255, 0]], laid),
        "P, alpha table": (palette, {"transparency": bytes([51, 255, 0])}, [clear_red, BLUE, WHITE], laid),
        "1": (Image.fromarray(grey > 50), {}, [[0] * 3, WHITE, WHITE], ""),
        "I;16": (Image.fromarray(deep), {}, [[v] * 3 for v in (0, 0, 1, 1, 127, 255)], ""),
        "I;16, one clear": (
            Image.fromarray(deep),
            {"transparency": 300},
            [[v] * 3 for v in (0, 0, 1, 255, 127, 255)],
            laid,
        ),
    }


@pytest.mark.parametrize("mode", mode_pictures())
def test_every_colour_mode_becomes_rgb_with_its_transparent_parts_on_white(mode):
    image, options, expected, expected_note = mode_pictures()[mode]
    pixels, note = read_picture(encoded(image, **options))
    assert (pixels.dtype, pixels[0].tolist(), note) == (np.uint8, expected, expected_note)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_a_transparent_background_is_white_in_other_kinds_too(kind):
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (4, 0, 8, 8))
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels, note = read_picture(encoded(image, kind, **options))
    assert (pixels[0, 0].tolist(), pixels[0, 7].tolist()) == (WHITE, BLUE)
    assert note == "Transparent parts are laid on white."


def test_a_cmyk_photograph_keeps_its_colours():
    content = encoded(Image.fromarray(photo("flower")).convert("CMYK"), "JPEG", quality=95)
    assert Image.open(io.BytesIO(content)).mode == "CMYK"
    difference = np.abs(read_picture(content).pixels.astype(int) - photo("flower"))
    assert difference.mean() < 6, f"mean difference {difference.mean():.1f} of 255"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_taken_and_this_is_said(kind):
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue", "green")]
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels, note = read_picture(encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options))
    assert note == "This is the first of several pictures in the file."
    np.testing.assert_array_equal(pixels, np.broadcast_to(np.uint8(RED), (4, 6, 3)))


ORIENTATIONS = {  # EXIF tag 274: how the stored array has to be turned to be seen as taken
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("mark", ORIENTATIONS)
def test_the_orientation_mark_of_a_camera_is_obeyed(mark):
    stored = noise(2, 3)
    exif = Image.Exif()
    exif[274] = mark
    pixels, _ = read_picture(encoded(Image.fromarray(stored), exif=exif))
    np.testing.assert_array_equal(pixels, ORIENTATIONS[mark](stored))
    upright = encoded(Image.new("RGB", (30, 20)), "JPEG", exif=exif)
    assert read_picture(upright, max_side=15).pixels.shape == ((10, 15, 3) if mark < 5 else (15, 10, 3))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_unreadable_camera_notes_do_not_cost_the_picture(kind):
    content = encoded(Image.new("RGB", (4, 2), "red"), kind, exif=b"Exif\x00\x00no such thing at all")
    assert read_picture(content).pixels.shape == (2, 4, 3)


@pytest.mark.parametrize(
    ("shape", "max_side", "expected"),
    [
        ((1, 1), 1, (1, 1)),
        ((1, 5000), 100, (1, 100)),
        ((5000, 1), 100, (100, 1)),
        ((300, 400), 40, (30, 40)),
        ((300, 400), 1, (1, 1)),
        ((300, 400), np.int64(399), (299, 399)),
    ],
)
def test_a_larger_picture_is_scaled_down_and_the_note_says_from_what_to_what(shape, max_side, expected):
    pixels, note = read_picture(encoded(Image.fromarray(noise(*shape))), max_side=max_side)
    assert pixels.shape == (*expected, 3)
    sizes = f"Scaled down from {shape[1]} x {shape[0]} to {expected[1]} x {expected[0]} pixels."
    assert note == ("" if shape == expected else sizes)


@pytest.mark.parametrize("max_side", [None, 40, 41, 10**9])
def test_a_picture_that_fits_is_not_touched(max_side):
    stored = noise(30, 40)
    pixels, note = read_picture(encoded(Image.fromarray(stored)), max_side=max_side)
    np.testing.assert_array_equal(pixels, stored)
    assert note == ""


def test_scaling_down_averages_instead_of_picking_pixels():
    stripes = np.zeros((64, 64), dtype=np.uint8)
    stripes[:, ::2] = 255
    pixels = read_picture(encoded(Image.fromarray(stripes)), max_side=8).pixels
    assert np.abs(pixels.astype(int) - 128).max() < 20, f"fine stripes must become grey, got {np.unique(pixels)}"


def test_several_notes_stand_one_after_the_other():
    frames = [Image.new("RGBA", (40, 20), (255, 0, 0, 0)), Image.new("RGBA", (40, 20), "blue")]
    note = read_picture(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]), max_side=10).note
    assert [sentence.split()[0] for sentence in note.split(". ")] == ["This", "Transparent", "Scaled"]


# --- what cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", b"short"),  # here Pillow raises a ValueError of its own
        b"\xff\xd8\xff",
        b"BM",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        encoded(Image.new("L", (4, 4)), "TIFF"),
        encoded(Image.new("L", (4, 4)), "ICO"),
    ],
)
def test_what_is_not_a_picture_gets_a_sentence_with_the_kinds_that_are_allowed(tmp_path, content):
    path = tmp_path / "upload.png"
    path.write_bytes(content)
    for source in (content, path):
        with pytest.raises(ValueError, match=f"PNG, JPEG, GIF, BMP or WebP picture, got {len(content):,} bytes"):
            read_picture(source)


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_picture_is_refused_wherever_it_was_cut(kind):
    content = encoded(Image.fromarray(noise(40, 40)), kind)
    for size in range(0, len(content) * 9 // 10, max(1, len(content) // 50)):
        with pytest.raises(ValueError, match="must be a complete PNG"):
            read_picture(content[:size])


@pytest.mark.filterwarnings("ignore")  # Pillow's remarks on the damage
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_bytes_are_damaged_there_is_a_picture_or_a_sentence(kind):
    exif = Image.Exif()
    exif[274] = 6
    options = {} if kind in ("GIF", "BMP") else {"exif": exif}
    content = encoded(Image.fromarray(noise(9, 12)), kind, **options)
    rng = np.random.default_rng(1)
    refusals = []
    for _ in range(200):
        damaged = bytearray(content)
        damaged[rng.integers(min(200, len(content)))] = rng.integers(256)
        try:
            read_picture(damaged, max_side=50)
        except ValueError as error:
            refusals.append(str(error))
    assert refusals, "the damage was too mild to test anything"
    assert all(sentence.startswith("read_picture: source must") for sentence in refusals)


@pytest.mark.parametrize("warned", ["ignore", "error"])
@pytest.mark.parametrize(
    ("width", "height"), [(8193, 8192), (10_000, 10_000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_huge_picture_is_refused_from_its_header_alone(width, height, warned):
    with warnings.catch_warnings(action=warned), pytest.raises(ValueError, match="at most 67,108,864 pixels, got more"):
        read_picture(png_promise(width, height), max_side=100)


def test_a_picture_of_exactly_the_largest_size_is_not_refused_for_it():
    assert MAX_PIXELS == 8192 * 8192
    with pytest.raises(ValueError, match="must be a complete PNG"):
        read_picture(png_promise(8192, 8192))


def test_a_missing_file_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_picture(tmp_path / "none.png")


@pytest.mark.parametrize("source", [None, True, 0, 1.5, ["a.png"], np.zeros((2, 2)), io.BytesIO()])
def test_a_source_of_the_wrong_kind_is_a_type_error(source):
    with pytest.raises(
        TypeError, match=f"source must be a path or the bytes of a picture, got {type(source).__name__}"
    ):
        read_picture(source)


@pytest.mark.parametrize(
    ("max_side", "error"), [(True, TypeError), (1.5, TypeError), ("8", TypeError), (0, ValueError), (-3, ValueError)]
)
def test_a_wrong_max_side_is_refused_by_name(max_side, error):
    with pytest.raises(error, match=f"read_picture: max_side must be .*got {max_side!r}"):
        read_picture(photo_path("china"), max_side=max_side)


# --- pictures out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.float64, np.float32, np.float16])
@pytest.mark.parametrize("shape", [(16, 16), (16, 16, 3), (1, 1), (1, 256)])
def test_png_brings_every_level_back_bit_for_bit(tmp_path, dtype, shape):
    levels = np.resize(np.arange(256, dtype=np.uint8), shape)
    pixels = levels if dtype == np.uint8 else (levels / 255).astype(dtype)
    size = write_picture(tmp_path / "a.png", pixels)
    assert size == (tmp_path / "a.png").stat().st_size
    expected = levels if levels.ndim == 3 else np.dstack([levels] * 3)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").pixels, expected)


def test_floats_go_to_the_nearest_level(tmp_path):
    steps = np.array([[0.0, 0.49, 0.51, 99.4, 99.6, 254.51, 255.0]]) / 255
    write_picture(tmp_path / "a.png", steps)
    assert read_picture(tmp_path / "a.png").pixels[0, :, 0].tolist() == [0, 0, 1, 99, 100, 255, 255]


def test_any_memory_layout_is_written_alike_and_left_as_it_was(tmp_path):
    pixels = noise(6, 8)
    frozen = pixels.copy()
    frozen.flags.writeable = False
    layouts = [
        frozen,
        np.asfortranarray(pixels),
        np.repeat(pixels, 2, axis=1)[:, ::2],
        pixels[::-1, ::-1, ::-1].copy()[::-1, ::-1, ::-1],
    ]
    for layout in layouts:
        write_picture(tmp_path / "a.png", layout)
        np.testing.assert_array_equal(read_picture(tmp_path / "a.png").pixels, pixels)
        np.testing.assert_array_equal(layout, pixels)


@pytest.mark.parametrize("name", ["a.jpg", "b.JPEG"])
def test_jpeg_is_smaller_and_close(tmp_path, name):
    china = photo("china")
    size = write_picture(str(tmp_path / name), china)
    assert size == os.path.getsize(tmp_path / name) < write_picture(tmp_path / "a.PNG", china) / 2
    assert (tmp_path / name).read_bytes()[:3] == b"\xff\xd8\xff", "not a JPEG inside"
    assert np.abs(read_picture(tmp_path / name).pixels.astype(int) - china).mean() < 4


BAD_PIXELS = {
    "list": ([[0.0, 1.0]], TypeError, "must be a NumPy array, got list"),
    "int64": (np.zeros((2, 2), dtype=np.int64), TypeError, "uint8 or floats in 0..1, got dtype int64"),
    "bool": (np.zeros((2, 2), dtype=bool), TypeError, "got dtype bool"),
    "complex": (np.zeros((2, 2), dtype=complex), TypeError, "got dtype complex128"),
    "object": (np.full((2, 2), None), TypeError, "got dtype object"),
    "one axis": (np.zeros(4), ValueError, r"shape \(H, W\) or \(H, W, 3\), got \(4,\)"),
    "RGBA": (np.zeros((2, 2, 4)), ValueError, r"got \(2, 2, 4\)"),
    "channels first": (np.zeros((3, 2, 2)), ValueError, r"got \(3, 2, 2\)"),
    "batch": (np.zeros((1, 2, 2, 3)), ValueError, r"got \(1, 2, 2, 3\)"),
    "empty": (np.zeros((0, 2)), ValueError, r"got \(0, 2\)"),
    "above 1": (np.array([[0, 1.001]]), ValueError, "must lie in 0..1, got 0 to 1.001"),
    "below 0": (np.array([[-0.5, 1]]), ValueError, "must lie in 0..1, got -0.5 to 1"),
    "NaN": (np.array([[0.5, np.nan]]), ValueError, "must lie in 0..1, got nan"),
    "inf": (np.array([[0.5, np.inf]]), ValueError, "must lie in 0..1, got 0.5 to inf"),
}


@pytest.mark.parametrize("case", BAD_PIXELS)
def test_refused_pixels_leave_no_file_behind_and_the_old_one_whole(tmp_path, case):
    pixels, error, message = BAD_PIXELS[case]
    (tmp_path / "old.png").write_bytes(b"old")
    for name in ("new.png", "new.jpg", "old.png"):
        with pytest.raises(error, match=f"write_picture: .*{message}"):
            write_picture(tmp_path / name, pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["a", "a.gif", "a.png.txt", ".png"])
def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=r"write_picture: path must end in \.png, \.jpg or \.jpeg, got"):
        write_picture(tmp_path / name, np.zeros((2, 2)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("path", [None, True, 3, b"a.png"])
def test_a_path_of_the_wrong_kind_is_a_type_error(path):
    with pytest.raises(TypeError, match=f"write_picture: path must be a str or a path, got {type(path).__name__}"):
        write_picture(path, np.zeros((2, 2)))


def test_a_picture_too_long_for_jpeg_is_sent_to_png(tmp_path):
    pixels = np.zeros((1, JPEG_SIDE + 1), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"at most 65500 pixels a side.*use \.png"):
        write_picture(tmp_path / "a.jpg", pixels)
    assert not list(tmp_path.iterdir())
    for name, longest in (("a.jpg", pixels[:, 1:]), ("a.png", pixels)):
        write_picture(tmp_path / name, longest)
        assert read_picture(tmp_path / name).pixels.shape == (*longest.shape, 3)


def test_a_missing_folder_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_picture(tmp_path / "none" / "a.png", np.zeros((2, 2)))
