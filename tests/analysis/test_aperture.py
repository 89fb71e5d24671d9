from __future__ import annotations

import numpy as np
import pytest

from tests.support.skies import waves
from tests.support.twins import CELL_CENTRED, FINE, NODE_CENTRED, Twin, atlas_of, full_sky, layer, patch
from tilemaker.analysis.aperture import Aperture, ApertureAsked, aperture
from tilemaker.analysis.product import Bounds
from tilemaker.errors import RegionTooLarge
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileGrid


def measured(twin: Twin, ra: float, dec: float, radius: float, **bounds: int) -> Aperture:
    found = atlas_of(layer("sky", twin)).visible_to(frozenset()).layer("sky")
    return aperture(found, ApertureAsked(layer_id="sky", ra=ra, dec=dec, radius=radius), Bounds(**bounds))


@pytest.mark.parametrize("grid", [CELL_CENTRED, NODE_CENTRED, FINE], ids=["cell-centred", "node-centred", "fine"])
@pytest.mark.parametrize(("ra", "dec"), [(0.0, 0.0), (180.0, 20.0), (359.9, -60.0), (-120.0, 85.0), (77.0, 90.0), (0.0, -90.0)])
def test_a_circle_has_the_solid_angle_of_a_cap_wherever_it_is(grid: TileGrid, ra: float, dec: float) -> None:
    """2 pi (1 - cos r), to the graininess of the pixels along the rim."""
    found = measured(full_sky(waves, grid), ra, dec, radius=20.25 * 60)

    cap = 2 * np.pi * (1 - np.cos(np.radians(20.25)))
    assert found.solid_angle_sr == pytest.approx(cap, rel=0.03 * grid.pixel_deg + 0.002)
    assert found.n_pixels == found.n_valid > 0


@pytest.mark.parametrize("dec", [-75.0, -60.0, 0.0, 60.0, 80.0])
def test_the_mean_of_a_linear_sky_is_nearly_its_value_in_the_centre(dec: float) -> None:
    """The mean of sin(Dec) over a cap of radius r is sin(Dec) (1 + cos r) / 2: a box in RA without 1 / cos(Dec) misses it."""
    found = measured(full_sky(lambda _ra, dec_deg: np.sin(np.radians(dec_deg)), FINE), 33.0, dec, radius=5 * 60)

    assert found.mean == pytest.approx(np.sin(np.radians(dec)) * (1 + np.cos(np.radians(5.0))) / 2, abs=2e-4)


def test_every_pixel_counts_by_its_solid_angle() -> None:
    """Over the whole sky, sin²(Dec) has the mean 1/3; the plain mean over pixels would be 1/2."""
    found = measured(full_sky(lambda _ra, dec_deg: np.sin(np.radians(dec_deg)) ** 2), 10.0, 0.0, radius=10800.0)

    assert found.mean == pytest.approx(1 / 3, rel=1e-3)
    assert found.n_pixels == 180 * 360
    assert found.solid_angle_sr == pytest.approx(4 * np.pi, rel=1e-9)


def test_the_median_counts_by_solid_angle_too() -> None:
    """Half of the sphere lies within 30 degrees of the equator."""
    found = measured(full_sky(lambda _ra, dec_deg: np.abs(dec_deg), FINE), 0.0, 0.0, radius=10800.0)

    assert found.median == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize("ra", [0.0, 180.0, -180.0, 360.0, 90.25])
def test_the_seams_of_the_sky_make_no_difference(ra: float) -> None:
    """A sky turned by the right ascension of the centre gives the same numbers everywhere."""
    turned = full_sky(lambda ra_deg, dec_deg: np.cos(np.radians(ra_deg - ra)) * np.cos(np.radians(dec_deg)), FINE)

    found = measured(turned, ra, 30.0, radius=10 * 60)

    assert found.mean == pytest.approx(np.cos(np.radians(30.0)) * (1 + np.cos(np.radians(10.0))) / 2, abs=2e-4)
    assert found.max == pytest.approx(np.cos(np.radians(20.0)), abs=2e-3)


def test_right_ascension_may_be_given_on_any_turn() -> None:
    twin = full_sky(waves)
    figures = [measured(twin, ra, 40.0, radius=300.0).model_dump(exclude={"ra"}) for ra in (-75.0, 285.0, 645.0)]

    assert figures[0] == figures[1] == figures[2]


def test_pixels_without_data_are_left_out() -> None:
    holes = full_sky(lambda ra_deg, dec_deg: np.where(ra_deg < 0.0, np.nan, 7.0))

    found = measured(holes, 0.0, 0.0, radius=600.0)

    assert found.n_valid == found.n_pixels / 2
    assert (found.mean, found.std, found.median, found.min, found.max) == (7.0, 0.0, 7.0, 7.0, 7.0)


@pytest.mark.parametrize(("dec", "n_pixels"), [(0.0, 0), (85.0, 12)])
def test_where_no_pixel_holds_data_there_are_no_figures(dec: float, n_pixels: int) -> None:
    """Off the map, and on a part of it without data."""
    twin = patch(lambda ra_deg, _dec_deg: np.full_like(ra_deg, np.nan), SkyBox(0.0, 60.0, 80.0, 90.0))

    found = measured(twin, 30.0, dec, radius=50.0)

    assert found.n_valid == 0
    assert (found.n_pixels > 0) == (n_pixels > 0)
    assert {found.mean, found.std, found.median, found.min, found.max} == {None}


def test_a_circle_that_reaches_beyond_the_map_has_the_pixels_that_are_on_it() -> None:
    half = patch(waves, SkyBox(0.0, 60.0, 0.0, 40.0))

    inside = measured(half, 30.0, 20.0, radius=600.0)

    assert measured(half, 30.0, 0.0, radius=600.0).n_pixels == pytest.approx(inside.n_pixels / 2, rel=0.1)
    assert measured(half, 0.0, 20.0, radius=600.0).n_pixels == pytest.approx(inside.n_pixels / 2, rel=0.1)


def test_a_circle_between_the_centres_of_pixels_holds_none() -> None:
    assert measured(full_sky(waves), 0.0, 0.0, radius=10.0).n_pixels == 0


def test_a_circle_with_more_pixels_than_are_read_at_once_is_refused_unread() -> None:
    twin = full_sky(waves)

    with pytest.raises(RegionTooLarge, match=r"radius: .* at most"):
        measured(twin, 0.0, 0.0, radius=1200.0, max_pixels=1000)

    assert twin.times_read == 0
