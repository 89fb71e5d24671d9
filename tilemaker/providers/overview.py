"""The coarse pixels of one map, averaged in memory in one pass over the file."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import wanted
from tilemaker.sky.thin import block_sums, mean_of, padded

from .together import helpers, together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder

    from .pixels import Pixels, Rows, Values
    from .tally import Tally

Report = Callable[[float], None]
"""Called by a pass with the fraction done, 0 to 1. Raises when the work is no longer wanted."""

BAND_PIXELS = 1 << 20
"""Pixels of a window that are averaged at once."""

SEVERAL_THREADS_PIXELS = 8 << 20
"""A map of no more pixels is averaged by one thread: starting others takes as long."""


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


def build(plane: Rows, tally: Tally, report: Report) -> Overview:
    """Average a plane in one pass.

    Parameters
    ----------
    plane
        The pixels, in the order of the sky.
    tally
        What is added up, of nothing so far.
    report
        Told the fraction done.
    """
    bands = tally.bands()
    one_by_one = threading.Lock()

    def work() -> None:
        room = np.empty(tally.rows_in_a_band * plane.shape[1], np.uint32)
        try:
            while True:
                # The file is read from beginning to end, by one thread at a time, while others add up what they have read.
                with one_by_one:
                    band = next(bands, None)
                    if band is None:
                        return
                    adding = tally.read(plane, band, room)
                tally.add(band, adding)
                report(tally.fraction)
        finally:
            with one_by_one:
                bands.close()  # whatever it was, the others need not go on

    is_worth_it = plane.shape[0] * plane.shape[1] > SEVERAL_THREADS_PIXELS
    together([work] * (helpers() if is_worth_it else 1))
    return Overview(tally.first_level, tally.levels(), tally.histograms)


def window_mean(plane: Rows, ladders: tuple[Ladder, Ladder], level: int, blocks: tuple[range, range]) -> Pixels:
    """Return the means of some blocks of a level finer than the overview."""
    result = np.empty((len(blocks[0]), len(blocks[1])), np.float32)
    for rows, pixels in pieces_under(plane, ladders, level, blocks):
        result[rows] = mean_of(*block_sums(pixels, 1 << level))
    return result


def pieces_under(
    plane: Rows, ladders: tuple[Ladder, Ladder], level: int, blocks: tuple[range, range]
) -> Iterator[tuple[slice, Values]]:
    """Yield the pixels that lie under some blocks, NaN where there are none, in bands; and which rows of blocks those are under."""
    first, last = ladders[1].pixels(blocks[1].start, blocks[1].stop, level)
    columns = range(max(first, 0), min(last, ladders[1].count))
    step = max(1, BAND_PIXELS // (max(len(columns), 1) << level))
    for start in range(blocks[0].start, blocks[0].stop, step):
        wanted.check()
        stop = min(start + step, blocks[0].stop)
        first_row, last_row = ladders[0].pixels(start, stop, level)
        rows = range(max(first_row, 0), min(last_row, ladders[0].count))
        shape = last_row - first_row, last - first
        pixels = padded(plane.read(rows, columns), (rows.start - first_row, columns.start - first), shape)
        yield slice(start - blocks[0].start, stop - blocks[0].start), pixels
