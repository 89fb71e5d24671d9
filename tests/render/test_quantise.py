from __future__ import annotations

import gzip
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tilemaker.providers.base import Pixels
from tilemaker.render.quantise import LAYOUT, LinearEncoding, gzipped, npy, quantise, restore

UNITS = LinearEncoding(quantum=1.0, offset=0.0, max_error=0.5, max_relative_error=0.0)


def pixels_of(*rows: list[float]) -> Pixels:
    return np.array(rows, dtype=np.float32)


def by_the_letter(body: bytes | memoryview, rows: int, columns: int) -> list[list[int]]:
    """Decode by what `LAYOUT` says, in plain integers, without a line in common with the program."""
    low, high = body[: rows * columns], body[rows * columns :]
    decoded = []
    for row in range(rows):
        before, line = 0, []
        for at in range(row * columns, (row + 1) * columns):
            z = low[at] + 256 * high[at]
            d = (z >> 1) ^ -(z & 1)
            before = (before + d) % 65536
            line.append(before - 65536 if before >= 32768 else before)
        decoded.append(line)
    return decoded


@given(arrays(np.int16, (3, 7), elements=st.integers(-32767, 32767)))
def test_the_layout_says_how_to_decode_a_tile(steps: np.ndarray[tuple[int, int], np.dtype[np.int16]]) -> None:
    body = quantise(steps.astype(np.float32), UNITS)

    assert by_the_letter(body, 3, 7) == steps.tolist()


def test_the_bytes_of_a_small_tile_are_these() -> None:
    """Worked out by hand: n = 3 1 -32768 / 0 300 300, d = 3 -2 32767 / 0 300 0, z = 6 3 65534 / 0 600 0."""
    body = quantise(pixels_of([3.0, 1.0, math.nan], [0.0, 300.0, 300.0]), UNITS)

    assert body == bytes([6, 3, 0xFE, 0, 0x58, 0]) + bytes([0, 0, 0xFF, 0, 0x02, 0])


def test_values_are_rounded_to_the_nearest_step() -> None:
    encoding = LinearEncoding(quantum=0.25, offset=10.0, max_error=0.125, max_relative_error=0.0)

    assert by_the_letter(quantise(pixels_of([10.0, 10.12, 10.13, 9.5]), encoding), 1, 4) == [[0, 0, 1, -2]]


def test_what_is_not_finite_has_no_data() -> None:
    body = quantise(pixels_of([math.nan, math.inf, -math.inf, 0.0]), UNITS)

    assert by_the_letter(body, 1, 4) == [[-32768, -32768, -32768, 0]]


def test_no_number_is_ever_mistaken_for_no_data() -> None:
    assert by_the_letter(quantise(pixels_of([-32768.0, -1e30, 1e30]), UNITS), 1, 3) == [[-32767, -32767, 32767]]


@given(arrays(np.float32, (4, 9), elements=st.integers(-32767, 32767).map(float) | st.just(math.nan)))
def test_the_reference_decoder_inverts_the_encoder(pixels: Pixels) -> None:
    np.testing.assert_array_equal(restore(quantise(pixels, UNITS), UNITS, (4, 9)), pixels)


def test_a_body_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        restore(bytes(7), UNITS, (2, 2))


def test_pixels_are_left_as_they_are_even_when_read_only() -> None:
    pixels = pixels_of([1.5, math.nan])
    pixels.setflags(write=False)

    quantise(pixels, UNITS)

    np.testing.assert_array_equal(pixels, pixels_of([1.5, math.nan]))


def test_a_smooth_tile_is_a_third_of_its_size_or_less_when_compressed() -> None:
    x = np.linspace(0, 3, 256)
    smooth = (1000 * np.sin(x)[:, None] * np.cos(x)).astype(np.float32)

    assert len(gzipped(quantise(smooth, UNITS))) < 2 * 256 * 256 / 3


@given(arrays(np.float32, (3, 5), elements=st.floats(width=32)))
def test_numpy_reads_back_exactly_what_was_sent(pixels: Pixels) -> None:
    read = np.load(io.BytesIO(npy(pixels)), allow_pickle=False)

    assert read.dtype == np.dtype("<f4")
    assert read.flags.c_contiguous
    np.testing.assert_array_equal(read.view(np.uint32), pixels.view(np.uint32))


def test_pixels_of_any_order_in_memory_are_sent_in_c_order_and_little_endian() -> None:
    pixels = np.arange(12, dtype=np.float32).reshape(3, 4)

    assert npy(np.asfortranarray(pixels)) == npy(pixels) == npy(pixels.astype(">f4"))
    assert quantise(np.asfortranarray(pixels), UNITS) == quantise(pixels, UNITS) == quantise(pixels.astype(">f4"), UNITS)


def test_compressed_bodies_are_gzip_and_always_the_same() -> None:
    body = bytes(range(256)) * 100

    assert gzip.decompress(gzipped(body)) == body
    assert gzipped(body) == gzipped(body)
    assert gzipped(body)[4:8] == bytes(4)  # no time of day


def test_the_layout_is_described() -> None:
    assert "-32768" in LAYOUT
    assert "low bytes" in LAYOUT
