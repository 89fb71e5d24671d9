"""Columns of FITS binary tables, read by position."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import wanted
from tilemaker.errors import MapUnreadable

from .planes import GAP_BYTES
from .scaling import Scaling

if TYPE_CHECKING:
    from .blobs import Blob, Reader
    from .hdus import Hdu
    from .pixels import Values

Places = npt.NDArray[np.int64]

STORED = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8", "L": "u1"}
"""Types of numbers, by their letter in TFORM; logical values are letters themselves."""

SIZES = {"A": 1, "C": 8, "M": 16, "P": 8, "Q": 16} | {letter: np.dtype(kind).itemsize for letter, kind in STORED.items()}

CHUNK = 1024
"""Values that are read together when one of them is wanted: a row of the tables that most maps are written in."""

CHUNKS_AT_ONCE = 4096

TRUE = ord("T")


@dataclass(frozen=True, slots=True)
class Field:
    """What a table's header says of a column."""

    name: str
    """TTYPE, or its number where there is none."""
    units: str | None
    """TUNIT."""
    letter: str
    """The type, as in TFORM."""
    repeat: int
    """Values in a row."""
    offset: int
    """Bytes of a row before it."""
    scaling: Scaling

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers (or logical values, which are 0 and 1)."""
        return self.letter in STORED and self.repeat > 0

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """As stored."""
        return np.dtype(STORED[self.letter])


def fields_of(hdu: Hdu) -> list[Field]:
    """Return the columns of a table. Raises `MapUnreadable` when its header does not say what they are."""
    fields: list[Field] = []
    offset = 0
    for number in range(1, int(hdu.header.get("TFIELDS", 0)) + 1):
        form = str(hdu.header.get(f"TFORM{number}", "")).strip()
        match = re.match(r"(\d*)([A-Z])", form)
        if match is None or match[2] not in SIZES.keys() | {"X"}:
            raise MapUnreadable(f"The table's column {number} is of a type that FITS does not know.")
        repeat = int(match[1] or 1)
        fields.append(_field(hdu, number, (match[2], repeat, offset)))
        offset += -(-repeat // 8) if match[2] == "X" else repeat * SIZES[match[2]]
    if offset > int(hdu.header["NAXIS1"]):
        raise MapUnreadable("The table's rows are shorter than its columns together.")
    return fields


def _field(hdu: Hdu, number: int, where: tuple[str, int, int]) -> Field:
    header = hdu.header
    letter, repeat, offset = where
    null = header.get(f"TNULL{number}") if letter in "BIJK" else None
    scaling = Scaling(
        float(header.get(f"TSCAL{number}", 1.0)), float(header.get(f"TZERO{number}", 0.0)), None if null is None else int(null)
    )
    name = str(header.get(f"TTYPE{number}", "")).strip() or f"column {number}"
    units = str(header.get(f"TUNIT{number}", "")).strip() or None
    return Field(name, units, letter, repeat, offset, scaling)


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one column, row after row."""

    blob: Blob
    field: Field
    first_row: int
    """Where the table's first row begins, bytes."""
    pitch: int
    """Bytes of a row of the table."""
    rows: int

    @property
    def count(self) -> int:
        """Number of values."""
        return self.rows * self.field.repeat

    def stored(self, start: int, stop: int) -> npt.NDArray[np.generic]:
        """Return some values in a row as they are stored."""
        with self.blob.opened() as reader:
            return self._stored(reader, start, stop)

    def integers(self, start: int, stop: int) -> Places:
        """Return some values in a row that are whole numbers, with all of their digits."""
        return self.stored(start, stop).astype(np.int64) * int(self.field.scaling.scale) + int(self.field.scaling.zero)

    def values(self, start: int, stop: int) -> Values:
        """Return some values in a row."""
        return self._meant(self.stored(start, stop))

    def at(self, places: Places) -> Values:
        """Return the values at places in any order, NaN where one is negative. Only what lies about them is read."""
        result: Values = np.full(places.shape, np.nan, np.float32 if self._is_single else np.float64)
        with self.blob.opened() as reader:
            for chunks, within in _grouped(places):
                wanted.check()
                lowest = chunks[0]
                slots = np.zeros(chunks[-1] - lowest + 1, np.int64)
                slots[chunks - lowest] = np.arange(chunks.size)
                values = self._meant(self._chunks(reader, chunks))
                there = places[within]
                result[within] = values[slots[(there // CHUNK) - lowest] * CHUNK + there % CHUNK]
        return result

    @property
    def _is_single(self) -> bool:
        return self.field.letter in "EL" and self.field.scaling == Scaling()

    def _meant(self, stored: npt.NDArray[np.generic]) -> Values:
        if self.field.letter == "L":
            return np.asarray(stored == TRUE, np.float32)
        return self.field.scaling.values(stored)

    def _chunks(self, reader: Reader, chunks: Places) -> npt.NDArray[np.generic]:
        """Return chunks one after another; those that are neighbours are read in one go."""
        result = np.empty(chunks.size * CHUNK, self.field.dtype)
        cuts = np.flatnonzero(np.diff(chunks) != 1) + 1
        runs = list(zip([0, *cuts.tolist()], [*cuts.tolist(), chunks.size], strict=True))
        starts = [int(chunks[first]) * CHUNK for first, _ in runs]
        stops = [min(start + (last - first) * CHUNK, self.count) for start, (first, last) in zip(starts, runs, strict=True)]
        reader.expect([self._span(start, stop) for start, stop in zip(starts, stops, strict=True)])
        for (first, _), start, stop in zip(runs, starts, stops, strict=True):
            result[first * CHUNK : first * CHUNK + stop - start] = self._stored(reader, start, stop)
        return result

    def _span(self, start: int, stop: int) -> tuple[int, int]:
        """Return from which byte of the file to which some values in a row lie."""
        (first, skipped), (last, read) = divmod(start, self.field.repeat), divmod(stop - 1, self.field.repeat)
        begin, size = self.first_row + self.field.offset, self.field.dtype.itemsize
        return begin + first * self.pitch + skipped * size, begin + last * self.pitch + (read + 1) * size

    def _stored(self, reader: Reader, start: int, stop: int) -> npt.NDArray[np.generic]:
        repeat, size = self.field.repeat, self.field.dtype.itemsize
        first, last = start // repeat, (stop - 1) // repeat
        offset = self.first_row + first * self.pitch + self.field.offset
        if first == last or self.pitch == repeat * size:
            values = np.empty(stop - start, self.field.dtype)
            reader.read_into(values.view(np.uint8).data, offset + (start - first * repeat) * size)
            return values
        cells = self._cells(reader, offset, last - first + 1)
        return cells.reshape(-1).view(self.field.dtype)[start - first * repeat : stop - first * repeat]

    def _cells(self, reader: Reader, offset: int, rows: int) -> npt.NDArray[np.uint8]:
        """Return what some rows hold of this column: cut out of the whole rows, or row by row where much lies between."""
        width = self.field.repeat * self.field.dtype.itemsize
        if self.pitch - width > GAP_BYTES:
            cells = np.empty((rows, width), np.uint8)
            reader.read_rows_into(cells, offset, self.pitch)
            return cells
        block = np.empty(rows * self.pitch, np.uint8)
        reader.read_into(block.data[: (rows - 1) * self.pitch + width], offset)
        return np.ascontiguousarray(block.reshape(rows, self.pitch)[:, :width])


def _grouped(places: Places) -> Iterator[tuple[Places, npt.NDArray[np.bool_]]]:
    """Yield the chunks that hold some places, a bounded number at a time, and which places these are (of the flat array)."""
    wanted_chunks = np.where(places >= 0, places // CHUNK, -1)
    present = wanted_chunks[wanted_chunks >= 0]
    if not present.size:
        return
    lowest = int(present.min())
    is_wanted = np.zeros(int(present.max()) - lowest + 1, np.bool_)
    is_wanted[present - lowest] = True
    chunks = np.flatnonzero(is_wanted) + lowest
    for first in range(0, chunks.size, CHUNKS_AT_ONCE):
        some = chunks[first : first + CHUNKS_AT_ONCE]
        yield some, (wanted_chunks >= some[0]) & (wanted_chunks <= some[-1])
