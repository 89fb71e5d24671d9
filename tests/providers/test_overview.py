"""Overviews are built in the background, shown as previews meanwhile, and kept within a budget."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.contracts.provider_contract import centres, tiles_of
from tests.support.skies import car, mean_waves, waves, write_sky
from tilemaker.errors import MapUnreadable
from tilemaker.providers import FitsSpec
from tilemaker.providers.counting import count
from tilemaker.providers.overview import Overview
from tilemaker.providers.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tilemaker.providers.base import Provider, Sample
    from tilemaker.providers.overview import Report
    from tilemaker.providers.workshop import Build

HEADER = car(720, 2880, 0.125, CRVAL1=20.0)
"""All the way round, from Dec -45 to 45."""

EDGES = np.linspace(-100.0, 100.0, 129)

SKY_BYTES = 720 * 2880 * 4


@pytest.fixture
def large() -> Iterator[Workshop]:
    """A workshop to which every map is large: two levels are averaged when asked for and the rest comes from an overview."""
    workshop = Workshop(at_once_pixels=0, kept_pixels=720 * 2880 // 16)
    yield workshop
    workshop.close()


def wait_until_ready(provider: Provider, seconds: float = 20.0) -> None:
    """Wait for the overview."""
    end = time.monotonic() + seconds
    while provider.progress < 1.0:
        assert time.monotonic() < end, "the overview did not come"
        time.sleep(0.01)


def coarsest(provider: Provider, level: int = 0) -> Sample:
    """Return a tile that the map fills in part."""
    grid = provider.extent.grid
    sample = provider.read(grid.box(tiles_of(provider, level)[0]), grid.tile_shape)
    assert sample is not None
    return sample


def test_a_preview_comes_first_and_the_mean_when_it_is_ready(tmp_path: Path, large: Workshop) -> None:
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(large)
    grid = provider.extent.grid
    at = tiles_of(provider, 0)[0]

    preview = coarsest(provider)
    wait_until_ready(provider)
    final = coarsest(provider)

    assert not preview.is_final
    assert final.is_final
    expected = mean_waves(*centres(grid.box(at), grid.tile_shape), grid.pixel_deg, 2 ** (grid.levels - 1))
    assert np.nanmax(np.abs(final.pixels - expected)) < 2e-5
    # A preview shows one pixel of each block: never more than the block's size away.
    assert np.nanmax(np.abs(preview.pixels - expected)) < 1.5 * grid.pixel_deg * 2 ** (grid.levels - 1)
    np.testing.assert_array_equal(np.isnan(preview.pixels), np.isnan(final.pixels))


def test_levels_finer_than_the_overview_are_final_at_once(tmp_path: Path) -> None:
    workshop = Workshop(at_once_pixels=0, kept_pixels=1000)
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(workshop)
    grid = provider.extent.grid
    for level in range(grid.levels):
        for at in tiles_of(provider, level):
            sample = provider.read(grid.box(at), grid.tile_shape)
            assert sample is not None
            assert sample.is_final
            expected = mean_waves(*centres(grid.box(at), grid.tile_shape), grid.pixel_deg, 2 ** (grid.levels - 1 - level))
            assert np.nanmax(np.abs(sample.pixels - expected)) < 2e-5
    workshop.close()


def test_counts_are_estimated_first_and_exact_when_the_overview_is_ready(tmp_path: Path, large: Workshop) -> None:
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(large)
    edges = EDGES
    estimate = provider.counts(edges)
    wait_until_ready(provider)
    exact = provider.counts(edges)

    assert not estimate.is_final
    assert exact.is_final
    assert exact.counts.sum() == 720 * 2880
    assert estimate.counts.sum() == pytest.approx(720 * 2880, rel=0.01)
    assert np.abs(estimate.counts - exact.counts).max() < 0.1 * exact.counts.max()


def test_a_histogram_asked_for_late_is_counted_in_a_pass_of_its_own(tmp_path: Path, large: Workshop) -> None:
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(large)
    provider.prepare(EDGES)
    wait_until_ready(provider)
    edges = np.linspace(-100.0, 100.0, 65)
    end = time.monotonic() + 20
    while not (counts := provider.counts(edges)).is_final:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert counts.counts.sum() == 720 * 2880


def test_overviews_stay_within_their_budget_and_come_back_when_dropped(tmp_path: Path) -> None:
    one = SKY_BYTES // 16  # a sixteenth of the pixels, in a single level
    workshop = Workshop(at_once_pixels=0, kept_pixels=720 * 2880 // 16, overview_bytes=int(1.5 * one))
    first = FitsSpec(filename=write_sky(tmp_path / "one.fits", HEADER)).open(workshop)
    second = FitsSpec(filename=write_sky(tmp_path / "two.fits", HEADER)).open(workshop)
    first.prepare(EDGES)
    wait_until_ready(first)
    second.prepare(EDGES)
    wait_until_ready(second)
    assert first.progress < 1.0
    assert not coarsest(first).is_final
    wait_until_ready(first)
    assert coarsest(first).is_final
    workshop.close()


def test_what_is_looked_at_is_built_before_what_is_only_prepared() -> None:
    workshop, order, gate = Workshop(), [], threading.Event()

    def job(name: str) -> Build:
        def build(_report: Report) -> Overview:
            gate.wait(10)
            order.append(name)
            return Overview(1, (), {})

        return build

    workshop.request("under way", job("under way"), is_looked_at=False)
    time.sleep(0.1)
    for name in ("prepared", "prepared and looked at later", "prepared too"):
        workshop.request(name, job(name), is_looked_at=False)
    workshop.request("prepared and looked at later", job("prepared and looked at later"), is_looked_at=True)
    gate.set()
    end = time.monotonic() + 10
    while len(order) < 4 and time.monotonic() < end:
        time.sleep(0.01)
    workshop.close()
    assert order == ["under way", "prepared and looked at later", "prepared", "prepared too"]


def test_a_build_that_fails_is_not_tried_again_at_once_however_often_it_was_asked_for() -> None:
    workshop, tries, gate = Workshop(), [], threading.Event()

    def fails(_report: Report) -> Overview:
        tries.append("tried")
        raise MapUnreadable("gone")

    def waits(_report: Report) -> Overview:
        gate.wait(10)
        return Overview(1, (), {})

    workshop.request("first", waits, is_looked_at=False)
    time.sleep(0.1)
    for _ in range(3):
        workshop.request("broken", fails, is_looked_at=True)
    workshop.request("last", waits, is_looked_at=False)
    gate.set()
    end = time.monotonic() + 10
    while workshop.progress("last") < 1.0 and time.monotonic() < end:
        time.sleep(0.01)
    workshop.close()
    assert tries == ["tried"]


def test_a_map_that_breaks_while_its_overview_is_built_breaks_nothing_else(tmp_path: Path, large: Workshop) -> None:
    def fails(_report: Report) -> Overview:
        raise MapUnreadable("gone")

    def breaks(_report: Report) -> Overview:
        raise ZeroDivisionError

    large.request("a", fails, is_looked_at=True)
    large.request("b", breaks, is_looked_at=True)
    provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(large)
    provider.prepare(EDGES)
    wait_until_ready(provider)
    assert large.progress("a") == 0.0


def test_a_closed_workshop_stops_at_once(tmp_path: Path) -> None:
    workshop, reports = Workshop(at_once_pixels=0), []

    def slow(report: Report) -> Overview:
        for step in range(1000):
            reports.append(step)
            report(step / 1000)
            time.sleep(0.01)
        return Overview(1, (), {})

    workshop.request("slow", slow, is_looked_at=True)
    while not reports:
        time.sleep(0.01)
    workshop.close()
    time.sleep(0.1)
    seen = len(reports)
    time.sleep(0.2)
    assert len(reports) == seen < 100


def test_waves_are_as_the_tests_believe() -> None:
    ra_deg, dec_deg = np.meshgrid(10.0 + (np.arange(8) - 3.5) * 0.5, 5.0 + (np.arange(8) - 3.5) * 0.5)
    mean = mean_waves(np.array(10.0), np.array(5.0), 0.5, 8)
    assert waves(ra_deg, dec_deg).mean() == pytest.approx(float(mean), rel=1e-12)


@pytest.mark.parametrize(("low", "high"), [(1e6, 1e6 + 1e-3), (0.0, 1e-45), (-1e300, 1e300)], ids=["narrow", "tiny", "vast"])
def test_bins_of_any_width_are_counted_in_single_precision_too(low: float, high: float) -> None:
    edges = np.linspace(low, high, 129)
    pixels = np.array([low if low > -1e30 else -1e30, np.nan, 5e6], np.float32)

    counts = count(pixels, edges)

    assert counts.sum() == (2 if high > 5e6 else 1)
