"""What a pass over a map adds up, band by band: means of blocks, and histograms."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import numpy.typing as npt

from tilemaker import kernels
from tilemaker.sky.thin import block_sums, mean_of, padded

from .counting import count, is_told_apart
from .pixels import HasStoredRows

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tilemaker.kernels.ready import Loops
    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder

    from .counting import Edges
    from .pixels import Pixels, Rows, StoredRows, Values, Words

Divisors = npt.NDArray[np.int32] | npt.NDArray[np.float64]
Added = tuple[list[npt.NDArray[np.int64]], npt.NDArray[np.float64], Divisors]
"""Counts of each histogram; sums of blocks, and what they are divided by: how many pixels they are of."""
Adding = Callable[[], Added]
"""Adds up a band."""

Array = TypeVar("Array", bound=Divisors)

ROWS_AT_ONCE = 256
"""Rows of an overview that are divided at once."""

BAND_PIXELS = 3 << 19
"""Pixels that each thread of a pass holds at once, at most, unless a row of blocks has more."""


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of blocks that a pass adds up at once: those under one row of blocks of a coarser level."""

    blocks: slice
    """Which rows of blocks of the finest level kept."""
    under: int
    """The row of blocks of the coarser level."""
    rows: range
    """The map's rows that lie under them."""


class Tally:
    """What a pass has added up so far. Bands are added from several threads.

    Of the finest levels only means are kept, which each band has whole; of the level whose blocks are as high as a band, the sums.

    Parameters
    ----------
    ladders
        Where blocks begin along rows and columns.
    span
        The finest level to keep, and the number of levels of the tile grid, the map's own included.
    edges
        Histograms to count.
    """

    def __init__(self, ladders: tuple[Ladder, Ladder], span: tuple[int, int], edges: Sequence[Edges]) -> None:
        self._ladders, self._edges = ladders, tuple(edges)
        self._first, self._end = span
        blocks_in_a_band = BAND_PIXELS // (ladders[1].count << self._first)
        self._last = min(self._first + max(0, blocks_in_a_band.bit_length() - 1), self._end - 1)
        self._levels: list[Pixels] = [np.empty(self._shape(level), np.float32) for level in range(self._first, self._last)]
        self._sums = np.zeros(self._shape(self._last))
        self._present: Divisors = self._no_divisors(self._shape(self._last))
        self.histograms = {each.tobytes(): np.zeros(each.size - 1, np.int64) for each in edges}
        self._bands_done = 0
        self._lock = threading.Lock()

    @property
    def fraction(self) -> float:
        """How much of the map has been added, 0 to 1."""
        return self._bands_done / self._sums.shape[0]

    @property
    def first_level(self) -> int:
        """The finest level kept."""
        return self._first

    @property
    def rows_in_a_band(self) -> int:
        """How many of the map's rows lie under a band, at most."""
        return 1 << self._last

    def bands(self) -> Generator[Band]:
        """Cut the map into bands, from south to north."""
        rows, finer = self._ladders[0], self._last - self._first
        lowest, total = rows.first >> self._first, rows.blocks(self._first)
        for under in range(rows.blocks(self._last)):
            begin = (((rows.first >> self._last) + under) << finer) - lowest
            start, stop = max(begin, 0), min(begin + (1 << finer), total)
            first, last = rows.pixels(start, stop, self._first)
            yield Band(slice(start, stop), under, range(max(first, 0), min(last, rows.count)))

    def read(self, plane: Rows, band: Band, room: Words) -> Adding:
        """Read a band, in ``room`` where that is possible; return what adds it up, which needs nothing more of the file."""
        loops = kernels.loops()
        if loops is not None and isinstance(plane, HasStoredRows) and self._is_counted_by_loops:
            stored = plane.stored(band.rows, room)
            if stored is not None:
                return partial(self._of_stored, loops, band, stored)
        return partial(self._of_values, band, plane.read(band.rows, range(plane.shape[1])))

    def add(self, band: Band, adding: Adding) -> None:
        """Add a band that has been read."""
        counted, sums, present = adding()
        row, level = band.blocks.start, self._first
        for means in self._levels:
            means[row : row + len(sums)] = mean_of(sums, present)
            sums, present = self._halved(sums, (level, row)), self._halved(present, (level, row))
            first = self._ladders[0].first
            row, level = ((first >> level) + row) // 2 - (first >> (level + 1)), level + 1
        self._sums[band.under], self._present[band.under] = sums[0], present[0]
        with self._lock:
            for each, counts in zip(self._edges, counted, strict=True):
                self.histograms[each.tobytes()] += counts
            self._bands_done += 1

    def levels(self) -> tuple[Pixels, ...]:
        """Return the means of all levels, from the finest to the coarsest, when all bands have been added."""
        coarser, sums, present = [], self._sums, self._present
        for level in range(self._last, self._end):
            if level > self._last:
                sums, present = self._halved(sums, (level - 1, 0)), self._halved(present, (level - 1, 0))
            coarser.append(_means(sums, present))
        return (*self._levels, *coarser)

    def _no_divisors(self, shape: Shape) -> Divisors:
        return np.zeros(shape, np.int32)

    def _shape(self, level: int) -> Shape:
        return self._ladders[0].blocks(level), self._ladders[1].blocks(level)

    @property
    def _is_counted_by_loops(self) -> bool:
        return all(is_told_apart(each) and each.size == self._edges[0].size for each in self._edges)

    def _of_values(self, band: Band, pixels: Values) -> Added:
        return [count(pixels, each) for each in self._edges], *block_sums(self._on_blocks(band, pixels), 1 << self._first)

    def _on_blocks(self, band: Band, pixels: Values) -> Values:
        """Return a band with NaN around it, so that it fills its blocks."""
        first_row, last_row = self._ladders[0].pixels(band.blocks.start, band.blocks.stop, self._first)
        first_column, last_column = self._ladders[1].pixels(0, self._ladders[1].blocks(self._first), self._first)
        return padded(pixels, (band.rows.start - first_row, -first_column), (last_row - first_row, last_column - first_column))

    def _of_stored(self, loops: Loops, band: Band, stored: StoredRows) -> Added:
        """Do the same as `_of_values` in one go, to the same bits."""
        shape = band.blocks.stop - band.blocks.start, self._ladders[1].blocks(self._first)
        sums, present = np.empty(shape), np.empty(shape, np.int32)
        edges = np.array(self._edges).reshape(len(self._edges), self._edges[0].size if self._edges else 0)
        counts = np.zeros((len(edges), max(edges.shape[1] - 1, 0)), np.int64)
        missing = [band.rows.start - self._ladders[0].pixels(band.blocks.start, band.blocks.stop, self._first)[0]]
        missing.append(-self._ladders[1].pixels(0, 1, self._first)[0])
        pieces = stored.pieces + np.array([missing[1], 0, 0, 0])
        loops.tally(stored.words, pieces, (1 << self._first, missing[0], stored.is_row_reversed), edges, sums, present, counts)
        return list(counts), sums, present

    def _halved(self, values: Array, where: tuple[int, int]) -> Array:
        """Add up blocks of two by two of some rows of a level, given by it and the first of them."""
        level, row = where
        before = ((self._ladders[0].first >> level) + row) % 2, (self._ladders[1].first >> level) % 2
        shape = (before[0] + len(values) + 1) // 2, self._ladders[1].blocks(level + 1)
        return _halved(values, before, cast("Array", np.zeros_like(values, shape=shape)))


def _means(sums: npt.NDArray[np.float64], present: Divisors) -> Pixels:
    """Return means, a few rows at a time: what is between takes as much memory as the sums."""
    means = np.empty(sums.shape, np.float32)
    for first in range(0, len(sums), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        means[rows] = mean_of(sums[rows], present[rows])
    return means


def _halved(values: Array, before: Shape, result: Array) -> Array:
    """Add up blocks of two by two, of which the first may stick out by a row or a column, in an array of zeros."""
    for column in (0, 1):
        for row in (0, 1):
            # Where the first of these is, and in which block.
            first = (row - before[0]) % 2, (column - before[1]) % 2
            part = values[first[0] :: 2, first[1] :: 2]
            block = (first[0] + before[0]) // 2, (first[1] + before[1]) // 2
            under = result[block[0] : block[0] + part.shape[0], block[1] : block[1] + part.shape[1]]
            np.add(under, part, out=under)
    return result
