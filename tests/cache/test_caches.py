from __future__ import annotations

import pytest

from tilemaker.cache import CACHES, Cache, CacheOptions, NoCache


@pytest.mark.parametrize("kind", CACHES)
def test_every_kind_of_cache_can_be_made_from_the_options(kind: str) -> None:
    cache: Cache = CACHES[kind](CacheOptions(max_bytes=1_000_000))

    cache.put("key", b"value")

    assert cache.get("key") in (None, b"value")


def test_no_cache_keeps_nothing_and_refuses_nobody() -> None:
    cache = NoCache()
    cache.put("key", b"value")

    assert cache.get("key") is None
    assert cache.add("lock", b"", 60.0)
    assert cache.add("lock", b"", 60.0)
