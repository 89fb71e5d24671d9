"""Which pixels of the sphere a HEALPix file has, and where in its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tilemaker.errors import MapUnreadable

from .columns import Column, Places

BAND = 1 << 20
"""Numbers of pixels that are read at once."""

SHOWN = 1 << 20
"""About how many pixels are looked at to say where a part of the sky is."""


class Cells(Protocol):
    """The pixels of a file, by number and by place in a column."""

    @property
    def count(self) -> int:
        """How many the file has."""
        ...

    def numbers(self, start: int, stop: int) -> Places:
        """Return the numbers of the pixels at some places in a row."""
        ...

    def places(self, numbers: Places) -> Places:
        """Return the places of numbered pixels, -1 for those that the file does not have."""
        ...


@dataclass(frozen=True, slots=True)
class InARow:
    """Pixels in the order of their numbers: all of them, or those from one number to another."""

    first: int
    count: int
    pixels: int
    """How many the sphere has."""

    def numbers(self, start: int, stop: int) -> Places:
        """Return the numbers of the pixels at some places in a row."""
        return np.arange(self.first + start, self.first + stop)

    def places(self, numbers: Places) -> Places:
        """Return the places of numbered pixels."""
        if self.count == self.pixels:
            return numbers
        places = numbers - self.first
        return np.where((places >= 0) & (places < self.count), places, -1)


@dataclass(frozen=True, slots=True)
class Listed:
    """Pixels whose numbers stand in a column. The places of runs of numbers are kept in memory."""

    column: Column
    runs: Callable[[], Places]
    """Gives what `runs_of` has made of the column; called each time, since it may have been dropped meanwhile."""

    @property
    def count(self) -> int:
        """How many pixels the file has."""
        return self.column.count

    def numbers(self, start: int, stop: int) -> Places:
        """Return the numbers of the pixels at some places in a row."""
        return self.column.integers(start, stop)

    def places(self, numbers: Places) -> Places:
        """Return the places of numbered pixels."""
        firsts, places, lengths = self.runs()
        run = np.searchsorted(firsts, numbers, "right") - 1
        within = numbers - firsts[run]
        return np.where((run >= 0) & (within >= 0) & (within < lengths[run]), places[run] + within, -1)

    def shown(self) -> Places:
        """Return the numbers of some of the pixels, about evenly, with the first and the last of every run."""
        firsts, _, lengths = self.runs()
        step = max(1, self.count // SHOWN)
        between = [np.arange(first, first + length, step) for first, length in zip(firsts, lengths, strict=True) if length > 2]
        return np.concatenate([firsts, firsts + lengths - 1, *between])


def runs_of(column: Column, pixels: int, most_bytes: int) -> Places:
    """Find the runs of consecutive numbers in a column: for each its first number, that one's place, and its length.

    Raises
    ------
    MapUnreadable
        A number is not one of the sphere's ``pixels``, one stands there twice, or the runs would take more than ``most_bytes``.
    """
    found: list[npt.NDArray[np.int64]] = []
    size = 0
    for begin in range(0, column.count, BAND):
        numbers = column.integers(begin, min(begin + BAND, column.count))
        if numbers.min() < 0 or numbers.max() >= pixels:
            raise MapUnreadable(
                f"The column of pixel numbers has {_stranger(numbers, pixels)}; it should have 0 to {pixels - 1:,}."
            )
        found.append(_runs_in(numbers, begin))
        size += found[-1].nbytes
        if size > most_bytes:
            raise MapUnreadable("The pixels of the map are too scattered for the memory that this server allows.")
    runs = np.concatenate(found, axis=1)
    runs = runs[:, np.argsort(runs[0], kind="stable")]
    if (runs[0, 1:] < runs[0, :-1] + runs[2, :-1]).any():
        raise MapUnreadable("The column of pixel numbers has one of them twice.")
    return np.ascontiguousarray(runs)


def _runs_in(numbers: Places, begin: int) -> npt.NDArray[np.int64]:
    cuts = np.r_[0, np.flatnonzero(np.diff(numbers) != 1) + 1]
    return np.stack([numbers[cuts], begin + cuts, np.diff(np.r_[cuts, numbers.size])])


def _stranger(numbers: Places, pixels: int) -> str:
    return f"{int(numbers[(numbers < 0) | (numbers >= pixels)][0]):,}"


def bands(cells: Cells) -> Iterator[tuple[int, int]]:
    """Cut the places of a file into runs that are read at once."""
    return ((start, min(start + BAND, cells.count)) for start in range(0, cells.count, BAND))
