"""Every pixel is where its WCS says, whatever the header's convention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord
from astropy.wcs import WCS
from astropy.wcs.utils import wcs_to_celestial_frame

from tests.contracts.provider_contract import centres, tiles_of
from tests.support.skies import CONVENTIONS, PIXELS_ARCMIN, RESAMPLED, Header, car, mean_waves, positions, write_image, write_sky
from tilemaker.providers import FitsSpec
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import wrap_deg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.skies import Floats
    from tilemaker.providers.base import Provider


def read_level(provider: Provider, level: int) -> tuple[Floats, Floats, Floats]:
    """Return RA, Dec and value of every sample of a level that has a value."""
    grid = provider.extent.grid
    found: list[tuple[Floats, Floats, Floats]] = []
    for at in tiles_of(provider, level):
        sample = provider.read(grid.box(at), grid.tile_shape)
        if sample is not None:
            ra_deg, dec_deg = centres(grid.box(at), grid.tile_shape)
            present = np.isfinite(sample.pixels)
            found.append((ra_deg[present], dec_deg[present], sample.pixels[present].astype(np.float64)))
    ra_deg, dec_deg, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return ra_deg, dec_deg, values


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_map_of_its_own_ra_and_dec_reads_back_exactly_without_a_pixel_lost(tmp_path: Path, workshop: Workshop, name: str) -> None:
    header = CONVENTIONS[name]
    ra_written, dec_written = positions(header)
    ra_map = FitsSpec(filename=write_image(tmp_path / "ra.fits", ra_written.copy(), header)).open(workshop)
    dec_map = FitsSpec(filename=write_image(tmp_path / "dec.fits", dec_written.copy(), header)).open(workshop)
    finest = ra_map.extent.grid.levels - 1

    ra_deg, dec_deg, ra_read = read_level(ra_map, finest)
    *_, dec_read = read_level(dec_map, finest)

    # At a pole a row's RA means nothing, and wcslib gives it as it likes.
    away = np.abs(dec_deg) < 89.99
    hundredth_deg = 0.01 * ra_map.extent.grid.pixel_deg
    assert np.abs(wrap_deg(ra_read - ra_deg))[away].max() < hundredth_deg
    assert np.abs(dec_read - dec_deg).max() < hundredth_deg
    # The grid has no row for the north pole.
    rows = header.shape[0] - int(np.any(np.abs(dec_written[[0, -1], 0] - 90.0) < 1e-6))
    assert ra_read.size == dec_read.size == rows * min(header.shape[1], 720)


@pytest.mark.parametrize("pixel_arcmin", PIXELS_ARCMIN)
def test_every_pixel_scale_has_an_exact_grid_of_sensible_tiles(tmp_path: Path, workshop: Workshop, pixel_arcmin: float) -> None:
    # Scales in headers are rounded in the sixteenth digit, upwards as well as down.
    step_deg = float(f"{pixel_arcmin / 60:.14g}")
    header = car(60, 120, step_deg, CRVAL1=180.0, CRPIX2=0.5 - round(10.0 / step_deg))
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", header, dtype="f8")).open(workshop)
    grid = provider.extent.grid

    assert grid.pixel_deg == pytest.approx(pixel_arcmin / 60, rel=1e-9)
    assert grid.tile_size * 2 ** (grid.levels - 1) * grid.pixel_deg == pytest.approx(180.0, rel=1e-12)
    assert grid.tile_size <= 4096
    ra_deg, dec_deg, values = read_level(provider, grid.levels - 1)
    assert values.size == 60 * 120
    # A hundredth of a pixel, in units of a sky that changes by up to 1.4 a degree.
    assert np.abs(values - mean_waves(ra_deg, dec_deg, grid.pixel_deg, 1)).max() < max(1.4 * 0.01 * grid.pixel_deg, 4e-6)


@pytest.mark.parametrize("name", ["cell-centred", "node-centred in RA too", "CRVAL1 45", "three columns short of the sky"])
def test_coarse_pixels_of_the_whole_sky_are_means_across_every_seam(tmp_path: Path, workshop: Workshop, name: str) -> None:
    convention = CONVENTIONS[name]
    shape = convention.shape[0] * 2 - convention.shape[0] % 2, convention.shape[1] * 2
    header = car(*shape, 0.25, CRVAL1=convention.cards["CRVAL1"])
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", header)).open(workshop)
    grid = provider.extent.grid
    for level in range(grid.levels):
        ra_deg, dec_deg, values = read_level(provider, level)
        times = 2 ** (grid.levels - 1 - level)
        error = np.abs(values - mean_waves(ra_deg, dec_deg, grid.pixel_deg, times))
        inside = error < 1e-4
        # Only the columns beside a gap in the map, or a row shared with the pole's, may be means over fewer pixels.
        allowed = 2 * 720 // times if shape[1] < 1440 else 0
        assert (~inside).sum() <= allowed


@pytest.mark.parametrize("kept_pixels", [1 << 20, 1], ids=["overview", "averaged when asked for"])
@pytest.mark.parametrize(("first_row", "first_column"), [(0, 0), (1, 3), (2, 2), (3, 1)])
def test_coarse_pixels_at_the_edges_of_a_map_are_means_of_what_they_touch(
    tmp_path: Path, first_row: int, first_column: int, kept_pixels: int
) -> None:
    # 54 rows from Dec -10 and 101 columns from RA 20, on a grid whose blocks of 2, 4 and 8 they begin and end within.
    south_deg, west_deg = -10.0 + first_row * 0.125, 20.0 + first_column * 0.125
    header = car(54, 101, 0.125, CDELT1=0.125, CRVAL1=west_deg, CRPIX1=0.5, CRPIX2=0.5 - south_deg / 0.125)
    numbered = np.arange(54 * 101, dtype="f4").reshape(54, 101)
    provider = FitsSpec(filename=write_image(tmp_path / "map.fits", numbered, header)).open(Workshop(kept_pixels=kept_pixels))
    grid = provider.extent.grid
    sky = np.full((1440, 2880), np.nan)
    corner = 640 + first_row, 1600 + first_column
    sky[corner[0] : corner[0] + 54, corner[1] : corner[1] + 101] = numbered

    for level in range(grid.levels):
        times = 2 ** (grid.levels - 1 - level)
        blocks = sky.reshape(1440 // times, times, 2880 // times, times)
        counts = np.isfinite(blocks).sum(axis=(1, 3))
        expected = np.nansum(blocks, axis=(1, 3))[counts > 0] / counts[counts > 0]
        ra_deg, dec_deg, values = read_level(provider, level)
        assert values.size == expected.size
        in_order = np.lexsort((ra_deg.round(6), dec_deg.round(6)))
        assert np.abs(values[in_order] - expected).max() < 1e-3


def pixel_of(header: Header, ra_deg: Floats, dec_deg: Floats) -> Floats:
    """Return where astropy puts positions in ICRS: (n, 2) columns and rows."""
    wcs = WCS(header.fits(), naxis=2)
    sky = SkyCoord(ra_deg, dec_deg, unit=units.deg)
    ecliptic = BarycentricMeanEcliptic(equinox="J1950" if wcs.wcs.equinox == 1950.0 else "J2000")
    frame = ecliptic if wcs.wcs.lngtyp == "ELON" else wcs_to_celestial_frame(wcs)
    there = sky.transform_to(frame).spherical
    world = np.empty((ra_deg.size, 2))
    world[:, wcs.wcs.lng], world[:, wcs.wcs.lat] = there.lon.wrap_at(180 * units.deg).deg, there.lat.deg
    return np.asarray(wcs.all_world2pix(world, 0) if wcs.has_distortion else wcs.wcs_world2pix(world, 0))


@pytest.mark.parametrize("name", RESAMPLED)
def test_other_projections_are_read_where_astropy_puts_them(tmp_path: Path, workshop: Workshop, name: str) -> None:
    header = RESAMPLED[name]
    rows, columns = header.shape
    numbered = np.arange(rows * columns, dtype="f8").reshape(rows, columns)
    numbered[~np.isfinite(positions(header)[1])] = np.nan
    provider = FitsSpec(filename=write_image(tmp_path / "map.fits", numbered, header)).open(workshop)

    ra_deg, dec_deg, values = read_level(provider, provider.extent.grid.levels - 1)

    expected = pixel_of(header, ra_deg, dec_deg)
    expected[:, 0] = nearest_turn(header, expected[:, 0], values % columns)
    off = np.abs(expected - np.column_stack([values % columns, values // columns])).max(axis=1)
    assert np.mean(off > 0.5 + 0.03) == 0.0
    assert values.size > 0.9 * rows * columns * covered_share(header, provider)


def nearest_turn(header: Header, columns: Floats, near: Floats) -> Floats:
    """Return columns moved by whole turns next to others, for projections that go round the sky."""
    if str(header.cards["CTYPE1"])[-3:] not in ("CAR", "CEA"):
        return columns
    step = header.cards["CDELT1"]
    assert isinstance(step, float)
    turn = 360.0 / abs(step)
    return columns + np.rint((near - columns) / turn) * turn if "PC1_1" not in header.cards else columns


def covered_share(header: Header, provider: Provider) -> float:
    """Return a low estimate of how many grid samples there are for each pixel of the map."""
    finite = np.isfinite(positions(header)[1]).mean()
    wcs = WCS(header.fits(), naxis=2)
    samples_a_pixel = abs(np.linalg.det(wcs.pixel_scale_matrix)) / provider.extent.grid.pixel_deg**2
    return float(finite * 0.6 * samples_a_pixel)


@pytest.mark.parametrize("name", ["TAN", "galactic", "CEA", "oblique"])
def test_coarse_pixels_of_other_projections_are_near_the_mean(tmp_path: Path, workshop: Workshop, name: str) -> None:
    header = RESAMPLED[name]
    longitude_deg, latitude_deg = positions(header)
    wcs = WCS(header.fits(), naxis=2)
    dec_deg = SkyCoord(longitude_deg, latitude_deg, unit=units.deg, frame=wcs_to_celestial_frame(wcs)).icrs.dec.deg
    provider = FitsSpec(filename=write_image(tmp_path / "map.fits", dec_deg, header)).open(workshop)
    grid = provider.extent.grid
    for level in range(grid.levels):
        _, at_deg, values = read_level(provider, level)
        pixel_deg = grid.pixel_deg * 2 ** (grid.levels - 1 - level)
        assert np.median(np.abs(values - at_deg)) < 0.35 * max(pixel_deg, abs(np.linalg.det(wcs.pixel_scale_matrix)) ** 0.5)
