"""Bytes of a file by position: straight from the disk, or in memory.

Files are never mapped into memory: a map that is truncated or replaced while it is served must be an error for that layer, and with
a memory map it would be a bus error that kills the process. Each read opens the file anew and checks that it is still the one
that was opened first, which costs a few microseconds and holds no file descriptors however many maps are shown.
"""

from __future__ import annotations

import lzma
import os
import stat
import time
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt
from isal import igzip, igzip_lib
from numpy.lib.stride_tricks import as_strided

from tilemaker import kernels
from tilemaker.errors import MapReplaced, MapUnreadable

from .location import real_name

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence
    from pathlib import Path

Bytes = npt.NDArray[np.uint8]

BROKEN: tuple[type[Exception], ...] = (
    EOFError,
    lzma.LZMAError,
    zlib.error,
    igzip.BadGzipFile,
    cast("type[Exception]", igzip_lib.IsalError),
)
"""What unpacking raises when the packed bytes make no sense."""

CHANGED = "The map's file has just been changed."

SETTLING_NS = 20_000_000
"""How long ago the last change of a file must be: longer than a tick of any system's clock."""
SETTLING_ATTEMPTS = 5


class Identity(NamedTuple):
    """What tells one file from another that takes its place."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    """When the system last noted a change of the file: unlike the time of modification, nobody can set it back."""

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Return the identity that a file's status gives."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Distance(Enum):
    """How much it costs to read all of a plane: what is elsewhere is fetched when somebody looks at it, as far as needed."""

    HERE = auto()
    AFAR = auto()
    """An overview is built once the map is looked at; there are previews before."""
    TOO_FAR = auto()
    """No overview is built: coarse pixels are samples of the map."""


class Blob(Protocol):
    """Bytes that can be read by position, from many threads."""

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open for a few reads in a row."""
        ...


class Reader(Protocol):
    """One opening of a blob."""

    def expect(self, spans: Sequence[tuple[int, int]]) -> None:
        """Be told of stretches, from a byte to another, that will be read next: what is elsewhere is fetched together."""
        ...

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a buffer with the bytes at an offset. Raises `MapUnreadable` when there are fewer."""
        ...

    def read_rows_into(self, rows: Bytes, offset: int, pitch: int) -> None:
        """Fill each row of an array with the bytes at an offset, which is ``pitch`` bytes more for the next. Raises the same."""
        ...


class RawBlob(Blob, Protocol):
    """The bytes of a file as they lie where it is."""

    @property
    def name(self) -> str:
        """What tells the place of the file from others, without anything secret. For programs: it is in no message."""
        ...

    @property
    def identity(self) -> Hashable:
        """What tells the file from another that takes its place."""
        ...

    @property
    def size(self) -> int:
        """Number of bytes."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was found first."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether reading costs no more than keeping what was read would."""
        ...

    def distance(self, size: int, /) -> Distance:
        """Return how much it costs to read so many bytes of it."""
        ...


@dataclass(frozen=True)
class FileBlob:
    """A file, read by position."""

    path: Path
    identity: Identity
    is_quick = True

    @cached_property
    def name(self) -> str:
        """Where the file is."""
        return real_name(self.path)

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.identity.size

    def distance(self, _size: int, /) -> Distance:
        """Return how much it costs to read so many bytes of it."""
        return Distance.HERE

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was found first."""
        try:
            return identity_of(self.path) == self.identity
        except MapUnreadable:
            return False

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open the file. Raises `MapUnreadable` when it is gone, is another by now, or is changed before the block ends."""
        try:
            # Without waiting: if a pipe took its place, that would be for somebody to write.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as gone:
            raise unreadable(gone) from gone
        try:
            self._check(descriptor)
            yield FileReader(descriptor)
            # What was read may be half of what was there and half of what is: nobody must take it for either.
            self._check(descriptor)
        finally:
            os.close(descriptor)

    def _check(self, descriptor: int) -> None:
        if _identity_in(os.fstat(descriptor)) != self.identity:
            raise MapReplaced(CHANGED)


@dataclass(frozen=True, slots=True)
class FileReader:
    """A file that is open."""

    descriptor: int

    def expect(self, spans: Sequence[tuple[int, int]]) -> None:
        """Do nothing: it is here."""

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a buffer with the bytes at an offset."""
        while buffer:
            try:
                count = os.preadv(self.descriptor, [buffer], offset)
            except OSError as broken:
                raise unreadable(broken) from broken
            if count == 0:
                raise MapUnreadable("The map's file is shorter than its header says.")
            buffer, offset = buffer[count:], offset + count

    def read_rows_into(self, rows: Bytes, offset: int, pitch: int) -> None:
        """Fill each row of an array: those that have to come from the disk or over a network are all asked for before the first."""
        if not self._is_at_hand(offset, rows.shape[1]):
            self._ask_for(rows.shape, offset, pitch)
        loops = kernels.loops()
        done = 0 if loops is None else loops.read_rows(self.descriptor, offset, pitch, rows)
        for row in range(done, len(rows)):
            self.read_into(rows[row].data, offset + row * pitch)

    def _is_at_hand(self, offset: int, size: int) -> bool:
        """Whether the system has the bytes in memory; True where it cannot be asked."""
        if not hasattr(os, "RWF_NOWAIT"):
            return True
        try:
            return os.preadv(self.descriptor, [bytearray(size)], offset, os.RWF_NOWAIT) == size
        except OSError:  # it would have to wait, or is a file system that cannot tell
            return False

    def _ask_for(self, shape: tuple[int, int], offset: int, pitch: int) -> None:
        """Have the system fetch all of the rows, many at a time, instead of one after the other as they are read."""
        with suppress(OSError):
            for row in range(shape[0]):
                os.posix_fadvise(self.descriptor, offset + row * pitch, shape[1], os.POSIX_FADV_WILLNEED)


@dataclass(frozen=True, slots=True)
class MemoryBlob:
    """Bytes unpacked in memory; offsets count from ``start`` of the unpacked file."""

    content: bytes
    start: int

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return len(self.content)

    def expect(self, spans: Sequence[tuple[int, int]]) -> None:
        """Do nothing: it is here."""

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a buffer with the bytes at an offset."""
        first = offset - self.start
        buffer[:] = memoryview(self.content)[first : first + len(buffer)]

    def read_rows_into(self, rows: Bytes, offset: int, pitch: int) -> None:
        """Fill each row of an array."""
        count, size = rows.shape
        first = offset - self.start
        content = np.frombuffer(self.content, np.uint8, (count - 1) * pitch + size, first)
        rows[...] = as_strided(content, (count, size), (pitch, 1), writeable=False)


def identity_of(path: Path) -> Identity:
    """Return what tells this file from another. Raises `MapUnreadable` when it is not there, or is none."""
    try:
        return _identity_in(path.stat())
    except OSError as gone:
        raise unreadable(gone) from gone


def _identity_in(status: os.stat_result) -> Identity:
    if stat.S_ISDIR(status.st_mode):
        raise MapUnreadable("A folder stands where the map's file should be.")
    if not stat.S_ISREG(status.st_mode):
        raise MapUnreadable("A pipe or a device stands where the map's file should be.")
    return Identity.of(status)


def settled_identity_of(path: Path) -> Identity:
    """Return the identity of a file that has not been written to for a moment, waiting for that if need be.

    Two changes within one tick of the system's clock leave the same times behind, and the second would never be noticed. Raises
    `MapUnreadable` when the file is not there, or is being written.
    """
    for _ in range(SETTLING_ATTEMPTS):
        identity = identity_of(path)
        age_ns = time.time_ns() - max(identity.modified_ns, identity.changed_ns)
        # A file from the future, by another machine's clock, says nothing about its age.
        if not 0 <= age_ns < SETTLING_NS:
            return identity
        time.sleep((SETTLING_NS - age_ns) / 1e9)
    raise MapUnreadable("The map's file is being written.")


def unreadable(error: Exception) -> MapUnreadable:
    """Return the error to give for one of the operating system's, without the path that its message holds."""
    if isinstance(error, FileNotFoundError):
        return MapUnreadable("The map's file is not there.")
    if isinstance(error, PermissionError):
        return MapUnreadable("The map's file may not be read by the server.")
    if isinstance(error, BROKEN):
        return MapUnreadable("The compressed file is broken or cut short.")
    return MapUnreadable(f"The map's file cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}.")
