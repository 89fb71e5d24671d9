"""A pass over a map gives the same bits by the compiled loop, which takes the file's bytes, as by NumPy, which takes pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.loops import compiled
from tests.support.skies import Header, car, write_image
from tilemaker.kernels import ready
from tilemaker.providers import FitsSpec
from tilemaker.providers import tally as tallying
from tilemaker.providers.overview import Overview
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

EDGES = [np.linspace(-500.0, 500.0, 129), np.linspace(0.0, 7.0, 129)]
STEP = 0.5

HEADERS = {
    "a patch": car(100, 300, STEP),
    "increasing RA, decreasing Dec": car(100, 300, STEP, CDELT1=STEP, CDELT2=-STEP),
    "off the blocks": car(101, 333, STEP, CRPIX1=14.5, CRPIX2=53.5),
    "across RA 180": car(100, 300, STEP, CRVAL1=175.0),
    "all the way round, from somewhere": car(120, 720, STEP, CRVAL1=33.0),
    "more than once round": car(120, 730, STEP),
    "almost round": car(120, 717, STEP, CRVAL1=33.0),
    "lying on its side": car(200, 100, STEP, CTYPE1="DEC--CAR", CTYPE2="RA---CAR", CDELT1=STEP, CDELT2=-STEP),
    "wide": car(40, 2900, 0.0625),
}
STORED: dict[str, np.dtype[np.float32] | np.dtype[np.float64]] = {"float32": np.dtype(">f4"), "float64": np.dtype(">f8")}


def noise(shape: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return pixels of all sizes, with whatever maps have been seen to hold."""
    random = np.random.default_rng(shape)
    pixels = (random.standard_normal(shape) * 10.0 ** random.integers(-3, 4, shape)).astype(np.float32)
    odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 3.4e38, -500.0, 500.0, EDGES[0][3], EDGES[1][5]], np.float32)
    places = random.random(shape) < 0.2
    pixels[places] = random.choice(odd, int(places.sum()))
    pixels[: shape[0] // 3, : shape[1] // 4] = np.nan
    return pixels


def overview_of(path: Path, kept_pixels: int) -> Overview:
    workshop = Workshop(at_once_pixels=1 << 30, kept_pixels=kept_pixels)
    provider = FitsSpec(filename=path).open(workshop)
    for edges in EDGES:
        provider.prepare(edges)
    provider.counts(EDGES[0])
    overview = workshop.overview(provider.fingerprint)
    workshop.close()
    assert overview is not None
    return overview


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("name", HEADERS)
def test_overviews_are_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, stored: str) -> None:
    header: Header = HEADERS[name]
    path = write_image(tmp_path / "map.fits", noise(header.shape).astype(STORED[stored]), header)
    for kept_pixels, band_pixels in ((header.shape[0] * header.shape[1] // 4, 1), (2000, 1 << 14), (600, 1 << 20)):
        monkeypatch.setattr(tallying, "BAND_PIXELS", band_pixels)
        monkeypatch.setattr(ready, "_loops", compiled())
        by_loops = overview_of(path, kept_pixels)
        monkeypatch.setattr(ready, "_loops", None)
        plain = overview_of(path, kept_pixels)

        assert by_loops.first_level == plain.first_level
        for ours, theirs in zip(by_loops.levels, plain.levels, strict=True):
            assert ours.tobytes() == theirs.tobytes()
        for edges in EDGES:
            np.testing.assert_array_equal(by_loops.counts[edges.tobytes()], plain.counts[edges.tobytes()])


def test_an_overview_that_nobody_wants_a_histogram_with_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    header = HEADERS["wide"]
    path = write_image(tmp_path / "map.fits", noise(header.shape), header)
    seen = []
    for loops in (compiled(), None):
        monkeypatch.setattr(ready, "_loops", loops)
        sample = FitsSpec(filename=path).open(Workshop()).read(SkyBox(-80.0, 80.0, -1.0, 1.0), (8, 640))
        assert sample is not None
        seen.append(sample.pixels)

    np.testing.assert_array_equal(seen[0], seen[1])


def test_a_band_as_high_as_coarse_blocks_gives_what_a_band_of_one_row_of_blocks_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    header = HEADERS["off the blocks"]
    path = write_image(tmp_path / "map.fits", noise(header.shape), header)
    made = []
    for band_pixels in (1, 1 << 12, 1 << 20):
        monkeypatch.setattr(tallying, "BAND_PIXELS", band_pixels)
        made.append(b"".join(level.tobytes() for level in overview_of(path, 10_000).levels))

    assert len(set(made)) == 1
