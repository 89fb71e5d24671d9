"""What providers of a single FITS file have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field

from tilemaker.errors import MapUnreadable

from .base import Provider, ProviderSpec
from .hdus import MISREAD
from .location import Location, Url, taken_from

if TYPE_CHECKING:
    from .workshop import Workshop


class FileSpec(ProviderSpec):
    """A provider of pixels in one FITS file. Subclasses say how it is opened."""

    filename: Annotated[
        Location,
        Field(
            description="The FITS file, or its address: https://, http://, s3:// or file://. "
            "A relative name is taken from the configuration file's folder."
        ),
    ]

    def relative_to(self, folder: Path) -> Self:
        """Return the same provider with its file name taken from a folder."""
        return self.model_copy(update={"filename": taken_from(folder, self.filename)})

    @property
    def is_prepared_late(self) -> bool:
        """Whether nothing is prepared before somebody looks: what is elsewhere has to be fetched."""
        return isinstance(self.filename, Url)

    def open(self, workshop: Workshop) -> Provider:
        """Read headers and place the map. Raises `MapUnreadable`, `UnsupportedGeometry`, `UnitsMismatch`."""
        try:
            return self._opened(workshop)
        except MISREAD as broken:
            raise MapUnreadable("A header of the file is not valid FITS.") from broken

    def _opened(self, workshop: Workshop) -> Provider:
        raise NotImplementedError
