"""Workers that share a memcached, and lose it in every way there is, while a crowd keeps asking."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.production.conftest import TILES, copied
from tests.support.gunicorn import crowd, gunicorn
from tests.support.memcached import Memcached, memcached, needs_memcached

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.gunicorn import Service

TIMEOUT_SECONDS = 0.4
CONNECTIONS = 4
"""The most that a worker keeps to each memcached, for tiles and for overviews."""
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


def counted(cache: Memcached, what: str) -> int:
    """Return what a memcached has counted."""
    return int(cache.say(b"stats\r\n", b"END\r\n").split(b"STAT %s " % what.encode())[1].split()[0])


def sets_of(cache: Memcached) -> int:
    """Return how often anything has been put into a memcached."""
    return counted(cache, "cmd_set")


def what_is_answered(config: Path, cache: Memcached, workers: int) -> tuple[dict[str, bytes], int]:
    """Ask some workers for everything, often enough for each to be asked; return the answers, and how many tiles were read."""
    patient = settings_for(cache) | {"TILEMAKER_MEMCACHED_TIMEOUT_SECONDS": "10"}
    with gunicorn(config, workers=workers, settings=patient) as service:
        service.wait(lambda: all(is_ready(service) for _ in range(6 * workers)))
        answers = [service.get(path) for path in [*ASKED] * 2 * workers]
        assert {answer.status for answer in answers} == {200}
        told = service.get("/metrics").body.decode()
    read = re.search(r'^tilemaker_tiles_total{source="file"} (\d+)', told, re.MULTILINE)
    return dict(zip(ASKED, (answer.body for answer in answers), strict=False)), int(read[1]) if read else 0


def test_what_one_worker_has_made_the_others_have(original: Path, tmp_path: Path, cache: Memcached) -> None:
    """Three workers read each tile once, as one would; and one that comes later reads none, and puts nothing away."""
    config = copied(original, tmp_path)
    first, read = what_is_answered(config, cache, workers=1)
    puts = sets_of(cache)
    later, read_later = what_is_answered(config, cache, workers=1)
    puts_later = sets_of(cache) - puts
    cache.say(b"flush_all\r\n")
    _, read_by_several = what_is_answered(config, cache, workers=3)

    assert later == first
    assert (read_later, puts_later) == (0, 0)
    assert 0 < read_by_several == read <= len(TILES)


def killed(cache: Memcached) -> None:
    cache.end()


def killed_and_started(cache: Memcached) -> None:
    cache.end()
    time.sleep(0.5)
    cache.start()


def stopped_for_a_while(cache: Memcached) -> None:
    cache.signal(signal.SIGSTOP)
    time.sleep(2 * TIMEOUT_SECONDS)
    cache.signal(signal.SIGCONT)


def filled_with_rubbish(cache: Memcached) -> None:
    for rubbish in (b"", b"tmk1", b"\x80\x04}", bytes(5_000)):
        cache.fill_with(rubbish)


def emptied(cache: Memcached) -> None:
    cache.say(b"flush_all\r\n")


@pytest.fixture(scope="module")
def shared(original: Path) -> Iterator[tuple[Service, Memcached]]:
    """Return a service of two workers that has everything ready, and its memcached."""
    with memcached("-m", "256", "-I", "16m") as cache, gunicorn(original, workers=2, settings=settings_for(cache)) as service:
        service.wait(lambda: all(is_ready(service) for _ in range(12)))
        yield service, cache


@pytest.mark.parametrize("fault", [filled_with_rubbish, emptied, stopped_for_a_while, killed_and_started, killed])
def test_a_memcached_that_is_not_well_costs_time_and_nothing_else(
    shared: tuple[Service, Memcached], fault: Callable[[Memcached], None]
) -> None:
    service, cache = shared
    before = service.footprints
    with crowd(service, ASKED, size=4) as asked:
        asked.keep_on()
        fault(cache)
        asked.keep_on()
        if fault is not killed:
            looked = counted(cache, "get_hits")
            service.wait(lambda: counted(cache, "get_hits") > looked, 20.0)  # it is used again

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert {path: len(bodies) for path, bodies in asked.bodies.items()} == dict.fromkeys(ASKED, 1)
    assert asked.slowest_seconds < 2 * TIMEOUT_SECONDS + 2.0
    assert service.workers == list(before)
    service.wait_until_settled(before, files=2 * CONNECTIONS)


def test_a_service_starts_without_its_memcached_and_takes_to_it_when_it_comes(original: Path, cache: Memcached) -> None:
    cache.end()
    with gunicorn(original, workers=1, settings=settings_for(cache)) as service:
        assert [service.get(path).status for path in ASKED] == [200] * len(ASKED)
        cache.start()
        service.wait(lambda: service.get(TILES[0]).status == 200 and sets_of(cache) > 0, 20.0)


def test_of_two_memcacheds_the_loss_of_one_is_the_loss_of_half(original: Path, cache: Memcached) -> None:
    with memcached("-m", "64") as other, gunicorn(original, workers=2, settings=settings_for(cache, other)) as service:
        service.wait(lambda: all(is_ready(service) for _ in range(12)))
        with crowd(service, ASKED, size=3) as asked:
            service.wait(lambda: cache.names() != [] and other.names() != [])
            other.end()
            asked.keep_on()

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
