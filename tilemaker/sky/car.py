"""Plate carrée maps: two straight lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .boxes import SkyBox, wrap_deg

if TYPE_CHECKING:
    from astropy.wcs import WCS

    from .grid import Shape

Positions = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Rows and columns, broadcastable against each other, counted in pixels from the map's outer edge: pixel ``i`` is [i, i + 1)."""

STRAIGHT = 2e-3
"""A line counts as straight when no pixel is further than this from it, in pixels."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Evenly spaced pixels along RA or Dec, in increasing order of the coordinate."""

    start_deg: float
    """Lower edge of the first pixel."""
    step_deg: float
    """Side of a pixel, positive."""
    count: int
    """Number of pixels."""
    is_reversed: bool = False
    """Whether the file stores them in decreasing order, as it usually does RA."""

    @property
    def end_deg(self) -> float:
        """Upper edge of the last pixel."""
        return self.start_deg + self.step_deg * self.count

    def centre_deg(self, index: int) -> float:
        """Return the coordinate of a pixel's centre."""
        return self.start_deg + (index + 0.5) * self.step_deg


@dataclass(frozen=True, slots=True)
class CarGeometry:
    """A plate carrée map in RA and Dec: columns of constant RA, rows of constant Dec."""

    ra: Axis
    """The columns. May pass RA 180 and begin at any turn."""
    dec: Axis
    """The rows."""
    is_transposed: bool = False
    """Whether the file has RA along its columns and Dec along its rows: its rows are our columns."""

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        return self.dec.count, self.ra.count

    @property
    def pixel_deg(self) -> float:
        """The shorter side of a pixel."""
        return min(self.ra.step_deg, self.dec.step_deg)

    @property
    def box(self) -> SkyBox:
        """The sky between the outermost pixel edges, west in [-180, 180); rows of pixels on a pole end at the pole."""
        west_deg = wrap_deg(self.ra.start_deg)
        width_deg = min(self.ra.step_deg * self.ra.count, 360.0)
        return SkyBox(west_deg, west_deg + width_deg, max(self.dec.start_deg, -90.0), min(self.dec.end_deg, 90.0))

    def positions(self, box: SkyBox, shape: Shape) -> Positions:
        """Return where the centres of a box's samples fall, as a column of rows and a row of columns.

        Parameters
        ----------
        box
            The sky to sample, any number of turns round.
        shape
            Number of samples in Dec and in RA.

        Returns
        -------
        rows, columns
            Of shapes (n, 1) and (1, m). What is off the map lies outside [0, count), on the side that is nearer.
        """
        dec_deg = box.south_deg + (np.arange(shape[0], dtype=np.float64) + 0.5) * (box.height_deg / shape[0])
        ra_deg = box.west_deg + (np.arange(shape[1], dtype=np.float64) + 0.5) * (box.width_deg / shape[1])
        rows = (dec_deg - self.dec.start_deg) / self.dec.step_deg
        beside_deg = max(0.0, 360.0 - self.ra.step_deg * self.ra.count) / 2
        columns = ((ra_deg - self.ra.start_deg + beside_deg) % 360.0 - beside_deg) / self.ra.step_deg
        return rows[:, None], columns[None, :]

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return RA in [-180, 180) and Dec of a pixel's centre, degrees."""
        return wrap_deg(self.ra.centre_deg(column)), self.dec.centre_deg(row)

    def cropped_to_one_turn(self) -> CarGeometry:
        """Return the map without the columns that repeat its first ones, one turn on."""
        once_round = round(360.0 / self.ra.step_deg)
        return self if self.ra.count <= once_round else replace(self, ra=replace(self.ra, count=once_round))


@dataclass(frozen=True, slots=True)
class Reference:
    """What places the pixels of a plate carrée map with RA along its rows, about a reference on the equator, as a header has it."""

    ra_deg: float
    """Of the reference: CRVAL1, at most one turn from 0. CRVAL2 is 0."""
    pixel: tuple[float, float]
    """Column and row of the reference, the first being 1: CRPIX1, CRPIX2."""
    step_deg: tuple[float, float]
    """From one column to the next and from one row to the next: CDELT1, CDELT2."""

    @property
    def _pole_deg(self) -> float:
        """RA of the native pole, of the same sign as that of the reference, at most one turn from 0."""
        pole_deg = self.ra_deg - 180.0
        if self.ra_deg >= 0.0:
            return pole_deg + 360.0 if pole_deg < 0.0 else pole_deg
        return pole_deg + 360.0 if pole_deg < -360.0 else pole_deg

    def sky_of(self, columns: npt.NDArray[np.float64], rows: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
        """Return RA of columns and Dec of rows, degrees, to the bits that wcslib gives: by the same steps, in the same order."""
        pole_deg = self._pole_deg
        ra_deg = self.step_deg[0] * (columns + 1.0 - self.pixel[0]) + math.fmod(pole_deg + 180.0, 360.0)
        ra_deg = _signed(ra_deg, pole_deg)
        ra_deg = np.where(ra_deg > 360.0, ra_deg - 360.0, np.where(ra_deg < -360.0, ra_deg + 360.0, ra_deg))
        return ra_deg, self.step_deg[1] * (rows + 1.0 - self.pixel[1])


def _signed(ra_deg: npt.NDArray[np.float64], like_deg: float) -> npt.NDArray[np.float64]:
    """Return right ascensions moved by a turn where their sign is not that of another."""
    return np.where(ra_deg < 0.0, ra_deg + 360.0, ra_deg) if like_deg >= 0.0 else np.where(ra_deg > 0.0, ra_deg - 360.0, ra_deg)


def car_geometry_of(reference: Reference, shape: Shape) -> CarGeometry | None:
    """Return what `car_geometry` does of the WCS that the reference stands for, without one."""
    rows, columns = _probes(shape[0]), _probes(shape[1])
    ra_deg, dec_deg = np.meshgrid(*reference.sky_of(columns.astype(np.float64), rows.astype(np.float64)))
    if not (np.isfinite(ra_deg).all() and np.isfinite(dec_deg).all()):
        return None
    return _two_lines((rows, columns), ra_deg, dec_deg, shape)


def car_geometry(wcs: WCS, shape: Shape) -> CarGeometry | None:
    """Read a map's two lines off its WCS, or None when its pixels do not lie on two lines in RA and Dec.

    No keyword is interpreted here: the WCS is evaluated over the map and found to be two lines or not. Whatever a header does with
    CD, PC, LONPOLE, LATPOLE or CRPIX is therefore right, and oblique or galactic maps are recognised as not plate carrée.

    Parameters
    ----------
    wcs
        Two axes, undistorted, in ICRS or FK5 J2000.
    shape
        (rows, columns) of the image, as stored.
    """
    wcs = wcs.deepcopy()
    # A reference pixel far outside the map puts native longitudes beyond ±180, which wcslib refuses unless told otherwise.
    wcs.wcs.bounds_check(False, False)
    rows, columns = _probes(shape[0]), _probes(shape[1])
    points = np.array([(column, row) for row in rows for column in columns], dtype=np.float64)
    world = wcs.wcs_pix2world(points, 0).reshape(len(rows), len(columns), 2)
    if not np.isfinite(world).all():
        return None
    ra_deg, dec_deg = world[..., wcs.wcs.lng], world[..., wcs.wcs.lat]
    upright = _two_lines((rows, columns), ra_deg, dec_deg, shape)
    if upright is not None:
        return upright
    lying = _two_lines((columns, rows), ra_deg.T, dec_deg.T, shape[::-1])
    return None if lying is None else replace(lying, is_transposed=True)


def _two_lines(
    probes: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    ra_deg: npt.NDArray[np.float64],
    dec_deg: npt.NDArray[np.float64],
    shape: Shape,
) -> CarGeometry | None:
    """Return the geometry of a map with RA along its columns and Dec along its rows, None when it has not."""
    dec = _line(probes[0], dec_deg[:, 0], shape[0], turn_deg=None)
    # At the poles RA means nothing, so the lines of constant RA are read off the other rows.
    away = np.abs(dec_deg[:, 0]) < 89.9999
    ra = _line(probes[1], ra_deg[away][0], shape[1], turn_deg=360.0) if away.any() else None
    if ra is None or dec is None:
        return None
    off_ra = np.abs(wrap_deg(ra_deg[away] - ra_deg[away][:1])).max() / ra.step_deg
    off_dec = np.abs(dec_deg - dec_deg[:, :1]).max() / dec.step_deg
    return CarGeometry(ra, dec).cropped_to_one_turn() if max(off_ra, off_dec) < STRAIGHT else None


@lru_cache(64)
def _probes(count: int) -> npt.NDArray[np.int64]:
    """Return pixel indices to test a line at: neighbours at the start for its step, others out to the end for straightness.

    The neighbour of an only pixel is where the next one would be.
    """
    return np.array(sorted({0, 1, *np.linspace(0, count - 1, 9).astype(np.int64).tolist()}), np.int64)


def _line(index: npt.NDArray[np.int64], values_deg: npt.NDArray[np.float64], count: int, turn_deg: float | None) -> Axis | None:
    """Fit coordinate = start + step x index, modulo a turn if there is one; None when it is not a line or has no slope."""
    step_deg = _wrapped(values_deg[1] - values_deg[0], turn_deg)
    if step_deg == 0.0:
        return None
    # The first step is good to one part in 1e10 or so; the far end of the map makes it exact.
    residual_deg = _wrapped(values_deg - values_deg[0] - step_deg * index, turn_deg)
    step_deg += residual_deg[-1] / index[-1]
    residual_deg = _wrapped(values_deg - values_deg[0] - step_deg * index, turn_deg)
    if np.abs(residual_deg).max() > STRAIGHT * abs(step_deg):
        return None
    lowest_deg = values_deg[0] if step_deg > 0 else values_deg[0] + step_deg * (count - 1)
    return Axis(float(lowest_deg - abs(step_deg) / 2), float(abs(step_deg)), count, is_reversed=bool(step_deg < 0))


def _wrapped(value_deg: npt.NDArray[np.float64], turn_deg: float | None) -> npt.NDArray[np.float64]:
    return value_deg if turn_deg is None else (value_deg + turn_deg / 2) % turn_deg - turn_deg / 2
