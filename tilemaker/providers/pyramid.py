"""The pixels of a map and the means of blocks of them, by row and column, whatever they are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from .base import Summary
from .counting import count_plane
from .gather import gather, single
from .overview import build, first_level_of, window_mean
from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder, Placement

    from .counting import Edges
    from .gather import Indices
    from .overview import Overview, Report
    from .pixels import Pixels, Rows, Values

SAMPLED_ROWS = 96
SAMPLED_PIXELS = 1 << 19
"""How many rows, and about how many pixels of them, a summary looks at."""

FINER = 2
"""A map that is resampled is sampled this many levels finer than a coarse tile, and the samples averaged."""


class Pyramid(Protocol):
    """Pixels, level 0, and the means of blocks of ``2**level`` by ``2**level`` of them. Read from many threads."""

    @property
    def shape(self) -> Shape:
        """(rows, columns) of level 0."""
        ...

    @property
    def first_level(self) -> int:
        """The finest level that an overview keeps, at least 1."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether pixels lie somewhere as they are, and are not worked out each time."""
        ...

    def sampling(self, level: int) -> tuple[int, int]:
        """Return what a tile of some level of the grid is made of: the level of the blocks, and how much finer they are sampled.

        Each pixel of the tile is the mean of ``2**finer`` by ``2**finer`` samples.
        """
        ...

    def pick(self, level: int, overview: Overview | None, blocks: tuple[Indices, Indices]) -> Pixels | None:
        """Return blocks by row and column, NaN where either is negative, or None when all are.

        Levels from ``first_level`` on are the overview's, or a preview as long as there is none. The blocks may be broadcast
        against each other: (n, 1) and (1, m), or both (n, m).
        """
        ...

    def value(self, row: int, column: int) -> float:
        """Return one pixel with every digit of the file, NaN where it holds no data."""
        ...

    def build(self, levels: int, edges: Sequence[Edges], report: Report) -> Overview:
        """Average the map in one pass, up to a number of levels, and count histograms."""
        ...

    def count(self, edges: Edges, report: Report) -> npt.NDArray[np.int64]:
        """Count all pixels between edges."""
        ...

    def summary(self) -> Summary:
        """Return what a sample of the pixels says."""
        ...


class PlanePyramid:
    """Pixels in rows and columns, read through windows.

    Parameters
    ----------
    plane
        The pixels, in the order of the sky.
    placement
        Where they are.
    kept_pixels
        About how many blocks an overview's finest level may have.
    """

    def __init__(self, plane: Rows, placement: Placement, kept_pixels: int) -> None:
        self.shape: Shape = plane.shape
        self.first_level = first_level_of(plane.shape, kept_pixels)
        self.is_quick = plane.is_quick
        self._plane = plane
        self._ladders = placement.rows, placement.columns
        self._is_exact = placement.is_exact

    def sampling(self, level: int) -> tuple[int, int]:
        """Return the level of the blocks that a tile shows, and how much finer it is sampled: not where they are its pixels."""
        finer = 0 if self._is_exact else min(level, FINER)
        return level - finer, finer

    def pick(self, level: int, overview: Overview | None, blocks: tuple[Indices, Indices]) -> Pixels | None:
        """Return blocks by row and column."""

        def window(rows: range, columns: range) -> Pixels:
            return self.read(level, overview, rows, columns)

        return gather(window, *blocks)

    def read(self, level: int, overview: Overview | None, rows: range, columns: range) -> Pixels:
        """Return blocks of a level that lie side by side, all of them on the map."""
        return single(self._window(level, overview, (rows, columns)))

    def value(self, row: int, column: int) -> float:
        """Return one pixel."""
        return float(self._plane.read(range(row, row + 1), range(column, column + 1))[0, 0])

    def build(self, levels: int, edges: Sequence[Edges], report: Report) -> Overview:
        """Average the plane in one pass."""
        span = self.first_level, max(levels, self.first_level + 1)
        return build(self._plane, Tally(self._ladders, span, edges), report)

    def count(self, edges: Edges, report: Report) -> npt.NDArray[np.int64]:
        """Count all pixels between edges."""
        return count_plane(self._plane, edges, report)

    def summary(self) -> Summary:
        """Return what evenly spaced rows say."""
        rows, columns = self.shape
        step = max(1, rows // SAMPLED_ROWS)
        return summary_of(self._plane.read(range(step // 2, rows, step), range(columns)), rows * columns)

    def _window(self, level: int, overview: Overview | None, where: tuple[range, range]) -> Values:
        if level == 0:
            return self._plane.read(*where)
        if level < self.first_level:
            return self._means(level, where)
        if overview is None:
            return self._preview(level, where)
        rows, columns = where
        return overview.level(level)[rows.start : rows.stop, columns.start : columns.stop].copy()

    def _means(self, level: int, where: tuple[range, range]) -> Pixels:
        """Return blocks of a level finer than an overview's, from the pixels under them."""
        return window_mean(self._plane, self._ladders, level, where)

    def _preview(self, level: int, where: tuple[range, range]) -> Values:
        """Return one pixel of each block: the one in its middle, or the nearest such that is on the map."""
        (rows, row_picks), (columns, column_picks) = (middles(*each, level) for each in zip(self._ladders, where, strict=True))
        return self._plane.read(rows, columns)[np.ix_(row_picks, column_picks)]


def summary_of(pixels: Values, pixel_count: int) -> Summary:
    """Return what some stretches of pixels, (stretches, pixels), say of a map of so many; neighbours are neighbours on the sky."""
    stride = max(1, pixels.size // SAMPLED_PIXELS)
    sampled = pixels[:, ::stride]
    values = single(sampled)
    values = np.sort(values[np.isfinite(values)])
    return Summary(values, _noise(pixels, stride), pixel_count, sampled.size)


def middles(ladder: Ladder, blocks: range, level: int) -> tuple[range, npt.NDArray[np.int64]]:
    """Return evenly spaced pixels of a map and which of them stands for each block."""
    first = ladder.pixels(blocks.start, blocks.stop, level)[0] + (1 << level) // 2
    middles = first + (np.arange(len(blocks)) << level)
    on_map = np.flatnonzero((middles >= 0) & (middles < ladder.count))
    if not on_map.size:
        only = min(max(first, 0), ladder.count - 1)
        return range(only, only + 1), np.zeros(len(blocks), np.int64)
    pixels = range(int(middles[on_map[0]]), int(middles[on_map[-1]]) + 1, 1 << level)
    return pixels, np.clip(np.arange(len(blocks)) - on_map[0], 0, on_map.size - 1)


def _noise(pixels: Values, stride: int) -> float:
    """Return the robust scatter of neighbours along rows; pairs that are equal (padding, masks) say nothing and are left out."""
    here, beside = pixels[:, :-1:stride], pixels[:, 1::stride]
    difference = beside[:, : here.shape[1]].astype(np.float64) - here[:, : beside.shape[1]]
    difference = difference[np.isfinite(difference) & (difference != 0)]
    if not difference.size:
        return 0.0
    deviation = np.median(np.abs(difference - np.median(difference)))
    return float(1.4826 * deviation / np.sqrt(2.0))
