"""Overviews shared between processes: one of them builds, and the others pick up what it has built."""

from __future__ import annotations

import json
import time
from collections.abc import Hashable, Iterator
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

import tilemaker

from .overview import Overview

CLAIM_SECONDS = 10.0
"""How long a claim holds that is not renewed: when its holder dies, another takes over after that."""

RENEWAL_SECONDS = 2.0
"""How often a claim is renewed."""


class Shelf(Protocol):
    """Where processes leave things for each other. It may lose anything at any time, and never raises."""

    def get(self, key: str) -> bytes | None:
        """Return what was put under the key, or None."""
        ...

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Keep the value, for a while if ``seconds`` says so."""
        ...

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Keep the value for a while, only if nothing is there; return whether it was taken, or cannot be known."""
        ...


class Claim:
    """The right to build one overview, for as long as it is renewed by telling how far it is."""

    def __init__(self, shelf: Shelf | None, name: str) -> None:
        self._shelf, self._name = shelf, name
        self._told_at = time.monotonic()

    def tell(self, fraction: float) -> None:
        """Say how far the building is, 0 to 1. May be called as often as one likes."""
        if self._shelf is not None and time.monotonic() - self._told_at >= RENEWAL_SECONDS:
            self._told_at = time.monotonic()
            self._shelf.put(self._name, repr(float(fraction)).encode(), CLAIM_SECONDS)

    def release(self) -> None:
        """Give the right back, whatever came of it."""
        if self._shelf is not None:
            self._shelf.put(self._name, b"", 1.0)


class Exchange:
    """What a workshop knows of the workshops of other processes.

    Parameters
    ----------
    shelf
        Where they leave things for each other; None where there are no others.
    terms
        What overviews depend on beside their keys. Only processes with the same terms share.
    """

    def __init__(self, shelf: Shelf | None, *terms: object) -> None:
        self._shelf = shelf
        self._terms = (tilemaker.__version__, *terms)

    def overview(self, key: Hashable) -> Overview | None:
        """Return an overview that somebody has built."""
        packed = None if self._shelf is None else self._shelf.get(self._name("overview", key))
        return None if packed is None else unpacked(packed)

    def offer(self, key: Hashable, overview: Overview) -> None:
        """Leave an overview for the others."""
        if self._shelf is not None:
            self._shelf.put(self._name("overview", key), packed(overview))

    def claim(self, key: Hashable) -> Claim | None:
        """Return the right to build an overview, or None while somebody else has it."""
        name = self._name("claim", key)
        if self._shelf is None or self._shelf.add(name, b"0.0", CLAIM_SECONDS):
            return Claim(self._shelf, name)
        return None

    def heard(self, key: Hashable) -> float:
        """Return how far whoever builds an overview says to be, 0 to 1; 0 when nobody says anything."""
        said = None if self._shelf is None else self._shelf.get(self._name("claim", key))
        try:
            return min(max(float(said or b"0"), 0.0), 1.0)
        except ValueError:
            return 0.0

    def _name(self, kind: str, key: Hashable) -> str:
        return f"{kind}:{blake2b(repr((self._terms, key)).encode(), digest_size=20).hexdigest()}"


def packed(overview: Overview) -> bytes:
    """Return an overview as bytes: a line of JSON that says what follows, and the arrays one after another, little-endian."""
    about = {
        "first_level": overview.first_level,
        "levels": [each.shape for each in overview.levels],
        "counts": [[edges.hex(), counts.size] for edges, counts in overview.counts.items()],
    }
    arrays = [each.astype("<f4", copy=False).tobytes() for each in overview.levels]
    arrays += [each.astype("<i8", copy=False).tobytes() for each in overview.counts.values()]
    return b"".join([json.dumps(about).encode(), b"\n", *arrays])


def unpacked(content: bytes) -> Overview | None:
    """Return the overview of some bytes, which its arrays keep alive, or None when they are not one's."""
    line, _, _ = content[: content.find(b"\n") + 1].partition(b"\n")
    try:
        about = json.loads(line)
        shapes = [(int(rows), int(columns)) for rows, columns in about["levels"]]
        edges = [bytes.fromhex(text) for text, _ in about["counts"]]
        sizes = [4 * rows * columns for rows, columns in shapes] + [8 * int(size) for _, size in about["counts"]]
        parts = list(_cut(content, len(line) + 1, sizes))
        levels = tuple(np.frombuffer(part, "<f4").reshape(shape) for part, shape in zip(parts, shapes, strict=False))
        counts: list[npt.NDArray[np.int64]] = [np.frombuffer(part, "<i8") for part in parts[len(shapes) :]]
        return Overview(int(about["first_level"]), levels, dict(zip(edges, counts, strict=True)))
    except (ValueError, KeyError, TypeError):
        return None


def _cut(content: bytes, start: int, sizes: list[int]) -> Iterator[memoryview]:
    """Yield parts of these sizes. Raises `ValueError` unless they are all there is."""
    if start + sum(sizes) != len(content):
        raise ValueError("too short or too long")
    view = memoryview(content)
    for first, last in pairwise(accumulate(sizes, initial=start)):
        yield view[first:last]
