"""The synthetic sky is what its description says, at the places its catalogue says, and the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from tilemaker.atlas.load import load_config
from tilemaker.cli import synthetic
from tilemaker.cli.demo import BEACONS, write_demo
from tilemaker.cli.synthetic import PointSource, Sheet
from tilemaker.sky.boxes import SkyBox

ARCMIN = 1 / 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the synthetic sky."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


def centroid_deg(path: Path, source: PointSource, radius_deg: float) -> tuple[float, float]:
    """Return the offset (RA times cos Dec, Dec) from a source's place to the centre of its light, by astropy's own reading."""
    with fits.open(path) as opened:
        header, image = opened[0].header, np.squeeze(opened[0].data)
    plane = image[0] if image.ndim == 3 else image
    ra, dec = WCS(header).celestial.wcs_pix2world(*np.meshgrid(np.arange(plane.shape[1]), np.arange(plane.shape[0])), 0)
    east = ((ra - source.ra_deg + 180) % 360 - 180) * np.cos(np.radians(dec))
    is_near = np.hypot(east, dec - source.dec_deg) < radius_deg
    light = np.clip(plane[is_near] - np.median(plane[is_near]), 0, None)
    return float(np.average(east[is_near], weights=light)), float(np.average((dec - source.dec_deg)[is_near], weights=light))


@pytest.mark.parametrize("source", BEACONS, ids=lambda source: source.name)
@pytest.mark.parametrize("band", ["f090", "f150"])
def test_the_beacons_stand_where_the_catalogue_says(demo: Path, source: PointSource, band: str) -> None:
    assert centroid_deg(demo / f"whole_{band}_map.fits", source, 0.8) == pytest.approx((0.0, 0.0), abs=0.02)


def test_the_beacon_of_the_deep_field_stands_where_the_catalogue_says(demo: Path) -> None:
    assert centroid_deg(demo / "deep_f150_map.fits", BEACONS[0], 0.1) == pytest.approx((0.0, 0.0), abs=0.1 * ARCMIN)


def test_the_catalogue_begins_with_the_beacons(demo: Path) -> None:
    listed = json.loads((demo / "sources.json").read_text())

    assert [(entry["name"], entry["ra"], entry["dec"]) for entry in listed[:5]] == [
        (beacon.name, beacon.ra_deg, beacon.dec_deg) for beacon in BEACONS
    ]
    assert len(listed) == 80


def test_the_configuration_names_files_that_are_there(demo: Path) -> None:
    config = load_config(demo / "dev.json")
    layers = [layer for group in config.map_groups for node in group.maps for band in node.bands for layer in band.layers]

    assert [layer.layer_id for layer in layers][:4] == ["demo-f150-i", "demo-f150-q", "demo-f150-u", "demo-f150-ivar"]
    assert {path.name for path in demo.glob("*.fits")} == set(_file_names(config.model_dump(mode="json")["map_groups"]))


def _file_names(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [Path(value["filename"]).name] if "filename" in value else []
        return own + [name for part in value.values() for name in _file_names(part)]
    return [name for part in value for name in _file_names(part)] if isinstance(value, list) else []


def test_the_noise_is_as_deep_as_the_inverse_variance_says(demo: Path) -> None:
    """Away from sources, the difference of two bands is the noise of both."""
    maps = [fits.getdata(demo / f"whole_{band}_map.fits")[1] for band in ("f150", "f090")]
    ivars = [fits.getdata(demo / f"whole_{band}_ivar.fits") for band in ("f150", "f090")]

    expected = np.sqrt(2.0 / ivars[0] + 2.0 / ivars[1])

    assert np.std((maps[0] - maps[1]) / expected) == pytest.approx(1.0, abs=0.01)


def test_there_is_no_data_outside_the_ellipse_of_the_deep_field(demo: Path) -> None:
    image, ivar = (fits.getdata(demo / f"deep_f150_{kind}.fits") for kind in ("map", "ivar"))

    np.testing.assert_array_equal(np.isnan(image), ivar == 0)
    assert np.isnan(image).mean() == pytest.approx(1 - np.pi / 4, abs=0.01)


def spectrum_variance(spectrum: npt.NDArray[np.float64]) -> float:
    """Return the variance of a field on the sphere: the sum of (2 l + 1) C_l over 4 pi."""
    ell = np.arange(spectrum.size)
    return float(np.sum((2 * ell + 1) * spectrum) / (4 * np.pi))


@pytest.fixture(scope="module")
def sky() -> npt.NDArray[np.float32]:
    """I, Q and U of the whole sky without noise or sources, with a beam that the pixels resolve."""
    spectra = synthetic.temperature_spectrum(1.5), synthetic.polarisation_spectrum(1.5)
    return synthetic.whole_sky(WHOLE, *spectra, np.random.default_rng(1))


WHOLE = Sheet(SkyBox(-180.0, 180.0, -90.0, 90.0), pixel_deg=0.5)


def test_fluctuations_have_the_size_that_their_spectrum_says(sky: npt.NDArray[np.float32]) -> None:
    weights = np.cos(np.radians(WHOLE.dec_deg))
    variance = np.average((sky**2).mean(axis=2), axis=1, weights=weights)

    assert variance[0] == pytest.approx(spectrum_variance(synthetic.temperature_spectrum(1.5)), rel=0.15)
    assert variance[1:].sum() == pytest.approx(spectrum_variance(synthetic.polarisation_spectrum(1.5)), rel=0.15)


@pytest.mark.parametrize("dec_deg", [-75.0, -45.0, 0.0, 30.0, 60.0])
def test_fluctuations_are_as_steep_to_the_east_as_to_the_north(sky: npt.NDArray[np.float32], dec_deg: float) -> None:
    rows = np.flatnonzero(np.abs(WHOLE.dec_deg - dec_deg) < 4)
    patch = sky[0, rows]
    north = np.diff(patch, axis=0) / WHOLE.pixel_deg
    east = np.diff(patch, axis=1) / (WHOLE.pixel_deg * np.cos(np.radians(WHOLE.dec_deg[rows, None])))

    assert east.std() / north.std() == pytest.approx(1.0, abs=0.12)


def test_polarisation_has_no_curl(sky: npt.NDArray[np.float32]) -> None:
    """Near the equator the sky is flat, and E and B are Q and U turned by the angle of each wave, from north through east.

    Waves longer than a fraction of the strip are left out: the strip's edges mix their E and B.
    """
    rows = np.flatnonzero(np.abs(WHOLE.dec_deg) < 20)
    window = np.hanning(rows.size)[:, None]
    stokes_q, stokes_u = (np.fft.fft2(plane[rows] * window) for plane in sky[1:])
    north, east = np.meshgrid(np.fft.fftfreq(rows.size), np.fft.fftfreq(WHOLE.shape[1]), indexing="ij")
    angle, is_short = np.arctan2(east, north), np.hypot(north, east) > WHOLE.pixel_deg / 4.5

    curl_free = stokes_q * np.cos(2 * angle) + stokes_u * np.sin(2 * angle)
    curl = -stokes_q * np.sin(2 * angle) + stokes_u * np.cos(2 * angle)

    assert np.sum(np.abs(curl[is_short]) ** 2) < 0.02 * np.sum(np.abs(curl_free[is_short]) ** 2)


def test_drawing_a_map_on_its_own_grid_changes_nothing(sky: npt.NDArray[np.float32]) -> None:
    np.testing.assert_allclose(synthetic.resampled(sky[0], WHOLE, WHOLE), sky[0], rtol=1e-5, atol=1e-3)


def test_a_flat_patch_has_the_size_that_its_spectrum_says() -> None:
    sheet = Sheet(SkyBox(0.0, 60.0, -20.0, 20.0), pixel_deg=0.25)
    spectrum = synthetic.polarisation_spectrum(1.0)

    field = synthetic.flat_sky(sheet, spectrum, np.random.default_rng(2))

    assert field.var() == pytest.approx(spectrum_variance(spectrum), rel=0.15)
