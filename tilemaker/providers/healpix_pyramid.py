"""The pixels of a HEALPix map and the means of those under each coarser one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import kernels, wanted
from tilemaker.sky.healpix import ORDERINGS, PIXEL_DEG, SAMPLES_AT_ONCE
from tilemaker.sky.thin import mean_of

from .counting import count
from .gather import single
from .healpix_cells import bands
from .overview import Overview, first_level_of
from .pyramid import SAMPLED_PIXELS, SAMPLED_ROWS, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.healpix import Integers, Ordering

    from .base import Summary
    from .columns import Column
    from .counting import Edges
    from .gather import Indices
    from .healpix_cells import Cells
    from .overview import Report
    from .pixels import Pixels, Values

UNSEEN = -1.6375e30
"""What the HEALPix programs write where there is no data; many files say BAD_DATA as well."""

TOLERANCE = 1e-5
"""How far from a number for no data, relative, a value may be to be taken for it: it may have been written in either precision."""

FINE = 0.3
"""Side of a pixel of the finest tiles in sides of a HEALPix pixel: its slanted shape can be seen."""

NEAREST = 1.2
"""Tiles whose pixels are smaller than this, in sides of a HEALPix pixel, show the nearest one; others sample twice as finely."""

SAMPLES_A_BLOCK = 2.8
"""How many samples of a coarse tile fall in a block: what two levels and twice as fine come to."""

BLOCK_PIXELS = 1 << 20
"""Pixels that are averaged at once where no overview has done it."""

PREVIEW_BLOCKS = 1 << 14
"""About how many places of a file are looked at for a preview: on a slow disk each is a wait."""

FAR_PREVIEW_BLOCKS = 1 << 8
"""The same where each place is kilobytes to be fetched."""

FAR_KEPT_LEVEL = 2
"""The finest level of overviews of maps elsewhere: averages on request would fetch all that lies under them."""


class HealpixPyramid:
    """A column of a table as a raster of pixels: see `tilemaker.sky.healpix`.

    Parameters
    ----------
    column
        The values.
    cells
        Which pixels they are.
    nside, ordering
        How the sphere is cut, and how its pixels are numbered.
    pixel_deg
        Side of a pixel of the finest tiles.
    bad_data
        Values that stand for no data.
    kept_pixels
        About how many blocks an overview's finest level may have.
    is_far
        Whether what is read has to be fetched.
    """

    is_quick = False

    def __init__(  # noqa: PLR0913  what a header says
        self,
        column: Column,
        cells: Cells,
        *,
        nside: int,
        ordering: Ordering,
        pixel_deg: float,
        bad_data: tuple[float, ...],
        kept_pixels: int,
        is_far: bool = False,
    ) -> None:
        self.shape: Shape = (12 * nside, nside)
        self.first_level = first_level_of(self.shape, kept_pixels)
        if is_far:
            self.first_level = min(self.first_level, FAR_KEPT_LEVEL)
        self._preview_blocks = FAR_PREVIEW_BLOCKS if is_far else PREVIEW_BLOCKS
        self._column, self._cells = column, cells
        self._nside, self._ordering = nside, ordering
        self._bad_data = [tuple(sorted((bad * (1.0 - TOLERANCE), bad * (1.0 + TOLERANCE)))) for bad in bad_data]
        self._order = nside.bit_length() - 1
        # At least as many as the finest grid asks for, whose pixels may be a little smaller than was wished.
        self._nearest_levels = max(0, math.floor(math.log2(NEAREST * PIXEL_DEG / nside / pixel_deg) + 0.5))

    def sampling(self, level: int) -> tuple[int, int]:
        """Return the level of the blocks that a tile shows, and how much finer it is sampled."""
        return min(max(level - self._nearest_levels, 0), self._order), int(level >= self._nearest_levels)

    def pick(self, level: int, overview: Overview | None, blocks: tuple[Indices, Indices]) -> Pixels | None:
        """Return blocks by row and column."""
        rows, columns = np.broadcast_arrays(*blocks)
        on_sky = (rows >= 0) & (columns >= 0)
        if not on_sky.any():
            return None
        result = np.full(rows.shape, np.nan, np.float32)
        result[on_sky] = self._picked(level, overview, rows[on_sky], columns[on_sky])
        return result

    def value(self, row: int, column: int) -> float:
        """Return one pixel."""
        return float(self._pixels(np.array([row]), np.array([column]))[0])

    def build(self, levels: int, edges: Sequence[Edges], report: Report) -> Overview:
        """Average the file from its beginning to its end, whatever the order of its pixels."""
        del levels  # of the grid; there are as many as the sphere can be halved
        level = min(self.first_level, self._order)
        shape = self.shape[0] >> level, self.shape[1] >> level
        sums, present = np.zeros(shape), np.zeros(shape, np.int32)
        histograms = {each.tobytes(): np.zeros(each.size - 1, np.int64) for each in edges}
        for start, values in self._bands(report):
            for each in edges:
                histograms[each.tobytes()] += count(values, each)
            self._add(start, values, level, (sums, present))
        return Overview(level, tuple(_coarser(sums, present, self._order - level)), histograms)

    def count(self, edges: Edges, report: Report) -> npt.NDArray[np.int64]:
        """Count all pixels between edges."""
        total = np.zeros(edges.size - 1, np.int64)
        for _, values in self._bands(report):
            total += count(values, edges)
        return total

    def summary(self) -> Summary:
        """Return what evenly spaced stretches of the file say: those that follow each other there are mostly neighbours."""
        total = self._cells.count
        length = min(total, max(2, 2 * SAMPLED_PIXELS // SAMPLED_ROWS))
        starts = np.unique(np.linspace(0, total - length, SAMPLED_ROWS).astype(np.int64))
        stretches: Values = np.stack([self._values(start, start + length) for start in starts.tolist()])  # type: ignore[assignment]
        return summary_of(stretches, total)

    def _bands(self, report: Report) -> Iterator[tuple[int, Values]]:
        for start, stop in bands(self._cells):
            yield start, self._values(start, stop)
            report(stop / self._cells.count)

    def _values(self, start: int, stop: int) -> Values:
        return self._without_bad(self._column.values(start, stop))

    def _without_bad(self, values: Values) -> Values:
        for low, high in self._bad_data:
            with np.errstate(over="ignore"):  # the number may be beyond what the column can hold
                is_bad = (values >= low) & (values <= high)
            if is_bad.any():
                values[is_bad] = np.nan
        return values

    def _add(self, start: int, values: Values, level: int, to: tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]) -> None:
        """Add values to the blocks that they are in."""
        for first in range(0, values.size, SAMPLES_AT_ONCE):
            some = values[first : first + SAMPLES_AT_ONCE]
            numbers = self._cells.numbers(start + first, start + first + some.size)
            rows, columns = self._ordering.raster(self._nside, numbers)
            blocks = (rows >> level) * to[0].shape[1] + (columns >> level)
            add_to_blocks(some, blocks, to[0].reshape(-1), to[1].reshape(-1))

    def _picked(self, level: int, overview: Overview | None, rows: Indices, columns: Indices) -> Pixels:
        if level == 0:
            return single(self._pixels(rows, columns))
        if level < self.first_level:
            return self._averaged(level, rows, columns)
        return self._preview(level, rows, columns) if overview is None else overview.level(level)[rows, columns]

    def _pixels(self, rows: Indices, columns: Indices) -> Values:
        """Return pixels of the file, by row and column."""
        places = self._cells.places(self._ordering.numbers(self._nside, rows, columns))
        return self._without_bad(self._column.at(places))

    def _averaged(self, level: int, rows: Indices, columns: Indices) -> Pixels:
        """Return means of blocks of which no overview is kept: of each once, however often it is asked for."""
        # In nested order, blocks that are averaged together are near each other in the file too.
        nested, nside = ORDERINGS["NESTED"], self._nside >> level
        distinct, which = np.unique(nested.numbers(nside, rows, columns), return_inverse=True)
        means = np.empty(distinct.size, np.float32)
        step = max(1, BLOCK_PIXELS >> (2 * level))
        side = np.arange(1 << level)
        for first in range(0, distinct.size, step):
            wanted.check()
            some = slice(first, first + step)
            row, column = (each[:, np.newaxis, np.newaxis] << level for each in nested.raster(nside, distinct[some]))
            under = np.broadcast_arrays(row + side[:, np.newaxis], column + side)
            means[some] = _means(self._pixels(*under).reshape(row.size, -1))
        return means[which]

    def _preview(self, level: int, rows: Indices, columns: Indices) -> Pixels:
        """Return the pixel in the middle of each block, or of a larger one about it where there are many."""
        crowd = rows.size / SAMPLES_A_BLOCK / self._preview_blocks
        up = min(max(0, math.ceil(math.log(crowd, 4.0))), self._order - level)
        level, rows, columns = level + up, rows >> up, columns >> up
        half = (1 << level) // 2
        return single(self._pixels((rows << level) + half, (columns << level) + half))


def add_to_blocks(values: Values, blocks: Integers, sums: npt.NDArray[np.float64], present: npt.NDArray[np.int32]) -> None:
    """Add values to the sums of the blocks that they are in, one after the other, NaN left out, and count the others."""
    loops = kernels.loops()
    if loops is not None:
        loops.scatter(values, blocks, sums, present)
        return
    is_there = ~np.isnan(values)
    np.add.at(sums, blocks[is_there], values[is_there].astype(np.float64, copy=False))
    np.add.at(present, blocks, is_there.astype(np.int32))


def _means(pixels: Values) -> Pixels:
    """Return the means of rows of pixels, NaN left out, and NaN for those that have none."""
    is_there = ~np.isnan(pixels)
    sums = np.where(is_there, pixels, 0.0).sum(axis=1, dtype=np.float64)
    return mean_of(sums, is_there.sum(axis=1, dtype=np.int32))


def _coarser(sums: npt.NDArray[np.float64], present: npt.NDArray[np.int32], times: int) -> Iterator[Pixels]:
    """Yield the means of each level from the sums of the finest, so that every one is the mean of the map's own pixels."""
    yield mean_of(sums, present)
    for _ in range(times):
        sums = sums[::2, ::2] + sums[::2, 1::2] + sums[1::2, ::2] + sums[1::2, 1::2]
        present = present[::2, ::2] + present[::2, 1::2] + present[1::2, ::2] + present[1::2, 1::2]
        yield mean_of(sums, present)
