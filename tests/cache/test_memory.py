from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contracts.cache_contract import CacheContract
from tilemaker.cache import Cache, MemoryCache
from tilemaker.cache.memory import ENTRY_OVERHEAD_BYTES


class TestMemoryCache(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        return MemoryCache(10_000_000)


def room_for(entries: int, value_bytes: int) -> MemoryCache:
    return MemoryCache(entries * (value_bytes + ENTRY_OVERHEAD_BYTES))


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = room_for(3, value_bytes=100)
    for key in "abc":
        cache.put(key, bytes(100))
    cache.get("a")

    cache.put("d", bytes(100))

    assert [key for key in "abcd" if cache.get(key) is not None] == ["a", "c", "d"]


def test_a_replaced_value_gives_its_bytes_back() -> None:
    cache = room_for(2, value_bytes=1000)
    for size in (1000, 10, 500, 1000):
        cache.put("same", bytes(size))
        assert cache.used_bytes == size + ENTRY_OVERHEAD_BYTES

    cache.put("other", bytes(1000))

    assert cache.get("same") is not None


def test_an_item_larger_than_the_budget_is_not_kept_and_pushes_nothing_out() -> None:
    cache = room_for(2, value_bytes=100)
    cache.put("small", bytes(100))

    cache.put("huge", bytes(10_000))

    assert cache.get("huge") is None
    assert cache.get("small") == bytes(100)


def test_a_replacement_too_large_to_keep_leaves_nothing_stale() -> None:
    cache = room_for(2, value_bytes=100)
    cache.put("key", b"old")

    cache.put("key", bytes(10_000))

    assert cache.get("key") is None
    assert cache.used_bytes == 0


def test_an_expired_entry_gives_its_bytes_back() -> None:
    cache = room_for(2, value_bytes=100)
    cache.add("lock", bytes(100), seconds=-1.0)

    assert cache.get("lock") is None
    assert cache.used_bytes == 0


def test_a_budget_of_nothing_keeps_nothing() -> None:
    cache = MemoryCache(0)
    cache.put("key", b"")

    assert cache.get("key") is None
    assert cache.add("lock", b"", 60.0)


@pytest.mark.parametrize("value_bytes", [0, 40, 20_000])
def test_the_memory_really_taken_stays_within_the_budget(value_bytes: int) -> None:
    budget = 2_000_000
    cache = MemoryCache(budget)
    tracemalloc.start()
    for number in range(4 * budget // (value_bytes + ENTRY_OVERHEAD_BYTES)):
        cache.put(f"{number:032d}", bytes(value_bytes))
    taken_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken_bytes <= budget
    assert cache.used_bytes <= budget


def test_threads_that_push_each_other_out_leave_the_count_right() -> None:
    cache = room_for(5, value_bytes=1000)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: cache.put(str(number % 20), bytes(number % 1000)), range(2000)))

    kept = [value for value in (cache.get(str(number)) for number in range(20)) if value is not None]
    assert cache.used_bytes == sum(len(value) + ENTRY_OVERHEAD_BYTES for value in kept)
