"""Combinations of maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.skies import car, write_image
from tilemaker.errors import MapUnreadable, UnitsMismatch, UnsupportedGeometry
from tilemaker.providers import CombinationSpec, FitsSpec
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.combination import Function
    from tilemaker.providers.workshop import Workshop

BOX = SkyBox(-15.0, 15.0, -10.0, 10.0)


def part(folder: Path, name: str, value: float, *, units: str | None = "uK", ra_deg: float = 0.0) -> FitsSpec:
    """Write a map of one value over 30 by 20 degrees."""
    return FitsSpec(
        filename=write_image(folder / name, np.full((40, 60), value, "f4"), car(40, 60, 0.5, CRVAL1=ra_deg), BUNIT=units)
    )


@pytest.mark.parametrize(
    ("function", "expected"),
    [("+", 21.0), ("-", -5.0), ("*", 162.0), ("/", 8.0 / 13.5 / 1.5), ("max", 12.0), ("min", 1.5), ("mean", 7.0)],
)
def test_three_maps_are_combined_at_once(tmp_path: Path, workshop: Workshop, function: Function, expected: float) -> None:
    values = {"*": (9.0, 12.0, 1.5), "/": (8.0, 13.5, 1.5), "-": (9.0, 12.0, 2.0), "+": (7.5, 12.0, 1.5), "mean": (7.5, 12.0, 1.5)}
    parts = tuple(part(tmp_path, f"{n}.fits", value) for n, value in enumerate(values.get(function, (7.5, 12.0, 1.5))))
    sample = CombinationSpec(providers=parts, function=function).open(workshop).read(BOX, (40, 60))
    assert sample is not None
    np.testing.assert_allclose(sample.pixels, expected, rtol=1e-6)


def test_a_coarse_pixel_is_the_mean_of_the_combined_pixels_not_the_combination_of_means(tmp_path: Path, workshop: Workshop) -> None:
    board = (np.indices((400, 800)).sum(axis=0) % 2).astype("f4")
    header = car(400, 800, 0.25, CRPIX1=400.5, CRPIX2=200.5)
    one = FitsSpec(filename=write_image(tmp_path / "a.fits", board, header))
    other = FitsSpec(filename=write_image(tmp_path / "b.fits", 1.0 - board, header))
    product = CombinationSpec(providers=(one, other), function="*").open(workshop)
    sample = product.read(SkyBox(-10.0, 10.0, -10.0, 10.0), (40, 40))
    assert sample is not None
    # Where one is 1 the other is 0. The product of their means would be a quarter.
    assert (sample.pixels == 0.0).all()


def test_only_the_sky_that_all_maps_cover_is_there(tmp_path: Path, workshop: Workshop) -> None:
    parts = part(tmp_path, "a.fits", 1.0, ra_deg=170.0), part(tmp_path, "b.fits", 2.0, ra_deg=-180.0)
    extent = CombinationSpec(providers=parts, function="+").open(workshop).extent
    assert (extent.box.west_deg % 360, extent.box.width_deg) == pytest.approx((165.0, 20.0))


def test_maps_apart_on_the_sky_are_not_combined(tmp_path: Path, workshop: Workshop) -> None:
    parts = part(tmp_path, "a.fits", 1.0), part(tmp_path, "b.fits", 2.0, ra_deg=180.0)
    with pytest.raises(UnsupportedGeometry, match="no sky in common"):
        CombinationSpec(providers=parts, function="+").open(workshop)


def test_maps_in_different_units_are_multiplied_but_not_added(tmp_path: Path, workshop: Workshop) -> None:
    parts = part(tmp_path, "a.fits", 1.0), part(tmp_path, "b.fits", 2.0, units="uK^-2")
    with pytest.raises(UnitsMismatch, match=r"different units cannot be combined by \+: uK, uK\^-2"):
        CombinationSpec(providers=parts, function="+").open(workshop)
    assert CombinationSpec(providers=parts, function="*").open(workshop).extent.units is None


def test_pixels_of_other_sizes_are_taken_where_they_are(tmp_path: Path, workshop: Workshop) -> None:
    fine = FitsSpec(filename=write_image(tmp_path / "a.fits", np.zeros((80, 120), "f4"), car(80, 120, 0.25)))
    coarse_pixels = np.arange(2400, dtype="f4").reshape(40, 60)
    coarse = FitsSpec(filename=write_image(tmp_path / "b.fits", coarse_pixels, car(40, 60, 0.5)))
    sample = CombinationSpec(providers=(coarse, fine), function="+").open(workshop).read(BOX, (80, 120))
    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, np.repeat(np.repeat(coarse_pixels[:, ::-1], 2, axis=0), 2, axis=1))


def test_division_by_zero_is_no_data(tmp_path: Path, workshop: Workshop) -> None:
    parts = part(tmp_path, "a.fits", 1.0), part(tmp_path, "b.fits", 0.0)
    sample = CombinationSpec(providers=parts, function="/").open(workshop).read(BOX, (40, 60))
    assert sample is not None
    assert np.isnan(sample.pixels).all()


def test_combinations_of_combinations(tmp_path: Path, workshop: Workshop) -> None:
    inner = CombinationSpec(providers=(part(tmp_path, "a.fits", 1.0), part(tmp_path, "b.fits", 2.0)), function="+")
    outer = CombinationSpec(providers=(inner, part(tmp_path, "c.fits", 4.0)), function="*").open(workshop)
    sample = outer.read(BOX, (40, 60))
    assert sample is not None
    assert (sample.pixels == 12.0).all()


def test_a_missing_part_makes_the_whole_unreadable(tmp_path: Path, workshop: Workshop) -> None:
    parts = part(tmp_path, "a.fits", 1.0), FitsSpec(filename=tmp_path / "none.fits")
    with pytest.raises(MapUnreadable, match="is not there"):
        CombinationSpec(providers=parts, function="+").open(workshop)
