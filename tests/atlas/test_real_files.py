from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from tests.atlas.twins import trouble_of
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.catalogues import read_catalogue
from tilemaker.atlas.cells import Numbers
from tilemaker.atlas.generate import Generated, generate
from tilemaker.atlas.models import FileType
from tilemaker.providers.workshop import Workshop

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real maps are not at ../shared/data")

REFUSED = {
    "compressed_with_nan.fits": "no celestial coordinates",
    "aia_171_level1.fits": "not positions on the sky",
    "blank.fits": "no celestial coordinates",
    "input_file.fits": "no celestial coordinates",
    "iras_allsky_ATF_blank_bscale.fits": "cannot be understood",
    "sep_image_int16_bscale.fits": "no celestial coordinates",
    "lzw.fits.Z": "compress",
}


@pytest.fixture(scope="module")
def generated() -> Generated:
    return generate([DATA])


def test_real_files_open_or_are_refused_with_a_sentence(generated: Generated, workshop: Workshop) -> None:
    reasons = {skipped.path.name: skipped.reason for skipped in generated.skipped}
    layers = list(Atlas(generated.config, workshop).all_layers())

    assert reasons.keys() == REFUSED.keys()
    assert {name: reason for name, reason in reasons.items() if REFUSED[name] not in reason or not reason.endswith(".")} == {}
    assert {layer.layer_id: trouble_of(layer) for layer in layers if trouble_of(layer)} == {}
    assert len(layers) == 46


@pytest.mark.parametrize(
    ("ending", "quantity", "cmap"),
    [
        ("wmap7-w-iqu-equ-car-f4-all-q", "Q", "planck"),
        ("pixell-sim-lensed-iqu-car-all-i", "T", "planck"),
        ("act-dr3-surveymask-cea-all-mask", "mask", "gray"),
        ("herschel-spire-all-coverage", "coverage", "viridis"),
        ("gc-bolocam-gps-all-image", None, "viridis"),
        ("udgraded32-all-q", "Q", "planck"),
        ("bayestar-all-prob", None, "viridis"),
    ],
)
def test_real_maps_are_recognised(generated: Generated, ending: str, quantity: str | None, cmap: str, workshop: Workshop) -> None:
    (only,) = (layer for layer in Atlas(generated.config, workshop).all_layers() if layer.layer_id.endswith(ending))

    assert (only.quantity, only.cmap) == (quantity, cmap)


@pytest.mark.parametrize(
    ("name", "file_type", "number", "first"),
    [
        ("E-D56Clusters.fits", "fits", 182, ("ACT-CL J0001.4-0306", 0.36334, -3.10160)),
        ("brightstars.fits", "fits", 3344, (None, 2.09691, 29.09043)),
        ("gll_psch_v13.fit.gz", "fits", 1556, ("3FHL J0001.2-0748", 0.31068, -7.80752)),
        ("openngc.fits", "fits", 7812, ("NGC 1", 1.816, 27.7081)),
        ("spitzer_example_catalog.xml", "votable", 224, (None, 275.89320, -12.80514)),
    ],
)
def test_real_catalogues_are_read(name: str, file_type: FileType, number: int, first: tuple[str | None, float, float]) -> None:
    catalogue = read_catalogue(DATA / "catalogs" / name, file_type)

    source = catalogue[0]
    assert (len(catalogue), catalogue.left_out) == (number, 0)
    assert source.ra_deg == pytest.approx(first[1], abs=1e-4)
    assert source.dec_deg == pytest.approx(first[2], abs=1e-4)
    assert first[0] in {None, source.name}


def test_every_number_of_a_real_catalogue_is_the_one_that_astropy_reads() -> None:
    """All the columns of all rows, lists too."""
    path = DATA / "catalogs" / "gll_psch_v13.fit.gz"
    theirs = Table.read(path, hdu=1)

    ours = read_catalogue(path, "fits")

    assert np.array_equal(np.float32(ours.ra_deg), theirs["RAJ2000"])
    assert np.array_equal(np.float32(ours.dec_deg), theirs["DEJ2000"])
    numbers = {key: field.cells for key, field in ours.extra.items() if isinstance(field.cells, Numbers)}
    assert len(numbers) == 32
    for key, cells in numbers.items():
        assert np.array_equal(cells.values, np.asarray(theirs[key]), equal_nan=True), key
