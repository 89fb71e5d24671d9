"""What is counted of work that nobody asked for by itself."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.support.memcached import memcached, needs_memcached
from tests.support.twins import atlas
from tilemaker.errors import MapUnreadable
from tilemaker.monitor.metrics import Metrics
from tilemaker.providers.overview import Overview, Report
from tilemaker.providers.workshop import Workshop
from tilemaker.server.services import build_services, build_workshop
from tilemaker.settings import Settings

SOME = Overview(0, (np.zeros((2, 4), np.float32),), {})


def numbers(metrics: Metrics, name: str) -> dict[str, float]:
    """Return a counter by its label."""
    lines = [line for line in metrics.text().decode().splitlines() if line.startswith(f"{name}_total")]
    return {line.split('"')[1] if '"' in line else "": float(line.split()[-1]) for line in lines}


def test_overviews_are_counted_when_they_begin_and_when_they_end() -> None:
    def fails(_report: Report) -> Overview:
        raise MapUnreadable("Gone.")

    metrics, workshop, failed = Metrics(), Workshop(), threading.Event()

    def on_build(event: str, seconds: float) -> None:
        metrics.count_build(event, seconds)
        if event == "failed":
            failed.set()

    workshop.on_build = on_build
    workshop.build_now("one", lambda _report: SOME)
    workshop.build_now("one", lambda _report: SOME)
    with pytest.raises(MapUnreadable):
        workshop.build_now("two", fails)
    failed.clear()
    workshop.request("three", fails, is_looked_at=True)
    assert failed.wait(10.0)
    workshop.close()

    assert numbers(metrics, "tilemaker_overview_builds") == {"started": 3.0, "finished": 1.0, "failed": 2.0}
    assert numbers(metrics, "tilemaker_overview_build_seconds")[""] >= 0.0


def test_items_of_memcached_are_counted_with_their_bytes() -> None:
    metrics = Metrics()
    for outcome, length in (("hit", 100), ("hit", 50), ("miss", 0), ("stored", 10), ("failed", 0)):
        metrics.count_item(outcome, length)

    assert numbers(metrics, "tilemaker_memcached_items") == {"hit": 2.0, "miss": 1.0, "stored": 1.0, "failed": 1.0}
    assert numbers(metrics, "tilemaker_memcached_bytes") == {"hit": 150.0, "stored": 10.0}


@needs_memcached
def test_overviews_on_their_way_through_memcached_are_counted_with_tiles() -> None:
    with memcached() as server:
        settings = Settings(cache_type="memcached", memcached_host=(server.host,))
        workshop = build_workshop(settings)
        services = build_services(settings, atlas(), workshop)
        assert workshop.shelf is not None
        workshop.shelf.put("overview", bytes(100))
        services.cache.put("tile", bytes(10))

        assert (workshop.shelf.get("overview"), services.cache.get("tile")) == (bytes(100), bytes(10))
        assert numbers(services.metrics, "tilemaker_memcached_items") == {"stored": 2.0, "hit": 2.0}
        assert numbers(services.metrics, "tilemaker_memcached_bytes") == {"stored": 110.0, "hit": 110.0}
    workshop.close()
