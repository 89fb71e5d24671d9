"""What is aimed at, and whether it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .samples import Samples, Spread

Results = Mapping[str, Samples]


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity of one case: of our server, or as many times somebody else's."""

    case: str
    quantity: str
    subject: str = "http"
    over: str | None = None
    """Whose quantity it is divided by, round by round."""

    def of(self, results: Results) -> Spread | None:
        """Return what was measured, None when it was not."""
        samples = results.get(self.case)
        if samples is None:
            return None
        return samples.ratio(self.subject, self.over, self.quantity) if self.over else samples.spread(self.subject, self.quantity)


@dataclass(frozen=True, slots=True)
class Target:
    """A line of the table."""

    what: str
    figure: Figure
    sense: Literal["at most", "at least"]
    bound: float
    unit: str

    def is_met(self, measured: Spread) -> bool:
        """Return whether the median is on the right side."""
        return measured.median <= self.bound if self.sense == "at most" else measured.median >= self.bound


def _less(what: str, case: str, times: float) -> Target:
    """Return a target of so many times less processor time than tilemaker 3.1.0."""
    return Target(what, Figure(case, "cpu_ms", "peer", over="http"), "at least", times, "x less than 3.1.0")


def _limit(what: str, figure: Figure, times: float) -> Target:
    return Target(what, figure, "at most", times, "x the limit")


def _at_most(what: str, case: str, quantity: str, bound: float, unit: str) -> Target:
    return Target(what, Figure(case, quantity), "at most", bound, unit)


CACHE_MB = 192 * 1.048576
"""What the cache of tiles may hold in a process that nobody told anything else."""

TARGETS = (
    _limit("CPU, finest picture tile, warm, not cached", Figure("finest png, warm", "cpu_ms", over="limit"), 1.5),
    _limit("the same, without a cache to fill", Figure("finest png, no cache", "cpu_ms", over="limit"), 1.5),
    _less("not cached, beside 3.1.0", "finest png, warm", 25),
    _less("the same, without a cache to fill, beside 3.1.0", "finest png, no cache", 25),
    _less("cached, beside 3.1.0", "finest png, cached", 40),
    _limit("CPU, number tile, warm, not cached", Figure("finest bin, warm", "cpu_ms", over="limit"), 1.5),
    _limit("the same, without a cache to fill", Figure("finest bin, no cache", "cpu_ms", over="limit"), 1.5),
    Target("tiles a second, 8 clients, 1 worker", Figure("8 clients, 1 worker", "tiles_per_s", over="peer"), "at least", 25,
           "x those of 3.1.0"),
    _limit("overview of one plane, warm", Figure("overview of one plane, warm", "wall_ms", "pipeline", over="limit"), 1.5),
    _limit("overview of one plane, cold", Figure("overview of one plane, cold", "wall_ms", "pipeline", over="limit"), 1.1),
    _at_most("level-0 tile before the overview, warm", "level 0 before the overview", "wall_ms", 300, "ms"),
    _at_most("start to first tile", "start", "first_tile_s", 1.5, "s"),
    _at_most("memory at the first tile", "start", "resident_mb", 350, "MB"),
    *(_at_most(f"memory under load, {name}", name, "peak_mb", round(CACHE_MB + 350), "MB")
      for name in ("8 clients, 1 worker", "64 clients, 1 worker", "64 clients, 2 workers")),
    _less("CPU, 10 deg cut-out, FITS", "cut-out of 10 deg, fits", 5),
    _less("CPU, 10 deg cut-out, PNG", "cut-out of 10 deg, png", 20),
    _at_most("60 deg cut-out, PNG, where it is allowed", "cut-out of 60 deg, png", "wall_ms", 3000, "ms"),
    _at_most("memory at a 60 deg cut-out, PNG", "cut-out of 60 deg, png", "peak_mb", 600, "MB"),
    _at_most("aperture of 0.1 deg", "aperture of 0.1 deg", "wall_ms", 20, "ms"),
    _at_most("aperture of 1 deg", "aperture of 1 deg", "wall_ms", 20, "ms"),
    _at_most("histogram", "histogram", "wall_ms", 20, "ms"),
    _at_most("1,000 files listed", "1,000 files listed", "listed_s", 2, "s"),
    _at_most("open, to the first answer", "start", "first_answer_s", 1, "s"),
)  # fmt: skip
"""The targets of the project: they hold on a large map (``--full``), and are looked at on smaller ones too."""
