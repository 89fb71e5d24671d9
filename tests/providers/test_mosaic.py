"""Mosaics: several images of one file as one map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from astropy.io import fits

from tests.contracts.provider_contract import ProviderContract
from tests.support.skies import Header, Value, car, sky_pixels, waves, write_sky
from tilemaker.errors import MapUnreadable, UnitsMismatch, UnsupportedGeometry
from tilemaker.providers import FitsSpec, MosaicSpec
from tilemaker.providers.joint import meet, whole_box
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.base import Provider
    from tilemaker.providers.workshop import Workshop

Image = tuple[npt.NDArray[np.float64], dict[str, object]]


def write_pieces(path: Path, *pieces: fits.ImageHDU) -> Path:
    fits.HDUList([fits.PrimaryHDU(), *pieces]).writeto(path, overwrite=True)
    return path


def cut(header: Header, value: Value, rows: slice, columns: slice, **cards: object) -> fits.ImageHDU:
    """Return a part of the image of a sky, in its own HDU."""
    own = header.fits()
    own["CRPIX1"] -= columns.start
    own["CRPIX2"] -= rows.start
    own.update({key: card for key, card in cards.items() if card is not None})
    return fits.ImageHDU(sky_pixels(header, value)[rows, columns].astype("f4"), own)


def quarters(header: Header, value: Value) -> list[fits.ImageHDU]:
    """Cut an image in four, unevenly."""
    rows, columns = header.shape
    row, column = rows // 3, columns // 2 + 7
    return [
        cut(header, value, down, across)
        for down in (slice(0, row), slice(row, rows))
        for across in (slice(0, column), slice(column, columns))
    ]


class TestMosaic(ProviderContract):
    """Four pieces of one pixelisation."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        return MosaicSpec(filename=write_pieces(folder / "mosaic.fits", *quarters(header, value))).open(workshop)


TANGENT = car(
    90, 120, 0.05, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=359.9, CRVAL2=40.0, PC1_1=0.8, PC1_2=-0.6, PC2_1=0.6, PC2_2=0.8
)


def test_pieces_in_any_projection_are_what_the_whole_image_is(tmp_path: Path, workshop: Workshop) -> None:
    whole = FitsSpec(filename=write_sky(tmp_path / "whole.fits", TANGENT)).open(workshop)
    pieces = MosaicSpec(filename=write_pieces(tmp_path / "mosaic.fits", *quarters(TANGENT, waves))).open(workshop)
    side_deg = whole.extent.grid.pixel_deg * 200
    middle = SkyBox(-side_deg / 2, side_deg / 2, 40.0 - side_deg / 2, 40.0 + side_deg / 2)
    one, other = whole.read(middle, (200, 200)), pieces.read(middle, (200, 200))
    assert one is not None
    assert other is not None
    np.testing.assert_array_equal(np.isfinite(one.pixels), np.isfinite(other.pixels))
    # The pixels nearest to places on an edge may be others: they are 0.05 degrees apart, in which the sky changes by 0.07.
    assert np.nanmax(np.abs(one.pixels - other.pixels)) < 0.07


HEADER = car(20, 40, 0.5)


def test_where_images_overlap_the_first_that_has_data_is_shown(tmp_path: Path, workshop: Workshop) -> None:
    holed = cut(HEADER, lambda ra, dec: np.where(dec > 0, np.nan, 1.0 + 0 * ra), slice(0, 20), slice(0, 30))
    other = cut(HEADER, lambda ra, _dec: 2.0 + 0 * ra, slice(0, 20), slice(10, 40))
    path = write_pieces(tmp_path / "mosaic.fits", holed, other)
    box = SkyBox(-10.0, 10.0, -5.0, 5.0)
    first, last = (MosaicSpec(filename=path, hdus=hdus).open(workshop).read(box, (20, 40)) for hdus in ((1, 2), (2, 1)))
    assert first is not None
    assert last is not None
    # RA falls along the rows of the file: its columns 0 to 9 are the last here.
    expected = np.full((20, 40), 2.0)
    expected[:10, 10:] = 1.0
    expected[10:, 30:] = np.nan
    np.testing.assert_array_equal(first.pixels, expected)
    expected[:, :30] = 2.0
    np.testing.assert_array_equal(last.pixels, expected)


def test_coarse_pixels_are_means_of_all_pieces(tmp_path: Path, workshop: Workshop) -> None:
    header = car(256, 512, 0.0625)
    halves = [cut(header, lambda ra, _dec, n=n: n + 0 * ra, slice(0, 256), slice(n * 255, 255 + n * 257)) for n in (0, 1)]  # type: ignore[misc]
    provider = MosaicSpec(filename=write_pieces(tmp_path / "mosaic.fits", *halves)).open(workshop)
    sample = provider.read(SkyBox(-16.0, 16.0, -8.0, 8.0), (64, 128))
    assert sample is not None
    assert sample.is_final
    np.testing.assert_allclose(sample.pixels[:, :64], 1.0)
    np.testing.assert_allclose(sample.pixels[:, 64], 0.25)  # one of four columns
    np.testing.assert_allclose(sample.pixels[:, 65:], 0.0)


def test_units_are_those_of_the_first(tmp_path: Path, workshop: Workshop) -> None:
    halves = [cut(HEADER, lambda ra, _dec: 1.0 + 0 * ra, slice(0, 20), where) for where in (slice(0, 20), slice(20, 40))]
    halves[0].header["BUNIT"], halves[1].header["BUNIT"] = "mJy", "Jy"
    provider = MosaicSpec(filename=write_pieces(tmp_path / "mosaic.fits", *halves)).open(workshop)
    left, right = provider.value(-5.0, 0.0), provider.value(5.0, 0.0)
    assert provider.extent.units == "mJy"
    assert left is not None
    assert right is not None
    assert (left.value, right.value) == (1000.0, 1.0)
    halves[1].header["BUNIT"] = "K"
    with pytest.raises(UnitsMismatch, match="in different units: mJy, K"):
        MosaicSpec(filename=write_pieces(tmp_path / "mosaic.fits", *halves)).open(workshop)


def test_images_without_a_place_are_left_out_unless_they_are_named(tmp_path: Path, workshop: Workshop) -> None:
    thumbnail = fits.ImageHDU(np.zeros((5, 5), "f4"))
    path = write_pieces(tmp_path / "mosaic.fits", thumbnail, *quarters(HEADER, waves))
    assert MosaicSpec(filename=path).open(workshop).extent.box.width_deg == pytest.approx(20.0)
    with pytest.raises(UnsupportedGeometry, match="no celestial coordinates"):
        MosaicSpec(filename=path, hdus=(1, 2)).open(workshop)
    with pytest.raises(UnsupportedGeometry, match="no celestial coordinates"):
        MosaicSpec(filename=write_pieces(tmp_path / "none.fits", thumbnail)).open(workshop)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"hdus": (1, 9)}, "HDU 9 is not in the file"),
        ({"hdus": (0, 1)}, "HDU 0 does not hold an image"),
        ({"index": 1}, "There is no plane 1"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, workshop: Workshop, fields: dict[str, object], says: str) -> None:
    path = write_pieces(tmp_path / "mosaic.fits", *quarters(HEADER, waves))
    with pytest.raises(MapUnreadable, match=says):
        MosaicSpec.model_validate({"filename": path, **fields}).open(workshop)


BOXES = [
    ([(10, 20), (15, 40)], (10, 40)),
    ([(170, 180), (-180, -160)], (170, 200)),
    ([(-5, 5), (350, 358)], (-10, 5)),
    ([(-180, 180), (0, 10)], (-180, 180)),
    ([(0, 100), (100, 200), (200, 360)], (-180, 180)),
    ([(10, 20)], (10, 20)),
    ([(0, 10), (100, 110), (200, 210)], (0, 210)),
]


@pytest.mark.parametrize(("stretches", "expected"), BOXES)
def test_the_box_around_boxes_is_the_smallest(stretches: list[tuple[float, float]], expected: tuple[float, float]) -> None:
    boxes = [SkyBox(west, east, -float(n), float(n)) for n, (west, east) in enumerate(stretches, start=1)]
    around = whole_box(boxes)
    assert (around.west_deg, around.east_deg) == pytest.approx(expected)
    assert (around.south_deg, around.north_deg) == (-len(boxes), len(boxes))
    assert all(meet(around, box) and meet(box, around) for box in boxes)


def test_boxes_meet_on_any_turn() -> None:
    assert meet(SkyBox(170.0, 190.0, 0.0, 1.0), SkyBox(-175.0, -170.0, 0.5, 2.0))
    assert meet(SkyBox(-175.0, -170.0, 0.5, 2.0), SkyBox(530.0, 550.0, 0.0, 1.0))
    assert not meet(SkyBox(170.0, 180.0, 0.0, 1.0), SkyBox(-175.0, -170.0, 0.5, 2.0))
    assert not meet(SkyBox(170.0, 190.0, 0.0, 1.0), SkyBox(170.0, 190.0, 2.0, 3.0))
