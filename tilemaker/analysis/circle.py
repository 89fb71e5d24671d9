"""Circles on the sphere."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tilemaker.sky.boxes import SkyBox

_NOISE = 1e-9
"""A pixel centre exactly on the circle belongs to it, whatever the rounding of its distance; relative."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within an angular distance of a position; angles in degrees."""

    ra_deg: float
    dec_deg: float
    radius_deg: float
    """More than 0, at most 180."""

    def box(self, margin_deg: float) -> SkyBox:
        """Return the smallest box around the circle, and ``margin_deg`` more on each side.

        Notes
        -----
        The meridian that touches a circle of radius r about declination d lies asin(sin r / cos d) away in right ascension. A
        circle around a pole, or that reaches one, takes in every right ascension.
        """
        reach_deg = self.radius_deg + margin_deg
        south_deg, north_deg = max(self.dec_deg - reach_deg, -90.0 - margin_deg), min(self.dec_deg + reach_deg, 90.0 + margin_deg)
        half_width_deg = 180.0
        if abs(self.dec_deg) + reach_deg < 90.0:
            sine = math.sin(math.radians(self.radius_deg)) / math.cos(math.radians(self.dec_deg))
            half_width_deg = min(math.degrees(math.asin(sine)) + margin_deg, 180.0)
        return SkyBox(self.ra_deg - half_width_deg, self.ra_deg + half_width_deg, south_deg, north_deg)

    def holds(self, ra_deg: npt.NDArray[np.float64], dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell which points of a lattice, (rows, columns), lie within the circle.

        Notes
        -----
        Compares haversines, hav(x) = sin²(x / 2), which are exact for small circles and large ones alike.
        """
        across = _haversine(ra_deg - self.ra_deg)[np.newaxis, :]
        shrinking = (np.cos(np.radians(dec_deg)) * math.cos(math.radians(self.dec_deg)))[:, np.newaxis]
        along = _haversine(dec_deg - self.dec_deg)[:, np.newaxis]
        inside: npt.NDArray[np.bool_] = along + shrinking * across <= _haversine(np.float64(self.radius_deg)) * (1.0 + _NOISE)
        return inside


def _haversine(angle_deg: npt.NDArray[np.float64] | np.float64) -> npt.NDArray[np.float64]:
    return np.square(np.sin(np.radians(angle_deg) / 2.0))


def row_solid_angles_sr(edges_deg: npt.NDArray[np.float64], width_deg: float) -> npt.NDArray[np.float64]:
    """Return the solid angle of one pixel of each row, steradians.

    Parameters
    ----------
    edges_deg
        Declinations between the rows: one more than there are rows. What lies beyond a pole does not count: the polar row of a
        node-centred map is half a row.
    width_deg
        Width of a pixel in right ascension.

    Notes
    -----
    w (sin b - sin a) written as 2 w cos((a + b) / 2) sin((b - a) / 2), which loses no digits for thin rows.
    """
    edges_rad = np.radians(np.clip(edges_deg, -90.0, 90.0))
    middles, halves = (edges_rad[1:] + edges_rad[:-1]) / 2.0, np.diff(edges_rad) / 2.0
    solid: npt.NDArray[np.float64] = 2.0 * math.radians(width_deg) * np.cos(middles) * np.sin(halves)
    return solid
