"""A plane on the sky: what every provider here is, once it has said where its pixels are."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import wanted
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.thin import block_mean

from .base import Counts, PixelValue, Sample, Summary
from .counting import Edges, count, count_plane
from .gather import gather, single
from .overview import Overview, build, first_level_of, window_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilemaker.sky.car import Positions
    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder, Placement

    from .base import MapExtent
    from .gather import Indices
    from .overview import Report
    from .pixels import Pixels, Rows, Values
    from .workshop import Workshop

BAND_PIXELS = 1 << 20
"""Pixels in a band of a region read at full resolution."""

SAMPLED_ROWS = 96
SAMPLED_PIXELS = 1 << 19
"""How many rows, and about how many pixels of them, a summary looks at."""

FINER = 2
"""A map that is resampled is sampled this many levels finer than a coarse tile, and the samples averaged."""


class PlacedPlane:
    """A provider made of a plane, its place on the sky and its overview.

    Parameters
    ----------
    plane
        The pixels, in the order of the sky.
    placement
        Where they are.
    extent
        What to say of the map.
    fingerprint
        What changes when the pixels do.
    is_current
        Tells whether the file is still the one that was opened.
    workshop
        Builds and keeps the overview.
    """

    def __init__(  # noqa: PLR0913  one provider, put together once
        self,
        plane: Rows,
        placement: Placement,
        extent: MapExtent,
        *,
        fingerprint: str,
        is_current: Callable[[], bool],
        workshop: Workshop,
    ) -> None:
        self.extent = extent
        self.fingerprint = fingerprint
        self._plane = plane
        self._placement = placement
        self._is_current = is_current
        self._workshop = workshop
        self._ladders = placement.rows, placement.columns
        self._first_level = first_level_of(plane.shape, workshop.kept_pixels)
        self._edges: dict[bytes, Edges] = {}

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was opened."""
        return self._is_current()

    @property
    def progress(self) -> float:
        """How much of the overview is built, 0 to 1."""
        return 1.0 if self._is_small else self._workshop.progress(self.fingerprint)

    def prepare(self, edges: Edges) -> None:
        """Ask for the overview to be built in the background, and a histogram counted in the same pass."""
        self._edges[edges.tobytes()] = edges
        if not self._is_small:
            self._workshop.request(self.fingerprint, self._build, is_looked_at=False)

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return the box as ``shape`` pixels, or None when the map does not reach it."""
        level = self._level_of(box, shape)
        finer = 0 if self._placement.is_exact else min(level, FINER)
        positions = self._placement.geometry.positions(box, (shape[0] << finer, shape[1] << finer))
        level -= finer
        overview = self._overview() if level >= self._first_level else None

        def window(rows: range, columns: range) -> Values:
            return self._window(level, overview, (rows, columns))

        pixels = gather(window, *self._blocks(positions, level))
        if pixels is None:
            return None
        is_final = level < self._first_level or overview is not None
        is_quick = not finer and (overview is not None or (level == 0 and self._plane.is_quick))
        return Sample(block_mean(pixels, 1 << finer) if finer else pixels, is_final, is_quick)

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        """Return the pixel a position falls in, or None off the map."""
        half_deg = self.extent.grid.pixel_deg / 2
        point = SkyBox(ra_deg - half_deg, ra_deg + half_deg, dec_deg - half_deg, dec_deg + half_deg)
        rows, columns = self._placement.geometry.positions(point, (1, 1))
        row, column = (_at_the_end(each.item(), ladder.count) for each, ladder in zip((rows, columns), self._ladders, strict=True))
        if row is None or column is None:
            return None
        value = float(self._plane.read(range(row, row + 1), range(column, column + 1))[0, 0])
        return PixelValue(None if np.isnan(value) else value, *self._placement.geometry.centre(row, column))

    def summary(self) -> Summary:
        """Return what a sample of the pixels says."""
        return self._summary

    def counts(self, edges: Edges) -> Counts:
        """Count the pixels between edges: all of them once the overview is there, scaled up from a sample before."""
        self._edges[edges.tobytes()] = edges
        overview = self._overview()
        if overview is not None and edges.tobytes() not in overview.counts:
            overview = self._counted_alone(edges)
        if overview is not None:
            return Counts(overview.counts[edges.tobytes()], is_final=True)
        summary = self._summary
        scale = summary.pixel_count / max(summary.sampled_count, 1)
        return Counts(np.rint(count(summary.sorted_values, edges) * scale).astype(np.int64), is_final=False)

    def bands(self, box: SkyBox) -> Iterator[tuple[SkyBox, Pixels]]:
        """Yield the box at full resolution from south to north, snapped outward to whole grid pixels, rows off the map left out."""
        grid, reach = self.extent.grid, self.extent.box
        pixel_deg = grid.pixel_deg
        first, last = _whole_pixels((box.west_deg, box.east_deg), grid.west_deg, pixel_deg)
        last = min(last, first + grid.columns)
        south_deg, north_deg = max(box.south_deg, reach.south_deg), min(box.north_deg, reach.north_deg)
        bottom, top = _whole_pixels((south_deg, north_deg), grid.south_deg, pixel_deg)
        step = max(1, BAND_PIXELS // max(last - first, 1))
        for row in range(bottom, top, step):
            wanted.check()
            end = min(row + step, top)
            west_deg, low_deg = grid.west_deg + first * pixel_deg, grid.south_deg + row * pixel_deg
            band = SkyBox(west_deg, west_deg + (last - first) * pixel_deg, low_deg, low_deg + (end - row) * pixel_deg)
            sample = self.read(band, (end - row, last - first))
            if sample is not None:
                yield band, sample.pixels

    @property
    def _is_small(self) -> bool:
        return self._plane.shape[0] * self._plane.shape[1] <= self._workshop.at_once_pixels

    def _level_of(self, box: SkyBox, shape: Shape) -> int:
        """Return how many times two pixels of the grid are as wide as one of a box: 0 for the map's own and finer."""
        times = box.height_deg / shape[0] / self.extent.grid.pixel_deg
        return int(np.clip(np.floor(np.log2(times) + 1e-6), 0, self.extent.grid.levels - 1))

    def _blocks(self, positions: Positions, level: int) -> tuple[Indices, Indices]:
        """Return the block to show at each position, -1 for none. On a grid of the map's own positions are blocks' centres."""
        rows, columns = self._ladders
        if self._placement.is_exact:
            return rows.block_about(positions[0], level), columns.block_about(positions[1], level)
        return rows.block_of(positions[0], level), columns.block_of(positions[1], level)

    def _window(self, level: int, overview: Overview | None, where: tuple[range, range]) -> Values:
        if level == 0:
            return self._plane.read(*where)
        if level < self._first_level:
            return window_mean(self._plane, self._ladders, level, where)
        if overview is None:
            return self._preview(level, where)
        rows, columns = where
        return overview.level(level)[rows.start : rows.stop, columns.start : columns.stop].copy()

    def _preview(self, level: int, where: tuple[range, range]) -> Values:
        """Return one pixel of each block: the one in its middle, or the nearest such that is on the map."""
        (rows, row_picks), (columns, column_picks) = (_middles(*each, level) for each in zip(self._ladders, where, strict=True))
        return self._plane.read(rows, columns)[np.ix_(row_picks, column_picks)]

    def _overview(self) -> Overview | None:
        if self._is_small:
            return self._workshop.build_now(self.fingerprint, self._build)
        overview = self._workshop.overview(self.fingerprint)
        if overview is None:
            self._workshop.request(self.fingerprint, self._build, is_looked_at=True)
        return overview

    def _build(self, report: Report) -> Overview:
        span = self._first_level, max(self.extent.grid.levels, self._first_level + 1)
        return build(self._plane, self._ladders, span, tuple(self._edges.values()), report)

    def _counted_alone(self, edges: Edges) -> Overview | None:
        """Return a histogram that was asked for too late for the overview's own pass, once a pass of its own has counted it."""
        key = self.fingerprint, edges.tobytes()

        def count_all(report: Report) -> Overview:
            return Overview(0, (), {edges.tobytes(): count_plane(self._plane, edges, report)})

        if self._is_small:
            return self._workshop.build_now(key, count_all)
        self._workshop.request(key, count_all, is_looked_at=True)
        return self._workshop.overview(key)

    @cached_property
    def _summary(self) -> Summary:
        rows, columns = self._plane.shape
        step = max(1, rows // SAMPLED_ROWS)
        pixels = self._plane.read(range(step // 2, rows, step), range(columns))
        stride = max(1, pixels.size // SAMPLED_PIXELS)
        sampled = pixels[:, ::stride]
        values = single(sampled)
        values = np.sort(values[np.isfinite(values)])
        return Summary(values, _noise(pixels, stride), rows * columns, sampled.size)


def _at_the_end(position: float, count: int) -> int | None:
    """Return the pixel of a position; one exactly on the far edge belongs to the last."""
    return min(max(int(position), 0), count - 1) if -1e-6 <= position <= count + 1e-6 else None


def _middles(ladder: Ladder, blocks: range, level: int) -> tuple[range, npt.NDArray[np.int64]]:
    """Return evenly spaced pixels of a map and which of them stands for each block."""
    first = ladder.pixels(blocks.start, blocks.stop, level)[0] + (1 << level) // 2
    middles = first + (np.arange(len(blocks)) << level)
    on_map = np.flatnonzero((middles >= 0) & (middles < ladder.count))
    if not on_map.size:
        only = min(max(first, 0), ladder.count - 1)
        return range(only, only + 1), np.zeros(len(blocks), np.int64)
    pixels = range(int(middles[on_map[0]]), int(middles[on_map[-1]]) + 1, 1 << level)
    return pixels, np.clip(np.arange(len(blocks)) - on_map[0], 0, on_map.size - 1)


def _whole_pixels(limits_deg: tuple[float, float], origin_deg: float, pixel_deg: float) -> tuple[int, int]:
    """Return the first pixel and the last plus one that an interval touches; noise at the edges does not count."""
    first, last = ((limit_deg - origin_deg) / pixel_deg for limit_deg in limits_deg)
    return int(np.floor(first + 1e-6)), int(np.ceil(last - 1e-6))


def _noise(pixels: Values, stride: int) -> float:
    """Return the robust scatter of neighbours along rows; pairs that are equal (padding, masks) say nothing and are left out."""
    here, beside = pixels[:, :-1:stride], pixels[:, 1::stride]
    difference = beside[:, : here.shape[1]].astype(np.float64) - here[:, : beside.shape[1]]
    difference = difference[np.isfinite(difference) & (difference != 0)]
    if not difference.size:
        return 0.0
    deviation = np.median(np.abs(difference - np.median(difference)))
    return float(1.4826 * deviation / np.sqrt(2.0))
