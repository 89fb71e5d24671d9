"""HEALPix: twelve squares of pixels on the sphere, and the numbers that files give them.

The arithmetic is that of Górski et al. 2005, ApJ 622, 759, sections 4 and 5. A pixel is named here by the row and the column of its
*raster*: the twelve base squares one above the other, ``12 nside`` rows of ``nside`` pixels. Halving the resolution merges two
by two of them, at every step down to the base squares: the hierarchy of HEALPix is the ladder of blocks that any other map has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tilemaker import kernels

from .boxes import SkyBox, wrap_deg
from .car import Positions
from .grid import Shape

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PIXEL_DEG = 58.632
"""Side of a base square as large as a square pixel: the square root of a twelfth of the sphere."""

WHOLE_SKY = SkyBox(-180.0, 180.0, -90.0, 90.0)

SAMPLES_AT_ONCE = 1 << 16
"""Positions that are worked out together: what is between then stays in the processor's cache."""

FRAMES = {"galactic": "galactic", "icrs": "icrs", "ecliptic": "barycentricmeanecliptic"}
"""The frames that maps are in, as astropy calls them. That of the ecliptic is the mean one of J2000, as in the FITS standard."""

# Of the lowest corner of each base square: its latitude, in rings of nside, and its longitude, in eighths of a turn.
_RING_OF_FACE = np.array([2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4])
_EIGHTH_OF_FACE = np.array([1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7])


def rotation_to(frame: str) -> Floats:
    """Return the matrix that turns unit vectors in ICRS into those of a frame of `FRAMES`."""
    if frame == "icrs":
        return np.eye(3)
    from astropy import units
    from astropy.coordinates import SkyCoord

    axes = SkyCoord([0.0, 90.0, 0.0], [0.0, 0.0, 90.0], unit=units.deg, frame="icrs")
    return np.asarray(axes.transform_to(FRAMES[frame]).represent_as("unitspherical").to_cartesian().xyz.value)


@dataclass(frozen=True, slots=True, eq=False)
class HealpixGeometry:
    """Where the pixels of a HEALPix map are."""

    nside: int
    """Pixels along the side of a base square; a power of two."""
    rotation: Floats
    """(3, 3): from ICRS to the frame of the map."""
    box: SkyBox = WHOLE_SKY
    """A box around what the map has of the sky."""

    @property
    def shape(self) -> Shape:
        """(rows, columns) of the raster."""
        return 12 * self.nside, self.nside

    def positions(self, box: SkyBox, shape: Shape) -> Positions:
        """Return the middle of the pixel that each centre of a box's samples falls in, NaN beyond the poles."""
        dec_deg: Floats = box.south_deg + (np.arange(shape[0], dtype=np.float64) + 0.5) * (box.height_deg / shape[0])
        ra_deg: Floats = box.west_deg + (np.arange(shape[1], dtype=np.float64) + 0.5) * (box.width_deg / shape[1])
        held_deg: Floats = np.clip(dec_deg, -90.0, 90.0)
        rows, columns = np.full(shape, np.nan), np.full(shape, np.nan)
        on_sky = np.flatnonzero(np.abs(dec_deg) <= 90.0 + 1e-9)
        step = max(1, SAMPLES_AT_ONCE // shape[1])
        for first in range(0, on_sky.size, step):
            some = on_sky[first : first + step]
            found = raster_of(self.nside, *self._in_frame(ra_deg, held_deg[some, np.newaxis]))
            rows[some], columns[some] = found[0] + 0.5, found[1] + 0.5
        return rows, columns

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return RA in [-180, 180) and Dec of a pixel's centre, degrees."""
        ra_deg, dec_deg = self.centres(np.array([row]), np.array([column]))
        return float(ra_deg[0]), float(dec_deg[0])

    def centres(self, rows: Integers, columns: Integers) -> tuple[Floats, Floats]:
        """Return RA in [-180, 180) and Dec of the centres of pixels, degrees."""
        ring, eighths = _ring_and_eighths(self.nside, rows, columns)
        z, sine = _height(self.nside, ring)
        longitude = eighths * (np.pi / 4.0)
        vectors = self.rotation.T @ np.array([sine * np.cos(longitude), sine * np.sin(longitude), z])
        ra_deg = np.degrees(np.arctan2(vectors[1], vectors[0]))
        return wrap_deg(ra_deg), np.degrees(np.arctan2(vectors[2], np.hypot(vectors[0], vectors[1])))

    def _in_frame(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats, Floats]:
        """Return longitude in quarters of a turn, height above the equator, and distance from the axis, in the frame of the map."""
        dec, ra = np.radians(dec_deg), np.radians(ra_deg)
        if (self.rotation == np.eye(3)).all():
            return ra_deg % 360.0 / 90.0, np.sin(dec), np.cos(dec)
        about_axis, along_axis = np.stack([np.cos(ra), np.sin(ra)]), np.sin(dec)
        x, y, z = (np.cos(dec) * (row[:2] @ about_axis) + along_axis * row[2] for row in self.rotation)
        return np.arctan2(y, x) * (2.0 / np.pi) % 4.0, z, np.hypot(x, y)


def raster_of(nside: int, quarters: Floats, z: Floats, sine: Floats) -> tuple[Integers, Integers]:
    """Return row and column of the pixels that positions fall in.

    Parameters
    ----------
    nside
        Resolution.
    quarters
        Longitude, in quarters of a turn, 0 to 4.
    z, sine
        Sine and cosine of the latitude. All three may be broadcast against each other.
    """
    shape = np.broadcast_shapes(quarters.shape, z.shape)
    is_polar = np.broadcast_to(np.abs(z) > 2.0 / 3.0, shape)
    if not is_polar.any():
        return _equatorial(nside, quarters, z)
    if is_polar.all():
        return _polar(nside, quarters, z, sine)
    rows, columns = np.empty(shape, np.int64), np.empty(shape, np.int64)
    quarters, z, sine = (np.broadcast_to(each, shape) for each in (quarters, z, sine))
    rows[is_polar], columns[is_polar] = _polar(nside, quarters[is_polar], z[is_polar], sine[is_polar])
    rows[~is_polar], columns[~is_polar] = _equatorial(nside, quarters[~is_polar], z[~is_polar])
    return rows, columns


def _equatorial(nside: int, quarters: Floats, z: Floats) -> tuple[Integers, Integers]:
    """Between the latitudes where polar caps begin, edges of pixels are straight lines in longitude and z."""
    order = nside.bit_length() - 1
    along, up = nside * (quarters + 0.5), (0.75 * nside) * z
    falling, rising = (along - up).astype(np.int64), (along + up).astype(np.int64)
    left, right = falling >> order, rising >> order
    face = np.where(left == right, (left & 3) + 4, np.where(left < right, left & 3, (right & 3) + 8))
    return face * nside + (nside - 1 - (falling & (nside - 1))), rising & (nside - 1)


def _polar(nside: int, quarters: Floats, z: Floats, sine: Floats) -> tuple[Integers, Integers]:
    """In the caps they are lines of equal share of the area towards the meridians that bound a base square."""
    # A longitude of just under a whole turn may have been rounded up to it.
    quarter = np.minimum(quarters.astype(np.int64), 3)
    within, scale = quarters - quarter, nside * (sine * np.sqrt(3.0 / (1.0 + np.abs(z))))
    east = np.minimum((within * scale).astype(np.int64), nside - 1)
    west = np.minimum(((1.0 - within) * scale).astype(np.int64), nside - 1)
    is_north = z >= 0
    rows = np.where(is_north, quarter * nside + (nside - 1 - east), (quarter + 8) * nside + west)
    return rows, np.where(is_north, nside - 1 - west, east)


def _ring_and_eighths(nside: int, rows: Integers, columns: Integers) -> tuple[Integers, Floats]:
    """Return the ring of pixels, counted from 1 in the north, and the longitude of their centres in eighths of a turn."""
    face, up = rows // nside, rows % nside
    ring = _RING_OF_FACE[face] * nside - columns - up - 1
    return ring, _EIGHTH_OF_FACE[face] + (columns - up) / _quarter_ring(nside, ring)


def _quarter_ring(nside: int, ring: Integers) -> Integers:
    """Return how many pixels a quarter of each ring has."""
    return np.minimum(np.minimum(ring, 4 * nside - ring), nside)


def _height(nside: int, ring: Integers) -> tuple[Floats, Floats]:
    """Return sine and cosine of the latitude of rings."""
    beyond = np.square(_quarter_ring(nside, ring) / nside) / 3.0
    in_cap = np.where(ring < 2 * nside, 1.0 - beyond, beyond - 1.0)
    z = np.where((ring < nside) | (ring > 3 * nside), in_cap, (2 * nside - ring) * (2.0 / (3 * nside)))
    sine = np.where((ring < nside) | (ring > 3 * nside), np.sqrt(beyond * (2.0 - beyond)), np.sqrt(1.0 - z * z))
    return z, sine


class Ordering(Protocol):
    """How files number pixels."""

    def numbers(self, nside: int, rows: Integers, columns: Integers) -> Integers:
        """Return the numbers of pixels of the raster, which may be broadcast against each other."""
        ...

    def raster(self, nside: int, numbers: Integers) -> tuple[Integers, Integers]:
        """Return rows and columns of numbered pixels."""
        ...


class Nested:
    """Base square after base square, each along a curve that fills every block before it leaves it."""

    def numbers(self, nside: int, rows: Integers, columns: Integers) -> Integers:
        """Return the numbers of pixels of the raster."""
        return rows // nside * (nside * nside) + (_spread(columns) | (_spread(rows % nside) << 1))

    def raster(self, nside: int, numbers: Integers) -> tuple[Integers, Integers]:
        """Return rows and columns of numbered pixels."""
        loops = kernels.loops()
        if loops is not None:
            return _by_loop(loops.nested_raster, nside, numbers)
        face, within = numbers // (nside * nside), numbers % (nside * nside)
        return face * nside + _gathered(within >> 1), _gathered(within)


class Ring:
    """Ring of equal latitude after ring, from north to south, each eastward from longitude 0."""

    def numbers(self, nside: int, rows: Integers, columns: Integers) -> Integers:
        """Return the numbers of pixels of the raster."""
        loops = kernels.loops()
        if loops is None:
            return self._numbers(nside, rows, columns)
        rows, columns = (np.ascontiguousarray(each) for each in np.broadcast_arrays(rows, columns))
        numbers = np.empty(rows.shape, np.int64)
        loops.ring_numbers(rows.reshape(-1), columns.reshape(-1), nside.bit_length() - 1, numbers.reshape(-1))
        return numbers

    def raster(self, nside: int, numbers: Integers) -> tuple[Integers, Integers]:
        """Return rows and columns of numbered pixels."""
        loops = kernels.loops()
        return self._raster(nside, numbers) if loops is None else _by_loop(loops.ring_raster, nside, numbers)

    def _numbers(self, nside: int, rows: Integers, columns: Integers) -> Integers:
        face, up = rows // nside, rows % nside
        ring = _RING_OF_FACE[face] * nside - columns - up - 1
        quarter = _quarter_ring(nside, ring)
        # Every other ring of the belt begins half a pixel later, so that the sum before it is halved is even.
        is_shifted = ((ring - nside) & 1) * ((ring >= nside) & (ring <= 3 * nside))
        place = (_EIGHTH_OF_FACE[face] * quarter + columns - up - 1 + is_shifted) >> 1
        return _before(nside, ring) + place % (4 * quarter)

    def _raster(self, nside: int, numbers: Integers) -> tuple[Integers, Integers]:
        ring = _ring_of(nside, numbers)
        quarter = _quarter_ring(nside, ring)
        is_belt = (ring >= nside) & (ring <= 3 * nside)
        half = np.where(is_belt & ((ring - nside) % 2 == 1), 0.0, 0.5)
        quarters = (numbers - _before(nside, ring) + half) / quarter
        return raster_of(nside, quarters, *_height(nside, ring))


def _by_loop(loop: Callable[[Integers, int, Integers, Integers], None], nside: int, numbers: Integers) -> tuple[Integers, Integers]:
    """Return what a compiled loop finds for an array of any shape."""
    rows, columns = np.empty(numbers.shape, np.int64), np.empty(numbers.shape, np.int64)
    loop(np.ascontiguousarray(numbers).reshape(-1), nside.bit_length() - 1, rows.reshape(-1), columns.reshape(-1))
    return rows, columns


ORDERINGS: dict[str, Ordering] = {"NESTED": Nested(), "NEST": Nested(), "RING": Ring()}
"""By the word in ORDERING."""


def _before(nside: int, ring: Integers) -> Integers:
    """Return the number of pixels north of a ring."""
    from_south = 4 * nside - ring
    belt = 2 * nside * (nside - 1) + (ring - nside) * (4 * nside)
    south = 12 * nside * nside - 2 * from_south * (from_south + 1)
    return np.where(ring < nside, 2 * ring * (ring - 1), np.where(ring <= 3 * nside, belt, south))


def _ring_of(nside: int, numbers: Integers) -> Integers:
    """Return the ring of pixels, counted from 1 in the north."""
    cap = 2 * nside * (nside - 1)
    from_end = 12 * nside * nside - 1 - numbers
    nearer_pole = np.minimum(numbers, from_end)
    # The first of ring n has the number 2 n (n - 1); square roots of whole numbers this small are not rounded past a whole one.
    in_cap = ((1.0 + np.sqrt(1.0 + 2.0 * nearer_pole)) / 2.0).astype(np.int64)
    belt = nside + (numbers - cap) // (4 * nside)
    return np.where(nearer_pole >= cap, belt, np.where(numbers < cap, in_cap, 4 * nside - in_cap))


def _spread(numbers: Integers) -> Integers:
    """Put a zero between any two bits of numbers under 2**32."""
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333)):
        numbers = (numbers | (numbers << shift)) & mask
    return (numbers | (numbers << 1)) & 0x5555555555555555


def _gathered(numbers: Integers) -> Integers:
    """Take every other bit of numbers, the lowest first: the inverse of `_spread`."""
    numbers = numbers & 0x5555555555555555
    for shift, mask in ((1, 0x3333333333333333), (2, 0x0F0F0F0F0F0F0F0F), (4, 0x00FF00FF00FF00FF), (8, 0x0000FFFF0000FFFF)):
        numbers = (numbers | (numbers >> shift)) & mask
    return (numbers | (numbers >> 16)) & 0xFFFFFFFF
