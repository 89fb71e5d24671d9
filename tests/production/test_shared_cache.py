"""Workers that share a memcached, and lose it in every way there is, while a crowd keeps asking."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.production.conftest import TILES, write_service
from tests.support.gunicorn import crowd, gunicorn
from tests.support.memcached import Memcached, memcached, needs_memcached

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.gunicorn import Service

TIMEOUT_SECONDS = 0.4
ASKED = [*TILES, "/histograms/data/large", "/analysis/aperture/large?ra=10&dec=5&radius=60", "/layers/small"]

pytestmark = needs_memcached


@pytest.fixture
def cache() -> Iterator[Memcached]:
    with memcached("-m", "256", "-I", "16m") as server:
        yield server


def settings_for(*servers: Memcached) -> dict[str, str]:
    """Return the settings that have a service use these."""
    return {
        "TILEMAKER_CACHE_TYPE": "memcached",
        "TILEMAKER_MEMCACHED_HOST": ",".join(server.host for server in servers),
        "TILEMAKER_MEMCACHED_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
    }


def is_ready(service: Service) -> bool:
    return all(layer["state"] == "ready" for layer in json.loads(service.get("/readyz").body)["layers"])


def sets_of(cache: Memcached) -> int:
    """Return how often anything has been put into a memcached."""
    return int(cache.say(b"stats\r\n", b"END\r\n").split(b"STAT cmd_set ")[1].split()[0])


def test_what_one_worker_has_made_the_others_have(config: Path, cache: Memcached) -> None:
    """Four workers put no more into the cache than one: each tile, each analysis and the overview are made once."""
    puts = []
    for workers in (1, 4):
        cache.say(b"flush_all\r\n")
        before = sets_of(cache)
        with gunicorn(config, workers=workers, settings=settings_for(cache)) as service:
            service.wait(lambda service=service, workers=workers: all(is_ready(service) for _ in range(6 * workers)))  # type: ignore[misc]
            for _ in range(8):
                for path in ASKED:
                    assert service.get(path).status == 200
        puts.append(sets_of(cache) - before)

    # Beside what is made, a few claims and the giving back of them.
    assert puts[1] <= puts[0] + 8


def test_a_worker_that_comes_later_finds_everything_there(config: Path, cache: Memcached) -> None:
    with gunicorn(config, workers=1, settings=settings_for(cache)) as service:
        service.wait(lambda: is_ready(service))
        first = {path: service.get(path).body for path in ASKED}
    before = sets_of(cache)
    with gunicorn(config, workers=1, settings=settings_for(cache)) as service:
        service.wait(lambda: is_ready(service))
        assert {path: service.get(path).body for path in ASKED} == first

    assert sets_of(cache) == before


def killed(cache: Memcached) -> None:
    cache.end()


def killed_and_started(cache: Memcached) -> None:
    cache.end()
    time.sleep(1.0)
    cache.start()


def stopped_for_a_while(cache: Memcached) -> None:
    cache.signal(signal.SIGSTOP)
    time.sleep(2.0)
    cache.signal(signal.SIGCONT)


def filled_with_rubbish(cache: Memcached) -> None:
    for rubbish in (b"", b"tmk1", b"\x80\x04}", bytes(5_000)):
        cache.fill_with(rubbish)


def emptied(cache: Memcached) -> None:
    cache.say(b"flush_all\r\n")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Memcached]]:
    """Return a service of two workers that has everything ready, and its memcached."""
    config = write_service(tmp_path_factory.mktemp("shared"))
    with memcached("-m", "256", "-I", "16m") as cache, gunicorn(config, workers=2, settings=settings_for(cache)) as service:
        service.wait(lambda: all(is_ready(service) for _ in range(12)))
        yield service, cache


@pytest.mark.parametrize("fault", [filled_with_rubbish, emptied, stopped_for_a_while, killed_and_started, killed])
def test_a_memcached_that_is_not_well_costs_time_and_nothing_else(
    shared: tuple[Service, Memcached], fault: Callable[[Memcached], None]
) -> None:
    service, cache = shared
    workers = service.workers
    with crowd(service, ASKED, size=4) as asked:
        time.sleep(0.5)
        fault(cache)
        time.sleep(2.5)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert {path: len(bodies) for path, bodies in asked.bodies.items()} == dict.fromkeys(ASKED, 1)
    assert asked.slowest_seconds < 2 * TIMEOUT_SECONDS + 2.0
    assert service.workers == workers


def test_a_service_starts_without_its_memcached_and_takes_to_it_when_it_comes(config: Path, cache: Memcached) -> None:
    cache.end()
    with gunicorn(config, workers=1, settings=settings_for(cache)) as service:
        assert [service.get(path).status for path in ASKED] == [200] * len(ASKED)
        cache.start()
        time.sleep(3.0)
        service.get(TILES[0])
        service.wait(lambda: service.get(TILES[0]).status == 200 and sets_of(cache) > 0, 20.0)


def test_of_two_memcacheds_the_loss_of_one_is_the_loss_of_half(config: Path, cache: Memcached) -> None:
    with memcached("-m", "64") as other, gunicorn(config, workers=2, settings=settings_for(cache, other)) as service:
        service.wait(lambda: all(is_ready(service) for _ in range(12)))
        with crowd(service, ASKED, size=3) as asked:
            time.sleep(1.0)
            assert cache.names() != []
            assert other.names() != []
            other.end()
            time.sleep(2.0)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
