"""Boxes on the sky, and right ascensions that wrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class SkyBox:
    """A box in RA and Dec, in degrees. ``west < east`` always; a box across RA 180 has ``east > 180``."""

    west_deg: float
    """Lowest RA."""
    east_deg: float
    """Highest RA, at most one turn beyond ``west_deg``."""
    south_deg: float
    """Lowest Dec."""
    north_deg: float
    """Highest Dec."""

    @property
    def width_deg(self) -> float:
        """Extent in RA, degrees of coordinate (not of arc)."""
        return self.east_deg - self.west_deg

    @property
    def height_deg(self) -> float:
        """Extent in Dec, degrees."""
        return self.north_deg - self.south_deg


Degrees = TypeVar("Degrees", float, npt.NDArray[np.float64])


def wrap_deg(ra_deg: Degrees) -> Degrees:
    """Return the same right ascension, or each of an array, in [-180, 180)."""
    return (ra_deg + 180.0) % 360.0 - 180.0


def short_way_round(first_ra_deg: float, second_ra_deg: float) -> tuple[float, float]:
    """Return the two right ascensions as ``west < east`` with ``west`` in [-180, 180), whichever way round is shorter.

    Numbers that differ by a whole turn or more name the full circle; so do numbers exactly half a turn apart only when written
    in increasing order, which then keep it. Numbers of which one lies beyond the turns that right ascensions are written in, below
    -180 or above 360, mean what they say, from the lower to the higher: 260 and 460 are 200 degrees around RA 0, where -100 and 100
    are the 160 around RA 180.
    """
    span_deg = second_ra_deg - first_ra_deg
    if abs(span_deg) >= 360.0:
        return -180.0, 180.0
    if min(first_ra_deg, second_ra_deg) < -180.0 or max(first_ra_deg, second_ra_deg) > 360.0:
        west_deg = wrap_deg(min(first_ra_deg, second_ra_deg))
        return west_deg, west_deg + abs(span_deg)
    east_of_first_deg = span_deg % 360.0
    if east_of_first_deg <= 180.0:
        west_deg, span_deg = wrap_deg(first_ra_deg), east_of_first_deg
    else:
        west_deg, span_deg = wrap_deg(second_ra_deg), 360.0 - east_of_first_deg
    return west_deg, west_deg + span_deg


def shortest_arc(ra_deg: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return west in [-180, 180) and east of the arc that holds all the longitudes; the whole circle when they leave no gap."""
    ordered = np.sort(wrap_deg(ra_deg))
    gaps = np.diff(np.r_[ordered, ordered[0] + 360.0])
    widest = int(gaps.argmax())
    if gaps[widest] < 15.0:
        return -180.0, 180.0
    west_deg = float(ordered[(widest + 1) % ordered.size])
    return west_deg, west_deg + 360.0 - float(gaps[widest])
