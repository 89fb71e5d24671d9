"""A map on the sky: what every provider here is, once it has said where its pixels are."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from tilemaker import wanted
from tilemaker.sky.boxes import SkyBox, wrap_deg
from tilemaker.sky.grid import whole_pixels
from tilemaker.sky.thin import block_mean

from .base import Counts, PixelValue, Sample, Summary
from .counting import Edges, count
from .overview import Overview
from .pyramid import PlanePyramid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilemaker.sky.car import Positions
    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Geometry, Placement

    from .base import MapExtent
    from .gather import Indices
    from .overview import Report
    from .pixels import Pixels, Rows
    from .pyramid import Pyramid
    from .workshop import Workshop

BAND_PIXELS = 1 << 20
"""Pixels in a band of a region read at full resolution."""

SAME_PLACE = 0.05
"""How far apart, in pixels, the same pixel of two maps may be that lie on the same pixels: their headers may be rounded."""


class PlacedMap:
    """A provider made of pixels, their place on the sky and their overview.

    Parameters
    ----------
    pyramid
        The pixels, and what makes the overview.
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

    is_too_far = False
    """Whether no overview is built, because all of a map elsewhere had to be fetched for it."""

    def __init__(  # noqa: PLR0913  one provider, put together once
        self,
        pyramid: Pyramid,
        placement: Placement,
        extent: MapExtent,
        *,
        fingerprint: str,
        is_current: Callable[[], bool],
        workshop: Workshop,
    ) -> None:
        self.extent = extent
        self.fingerprint = fingerprint
        self._pyramid = pyramid
        self._placement = placement
        self._is_current = is_current
        self._workshop = workshop
        self._ladders = placement.rows, placement.columns
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
        level, finer = self._pyramid.sampling(self._level_of(box, shape))
        is_kept = level >= self._pyramid.first_level
        overview = self._overview() if is_kept else None
        pixels = self._sampled(level, overview, box, (shape[0] << finer, shape[1] << finer))
        if pixels is None:
            return None
        is_quick = not finer and (self._placement.is_exact if overview is not None else level == 0 and self._pyramid.is_quick)
        is_final = overview is not None or not is_kept
        return Sample(block_mean(pixels, 1 << finer) if finer else pixels, is_final, is_quick)

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        """Return the pixel a position falls in, or None off the map."""
        half_deg = self.extent.grid.pixel_deg / 2
        point = SkyBox(ra_deg - half_deg, ra_deg + half_deg, dec_deg - half_deg, dec_deg + half_deg)
        rows, columns = self._placement.geometry.positions(point, (1, 1))
        row, column = (_at_the_end(each.item(), ladder.count) for each, ladder in zip((rows, columns), self._ladders, strict=True))
        if row is None or column is None:
            return None
        value = self._pyramid.value(row, column)
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
        first, last = whole_pixels((box.west_deg, box.east_deg), grid.west_deg, pixel_deg)
        last = min(last, first + grid.columns)
        south_deg, north_deg = max(box.south_deg, reach.south_deg), min(box.north_deg, reach.north_deg)
        bottom, top = whole_pixels((south_deg, north_deg), grid.south_deg, pixel_deg)
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
        return math.prod(self._pyramid.shape) <= self._workshop.at_once_pixels

    def _level_of(self, box: SkyBox, shape: Shape) -> int:
        """Return how many times two pixels of the grid are as wide as one of a box: 0 for the map's own and finer."""
        times = box.height_deg / shape[0] / self.extent.grid.pixel_deg
        return min(math.floor(math.log2(max(times, 1.0)) + 1e-6), self.extent.grid.levels - 1)

    def _sampled(self, level: int, overview: Overview | None, box: SkyBox, shape: Shape) -> Pixels | None:
        """Return the block of a level in which each of a box's samples falls, or None when the map does not reach it."""
        positions = self._placement.geometry.positions(box, shape)
        return self._pyramid.pick(level, overview, self._blocks(positions, level))

    def _blocks(self, positions: Positions, level: int) -> tuple[Indices, Indices]:
        """Return the block to show at each position, -1 for none. On a grid of the map's own positions are blocks' centres."""
        rows, columns = self._ladders
        if self._placement.is_exact:
            return rows.block_about(positions[0], level), columns.block_about(positions[1], level)
        return rows.block_of(positions[0], level), columns.block_of(positions[1], level)

    def _overview(self) -> Overview | None:
        if self._is_small:
            return self._workshop.build_now(self.fingerprint, self._build)
        overview = self._workshop.overview(self.fingerprint)
        if overview is None:
            self._workshop.request(self.fingerprint, self._build, is_looked_at=True)
        return overview

    def _build(self, report: Report) -> Overview:
        return self._pyramid.build(self.extent.grid.levels, tuple(self._edges.values()), report)

    def _counted_alone(self, edges: Edges) -> Overview | None:
        """Return a histogram that was asked for too late for the overview's own pass, once a pass of its own has counted it."""
        key = self.fingerprint, edges.tobytes()

        def count_all(report: Report) -> Overview:
            return Overview(0, (), {edges.tobytes(): self._pyramid.count(edges, report)})

        if self._is_small:
            return self._workshop.build_now(key, count_all)
        self._workshop.request(key, count_all, is_looked_at=True)
        return self._workshop.overview(key)

    @cached_property
    def _summary(self) -> Summary:
        return self._pyramid.summary()


class PlacedPlane(PlacedMap):
    """A provider made of a plane: its pixels are read in windows of rows and columns. The rest is as for `PlacedMap`."""

    made_of: ClassVar[type[PlanePyramid]] = PlanePyramid
    """What its pixels and their means come from."""

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
        self._windows = self.made_of(plane, placement, workshop.kept_pixels)
        super().__init__(self._windows, placement, extent, fingerprint=fingerprint, is_current=is_current, workshop=workshop)
        self.plane = plane
        """The pixels, in the order of the sky."""
        self.placement = placement
        """Where they are."""

    def _sampled(self, level: int, overview: Overview | None, box: SkyBox, shape: Shape) -> Pixels | None:
        """Return the block of a level in which each sample falls: most boxes are cut into blocks, which need no looking up."""
        blocks = self.placement.blocks_of(box, shape, level)
        return super()._sampled(level, overview, box, shape) if blocks is None else self._windows.read(level, overview, *blocks)

    def lies_as(self, other: PlacedPlane) -> bool:
        """Whether each pixel is where the other map has one."""
        if (self.plane.shape, self._ladders) != (other.plane.shape, other._ladders):
            return False
        apart_deg = _corners(self.placement.geometry) - _corners(other.placement.geometry)
        return bool(np.nanmax(np.abs(wrap_deg(apart_deg)), initial=0.0) < SAME_PLACE * self.extent.grid.pixel_deg)


def _corners(geometry: Geometry) -> npt.NDArray[np.float64]:
    """Return RA and Dec, degrees, of pixels in the corners, in the middle, and between."""
    rows, columns = geometry.shape
    places = [(row, column) for row in (0, rows // 2, rows - 1) for column in (0, columns // 2, columns - 1)]
    return np.array([geometry.centre(*place) for place in places])


def _at_the_end(position: float, count: int) -> int | None:
    """Return the pixel of a position; one exactly on the far edge belongs to the last."""
    return min(max(int(position), 0), count - 1) if -1e-6 <= position <= count + 1e-6 else None
