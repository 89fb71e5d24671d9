from __future__ import annotations

import numpy as np
import pytest

from tests.contracts.provider_contract import centres
from tests.support.healpix import FRAMES, Sphere
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.healpix import ORDERINGS, HealpixGeometry, rotation_to

NSIDES = [1, 2, 4, 64, 8192]
BOXES = [
    SkyBox(-179.37, 180.63, -90.0, 90.0),
    SkyBox(10.123, 20.3, 80.1, 90.0),
    SkyBox(357.1, 363.3, -90.0, -88.0),
    SkyBox(-0.1, 0.1, -0.1, 0.1),
    SkyBox(33.0, 34.0, 40.2, 43.3),
]


@pytest.mark.parametrize("nside", NSIDES)
@pytest.mark.parametrize("ordering", ["RING", "NESTED"])
def test_pixels_are_numbered_as_the_reference_library_numbers_them(nside: int, ordering: str) -> None:
    sphere = Sphere(nside, ordering)
    numbers = np.arange(sphere.pixels) if nside < 100 else np.random.default_rng(1).integers(0, sphere.pixels, 20_000)

    rows, columns = ORDERINGS[ordering].raster(nside, numbers)
    ra_deg, dec_deg = HealpixGeometry(nside, rotation_to("icrs")).centres(rows, columns)
    expected_ra_deg, expected_dec_deg = sphere.centres(numbers)

    np.testing.assert_array_equal(ORDERINGS[ordering].numbers(nside, rows, columns), numbers)
    off_deg = ((ra_deg - expected_ra_deg + 180.0) % 360.0 - 180.0) * np.cos(np.radians(dec_deg))
    assert np.abs(off_deg).max() < 1e-10
    assert np.abs(dec_deg - expected_dec_deg).max() < 1e-10


@pytest.mark.parametrize("nside", NSIDES)
@pytest.mark.parametrize("coordsys", FRAMES)
def test_positions_fall_in_the_pixels_that_the_reference_library_says(nside: int, coordsys: str) -> None:
    frame = {"G": "galactic", "C": "icrs", "E": "ecliptic"}[coordsys]
    geometry, sphere = HealpixGeometry(nside, rotation_to(frame)), Sphere(nside, "NESTED", coordsys)
    for box in BOXES:
        shape = (102, 142)  # no centre lies exactly between two pixels
        rows, columns = geometry.positions(box, shape)
        numbers = ORDERINGS["NESTED"].numbers(nside, rows.astype(np.int64), columns.astype(np.int64))
        np.testing.assert_array_equal(numbers, sphere.numbers(*centres(box, shape)))


def test_beyond_the_poles_there_is_no_pixel() -> None:
    rows, _ = HealpixGeometry(4, rotation_to("galactic")).positions(SkyBox(0.0, 10.0, 85.0, 95.0), (10, 10))

    assert np.isfinite(rows[:5]).all()
    assert np.isnan(rows[5:]).all()


def test_halving_the_raster_is_halving_the_resolution() -> None:
    rows, columns = ORDERINGS["NESTED"].raster(64, np.arange(12 * 64**2))

    np.testing.assert_array_equal(ORDERINGS["NESTED"].numbers(8, rows >> 3, columns >> 3), np.arange(12 * 64**2) >> 6)
