"""The parts of a FITS file: headers, and where the data of each begins."""

from __future__ import annotations

import io
import math
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING

from tilemaker.errors import MapUnreadable

from .cards import Cards
from .placing import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tilemaker.sky.place import Placement

    from .files import File
    from .lattice import Order

BLOCK = 2880
"""FITS files are made of blocks of this many bytes."""

HEADER_LIMIT = 20_000 * BLOCK
"""A header longer than this (58 MB) is taken for rubbish."""

DATA_LIMIT = 1 << 60
"""More bytes than this are in no file, nor can be asked for."""

MISREAD = (ValueError, TypeError, KeyError, IndexError, OverflowError)
"""What is raised, late, at a card that nobody can make sense of."""


@dataclass(frozen=True)
class Hdu:
    """One header and data unit. What is read off its header is read once."""

    number: int
    header: Cards
    text: bytes
    """The header as it is written, in whole blocks."""
    data_offset: int
    """Where its data begins, bytes from the start of the (unpacked) file."""

    @property
    def name(self) -> str | None:
        """EXTNAME, if there is one."""
        return str(self.header["EXTNAME"]).strip() or None if "EXTNAME" in self.header else None

    @cached_property
    def extension(self) -> str:
        """XTENSION, the kind of extension; empty for the primary one. In a broken header it may be no text at all."""
        return str(self.header.get("XTENSION", "")).strip()

    @cached_property
    def is_compressed_image(self) -> bool:
        """Whether this is an image compressed tile by tile, stored as a table (``fpack``)."""
        return self.extension == "BINTABLE" and bool(self.header.get("ZIMAGE", False))

    @cached_property
    def is_image(self) -> bool:
        """Whether this holds pixels."""
        is_plain = self.number == 0 or self.extension == "IMAGE"
        return (is_plain or self.is_compressed_image) and len(self.axes) >= 2 and min(self.axes) > 0

    @cached_property
    def axes(self) -> tuple[int, ...]:
        """NAXIS1, NAXIS2, … of the image."""
        prefix = "Z" if self.is_compressed_image else ""
        return _axes(self.header, prefix)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(planes, rows, columns): axes beyond the third are counted through as planes."""
        columns, rows, *others = self.axes
        return math.prod(others), rows, columns

    @property
    def data_bytes(self) -> int:
        """Bytes of data, without what fills up the last block. Raises `MapUnreadable`."""
        return _data_bytes(self.header)

    @cached_property
    def end(self) -> int:
        """Where the next part begins, if there is one. Raises `MapUnreadable`."""
        return self.data_offset + _padded(self.data_bytes)

    @cached_property
    def placed(self) -> tuple[Placement, Order]:
        """Where the image is on the sky, and in what order. Raises as `placing.placed`."""
        return placed(self.text, self.shape[1:])

    @property
    def plane_bytes(self) -> int:
        """Bytes of one plane of an image, unpacked."""
        _, rows, columns = self.shape
        return rows * columns * abs(int(self.header["ZBITPIX" if self.is_compressed_image else "BITPIX"])) // 8

    @property
    def table_bytes(self) -> int:
        """Bytes of the rows of a table, without what they point to."""
        return int(self.header["NAXIS1"]) * int(self.header["NAXIS2"])


def walk(file: File, unpack_bytes: float = math.inf) -> Iterator[Hdu]:
    """Yield the parts of a FITS file, reading headers only, and each of them once.

    Parameters
    ----------
    file
        The file, plain or packed as a whole.
    unpack_bytes
        Bytes of data that may be unpacked on the way to a header further back in a packed file.

    Raises
    ------
    MapUnreadable
        The file is missing, is not FITS, or its headers make no sense.
    """
    for hdu in _parts(file):
        yield hdu
        if file.is_packed and hdu.end > unpack_bytes:
            return


def _parts(file: File) -> Iterator[Hdu]:
    number, offset = 0, 0
    while number in file.parts:
        hdu = file.parts[number]
        yield hdu
        number, offset = number + 1, hdu.end
    with file.stream() as stream:
        yield from _parts_from(stream, file.parts, number, offset)


def _parts_from(stream: IO[bytes], known: dict[int, Hdu], number: int, offset: int) -> Iterator[Hdu]:
    """Read the parts from a number on, the first of which is at an offset, and remember them."""
    stream.seek(offset)
    while (text := _header_text(stream, number)) is not None:
        hdu = Hdu(number, _parsed(text), text, offset + len(text))
        number, offset = number + 1, hdu.end
        yield known.setdefault(hdu.number, hdu)
        stream.seek(offset)


def parts_within(start: bytearray) -> dict[int, Hdu]:
    """Return the first parts of a FITS file, by their numbers, as far as their headers lie within its first bytes."""
    known: dict[int, Hdu] = {}
    with suppress(MapUnreadable):  # whoever walks through the file is told
        deque(_parts_from(io.BytesIO(start), known, 0, 0), maxlen=0)
    return known


_END = re.compile(rb"(?:.{80})*?END     ", re.DOTALL)


def _header_text(stream: IO[bytes], number: int) -> bytes | None:
    """Return the blocks of the next header, or None at the end of the file."""
    text = bytearray()
    while True:
        block = stream.read(BLOCK)
        if not text and (number == 0 and not block.startswith(b"SIMPLE  =")):
            raise MapUnreadable("The file is not a FITS file.")
        if not text and not block.startswith((b"SIMPLE", b"XTENSION")):
            return None  # what follows the last part, if anything does, belongs to nobody
        text += block
        if len(block) < BLOCK or len(text) > HEADER_LIMIT:
            raise MapUnreadable("The file ends within a header.")
        if _END.match(block):
            return bytes(text)


def _parsed(text: bytes) -> Cards:
    try:
        header = Cards(text)
        int(header.get("NAXIS", 0))
    except MISREAD as broken:
        raise MapUnreadable("A header of the file is not valid FITS.") from broken
    return header


def _data_bytes(header: Cards) -> int:
    try:
        axes = _axes(header, "")
        groups, extra = int(header.get("GCOUNT", 1)), int(header.get("PCOUNT", 0))
        size = abs(int(header["BITPIX"])) // 8 * groups * (extra + (math.prod(axes) if axes else 0))
        if min((size, *axes)) < 0 or size > DATA_LIMIT:  # fewer than none would lead back to where it was found
            raise ValueError(size)
    except MISREAD as broken:
        raise MapUnreadable("A header of the file does not say how long its data is.") from broken
    return size


def _axes(header: Cards, prefix: str) -> tuple[int, ...]:
    return tuple(int(header[f"{prefix}NAXIS{axis}"]) for axis in range(1, int(header.get(f"{prefix}NAXIS", 0)) + 1))


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
