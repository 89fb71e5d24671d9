"""The pass that averages a map, beside reading it; and what is shown before it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tilemaker.providers.fits import FitsSpec
from tilemaker.providers.workshop import Workshop

from .bench import Bench, turned
from .client import Connection
from .deck import Deck
from .limit import BarePlane
from .maps import Unmeasurable
from .questions import HIGH, LOW, Tile
from .samples import Samples
from .servers import OURS, running

EDGES = np.linspace(4 * LOW, 4 * HIGH, 129)
_LOOK_AGAIN_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class OverviewKind:
    """The overview of one plane of the large map, in this process: with a histogram, as a server builds it."""

    is_cold: bool

    @property
    def name(self) -> str:
        """What it is called."""
        return f"overview of one plane, {'cold' if self.is_cold else 'warm'}"

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure: the pass and a bare sequential read of the same bytes take turns."""
        samples, layer_id = Samples(), bench.maps.main_ids[0]
        plane = bench.maps.plane(layer_id)
        bare = BarePlane(plane)
        steps = {"pipeline": lambda: _build(FitsSpec(filename=plane.path, index=plane.index)), "limit": bare.read_all}
        if not self.is_cold:
            bench.maps.warm()
        for number in range(bench.few_rounds):
            for name in turned(list(steps), number):
                if self.is_cold:
                    bench.maps.cool(layer_id)
                samples.add(name, **_timed(steps[name]), plane_mb=bare.nbytes / 1e6)
        return {self.name: samples}


@dataclass(frozen=True, slots=True)
class PreviewKind:
    """The two tiles of level 0, of each plane of the large map, asked of a server that has averaged nothing yet."""

    name: str = "level 0 before the overview"

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure: a new server for each round; a tile that is no preview is not counted."""
        samples = Samples()
        bench.maps.warm()
        for _ in range(bench.few_rounds):
            with running(OURS.serve(bench.maps.main_config, TILEMAKER_PRECACHE="false"), bench.maps.folder) as server:
                server.wait_for("/map-groups")
                with Connection(server.port) as connection:
                    # A program imports some of its parts only when needed: a tile of the finest level averages nothing.
                    connection.get(next(Deck(bench.maps).tiles(bench.maps.main_ids, "png")).path)
                    for layer_id in bench.maps.main_ids:
                        _look(connection, layer_id, samples)
        return {self.name: samples}


def _look(connection: Connection, layer_id: str, samples: Samples) -> None:
    for x in (0, 1):
        began = time.perf_counter()
        answer = connection.get(Tile(layer_id, 0, 0, x, "png").path)
        if b"tile-quality: preview" not in answer.head:
            raise Unmeasurable("the overview was there before its first tile was asked for: the map is too small to be measured on")
        samples.add("http", wall_ms=1e3 * (time.perf_counter() - began))


def _build(spec: FitsSpec) -> None:
    workshop = Workshop()
    provider = spec.open(workshop)
    provider.prepare(EDGES)
    while provider.progress < 1.0:
        time.sleep(_LOOK_AGAIN_SECONDS)
    workshop.close()


def _timed(step: Callable[[], None]) -> dict[str, float]:
    cpu_before, began = time.process_time(), time.perf_counter()
    step()
    seconds = time.perf_counter() - began
    return {"wall_ms": 1e3 * seconds, "cpu_ms": 1e3 * (time.process_time() - cpu_before)}
