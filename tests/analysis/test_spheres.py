"""Analyses of HEALPix maps, and of real ones, compared with the reference library."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from tests.support.healpix import Columns, Sphere, numbered, write_healpix
from tilemaker.analysis.aperture import ApertureAsked, aperture
from tilemaker.analysis.fits_image import fits_image
from tilemaker.analysis.histogram import HistogramAsked, histogram
from tilemaker.analysis.product import Bounds
from tilemaker.analysis.submap import cut_out
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.generate import generate
from tilemaker.atlas.layer import Layer
from tilemaker.providers import CombinationSpec, HealpixSpec
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

DATA = Path(__file__).parents[3] / "shared" / "data" / "healpix"
GALACTIC = Sphere(64, "RING", "G")


def layer_of(path: Path) -> Layer:
    """Return the only layer of a file."""
    (only,) = Atlas(generate([path]).config, Workshop()).all_layers()
    return only


def test_a_cut_out_is_a_plate_carree_of_the_pixels_that_lie_there(tmp_path: Path) -> None:
    layer = layer_of(write_healpix(tmp_path / "map.fits", GALACTIC, numbered(GALACTIC)))

    content = fits_image(layer, cut_out(layer, SkyBox(350.0, 375.0, -20.0, 12.0), Bounds()))

    image = fits.open(io.BytesIO(content))[0]
    rows, columns = np.indices(image.data.shape)
    ra_deg, dec_deg = WCS(image.header).wcs_pix2world(columns.ravel(), rows.ravel(), 0)
    np.testing.assert_array_equal(image.data.ravel(), GALACTIC.numbers(ra_deg, dec_deg))
    assert image.header["RADESYS"] == "ICRS"


@pytest.mark.parametrize(("ra", "dec"), [(10.0, -20.0), (180.0, 85.0), (266.4, -28.9)])
def test_an_aperture_has_the_mean_of_the_pixels_in_it(tmp_path: Path, ra: float, dec: float) -> None:
    """A dipole along the poles: its mean over a cap of radius r is sin(Dec) (1 + cos r) / 2."""
    dipole = np.sin(np.radians(GALACTIC.centres(np.arange(GALACTIC.pixels))[1]))
    layer = layer_of(write_healpix(tmp_path / "map.fits", GALACTIC, Columns({"T": dipole})))

    found = aperture(layer, ApertureAsked(layer_id=layer.layer_id, ra=ra, dec=dec, radius=10 * 60.0), Bounds())

    assert found.mean == pytest.approx(np.sin(np.radians(dec)) * (1 + np.cos(np.radians(10.0))) / 2, abs=1e-3)
    assert found.solid_angle_sr == pytest.approx(2 * np.pi * (1 - np.cos(np.radians(10.0))), rel=0.01)


def test_a_histogram_counts_pixels_of_the_map_and_not_of_its_tiles(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=GALACTIC.pixels)
    values[::5] = -1.6375e30
    layer = layer_of(write_healpix(tmp_path / "map.fits", GALACTIC, Columns({"T": values})))

    found = histogram(layer, HistogramAsked(layer_id=layer.layer_id), Bounds())

    assert found.is_final
    assert list(found.histogram) == np.histogram(values, found.edges)[0].tolist()


def test_maps_of_different_spheres_are_combined(tmp_path: Path) -> None:
    other = Sphere(16, "NESTED", "C")
    parts = tuple(
        HealpixSpec(filename=write_healpix(tmp_path / f"{sphere.nside}.fits", sphere, numbered(sphere)))
        for sphere in (GALACTIC, other)
    )
    workshop = Workshop()
    difference = CombinationSpec(providers=parts, function="-").open(workshop)
    random = np.random.default_rng(4)
    ra_deg, dec_deg = random.uniform(-180.0, 180.0, 30), random.uniform(-80.0, 80.0, 30)

    for ra, dec in zip(ra_deg, dec_deg, strict=True):
        pixel = difference.value(ra, dec)
        assert pixel is not None
        at = np.array([pixel.ra_deg]), np.array([pixel.dec_deg])
        assert pixel.value == GALACTIC.numbers(*at)[0] - other.numbers(*at)[0]
    workshop.close()


@pytest.mark.skipif(not DATA.is_dir(), reason="the real maps are not at ../shared/data")
@pytest.mark.parametrize(
    ("filename", "sphere"),
    [
        ("bayestar.fits.gz", Sphere(512, "NESTED", "C")),
        ("sel_quaia.fits", Sphere(64, "RING", "G")),
        ("wmap_band_iqumap_r9_7yr_W_v4_udgraded32.fits", Sphere(32, "RING", "G")),
        ("wmap_temperature_analysis_mask_r9_7yr_v4_udgraded32.fits", Sphere(32, "RING", "G")),
    ],
)
def test_real_maps_hold_what_the_reference_library_finds_in_them(filename: str, sphere: Sphere) -> None:
    workshop = Workshop()
    random = np.random.default_rng(5)
    ra_deg, dec_deg = random.uniform(-180.0, 180.0, 40), np.degrees(np.arcsin(random.uniform(-1.0, 1.0, 40)))
    with fits.open(DATA / filename) as file:
        table = file[1].data
        for index, name in enumerate(table.names):
            provider = HealpixSpec(filename=DATA / filename, index=index).open(workshop)
            expected = np.ravel(table[name])[sphere.numbers(ra_deg, dec_deg)]
            found = [provider.value(ra, dec) for ra, dec in zip(ra_deg, dec_deg, strict=True)]
            assert [pixel and pixel.value for pixel in found] == expected.tolist()
    workshop.close()
