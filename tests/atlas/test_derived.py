"""Layers that follow from others: what is offered for what, and that it is what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tests.support.healpix import Columns, Sphere, write_healpix
from tests.support.skies import car, write_image
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.export import to_json
from tilemaker.atlas.generate import generate
from tilemaker.atlas.layer import Layer
from tilemaker.atlas.load import config_of
from tilemaker.providers.workshop import Workshop

HEADER = car(40, 60, 0.5)
Q, U, IVAR = 3.0, 4.0, 0.25


def planes(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.broadcast_to(np.array(values, "f4")[:, None, None], (len(values), *HEADER.shape)).squeeze()


def shown(folder: Path, workshop: Workshop) -> dict[str, Layer]:
    """Return the layers that `open` makes of a folder, by name."""
    return {layer.name: layer for layer in Atlas(generate([folder]).config, workshop).all_layers()}


def value_of(layer: Layer) -> float | None:
    pixel = layer.provider.value(0.1, 0.1)
    assert pixel is not None
    return pixel.value


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.mark.parametrize(
    ("convention", "angle_deg", "says"),
    [
        ("IAU", 0.5 * np.degrees(np.arctan2(U, Q)), "As the file has it"),
        ("COSMO", -0.5 * np.degrees(np.arctan2(U, Q)), "through west (COSMO)"),
        (None, 0.5 * np.degrees(np.arctan2(U, Q)), "does not say"),
    ],
)
def test_polarised_intensity_and_angle_follow_from_q_and_u(
    tmp_path: Path, workshop: Workshop, convention: str | None, angle_deg: float, says: str
) -> None:
    write_image(tmp_path / "sky_map.fits", planes(1.0, Q, U), HEADER, BUNIT="uK", POLCCONV=convention)

    layers = shown(tmp_path, workshop)
    intensity, angle = layers["P"], layers["Angle of polarisation"]

    assert list(layers) == ["I", "Q", "U", "P", "Angle of polarisation"]
    assert value_of(intensity) == pytest.approx(5.0)
    assert value_of(angle) == pytest.approx(angle_deg)
    assert says in str(angle.description)
    assert (intensity.units, intensity.vmin, intensity.vmax) == ("uK", 0.0, "auto")
    assert (angle.units, angle.vmin, angle.vmax, angle.cmap) == ("deg", -90.0, 90.0, "twilight")
    assert angle.extent.polarisation == "IAU"


def test_the_angle_is_counted_from_north_through_east(tmp_path: Path, workshop: Workshop) -> None:
    """Light that swings along north-east and south-west has positive U and an angle of 45 degrees, by the IAU."""
    write_image(tmp_path / "sky_map.fits", planes(1.0, 0.0, 1.0), HEADER, BUNIT="uK", POLCCONV="IAU")

    assert value_of(shown(tmp_path, workshop)["Angle of polarisation"]) == pytest.approx(45.0)


@pytest.mark.parametrize(("cards", "sign"), [({}, -1), ({"POLCCONV": "IAU"}, 1), ({"POLCCONV": "COSMO"}, -1)])
def test_healpix_maps_count_through_west_unless_they_say_otherwise(
    tmp_path: Path, workshop: Workshop, cards: dict[str, object], sign: int
) -> None:
    pixels = {"I_STOKES": np.ones(48), "Q_STOKES": np.full(48, Q), "U_STOKES": np.full(48, U)}
    write_healpix(tmp_path / "sky.fits", Sphere(2, "RING", "C"), Columns(pixels, units="uK", cards=cards))

    angle = shown(tmp_path, workshop)["Angle of polarisation"]

    assert value_of(angle) == pytest.approx(sign * 0.5 * np.degrees(np.arctan2(U, Q)))
    assert ("COSMO" in str(angle.description)) == (sign < 0)


def test_three_files_are_one_map(tmp_path: Path, workshop: Workshop) -> None:
    for name, value in {"I": 1.0, "Q": Q, "U": U}.items():
        write_image(tmp_path / f"cmb_f150_{name}.fits", planes(value), HEADER, BUNIT="uK", POLCCONV="COSMO")
    write_image(tmp_path / "cmb_f090_Q.fits", planes(1.0), HEADER, BUNIT="uK")

    layers = shown(tmp_path, workshop)

    assert value_of(layers["P"]) == pytest.approx(5.0)
    assert value_of(layers["Angle of polarisation"]) == pytest.approx(-0.5 * np.degrees(np.arctan2(U, Q)))
    assert [name for name in layers if "(" in name] == []


def test_signal_to_noise_follows_from_inverse_variance_in_its_own_unit(tmp_path: Path, workshop: Workshop) -> None:
    write_image(tmp_path / "sky_f150_map.fits", planes(1.0, Q, U), HEADER, BUNIT="uK")
    write_image(tmp_path / "sky_f150_ivar.fits", planes(IVAR * 1e12), HEADER, BUNIT="K^-2")

    layers = shown(tmp_path, workshop)
    ratio = layers["Signal-to-noise of I"]

    assert value_of(ratio) == pytest.approx(0.5)
    assert (ratio.units, ratio.vmin, ratio.vmax, ratio.cmap) == (None, "auto", "auto", "RdBu_r")
    assert "Signal-to-noise of Q" not in layers  # one variance is that of I


def test_each_parameter_is_divided_by_its_own_noise(tmp_path: Path, workshop: Workshop) -> None:
    write_image(tmp_path / "sky_f150_map.fits", planes(1.0, Q, U), HEADER, BUNIT="uK")
    write_image(tmp_path / "sky_f150_ivar.fits", planes(IVAR, 4 * IVAR, 16 * IVAR), HEADER, BUNIT="uK^-2")

    layers = shown(tmp_path, workshop)

    assert [value_of(layers[f"Signal-to-noise of {parameter}"]) for parameter in "IQU"] == pytest.approx([0.5, Q, 2 * U])


@pytest.mark.parametrize(
    ("name", "values", "cards"),
    [
        ("sky_mask.fits", (1.0,), {}),
        ("sky_hits.fits", (1.0,), {}),
        ("sky_ivar.fits", (1.0, 1.0, 1.0), {"BUNIT": "uK^-2"}),
        ("sky_weights.fits", (1.0, 1.0, 1.0), {}),
        ("sky_weighted.fits", (1.0, 1.0, 1.0), {}),
        ("galaxy.fits", (1.0, 1.0, 1.0), {}),
        ("cmb_I.fits", (1.0,), {"BUNIT": "uK"}),
        ("cmb_Q.fits", (1.0,), {"BUNIT": "uK"}),
    ],
)
def test_nothing_is_derived_where_it_would_be_silly(
    tmp_path: Path, workshop: Workshop, name: str, values: tuple[float, ...], cards: dict[str, object]
) -> None:
    write_image(tmp_path / name, planes(*values), HEADER, **cards)

    assert len(shown(tmp_path, workshop)) == len(values)


def test_derived_layers_open_nothing_until_they_are_looked_at_and_are_written_like_any(tmp_path: Path) -> None:
    path = write_image(tmp_path / "sky_map.fits", planes(1.0, Q, U), HEADER, BUNIT="uK")
    config = generate([path]).config
    path.unlink()

    layers = list(Atlas(config, Workshop()).all_layers())

    assert [layer.is_worked_out for layer in layers] == [False, False, False, True, True]
    assert config_of(to_json(config, tmp_path)).relative_to(tmp_path) == config


def test_maps_and_inverse_variance_in_one_file_belong_together(tmp_path: Path, workshop: Workshop) -> None:
    cards = HEADER.fits()
    cards["BUNIT"] = "uK"
    images = [fits.ImageHDU(planes(1.0, Q, U), cards, name="MAP"), fits.ImageHDU(planes(IVAR), HEADER.fits(), name="IVAR")]
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(tmp_path / "sky.fits")

    layers = shown(tmp_path, workshop)

    assert list(layers) == ["I", "Q", "U", "Inverse variance", "P", "Angle of polarisation", "Signal-to-noise of I"]
    assert value_of(layers["Signal-to-noise of I"]) == pytest.approx(0.5)
