"""Images compressed tile by tile (``fpack``): only the compressed tiles under a window are read and unpacked."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits

from tilemaker import wanted
from tilemaker.errors import MapError, MapUnreadable

from .quiet import quietly
from .scaling import Scaling
from .streams import BlobStream

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tilemaker.sky.grid import Shape

    from .files import File
    from .hdus import Hdu
    from .kept import Kept
    from .pixels import Values

BLOCK_PIXELS = 1 << 18
"""About so many pixels are unpacked and kept together: compressed tiles may be single rows."""

HCOMPRESS = threading.Lock()
"""astropy's HCOMPRESS decoder keeps state of its own: no two images may be decoded by it at once."""


@dataclass(frozen=True, slots=True)
class OpenImage:
    """A file that astropy has opened, for one thread at a time: an open file that threads share gives wrong tiles."""

    stream: BlobStream
    image: fits.CompImageHDU
    nbytes: int
    """Memory taken by headers and by the table of where each tile is, about."""


class TiledPlane:
    """One plane of an image compressed tile by tile.

    Whole tiles are unpacked, in blocks that are kept while there is room for them: neighbouring windows share most of theirs.

    Parameters
    ----------
    file
        Where it is.
    hdu
        Which part of it.
    index
        Which plane.
    kept
        Keeps blocks, and files that astropy has opened.

    Raises
    ------
    MapUnreadable
        The file is too short, or a single tile of it too large to unpack.
    """

    is_quick = False

    def __init__(self, file: File, hdu: Hdu, index: int, kept: Kept) -> None:
        leading = hdu.axes[:1:-1]
        self.shape: Shape = hdu.shape[1:]
        self._plane = tuple(int(each) for each in np.unravel_index(index, leading)) if leading else ()
        self._hdu, self._kept = hdu, kept
        self._size = hdu.data_offset + hdu.data_bytes
        self._blob = file.part(0, self._size)  # astropy reads the headers too
        self._key = (file.raw.name, file.raw.identity, hdu.number)
        self._tile = _tile_of(hdu, kept.max_bytes)
        self._block = _block_of(self._tile, self.shape)
        is_hcompress = str(hdu.header.get("ZCMPTYPE", "")).startswith("HCOMPRESS")
        self._guard: AbstractContextManager[object] = HCOMPRESS if is_hcompress else nullcontext()

    def read(self, rows: range, columns: range, *, is_mirrored: bool = False) -> Values:
        """Return the pixels at these rows and columns."""
        result: Values | None = None
        with self._blob.opened():
            for block_rows, block_columns in self._blocks(rows, columns):
                wanted.check()
                (row_places, row_picks), (column_places, column_picks) = _picks(rows, block_rows), _picks(columns, block_columns)
                values = self._values(block_rows, block_columns)
                if result is None:
                    result = np.empty((len(rows), len(columns)), values.dtype)
                result[row_places, column_places] = values[row_picks, column_picks]
        if result is None:
            return np.empty((len(rows), len(columns)), np.float32)
        return result[:, ::-1] if is_mirrored else result

    def _blocks(self, rows: range, columns: range) -> Iterator[tuple[range, range]]:
        """Yield the blocks that hold the pixels. Where rows are far apart, blocks are no higher than compressed tiles."""
        height = self._tile[0] if rows.step >= self._block[0] else self._block[0]
        for block_rows in _cut(rows, height, self.shape[0]):
            for block_columns in _cut(columns, self._block[1], self.shape[1]):
                yield block_rows, block_columns

    def _values(self, rows: range, columns: range) -> Values:
        key = (*self._key, self._plane, rows, columns)
        return self._kept.get(key, lambda: self._unpacked(rows, columns))

    def _unpacked(self, rows: range, columns: range) -> Values:
        where = (*self._plane, slice(rows.start, rows.stop), slice(columns.start, columns.stop))
        with self._open_image() as opened, opened.stream.held():
            try:
                with self._guard:
                    values = np.asarray(opened.image.section[where])
            except MapError:
                raise
            except Exception as broken:  # a broken stream raises whatever its decoder happens to trip over
                raise MapUnreadable("The compressed image is broken.") from broken
        return Scaling().values(values)

    @contextmanager
    def _open_image(self) -> Iterator[OpenImage]:
        """Lend a file that is open already, or open one. It is given back unless something went wrong."""
        key = (*self._key, "open", threading.get_ident())
        opened = self._kept.take(key)
        if not isinstance(opened, OpenImage):
            opened = self._opened()
        yield opened
        self._kept.put(key, opened)

    def _opened(self) -> OpenImage:
        stream = BlobStream(self._blob, self._size)
        try:
            with quietly(), stream.held():
                image = fits.open(stream, memmap=False)[self._hdu.number]
                if not isinstance(image, fits.CompImageHDU):
                    raise TypeError(type(image).__name__)  # astropy found something else in it than we did
        except MapError:
            raise
        except Exception as broken:
            raise MapUnreadable("The compressed image is broken.") from broken
        return OpenImage(stream, image, len(self._hdu.text) + self._hdu.table_bytes)


def _tile_of(hdu: Hdu, budget: int) -> Shape:
    """Return (rows, columns) of a compressed tile. Raises `MapUnreadable`."""
    axes = hdu.axes
    sides = [int(hdu.header.get(f"ZTILE{axis}", axes[0] if axis == 1 else 1)) for axis in range(1, len(axes) + 1)]
    if min(sides) < 1:
        raise MapUnreadable("The header does not say how large the compressed tiles are.")
    sides = [min(side, length) for side, length in zip(sides, axes, strict=True)]
    size = math.prod(sides) * abs(int(hdu.header["ZBITPIX"])) // 8
    if size > budget:
        raise MapUnreadable(
            f"Each compressed tile of the image takes {size / 1e6:.0f} MB unpacked and this server allows {budget / 1e6:.0f} MB."
        )
    return sides[1], sides[0]


def _block_of(tile: Shape, shape: Shape) -> Shape:
    """Return whole tiles that have together about `BLOCK_PIXELS`, as near to a square as they can be."""
    rows, columns = tile
    while 2 * rows * columns <= BLOCK_PIXELS:
        if rows < shape[0] and (rows <= columns or columns >= shape[1]):
            rows *= 2
        elif columns < shape[1]:
            columns *= 2
        else:
            break
    return rows, columns


def _cut(places: range, size: int, end: int) -> Iterator[range]:
    """Yield the runs of ``size``, the last one shorter, that hold any of the places."""
    numbers = sorted({place // size for place in places}) if places.step > 1 else range(places[0] // size, places[-1] // size + 1)
    for number in numbers:
        yield range(number * size, min((number + 1) * size, end))


def _picks(places: range, run: range) -> tuple[slice, slice]:
    """Return which of the places lie in a run, and where in the run they are."""
    first = max(0, -(-(run.start - places.start) // places.step))
    last = min(len(places), -(-(run.stop - places.start) // places.step))
    inside = places[first:last]
    return slice(first, last), slice(inside.start - run.start, inside[-1] - run.start + 1, inside.step)
