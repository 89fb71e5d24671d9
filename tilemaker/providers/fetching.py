"""Blocks of files elsewhere: fetched once, in few requests, and kept within a budget of bytes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tilemaker import wanted

from .together import together

if TYPE_CHECKING:
    from .blobs import Bytes
    from .kept import Kept
    from .web import Version

BLOCK = 1 << 13
"""Bytes fetched at least: a row of a tile is shorter, but its neighbours are looked at too."""

MOST_BYTES = 4 << 20
"""Bytes fetched by one request at most."""

MOST_WASTE = 4
"""How many times as much as is wanted may be fetched beside it, to save a request."""

CONNECTIONS = 6
"""Requests under way at once for one reader."""

LOOK_SECONDS = 0.2
"""How often whoever waits for what another is fetching looks whether anybody still waits for him."""


class Ranged(Protocol):
    """A file elsewhere."""

    @property
    def gap_bytes(self) -> int:
        """How many bytes that nobody wants cost no more than another request."""
        ...

    def fetch(self, start: int, stop: int, version: Version) -> bytes:
        """Return these bytes of a version. Raises `MapUnreadable`."""
        ...


@dataclass(frozen=True, slots=True)
class Volume:
    """One version of a file elsewhere."""

    name: str
    """What tells it from others."""
    file: Ranged
    version: Version

    def key(self, number: int) -> tuple[object, ...]:
        """Return what a block is kept by."""
        return self.name, self.version, number


class Fetching:
    """Gives blocks, from memory or from where they are.

    Parameters
    ----------
    kept
        Keeps them.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._coming: dict[object, threading.Event] = {}
        self._lock = threading.Lock()

    def holds(self, volume: Volume, number: int) -> bool:
        """Return whether a block is in memory."""
        return self._kept.find(volume.key(number)) is not None

    def blocks(self, volume: Volume, numbers: Iterable[int]) -> Mapping[int, Bytes]:
        """Return blocks by their numbers. What others are fetching already is waited for. Raises `MapUnreadable`."""
        found: dict[int, Bytes] = {}
        missing = list(numbers)
        while missing:
            wanted.check()
            found |= self._at_hand(volume, missing)
            missing = [number for number in missing if number not in found]
            with self._lock:
                mine = [number for number in missing if volume.key(number) not in self._coming]
                other = next((self._coming[volume.key(number)] for number in missing if number not in mine), None)
                arrival = threading.Event()
                self._coming |= {volume.key(number): arrival for number in mine}
            if mine:
                found |= self._fetched(volume, mine, arrival)
            elif other is not None:
                other.wait(LOOK_SECONDS)
            missing = [number for number in missing if number not in found]
        return found

    def _at_hand(self, volume: Volume, numbers: Iterable[int]) -> dict[int, Bytes]:
        kept = ((number, self._kept.find(volume.key(number))) for number in numbers)
        return {number: block for number, block in kept if isinstance(block, np.ndarray)}

    def _fetched(self, volume: Volume, numbers: Sequence[int], arrival: threading.Event) -> dict[int, Bytes]:
        found: dict[int, Bytes] = {}
        runs = _runs(volume, numbers)
        one_by_one = threading.Lock()

        def work() -> None:
            while True:
                with one_by_one:
                    run = runs.pop() if runs else None
                if run is None:
                    return
                try:
                    found.update(self._run(volume, run))
                except BaseException:
                    runs.clear()  # the others need not go on
                    raise

        try:
            together([work] * min(CONNECTIONS, len(runs)))
        finally:
            with self._lock:
                for number in numbers:
                    del self._coming[volume.key(number)]
            arrival.set()
        return found

    def _run(self, volume: Volume, run: range) -> Iterator[tuple[int, Bytes]]:
        """Fetch blocks that lie beside each other, and keep them."""
        wanted.check()
        start = run.start * BLOCK
        content = volume.file.fetch(start, min(run.stop * BLOCK, volume.version.size), volume.version)
        for number in run:
            first = number * BLOCK - start
            # A copy of its own: a part of an array keeps all of it in memory.
            block = np.frombuffer(content[first : first + BLOCK], np.uint8)
            yield number, self._kept.put(volume.key(number), block)


def _runs(volume: Volume, numbers: Sequence[int]) -> list[range]:
    """Return what to fetch at once; the last comes first, since they are taken from the end."""
    if not volume.version.has_parts:
        return [range(-(-volume.version.size // BLOCK))]
    most, gap = MOST_BYTES // BLOCK, volume.file.gap_bytes // BLOCK
    runs: list[range] = []
    begun = 0
    for number in sorted(numbers):
        is_near = bool(runs) and number - runs[-1].stop <= min(gap, MOST_WASTE * (runs[-1].stop - begun))
        if not is_near or number >= runs[-1].start + most:
            runs.append(range(number, number + 1))
            begun = number
            continue
        begun = begun if number == runs[-1].stop else number
        runs[-1] = range(runs[-1].start, number + 1)
    return runs[::-1]
