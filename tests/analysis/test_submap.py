from __future__ import annotations

import io
import warnings

import numpy as np
import numpy.typing as npt
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.skies import waves
from tests.support.twins import CELL_CENTRED, FINE, NODE_CENTRED, Twin, atlas_of, full_sky, layer, patch
from tilemaker.analysis.fits_image import fits_image
from tilemaker.analysis.product import Bounds
from tilemaker.analysis.submap import Submap, box_between, cut_out, pixels_touched
from tilemaker.atlas.layer import Layer
from tilemaker.errors import NoDataThere, RegionTooLarge
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileGrid

GRIDS = {"cell-centred": CELL_CENTRED, "node-centred": NODE_CENTRED, "fine": FINE}
BOXES = {
    "in the middle": (10.0, 30.0, -5.0, 20.0),
    "across RA 0": (350.0, 12.0, 3.0, 9.0),
    "across RA 180": (-170.0, 165.5, -40.0, -20.25),
    "the other way round": (30.0, 10.0, 20.0, -5.0),
    "beyond the north pole": (40.0, 60.0, 80.0, 95.0),
    "at the south pole": (40.0, 60.0, -90.0, -85.0),
    "less than a pixel": (20.01, 20.02, 30.01, 30.02),
    "nothing": (20.0, 20.0, 30.0, 30.0),
    "wider than half a turn": (260.0, 460.0, -5.0, 5.0),
    "nearly a whole turn": (-181.0, 178.0, -5.0, 5.0),
    "all the sky": (-180.0, 180.0, -90.0, 90.0),
    "all the sky from 0": (0.0, 360.0, 90.0, -90.0),
}


def sky_of(twin: Twin, **fields: object) -> Layer:
    return atlas_of(layer("sky", twin, **fields)).visible_to(frozenset()).layer("sky")


def centres(submap: Submap) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    rows, columns = submap.pixels.shape
    ra_deg = submap.box.west_deg + (np.arange(columns) + 0.5) * submap.pixel_deg
    dec_deg = submap.box.south_deg + (np.arange(rows) + 0.5) * submap.pixel_deg
    return np.meshgrid((ra_deg + 180.0) % 360.0 - 180.0, dec_deg)


def between(limits: tuple[float, float, float, float]) -> SkyBox:
    return box_between(limits[:2], limits[2:])


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("limits", BOXES.values(), ids=BOXES)
def test_every_pixel_of_a_cut_out_is_the_sky_at_its_own_centre(grid: TileGrid, limits: tuple[float, float, float, float]) -> None:
    submap = cut_out(sky_of(full_sky(waves, grid)), between(limits), Bounds())

    np.testing.assert_allclose(submap.pixels, waves(*centres(submap)), atol=1e-4)


@given(
    st.floats(-180.0, 179.0), st.floats(0.0, 180.0), st.floats(-90.0, 90.0), st.floats(-90.0, 90.0), st.sampled_from(list(GRIDS))
)
def test_a_cut_out_covers_its_box_and_less_than_a_pixel_more(
    west: float, width: float, one: float, other: float, name: str
) -> None:
    grid = GRIDS[name]
    box = SkyBox(west, west + width, min(one, other), max(one, other))

    touched = pixels_touched(grid, box).on_sky(grid)

    noise = 2e-6 * grid.pixel_deg
    for excess in (box.west_deg - touched.west_deg, touched.east_deg - box.east_deg):
        assert -noise <= excess < grid.pixel_deg + noise
    for excess in (box.south_deg - touched.south_deg, touched.north_deg - box.north_deg):
        assert -noise <= excess < grid.pixel_deg + noise


@pytest.mark.parametrize("offset", [0.0, 0.1, 0.3, 0.5, -0.1, -0.3, -0.5])
def test_no_row_of_a_cut_out_has_its_centre_beyond_a_pole_and_none_on_the_sky_is_missing(offset: float) -> None:
    grid = TileGrid(pixel_deg=1.0, tile_size=45, levels=3, west_deg=-180.0, south_deg=-90.0 - offset)

    touched = pixels_touched(grid, SkyBox(0.0, 5.0, -90.0, 90.0))

    south, north = (grid.south_deg + touched.first_row + row + 0.5 for row in (0, touched.shape[0] - 1))
    assert -91.0 <= south - 1.0 < -90.0 <= south
    assert 91.0 >= north + 1.0 > 90.0 >= north


def test_what_is_off_the_map_is_nan_in_exactly_the_box_asked_for() -> None:
    submap = cut_out(sky_of(patch(waves, SkyBox(0.0, 60.0, 0.0, 40.0))), between((50.0, 80.0, -10.0, 10.0)), Bounds())

    assert submap.pixels.shape == (20, 30)
    ra_deg, dec_deg = centres(submap)
    np.testing.assert_array_equal(np.isfinite(submap.pixels), (ra_deg < 60.0) & (dec_deg > 0.0))


@pytest.mark.parametrize("limits", [(100.0, 120.0, 0.0, 10.0), (10.0, 20.0, -30.0, -20.0), (10.0, 20.0, 91.0, 99.0)])
def test_a_box_off_the_map_or_off_the_sky_has_no_data(limits: tuple[float, float, float, float]) -> None:
    with pytest.raises(NoDataThere):
        cut_out(sky_of(patch(waves, SkyBox(0.0, 60.0, 0.0, 40.0))), between(limits), Bounds())


def test_a_box_of_too_many_pixels_is_refused_unread_and_told_the_limit() -> None:
    twin = full_sky(waves)

    with pytest.raises(RegionTooLarge, match="1,000 at most"):
        cut_out(sky_of(twin), between((0.0, 50.0, 0.0, 50.0)), Bounds(max_pixels=1000))
    with pytest.raises(RegionTooLarge, match="40 to a side"):
        cut_out(sky_of(twin), between((0.0, 50.0, 0.0, 5.0)), Bounds(), largest_side=40)

    assert twin.times_read == 0


def opened(body: bytes) -> fits.PrimaryHDU:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fits.open(io.BytesIO(body))[0]


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize("limits", BOXES.values(), ids=BOXES)
def test_a_fits_cut_out_has_every_pixel_where_astropy_finds_it(grid: TileGrid, limits: tuple[float, float, float, float]) -> None:
    sky = sky_of(full_sky(waves, grid))

    image = opened(fits_image(sky, cut_out(sky, between(limits), Bounds())))

    rows, columns = image.data.shape
    wcs = WCS(image.header)
    wcs.wcs.bounds_check(False, False)
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    ra_deg, dec_deg = wcs.all_pix2world(x, y, 0)
    np.testing.assert_allclose(image.data, waves(ra_deg, dec_deg), atol=1e-4)
    assert image.header["CDELT1"] < 0.0
    assert image.header["CRVAL2"] == 0.0


def test_the_centres_of_a_fits_cut_out_are_the_maps_own_to_a_millionth_of_a_pixel() -> None:
    sky = sky_of(full_sky(waves, FINE))
    submap = cut_out(sky, between((179.0, -178.0, 60.0, 61.0)), Bounds())

    image = opened(fits_image(sky, submap))

    rows, columns = image.data.shape
    ra_deg, dec_deg = WCS(image.header).all_pix2world(*np.meshgrid(np.arange(columns), np.arange(rows)), 0)
    true_ra_deg, true_dec_deg = (centre[:, ::-1] if centre is not None else centre for centre in centres(submap))
    np.testing.assert_allclose((ra_deg - true_ra_deg + 180.0) % 360.0, 180.0, atol=1e-6 * FINE.pixel_deg)
    np.testing.assert_allclose(dec_deg, true_dec_deg, atol=1e-6 * FINE.pixel_deg)


def test_a_fits_cut_out_says_what_it_is() -> None:
    twin = full_sky(waves)
    twin.polarisation = "IAU"
    twin.pixels[100, 190] = np.nan
    sky = sky_of(twin, name="90 GHz, Stokes Q – été", units="µK_CMB")

    image = opened(fits_image(sky, cut_out(sky, between((0.0, 20.0, 5.0, 15.0)), Bounds())))

    assert image.data.dtype == np.dtype(">f4")
    assert np.count_nonzero(np.isnan(image.data)) == 1
    assert image.header["BUNIT"] == "uK_CMB"
    assert image.header["POLCCONV"] == "IAU"
    history = " ".join(image.header["HISTORY"])
    assert "sky (90 GHz, Stokes Q ? ?t?)" in history
    assert "RA 0 to 20 deg, Dec 5 to 15 deg" in history


def test_what_a_map_does_not_say_its_cut_out_does_not_either() -> None:
    twin = full_sky(waves)
    twin.units = None
    sky = sky_of(twin)

    image = opened(fits_image(sky, cut_out(sky, between((0.0, 20.0, 5.0, 15.0)), Bounds())))

    assert not {"BUNIT", "POLCCONV"} & set(image.header)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_any_name_and_unit_can_be_written(text: str) -> None:
    sky = sky_of(full_sky(waves), name=text, units=text[:68] or None)

    opened(fits_image(sky, cut_out(sky, between((0.0, 2.0, 5.0, 7.0)), Bounds()))).verify("exception")
