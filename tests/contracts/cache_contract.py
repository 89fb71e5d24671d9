"""What every cache promises. Subclass `CacheContract`, give it a fixture ``cache``, and inherit the tests."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from tilemaker.cache import Cache


class CacheContract:
    """Tests for a cache that remembers: at least ten megabytes of it."""

    shortest_expiry_seconds: ClassVar[float] = 0.05
    """The shortest life that `add` can give; memcached counts whole seconds."""

    @pytest.fixture
    def cache(self) -> Cache:
        raise NotImplementedError

    def test_a_key_never_put_is_a_miss(self, cache: Cache) -> None:
        assert cache.get("nothing") is None

    @pytest.mark.parametrize("value", [b"", b"\x00", bytes(range(256)), b"\xff" * 900_000], ids=["empty", "zero", "all", "large"])
    def test_what_is_put_comes_back_unchanged(self, cache: Cache, value: bytes) -> None:
        cache.put("key", value)

        assert cache.get("key") == value
        assert type(cache.get("key")) is bytes

    def test_what_is_at_hand_is_what_was_put(self, cache: Cache) -> None:
        cache.put("key", b"value")

        assert cache.at_hand("key") in (b"value", None)
        assert cache.at_hand("nothing") is None

    def test_a_second_put_replaces_the_first(self, cache: Cache) -> None:
        cache.put("key", b"first")
        cache.put("key", b"second")

        assert cache.get("key") == b"second"

    def test_keys_do_not_meet(self, cache: Cache) -> None:
        keys = [f"tile:{number}" for number in range(50)] + ["Tile:1", "tile:01", "k" * 250]
        for key in keys:
            cache.put(key, key.encode())

        assert [cache.get(key) for key in keys] == [key.encode() for key in keys]

    def test_add_takes_a_key_once(self, cache: Cache) -> None:
        assert cache.add("lock", b"mine", 60.0)
        assert not cache.add("lock", b"yours", 60.0)
        assert cache.get("lock") == b"mine"

    def test_add_does_not_replace_what_was_put(self, cache: Cache) -> None:
        cache.put("key", b"put")

        assert not cache.add("key", b"added", 60.0)
        assert cache.get("key") == b"put"

    def test_what_was_added_is_gone_when_its_time_is_over(self, cache: Cache) -> None:
        cache.add("lock", b"mine", self.shortest_expiry_seconds)
        time.sleep(1.5 * self.shortest_expiry_seconds)

        assert cache.get("lock") is None
        assert cache.add("lock", b"yours", 60.0)

    def test_put_outlives_the_time_given_to_add(self, cache: Cache) -> None:
        cache.add("key", b"added", self.shortest_expiry_seconds)
        cache.put("key", b"put")
        time.sleep(1.5 * self.shortest_expiry_seconds)

        assert cache.get("key") == b"put"

    def test_of_many_threads_one_gets_the_lock(self, cache: Cache) -> None:
        with ThreadPoolExecutor(8) as threads:
            taken = list(threads.map(lambda name: cache.add("lock", b"%d" % name, 60.0), range(64)))

        assert sum(taken) == 1
        assert cache.get("lock") == b"%d" % taken.index(True)

    def test_threads_never_see_half_a_value_or_a_strangers(self, cache: Cache) -> None:
        def put_and_get(number: int) -> bool:
            key, value = f"key:{number % 7}", b"%d" % (number % 7) * 5_000
            cache.put(key, value)
            return cache.get(key) in (None, value)

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(put_and_get, range(500)))
