"""Numbers for Prometheus, of all workers together. None of them names a map, a layer or a visitor."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

import tilemaker

from .workers import is_alive, shared

MEDIA_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper ends of the bins of latencies."""


class Metrics:
    """What this process counts, and what all of them have counted.

    Counted by routes as they are documented, never by addresses: there are few of them, and they name nothing.
    """

    def __init__(self) -> None:
        own = self._own = CollectorRegistry()
        self.requests = Counter("tilemaker_requests", "Requests answered.", ["route", "status"], registry=own)
        self.seconds = Histogram(
            "tilemaker_request_seconds", "Time from a request to the end of its answer.", ["route"], registry=own, buckets=SECONDS
        )
        self.under_way = Gauge(
            "tilemaker_requests_under_way", "Requests being answered.", registry=own, multiprocess_mode="livesum"
        )
        self.tiles = Counter("tilemaker_tiles", "Tiles handed out, by where their pixels came from.", ["source"], registry=own)
        self.lookups = Counter("tilemaker_cache_lookups", "Looks into the cache.", ["result"], registry=own)
        self.builds = Counter("tilemaker_overview_builds", "Overviews begun, finished and failed.", ["event"], registry=own)
        self.build_seconds = Counter("tilemaker_overview_build_seconds", "Time spent building overviews.", registry=own)
        self.items = Counter("tilemaker_memcached_items", "Items looked for in memcached or put there.", ["outcome"], registry=own)
        self.item_bytes = Counter(
            "tilemaker_memcached_bytes", "Bytes read from memcached and put there.", ["outcome"], registry=own
        )
        self._gauges: list[tuple[Gauge, Callable[[], float]]] = []
        self.follow("tilemaker_worker_resident_bytes", "Memory of each worker.", resident_bytes)
        self.follow("tilemaker_worker_open_files", "Open files and connections of each worker.", open_files)
        about = Gauge("tilemaker_info", "The version that is running.", ["version"], registry=own, multiprocess_mode="livemax")
        about.labels(tilemaker.__version__).set(1)

    def count_tile(self, source: str) -> None:
        """Count a tile that was handed out."""
        self.tiles.labels(source).inc()
        self.count_look(source == "cache")

    def count_look(self, is_hit: bool) -> None:
        """Count a look into the cache."""
        self.lookups.labels("hit" if is_hit else "miss").inc()

    def count_build(self, event: str, seconds: float) -> None:
        """Count an overview that is begun, finished or given up."""
        self.builds.labels(event).inc()
        self.build_seconds.inc(seconds)

    def count_item(self, outcome: str, length: int) -> None:
        """Count an item of memcached, and its bytes."""
        self.items.labels(outcome).inc()
        if length:
            self.item_bytes.labels(outcome).inc(length)

    def follow(self, name: str, description: str, look: Callable[[], float]) -> None:
        """Have a number of each worker told with the others.

        Parameters
        ----------
        name, description
            What it is called, and what it is.
        look
            Returns it, at once.
        """
        self._gauges.append((Gauge(name, description, registry=self._own, multiprocess_mode="liveall"), look))

    def look(self) -> None:
        """Write down this worker's numbers as they are now."""
        for gauge, look in self._gauges:
            gauge.set(look())

    def text(self) -> bytes:
        """Return the numbers of all workers, as Prometheus reads them."""
        self.look()
        folder = shared()
        if folder is None:
            return generate_latest(self._own)
        _bury(folder)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together, path=str(folder))  # type: ignore[no-untyped-call]
        return generate_latest(together)


def _bury(folder: Path) -> None:
    """Take the dead out of what is told of the living: a worker that was killed could not do it."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not is_alive(int(pid)):
            with suppress(OSError):
                multiprocess.mark_process_dead(int(pid), path=str(folder))  # type: ignore[no-untyped-call]


def resident_bytes() -> float:
    """Return how much memory this process takes, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def open_files() -> float:
    """Return how many files and connections this process holds, 0 where the system does not say."""
    try:
        return float(sum(1 for _ in Path("/proc/self/fd").iterdir()))
    except OSError:
        return 0.0
