"""What is counted of work that nobody asked for by itself."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tilemaker.errors import MapUnreadable
from tilemaker.monitor.metrics import Metrics
from tilemaker.providers.overview import Overview, Report
from tilemaker.providers.workshop import Workshop

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
