"""The tile pyramid: which part of the sky each tile shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .boxes import SkyBox

Shape = tuple[int, int]
"""(rows, columns)."""


NOISE_PIXELS = 1e-6
"""How far an edge may reach into a pixel without touching it: what is left of arithmetic with degrees."""


def whole_pixels(limits_deg: tuple[float, float], origin_deg: float, pixel_deg: float) -> tuple[int, int]:
    """Return the first pixel and the last plus one that an interval touches; pixel 0 begins at the origin."""
    first, last = ((limit_deg - origin_deg) / pixel_deg for limit_deg in limits_deg)
    return math.floor(first + NOISE_PIXELS), math.ceil(last - NOISE_PIXELS)


@dataclass(frozen=True, slots=True)
class TileAddress:
    """One tile of the pyramid: level 0 is the whole sky in two tiles; row 0 is south, column 0 starts at RA -180."""

    level: int
    y: int
    x: int


@dataclass(frozen=True, slots=True)
class TileGrid:
    """The tile pyramid of one map.

    The grid hangs on the map's own pixels: ``west_deg, south_deg`` is the corner of tile (0, 0), which is (-180, -90) moved by at
    most half a pixel so that, at the finest level, a tile pixel *is* a map pixel. Cell-centred and node-centred maps are both
    exact (a full-sky node-centred map has one row more than the grid: the north pole's, a single point of the sky). A map whose
    pixels cannot tile the sky (non-square, or no power-of-two fit) gets the nearest finer grid and is resampled.
    """

    pixel_deg: float
    """Side of a pixel at the finest level, degrees of coordinate."""
    tile_size: int
    """Pixels along a tile's side."""
    levels: int
    """Number of levels; the finest is ``levels - 1``."""
    west_deg: float
    """RA of the western edge of column 0."""
    south_deg: float
    """Dec of the southern edge of row 0."""

    @property
    def tile_shape(self) -> Shape:
        """Shape of every tile of the pyramid."""
        return self.tile_size, self.tile_size

    @property
    def rows(self) -> int:
        """Pixel rows of the finest level, pole to pole."""
        return self.tile_size << (self.levels - 1)

    @property
    def columns(self) -> int:
        """Pixel columns of the finest level, once round the sky."""
        return 2 * self.rows

    def box(self, at: TileAddress) -> SkyBox:
        """Return the sky a tile covers. Addresses are checked where they are made."""
        side = self.pixel_deg * self.tile_size * 2 ** (self.levels - 1 - at.level)
        west, south = self.west_deg + at.x * side, self.south_deg + at.y * side
        return SkyBox(west, west + side, south, south + side)

    def __contains__(self, at: TileAddress) -> bool:
        rows = 2**at.level if 0 <= at.level < self.levels else 0
        return 0 <= at.y < rows and 0 <= at.x < 2 * rows
