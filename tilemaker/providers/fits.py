"""FITS images, from a header to a provider."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from tilemaker.errors import MapUnreadable

from .base import MapExtent, Provider
from .blobs import Distance
from .far import FarPlane, PlaneOutOfReach
from .hdus import MISREAD, Hdu, walk
from .lattice import LatticePlane, Transposed
from .one_file import FileSpec
from .placed import PlacedPlane
from .planes import open_plane
from .stokes import stokes_of_plane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cards import Cards
    from .files import File
    from .workshop import Workshop

LISTING_BYTES = 256 << 20
"""Bytes that may be unpacked to reach the later headers of a compressed file when listing what it holds."""

PLACED: dict[Distance, type[PlacedPlane]] = {
    Distance.HERE: PlacedPlane,
    Distance.AFAR: FarPlane,
    Distance.TOO_FAR: PlaneOutOfReach,
}
"""What a plane is, by where its file is."""


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
    index, raw = _plane_of(hdu, index), file.raw
    placement, order = hdu.placed
    plane = open_plane(file, hdu, index, workshop.files.kept)
    in_order = LatticePlane(Transposed(plane) if order.is_transposed else plane, placement, order)
    extent = MapExtent(
        placement.geometry.box,
        placement.grid,
        _text(hdu.header, "BUNIT"),
        _text(hdu.header, "POLCCONV"),
        stokes_of_plane(hdu.header, hdu.shape[0], index),
    )
    fingerprint = digest(raw.name, raw.identity, hdu.number, index)
    kind = PLACED[raw.distance(min(raw.size, hdu.plane_bytes))]
    return kind(in_order, placement, extent, fingerprint=fingerprint, is_current=lambda: raw.is_current, workshop=workshop)


def _plane_of(hdu: Hdu, index: int | None) -> int:
    index, planes = index or 0, hdu.shape[0]
    if index >= planes:
        raise MapUnreadable(f"There is no plane {index}: the image has {planes}, counted from 0.")
    return index


def parts_of(file: File) -> tuple[Hdu, ...]:
    """Return the parts of a FITS file, for listing what it holds. Raises `MapUnreadable`."""
    return tuple(walk(file, LISTING_BYTES))


def images_among(parts: Iterable[Hdu]) -> list[Hdu]:
    """List the images among the parts of a FITS file. Raises `MapUnreadable` when one makes no sense; the list may be empty."""
    try:
        images = [hdu for hdu in parts if hdu.is_image]
        for image in images:
            image.name  # noqa: B018  what is wrong with it is said at once
    except MISREAD as broken:
        raise MapUnreadable("A header of the file is not valid FITS.") from broken
    return images


def _text(header: Cards, key: str) -> str | None:
    return str(header[key]).strip() or None if key in header else None


def digest(*parts: object) -> str:
    """Return a short text, fit for a URL, that is different when any of the parts is."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=9).hexdigest()
