"""A cache in this process's memory, bounded in bytes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from cachetools import LRUCache

ENTRY_OVERHEAD_BYTES = 512
"""What an entry costs besides its value: key, bookkeeping and the heads of half a dozen Python objects, rounded up."""


@dataclass(frozen=True, slots=True)
class _Entry:
    value: bytes
    expires_at: float | None = None
    """On the monotonic clock, seconds; None for never."""

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and time.monotonic() >= self.expires_at


def _size(entry: _Entry) -> int:
    return len(entry.value) + ENTRY_OVERHEAD_BYTES


class MemoryCache:
    """Keeps what was used last, up to a number of bytes.

    The budget covers the values and `ENTRY_OVERHEAD_BYTES` for each, so that many small entries count for what they are. A value
    larger than the whole budget is not kept, and pushes nothing out.

    Parameters
    ----------
    max_bytes
        The budget, at least 0.
    """

    def __init__(self, max_bytes: int) -> None:
        self._entries: LRUCache[str, _Entry] = LRUCache(max_bytes, getsizeof=_size)
        self._lock = threading.Lock()

    @property
    def used_bytes(self) -> int:
        """How much of the budget is taken."""
        return int(self._entries.currsize)

    def get(self, key: str) -> bytes | None:
        """Return what was put under the key, or None."""
        with self._lock:
            entry = self._living(key)
            return None if entry is None else entry.value

    def at_hand(self, key: str) -> bytes | None:
        """Return what was put under the key, or None: all of it is at hand."""
        return self.get(key)

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Keep the value, for a while if ``seconds`` says so, and forget what was used longest ago to make room for it."""
        with self._lock:
            self._keep(key, _Entry(value, None if seconds is None else time.monotonic() + seconds))

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep the value for a while, only if nothing is there; return whether it was taken."""
        with self._lock:
            if self._living(key) is not None:
                return False
            self._keep(key, _Entry(value, time.monotonic() + seconds))
            return True

    def _living(self, key: str) -> _Entry | None:
        entry = self._entries.get(key)
        if entry is None or not entry.is_expired:
            return entry
        del self._entries[key]
        return None

    def _keep(self, key: str, entry: _Entry) -> None:
        # What was there before goes first: when the new value is too large to be kept, the old one would be stale.
        self._entries.pop(key, None)
        if _size(entry) <= self._entries.maxsize:
            self._entries[key] = entry
