from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tilemaker.errors import RegionTooLarge
from tilemaker.render.colour import palette
from tilemaker.render.encode import LARGEST_SIDE, MEDIA_TYPES, FileFormat, encode, transparent
from tilemaker.render.picture import Picture

FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
MAGIC: dict[FileFormat, bytes] = {"png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF", "jpg": b"\xff\xd8\xff"}


def picture_of(shape: tuple[int, int]) -> Picture:
    """Draw noise with holes in it: every index occurs."""
    indices = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    return Picture(indices, palette("planck"))


def smooth_picture() -> Picture:
    rows, columns = np.mgrid[0:64, 0:80]
    return Picture((1 + (rows + columns)).astype(np.uint8), palette("planck"))


def decoded(body: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))


def chunks_of(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Take a PNG apart as strictly as the standard allows, checking each length and checksum."""
    assert body[:8] == MAGIC["png"]
    at = 8
    while at < len(body):
        (length,), kind = struct.unpack(">I", body[at : at + 4]), body[at + 4 : at + 8]
        content = body[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", body[at + 8 + length : at + 12 + length])
        assert len(content) == length
        assert checksum == zlib.crc32(kind + content)
        yield kind, content
        at += 12 + length
    assert at == len(body)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (37, 53), (256, 256)])
@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_png_and_webp_have_exactly_the_colours_of_the_picture(file_format: FileFormat, shape: tuple[int, int]) -> None:
    picture = picture_of(shape)
    expected = picture.palette[picture.indices]

    pixels = decoded(encode(picture, file_format))

    np.testing.assert_array_equal(pixels[..., 3], expected[..., 3])
    np.testing.assert_array_equal(pixels[expected[..., 3] > 0], expected[expected[..., 3] > 0])


def test_jpg_is_near_the_colours_of_the_picture_and_grey_where_there_is_no_data() -> None:
    whole = smooth_picture()
    pixels = decoded(encode(whole, "jpg"))[..., :3].astype(int)
    assert np.abs(pixels - whole.palette[whole.indices][..., :3]).mean() < 4

    empty = Picture(np.zeros((16, 16), dtype=np.uint8), palette("planck"))
    assert (decoded(encode(empty, "jpg"))[..., :3] == 128).all()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_is_of_the_type_it_says(file_format: FileFormat) -> None:
    body = encode(picture_of((8, 8)), file_format)
    image = Image.open(io.BytesIO(body))

    assert body.startswith(MAGIC[file_format])
    assert image.get_format_mimetype() == MEDIA_TYPES[file_format]
    assert image.size == (8, 8)


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_first_row_is_the_top(file_format: FileFormat) -> None:
    indices = np.full((64, 64), 255, dtype=np.uint8)
    indices[:32] = 1

    pixels = decoded(encode(Picture(indices, palette("gray")), file_format))

    assert pixels[0, 0, 0] < 50
    assert pixels[-1, 0, 0] > 200


def test_a_png_is_sound_to_the_last_byte() -> None:
    picture = picture_of((37, 53))
    chunks = list(chunks_of(encode(picture, "png")))
    body = dict(chunks)

    assert [kind for kind, _ in chunks] == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", body[b"IHDR"]) == (53, 37, 8, 3, 0, 0, 0)
    assert body[b"PLTE"] == picture.palette[:, :3].tobytes()
    assert body[b"tRNS"] == b"\x00"
    assert body[b"IEND"] == b""

    stream = zlib.decompressobj()
    lines = stream.decompress(body[b"IDAT"])
    assert stream.eof
    assert stream.unused_data == b""
    assert len(lines) == 37 * (1 + 53)
    assert set(lines[:: 1 + 53]) <= {0, 1, 2, 3, 4}


def test_a_png_without_holes_to_show_says_nothing_of_opacity() -> None:
    opaque = Picture(np.zeros((2, 2), dtype=np.uint8), np.full((3, 4), 255, dtype=np.uint8))

    assert [kind for kind, _ in chunks_of(encode(opaque, "png"))] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_nothing_is_small_and_fully_transparent(file_format: FileFormat) -> None:
    body = transparent(file_format)

    assert len(body) < 200
    assert (decoded(body)[..., 3] == 0).all()


def test_nothing_is_grey_where_there_is_no_transparency() -> None:
    assert decoded(transparent("jpg")).tolist() == [[[128, 128, 128, 255]]]


@pytest.mark.parametrize("file_format", ["webp", "jpg"])
def test_a_picture_as_large_as_a_format_allows_is_made_and_one_pixel_more_is_refused(file_format: FileFormat) -> None:
    side = LARGEST_SIDE[file_format]
    assert decoded(encode(picture_of((1, side)), file_format)).shape == (1, side, 4)

    for shape in ((1, side + 1), (side + 1, 1)):
        with pytest.raises(RegionTooLarge, match=f"at most {side:,} pixels on a side"):
            encode(picture_of(shape), file_format)


def test_png_is_wider_than_webp_can_be() -> None:
    assert decoded(encode(picture_of((2, 20_000)), "png")).shape == (2, 20_000, 4)


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_picture_is_always_the_same_file(file_format: FileFormat) -> None:
    assert encode(smooth_picture(), file_format) == encode(smooth_picture(), file_format)
