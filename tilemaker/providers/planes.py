"""How bytes become rows of pixels: plain images, packed files, and images compressed tile by tile.

A *plane* is one two-dimensional image, read in the order of the file. Reading is by window and by stride, from many threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from tilemaker import wanted
from tilemaker.errors import MapUnreadable

from .pixels import Values, Words
from .scaling import Scaling

if TYPE_CHECKING:
    from tilemaker.sky.grid import Shape

    from .blobs import Blob, Reader
    from .files import File
    from .hdus import Hdu
    from .kept import Kept

GAP_BYTES = 16_384
"""Rows of a window are read in one go, with what lies between them, when no more than this lies between."""

BAND_BYTES = 4 << 20
"""Most bytes that are read in one go."""


class Plane(Protocol):
    """One image."""

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether pixels lie somewhere as they are, and are not worked out each time."""
        ...

    def read(self, rows: range, columns: range, *, is_mirrored: bool = False) -> Values:
        """Return the pixels at these rows and columns, both increasing, within the image. Raises `MapUnreadable`.

        The array is the caller's own. It has each row turned round where it is asked to be mirrored.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlainPlane:
    """An image stored as it is, in a file or unpacked in memory."""

    blob: Blob
    offset: int
    """Where the first pixel's bytes are."""
    shape: Shape
    dtype: np.dtype[np.generic]
    """As stored: big-endian."""
    scaling: Scaling
    is_quick: bool
    """Whether the bytes lie somewhere as they are."""

    def read(self, rows: range, columns: range, *, is_mirrored: bool = False) -> Values:
        """Return the pixels at these rows and columns."""
        result: Values | None = None
        with self.blob.opened() as reader:
            for band in self._bands(rows, columns):
                wanted.check()
                values = self.scaling.values(self._stored(reader, rows[band], columns), is_mirrored=is_mirrored)
                if result is None:
                    if len(values) == len(rows):
                        return values
                    result = np.empty((len(rows), len(columns)), values.dtype)
                result[band] = values
        return np.empty((0, len(columns)), np.float32) if result is None else result

    def words(self, rows: range, room: Words) -> Words | None:
        """Return whole rows as they are stored, in ``room`` if they fit; None unless that is big-endian float32, not scaled."""
        if self.dtype != np.dtype(">f4") or not self.scaling.is_none:
            return None
        wanted.check()
        size = len(rows) * self.shape[1]
        words = room[:size] if room.size >= size else np.empty(size, np.uint32)
        with self.blob.opened() as reader:
            reader.read_into(words.view(np.uint8).data, self.offset + rows[0] * self.shape[1] * self.dtype.itemsize)
        return words.reshape(len(rows), self.shape[1])

    def _bands(self, rows: range, columns: range) -> list[slice]:
        """Cut rows into runs that are read at once."""
        is_whole = self._is_worth_reading_whole(rows, columns)
        pixels_a_row = self.shape[1] * rows.step if is_whole else len(columns) * columns.step
        count = max(1, BAND_BYTES // (pixels_a_row * self.dtype.itemsize))
        return [slice(first, min(first + count, len(rows))) for first in range(0, len(rows), count)]

    def _is_worth_reading_whole(self, rows: range, columns: range) -> bool:
        between = self.shape[1] * rows.step - (columns[-1] - columns[0] + 1)
        return between * self.dtype.itemsize <= GAP_BYTES

    def _stored(self, reader: Reader, rows: range, columns: range) -> npt.NDArray[np.generic]:
        if self._is_worth_reading_whole(rows, columns):
            return self._in_one_go(reader, rows, columns)
        return self._row_by_row(reader, rows, columns)

    def _in_one_go(self, reader: Reader, rows: range, columns: range) -> npt.NDArray[np.generic]:
        width = self.shape[1]
        first, last = rows[0] * width + columns[0], rows[-1] * width + columns[-1]
        # Whole rows, so that they can be cut out of one array; what lies before the first pixel and after the last is not read.
        block = np.empty((rows[-1] - rows[0] + 1) * width, self.dtype)
        wanted = block[columns[0] : columns[0] + last - first + 1]
        reader.read_into(wanted.view(np.uint8).data, self.offset + first * self.dtype.itemsize)
        return block.reshape(-1, width)[:: rows.step, columns[0] : columns[-1] + 1 : columns.step]

    def _row_by_row(self, reader: Reader, rows: range, columns: range) -> npt.NDArray[np.generic]:
        block = np.empty((len(rows), columns[-1] - columns[0] + 1), self.dtype)
        size, pitch = self.dtype.itemsize, self.shape[1] * self.dtype.itemsize
        reader.read_rows_into(block.view(np.uint8), self.offset + rows[0] * pitch + columns[0] * size, rows.step * pitch)
        return block[:, :: columns.step]


def open_plane(file: File, hdu: Hdu, index: int, kept: Kept) -> Plane:
    """Return one plane of an image. Raises `MapUnreadable` when the file is too short or too large to unpack."""
    if hdu.is_compressed_image:
        from .tiled import TiledPlane  # and with it astropy, which few maps need

        return TiledPlane(file, hdu, index, kept)
    dtype = _stored_type(hdu)
    _, rows, columns = hdu.shape
    size = rows * columns * dtype.itemsize
    offset = hdu.data_offset + index * size
    return PlainPlane(file.part(offset, size), offset, (rows, columns), dtype, Scaling.of(hdu), file.is_quick)


def _stored_type(hdu: Hdu) -> np.dtype[np.generic]:
    kinds = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
    bitpix = int(hdu.header["BITPIX"])
    if bitpix not in kinds:
        raise MapUnreadable(f"BITPIX is {bitpix}, which FITS does not know.")
    return np.dtype(kinds[bitpix])
