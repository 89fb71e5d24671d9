"""Bytes by key. A cache knows neither what the bytes mean nor who may see them."""

from __future__ import annotations

from collections.abc import Callable

from .base import Cache, CacheOptions
from .counted import CountedCache
from .memcached import MemcachedCache
from .memory import MemoryCache
from .none import NoCache

CACHES: dict[str, Callable[[CacheOptions], Cache]] = {
    "memory": lambda options: MemoryCache(options.max_bytes),
    "memcached": lambda options: MemcachedCache(
        options.hosts, port=options.port, pool_size=options.pool_size, timeout_seconds=options.timeout_seconds
    ),
    "none": lambda _options: NoCache(),
}
"""Every kind of cache, by the word that the settings use for it."""

SHARED = frozenset({"memcached"})
"""The kinds that several processes share: what one of them has worked out, the others need not."""

__all__ = ["CACHES", "SHARED", "Cache", "CacheOptions", "CountedCache", "MemcachedCache", "MemoryCache", "NoCache"]
