"""A cache whose looks are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Cache


class CountedCache:
    """Tells of each look into another cache whether it found anything.

    Parameters
    ----------
    cache
        The other cache.
    on_look
        Told True for a hit and False for a miss.
    """

    def __init__(self, cache: Cache, on_look: Callable[[bool], None]) -> None:
        self._cache, self._on_look = cache, on_look

    def get(self, key: str) -> bytes | None:
        """Return what was put under the key, or None."""
        value = self._cache.get(key)
        self._on_look(value is not None)
        return value

    def at_hand(self, key: str) -> bytes | None:
        """Return what the other cache has at hand. What it has not is no miss: it will be looked for."""
        value = self._cache.at_hand(key)
        if value is not None:
            self._on_look(True)
        return value

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Keep the value in the other cache."""
        self._cache.put(key, value, seconds)

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep the value in the other cache, only if nothing is there."""
        return self._cache.add(key, value, seconds)
