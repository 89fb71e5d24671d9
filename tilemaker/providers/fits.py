"""FITS images, from a header to a provider."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

from astropy.wcs.utils import proj_plane_pixel_scales
from pydantic import Field

from tilemaker.errors import MapError, MapUnreadable, UnsupportedGeometry
from tilemaker.sky.car import car_geometry
from tilemaker.sky.place import Placement, place
from tilemaker.sky.wcs import WcsGeometry, frame_of

from .base import MapExtent, Provider
from .blobs import Distance
from .celestial import celestial_wcs, plain_cards
from .far import FarPlane
from .hdus import MISREAD, Hdu, quietly, walk
from .lattice import LatticePlane, Order, Transposed
from .one_file import FileSpec
from .placed import PlacedPlane
from .planes import open_plane
from .stokes import stokes_of_plane

if TYPE_CHECKING:
    from astropy.io.fits import Header
    from astropy.wcs import WCS

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Geometry

    from .files import File
    from .workshop import Workshop

LISTING_BYTES = 256 << 20
"""Bytes that may be unpacked to reach the later headers of a compressed file when listing what it holds."""

PLACEMENTS = 4096
"""How many places on the sky are remembered: files of one folder often share one, and each file is looked at more than once."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image of a FITS file, as far as its header tells."""

    hdu: int
    """Number of the HDU, counted from 0."""
    name: str | None
    """EXTNAME."""
    header: Header
    text: bytes
    """The header as it is written."""
    shape: tuple[int, int, int]
    """(planes, rows, columns)."""


class FitsSpec(FileSpec):
    """One plane of an image in a FITS file: plain, scaled, tile-compressed, gzip, bzip2 or xz."""

    provider_type: Literal["fits"] = "fits"
    hdu: Annotated[int | None, Field(ge=0, description="Which HDU, counted from 0; by default the first that holds an image.")] = (
        None
    )
    index: Annotated[int | None, Field(ge=0, description="Which plane of a three-dimensional image, counted from 0.")] = None

    def _opened(self, workshop: Workshop) -> Provider:
        file = workshop.files.open(self.filename)
        return image_at(file, self._hdu(file), self.index, workshop)

    def _hdu(self, file: File) -> Hdu:
        for hdu in walk(file):
            if hdu.number == self.hdu or (self.hdu is None and hdu.is_image):
                if not hdu.is_image:
                    raise MapUnreadable(f"HDU {hdu.number} does not hold an image.")
                return hdu
        raise MapUnreadable("The file holds no image." if self.hdu is None else f"The file has no HDU {self.hdu}.")


def image_at(file: File, hdu: Hdu, index: int | None, workshop: Workshop) -> Provider:
    """Return the provider of one plane of an image. Raises `MapUnreadable`, `UnsupportedGeometry`, and what is in `MISREAD`."""
    index = _plane_of(hdu, index)
    placement, order = placed(hdu.text, hdu.shape[1:])
    plane = open_plane(file, hdu, index, workshop.files.kept)
    in_order = LatticePlane(Transposed(plane) if order.is_transposed else plane, placement, order)
    extent = MapExtent(
        placement.geometry.box,
        placement.grid,
        _text(hdu.header, "BUNIT"),
        _text(hdu.header, "POLCCONV"),
        stokes_of_plane(hdu.header, hdu.shape[0], index),
    )
    fingerprint = digest(file.raw.name, file.raw.identity, hdu.number, index)
    distance = file.raw.distance(min(file.raw.size, hdu.plane_bytes))
    if distance is not Distance.HERE:
        where = file.raw, distance
        return FarPlane(in_order, placement, extent, fingerprint=fingerprint, where=where, workshop=workshop)
    return PlacedPlane(
        in_order, placement, extent, fingerprint=fingerprint, is_current=lambda: file.raw.is_current, workshop=workshop
    )


def _plane_of(hdu: Hdu, index: int | None) -> int:
    index, planes = index or 0, hdu.shape[0]
    if index >= planes:
        raise MapUnreadable(f"There is no plane {index}: the image has {planes}, counted from 0.")
    return index


def images_in(file: File) -> list[ImageInfo]:
    """List the images of a FITS file. Raises `MapUnreadable` when it cannot be read; the list may be empty."""
    try:
        return [
            ImageInfo(hdu.number, hdu.name, hdu.header, hdu.text, hdu.shape) for hdu in walk(file, LISTING_BYTES) if hdu.is_image
        ]
    except MISREAD as broken:
        raise MapUnreadable("A header of the file is not valid FITS.") from broken


def placed(text: bytes, shape: Shape) -> tuple[Placement, Order]:
    """Place an image on the sky.

    Parameters
    ----------
    text
        The image's header, in blocks as in the file.
    shape
        (rows, columns), as stored.

    Returns
    -------
    Placement, Order
        Where the pixels are, and how the file's order differs from the sky's.

    Raises
    ------
    UnsupportedGeometry
        The header has no celestial coordinates, or ones that cannot be understood.
    """
    cards = plain_cards(text)
    return _placed(celestial_wcs(text, is_plain=False), shape) if cards is None else _placed_by_cards(cards, shape)


@lru_cache(PLACEMENTS)
def _placed_by_cards(cards: bytes, shape: Shape) -> tuple[Placement, Order]:
    return _placed(celestial_wcs(cards, is_plain=True), shape)


def _placed(wcs: WCS, shape: Shape) -> tuple[Placement, Order]:
    with quietly():
        try:
            geometry, order, pixel_deg = _geometry(wcs, shape)
            if geometry.box.south_deg >= 90.0 or geometry.box.north_deg <= -90.0:
                raise UnsupportedGeometry("All of the map lies beyond a pole.")
            placement = place(geometry, pixel_deg)
        except MapError:
            raise
        except Exception as broken:
            raise UnsupportedGeometry("The map's coordinates cannot be worked out from its header.") from broken
    return placement, replace(order, column_offset=placement.column_offset)


def _geometry(wcs: WCS, shape: Shape) -> tuple[Geometry, Order, float]:
    """Return where the pixels are, the order in which the file has them, and the side of the smallest, degrees."""
    is_equatorial = frame_of(wcs).name == "icrs" or _is_j2000(wcs)
    is_straight = is_equatorial and not wcs.has_distortion
    car = car_geometry(wcs, shape) if is_straight else None
    if car is not None:
        order = Order(car.dec.is_reversed, car.ra.is_reversed, is_transposed=car.is_transposed)
        return car, order, min(car.ra.step_deg, car.dec.step_deg)
    placed_by_wcs = WcsGeometry(wcs, shape)
    return placed_by_wcs, Order(), placed_by_wcs.pixel_deg


def _is_j2000(wcs: WCS) -> bool:
    frame = frame_of(wcs)
    # FK5 and ICRS differ by 23 mas, which is under a hundredth of any pixel larger than this.
    return bool(frame.name == "fk5" and frame.equinox.jyear == 2000.0 and min(proj_plane_pixel_scales(wcs)) > 6.4e-4)


def _text(header: Header, key: str) -> str | None:
    return str(header[key]).strip() or None if key in header else None


def digest(*parts: object) -> str:
    """Return a short text, fit for a URL, that is different when any of the parts is."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=9).hexdigest()
