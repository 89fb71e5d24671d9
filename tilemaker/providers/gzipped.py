"""Bytes of a gzip file by position, without unpacking all of it each time or keeping all of it.

While a file is first unpacked, a copy of the unpacker's state is set aside every few megabytes: 40 kB from which unpacking can
go on later. What lies between two such points is unpacked again when it is needed and no longer kept.
"""

from __future__ import annotations

import bisect
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from tilemaker import wanted
from tilemaker.errors import MapUnreadable

from .blobs import Bytes, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .blobs import RawBlob, Reader
    from .kept import Kept

SPACING = 4 << 20
"""Bytes between points, unpacked, as long as there are not so many points that every other is given up."""

POINT_BYTES = 40_000
"""Memory of a point: what zlib looks back upon, 32 kB, and its tables."""

SHARE = 32
"""The points of one file take no more than this part of the budget for what is unpacked."""

PIECE = 1 << 18
"""Packed bytes that are read at once."""

GZIP = 31
"""What zlib calls a gzip header and checksum."""

MAGIC = b"\x1f\x8b"


class State(Protocol):
    """What zlib knows in the middle of a file."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What it was given and has not looked at yet."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What it was given beyond the end of its member."""
        ...

    @property
    def eof(self) -> bool:
        """Whether its member has ended."""
        ...

    def decompress(self, data: bytes, /, max_length: int) -> bytes:
        """Unpack, to no more than so many bytes."""
        ...

    def copy(self) -> State:
        """Return another that goes on from here by itself."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """A place where unpacking can begin."""

    at: int
    """Bytes before it, unpacked."""
    packed_at: int
    """Bytes before it, packed."""
    state: State
    """Never used itself: only copies are."""


class Span(NamedTuple):
    """What lies between two points, or between the last point and the end of the file."""

    start: int
    stop: int
    point: Point


class Index:
    """The points of one file known so far. Grows from the beginning, in one thread at a time."""

    def __init__(self, limit: int, spacing: int) -> None:
        self.growing = threading.Lock()
        self.spacing = spacing
        self._limit = max(limit, 4)
        self._points = [Point(0, 0, zlib.decompressobj(GZIP))]
        self._end: int | None = None

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return len(self._points) * POINT_BYTES

    @property
    def last(self) -> Point:
        """The point to grow from."""
        return self._points[-1]

    def span(self, offset: int) -> Span | None:
        """Return where to find the byte at an offset; None while that is not known. Raises `MapUnreadable` beyond the end."""
        points, end = self._points, self._end
        number = bisect.bisect_right(points, offset, key=lambda point: point.at) - 1
        if number + 1 < len(points):
            return Span(points[number].at, points[number + 1].at, points[number])
        if end is not None and offset >= end:
            raise MapUnreadable("The map's file is shorter than its header says.")
        return None if end is None else Span(points[number].at, end, points[number])

    def grow(self, unpacking: Unpacking) -> None:
        """Take note of what has been unpacked from the last point on."""
        reached = unpacking.point()
        if reached.at < self.last.at + self.spacing:
            self._end = reached.at
            return
        points = [*self._points, reached]
        if len(points) > self._limit:
            points, self.spacing = points[::2], 2 * self.spacing
        self._points = points


class Unpacking:
    """Unpacks from a point on.

    Parameters
    ----------
    point
        Where to begin.
    reader
        Of the packed bytes.
    size
        How many there are.
    """

    def __init__(self, point: Point, reader: Reader, size: int) -> None:
        self._reader, self._size = reader, size
        self._at, self._packed_at = point.at, point.packed_at
        self._state, self._tail = point.state.copy(), b""

    def read(self, count: int) -> Bytes:
        """Return so many bytes; fewer only where the file ends. Raises `MapUnreadable`."""
        parts: list[bytes] = []
        missing = count
        while missing and self._has_more():
            wanted.check()
            part = self._unpacked(missing)
            parts.append(part)
            missing -= len(part)
        self._at += count - missing
        return np.frombuffer(b"".join(parts), np.uint8)

    def point(self) -> Point:
        """Return where the unpacking has arrived."""
        return Point(self._at, self._packed_at - len(self._tail), self._state.copy())

    def _unpacked(self, limit: int) -> bytes:
        packed = self._tail or self._piece()
        try:
            if not packed:
                raise EOFError
            part = self._state.decompress(packed, limit)
        except (zlib.error, EOFError) as broken:
            raise unreadable(broken) from broken
        self._tail = self._state.unconsumed_tail
        return part

    def _has_more(self) -> bool:
        """Whether there is more of this member, or another after it; what follows the last one belongs to nobody."""
        if not self._state.eof:
            return True
        rest = self._state.unused_data
        while not rest.strip(b"\0") and (more := self._piece()):
            rest = more
        rest = rest.lstrip(b"\0")  # some programs fill up the last block of a tape
        if not rest.startswith(MAGIC[: len(rest)]) or not rest:
            return False
        self._state, self._tail = zlib.decompressobj(GZIP), rest
        return True

    def _piece(self) -> bytes:
        piece = bytearray(min(PIECE, self._size - self._packed_at))
        if piece:
            self._reader.read_into(memoryview(piece), self._packed_at)
        self._packed_at += len(piece)
        return bytes(piece)


@dataclass(frozen=True, slots=True)
class GzipBlob:
    """What is in a gzip file; offsets count unpacked bytes."""

    raw: RawBlob
    kept: Kept
    spacing: int = SPACING
    """Bytes between points, unpacked, to begin with."""

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open the packed file, so that nothing is told of it that it no longer holds, and find what is known of it."""
        with self.raw.opened():
            yield GzipReader(self, self._index())

    def span(self, index: Index, offset: int) -> tuple[int, Bytes]:
        """Return bytes about an offset, and where they begin. Raises `MapUnreadable`."""
        while (span := index.span(offset)) is None:
            wanted.check()
            with index.growing:
                if index.span(offset) is None:
                    self._grow(index, offset)
        return span.start, self.kept.get(self._key(span.start, span.stop), lambda: self._unpacked(span))

    def _index(self) -> Index:
        return self.kept.get(self._key("points"), lambda: Index(self.kept.max_bytes // SHARE // POINT_BYTES, self.spacing))

    def _grow(self, index: Index, offset: int) -> None:
        """Unpack what lies between the last point and the next, and keep it where it is what is looked for."""
        point = index.last
        with self.raw.opened() as reader:
            unpacking = Unpacking(point, reader, self.raw.size)
            content = unpacking.read(index.spacing)
        index.grow(unpacking)
        self.kept.put(self._key("points"), index)  # it has grown
        if offset < point.at + content.size:
            self.kept.put(self._key(point.at, point.at + content.size), content)

    def _unpacked(self, span: Span) -> Bytes:
        with self.raw.opened() as reader:
            return Unpacking(span.point, reader, self.raw.size).read(span.stop - span.start)

    def _key(self, *what: object) -> tuple[object, ...]:
        return (self.raw.name, self.raw.identity, *what)


class GzipReader:
    """One opening of a gzip file, in one thread; remembers the span it read last, since the next byte is most often there too."""

    def __init__(self, blob: GzipBlob, index: Index) -> None:
        self._blob, self._index = blob, index
        self._start, self._content = 0, np.empty(0, np.uint8)

    def expect(self, spans: Sequence[tuple[int, int]]) -> None:
        """Do nothing: what is packed is unpacked from the points about it."""

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a buffer with the bytes at an offset."""
        while buffer:
            if not 0 <= offset - self._start < self._content.size:
                self._start, self._content = self._blob.span(self._index, offset)
            first = offset - self._start
            part = self._content[first : first + len(buffer)]
            buffer[: part.size] = part.data
            buffer, offset = buffer[part.size :], offset + part.size

    def read_rows_into(self, rows: Bytes, offset: int, pitch: int) -> None:
        """Fill each row of an array."""
        for row in range(len(rows)):
            self.read_into(rows[row].data, offset + row * pitch)
