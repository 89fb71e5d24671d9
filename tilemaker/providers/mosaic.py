"""Several images of one file as one map: an exposure of many detectors, or a map that was cut into pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from tilemaker.errors import MapUnreadable, UnitsMismatch, UnsupportedGeometry
from tilemaker.sky.place import place

from .base import MapExtent, Provider
from .far import joint_plane
from .fits import digest, image_at
from .hdus import walk
from .joint import JointPlane, whole_box
from .one_file import FileSpec
from .units import measure_of

if TYPE_CHECKING:
    from .files import File
    from .hdus import Hdu
    from .pixels import Pixels
    from .workshop import Workshop


class MosaicSpec(FileSpec):
    """Several images of a FITS file as one map. Where they overlap, the one that comes first in the list is shown."""

    provider_type: Literal["mosaic"] = "mosaic"
    hdus: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...] | None,
        Field(min_length=1, description="Which HDUs, counted from 0; by default all images that can be placed on the sky."),
    ] = None
    index: Annotated[int | None, Field(ge=0, description="Which plane of three-dimensional images, counted from 0.")] = None

    def _opened(self, workshop: Workshop) -> Provider:
        file = workshop.files.open(self.filename)
        pieces = self._pieces(file, workshop)
        units, factors = _in_one_unit(pieces)

        def join(pixels: Sequence[Pixels | None]) -> Pixels | None:
            return first_present(pixels, factors)

        extents = [piece.extent for piece in pieces]
        finest = min(extents, key=lambda extent: extent.grid.pixel_deg)
        plane = JointPlane(pieces, whole_box([extent.box for extent in extents]), finest.grid, join)
        placement = place(plane.geometry, plane.pixel_deg)
        return joint_plane(pieces)(
            plane,
            placement,
            MapExtent(plane.geometry.box, placement.grid, units, extents[0].polarisation, extents[0].stokes),
            fingerprint=digest("mosaic", *(piece.fingerprint for piece in pieces)),
            is_current=lambda: file.raw.is_current,
            workshop=workshop,
        )

    def _pieces(self, file: File, workshop: Workshop) -> list[Provider]:
        """Open every image, in the order in which they were named."""
        if self.hdus is None:
            return self._all_placed(file, workshop)
        wanted = set(self.hdus)
        found: dict[int, Hdu] = {}
        for hdu in walk(file):
            found |= {hdu.number: hdu} if hdu.number in wanted else {}
            if found.keys() == wanted:
                break
        for number in self.hdus:
            if number not in found or not found[number].is_image:
                problem = "does not hold an image" if number in found else "is not in the file"
                raise MapUnreadable(f"HDU {number} {problem}.")
        return [image_at(file, found[number], self.index, workshop) for number in dict.fromkeys(self.hdus)]

    def _all_placed(self, file: File, workshop: Workshop) -> list[Provider]:
        """Open the images that have a place on the sky. Raises the reason of the first that has none when none has."""
        pieces: list[Provider] = []
        refusal: UnsupportedGeometry | None = None
        for hdu in (hdu for hdu in walk(file) if hdu.is_image):
            try:
                pieces.append(image_at(file, hdu, self.index, workshop))
            except UnsupportedGeometry as refused:
                refusal = refusal or refused
        if not pieces:
            raise refusal or MapUnreadable("The file holds no image.")
        return pieces


def first_present(pixels: Sequence[Pixels | None], factors: Sequence[float]) -> Pixels | None:
    """Return each pixel of the first image that has it, times the image's factor; None where no image reaches."""
    result: Pixels | None = None
    for each, factor in zip(pixels, factors, strict=True):
        if each is None:
            continue
        values = each if factor == 1.0 else np.asarray(each * factor, np.float32)
        if result is None:
            result = values
        else:
            np.copyto(result, values, where=np.isnan(result))
    return result


def _in_one_unit(pieces: Sequence[Provider]) -> tuple[str | None, list[float]]:
    """Return the unit of the first piece that has one, and what brings each piece to it. Raises `UnitsMismatch`."""
    texts = [piece.extent.units for piece in pieces]
    units = next((text for text in texts if text), None)
    common = measure_of(units)
    factors = []
    for measure in map(measure_of, texts):
        if common is None or measure is None:
            factors.append(1.0)
        elif not measure.is_convertible_to(common):
            listed = ", ".join(dict.fromkeys(text or "none" for text in texts))
            raise UnitsMismatch(f"The images of the mosaic are in different units: {listed}.")
        else:
            factors.append(measure.in_terms_of(common))
    return units, factors
