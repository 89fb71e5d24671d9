"""Angles as catalogues write them, and positions in other frames."""

from __future__ import annotations

import math
import re
import sys
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

if TYPE_CHECKING:
    from .columns import Frame

Degrees = npt.NDArray[np.float64]

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""A number as catalogues write it."""
MINUS = "\N{MINUS SIGN}"
"""What printed tables have for a hyphen."""
_SEXAGESIMAL = re.compile(
    r"""(?P<sign>[+-]?)\s*(?P<whole>\d+)\s*(?P<mark>[:hd°\s])\s*(?P<minutes>\d+(\.\d*)?)\s*[:m'′\s]?\s*((?P<seconds>\d+(\.\d*)?)\s*[s"″]?)?"""
)

GALACTIC_POLE_RA_DEG = 192.85948
GALACTIC_POLE_DEC_DEG = 27.12825
CELESTIAL_POLE_LONGITUDE_DEG = 122.93192
"""The galactic frame in J2000 (Hipparcos catalogue, ESA SP-1200, volume 1, section 1.5.3)."""
OBLIQUITY_DEG = 84381.406 / 3600.0
"""Of the ecliptic of J2000 (IAU 2006)."""

DEGREES_IN: dict[str, float] = {
    **dict.fromkeys(("", "deg", "degree", "degrees", "d", "°", "d:m:s", "dms"), 1.0),
    **dict.fromkeys(("rad", "radian", "radians"), 180.0 / math.pi),
    **dict.fromkeys(("hourangle", "hour", "hours", "hr", "h", "h:m:s", "hms"), 15.0),
    **dict.fromkeys(("arcmin", "arcminute", "arcminutes"), 1.0 / 60.0),
    **dict.fromkeys(("arcsec", "arcsecond", "arcseconds"), 1.0 / 3600.0),
    "mas": 1.0 / 3.6e6,
}
"""Units of angles, as tables write them."""
_IN_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]\s*$")


def name_and_unit(heading: str) -> tuple[str, str | None]:
    """Return what a column is called without the unit of angles that may follow in brackets, and that: ``RA (hours)``."""
    found = _IN_BRACKETS.search(heading)
    return (heading[: found.start()], found[1]) if found and found[1].lower() in DEGREES_IN else (heading, None)


def degrees(value: JsonValue, column: str, *, in_hours: bool = False) -> float:
    """Return an angle in degrees.

    Parameters
    ----------
    value
        A number of degrees, a text with one, or a sexagesimal text: ``12:34:56.7``, ``12 34 56.7``, ``12h34m56.7s``, ``-5d30m``.
    column
        What the angle is called where it was found, for the error.
    in_hours
        Whether a sexagesimal text with neither ``h`` nor ``d`` counts hours, as right ascensions do.

    Raises
    ------
    ValueError
        The value is none of these.
    """
    value = value.strip().replace(MINUS, "-") if isinstance(value, str) else value
    # Whole numbers of JSON may be too large for `float`, which compares with them all the same.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
        return float(value)
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)
    if isinstance(value, str) and (parts := _SEXAGESIMAL.fullmatch(value)) and _counts_to_sixty(parts):
        return _sexagesimal_deg(parts, in_hours=in_hours)
    raise ValueError(f"{column} is empty" if value in (None, "") else f"{column} is {str(value)[:40]!r}, which is not an angle")


def _counts_to_sixty(parts: re.Match[str]) -> bool:
    """Tell whether minutes and seconds are no more than 60, which rounding makes of 59.99."""
    return float(parts["minutes"]) <= 60.0 and float(parts["seconds"] or 0.0) <= 60.0


def _sexagesimal_deg(parts: re.Match[str], *, in_hours: bool) -> float:
    size = float(parts["whole"]) + float(parts["minutes"]) / 60.0 + float(parts["seconds"] or 0.0) / 3600.0
    counts_hours = parts["mark"] == "h" or (in_hours and parts["mark"] not in "d°")
    return (-size if parts["sign"] == "-" else size) * (15.0 if counts_hours else 1.0)


def icrs_of(longitude_deg: Degrees, latitude_deg: Degrees, frame: Frame = "galactic") -> tuple[Degrees, Degrees]:
    """Return RA, in 0 to 360, and Dec of positions in another frame, all in degrees.

    Galactic and ecliptic ones are right to 0.05 arcsec, those of B1950 to what is known of their motion: nothing.
    """
    match frame:
        case "galactic":
            return _about(longitude_deg, latitude_deg, (GALACTIC_POLE_RA_DEG, GALACTIC_POLE_DEC_DEG, CELESTIAL_POLE_LONGITUDE_DEG))
        case "ecliptic":
            return _about(longitude_deg, latitude_deg, (270.0, 90.0 - OBLIQUITY_DEG, 90.0))
        case "fk4":
            return _of_b1950(longitude_deg, latitude_deg)
        case "equatorial":
            return longitude_deg, latitude_deg


def _about(longitude_deg: Degrees, latitude_deg: Degrees, pole: tuple[float, float, float]) -> tuple[Degrees, Degrees]:
    """Return positions given about another pole: its RA and Dec, and the longitude that the celestial pole has in its frame."""
    ra_deg, dec_deg, origin_deg = pole
    around, latitude, dec = np.radians(origin_deg - longitude_deg), np.radians(latitude_deg), math.radians(dec_deg)
    sin_dec = math.sin(dec) * np.sin(latitude) + math.cos(dec) * np.cos(latitude) * np.cos(around)
    east = np.cos(latitude) * np.sin(around)
    north = math.cos(dec) * np.sin(latitude) - math.sin(dec) * np.cos(latitude) * np.cos(around)
    # The arc tangent of both, since the sine alone says little near a pole.
    return (np.degrees(np.arctan2(east, north)) + ra_deg) % 360.0, np.degrees(np.arctan2(sin_dec, np.hypot(east, north)))


def _of_b1950(ra_deg: Degrees, dec_deg: Degrees) -> tuple[Degrees, Degrees]:
    # Here, because it takes longer to import than most people's catalogues to read, and few are of B1950.
    from astropy.coordinates import SkyCoord

    icrs = SkyCoord(ra_deg, dec_deg, unit="deg", frame="fk4").icrs
    return icrs.ra.deg, icrs.dec.deg
