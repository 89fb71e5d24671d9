"""What every cache can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Cache(Protocol):
    """Bytes by key. A miss is None, and so is any failure: a cache never raises.

    A cache may forget anything at any time, and is used from many threads at once. Keys are short printable text without spaces
    (at most 250 characters, which is memcached's limit); they carry the fingerprint of the file that the bytes were made from, so
    that nothing ever needs to be taken out again.
    """

    def get(self, key: str) -> bytes | None:
        """Return what was put under the key, or None."""
        ...

    def at_hand(self, key: str) -> bytes | None:
        """Return what was put under the key if that takes no more than a look into this process's memory, else None."""
        ...

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Keep the value, in place of one that is there already. It may be gone at any time, even at once.

        Parameters
        ----------
        key, value
            What to keep, and under which name.
        seconds
            How long it may be kept at most; None for as long as there is room.
        """
        ...

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep the value for a while, only if nothing is there: the lock by which one worker of many does a piece of work.

        Returns
        -------
        bool
            Whether the value was taken. A cache that cannot know says True: work done twice is better than work not done.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    """What the operator chose; each kind of cache takes what it needs of it."""

    max_bytes: int
    """How much this process may keep in memory."""
    hosts: tuple[str, ...] = ("localhost",)
    """Servers of a shared cache, each ``host``, ``host:port`` or the path of a Unix socket."""
    port: int = 11211
    """The port of hosts that name none."""
    pool_size: int = 4
    """The most connections to each server."""
    timeout_seconds: float = 0.5
    """How long a server may take to answer."""
