"""Cut-outs: a box of a map, whole pixels at full resolution, as numbers, as a picture, and as a FITS file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.errors import NoDataThere, RegionTooLarge
from tilemaker.sky.boxes import SkyBox, short_way_round
from tilemaker.sky.grid import NOISE_PIXELS, whole_pixels

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer
    from tilemaker.providers.base import Pixels
    from tilemaker.sky.grid import Shape, TileGrid

    from .product import Bounds


@dataclass(frozen=True, slots=True)
class Submap:
    """A box of a map."""

    pixels: Pixels
    """Layer units; row 0 is the southernmost, column 0 the lowest RA, NaN where there is no data and off the map."""
    box: SkyBox
    """The sky between its outermost pixel edges."""
    pixel_deg: float


@dataclass(frozen=True, slots=True)
class PixelBox:
    """Whole pixels of a grid's finest level; columns may go on beyond the grid's last, into the next turn."""

    first_row: int
    first_column: int
    shape: Shape

    def on_sky(self, grid: TileGrid) -> SkyBox:
        """Return the sky that the pixels cover."""
        west_deg, south_deg = grid.west_deg + self.first_column * grid.pixel_deg, grid.south_deg + self.first_row * grid.pixel_deg
        rows, columns = self.shape
        return SkyBox(west_deg, west_deg + columns * grid.pixel_deg, south_deg, south_deg + rows * grid.pixel_deg)


def box_between(ras_deg: tuple[float, float], decs_deg: tuple[float, float]) -> SkyBox:
    """Return the box between two right ascensions, as `short_way_round`, and two declinations; each pair in either order.

    What lies beyond a pole is left out.

    Raises
    ------
    NoDataThere
        All of it lies beyond a pole.
    """
    west_deg, east_deg = short_way_round(*ras_deg)
    south_deg, north_deg = max(min(decs_deg), -90.0), min(max(decs_deg), 90.0)
    if south_deg > north_deg:
        raise NoDataThere("The box lies beyond the pole.")
    return SkyBox(west_deg, east_deg, south_deg, north_deg)


def pixels_touched(grid: TileGrid, box: SkyBox) -> PixelBox:
    """Return the pixels that a box touches: at least one, and at most once round the sky."""
    first_column, last_column = _touched((box.west_deg, box.east_deg), grid.west_deg, grid.pixel_deg)
    first_row, last_row = _touched((box.south_deg, box.north_deg), grid.south_deg, grid.pixel_deg)
    lowest, highest = _rows_on_sky(grid)
    first_row, last_row = min(max(first_row, lowest), highest), max(min(last_row, highest + 1), lowest + 1)
    return PixelBox(first_row, first_column, (last_row - first_row, min(last_column - first_column, grid.columns)))


def _rows_on_sky(grid: TileGrid) -> tuple[int, int]:
    """Return the first and the last row whose centres are not beyond a pole; that of a pole itself may stick out by half."""
    south, north = (-90.0 - grid.south_deg) / grid.pixel_deg, (90.0 - grid.south_deg) / grid.pixel_deg
    return math.ceil(south - 0.5 - NOISE_PIXELS), math.floor(north - 0.5 + NOISE_PIXELS)


def cut_out(layer: Layer, box: SkyBox, bounds: Bounds, *, largest_side: int | None = None) -> Submap:
    """Read a box at full resolution, widened to whole pixels. The part of it that is off the map is NaN.

    Parameters
    ----------
    layer, box
        What of what.
    bounds
        What this server allows.
    largest_side
        The most rows or columns that what it is wanted for can have, if there is a limit.

    Raises
    ------
    RegionTooLarge
        It has more pixels than that. Nothing is read.
    NoDataThere
        The map does not reach it.
    MapError
        The map cannot be read.
    """
    grid = layer.grid
    wanted = pixels_touched(grid, box)
    _refuse_if_too_large(wanted.shape, bounds.max_pixels, largest_side)
    pixels = np.full(wanted.shape, np.nan, dtype=np.float32)
    snapped = wanted.on_sky(grid)
    is_on_map = False
    for band_box, band in layer.provider.bands(snapped):
        is_on_map = True
        _paste(pixels, band, (band_box.south_deg - snapped.south_deg, band_box.west_deg - snapped.west_deg), grid)
    if not is_on_map:
        raise NoDataThere("The map does not reach this box.")
    return Submap(pixels, snapped, grid.pixel_deg)


def _refuse_if_too_large(shape: Shape, max_pixels: int, largest_side: int | None) -> None:
    rows, columns = shape
    if rows * columns > max_pixels:
        raise RegionTooLarge(f"The box has {columns:,} x {rows:,} pixels, and this server hands out {max_pixels:,} at most.")
    if largest_side is not None and max(shape) > largest_side:
        raise RegionTooLarge(
            f"The box has {columns:,} x {rows:,} pixels, and this format can hold {largest_side:,} to a side: ask for png or fits."
        )


def _paste(pixels: Pixels, band: Pixels, offset_deg: tuple[float, float], grid: TileGrid) -> None:
    """Put a band where it belongs; its right ascensions may be given on another turn."""
    row, column = (round(offset / grid.pixel_deg) for offset in offset_deg)
    column %= grid.columns
    pixels[row : row + band.shape[0], column : column + band.shape[1]] = band


def _touched(limits_deg: tuple[float, float], origin_deg: float, pixel_deg: float) -> tuple[int, int]:
    """Return the first pixel that an interval touches, and the last plus one: at least one pixel."""
    first, last = whole_pixels(limits_deg, origin_deg, pixel_deg)
    return first, max(last, first + 1)
