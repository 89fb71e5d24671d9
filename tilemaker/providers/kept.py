"""What takes time to make and can be made again, kept in memory within a budget of bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Protocol, TypeVar, cast

from cachetools import LRUCache


class HasBytes(Protocol):
    """Something that says how much memory it takes."""

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        ...


T = TypeVar("T", bound=HasBytes)


class Kept:
    """Things by key, of which the least recently used are dropped when there are too many bytes of them.

    Parameters
    ----------
    max_bytes
        The budget. What is larger by itself is made each time and not kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._things: LRUCache[Hashable, HasBytes] = LRUCache(max_bytes, getsizeof=lambda thing: thing.nbytes)
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    @property
    def used_bytes(self) -> int:
        """How much of the budget is taken."""
        return int(self._things.currsize)

    def find(self, key: Hashable) -> HasBytes | None:
        """Return what is kept under a key."""
        with self._lock:
            return self._things.get(key)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, making it if it is not there: once, however many threads ask."""
        with self._lock:
            found = self._things.get(key)
            making = self._making.setdefault(key, threading.Lock()) if found is None else None
        if making is None:
            return cast("T", found)
        with making:
            found = self.find(key)
            if found is None:
                try:
                    found = self.put(key, make())
                finally:
                    with self._lock:
                        self._making.pop(key, None)
        return cast("T", found)

    def put(self, key: Hashable, thing: T) -> T:
        """Keep a thing, in place of what was there, and return it."""
        with self._lock, suppress(ValueError):  # larger than the whole budget
            self._things.pop(key, None)
            self._things[key] = thing
        return thing

    def take(self, key: Hashable) -> HasBytes | None:
        """Return what is kept under a key, and keep it no longer."""
        with self._lock:
            return cast("HasBytes | None", self._things.pop(key, None))
