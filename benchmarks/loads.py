"""Many clients at once: how many tiles a second, how long they wait, and how much memory it takes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .bench import Bench, turned
from .client import crowd
from .deck import Deck
from .samples import Samples
from .servers import OURS, Launch, Server, running


@dataclass(frozen=True, slots=True)
class LoadKind:
    """Clients that ask for tiles of the finest level as fast as they get them, of one or of several processes.

    Our server is as it comes: it has averaged the map before it is measured, and memory is what that takes too.
    """

    clients: int
    workers: int
    tiles: int
    """Tiles asked for in a round, or as many as the map has: enough to fill the cache of a server that is as it comes."""
    tiles_of_peer: int
    """The same for tilemaker 3.1.0, which takes longer; 0 to leave it out."""

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.clients} clients, {self.workers} worker{'s' if self.workers > 1 else ''}"

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure: a new server for each round, whose cache is empty."""
        samples = Samples()
        bench.maps.warm()
        for number in range(bench.few_rounds):
            for name in turned(list(self._launches(bench)), number):
                self._round(bench, name, number, samples)
        return {self.name: samples}

    def _launches(self, bench: Bench) -> dict[str, Launch]:
        config = bench.maps.main_config
        launches = {"http": OURS.serve(config) if self.workers == 1 else OURS.serve_together(config, self.workers)}
        if bench.peer and self.tiles_of_peer:
            launches["peer"] = bench.launch_of_peer(bench.peer)
        return launches

    def _round(self, bench: Bench, name: str, number: int, samples: Samples) -> None:
        count = self.tiles if name == "http" else self.tiles_of_peer
        tiles = Deck(bench.maps, seed=number).tiles(bench.maps.main_ids, "png")
        with self._server(bench, name) as server:
            # A few for each client, not counted: all workers have then imported what they need.
            crowd(server.port, self.clients, [each.path for each in itertools.islice(tiles, 4 * self.workers)])
            paths = [each.path for each in itertools.islice(tiles, count)]
            server.settle()
            server.processes.forget_peak()
            cpu_before = server.processes.cpu_seconds()
            result = crowd(server.port, self.clients, paths)
            samples.add(
                name,
                tiles_per_s=len(paths) / result.seconds,
                cpu_ms=1e3 * (server.processes.cpu_seconds() - cpu_before) / len(paths),
                wall_ms=1e3 * float(np.median(result.latencies_seconds)),
                slowest_ms=1e3 * max(result.latencies_seconds),
                peak_mb=server.processes.peak_mb(),
            )

    @contextmanager
    def _server(self, bench: Bench, name: str) -> Iterator[Server]:
        with running(self._launches(bench)[name], bench.maps.folder) as server:
            server.wait_for("/map-groups")
            yield server
