"""Files elsewhere, read in parts, as if they were here."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilemaker.errors import MapReplaced, MapStalled, MapUnreadable

from .blobs import Distance
from .fetching import BLOCK, Fetching, Volume
from .hosts import Hosts
from .kept import Kept
from .location import Url
from .s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from urllib3 import PoolManager

    from .blobs import Bytes, Reader
    from .web import Version, WebFile

AHEAD = 8
"""Blocks fetched at least by whoever reads on from one place: headers and compressed tiles are followed by more of them."""

CHECK_SECONDS = 3.0
"""How long what was seen of a file elsewhere is taken for true."""

PAUSES = 10
"""How many times as long a server is left alone that did not answer when somebody looked."""

KNOWN_LIMIT = 4096
"""How many addresses are remembered."""

WITHOUT_EXTRA = "Maps elsewhere are read with urllib3, which is not installed: pip install 'tilemaker[remote]'."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteOptions:
    """What the operator allows."""

    hosts: Hosts = Hosts()
    """Where maps may be."""
    cache_bytes: int = 64 << 20
    """Budget for what was fetched of them."""
    seconds: float = 20.0
    """How long a server may say nothing."""
    overview_bytes: int = 1 << 30
    """Maps of no more bytes are fetched whole, for their overview, when they are looked at."""
    check_seconds: float = CHECK_SECONDS
    """How long what was seen of a file is taken for true."""


class Remote:
    """Finds files elsewhere, and keeps connections and what was fetched.

    Parameters
    ----------
    options
        What the operator allows; nothing, without them.
    """

    def __init__(self, options: RemoteOptions | None = None) -> None:
        self.options = options or RemoteOptions()
        self.fetching = Fetching(Kept(self.options.cache_bytes))
        self._known: dict[Url, Watched] = {}
        self._pool: PoolManager | None = None
        self._lock = threading.Lock()

    def find(self, url: Url) -> RemoteBlob:
        """Return a file elsewhere as it is now. Raises `MapUnreadable` when it cannot be read, or not from here."""
        if not self.options.hosts.allow(url.text):
            raise MapUnreadable("The map is on a host that this server may not read from: see TILEMAKER_REMOTE_HOSTS.")
        watched = self._watched(url)
        volume = Volume(str(url) + url.parts.query, watched.file, watched.version())
        return RemoteBlob(volume, watched, self.fetching, self.options.overview_bytes)

    def _watched(self, url: Url) -> Watched:
        with self._lock:
            if url not in self._known:
                if len(self._known) >= KNOWN_LIMIT:
                    self._known.clear()
                self._known[url] = Watched(self._web_file(url), self.options.check_seconds)
            return self._known[url]

    def _web_file(self, url: Url) -> WebFile:
        try:
            from .web import Basic, WebFile, pool_of
        except ImportError as missing:
            raise MapUnreadable(WITHOUT_EXTRA) from missing
        self._pool = self._pool or pool_of(self.options.seconds)
        if url.parts.scheme.lower() == "s3":
            store = S3.of(os.environ)
            address = store.address(url)
            return WebFile(address, store, Hosts.of(address), self._pool)
        bare = url.parts._replace(netloc=url.parts.netloc.rpartition("@")[2], fragment="").geturl()
        return WebFile(bare, Basic(url), self.options.hosts, self._pool)


class Watched:
    """A file elsewhere, at which somebody looks every now and then."""

    def __init__(self, file: WebFile, check_seconds: float) -> None:
        self.file = file
        self._check_seconds = check_seconds
        self._version: Version | None = None
        self._seen_at = 0.0
        self._looking = threading.Lock()

    def version(self) -> Version:
        """Return which file is there, as seen a moment ago at most. Raises `MapUnreadable`."""
        with self._looking:
            if self._version is None or time.monotonic() - self._seen_at > self._check_seconds:
                self._version = None
                self._version = self.file.look()
                self._seen_at = time.monotonic()
            return self._version

    def is_still(self, version: Version) -> bool:
        """Return whether a version is there still, as far as can be known. One reader looks, and the others go on meanwhile."""
        if not self._looking.acquire(blocking=False):
            return True
        try:
            if time.monotonic() - self._seen_at > self._check_seconds:
                self._seen_at = time.monotonic()
                self._version = self.file.look()
        except MapStalled:
            # It has changed nothing, as far as anybody knows, and is not waited for again at once.
            self._seen_at = time.monotonic() + PAUSES * self._check_seconds
            return True
        except MapUnreadable:
            self._version = None
        finally:
            self._looking.release()
        return self._version == version

    def forget(self) -> None:
        """Look again when asked next."""
        self._seen_at = 0.0


@dataclass(frozen=True, slots=True)
class RemoteBlob:
    """A file elsewhere, read by position."""

    volume: Volume
    watched: Watched
    fetching: Fetching
    overview_bytes: int
    is_quick = False

    @property
    def name(self) -> str:
        """Where the file is."""
        return self.volume.name

    @property
    def identity(self) -> Version:
        """What tells the file from another that takes its place."""
        return self.volume.version

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self.volume.version.size

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was found first."""
        return self.watched.is_still(self.volume.version)

    def distance(self, size: int) -> Distance:
        """Return how much it costs to read so many bytes of it."""
        return Distance.AFAR if size <= self.overview_bytes else Distance.TOO_FAR

    @contextmanager
    def opened(self) -> Iterator[Reader]:
        """Open the file. Raises `MapReplaced` when it is another by now; each answer of its server is looked at too."""
        if not self.is_current:
            raise MapReplaced("The map's file has just been changed.")
        try:
            yield RemoteReader(self.volume, self.fetching)
        except MapReplaced:
            self.watched.forget()
            raise


@dataclass(frozen=True, slots=True)
class RemoteReader:
    """One opening of a file elsewhere."""

    volume: Volume
    fetching: Fetching

    def expect(self, spans: Sequence[tuple[int, int]]) -> None:
        """Fetch what is not at hand of some stretches, in as few requests as may be, several at once."""
        numbers = {number for start, stop in spans for number in range(start // BLOCK, (stop - 1) // BLOCK + 1)}
        self._check(max(stop for _, stop in spans))
        self.fetching.blocks(self.volume, sorted(numbers))

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill a buffer with the bytes at an offset."""
        if not buffer:
            return
        self._check(offset + len(buffer))
        first, last = offset // BLOCK, (offset + len(buffer) - 1) // BLOCK
        if not self.fetching.holds(self.volume, first):
            last = max(last, min(first + AHEAD, -(-self.volume.version.size // BLOCK)) - 1)
        _copy(self.fetching.blocks(self.volume, range(first, last + 1)), buffer, offset)

    def read_rows_into(self, rows: Bytes, offset: int, pitch: int) -> None:
        """Fill each row of an array, from blocks that are all asked for together."""
        count, size = rows.shape
        self._check(offset + (count - 1) * pitch + size)
        places = [offset + row * pitch for row in range(count)]
        numbers = {number for place in places for number in range(place // BLOCK, (place + size - 1) // BLOCK + 1)}
        blocks = self.fetching.blocks(self.volume, sorted(numbers))
        for row, place in enumerate(places):
            _copy(blocks, rows[row].data, place)

    def _check(self, end: int) -> None:
        if end > self.volume.version.size:
            raise MapUnreadable("The map's file is shorter than its header says.")


def _copy(blocks: Mapping[int, Bytes], buffer: memoryview, offset: int) -> None:
    while buffer:
        first = offset % BLOCK
        part = blocks[offset // BLOCK][first : first + len(buffer)]
        buffer[: part.size] = part.data
        buffer, offset = buffer[part.size :], offset + part.size
