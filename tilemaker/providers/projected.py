"""Where the pixels of an image are by its WCS. Imports what understands any projection: not before one is met that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astropy.wcs.utils import proj_plane_pixel_scales

from tilemaker.sky.car import car_geometry
from tilemaker.sky.wcs import WcsGeometry, frame_of

from .celestial import FK5_PIXEL_DEG

if TYPE_CHECKING:
    from astropy.wcs import WCS

    from tilemaker.sky.car import CarGeometry
    from tilemaker.sky.grid import Shape


def geometry_of(wcs: WCS, shape: Shape) -> CarGeometry | WcsGeometry:
    """Return where the pixels of an image are, which are (rows, columns) as stored. Raises `UnsupportedGeometry`."""
    is_equatorial = frame_of(wcs).name == "icrs" or _is_j2000(wcs)
    is_straight = is_equatorial and not wcs.has_distortion
    car = car_geometry(wcs, shape) if is_straight else None
    return WcsGeometry(wcs, shape) if car is None else car


def _is_j2000(wcs: WCS) -> bool:
    frame = frame_of(wcs)
    return bool(frame.name == "fk5" and frame.equinox.jyear == 2000.0 and min(proj_plane_pixel_scales(wcs)) > FK5_PIXEL_DEG)
