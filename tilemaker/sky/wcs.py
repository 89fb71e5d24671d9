"""Maps in any other projection: placed by their WCS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from astropy import units
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord, Supergalactic
from astropy.time import Time
from astropy.wcs.utils import proj_plane_pixel_scales, wcs_to_celestial_frame

from tilemaker.errors import UnsupportedGeometry

from .boxes import SkyBox, shortest_arc, wrap_deg
from .interpolation import Floats, all_nan, interpolated, missed, nodes_along, samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.coordinates import BaseCoordinateFrame
    from astropy.wcs import WCS

    from .car import Positions
    from .grid import Shape

NEAR_POLE_DEG = 90.0 - 1e-4
"""Where to look for a pole: at the pole itself, noise takes some projections beyond the sky."""

TOLERANCE = 0.02
"""How far a position interpolated across a cell may be from the true one: in samples or map pixels, the larger."""

ROUND_THE_SKY = {"CAR", "CEA", "MER"}
"""Projections in which a turn in longitude is a shift by 360 degrees, and a map may begin at any turn."""


def frame_of(wcs: WCS) -> BaseCoordinateFrame:
    """Return the frame of a celestial WCS. Raises `UnsupportedGeometry` for coordinates that are not on our sky."""
    longitude_type = wcs.wcs.lngtyp.strip()
    # These two the FITS standard names, and astropy's WCS does not translate.
    if longitude_type == "ELON":
        return BarycentricMeanEcliptic(equinox=_equinox_of(wcs))
    if longitude_type == "SLON":
        return Supergalactic()
    try:
        return wcs_to_celestial_frame(wcs)
    except ValueError as unknown:
        raise UnsupportedGeometry(f"The map's coordinates ({', '.join(wcs.wcs.ctype)}) are not positions on the sky.") from unknown


def _equinox_of(wcs: WCS) -> Time:
    """Return what EQUINOX says, the one in use where it is absent. Besselian and Julian years differ by too little to matter."""
    return Time(2000.0 if np.isnan(wcs.wcs.equinox) else wcs.wcs.equinox, format="jyear")


class WcsGeometry:
    """A map placed by its WCS: any projection, any celestial frame, distortions included.

    Parameters
    ----------
    wcs
        Two celestial axes.
    shape
        (rows, columns) of the image as stored, which is also the order in which it is read.

    Raises
    ------
    UnsupportedGeometry
        The coordinates are not celestial, or none of the pixels is on the sky.
    """

    def __init__(self, wcs: WCS, shape: Shape) -> None:
        self._wcs = wcs
        self._frame = frame_of(wcs)
        self._turn = _turn_in_pixels(wcs)
        if self._turn is not None:
            wcs.wcs.bounds_check(False, True)
        self._shape = shape
        self.pixel_deg = float(min(proj_plane_pixel_scales(wcs)))
        """Side of the smallest pixel."""
        self._box = self._bounds()

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        return self._shape

    @property
    def box(self) -> SkyBox:
        """A box around the map, exact to a pixel or so."""
        return self._box

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return RA in [-180, 180) and Dec of a pixel's centre, degrees; NaN off the sky."""
        ra_deg, dec_deg = self._sky_of(np.array([float(column)]), np.array([float(row)]))
        return wrap_deg(float(ra_deg[0])), float(dec_deg[0])

    def positions(self, box: SkyBox, shape: Shape) -> Positions:
        """Return where the centres of a box's samples fall on the map.

        The WCS is evaluated every few samples and interpolated between; where that is not good enough (near a pole, at the seam of
        an all-sky map, at the edge of the sky) it is evaluated at each sample.

        Returns
        -------
        rows, columns
            Of the shape asked, in pixels from the outer edge; NaN where the sky is not on the map's projection.
        """
        spacing = box.height_deg / shape[0], box.width_deg / shape[1]
        rows, columns = np.full(shape, np.nan), np.full(shape, np.nan)
        for where in self._reached(box, shape):
            inside = _part(box, spacing, where)
            size = where[0].stop - where[0].start, where[1].stop - where[1].start
            rows[where], columns[where] = self._positions_inside(inside, size, spacing)
        return rows, columns

    def _reached(self, box: SkyBox, shape: Shape) -> Iterator[tuple[slice, slice]]:
        """Yield the samples that the map may reach, so that a small map costs little in a large box."""
        spacing = box.height_deg / shape[0], box.width_deg / shape[1]
        rows = _within((self._box.south_deg, self._box.north_deg), box.south_deg, spacing[0], shape[0])
        for turn_deg in (-720.0, -360.0, 0.0, 360.0, 720.0):
            reach_deg = self._box.west_deg + turn_deg, self._box.east_deg + turn_deg
            columns = _within(reach_deg, box.west_deg, spacing[1], shape[1])
            if rows.start < rows.stop and columns.start < columns.stop:
                yield rows, columns

    def _positions_inside(self, box: SkyBox, shape: Shape, spacing: tuple[float, float]) -> Positions:
        nodes = tuple(nodes_along(count) for count in shape)
        rows, columns = self._pixels_at(box, spacing, *np.meshgrid(*nodes, indexing="ij"))
        error = np.maximum(missed(rows), missed(columns))

        result = interpolated(rows, nodes, shape), interpolated(columns, nodes, shape)
        tolerance = TOLERANCE * max(1.0, spacing[0] / self.pixel_deg)
        poor = ~(error <= tolerance) & ~all_nan(rows)  # NaN compares False, so a cell half off the sky is poor
        mask = samples_of(poor, shape) | self._is_near_rim(*result, tolerance)
        if mask.any():
            y, x = np.nonzero(mask)
            result[0][mask], result[1][mask] = self._pixels_at(box, spacing, y.astype(np.float64), x.astype(np.float64))
        return result

    def _is_near_rim(self, rows: Floats, columns: Floats, tolerance: float) -> npt.NDArray[np.bool_]:
        """Tell which positions may as well be off the map, or on it: between two maps side by side, a sample is on one of them."""
        half_rows, half_columns = self._shape[0] / 2, self._shape[1] / 2
        apart = np.minimum(np.abs(np.abs(rows - half_rows) - half_rows), np.abs(np.abs(columns - half_columns) - half_columns))
        return np.asarray(apart <= tolerance)

    def _pixels_at(self, box: SkyBox, spacing: tuple[float, float], y: Floats, x: Floats) -> Positions:
        """Return map positions of samples given by their own (fractional) index in a box."""
        dec_deg = box.south_deg + (y + 0.5) * spacing[0]
        ra_deg = box.west_deg + (x + 0.5) * spacing[1]
        is_on_sky = np.abs(dec_deg) <= 90.0 + 1e-9
        columns, rows = self._pixels_of(ra_deg, np.clip(dec_deg, -90.0, 90.0))
        return np.where(is_on_sky, rows, np.nan), np.where(is_on_sky, columns, np.nan)

    def _pixels_of(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        """Return columns and rows, from the outer edge, of positions in ICRS."""
        longitude_deg, latitude_deg = self._to_frame(ra_deg.ravel(), dec_deg.ravel())
        world = np.empty((longitude_deg.size, 2))
        world[:, self._wcs.wcs.lng], world[:, self._wcs.wcs.lat] = longitude_deg, latitude_deg
        pixels = self._world_to_pixels(world) + 0.5
        if self._turn is not None:
            pixels = self._on_map_by_turns(pixels, self._turn)
        self._drop_strangers(pixels, ra_deg.ravel(), dec_deg.ravel())
        return pixels[:, 0].reshape(ra_deg.shape), pixels[:, 1].reshape(ra_deg.shape)

    def _world_to_pixels(self, world: Floats) -> Floats:
        if self._wcs.has_distortion:
            return np.asarray(self._wcs.all_world2pix(world, 0, quiet=True))
        return np.asarray(self._wcs.wcs_world2pix(world, 0))

    def _on_map_by_turns(self, pixels: Floats, turn: Floats) -> Floats:
        """Move positions by whole turns in longitude: nearest to the middle of the map, or onto it where that is beside it."""
        middle = np.array(self._shape[::-1]) / 2
        pixels = pixels + np.rint((middle - pixels) @ turn / (turn @ turn))[:, None] * turn
        for turns in (-1, 1):
            moved = pixels + turns * turn
            pixels = np.where((~self._is_on_map(pixels) & self._is_on_map(moved))[:, None], moved, pixels)
        return pixels

    def _drop_strangers(self, pixels: Floats, ra_deg: Floats, dec_deg: Floats) -> None:
        """Set to NaN the positions whose pixel is elsewhere on the sky: some projections answer for places they do not reach."""
        on_map = np.flatnonzero(self._is_on_map(pixels))
        back_ra_deg, back_dec_deg = self._sky_of(pixels[on_map, 0] - 0.5, pixels[on_map, 1] - 0.5)
        off_ra_deg = wrap_deg(back_ra_deg - ra_deg[on_map]) * np.cos(np.radians(dec_deg[on_map]))
        off_deg = np.hypot(off_ra_deg, back_dec_deg - dec_deg[on_map])
        pixels[on_map[~(off_deg < 0.1)]] = np.nan

    def _is_on_map(self, pixels: Floats) -> npt.NDArray[np.bool_]:
        rows, columns = self._shape
        is_on_map = (pixels[:, 0] >= 0) & (pixels[:, 0] < columns) & (pixels[:, 1] >= 0) & (pixels[:, 1] < rows)
        return np.asarray(is_on_map)

    def _sky_of(self, columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
        """Return RA and Dec (ICRS, degrees) of positions counted from the centre of the first pixel."""
        world = np.asarray(self._wcs.all_pix2world(np.column_stack([columns, rows]), 0))
        return self._to_icrs(world[:, self._wcs.wcs.lng], world[:, self._wcs.wcs.lat])

    def _to_icrs(self, longitude_deg: Floats, latitude_deg: Floats) -> tuple[Floats, Floats]:
        if self._frame.name == "icrs":
            return longitude_deg, latitude_deg
        is_on_sky = np.isfinite(longitude_deg) & (np.abs(latitude_deg) <= 90.0)
        longitude_deg, latitude_deg = np.where(is_on_sky, longitude_deg, 0), np.where(is_on_sky, latitude_deg, 0)
        icrs = SkyCoord(longitude_deg, latitude_deg, unit=units.deg, frame=self._frame).icrs
        return np.where(is_on_sky, icrs.ra.deg, np.nan), np.where(is_on_sky, icrs.dec.deg, np.nan)

    def _to_frame(self, ra_deg: Floats, dec_deg: Floats) -> tuple[Floats, Floats]:
        if self._frame.name == "icrs":
            return ra_deg, dec_deg
        there = SkyCoord(ra_deg, dec_deg, unit=units.deg, frame="icrs").transform_to(self._frame).spherical
        return there.lon.deg, there.lat.deg

    def _bounds(self) -> SkyBox:
        ra_deg, dec_deg = self._sky_of(*self._outline())
        is_on_sky = np.isfinite(ra_deg) & np.isfinite(dec_deg)
        ra_deg, dec_deg = ra_deg[is_on_sky], dec_deg[is_on_sky]
        if not ra_deg.size:
            raise UnsupportedGeometry("None of the map's pixels is on the sky.")
        arc_deg = shortest_arc(ra_deg)
        north, south = (self._reaches_pole(sign, arc_deg) for sign in (1.0, -1.0))
        west_deg, east_deg = (-180.0, 180.0) if all(north) or all(south) else arc_deg
        south_deg = -90.0 if any(south) else float(dec_deg.min())
        return SkyBox(west_deg, east_deg, south_deg, 90.0 if any(north) else float(dec_deg.max()))

    def _outline(self) -> tuple[Floats, Floats]:
        """Return columns and rows of places all over the image, closer to each other along its rim and where the sky ends."""
        rows, columns = self._shape
        y, x = (np.linspace(-0.5, count - 0.5, 65) for count in (rows, columns))
        fine_y, fine_x = (np.linspace(-0.5, count - 0.5, 513) for count in (rows, columns))
        inner_x, inner_y = np.meshgrid(x, y)
        is_on_sky = np.isfinite(self._sky_of(inner_x.ravel(), inner_y.ravel())[1]).reshape(inner_x.shape)
        corners = np.stack([is_on_sky[i : i + 64, j : j + 64] for i in (0, 1) for j in (0, 1)])
        cell_y, cell_x = np.nonzero(corners.any(axis=0) & ~corners.all(axis=0))
        within = np.linspace(0.0, 1.0, 17)
        limb_x = x[cell_x, None, None] + within[None, :, None] * (x[1] - x[0]) + np.zeros((1, 1, 17))
        limb_y = y[cell_y, None, None] + within[None, None, :] * (y[1] - y[0]) + np.zeros((1, 17, 1))
        rim_x = np.r_[fine_x, fine_x, np.full(513, fine_x[0]), np.full(513, fine_x[-1])]
        rim_y = np.r_[np.full(513, fine_y[0]), np.full(513, fine_y[-1]), fine_y, fine_y]
        return np.r_[inner_x.ravel(), limb_x.ravel(), rim_x], np.r_[inner_y.ravel(), limb_y.ravel(), rim_y]

    def _reaches_pole(self, sign: float, arc_deg: tuple[float, float]) -> list[bool]:
        """Return whether the pole is on the map, seen from longitudes all round and from those that the map has elsewhere.

        A projection that draws a pole as a point has it from all sides or not at all; one that draws a line, from some.
        """
        ra_deg = np.r_[np.arange(0.0, 360.0, 5.0), np.linspace(*arc_deg, 5)]
        columns, rows = self._pixels_of(ra_deg, np.full(ra_deg.size, sign * NEAR_POLE_DEG))
        return [bool(each) for each in self._is_on_map(np.column_stack([columns, rows]))]


def _turn_in_pixels(wcs: WCS) -> Floats | None:
    """Return by how many pixels (column, row) a turn in longitude moves, or None when the projection does not repeat."""
    if wcs.wcs.ctype[wcs.wcs.lng][-3:] not in ROUND_THE_SKY or wcs.has_distortion:
        return None
    step = np.zeros(2)
    step[wcs.wcs.lng] = 360.0
    return np.asarray(np.linalg.solve(wcs.pixel_scale_matrix, step))


def _within(reach_deg: tuple[float, float], start_deg: float, spacing_deg: float, count: int) -> slice:
    """Return which samples of an evenly spaced row lie between two limits, and two more at each end."""
    first, last = ((limit_deg - start_deg) / spacing_deg for limit_deg in reach_deg)
    return slice(max(0, int(np.floor(first)) - 2), min(count, int(np.ceil(last)) + 2))


def _part(box: SkyBox, spacing: tuple[float, float], where: tuple[slice, slice]) -> SkyBox:
    """Return the sky under some samples of a box."""
    south_deg, west_deg = box.south_deg + where[0].start * spacing[0], box.west_deg + where[1].start * spacing[1]
    north_deg, east_deg = box.south_deg + where[0].stop * spacing[0], box.west_deg + where[1].stop * spacing[1]
    return SkyBox(west_deg, east_deg, south_deg, north_deg)
