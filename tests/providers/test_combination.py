"""Combinations of maps."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from tests.support.skies import Floats, Header, car, positions, write_image
from tilemaker.errors import MapUnreadable, UnitsMismatch, UnsupportedGeometry
from tilemaker.providers import CombinationSpec, FitsSpec
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.base import Pixels, Provider
    from tilemaker.providers.combination import OperationOnAll

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
def test_three_maps_are_combined_at_once(tmp_path: Path, workshop: Workshop, function: OperationOnAll, expected: float) -> None:
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
    assert CombinationSpec(providers=parts, function="*").open(workshop).extent.units == "1 / uK"


def test_larger_pixels_are_repeated_under_those_of_the_first_map(tmp_path: Path, workshop: Workshop) -> None:
    fine = FitsSpec(filename=write_image(tmp_path / "a.fits", np.zeros((80, 120), "f4"), car(80, 120, 0.25)))
    coarse_pixels = np.arange(2400, dtype="f4").reshape(40, 60)
    coarse = FitsSpec(filename=write_image(tmp_path / "b.fits", coarse_pixels, car(40, 60, 0.5)))
    provider = CombinationSpec(providers=(fine, coarse), function="+").open(workshop)
    sample = provider.read(BOX, (80, 120))
    assert provider.extent.grid.pixel_deg == 0.25
    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, np.repeat(np.repeat(coarse_pixels[:, ::-1], 2, axis=0), 2, axis=1))


@pytest.mark.parametrize("times", [2, 3, 5, 8, 20])
def test_of_smaller_pixels_the_one_in_the_middle_is_taken(tmp_path: Path, workshop: Workshop, times: int) -> None:
    coarse = FitsSpec(filename=write_image(tmp_path / "a.fits", np.zeros((12, 16), "f4"), car(12, 16, 0.5)))
    pixels = np.random.default_rng(times).standard_normal((12 * times, 16 * times)).astype("f4")
    fine = FitsSpec(filename=write_image(tmp_path / "b.fits", pixels, car(12 * times, 16 * times, 0.5 / times)))
    provider = CombinationSpec(providers=(coarse, fine), function="+").open(workshop)
    sample = provider.read(SkyBox(-4.0, 4.0, -3.0, 3.0), (12, 16))
    assert provider.extent.grid.pixel_deg == 0.5
    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, pixels[:, ::-1][times // 2 :: times, times // 2 :: times])
    middle = provider.value(0.25, 0.25)
    assert middle is not None
    assert middle.value == sample.pixels[6, 8]


OTHERS = {
    "galactic": car(181, 360, 1.0, CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR"),
    "TAN": car(300, 300, 0.05, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=180.0, CRVAL2=20.0),
    "CEA, finer": car(1000, 2000, 0.02, CTYPE1="RA---CEA", CTYPE2="DEC--CEA", PV2_1=1.0, CRVAL1=180.0, CRPIX2=-700.0),
    "node-centred": car(361, 720, 0.5),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_every_map_is_read_at_its_pixel_nearest_to_that_of_the_first(tmp_path: Path, workshop: Workshop, other: Header) -> None:
    first = car(100, 160, 0.125, CRVAL1=180.0, CRPIX2=-100.0)
    noise = np.random.default_rng(7).standard_normal(other.shape).astype("f4")
    specs = (
        FitsSpec(filename=write_image(tmp_path / "a.fits", np.zeros(first.shape, "f4"), first)),
        FitsSpec(filename=write_image(tmp_path / "b.fits", noise, other)),
    )
    provider = CombinationSpec(providers=specs, function="+").open(workshop)
    ra_deg, dec_deg = (each[:, ::-1] for each in positions(first))
    expected, is_clear = nearest_by_wcs(other, noise, ra_deg, dec_deg)
    sample = provider.read(SkyBox(170.0, 190.0, dec_deg[0, 0] - 0.0625, dec_deg[-1, 0] + 0.0625), first.shape)
    assert sample is not None
    compared = is_clear & np.isfinite(sample.pixels)
    assert compared.sum() > 0.7 * is_clear.sum() > 1000
    np.testing.assert_array_equal(sample.pixels[compared], expected[compared])


def nearest_by_wcs(header: Header, pixels: Pixels, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the pixels nearest to positions, as astropy has them, and which are clearly nearest, off any edge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(header.fits(), naxis=2)
        wcs.wcs.bounds_check(False, False)
        columns, rows = wcs.world_to_pixel(SkyCoord(ra_deg, dec_deg, unit="deg"))
    near = np.rint(rows), np.rint(columns)
    is_on_map = np.isfinite(rows) & np.isfinite(columns)
    is_on_map &= (near[0] >= 0) & (near[0] < header.shape[0]) & (near[1] >= 0) & (near[1] < header.shape[1])
    is_clear = is_on_map & (np.maximum(np.abs(rows - near[0]), np.abs(columns - near[1])) < 0.45)
    at = tuple(np.where(is_on_map, each, 0).astype(int) for each in near)
    return pixels[at].astype(float), is_clear


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


def expression(text: str, workshop: Workshop, **parts: FitsSpec) -> Provider:
    return CombinationSpec(expression=text, providers=dict(parts)).open(workshop)


def value_of(provider: Provider) -> float | None:
    """Return the pixel at RA 0, Dec 0."""
    pixel = provider.value(0.1, 0.1)
    assert pixel is not None
    return pixel.value


def test_maps_are_named_in_an_expression(tmp_path: Path, workshop: Workshop) -> None:
    weight = np.linspace(0.0, 1.0, 2400, dtype="f4").reshape(40, 60)
    w = FitsSpec(filename=write_image(tmp_path / "w.fits", weight, car(40, 60, 0.5)))
    provider = expression("(a - b) * (w > 0.2)", workshop, a=part(tmp_path, "a.fits", 5.0), b=part(tmp_path, "b.fits", 2.0), w=w)
    sample = provider.read(BOX, (40, 60))
    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, 3.0 * (weight[:, ::-1] > 0.2))
    assert provider.extent.units == "uK"


def test_a_mask_on_larger_pixels_of_a_smaller_sky_cuts_the_map_there(tmp_path: Path, workshop: Workshop) -> None:
    mask = FitsSpec(filename=write_image(tmp_path / "m.fits", np.eye(10, dtype="f4"), car(10, 10, 1.0)))
    provider = expression("a * m", workshop, a=part(tmp_path, "a.fits", 5.0), m=mask)
    assert (provider.extent.box.width_deg, provider.extent.box.height_deg) == pytest.approx((10.0, 10.0))
    sample = provider.read(SkyBox(-5.0, 5.0, -5.0, 5.0), (20, 20))
    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, 5.0 * np.kron(np.eye(10)[:, ::-1], np.ones((2, 2))))


def test_what_asks_for_missing_data_covers_all_of_the_first_map(tmp_path: Path, workshop: Workshop) -> None:
    deep = FitsSpec(filename=write_image(tmp_path / "d.fits", np.full((20, 20), 9.0, "f4"), car(20, 20, 0.5)))
    provider = expression("where(isnan(d), a, d)", workshop, a=part(tmp_path, "a.fits", 5.0), d=deep)
    sample = provider.read(BOX, (40, 60))
    assert sample is not None
    expected = np.full((40, 60), 5.0)
    expected[10:30, 20:40] = 9.0
    np.testing.assert_array_equal(sample.pixels, expected)


@pytest.mark.parametrize(
    ("units", "text", "answer"),
    [
        (("uK", "mK"), "a - b", (4.0 - 2000.0, "uK")),
        (("mK", "uK"), "a - b", (4.0 - 0.002, "mK")),
        (("uK_CMB", "K_CMB"), "a + b", (4.0 + 2e6, "uK_CMB")),
        (("uK", "K (CMB)"), "max(a, b)", (2e6, "uK")),
        (("uK_CMB", "uK"), "mean(a, b)", (3.0, "uK_CMB")),
        (("uK", None), "a - b", (2.0, "uK")),
        ((None, "uK"), "a - b", (2.0, "uK")),
        ((None, None), "a - b", (2.0, None)),
        (("Jy/beam", "mJy/beam"), "a + b", (4.002, "Jy/beam")),
        (("uK", "K^-2"), "a * sqrt(b)", (4e-6 * 2**0.5, None)),
        (("uK", "1/uK**2"), "a * sqrt(b)", (4 * 2**0.5, None)),
        (("K", "mK"), "a / b", (2000.0, None)),
        (("uK", "counts"), "a * b", (8.0, None)),
        (("uK", "K"), "a * (b > 1)", (4.0, "uK")),
        (("uK", "K"), "a > b", (0.0, None)),
        (("counts", "counts"), "a + b", (6.0, "counts")),
        (("uK", "uK"), "hypot(a, b)", (20**0.5, "uK")),
        (("uK", "mK"), "0.5 * degrees(atan2(a, b))", (0.5 * np.degrees(np.arctan2(4, 2000)), "deg")),
        (("uK", "uK"), "a ** 2 + b ** 2", (20.0, "uK2")),
        (("uK", "mK"), "where(a > b, a, b)", (2000.0, "uK")),
        (("uK", "mK"), "-b / 2", (-1.0, "mK")),
    ],
)
def test_units_are_converted(
    tmp_path: Path, workshop: Workshop, units: tuple[str | None, str | None], text: str, answer: tuple[float, str | None]
) -> None:
    a, b = part(tmp_path, "a.fits", 4.0, units=units[0]), part(tmp_path, "b.fits", 2.0, units=units[1])
    provider = expression(text, workshop, a=a, b=b)
    assert value_of(provider) == pytest.approx(answer[0], rel=1e-6)
    assert provider.extent.units == answer[1]


@pytest.mark.parametrize(
    ("units", "text", "says"),
    [
        (("uK", "Jy/beam"), "a - b", "combined by -: uK, Jy/beam"),
        (("K_CMB", "K_RJ"), "a - b", "combined by -: K_CMB, K_RJ"),
        (("uK", "counts"), "max(a, b)", "combined by max: uK, counts"),
        (("uK", "uK^-2"), "a > b", "combined by >: uK, uK^-2"),
        (("uK", "uK"), "a ** 2 + b", "combined by [+]: uK2, uK"),
        (("uK", "K"), "atan2(a * b, b)", "combined by atan2: .*, K"),
    ],
)
def test_units_that_cannot_be_converted_are_refused(
    tmp_path: Path, workshop: Workshop, units: tuple[str, str], text: str, says: str
) -> None:
    a, b = part(tmp_path, "a.fits", 4.0, units=units[0]), part(tmp_path, "b.fits", 2.0, units=units[1])
    with pytest.raises(UnitsMismatch, match=says.replace("^", r"\^")):
        expression(text, workshop, a=a, b=b)


def stokes_maps(folder: Path, name: str, convention: str | None, **cards: object) -> dict[str, FitsSpec]:
    """Write I, Q and U of 1, 3 and 4."""
    planes = np.broadcast_to(np.array([1.0, 3.0, 4.0], "f4")[:, None, None], (3, 40, 60))
    path = write_image(folder / name, planes, car(40, 60, 0.5), POLCCONV=convention, BUNIT="uK", **cards)
    return {parameter: FitsSpec(filename=path, index=index) for index, parameter in enumerate("iqu")}


def test_u_of_the_other_convention_has_its_sign_turned(tmp_path: Path, workshop: Workshop) -> None:
    iau, cosmo = stokes_maps(tmp_path, "a.fits", "IAU"), stokes_maps(tmp_path, "b.fits", "COSMO")
    differences = [expression("a - b", workshop, a=iau[parameter], b=cosmo[parameter]) for parameter in "iqu"]
    assert [value_of(each) for each in differences] == [0.0, 0.0, 8.0]
    assert {(each.extent.polarisation, each.extent.stokes) for each in differences} == {("IAU", "I"), ("IAU", "Q"), ("IAU", "U")}
    assert value_of(expression("a - b", workshop, a=iau["u"], b=iau["u"])) == 0.0
    assert value_of(expression("a - b", workshop, a=cosmo["u"], b=stokes_maps(tmp_path, "c.fits", None)["u"])) == 0.0


def test_a_stokes_axis_says_which_plane_is_u(tmp_path: Path, workshop: Workshop) -> None:
    axis = {"CTYPE3": "STOKES", "CRVAL3": 3.0, "CRPIX3": 1.0, "CDELT3": -1.0}
    turned = stokes_maps(tmp_path, "b.fits", "COSMO", **axis)  # U, Q, I
    assert [turned[each].open(workshop).extent.stokes for each in "iqu"] == ["U", "Q", "I"]
    assert value_of(expression("a - b", workshop, a=stokes_maps(tmp_path, "a.fits", "IAU")["u"], b=turned["i"])) == 5.0


def test_a_map_that_may_be_u_of_the_other_convention_is_spoken_of(
    tmp_path: Path, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    one = FitsSpec(filename=write_image(tmp_path / "a.fits", np.ones((40, 60), "f4"), car(40, 60, 0.5), POLCCONV="IAU"))
    other = FitsSpec(filename=write_image(tmp_path / "b.fits", np.ones((40, 60), "f4"), car(40, 60, 0.5), POLCCONV="COSMO"))
    with caplog.at_level(logging.WARNING):
        assert value_of(expression("a + b", workshop, a=one, b=other)) == 2.0
    assert "both polarisation conventions" in caplog.text


def checkerboard(folder: Path) -> dict[str, FitsSpec]:
    """Write Q and U whose sign changes from pixel to pixel, and is that of a constant plus a little."""
    board = np.where(np.indices((400, 800)).sum(axis=0) % 2, 1.0, -1.0)
    header = car(400, 800, 0.25, CRPIX1=400.5, CRPIX2=200.5)
    pixels = {"q": -3.0 + board, "u": 100.0 * board}
    return {
        name: FitsSpec(filename=write_image(folder / f"{name}.fits", each.astype("f4"), header)) for name, each in pixels.items()
    }


def test_coarse_pixels_may_be_made_of_the_maps_averages(tmp_path: Path, workshop: Workshop) -> None:
    spec = CombinationSpec(expression="0.5 * degrees(atan2(u, q))", providers=dict(checkerboard(tmp_path)), averaged="before")
    provider = spec.open(workshop)
    at_full = provider.read(SkyBox(-10.0, 10.0, -10.0, 10.0), (80, 80))
    averaged = provider.read(SkyBox(-40.0, 40.0, -40.0, 40.0), (80, 80))
    assert at_full is not None
    assert averaged is not None
    assert averaged.is_final
    np.testing.assert_allclose(
        np.unique(at_full.pixels), [np.degrees(np.arctan2(-100, -4)) / 2, np.degrees(np.arctan2(100, -2)) / 2]
    )
    # Of Q = -3 and U = 0 on average the angle is 90 degrees; that of the angles would be about 0.
    np.testing.assert_allclose(np.abs(averaged.pixels), 90.0)


def test_it_is_final_when_the_overviews_of_its_maps_are(tmp_path: Path) -> None:
    workshop = Workshop(at_once_pixels=0, threads=0)  # nobody builds any
    spec = CombinationSpec(expression="hypot(q, u)", providers=dict(checkerboard(tmp_path)), averaged="before")
    provider = spec.open(workshop)
    provider.prepare(np.linspace(0.0, 200.0, 129))
    sample = provider.read(SkyBox(-40.0, 40.0, -40.0, 40.0), (80, 80))
    assert sample is not None
    assert (sample.is_final, provider.progress) == (False, 0.0)
    workshop.close()


def test_all_pixels_of_such_a_map_are_counted_at_full_resolution(tmp_path: Path, workshop: Workshop) -> None:
    spec = CombinationSpec(expression="hypot(q, u)", providers=dict(checkerboard(tmp_path)), averaged="before")
    counts = spec.open(workshop).counts(np.array([0.0, 90.0, 110.0]))
    assert counts.is_final
    np.testing.assert_array_equal(counts.counts, [0, 400 * 800])


def test_a_sample_of_a_combination_is_of_its_pixels_not_of_means(tmp_path: Path, workshop: Workshop) -> None:
    noise = np.random.default_rng(3).standard_normal((600, 800)).astype("f4")
    spec = FitsSpec(filename=write_image(tmp_path / "a.fits", noise, car(600, 800, 0.1)))
    summary = CombinationSpec(providers=(spec,), function="+").open(workshop).summary()
    assert summary.noise == pytest.approx(1.0, rel=0.02)


def test_what_is_done_is_part_of_the_fingerprint(tmp_path: Path, workshop: Workshop) -> None:
    maps = {"a": part(tmp_path, "a.fits", 1.0), "b": part(tmp_path, "b.fits", 1.0)}
    specs = [CombinationSpec(expression=text, providers=dict(maps)) for text in ("a - b", "b - a", "a + b", "a-b", "2 * a - b")]
    specs.append(CombinationSpec(expression="a - b", providers=dict(maps), averaged="before"))
    prints = [spec.open(workshop).fingerprint for spec in specs]
    assert len(set(prints)) == 5  # a space is no difference
    assert CombinationSpec(function="-", providers=tuple(maps.values())).open(workshop).fingerprint not in prints
