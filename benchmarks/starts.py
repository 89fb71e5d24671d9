"""From the command line to the first answer and the first tile."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .bench import Bench, turned
from .client import Connection
from .maps import LISTED_COUNT, Unmeasurable
from .questions import Tile
from .samples import Samples
from .servers import OURS, Program, running


@dataclass(frozen=True, slots=True)
class StartKind:
    """Opening the large map by its name alone, until its first picture is there."""

    name: str = "start"

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure: each round starts each program once; a start before, not counted, compiles what is not yet compiled."""
        samples = Samples()
        programs = {"http": OURS} | ({"peer": bench.peer} if bench.peer else {})
        bench.maps.warm()
        for program in programs.values():
            self._round(program, bench.maps.main)
        for number in range(bench.few_rounds):
            for name in turned(list(programs), number):
                samples.add(name, **self._round(programs[name], bench.maps.main))
        return {self.name: samples}

    def _round(self, program: Program, path: Path) -> dict[str, float]:
        with running(program.open(path), path.parent) as server:
            first_answer_s = server.wait_for(program.first_path)
            server.wait_for("/layers/default")
            with Connection(server.port) as connection:
                layer_id = json.loads(connection.read("/layers/default"))["layer"]["layer_id"]
            first_tile_s = server.wait_for(Tile(layer_id, 0, 0, 1, "png").path)
            return {
                "first_answer_s": first_answer_s,
                "first_tile_s": first_tile_s,
                "resident_mb": server.processes.resident_mb(),
                "cpu_s": server.processes.cpu_seconds(),
            }


@dataclass(frozen=True, slots=True)
class ListingKind:
    """Opening a folder of a thousand files, until all of them are listed."""

    name: str = "1,000 files listed"

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure, ours alone."""
        samples = Samples()
        self._round(bench.maps.listed, lambda **_: None)
        for _ in range(bench.few_rounds):
            self._round(bench.maps.listed, lambda **found: samples.add("http", **found))
        return {self.name: samples}

    def _round(self, folder: Path, add: Callable[..., None]) -> None:
        with running(OURS.open(folder), folder.parent) as server:
            seconds = server.wait_for("/maps")
            with Connection(server.port) as connection:
                listed = connection.read("/maps").count(b'"layer_id"')
            if listed != LISTED_COUNT:
                raise Unmeasurable(f"{listed} of {LISTED_COUNT} files are listed")
            add(listed_s=seconds, resident_mb=server.processes.resident_mb())
