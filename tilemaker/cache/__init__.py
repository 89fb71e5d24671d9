"""Bytes by key. A cache knows neither what the bytes mean nor who may see them."""

from __future__ import annotations

from collections.abc import Callable

from .base import Cache, CacheOptions
from .memory import MemoryCache
from .none import NoCache

CACHES: dict[str, Callable[[CacheOptions], Cache]] = {
    "memory": lambda options: MemoryCache(options.max_bytes),
    "none": lambda _options: NoCache(),
}
"""Every kind of cache, by the word that the settings use for it."""

__all__ = ["CACHES", "Cache", "CacheOptions", "MemoryCache", "NoCache"]
