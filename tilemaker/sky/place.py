"""How a map's pixels sit on its tile grid."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from .car import Axis, CarGeometry, Positions
from .grid import Shape, TileGrid

if TYPE_CHECKING:
    from .boxes import SkyBox

TILE_SIZES = (256, 4096)
"""Tiles that fit a map exactly are halved while they stay at least this large; larger than the second, the map is resampled."""

DRIFT = 0.1
"""How far, in pixels, the rounding of a pixel scale in a header may carry the far end of a map off the grid."""

SAME_BLOCK = 1e-3
"""How far from blocks, in blocks, samples may be that are the blocks themselves: what is left of arithmetic with degrees."""


class Geometry(Protocol):
    """Where a map's pixels are on the sky, in the order in which they are read: for plate carrée, Dec and RA increasing."""

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        ...

    @property
    def box(self) -> SkyBox:
        """The smallest box around the map."""
        ...

    def positions(self, box: SkyBox, shape: Shape) -> Positions:
        """Return where the centres of a box's samples fall on the map; outside [0, count) or NaN when off it."""
        ...

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return RA in [-180, 180) and Dec of a pixel's centre, degrees."""
        ...


@dataclass(frozen=True, slots=True)
class Ladder:
    """Blocks of 1, 2, 4, … pixels along one axis of a map, cut where the grid cuts them."""

    first: int
    """Index of the map's first pixel on the grid, so that blocks begin at multiples of their size there."""
    count: int
    """Number of pixels of the map."""

    def blocks(self, level: int) -> int:
        """Return how many blocks of ``2**level`` pixels the map touches."""
        return ((self.first + self.count - 1) >> level) - (self.first >> level) + 1

    def block_of(self, positions: npt.NDArray[np.float64], level: int) -> npt.NDArray[np.int64]:
        """Return the block each position falls in, -1 off the map."""
        is_on_map = (positions >= 0) & (positions < self.count)  # False for NaN too
        pixels = np.where(is_on_map, positions, 0).astype(np.int64)
        return np.where(is_on_map, ((pixels + self.first) >> level) - (self.first >> level), -1)

    def block_about(self, centres: npt.NDArray[np.float64], level: int) -> npt.NDArray[np.int64]:
        """Return the block that lies about each centre, -1 where none of its pixels is on the map.

        Blocks at the map's edges may have their centres off it, or on its very edge, where rounding must not decide.
        """
        blocks = ((np.floor(centres).astype(np.int64) + self.first) >> level) - (self.first >> level)
        return np.where((blocks >= 0) & (blocks < self.blocks(level)), blocks, -1)

    def pixels(self, start: int, stop: int, level: int) -> tuple[int, int]:
        """Return the pixels under blocks ``start`` to ``stop``, first and last plus one; they may stick out of the map."""
        lowest = self.first >> level
        return ((lowest + start) << level) - self.first, ((lowest + stop) << level) - self.first


@dataclass(frozen=True, slots=True)
class Placement:
    """A map on its grid."""

    geometry: Geometry
    grid: TileGrid
    rows: Ladder
    columns: Ladder
    is_exact: bool
    """Whether grid pixels are map pixels. If not, the map is resampled."""
    column_offset: int = 0
    """The column of the file's lowest RA, when the columns are the whole circle and the file begins somewhere on it."""

    def blocks_of(self, box: SkyBox, shape: Shape, level: int) -> tuple[range, range] | None:
        """Return the rows and columns of blocks of ``2**level`` pixels that a box is cut into by so many samples.

        None unless each sample is one block and all of them are the map's: where it is resampled, at its edges, and where it is
        passed from one end to the other.
        """
        if not self.is_exact:
            return None
        side_deg = self.grid.pixel_deg * 2**level
        south, west = (box.south_deg - self.grid.south_deg) / side_deg, (box.west_deg - self.grid.west_deg) / side_deg
        sticks_out = box.height_deg / side_deg - shape[0], box.width_deg / side_deg - shape[1]
        if max(map(abs, (south - round(south), west - round(west), *sticks_out))) > SAME_BLOCK:
            return None
        row = round(south) - (self.rows.first >> level)
        column = (round(west) - (self.columns.first >> level)) % (self.grid.columns >> level)
        is_inside = row >= 0 and row + shape[0] <= self.rows.blocks(level) and column + shape[1] <= self.columns.blocks(level)
        return (range(row, row + shape[0]), range(column, column + shape[1])) if is_inside else None


def place(geometry: Geometry, pixel_deg: float) -> Placement:
    """Hang a map on a tile grid of its own pixels if they can tile the sky, else on the nearest finer one.

    Parameters
    ----------
    geometry
        The map.
    pixel_deg
        The side of its smallest pixel.
    """
    grid = _own_grid(geometry) if isinstance(geometry, CarGeometry) else None
    if isinstance(geometry, CarGeometry) and grid is not None and _is_square(geometry, grid):
        return _on_grid(geometry, grid)
    rows, columns = (Ladder(0, count) for count in geometry.shape)
    return Placement(geometry, grid or covering_grid(pixel_deg), rows, columns, is_exact=False)


def covering_grid(pixel_deg: float) -> TileGrid:
    """Return the coarsest grid of tiles of 257 to 512 pixels (fewer for a sky of fewer) whose pixels are no larger than asked."""
    rows = math.ceil(180.0 / pixel_deg - 1e-6)
    halvings = max(0, math.ceil(math.log2(rows / 512)))
    tile_size = math.ceil(rows / 2**halvings)
    return TileGrid(180.0 / (tile_size << halvings), tile_size, halvings + 1, -180.0, -90.0)


def _own_grid(car: CarGeometry) -> TileGrid | None:
    """Return the grid of the map's own pixels, or of parts of them where they are not square; None if no tiles fit."""
    finest = min(car.ra, car.dec, key=lambda axis: axis.step_deg)
    rows = round(180.0 / finest.step_deg)
    tile = _halved(rows)
    if tile is None or not _fits(finest, 180.0 / rows):
        return None
    tile_size, levels = tile
    pixel_deg = 180.0 / rows
    west_deg = -180.0 + _nudge(_anchor(car.ra, pixel_deg) + 180.0, pixel_deg)
    south_deg = -90.0 + _nudge(_anchor(car.dec, pixel_deg) + 90.0, pixel_deg)
    return TileGrid(pixel_deg, tile_size, levels, west_deg, south_deg)


def _is_square(car: CarGeometry, grid: TileGrid) -> bool:
    return _fits(car.ra, grid.pixel_deg) and _fits(car.dec, grid.pixel_deg)


def _on_grid(car: CarGeometry, grid: TileGrid) -> Placement:
    """Return the map with its lines replaced by the grid's own, which are free of the header's rounding."""
    first_column = round((_anchor(car.ra, grid.pixel_deg) - grid.west_deg) / grid.pixel_deg) % grid.columns
    first_row = round((_anchor(car.dec, grid.pixel_deg) - grid.south_deg) / grid.pixel_deg)
    columns, column_offset = Ladder(first_column, car.ra.count), 0
    if any(columns.blocks(level) > grid.columns >> level for level in range(grid.levels)):
        # Both ends of the map share a block on the far side of the sky: as the whole circle, it has them in one.
        columns, column_offset = Ladder(0, grid.columns), first_column
    ra = Axis(grid.west_deg + columns.first * grid.pixel_deg, grid.pixel_deg, columns.count, car.ra.is_reversed)
    dec = Axis(grid.south_deg + first_row * grid.pixel_deg, grid.pixel_deg, car.dec.count, car.dec.is_reversed)
    rows = Ladder(first_row, car.dec.count)
    on_grid = replace(car, ra=ra, dec=dec)
    return Placement(on_grid, grid, rows, columns, is_exact=True, column_offset=column_offset)


def _halved(rows: int) -> tuple[int, int] | None:
    """Return tile size and number of levels for a sky of so many rows, or None when it cannot be halved down to a tile."""
    smallest, largest = TILE_SIZES
    tile_size, levels = rows, 1
    while tile_size % 2 == 0 and tile_size // 2 >= smallest:
        tile_size, levels = tile_size // 2, levels + 1
    return (tile_size, levels) if 0 < tile_size <= largest else None


def _fits(axis: Axis, pixel_deg: float) -> bool:
    return abs(axis.step_deg - pixel_deg) * axis.count / axis.step_deg <= DRIFT


def _anchor(axis: Axis, pixel_deg: float) -> float:
    """Return where the axis would begin if its pixels, or whole parts of them, had exactly this size: its middle stays."""
    parts = max(1, round(axis.step_deg / pixel_deg))
    return (axis.start_deg + axis.end_deg) / 2 - axis.count * parts * pixel_deg / 2


def _nudge(offset_deg: float, pixel_deg: float) -> float:
    """Return the part of an offset that is not whole pixels, in [-half, half) a pixel; noise does not decide at the ends."""
    fraction = offset_deg / pixel_deg + 0.5
    fraction -= math.floor(fraction + 1e-6)
    return (max(fraction, 0.0) - 0.5) * pixel_deg
