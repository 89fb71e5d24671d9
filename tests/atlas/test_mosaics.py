"""Which images of a file are shown as one layer, and which are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tests.atlas.twins import trouble_of
from tests.support.skies import Header, car
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.generate import generate
from tilemaker.atlas.models import LayerConfig
from tilemaker.providers import MosaicSpec
from tilemaker.providers.workshop import Workshop

DATA = Path(__file__).parents[3] / "shared" / "data"


def piece(column: int = 0, row: int = 0, *, name: str = "", header: Header | None = None, **cards: object) -> fits.ImageHDU:
    """Return an image of 16 by 8 pixels, some pixels along a grid."""
    own = (header or car(8, 16, 0.5)).fits()
    own["CRPIX1"] -= column
    own["CRPIX2"] -= row
    own.update({key.replace("_", "-"): card for key, card in cards.items()})
    return fits.ImageHDU(np.full((8, 16), column, "f4"), own, name=name)


def layers_of(folder: Path, *images: fits.ImageHDU) -> list[LayerConfig]:
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(folder / "field.fits", overwrite=True)
    (group,) = generate([folder / "field.fits"]).config.map_groups
    return [layer for each in group.maps for band in each.bands for layer in band.layers]


def hdus(layers: list[LayerConfig]) -> list[tuple[int, ...] | int | None]:
    """Return the HDUs of each layer: a tuple where it is made of several."""
    return [
        layer.provider.hdus if isinstance(layer.provider, MosaicSpec) else getattr(layer.provider, "hdu", None) for layer in layers
    ]


TANGENT = car(8, 16, 0.05, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL2=60.0)


@pytest.mark.parametrize(
    "images",
    [
        [piece(0), piece(16)],
        [piece(0, name="N1"), piece(16, name="N2"), piece(0, 8, name="S1"), piece(16, 8, name="S2")],
        [piece(0, header=TANGENT), piece(18, header=TANGENT), piece(0, 9, header=TANGENT)],
        [piece(0), piece(12), piece(24)],
        [piece(700), piece(716)],
        [piece(0, DETSEC="[1:16,1:8]"), piece(160, DETSEC="[161:176,1:8]")],
    ],
    ids=["side by side", "four detectors", "with gaps, in another projection", "overlapping", "across RA 180", "by DETSEC"],
)
def test_images_of_one_exposure_are_one_layer(tmp_path: Path, images: list[fits.ImageHDU], workshop: Workshop) -> None:
    (only,) = layers = layers_of(tmp_path, *images)

    assert hdus(layers) == [tuple(range(1, len(images) + 1))]
    assert (only.name, only.description) == ("Image", f"A mosaic of {len(images)} images.")
    assert all(trouble_of(layer) is None for layer in Atlas(generate([tmp_path]).config, workshop).all_layers())


@pytest.mark.parametrize(
    "images",
    [
        [piece(0), piece(0)],
        [piece(0), piece(2)],
        [piece(0), piece(160)],
        [piece(0, BUNIT="uK"), piece(16, BUNIT="Jy")],
        [piece(0, name="IMAGE"), piece(16, name="ERROR")],
        [piece(0), piece(16), piece(0)],
        [piece(0), piece(16, header=car(8, 16, 0.7))],
        [piece(0, DETSEC="[1:16,1:8]"), piece(0, DETSEC="[1:16,1:8]")],
    ],
    ids=["one place", "nearly one place", "far apart", "units", "kinds", "stacked", "scales", "one detector"],
)
def test_other_images_are_layers_of_their_own(tmp_path: Path, images: list[fits.ImageHDU]) -> None:
    assert hdus(layers_of(tmp_path, *images)) == list(range(1, len(images) + 1))


def test_pieces_of_the_sky_are_told_from_those_of_its_errors_by_their_names(tmp_path: Path) -> None:
    images = [piece(column, name=name, EXTVER=version) for version, column in ((1, 0), (2, 16)) for name in ("SCI", "ERR", "WHT")]

    layers = layers_of(tmp_path, *images)

    assert hdus(layers) == [(1, 4), (2, 5), (3, 6)]
    assert [layer.name for layer in layers] == ["SCI", "ERR", "WHT"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data with real maps is not here")
def test_a_real_image_its_error_and_its_coverage_stay_apart() -> None:
    (group,) = generate([DATA / "images" / "herschel_spire.fits.gz"]).config.map_groups

    assert [layer.name for layer in group.maps[0].bands[0].layers] == ["image", "Noise", "Coverage"]
