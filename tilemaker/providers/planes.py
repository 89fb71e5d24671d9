"""How bytes become rows of pixels: plain images, packed files, and images compressed tile by tile.

A *plane* is one two-dimensional image, read in the order of the file. Reading is by window and by stride, from many threads.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from tilemaker import kernels, wanted
from tilemaker.errors import MapReplaced, MapUnreadable

from .blobs import Blob, FileBlob, Identity, MemoryBlob, Reader, identity_of, is_packed, unpacked_stream
from .hdus import Hdu, quietly
from .pixels import Values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tilemaker.sky.grid import Shape

    from .workshop import Workshop

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

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns, both increasing, within the image. Raises `MapUnreadable`."""
        ...


@dataclass(frozen=True, slots=True)
class Scaling:
    """How stored numbers become values."""

    scale: float = 1.0
    """BSCALE."""
    zero: float = 0.0
    """BZERO."""
    blank: int | None = None
    """BLANK: the integer that stands for no data."""

    @classmethod
    def of(cls, hdu: Hdu) -> Scaling:
        """Read the scaling off a header."""
        header = hdu.header
        blank = header.get("BLANK") if int(header["BITPIX"]) > 0 else None
        return cls(float(header.get("BSCALE", 1.0)), float(header.get("BZERO", 0.0)), None if blank is None else int(blank))

    def values(self, stored: npt.NDArray[np.generic]) -> Values:
        """Return the values of stored numbers, in native byte order; infinities count as no data.

        The array is made of the stored one's memory where that can be.
        """
        is_plain = self.scale == 1.0 and self.zero == 0.0
        loops = kernels.loops()
        if loops is not None and is_plain and stored.dtype == np.dtype(">f4"):
            singles = np.ascontiguousarray(stored)
            loops.to_native(singles.reshape(-1).view(np.uint32))
            return singles.view(np.float32)
        target = np.float32 if stored.dtype.kind == "f" and stored.dtype.itemsize == 4 and is_plain else np.float64
        values: Values = stored.astype(target)  # type: ignore[assignment]  # one of the two, by the line above
        if not is_plain:
            values *= self.scale
            values += self.zero
        if self.blank is not None:
            values[stored == self.blank] = np.nan
        if stored.dtype.kind == "f":
            infinite = np.isinf(values)
            if infinite.any():
                values[infinite] = np.nan
        return values


@dataclass(frozen=True, slots=True)
class PlainPlane:
    """An image stored as it is, in a file or unpacked in memory."""

    blob: Callable[[], Blob]
    """Gives the bytes; called for each read, since unpacked ones may have been dropped meanwhile."""
    offset: int
    """Where the first pixel's bytes are."""
    shape: Shape
    dtype: np.dtype[np.generic]
    """As stored: big-endian."""
    scaling: Scaling

    @property
    def is_quick(self) -> bool:
        """Whether pixels lie somewhere as they are."""
        return True

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns."""
        result: Values | None = None
        with self.blob().opened() as reader:
            for band in self._bands(rows, columns):
                wanted.check()
                values = self.scaling.values(self._stored(reader, rows[band], columns))
                if result is None:
                    if len(values) == len(rows):
                        return values
                    result = np.empty((len(rows), len(columns)), values.dtype)
                result[band] = values
        return np.empty((0, len(columns)), np.float32) if result is None else result

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


class CompressedPlane:
    """An image compressed tile by tile, of which only the tiles under a window are read and unpacked.

    Each read opens the file for itself: an open file that threads share returns wrong tiles, and none is held between reads.
    """

    # astropy's HCOMPRESS decoder keeps state of its own: no two images may be decoded by it at once.
    _hcompress = threading.Lock()
    is_quick = False

    def __init__(self, path: Path, identity: Identity, hdu: Hdu, index: int) -> None:
        self._path, self._identity, self._number = path, identity, hdu.number
        leading = hdu.axes[:1:-1]
        self._plane = tuple(int(each) for each in np.unravel_index(index, leading)) if leading else ()
        self.shape: Shape = hdu.shape[1:]
        is_hcompress = str(hdu.header.get("ZCMPTYPE", "")).startswith("HCOMPRESS")
        self._guard: AbstractContextManager[object] = self._hcompress if is_hcompress else nullcontext()

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns."""
        wanted.check()
        _check_is_still(self._path, self._identity)
        where = (*self._plane, slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        try:
            with fits.open(self._path, memmap=False) as file:
                with quietly():
                    image = file[self._number]
                with self._guard:
                    values = np.asarray(image.section[where])
        except Exception as broken:  # a broken stream raises whatever its decoder happens to trip over
            _check_is_still(self._path, self._identity)
            raise MapUnreadable("The compressed image is broken.") from broken
        _check_is_still(self._path, self._identity)
        return Scaling().values(values[:: rows.step, :: columns.step])


def open_plane(path: Path, hdu: Hdu, index: int, workshop: Workshop) -> Plane:
    """Return one plane of an image. Raises `MapUnreadable` when the file is too short or too large to unpack."""
    identity = identity_of(path)
    packed = is_packed(path)
    if hdu.is_compressed_image:
        if packed:
            raise MapUnreadable("The image is compressed twice, tile by tile and as a file: unpack the file.")
        return CompressedPlane(path, identity, hdu, index)
    dtype = _stored_type(hdu)
    _, rows, columns = hdu.shape
    size = rows * columns * dtype.itemsize
    offset = hdu.data_offset + index * size
    if not packed:
        if offset + size > identity.size:
            raise MapUnreadable("The map's file is shorter than its header says.")
        blob = FileBlob(path, identity)
        return PlainPlane(lambda: blob, offset, (rows, columns), dtype, Scaling.of(hdu))
    if offset + size > workshop.unpack_bytes:
        needed_mb, allowed_mb = (offset + size) / 1e6, workshop.unpack_bytes / 1e6
        raise MapUnreadable(
            f"Unpacking the map takes {needed_mb:.0f} MB and this server allows {allowed_mb:.0f} MB: unpack the file."
        )

    def unpacked() -> Blob:
        return workshop.unpacked((path, identity, offset), lambda: _unpack(path, identity, (offset, size)))

    return PlainPlane(unpacked, offset, (rows, columns), dtype, Scaling.of(hdu))


def _check_is_still(path: Path, identity: Identity) -> None:
    """Before and after reading a file that is opened by name; raises `MapUnreadable` when it is another by now."""
    if identity_of(path) != identity:
        raise MapReplaced("The map's file has just been changed.")


def _stored_type(hdu: Hdu) -> np.dtype[np.generic]:
    kinds = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
    bitpix = int(hdu.header["BITPIX"])
    if bitpix not in kinds:
        raise MapUnreadable(f"BITPIX is {bitpix}, which FITS does not know.")
    return np.dtype(kinds[bitpix])


def _unpack(path: Path, identity: Identity, where: tuple[int, int]) -> MemoryBlob:
    offset, size = where
    _check_is_still(path, identity)
    with unpacked_stream(path) as stream:
        stream.seek(offset)
        content = stream.read(size)
    if len(content) < size:
        raise MapUnreadable("The map's file is shorter than its header says.")
    _check_is_still(path, identity)
    return MemoryBlob(content, offset)
