"""What every provider must do, tested against skies known by formula."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.skies import Header, Value, car, mean_waves, waves
from tilemaker.providers.base import Provider
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox, wrap_deg
from tilemaker.sky.grid import TileAddress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

ACROSS_180 = car(240, 600, 0.125, CRVAL1=180.0, CRPIX2=-80.0)
"""A patch from RA 142.5 to 217.5, Dec 10 to 40 (or so), in pixels that give the grid three levels."""

FULL_SKY = car(360, 720, 0.5)


def tiles_of(provider: Provider, level: int) -> list[TileAddress]:
    """Return every address of a level that the map reaches, found by its box."""
    grid, reach = provider.extent.grid, provider.extent.box
    rows = 2**level
    addresses = [TileAddress(level, y, x) for y in range(rows) for x in range(2 * rows)]
    return [at for at in addresses if meets(grid.box(at), reach)]


def meets(one: SkyBox, other: SkyBox) -> bool:
    """Return whether two boxes share more than an edge."""
    in_dec = one.south_deg < other.north_deg - 1e-6 and other.south_deg < one.north_deg - 1e-6
    turns = (-360.0, 0.0, 360.0)
    in_ra = any(one.west_deg + t < other.east_deg - 1e-6 and other.west_deg < one.east_deg + t - 1e-6 for t in turns)
    return in_dec and in_ra


def centres(box: SkyBox, shape: tuple[int, int]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return RA in [-180, 180) and Dec of the centres of a box's samples, (rows, columns)."""
    ra_deg = box.west_deg + (np.arange(shape[1]) + 0.5) * box.width_deg / shape[1]
    dec_deg = box.south_deg + (np.arange(shape[0]) + 0.5) * box.height_deg / shape[0]
    return np.meshgrid(wrap_deg(ra_deg), dec_deg)


class ProviderContract(ABC):
    """Subclass it, make providers, and the tests come with it.

    ``tolerance`` is the largest error of a value that the provider's storage may bring with it, in units of the sky, of which one
    pixel is about 0.1 to 0.3.
    """

    tolerance = 2e-5

    @abstractmethod
    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        """Return a provider of a sky."""

    @pytest.fixture
    def workshop(self) -> Iterator[Workshop]:
        workshop = Workshop()
        yield workshop
        workshop.close()

    @pytest.fixture
    def across(self, tmp_path: Path, workshop: Workshop) -> Provider:
        """A patch across RA 180."""
        return self.provider(tmp_path, ACROSS_180, waves, workshop)

    def test_a_pixel_of_the_finest_level_is_the_sky_at_its_own_centre(self, across: Provider) -> None:
        grid = across.extent.grid
        seen = 0
        for at in tiles_of(across, grid.levels - 1):
            sample = across.read(grid.box(at), grid.tile_shape)
            assert sample is not None
            error = np.abs(sample.pixels - waves(*centres(grid.box(at), grid.tile_shape)))
            seen += np.isfinite(error).sum()
            assert np.nanmax(error) < self.tolerance
        assert seen == ACROSS_180.shape[0] * ACROSS_180.shape[1]

    def test_a_pixel_of_a_coarser_level_is_the_mean_of_those_under_it(self, across: Provider) -> None:
        grid = across.extent.grid
        for level in range(grid.levels - 1):
            times = 2 ** (grid.levels - 1 - level)
            for at in tiles_of(across, level):
                sample = across.read(grid.box(at), grid.tile_shape)
                assert sample is not None
                assert sample.is_final
                expected = mean_waves(*centres(grid.box(at), grid.tile_shape), grid.pixel_deg, times)
                whole = whole_blocks(sample.pixels)
                assert whole.any()
                assert np.abs(sample.pixels - expected)[whole].max() < self.tolerance

    def test_a_full_sky_closes_at_every_seam(self, tmp_path: Path, workshop: Workshop) -> None:
        provider = self.provider(tmp_path, FULL_SKY, waves, workshop)
        grid = provider.extent.grid
        box = SkyBox(grid.west_deg - 4.0, grid.west_deg + 4.0, -4.0 + grid.south_deg % 0.5, 4.0 + grid.south_deg % 0.5)
        sample = provider.read(box, (16, 16))
        assert sample is not None
        assert np.abs(sample.pixels - waves(*centres(box, (16, 16)))).max() < self.tolerance

    @pytest.mark.parametrize("turn_deg", [-720.0, -360.0, 360.0])
    def test_a_box_may_be_named_any_number_of_turns_round(self, across: Provider, turn_deg: float) -> None:
        grid = across.extent.grid
        box = grid.box(tiles_of(across, grid.levels - 1)[0])
        turned = SkyBox(box.west_deg + turn_deg, box.east_deg + turn_deg, box.south_deg, box.north_deg)
        here, there = across.read(box, grid.tile_shape), across.read(turned, grid.tile_shape)
        assert here is not None
        assert there is not None
        np.testing.assert_array_equal(here.pixels, there.pixels)

    def test_off_the_map_there_is_nothing(self, across: Provider) -> None:
        assert across.read(SkyBox(0.0, 10.0, 20.0, 30.0), (40, 40)) is None
        assert across.read(SkyBox(170.0, 180.0, -50.0, -40.0), (40, 40)) is None

    def test_beyond_the_poles_there_is_nothing(self, tmp_path: Path, workshop: Workshop) -> None:
        provider = self.provider(tmp_path, FULL_SKY, waves, workshop)
        sample = provider.read(SkyBox(0.0, 10.0, 85.0, 95.0), (20, 20))
        assert sample is not None
        assert np.isfinite(sample.pixels[:10]).all()
        assert np.isnan(sample.pixels[10:]).all()

    def test_holes_do_not_grow_and_their_neighbours_do_not_change(self, tmp_path: Path, workshop: Workshop) -> None:
        def with_holes(ra_deg: npt.NDArray[np.float64], dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            bad = (np.arange(dec_deg.size).reshape(dec_deg.shape) % 7) == 0
            return np.where(bad, np.nan, 5.0)

        provider = self.provider(tmp_path, ACROSS_180, with_holes, workshop)
        grid = provider.extent.grid
        for level in range(grid.levels):
            pixels = [provider.read(grid.box(at), grid.tile_shape) for at in tiles_of(provider, level)]
            values = np.concatenate([sample.pixels.ravel() for sample in pixels if sample is not None])
            assert np.nanmax(np.abs(values - 5.0)) < self.tolerance
            expected = 600 * 240 / 4 ** (grid.levels - 1 - level) * (6 / 7 if level == grid.levels - 1 else 1)
            assert np.isfinite(values).sum() == pytest.approx(expected, rel=0.02)

    def test_many_threads_read_the_same_sky(self, across: Provider) -> None:
        grid = across.extent.grid
        addresses = [at for level in range(grid.levels) for at in tiles_of(across, level)] * 4
        alone = {at: across.read(grid.box(at), grid.tile_shape) for at in addresses}
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(lambda at: (at, across.read(grid.box(at), grid.tile_shape)), addresses))
        for at, sample in together:
            expected = alone[at]
            assert sample is not None
            assert expected is not None
            np.testing.assert_array_equal(sample.pixels, expected.pixels)

    def test_pixels_are_the_callers_to_change(self, across: Provider) -> None:
        grid = across.extent.grid
        for level in range(grid.levels):
            box = grid.box(tiles_of(across, level)[0])
            first = across.read(box, grid.tile_shape)
            assert first is not None
            kept = first.pixels.copy()
            first.pixels[:] = -1.0
            second = across.read(box, grid.tile_shape)
            assert second is not None
            np.testing.assert_array_equal(second.pixels, kept)

    def test_a_value_is_its_pixels_own(self, across: Provider) -> None:
        for ra_deg, dec_deg in [(179.9, 20.3), (-179.9, 20.3), (180.1, 30.0), (150.02, 12.34), (-150.0 + 0.01, 39.0)]:
            pixel = across.value(ra_deg, dec_deg)
            assert pixel is not None
            assert pixel.value == pytest.approx(waves(np.array(pixel.ra_deg), np.array(pixel.dec_deg)), abs=self.tolerance)
            assert abs(wrap_deg(pixel.ra_deg - ra_deg)) <= 0.0625 + 1e-9
            assert abs(pixel.dec_deg - dec_deg) <= 0.0625 + 1e-9
            assert -180.0 <= pixel.ra_deg < 180.0
        assert across.value(0.0, 20.0) is None
        assert across.value(180.0, -20.0) is None

    def test_the_extent_is_the_maps(self, across: Provider) -> None:
        box = across.extent.box
        assert (box.west_deg, box.east_deg) == pytest.approx((142.5 + 0.0, 217.5), abs=1e-6)
        assert (box.south_deg, box.north_deg) == pytest.approx((10.0625, 40.0625), abs=1e-6)

    def test_bands_make_up_the_box(self, across: Provider) -> None:
        asked = SkyBox(170.03, 190.01, 0.0, 25.0)
        bands = list(across.bands(asked))
        west_deg, east_deg = bands[0][0].west_deg, bands[0][0].east_deg
        assert -0.125 < west_deg - 170.03 <= 0
        assert 0 <= east_deg - 190.01 < 0.125
        assert bands[0][0].south_deg == pytest.approx(10.0625, abs=0.13)
        for (lower, _), (upper, _) in zip(bands, bands[1:], strict=False):
            assert upper.south_deg == pytest.approx(lower.north_deg)
        for box, pixels in bands:
            np.testing.assert_allclose(pixels, waves(*centres(box, pixels.shape)), atol=self.tolerance)

    def test_every_pixel_is_counted_once(self, across: Provider) -> None:
        edges = np.linspace(-100.0, 100.0, 129)
        counts = across.counts(edges)
        assert counts.is_final
        assert counts.counts.sum() == 240 * 600
        grid = across.extent.grid
        samples = [across.read(grid.box(at), grid.tile_shape) for at in tiles_of(across, grid.levels - 1)]
        values = np.concatenate([sample.pixels[np.isfinite(sample.pixels)] for sample in samples if sample is not None])
        np.testing.assert_array_equal(counts.counts, np.histogram(values, edges)[0])

    def test_a_summary_tells_the_range(self, across: Provider) -> None:
        summary = across.summary()
        assert summary.pixel_count == 240 * 600
        assert summary.percentile(0) == pytest.approx(10.1 - 10 - 20 * 0.61, abs=2.5)
        assert summary.percentile(50) == pytest.approx(25.0 - 10 * 0.93, abs=2.0)
        assert np.isfinite(summary.noise)

    def test_the_fingerprint_is_the_same_until_the_pixels_are_not(self, tmp_path: Path, workshop: Workshop) -> None:
        first = self.provider(tmp_path, ACROSS_180, waves, workshop)
        assert first.is_current
        again = self.provider(tmp_path, ACROSS_180, lambda ra_deg, dec_deg: waves(ra_deg, dec_deg) + 1.0, workshop)
        assert not first.is_current
        assert again.is_current
        assert again.fingerprint != first.fingerprint
        assert again.fingerprint.isalnum()


def whole_blocks(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which pixels are not at the map's edge, where blocks are only partly covered."""
    present = np.pad(np.isfinite(pixels), 1, constant_values=True)
    inner = present[1:-1, 1:-1].copy()
    for rows in (slice(None, -2), slice(2, None)):
        inner &= present[rows, 1:-1]
    for columns in (slice(None, -2), slice(2, None)):
        inner &= present[1:-1, columns]
    # The outermost ring of a tile may border on the map's edge beyond it.
    inner[[0, -1]] = False
    inner[:, [0, -1]] = False
    return inner
