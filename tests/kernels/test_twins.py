"""The compiled loops give the same bits as NumPy does, whatever the pixels are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.loops import compiled
from tilemaker.kernels import ready
from tilemaker.providers.base import Pixels
from tilemaker.providers.blobs import FileBlob, identity_of
from tilemaker.providers.counting import count
from tilemaker.providers.healpix_pyramid import add_to_blocks
from tilemaker.providers.scaling import Scaling
from tilemaker.render.colour import palette
from tilemaker.render.encode import encode
from tilemaker.render.encoding import AsinhEncoding, Encoding, LinearEncoding
from tilemaker.render.paint import paint
from tilemaker.render.picture import Picture
from tilemaker.render.quantise import quantise
from tilemaker.render.stretch import StretchName
from tilemaker.render.style import ResolvedStyle
from tilemaker.sky.healpix import ORDERINGS
from tilemaker.sky.thin import block_sums

SHAPES = [(1, 1), (1, 7), (3, 1), (5, 33), (64, 64), (31, 257), (0, 4), (4, 0)]
STRETCHES: list[StretchName] = ["linear", "sqrt", "square", "asinh", "symlog", "log", "histeq"]
LIMITS = [(-500.0, 500.0), (1e-3, 7.0), (-3.0, -1.0), (2e-6, 2.1e-6), (-1e37, 1e37), (0.0, 1e-30)]

T = TypeVar("T")


def by_both(monkeypatch: pytest.MonkeyPatch, work: Callable[[], T]) -> tuple[T, T]:
    """Return what comes of work by the compiled loops, and by NumPy."""
    monkeypatch.setattr(ready, "_loops", compiled())
    by_loops = work()
    monkeypatch.setattr(ready, "_loops", None)
    return by_loops, work()


def pixels_of(shape: tuple[int, int], spread: float = 300.0) -> Pixels:
    """Return noise with everything in it that maps have been seen to hold."""
    random = np.random.default_rng([*shape, int(spread)])
    with np.errstate(over="ignore"):
        pixels = (random.standard_normal(shape) * spread).astype(np.float32)
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 3.4e38, -3.4e38, 500.0, -500.0, 1.0], dtype=np.float32)
    places = random.random(shape) < 0.3
    pixels[places] = random.choice(odd, int(places.sum()))
    return pixels


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("stretch", STRETCHES)
def test_pictures_are_the_same(monkeypatch: pytest.MonkeyPatch, stretch: StretchName, limits: tuple[float, float]) -> None:
    if stretch == "log" and limits[0] <= 1e-30:
        pytest.skip("no such style is ever resolved")
    for shape in SHAPES:
        for absolute, flip in ((False, False), (True, True)):
            style = ResolvedStyle(cmap="planck", low=limits[0], high=limits[1], stretch=stretch, absolute=absolute, flip=flip)
            for spread in (300.0, limits[1] - limits[0]):
                pixels = pixels_of(shape, spread)

                ours, plain = by_both(monkeypatch, lambda: paint(pixels, style).indices)  # noqa: B023

                np.testing.assert_array_equal(ours, plain)


ENCODINGS: list[Encoding] = [
    LinearEncoding(quantum=0.25, offset=3.0, max_error=0.125, max_relative_error=0.0),
    AsinhEncoding(quantum=0.02, offset=0.0, scale=0.02 * 2048, step=1 / 2048, max_error=0.01, max_relative_error=1e-3),
    AsinhEncoding(quantum=1e33, offset=0.0, scale=1e33 * 2048, step=1 / 2048, max_error=1e33, max_relative_error=1e-3),
    AsinhEncoding(quantum=1e-35, offset=-7.0, scale=1e-35 * 2048, step=1 / 2048, max_error=1e-6, max_relative_error=1e-3),
]


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda each: f"{each.kind}-{each.quantum:g}")
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_number_tiles_are_the_same(monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], encoding: Encoding) -> None:
    pixels = pixels_of(shape)

    ours, plain = by_both(monkeypatch, lambda: quantise(pixels, encoding))

    assert ours == plain


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (5, 33), (31, 257)], ids=str)
def test_files_are_the_same(monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int]) -> None:
    picture = Picture(np.random.default_rng(5).integers(0, 256, shape, np.uint8), palette("planck"))

    ours, plain = by_both(monkeypatch, lambda: encode(picture, "png"))

    assert ours == plain


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("factor", [1, 2, 8, 64])
def test_sums_of_blocks_are_the_same(monkeypatch: pytest.MonkeyPatch, factor: int, dtype: type[np.float32]) -> None:
    for blocks in ((1, 1), (3, 5), (0, 2)):
        pixels = pixels_of((blocks[0] * factor, blocks[1] * factor)).astype(dtype)
        pixels[np.isinf(pixels)] = np.nan

        (ours, our_counts), (plain, plain_counts) = by_both(monkeypatch, lambda: block_sums(pixels, factor))  # noqa: B023

        assert ours.tobytes() == plain.tobytes()
        assert our_counts.tobytes() == plain_counts.tobytes()


EDGES = [(-500.0, 500.0), (0.0, 1.0), (-3.0, 1e-3), (1e6, 1e6 + 50.0), (1e6, 1e6 + 1e-3), (-3e38, 3e38), (1e-40, 2e-40)]


@pytest.mark.parametrize("limits", EDGES, ids=str)
@pytest.mark.parametrize("bins", [1, 7, 128, 2000])
def test_histograms_are_the_same(monkeypatch: pytest.MonkeyPatch, limits: tuple[float, float], bins: int) -> None:
    edges = np.linspace(*limits, bins + 1)
    # Beside noise: the edges themselves, and the numbers next to them.
    near = edges.astype(np.float32)
    near = np.concatenate([near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf)), [np.nan] * 3])
    noise = pixels_of((40, near.size), limits[1] - limits[0])
    noise[np.isinf(noise)] = np.nan
    pixels = np.vstack([near, noise]).astype(np.float32)

    ours, plain = by_both(monkeypatch, lambda: count(pixels, edges))

    np.testing.assert_array_equal(ours, plain)


@given(st.lists(st.floats(width=32), max_size=40), st.booleans())
@settings(max_examples=50, deadline=None)
def test_stored_numbers_become_the_same_values(numbers: list[float], is_mirrored: bool) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        stored = np.array([numbers, numbers[::-1], numbers], dtype=">f4")

        ours, plain = by_both(monkeypatch, lambda: Scaling().values(stored.copy(), is_mirrored=is_mirrored))

    assert ours.tobytes() == plain.tobytes()
    as_they_are = np.where(np.isinf(stored), np.nan, stored)
    np.testing.assert_array_equal(ours, as_they_are[:, ::-1] if is_mirrored else as_they_are)


def test_rows_are_read_from_where_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(os.urandom(10_000))

    def read() -> npt.NDArray[np.uint8]:
        rows = np.zeros((7, 100), np.uint8)
        with FileBlob(path, identity_of(path)).opened() as reader:
            reader.read_rows_into(rows, 33, 1_300)
        return rows

    ours, plain = by_both(monkeypatch, read)

    content = path.read_bytes()
    assert ours.tobytes() == plain.tobytes() == b"".join(content[33 + 1_300 * row :][:100] for row in range(7))
    assert compiled().read_rows(-1, 0, 100, np.zeros((3, 100), np.uint8)) == 0


@pytest.mark.parametrize("nside", [1, 2, 64, 8192])
@pytest.mark.parametrize("ordering", ["RING", "NESTED"])
def test_pixels_of_a_sphere_have_the_same_numbers(monkeypatch: pytest.MonkeyPatch, ordering: str, nside: int) -> None:
    total = 12 * nside**2
    ends = np.arange(min(total, 3000))
    numbers = np.r_[ends, total - 1 - ends, np.random.default_rng(1).integers(0, total, 20_000)]

    ours, plain = by_both(monkeypatch, lambda: np.stack(ORDERINGS[ordering].raster(nside, numbers)))
    back, plain_back = by_both(monkeypatch, lambda: ORDERINGS[ordering].numbers(nside, *plain))

    np.testing.assert_array_equal(ours, plain)
    np.testing.assert_array_equal(back, numbers)
    np.testing.assert_array_equal(plain_back, numbers)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_of_scattered_pixels_are_the_same(monkeypatch: pytest.MonkeyPatch, dtype: type[np.float32]) -> None:
    values = pixels_of((1, 5000))[0].astype(dtype)
    values[np.isinf(values)] = np.nan
    blocks = np.random.default_rng(2).integers(0, 50, values.size)

    def added_up() -> tuple[bytes, bytes]:
        sums, present = np.zeros(50), np.zeros(50, np.int32)
        add_to_blocks(values, blocks, sums, present)
        return sums.tobytes(), present.tobytes()

    ours, plain = by_both(monkeypatch, added_up)

    assert ours == plain
