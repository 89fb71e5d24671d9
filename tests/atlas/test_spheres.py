from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.healpix import Columns, Sphere, write_healpix
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.generate import generate
from tilemaker.atlas.models import LayerConfig
from tilemaker.providers.workshop import Workshop

SPHERE = Sphere(2, "NESTED", "G")
VALUES = np.arange(48.0)


def layers_of(path: Path) -> list[LayerConfig]:
    """Return the layers that are columns of a file."""
    (group,) = generate([path]).config.map_groups
    layers = (layer for each in group.maps for band in each.bands for layer in band.layers)
    return [layer for layer in layers if not layer.provider.is_worked_out]


@pytest.mark.parametrize(
    ("filename", "columns", "units", "shown"),
    [
        ("sky.fits", "I_STOKES Q_STOKES U_STOKES", "uK_CMB", [("I", "T"), ("Q", "Q"), ("U", "U")]),
        ("sky.fits", "TEMPERATURE Q-POLARISATION U-POLARISATION", "mK", [("I", "T"), ("Q", "Q"), ("U", "U")]),
        ("sky.fits", "TEMPERATURE N_OBS", "mK", [("I", "T"), ("Hits N_OBS", "hits")]),
        ("sky.fits", "I_STOKES II_COV HITS", "K_CMB", [("I", "T"), ("II_COV", None), ("Hits HITS", "hits")]),
        ("sky.fits", "TEMPERATURE", "K_CMB", [("I", "T")]),
        ("sky.fits", "PROB", "pix-1", [("PROB", None)]),
        ("survey_mask.fits", "T", None, [("Mask", "mask")]),
        ("survey_mask.fits", "I_STOKES Q_STOKES", None, [("Mask I_STOKES", "mask"), ("Mask Q_STOKES", "mask")]),
        ("kappa_map.fits", "T", None, [("Convergence", "kappa")]),
    ],
)
def test_columns_are_recognised_by_their_names(
    tmp_path: Path, filename: str, columns: str, units: str | None, shown: list[tuple[str, str | None]]
) -> None:
    table = Columns(dict.fromkeys(columns.split(), VALUES), units=units)

    layers = layers_of(write_healpix(tmp_path / filename, SPHERE, table))

    assert [(layer.name, layer.quantity) for layer in layers] == shown
    assert {layer.units for layer in layers} == {units}


def test_limits_of_the_sky_are_those_of_its_unit(tmp_path: Path) -> None:
    table = Columns(dict.fromkeys(("I_STOKES", "Q_STOKES", "U_STOKES"), VALUES), units="mK")

    layers = layers_of(write_healpix(tmp_path / "sky.fits", SPHERE, table))

    assert [(layer.vmin, layer.vmax) for layer in layers] == [(-0.5, 0.5), (-0.1, 0.1), (-0.1, 0.1)]


def test_coordinates_that_had_to_be_assumed_are_described(tmp_path: Path) -> None:
    silent = Columns({"T": VALUES}, cards={"COORDSYS": None})

    assert "galactic" in (layers_of(write_healpix(tmp_path / "silent.fits", SPHERE, silent))[0].description or "")
    assert layers_of(write_healpix(tmp_path / "says.fits", SPHERE, Columns({"T": VALUES})))[0].description is None


def test_every_table_of_a_file_is_shown_and_a_broken_one_stops_no_other(tmp_path: Path) -> None:
    tables = [Columns({"T": VALUES + number}, cards={"EXTNAME": f"split {number}"}) for number in range(3)]
    tables[1].cards["NSIDE"] = 3
    generated = generate([write_healpix(tmp_path / "splits.fits", SPHERE, *tables)])
    workshop = Workshop()
    layers = list(Atlas(generated.config, workshop).all_layers())
    values = [layer.provider.value(0.0, 90.0) for layer in layers]

    assert [layer.name for layer in layers] == ["T (split 0)", "T (split 2)"]
    assert values[0] is not None
    assert values[1] is not None
    assert values[1].value == (values[0].value or 0.0) + 2
    workshop.close()
