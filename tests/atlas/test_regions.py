"""Regions of DS9 as lines on a plate carrée, against formulas of the sphere and what astropy's regions hold."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS
from matplotlib.path import Path as Polygon
from regions import Regions

from tilemaker.atlas.generate import generate
from tilemaker.atlas.outlines import Outline, SkyRegion
from tilemaker.atlas.region_files import read_regions
from tilemaker.errors import MapUnreadable

DATA = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real regions are not at ../shared/data")


def read(tmp_path: Path, text: str) -> tuple[SkyRegion, ...]:
    path = tmp_path / "r.reg"
    path.write_text(text, encoding="utf-8")
    return read_regions(path)


def only(tmp_path: Path, text: str) -> Outline:
    (region,) = read(tmp_path, text)
    (outline,) = region.outlines
    return outline


def drawn(outline: Outline) -> SkyCoord:
    """Return what is seen: places along the straight lines between the points, a hundred on each."""
    along = np.linspace(0.0, len(outline.points) - 1.0, 100 * len(outline.points))
    ra_deg, dec_deg = (np.interp(along, np.arange(len(outline.points)), outline.points[:, axis]) for axis in (0, 1))
    return SkyCoord(ra_deg, dec_deg, unit="deg")


@pytest.mark.parametrize("radius_deg", [1e-3, 0.5, 10.0, 60.0])
@pytest.mark.parametrize("dec_deg", [0.0, 45.0, -80.0, 89.9])
@pytest.mark.parametrize("ra_deg", [0.0, 180.0])
def test_a_circle_is_as_far_from_its_centre_everywhere(tmp_path: Path, ra_deg: float, dec_deg: float, radius_deg: float) -> None:
    """However near the pole, also where it lies across RA 0 or 180, or holds a pole."""
    outline = only(tmp_path, f"icrs;circle({ra_deg},{dec_deg},{radius_deg})")

    distance_deg = drawn(outline).separation(SkyCoord(ra_deg, dec_deg, unit="deg")).deg
    assert np.abs(distance_deg - radius_deg).max() < radius_deg / 1000.0
    assert outline.pole == (None if abs(dec_deg) + radius_deg <= 90.0 else np.sign(dec_deg) * 90)
    assert -180.0 <= outline.points[:, 0].min() < 180.0
    assert max(abs(east - west) for west, east in pairwise(outline.points[:, 0])) < 180.0


@pytest.mark.parametrize("frame", ["icrs", "fk5", "galactic", "fk4"])
@pytest.mark.parametrize(
    "shape",
    ['circle(120,40,30")', 'ellipse(120,40,90",30",25)', 'box(120,40,90",30",-70)', "polygon(120,40,120.02,40.01,119.99,40.02)"],
)
def test_small_shapes_are_where_the_library_has_them(tmp_path: Path, frame: str, shape: str) -> None:
    """In every frame: of places around a shape the same ones are inside, but for those right on its edge."""
    (theirs,) = Regions.parse(f"{frame};{shape}", format="ds9")
    outline = only(tmp_path, f"{frame};{shape}")
    plane = WCS(naxis=2)
    plane.wcs.ctype = {"galactic": ["GLON-TAN", "GLAT-TAN"], "ecliptic": ["ELON-TAN", "ELAT-TAN"]}.get(
        frame, ["RA---TAN", "DEC--TAN"]
    )
    plane.wcs.radesys = {"fk5": "FK5", "fk4": "FK4"}.get(frame, "ICRS")
    plane.wcs.crval, plane.wcs.cdelt, plane.wcs.crpix = [120.0, 40.0], [-1e-4, 1e-4], [0, 0]
    x, y = np.random.default_rng(1).uniform(-400, 400, (2, 5000))
    places = SkyCoord.from_pixel(x, y, plane)

    inside = Polygon(np.column_stack(plane.world_to_pixel(drawn(outline)))).contains_points(np.column_stack([x, y]))

    assert 50 < inside.sum() < 4950
    assert (inside != theirs.contains(places, plane)).mean() < 0.004


@pytest.mark.parametrize(("angle_deg", "position_angle_deg"), [(0.0, 90.0), (30.0, 120.0), (90.0, 0.0), (100.0, 10.0)])
def test_the_long_side_of_an_ellipse_is_turned_from_west_to_north(
    tmp_path: Path, angle_deg: float, position_angle_deg: float
) -> None:
    outline = only(tmp_path, f"fk5;ellipse(50,30,2,1,{angle_deg})")

    centre = SkyCoord(50.0, 30.0, unit="deg")
    places = drawn(outline)
    farthest = places[centre.separation(places).argmax()]
    assert centre.separation(farthest).deg == pytest.approx(2.0, rel=1e-3)
    assert centre.position_angle(farthest).deg % 180.0 == pytest.approx(position_angle_deg % 180.0, abs=1.5)


def test_edges_of_a_polygon_are_straight_in_its_own_coordinates(tmp_path: Path) -> None:
    corners = [
        (10.0, 20.0),
        (90.0, 20.0),
        (170.0, 20.0),
        (250.0, 20.0),
        (250.0, -20.0),
        (170.0, -20.0),
        (90.0, -20.0),
        (10.0, -20.0),
    ]
    written = ",".join(f"{number}" for corner in corners for number in corner)

    assert len(only(tmp_path, f"icrs;polygon({written})").points) == 9
    b_deg = drawn(only(tmp_path, f"galactic;polygon({written})")).galactic.b.deg
    assert np.abs(b_deg).max() == pytest.approx(20.0, abs=0.1)
    assert (np.abs(np.abs(b_deg) - 20.0) < 0.1).mean() > 0.5


@pytest.mark.parametrize(("dec_deg", "pole"), [(80, 90), (-75, -90)])
def test_a_polygon_round_a_pole_holds_it(tmp_path: Path, dec_deg: int, pole: int) -> None:
    outline = only(tmp_path, f"icrs;polygon(0,{dec_deg},90,{dec_deg},180,{dec_deg},270,{dec_deg})")

    assert outline.pole == pole
    assert abs(outline.points[-1, 0] - outline.points[0, 0]) == 360.0


def test_annuli_have_two_lines_lines_one_and_texts_none(tmp_path: Path) -> None:
    lines = ["icrs", 'annulus(1,2,3",4")', 'ellipse(1,2,3",4",5",6",7)', "line(1,2,3,4)", "# text(5,6) text={Hello}"]
    text = "\n".join([*lines, "-circle(1,2,3) # color=#f0f text={A b}"])

    regions = read(tmp_path, text)

    assert [(region.shape, len(region.outlines)) for region in regions] == [
        ("annulus", 2), ("elliptical annulus", 2), ("line", 1), ("text", 0), ("circle", 1),
    ]  # fmt: skip
    assert [outline.is_closed for region in regions for outline in region.outlines] == [True, True, True, True, False, True]
    *_, text_region, circle = regions
    assert (text_region.name, text_region.ra_deg, text_region.dec_deg) == ("Hello", 5.0, 6.0)
    assert (circle.name, circle.colour, circle.is_excluded, circle.size) == ("A b", "#f0f", True, "radius 3°")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("image;circle(1,2,3)", "1 × circle in image coordinates"),
        ("icrs;point(1,2)", "points, but no regions"),
        ("hello", "no regions of DS9"),
        ("", "no regions of DS9"),
        ("fk5;circle(1,95,3)", r"1 × circle \(Latitude"),
        ("fk5;circle(1,2)", "1 × circle that cannot be read"),
    ],
)
def test_a_file_without_regions_on_the_sky_says_why(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(MapUnreadable, match=says):
        read(tmp_path, text)


def test_what_cannot_be_shown_is_named_once_and_the_rest_is_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of what DS9 can draw and what people write; whatever else is in the file, and however often it is read."""
    lines = ["# made by hand; circle(9,9,9)", "global color=red", "fk5; circle(1,2,3) # text={a;b}; point(1,2)", "fk5"]
    unknown = [
        "# vector(1,2,3,4) vector=1",
        "# vector(2,2,3,4)",
        "panda(1,2,0,90,4,0,3,1)",
        "circle(1,95,3)",
        "circle(1,2,3p)",
        "hello",
    ]
    group = ["# composite(1,2,0) || composite=1 color=blue", "circle(4,2,3) ||", "-box(5,2,3,1,0)"]
    pixels = ["image", "circle(10,10,2)", "physical;circle(1,2,3)", "point(3,4)", "galactic", "circle(0,0,1)"]
    path = tmp_path / "r.reg"
    path.write_text("\n".join([*lines, *unknown, *group, *pixels]), encoding="utf-8")

    generated = generate([path])
    regions = read_regions(path)

    assert [(region.name, region.colour, round(region.ra_deg), region.is_excluded) for region in regions] == [
        ("a;b", "red", 1, False), (None, "blue", 4, False), (None, "blue", 5, True), (None, "red", 266, False),
    ]  # fmt: skip
    assert (len(generated.config.region_groups), len(generated.config.source_groups), generated.skipped) == (1, 1, ())
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"Of {path} 9 regions are not shown: 2 × vector, 1 × panda, 1 × circle (Latitude")
    for what in ["circle in pixels", "circle in image", "circle in physical", "point in physical", "line that is not understood"]:
        assert f"1 × {what}" in said


def test_shapes_and_points_of_one_file_become_regions_and_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "my_field.reg").write_text("icrs\ncircle(1,2,3)\npoint(1,2) # text={A}\n")
    (tmp_path / "stars.reg").write_text("icrs\npoint(1,2) # text={A}\n")
    (tmp_path / "bad.reg").write_text("image;circle(1,2,3)")

    generated = generate([tmp_path])

    assert [group.name for group in generated.config.region_groups] == ["my field"]
    assert [group.name for group in generated.config.source_groups] == ["my field points", "stars"]
    assert [group.region_group_id for group in generated.config.region_groups] == ["my-field"]
    assert [skipped.path.name for skipped in generated.skipped] == ["bad.reg"]


@real
@pytest.mark.parametrize(
    ("name", "count"), [("LAT_ext_v18", 35), ("ds9.icrs", 10), ("ds9.galactic", 10), ("so_surveyMask_polygon_fk5", 3)]
)
def test_real_regions_are_read(name: str, count: int) -> None:
    regions = read_regions(DATA / "regions" / f"{name}.reg")

    assert len(regions) == count
    assert all(np.isfinite(outline.points).all() for region in regions for outline in region.outlines)


@real
def test_the_same_regions_in_two_frames_are_in_the_same_place() -> None:
    """As well as the file in galactic coordinates is written, and as finely as the lines are looked at here: to 0.1 arcsec."""
    for equatorial, galactic in zip(
        *(read_regions(DATA / "regions" / f"ds9.{frame}.reg") for frame in ("icrs", "galactic")), strict=True
    ):
        assert (equatorial.name, equatorial.shape, equatorial.colour) == (galactic.name, galactic.shape, galactic.colour)
        for one, other in zip(equatorial.outlines, galactic.outlines, strict=True):
            apart = SkyCoord(one.points, unit="deg")[:, None].separation(drawn(other)[None, ::7]).arcsec.min(axis=1)
            assert apart.max() < 0.1


@real
def test_a_footprint_drawn_on_a_map_that_ends_at_ra_180_stays_on_it() -> None:
    """The survey of the Simons Observatory: three polygons side by side, from Dec -63 to 22, without either pole."""
    outlines = [region.outlines[0] for region in read_regions(DATA / "regions" / "so_surveyMask_polygon_fk5.reg")]

    assert [outline.pole for outline in outlines] == [None] * 3
    assert [tuple(np.round([outline.points[:, 0].min(), outline.points[:, 0].max()])) for outline in outlines] == [
        (-107.0, 127.0), (-180.0, -82.0), (98.0, 180.0),
    ]  # fmt: skip
