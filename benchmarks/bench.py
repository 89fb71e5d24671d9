"""What every kind of measurement works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .maps import Maps
from .samples import Samples
from .servers import OURS, Launch, Program

T = TypeVar("T")


@dataclass(frozen=True)
class Bench:
    """One run of the suite."""

    maps: Maps
    peer: Program | None
    """tilemaker 3.1.0, when it is measured too."""
    rounds: int
    """How often each thing is measured, where it is quick."""

    @property
    def few_rounds(self) -> int:
        """How often each thing is measured where it takes seconds."""
        return max(3, self.rounds // 2)

    def launches(self, settings: Mapping[str, str], *, precaches: bool) -> dict[str, Launch]:
        """Return how to serve all maps: by us, with settings of ours, and by the peer."""
        ours = {"TILEMAKER_PRECACHE": str(precaches).lower(), **settings}
        launches = {"http": OURS.serve(self.maps.config, **ours)}
        if self.peer:
            launches["peer"] = self.launch_of_peer(self.peer)
        return launches

    def launch_of_peer(self, peer: Program) -> Launch:
        """Return how to serve the maps by tilemaker 3.1.0.

        Its precaching works out the histogram of every map before it answers anything; it is part of its start, and left out here.
        """
        return peer.serve(self.maps.peer_config, TILEMAKER_PRECACHE="false")


class Kind(Protocol):
    """A kind of thing that is measured."""

    @property
    def name(self) -> str:
        """What it is called, in the results too."""
        ...

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure; return what each of its cases gave, by their names."""
        ...


def turned(items: Sequence[T], by: int) -> list[T]:
    """Return the items, another one first each time: whoever goes first finds caches of the processor colder."""
    by %= len(items)
    return [*items[by:], *items[:by]]
