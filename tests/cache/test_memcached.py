"""What is kept in a real memcached, and what happens when it is not well: it costs speed, never an error."""

from __future__ import annotations

import logging
import pickle
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

from tests.contracts.cache_contract import CacheContract
from tests.support.memcached import Memcached, memcached, needs_memcached
from tests.support.ports import free_port
from tilemaker.cache import MemcachedCache
from tilemaker.cache.memcached_server import REST_SECONDS, ServerAddress
from tilemaker.errors import ConfigurationError

TIMEOUT_SECONDS = 0.3
LARGE = bytes(range(256)) * 20_000
"""More than five items of a memcached that was not told otherwise."""


def cache_of(*servers: Memcached, timeout_seconds: float = TIMEOUT_SECONDS, pool_size: int = 4) -> MemcachedCache:
    return MemcachedCache([server.host for server in servers], timeout_seconds=timeout_seconds, pool_size=pool_size)


@pytest.fixture
def server() -> Iterator[Memcached]:
    with memcached() as running:
        yield running


@needs_memcached
class TestMemcachedCache(CacheContract):
    shortest_expiry_seconds: ClassVar[float] = 1.0

    @pytest.fixture
    def cache(self, server: Memcached) -> MemcachedCache:
        return cache_of(server, timeout_seconds=5.0)


@needs_memcached
class TestSeveralServers(CacheContract):
    shortest_expiry_seconds: ClassVar[float] = 1.0

    @pytest.fixture
    def cache(self, server: Memcached) -> Iterator[MemcachedCache]:
        with memcached() as second, memcached() as third:
            yield cache_of(server, second, third, timeout_seconds=5.0)


@needs_memcached
def test_what_becomes_of_each_item_is_told(server: Memcached) -> None:
    told: list[tuple[str, int]] = []
    cache = cache_of(server)
    cache.on_item = lambda outcome, length: told.append((outcome, length))

    cache.put("key", b"value")
    cache.get("key")
    cache.get("another")
    server.end()
    cache.get("key")
    cache.get("key")

    assert told == [("stored", 5), ("hit", 5), ("miss", 0), ("failed", 0), ("away", 0), ("away", 0)]


def back(cache: MemcachedCache) -> bool:
    """Wait until a cache keeps things again."""
    give_up_at = time.monotonic() + 4 * REST_SECONDS
    while time.monotonic() < give_up_at:
        cache.put("is it back", b"yes")
        if cache.get("is it back") == b"yes":
            return True
        time.sleep(0.05)
    return False


def slowest(ask: Callable[[], object], times: int) -> list[float]:
    """Return how long each of several calls took, seconds, the slowest first."""
    taken = []
    for _ in range(times):
        began = time.monotonic()
        ask()
        taken.append(time.monotonic() - began)
    return sorted(taken, reverse=True)


@needs_memcached
def test_processes_share_what_they_keep(server: Memcached) -> None:
    cache_of(server).put("key", b"value")

    assert cache_of(server).get("key") == b"value"


@needs_memcached
@pytest.mark.parametrize("options", [(), ("-I", "16m"), ("-I", "2m")], ids=["1 MB", "16 MB", "2 MB"])
@pytest.mark.parametrize("size", [0, 1 << 20, (1 << 20) - 1100, (2 << 20) + 7, 16 << 20, 40 << 20])
def test_values_of_any_size_come_back_whatever_an_item_may_hold(options: tuple[str, ...], size: int) -> None:
    value = (bytes(range(251)) * (size // 251 + 1))[:size]
    with memcached("-m", "256", *options) as server:
        cache = cache_of(server, timeout_seconds=5.0)
        cache.put("key", value)

        assert cache_of(server, timeout_seconds=5.0).get("key") == value


@needs_memcached
def test_the_limit_of_items_is_explained_once(server: Memcached, caplog: pytest.LogCaptureFixture) -> None:
    cache = cache_of(server)
    cache.put("small", b"small")
    assert caplog.messages == []

    for number in range(3):
        cache.put(f"large{number}", LARGE)

    (sentence,) = caplog.messages
    assert "1.0 MB" in sentence
    assert "memcached -m 32768 -I 16m" in sentence


@needs_memcached
def test_a_server_that_was_started_as_it_should_be_needs_no_explanation(caplog: pytest.LogCaptureFixture) -> None:
    with memcached("-I", "16m") as server:
        cache_of(server, timeout_seconds=5.0).put("key", bytes(20 << 20))

    assert caplog.messages == []


@needs_memcached
def test_a_value_of_which_a_piece_is_gone_is_a_miss(server: Memcached) -> None:
    cache = cache_of(server, timeout_seconds=5.0)
    cache.put("key", LARGE)
    names = server.names()
    assert len(names) == 6

    server.say(b"delete %s\r\n" % names[-1].encode())

    assert cache.get("key") is None


@needs_memcached
@pytest.mark.parametrize("rubbish", [b"", b"\x00", b"tmk1", b"tmk1p" + bytes(60), pickle.dumps({"a": 1}), b"\xff" * 10_000])
def test_rubbish_in_the_servers_is_a_miss(server: Memcached, rubbish: bytes) -> None:
    cache = cache_of(server, timeout_seconds=5.0)
    cache.put("small", b"small")
    cache.put("large", LARGE)

    server.fill_with(rubbish)

    assert cache.get("small") is None
    assert cache.get("large") is None


@needs_memcached
def test_a_value_under_another_key_is_a_miss(server: Memcached) -> None:
    cache = cache_of(server)
    cache.put("mine", b"mine")
    (mine,) = server.names()
    cache.put("yours", b"yours")
    (yours,) = set(server.names()) - {mine}
    value = server.say(b"get %s\r\n" % mine.encode(), b"END\r\n").split(b"\r\n", 1)[1].removesuffix(b"\r\nEND\r\n")

    server.say(b"set %s 0 0 %d\r\n%s\r\n" % (yours.encode(), len(value), value))

    assert cache.get("mine") == b"mine"
    assert cache.get("yours") is None


@needs_memcached
def test_no_key_or_id_can_be_read_in_memcached(server: Memcached) -> None:
    cache_of(server).put("tile of the secret map", b"")

    (name,) = server.names()

    assert "secret" not in name
    assert name.startswith("tilemaker:")


def test_without_a_server_everything_is_a_miss_and_quick(caplog: pytest.LogCaptureFixture) -> None:
    cache = MemcachedCache([f"127.0.0.1:{free_port()}"], timeout_seconds=TIMEOUT_SECONDS)

    first, second, *_ = slowest(lambda: cache.get("key"), 200)

    assert cache.add("lock", b"", 60.0)
    assert first < TIMEOUT_SECONDS
    assert second < 0.05
    assert len(caplog.messages) == 1


def test_a_host_that_does_not_exist_is_no_error() -> None:
    cache = MemcachedCache(["there.is.no.such.host.invalid"], timeout_seconds=TIMEOUT_SECONDS)
    cache.put("key", b"value")

    assert cache.get("key") is None


@needs_memcached
def test_a_stopped_server_costs_one_timeout_and_is_used_again(server: Memcached) -> None:
    cache = cache_of(server)
    cache.put("key", b"value")
    server.signal(signal.SIGSTOP)

    first, second, *_ = slowest(lambda: cache.get("key"), 200)

    assert TIMEOUT_SECONDS * 0.9 < first < TIMEOUT_SECONDS + 0.2
    assert second < 0.1
    server.signal(signal.SIGCONT)
    assert back(cache)
    assert cache.get("key") == b"value"


@needs_memcached
def test_threads_that_wait_for_a_connection_of_a_stopped_server_do_not_wait_in_turn(server: Memcached) -> None:
    cache = cache_of(server, pool_size=1)
    cache.put("key", b"value")
    server.signal(signal.SIGSTOP)
    began = time.monotonic()
    threads = [threading.Thread(target=cache.get, args=("key",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - began < 2 * TIMEOUT_SECONDS + 0.3


@needs_memcached
def test_a_restarted_server_is_used_again(server: Memcached, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cache = cache_of(server)
    cache.put("key", b"value")

    server.end()
    assert [cache.get("key") for _ in range(20)] == [None] * 20
    server.start()

    assert back(cache)
    assert cache.get("key") is None
    assert [("does not answer" in line, "answers again" in line) for line in caplog.messages] == [(True, False), (False, True)]


@needs_memcached
def test_a_server_that_has_no_memory_left_refuses_and_nothing_else() -> None:
    with memcached("-M", "-m", "4") as server:
        cache = cache_of(server, timeout_seconds=5.0)
        for number in range(30):
            cache.put(f"key{number}", bytes(500_000))

        kept = [cache.get(f"key{number}") for number in range(30)]

    assert kept[0] == bytes(500_000)
    assert None in kept


@needs_memcached
def test_one_server_of_three_that_is_away_takes_its_own_keys_along_and_no_others(server: Memcached) -> None:
    with memcached() as second, memcached() as third:
        cache = cache_of(server, second, third)
        keys = [f"key{number}" for number in range(300)]
        for key in keys:
            cache.put(key, key.encode())
        counts = [len(each.names()) for each in (server, second, third)]
        second.end()

        found = [key for key in keys if cache.get(key) is not None]

    assert sum(counts) == 300
    assert min(counts) > 60
    assert len(found) == 300 - counts[1]


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run something on a port that is no memcached."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=guarded, args=(connection,), daemon=True).start()

    def guarded(connection: socket.socket) -> None:
        with connection:
            try:
                answer(connection)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def says(what: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        while connection.recv(4096):
            connection.sendall(what)

    return answer


def drips(connection: socket.socket) -> None:
    """Answer well at first, and then with a value that comes byte by byte."""
    while question := connection.recv(4096):
        if question.startswith(b"stats"):
            connection.sendall(b"STAT item_size_max 1048576\r\nEND\r\n")
            continue
        connection.sendall(b"VALUE " + question.split()[1] + b" 0 100000\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)


@pytest.mark.parametrize(
    "answer",
    [
        says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        says(b"END\r\n"),
        says(b"\x00" * 100_000),
        says(b"STAT item_size_max many\r\nEND\r\n"),
        says(b"STAT item_size_max 1048576\r\nEND\r\n"),
        lambda connection: None,
        drips,
    ],
    ids=["http", "end", "zeros", "strange stats", "stats always", "closes", "drips"],
)
def test_a_server_that_is_no_memcached_is_a_server_that_is_away(answer: Callable[[socket.socket], None]) -> None:
    with answering(answer) as host:
        cache = MemcachedCache([host], timeout_seconds=TIMEOUT_SECONDS)

        def ask() -> None:
            cache.put("key", b"value")
            assert cache.get("key") is None
            assert cache.add("lock", b"", 60.0)

        first, second, *_ = slowest(ask, 50)

        assert first < 3 * TIMEOUT_SECONDS
        assert second < TIMEOUT_SECONDS


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("localhost", ServerAddress("localhost", 11211)),
        ("cache.example:11212", ServerAddress("cache.example", 11212)),
        ("::1", ServerAddress("::1", 11211)),
        ("[::1]:11212", ServerAddress("::1", 11212)),
        ("[::1]", ServerAddress("::1", 11211)),
        ("/run/memcached.sock", ServerAddress("/run/memcached.sock", None)),
    ],
)
def test_hosts_are_written_as_everywhere(text: str, address: ServerAddress) -> None:
    assert ServerAddress.of(text, 11211) == address


@pytest.mark.parametrize("text", ["localhost:memcached", "[::1]:", "[::1]x"])
def test_a_host_that_makes_no_sense_is_said_at_the_start(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no memcached server"):
        ServerAddress.of(text, 11211)
