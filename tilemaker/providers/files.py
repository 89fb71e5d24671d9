"""Files as they are found: plain, or packed as a whole. What is in them is read as if they were not packed."""

from __future__ import annotations

import bz2
import io
import lzma
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Protocol, cast

from isal import igzip

from tilemaker.errors import MapUnreadable

from .blobs import BROKEN, Blob, FileBlob, MemoryBlob, RawBlob, Reader, settled_identity_of, unreadable
from .gzipped import MAGIC, GzipBlob
from .hdus import parts_within
from .kept import Kept
from .location import Url
from .remote import Remote
from .streams import BlobStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .hdus import Hdu

Unpack = Callable[[IO[bytes], str], IO[bytes]]

READ_AHEAD = 16 * 2880
"""Bytes read at once when headers are read: most are shorter."""

HEADER_BYTES = 32 << 20
"""Budget for headers that were read and are kept, in case the same files are asked for again: those of some 3,000 maps."""

REFUSED = {b"\x1f\x9d": "Unix compress (.Z)", b"PK": "ZIP"}
"""Packings that are recognised so that they can be named."""


class File(Protocol):
    """A file that has been found. Whatever is asked of it raises `MapUnreadable` once it is another."""

    @property
    def raw(self) -> RawBlob:
        """The bytes as they lie there."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether what is in it lies there as it is."""
        ...

    @property
    def is_packed(self) -> bool:
        """Whether it takes longer to get to what is further back in it."""
        ...

    @property
    def parts(self) -> dict[int, Hdu]:
        """The parts of it whose headers were read before, by their numbers."""
        ...

    def stream(self) -> AbstractContextManager[IO[bytes]]:
        """Open it for reading from its beginning, unpacking on the way."""
        ...

    def part(self, offset: int, size: int) -> Blob:
        """Return a blob with these bytes of what is in it, at the same offset.

        Raises `MapUnreadable` at once when the file is too short, or too large to unpack, as far as that can be known.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file that is not packed."""

    raw: RawBlob
    parts: dict[int, Hdu] = field(default_factory=dict, compare=False)
    is_packed = False

    @property
    def is_quick(self) -> bool:
        """Whether what is in it lies there as it is."""
        return self.raw.is_quick

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Open it for reading from its beginning."""
        yield io.BufferedReader(BlobStream(self.raw, self.raw.size), READ_AHEAD)

    def part(self, offset: int, size: int) -> Blob:
        """Return a blob with these bytes."""
        if offset + size > self.raw.size:
            raise MapUnreadable("The map's file is shorter than its header says.")
        return self.raw


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file that is packed so that it can only be unpacked from its beginning: what was unpacked of it is kept for a while."""

    raw: RawBlob
    kept: Kept
    unpack: Unpack
    parts: dict[int, Hdu] = field(default_factory=dict, compare=False)
    is_quick = False
    is_packed = True

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Open it for reading from its beginning, unpacking on the way."""
        with unpacking(self.raw, self.unpack) as stream:
            yield stream

    def part(self, offset: int, size: int) -> Blob:
        """Return a blob with these bytes."""
        needed_mb, allowed_mb = (offset + size) / 1e6, self.kept.max_bytes / 1e6
        if offset + size > self.kept.max_bytes:
            sentence = f"Unpacking the map takes {needed_mb:.0f} MB and this server allows {allowed_mb:.0f} MB"
            raise MapUnreadable(f"{sentence}: unpack the file, or use gzip.")
        return UnpackedBlob(self, offset, size)


@dataclass(frozen=True, slots=True)
class UnpackedBlob:
    """Some bytes of what is in a packed file, all of which are unpacked when the first is needed and no longer kept."""

    file: PackedFile
    offset: int
    size: int

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open the packed file, so that nothing is told of it that it no longer holds, and find what was unpacked of it."""
        file, key = self.file, (self.file.raw.name, self.file.raw.identity, self.offset, self.size)
        with file.raw.opened():
            yield file.kept.get(key, self._unpacked)

    def _unpacked(self) -> MemoryBlob:
        with self.file.raw.opened(), self.file.stream() as stream:
            stream.seek(self.offset)
            content = stream.read(self.size)
        if len(content) < self.size:
            raise MapUnreadable("The map's file is shorter than its header says.")
        return MemoryBlob(content, self.offset)


@dataclass(frozen=True, slots=True)
class GzippedFile:
    """A file packed with gzip, in which unpacking can begin at many places."""

    raw: RawBlob
    kept: Kept
    parts: dict[int, Hdu] = field(default_factory=dict, compare=False)
    is_quick = False
    is_packed = True

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Open it for reading from its beginning, unpacking on the way."""
        with unpacking(self.raw, cast("Unpack", igzip.open)) as stream:
            yield stream

    def part(self, offset: int, size: int) -> Blob:
        """Return a blob with these bytes. That the file is too short is found out when they are read."""
        return GzipBlob(self.raw, self.kept)


PACKED: dict[bytes, Callable[[RawBlob, Kept], File]] = {
    MAGIC: GzippedFile,
    b"BZ": lambda raw, kept: PackedFile(raw, kept, cast("Unpack", bz2.open)),
    b"\xfd7": lambda raw, kept: PackedFile(raw, kept, cast("Unpack", lzma.open)),
}
"""What reads a packed file, by its first two bytes."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that was asked for before."""

    file: File

    @property
    def nbytes(self) -> int:
        """Memory taken, about: what is read off a header takes twice as much as its text."""
        return 1024 + 3 * sum(len(part.text) for part in self.file.parts.copy().values())


class Files:
    """Finds files, and keeps what was unpacked of them within a budget of bytes, and their headers within another.

    Parameters
    ----------
    unpack_bytes
        The budget.
    remote
        Finds those that are elsewhere; without it, there are none.
    """

    def __init__(self, unpack_bytes: int = 256 << 20, remote: Remote | None = None) -> None:
        self.kept = Kept(unpack_bytes)
        self._found = Kept(HEADER_BYTES)
        self._remote = remote or Remote()

    def open(self, location: Path | Url) -> File:
        """Find a file. Raises `MapUnreadable` when it is not there, is being written, or is packed in a way that is not read."""
        raw = self._raw(location)
        found = self._found.find(location)
        if not isinstance(found, _Found) or found.file.raw != raw:
            found = _Found(self._looked_into(raw))
        self._found.put(location, found)  # each time anew: more of its headers may have been read
        return found.file

    def _looked_into(self, raw: RawBlob) -> File:
        start = bytearray(min(READ_AHEAD, raw.size))
        with raw.opened() as reader:
            reader.read_into(memoryview(start), 0)
        magic = bytes(start[:2])
        if magic in REFUSED:
            raise MapUnreadable(f"The file is packed with {REFUSED[magic]}, which is not read here: unpack it, or use gzip.")
        packed = PACKED.get(magic)
        return PlainFile(raw, parts_within(start)) if packed is None else packed(raw, self.kept)

    def _raw(self, location: Path | Url) -> RawBlob:
        if isinstance(location, Url):
            return self._remote.find(location)
        return FileBlob(location, settled_identity_of(location))


@contextmanager
def unpacking(raw: RawBlob, unpack: Unpack) -> Iterator[IO[bytes]]:
    """Open a packed file for reading from its beginning. Raises `MapUnreadable` whatever goes wrong on the way."""
    packed = io.BufferedReader(BlobStream(raw, raw.size), READ_AHEAD)
    try:
        with unpack(packed, "rb") as stream:
            yield stream
    except OSError as broken:
        raise unreadable(broken) from broken
    except BROKEN as broken:
        raise unreadable(broken) from broken
