"""Regions of astropy as lines that a plate carrée draws, and what people are told of each."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.sky.boxes import wrap_deg

from .angles import icrs_of
from .columns import Frame
from .outlines import Degrees, Outline, SkyRegion, around, followed, straight

if TYPE_CHECKING:
    from astropy.coordinates import SkyCoord
    from regions import Region

COLOUR = re.compile(r"[A-Za-z]{3,20}|#[0-9A-Fa-f]{3,8}")
FRAMES: dict[str, Frame] = {
    "icrs": "equatorial",
    "fk5": "equatorial",  # of J2000, and so ICRS to 0.03 arcsec
    "fk4": "fk4",
    "galactic": "galactic",
    "barycentricmeanecliptic": "ecliptic",
}


def drawn(region: Region) -> SkyRegion:
    """Return a region as it is drawn."""
    kind = kind_of(region)
    outlines = tuple(SHAPES[kind](region))
    ra_deg, dec_deg = icrs_place(region.center) if hasattr(region, "center") else _middle(outlines[0])
    return SkyRegion(
        name=name_of(region),
        shape=WORDS.get(kind, kind.lower()),
        size=_size(region, kind),
        ra_deg=round(ra_deg, 7),
        dec_deg=round(dec_deg, 7),
        colour=_colour(region),
        is_excluded=not region.meta.get("include", 1),
        outlines=outlines,
    )


def kind_of(region: Region) -> str:
    """Return what is in front of ``SkyRegion`` in the name of a region's class."""
    return type(region).__name__.removesuffix("SkyRegion")


def name_of(region: Region) -> str | None:
    """Return what a region is called, where its file says so."""
    text = getattr(region, "text", None) or region.meta.get("text")
    return str(text).strip() or None if text is not None else None


def _colour(region: Region) -> str | None:
    said = str(region.visual.get("edgecolor") or region.visual.get("color") or "")
    return said if COLOUR.fullmatch(said) else None


def _middle(outline: Outline) -> tuple[float, float]:
    (west_deg, south_deg), (east_deg, north_deg) = outline.points.min(axis=0), outline.points.max(axis=0)
    return float(west_deg + east_deg) / 2.0, float(south_deg + north_deg) / 2.0


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _circle(region: Region) -> Iterator[Outline]:
    yield _ellipse_about(region, 2.0 * region.radius.to_value("deg"), 2.0 * region.radius.to_value("deg"), 0.0)


def _circles(region: Region) -> Iterator[Outline]:
    for radius in (region.inner_radius, region.outer_radius):
        yield _ellipse_about(region, 2.0 * radius.to_value("deg"), 2.0 * radius.to_value("deg"), 0.0)


def _ellipse(region: Region) -> Iterator[Outline]:
    yield _ellipse_about(region, *_sides(region))


def _ellipses(region: Region) -> Iterator[Outline]:
    yield _ellipse_about(region, *_sides(region, "inner_"))
    yield _ellipse_about(region, *_sides(region, "outer_"))


def _box(region: Region) -> Iterator[Outline]:
    yield _box_about(region, *_sides(region))


def _boxes(region: Region) -> Iterator[Outline]:
    yield _box_about(region, *_sides(region, "inner_"))
    yield _box_about(region, *_sides(region, "outer_"))


def _polygon(region: Region) -> Iterator[Outline]:
    there = region.vertices.spherical
    yield _through(_closed(there.lon.deg), _closed(there.lat.deg), _frame(region.vertices), is_closed=True)


def _line(region: Region) -> Iterator[Outline]:
    ends = [place.spherical for place in (region.start, region.end)]
    longitude_deg, latitude_deg = np.array([end.lon.deg for end in ends]), np.array([end.lat.deg for end in ends])
    yield _through(longitude_deg, latitude_deg, _frame(region.start), is_closed=False)


def _text(_region: Region) -> Iterator[Outline]:
    yield from ()


SHAPES: dict[str, Callable[[Region], Iterator[Outline]]] = {
    "Circle": _circle,
    "CircleAnnulus": _circles,
    "Ellipse": _ellipse,
    "EllipseAnnulus": _ellipses,
    "Rectangle": _box,
    "RectangleAnnulus": _boxes,
    "Polygon": _polygon,
    "Line": _line,
    "Text": _text,
}
WORDS = {"CircleAnnulus": "annulus", "EllipseAnnulus": "elliptical annulus", "Rectangle": "box", "RectangleAnnulus": "box annulus"}


def _sides(region: Region, which: str = "") -> tuple[float, float, float]:
    """Return width, height and angle, degrees."""
    width, height = getattr(region, f"{which}width"), getattr(region, f"{which}height")
    return width.to_value("deg"), height.to_value("deg"), region.angle.to_value("deg")


def _ellipse_about(region: Region, width_deg: float, height_deg: float, angle_deg: float) -> Outline:
    def curve(along: Degrees) -> tuple[Degrees, Degrees]:
        around_rad = along * (2.0 * math.pi)
        return _about(region.center, width_deg / 2.0 * np.cos(around_rad), height_deg / 2.0 * np.sin(around_rad), angle_deg)

    return followed(curve, 1, max(width_deg, height_deg), within=icrs_place(region.center))


CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])


def _box_about(region: Region, width_deg: float, height_deg: float, angle_deg: float) -> Outline:
    def curve(along: Degrees) -> tuple[Degrees, Degrees]:
        right, up = (np.interp(along, np.arange(5), CORNERS[:, axis]) for axis in (0, 1))
        return _about(region.center, width_deg * right, height_deg * up, angle_deg)

    return followed(curve, 4, max(width_deg, height_deg), within=icrs_place(region.center))


def _about(centre: SkyCoord, right_deg: Degrees, up_deg: Degrees, angle_deg: float) -> tuple[Degrees, Degrees]:
    """Return RA and Dec of places to the right of and above a centre, in a shape that is turned by an angle.

    DS9 counts it from west to north, in the frame that the centre is given in.
    """
    cosine, sine = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    west_deg, north_deg = right_deg * cosine - up_deg * sine, right_deg * sine + up_deg * cosine
    there = centre.spherical
    return icrs_of(*around(there.lon.deg, there.lat.deg, -west_deg, north_deg), _frame(centre))


def _closed(corners: Degrees) -> Degrees:
    return np.append(corners, corners[:1])


def _through(longitude_deg: Degrees, latitude_deg: Degrees, frame: Frame, *, is_closed: bool) -> Outline:
    """Return a line through corners that is straight in the coordinates they are written in, each edge the short way round.

    So DS9 draws it over a map in these coordinates, for which those who drew wide polygons meant it; edges of a few degrees are the
    same whichever way. One that would hold a pole, and has corners on both sides of the equator, was drawn on a map of the whole
    sky: its edges stay within -180 to 180, as the map did.
    """
    longitude_deg = np.unwrap(longitude_deg, period=360.0)
    goes_round = is_closed and abs(longitude_deg[-1] - longitude_deg[0]) > 180.0
    if goes_round and latitude_deg.min() < 0.0 < latitude_deg.max():
        longitude_deg = wrap_deg(longitude_deg)
    if frame == "equatorial":
        return straight(longitude_deg, latitude_deg, is_closed=is_closed)

    def curve(along: Degrees) -> tuple[Degrees, Degrees]:
        number = np.arange(len(latitude_deg))
        return icrs_of(np.interp(along, number, longitude_deg), np.interp(along, number, latitude_deg), frame)

    size_deg = max(np.ptp(longitude_deg) * math.cos(math.radians(float(np.abs(latitude_deg).min()))), np.ptp(latitude_deg))
    return followed(curve, len(latitude_deg) - 1, float(size_deg), is_closed=is_closed)


def _frame(place: SkyCoord) -> Frame:
    return FRAMES[place.frame.name]


def icrs_place(place: SkyCoord) -> tuple[float, float]:
    """Return RA and Dec of a place, degrees."""
    there = place.spherical
    ra_deg, dec_deg = icrs_of(np.asarray(there.lon.deg), np.asarray(there.lat.deg), _frame(place))
    return float(ra_deg), float(dec_deg)


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def _size(region: Region, kind: str) -> str:
    match kind:
        case "Circle":
            return f"radius {_angle(region.radius.to_value('deg'))}"
        case "CircleAnnulus":
            return f"radii {_angle(region.inner_radius.to_value('deg'))} and {_angle(region.outer_radius.to_value('deg'))}"
        case "Ellipse" | "Rectangle":
            return f"{_angle(region.width.to_value('deg'))} × {_angle(region.height.to_value('deg'))}"
        case "EllipseAnnulus" | "RectangleAnnulus":
            return f"{_angle(region.outer_width.to_value('deg'))} × {_angle(region.outer_height.to_value('deg'))}"
        case "Polygon":
            return f"{len(region.vertices)} corners"
        case _:
            return ""


UNITS = ((1.0, "°"), (60.0, "′"), (3600.0, "″"))


def _angle(angle_deg: float) -> str:
    """Return an angle in the unit that suits it."""
    size, unit = next(((size, unit) for size, unit in UNITS if angle_deg * size >= 1.0), UNITS[-1])
    return f"{angle_deg * size:.4g}{unit}"
