"""A cache shared by several processes: one or several memcached servers."""

from __future__ import annotations

import logging
import math
import secrets
import struct
import threading
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from .memcached_server import MemcachedServer, ServerAddress
from .sealing import HEADER_BYTES, sealed, unsealed

if TYPE_CHECKING:
    from pymemcache.client.base import Client

logger = logging.getLogger(__name__)

Outcome = Literal["hit", "miss", "away", "stored", "refused", "failed"]
"""What becomes of an item: found or not, asked for while its server is away, kept or not; or a server that has just failed."""

WHOLE, IN_PIECES = b"w", b"p"
"""Kinds of item: a value, or what says where the pieces of one are."""

ITEM_OVERHEAD_BYTES = 1024
"""What an item of memcached may take besides its value, rounded up: its own head, and what chaining large items costs."""

BEST_ITEM_BYTES = 16 << 20
"""What the servers are best started with: all but the largest tiles are smaller, and overviews are cut whatever it is."""

PIECE_BYTES = 1 << 20
"""The largest piece of a value that has to be cut. Larger pieces might not arrive in the time that one request to a server has."""

PIECES_LIMIT = 4096
"""More pieces than this are taken for rubbish, and values that would need more are not kept."""

_PIECES = struct.Struct("<QQ8s")
"""Length of the value, length of each piece, and the name that tells these pieces from those of another writing."""


class MemcachedCache:
    """Keeps bytes in memcached. Whatever happens to the servers costs speed only.

    Values go as they are behind a header by which rubbish is known, never as Python objects. A value larger than an item of the
    server may be travels in pieces; any piece missing is a miss of the whole.

    Parameters
    ----------
    hosts
        Servers as ``host``, ``host:port`` or the path of a Unix socket. Each key belongs to one of them, whether that one answers
        or not: the keys of a server that goes and comes back are where they were.
    port
        For hosts that name none.
    pool_size
        The most connections to each server.
    timeout_seconds
        How long one request to a server may take.
    """

    def __init__(self, hosts: Sequence[str], *, port: int = 11211, pool_size: int = 4, timeout_seconds: float = 0.5) -> None:
        addresses = dict.fromkeys(ServerAddress.of(host, port) for host in hosts)
        self._servers = [
            MemcachedServer(each, pool_size=pool_size, timeout_seconds=timeout_seconds, on_failure=self._failed)
            for each in addresses
        ]
        self.on_item: Callable[[Outcome, int], None] = lambda _outcome, _bytes: None
        """Told of each item that was looked for or put away what became of it, and how long it is."""
        self._explaining = threading.Lock()
        self._has_explained = False

    def get(self, key: str) -> bytes | None:
        """Return what was put under the key, or None."""
        found = self._get(key)
        if found is None:
            return None
        kind, content = found
        return content if kind == WHOLE else self._joined(key, content)

    def at_hand(self, key: str) -> bytes | None:
        """Return None: a server has to be asked."""
        return None

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Keep the value, for a while if ``seconds`` says so."""
        server = self._server_of(key)
        if not server.is_there():
            return
        room = server.item_bytes - ITEM_OVERHEAD_BYTES - HEADER_BYTES
        if len(value) <= room:
            self._set(key, value, WHOLE, seconds)
        else:
            self._explain(server, len(value))
            self._put_in_pieces(key, value, min(room, PIECE_BYTES), seconds)

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep the value for a while, only if nothing is there; True also when no server says otherwise."""
        name = _name(key)
        added = self._server_of(key).use(partial(_add, name, sealed(key, value, WHOLE), _whole_seconds(seconds)))
        return added is not False

    def _get(self, key: str) -> tuple[bytes, bytes] | None:
        server = self._server_of(key)
        found = unsealed(key, server.use(partial(_get, _name(key))))
        if found is None:
            self.on_item("miss" if server.is_up else "away", 0)
        else:
            self.on_item("hit", len(found[1]))
        return found

    def _set(self, key: str, content: bytes, kind: bytes, seconds: float | None) -> bool:
        expiry = 0 if seconds is None else _whole_seconds(seconds)
        is_kept = bool(self._server_of(key).use(partial(_set, _name(key), sealed(key, content, kind), expiry)))
        self.on_item("stored" if is_kept else "refused", len(content))
        return is_kept

    def _failed(self) -> None:
        self.on_item("failed", 0)

    def _put_in_pieces(self, key: str, value: bytes, size: int, seconds: float | None) -> None:
        """Put the pieces first and then what leads to them: whoever finds that finds them, as long as the server keeps them."""
        if not 0 < len(value) <= size * PIECES_LIMIT:
            return
        writing = secrets.token_bytes(8)
        view = memoryview(value)
        for number, start in enumerate(range(0, len(value), size)):
            if not self._set(_piece(key, writing, number), bytes(view[start : start + size]), WHOLE, seconds):
                return  # the server is gone or full, and the others would be there for nothing
        self._set(key, _PIECES.pack(len(value), size, writing), IN_PIECES, seconds)

    def _joined(self, key: str, content: bytes) -> bytes | None:
        if len(content) != _PIECES.size:
            return None
        length, size, writing = _PIECES.unpack(content)
        if not 0 < size <= length <= size * PIECES_LIMIT:
            return None
        pieces = []
        for number in range(-(-length // size)):
            found = self._get(_piece(key, writing, number))
            if found is None:
                return None
            pieces.append(found[1])
        value = b"".join(pieces)
        return value if len(value) == length else None

    def _server_of(self, key: str) -> MemcachedServer:
        """Return the server with the highest hash of its name and the key: when one is added, only what goes to it moves."""
        if len(self._servers) == 1:
            return self._servers[0]
        return max(self._servers, key=lambda server: blake2b(f"{server.address} {key}".encode(), digest_size=8).digest())

    def _explain(self, server: MemcachedServer, value_bytes: int) -> None:
        with self._explaining:
            has_explained, self._has_explained = self._has_explained, True
        if not has_explained and server.item_bytes < BEST_ITEM_BYTES:
            logger.warning(
                "memcached at %s takes items of %.1f MB at most, and %.1f MB are to be kept: they travel in pieces, which is "
                "slower. It is best started with: memcached -m 32768 -I 16m",
                server.address,
                server.item_bytes / 2**20,
                value_bytes / 2**20,
            )


def _get(name: str, client: Client) -> object:
    return client.get(name)


def _set(name: str, item: bytes, expiry: int, client: Client) -> object:
    return client.set(name, item, expire=expiry)


def _add(name: str, item: bytes, expiry: int, client: Client) -> object:
    return client.add(name, item, expire=expiry)


def _name(key: str) -> str:
    """Return what memcached calls a key: short, printable, and telling nothing of what is kept."""
    return f"tilemaker:{blake2b(key.encode(), digest_size=20).hexdigest()}"


def _piece(key: str, writing: bytes, number: int) -> str:
    return f"{key} {writing.hex()} {number}"


def _whole_seconds(seconds: float) -> int:
    """Return the expiry to ask for: memcached counts whole seconds, and takes 0 for no expiry."""
    return max(1, math.ceil(seconds))
