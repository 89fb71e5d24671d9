"""The coarse pixels of one map, averaged in memory in one pass over the file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from tilemaker import kernels, wanted
from tilemaker.sky.thin import block_sums, mean_of, padded

from .together import helpers, together

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder

    from .pixels import Pixels, Values

Edges = npt.NDArray[np.float64]
Report = Callable[[float], None]
"""Called by a pass with the fraction done, 0 to 1. Raises when the work is no longer wanted."""

Addends = npt.NDArray[np.float64] | npt.NDArray[np.integer]
Number = TypeVar("Number", np.float64, np.int32)

BAND_PIXELS = 1 << 20
"""Pixels that each thread of the pass holds at once."""

ROWS_AT_ONCE = 256
"""Rows of an overview that are divided at once."""

SEVERAL_THREADS_PIXELS = 8 << 20
"""A map of no more pixels is averaged by one thread: starting others takes as long."""


class Rows(Protocol):
    """What a pass reads: a plane in the order of the sky."""

    shape: Shape
    is_quick: bool
    """Whether pixels lie somewhere as they are, and are not worked out each time."""

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns."""
        ...


@dataclass(frozen=True, slots=True)
class Overview:
    """Means of blocks of ``2**level`` pixels, from ``first_level`` on, and histograms of the pixels."""

    first_level: int
    levels: tuple[Pixels, ...]
    counts: dict[bytes, npt.NDArray[np.int64]]
    """Histograms by the bytes of their edges."""

    @property
    def nbytes(self) -> int:
        """Memory taken."""
        return sum(each.nbytes for each in self.levels) + sum(each.nbytes for each in self.counts.values())

    def level(self, level: int) -> Pixels:
        """Return the block means of a level, ``first_level`` or coarser."""
        return self.levels[level - self.first_level]


def first_level_of(shape: Shape, kept_pixels: int) -> int:
    """Return the finest level, at least 1, of which an overview keeps no more than so many pixels."""
    level = 1
    while (shape[0] >> level) * (shape[1] >> level) > kept_pixels:
        level += 1
    return level


def build(plane: Rows, ladders: tuple[Ladder, Ladder], span: tuple[int, int], edges: Sequence[Edges], report: Report) -> Overview:
    """Average a plane in one pass.

    Parameters
    ----------
    plane
        The pixels, in the order of the sky.
    ladders
        Where blocks begin along rows and columns.
    span
        The finest level to keep, and the number of levels of the tile grid, the map's own included.
    edges
        Histograms to count in the same pass.
    report
        Told the fraction done.
    """
    tally = _Tally(ladders, span[0], edges)
    bands = row_bands(ladders[0], plane.shape, span[0])
    one_by_one = threading.Lock()

    def work() -> None:
        try:
            while True:
                # The file is read from beginning to end, by one thread at a time, while others add up what they have read.
                with one_by_one:
                    blocks, rows = next(bands, (None, range(0)))
                    if blocks is None:
                        return
                    pixels = plane.read(rows, range(plane.shape[1]))
                tally.add(blocks, rows, pixels)
                report(tally.fraction)
        finally:
            with one_by_one:
                bands.close()  # whatever it was, the others need not go on

    is_worth_it = plane.shape[0] * plane.shape[1] > SEVERAL_THREADS_PIXELS
    together([work] * (helpers() if is_worth_it else 1))
    return Overview(span[0], tuple(_coarser(tally.sums, tally.present, ladders, span)), tally.histograms)


class _Tally:
    """What a pass has added up so far. Bands are added from several threads."""

    def __init__(self, ladders: tuple[Ladder, Ladder], level: int, edges: Sequence[Edges]) -> None:
        self._ladders, self._level, self._edges = ladders, level, edges
        shape = ladders[0].blocks(level), ladders[1].blocks(level)
        self.sums, self.present = np.zeros(shape), np.zeros(shape, np.int32)
        self.histograms = {each.tobytes(): np.zeros(each.size - 1, np.int64) for each in edges}
        self._rows_done = 0
        self._lock = threading.Lock()

    @property
    def fraction(self) -> float:
        """How much of the map has been added, 0 to 1."""
        return self._rows_done / self.sums.shape[0]

    def add(self, blocks: slice, rows: range, pixels: Values) -> None:
        """Add a band: whole rows of blocks, and the map's rows that lie under them."""
        counted = [(each.tobytes(), count(pixels, each)) for each in self._edges]
        on_blocks = _on_blocks(pixels, rows, self._ladders, (blocks, self._level))
        self.sums[blocks], self.present[blocks] = block_sums(on_blocks, 1 << self._level)
        with self._lock:
            for key, counts in counted:
                self.histograms[key] += counts
            self._rows_done += blocks.stop - blocks.start


def row_bands(ladder: Ladder, shape: Shape, level: int) -> Generator[tuple[slice, range]]:
    """Cut a map into bands of whole blocks; yield which blocks, and which of the map's rows lie under them."""
    total = ladder.blocks(level)
    step = max(1, BAND_PIXELS // (shape[1] << level))
    for start in range(0, total, step):
        stop = min(start + step, total)
        first, last = ladder.pixels(start, stop, level)
        yield slice(start, stop), range(max(first, 0), min(last, ladder.count))


def window_mean(plane: Rows, ladders: tuple[Ladder, Ladder], level: int, blocks: tuple[range, range]) -> Pixels:
    """Return the means of some blocks of a level finer than the overview, reading only what lies under them, in bands."""
    first, last = ladders[1].pixels(blocks[1].start, blocks[1].stop, level)
    columns = range(max(first, 0), min(last, ladders[1].count))
    result = np.empty((len(blocks[0]), len(blocks[1])), np.float32)
    step = max(1, BAND_PIXELS // (max(len(columns), 1) << level))
    for start in range(blocks[0].start, blocks[0].stop, step):
        wanted.check()
        stop = min(start + step, blocks[0].stop)
        first_row, last_row = ladders[0].pixels(start, stop, level)
        rows = range(max(first_row, 0), min(last_row, ladders[0].count))
        shape = last_row - first_row, last - first
        pixels = padded(plane.read(rows, columns), (rows.start - first_row, columns.start - first), shape)
        result[start - blocks[0].start : stop - blocks[0].start] = mean_of(*block_sums(pixels, 1 << level))
    return result


def count(pixels: Values, edges: Edges) -> npt.NDArray[np.int64]:
    """Count pixels in evenly spaced bins, as `numpy.histogram`; NaN is not counted."""
    loops = kernels.loops()
    if loops is None or pixels.dtype != np.float32 or not _is_told_apart(edges):
        return _count(pixels, edges)
    counts = np.zeros(edges.size - 1, np.int64)
    loops.count(np.ascontiguousarray(np.atleast_2d(pixels)), edges, counts)
    return counts


def _count(pixels: Values, edges: Edges) -> npt.NDArray[np.int64]:
    # In double precision: bins may be narrower than single precision tells apart, or reach beyond what it holds.
    present = pixels[~np.isnan(pixels)].astype(np.float64, copy=False)
    return np.histogram(present, edges.size - 1, (float(edges[0]), float(edges[-1])))[0].astype(np.int64)


def _is_told_apart(edges: Edges) -> bool:
    """Whether single precision places a value well enough among the bins: to a quarter of a thousandth of one."""
    bins, width = edges.size - 1, float(edges[-1] - edges[0])
    return bins <= 1024 and 1e-30 < width < 1e30 and abs(float(edges[0])) * bins / width < 512


def count_plane(plane: Rows, edges: Edges, report: Report) -> npt.NDArray[np.int64]:
    """Count all pixels of a plane between edges."""
    rows, columns = plane.shape
    step = max(1, BAND_PIXELS // columns)
    total = np.zeros(edges.size - 1, np.int64)
    for first in range(0, rows, step):
        total += count(plane.read(range(first, min(first + step, rows)), range(columns)), edges)
        report(first / rows)
    return total


def _on_blocks(pixels: Values, rows: range, ladders: tuple[Ladder, Ladder], where: tuple[slice, int]) -> Values:
    """Return a band with NaN around it, so that it fills its blocks."""
    blocks, level = where
    first_row, last_row = ladders[0].pixels(blocks.start, blocks.stop, level)
    first_column, last_column = ladders[1].pixels(0, ladders[1].blocks(level), level)
    return padded(pixels, (rows.start - first_row, -first_column), (last_row - first_row, last_column - first_column))


def _coarser(
    sums: npt.NDArray[np.float64], present: npt.NDArray[np.integer], ladders: tuple[Ladder, Ladder], span: tuple[int, int]
) -> Iterator[Pixels]:
    """Yield the means of each level from the sums of the finest, so that every one is the mean of the map's own pixels."""
    first_level, levels = span
    yield _means(sums, present)
    for level in range(first_level, levels - 1):
        before = (ladders[0].first >> level) % 2, (ladders[1].first >> level) % 2
        shape = ladders[0].blocks(level + 1), ladders[1].blocks(level + 1)
        sums = _halved(sums, before, np.zeros(shape))
        present = _halved(present, before, np.zeros(shape, np.int32))  # more than 16 bits hold
        yield _means(sums, present)


def _means(sums: npt.NDArray[np.float64], present: npt.NDArray[np.integer]) -> Pixels:
    """Return means, a few rows at a time: what is between takes as much memory as the sums."""
    means = np.empty(sums.shape, np.float32)
    for first in range(0, len(sums), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        means[rows] = mean_of(sums[rows], present[rows].astype(np.int32, copy=False))
    return means


def _halved(values: Addends, before: Shape, result: npt.NDArray[Number]) -> npt.NDArray[Number]:
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
