"""Angles as catalogues write them, and galactic positions."""

from __future__ import annotations

import math
import re
import sys

from pydantic import JsonValue

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""A number as catalogues write it."""
_SEXAGESIMAL = re.compile(
    r"""(?P<sign>[+-]?)\s*(?P<whole>\d+)\s*(?P<mark>[:hd°\s])\s*(?P<minutes>\d+(\.\d*)?)\s*[:m'′\s]?\s*((?P<seconds>\d+(\.\d*)?)\s*[s"″]?)?"""
)

GALACTIC_POLE_RA_DEG = 192.85948
GALACTIC_POLE_DEC_DEG = 27.12825
CELESTIAL_POLE_LONGITUDE_DEG = 122.93192
"""The galactic frame in J2000 (Hipparcos catalogue, ESA SP-1200, volume 1, section 1.5.3)."""


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
    # Whole numbers of JSON may be too large for `float`, which compares with them all the same.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
        return float(value)
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return degrees(float(value), column)
    if isinstance(value, str) and (parts := _SEXAGESIMAL.fullmatch(value.strip())) and _counts_to_sixty(parts):
        return _sexagesimal_deg(parts, in_hours=in_hours)
    raise ValueError(f"{column} is empty" if value in (None, "") else f"{column} is {str(value)[:40]!r}, which is not an angle")


def _counts_to_sixty(parts: re.Match[str]) -> bool:
    """Tell whether minutes and seconds are no more than 60, which rounding makes of 59.99."""
    return float(parts["minutes"]) <= 60.0 and float(parts["seconds"] or 0.0) <= 60.0


def _sexagesimal_deg(parts: re.Match[str], *, in_hours: bool) -> float:
    size = float(parts["whole"]) + float(parts["minutes"]) / 60.0 + float(parts["seconds"] or 0.0) / 3600.0
    counts_hours = parts["mark"] == "h" or (in_hours and parts["mark"] not in "d°")
    return (-size if parts["sign"] == "-" else size) * (15.0 if counts_hours else 1.0)


def icrs_of(longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
    """Return RA, in 0 to 360, and Dec of a galactic position, all in degrees, to 0.03 arcsec."""
    around = math.radians(CELESTIAL_POLE_LONGITUDE_DEG - longitude_deg)
    latitude, pole = math.radians(latitude_deg), math.radians(GALACTIC_POLE_DEC_DEG)
    sin_dec = math.sin(pole) * math.sin(latitude) + math.cos(pole) * math.cos(latitude) * math.cos(around)
    east = math.cos(latitude) * math.sin(around)
    north = math.cos(pole) * math.sin(latitude) - math.sin(pole) * math.cos(latitude) * math.cos(around)
    ra_deg = (math.degrees(math.atan2(east, north)) + GALACTIC_POLE_RA_DEG) % 360.0
    return ra_deg, math.degrees(math.asin(max(-1.0, min(1.0, sin_dec))))
