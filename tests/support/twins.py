"""Twins of maps and of visitors, in memory: what they answer is known by formula, and they count what they are asked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser

from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.models import Band, Box, Config, LayerConfig, Map, MapGroup, RegionGroupConfig, SourceGroupConfig
from tilemaker.errors import MapError
from tilemaker.providers.base import Counts, MapExtent, Pixels, PixelValue, ProviderSpec, Sample, Summary
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox, wrap_deg
from tilemaker.sky.grid import Shape, TileGrid

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from .skies import Value

CELL_CENTRED = TileGrid(pixel_deg=1.0, tile_size=45, levels=3, west_deg=-180.0, south_deg=-90.0)
"""Pixels of one degree, three levels of tiles of 45 x 45."""
NODE_CENTRED = TileGrid(pixel_deg=1.0, tile_size=45, levels=3, west_deg=-180.5, south_deg=-90.5)
"""The same with pixels on the poles: the north pole's is one row above the grid."""
FINE = TileGrid(pixel_deg=0.25, tile_size=180, levels=3, west_deg=-180.0, south_deg=-90.0)

_fingerprints = itertools.count()


@dataclass
class Twin:
    """A provider whose pixels lie in memory, on the pixels of a grid."""

    pixels: Pixels
    """(rows, columns), row 0 south, column 0 lowest RA."""
    grid: TileGrid = CELL_CENTRED
    first_row: int = 0
    """Row of the grid that row 0 is."""
    first_column: int = 0
    """Column of the grid that column 0 is; the last column may lie beyond the grid's last."""
    units: str | None = "uK"
    polarisation: str | None = None
    progress: float = 1.0
    is_too_far: bool = False
    is_current: bool = True
    failure: Exception | None = None
    """Raised by everything that reads pixels."""
    fingerprint: str = field(default_factory=lambda: f"twin{next(_fingerprints)}")
    times_read: int = 0
    """How often anything was asked that needs pixels."""
    times_prepared: int = 0

    @property
    def extent(self) -> MapExtent:
        """What the map covers."""
        grid, (rows, columns) = self.grid, self.pixels.shape
        west_deg = wrap_deg(grid.west_deg + self.first_column * grid.pixel_deg)
        south_deg = grid.south_deg + self.first_row * grid.pixel_deg
        box = SkyBox(west_deg, west_deg + columns * grid.pixel_deg, south_deg, south_deg + rows * grid.pixel_deg)
        return MapExtent(box, grid, self.units, self.polarisation)

    def prepare(self, edges: npt.NDArray[np.float64]) -> None:
        """Count that the overview was asked for."""
        self.times_prepared += 1

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return NaN-aware means of the pixels under each sample, None off the map."""
        self._count()
        side = max(1, round(box.height_deg / shape[0] / self.grid.pixel_deg))
        first_row = round((box.south_deg - self.grid.south_deg) / self.grid.pixel_deg)
        first_column = round((box.west_deg - self.grid.west_deg) / self.grid.pixel_deg)
        window = self._window(first_row, first_column, (shape[0] * side, shape[1] * side))
        if window is None:
            return None
        is_final = self.progress >= 1.0 or side == 1
        return Sample(block_means(window, side), is_final)

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        """Return the pixel a position falls in, or None off the map."""
        self._count()
        grid = self.grid
        row = int((dec_deg - grid.south_deg) // grid.pixel_deg)
        column = int((wrap_deg(ra_deg) - grid.west_deg) % 360.0 // grid.pixel_deg)
        window = self._window(row, column, (1, 1))
        if window is None:
            return None
        value = None if np.isnan(window[0, 0]) else float(window[0, 0])
        ra_centre_deg = wrap_deg(grid.west_deg + (column + 0.5) * grid.pixel_deg)
        return PixelValue(value, ra_centre_deg, grid.south_deg + (row + 0.5) * grid.pixel_deg)

    def summary(self) -> Summary:
        """Return all the pixels, sorted."""
        self._count()
        values = np.sort(self.pixels[np.isfinite(self.pixels)])
        return Summary(values, float(np.std(values, dtype=np.float64)) if values.size else 0.0, self.pixels.size, self.pixels.size)

    def counts(self, edges: npt.NDArray[np.float64]) -> Counts:
        """Count all the pixels."""
        self._count()
        counts, _ = np.histogram(self.pixels[np.isfinite(self.pixels)], edges)
        return Counts(counts.astype(np.int64), is_final=self.progress >= 1.0)

    def bands(self, box: SkyBox) -> Iterator[tuple[SkyBox, Pixels]]:
        """Yield the box in bands of seven rows, snapped outward to whole pixels; rows off the map are left out."""
        grid, reach = self.grid, self.extent.box
        first, last = _whole(box.west_deg - grid.west_deg, box.east_deg - grid.west_deg, grid.pixel_deg)
        last = min(last, first + grid.columns)
        south_deg, north_deg = max(box.south_deg, reach.south_deg), min(box.north_deg, reach.north_deg)
        bottom, top = _whole(south_deg - grid.south_deg, north_deg - grid.south_deg, grid.pixel_deg)
        for row in range(bottom, top, 7):
            end = min(row + 7, top)
            window = self._window(row, first, (end - row, last - first))
            self._count()
            if window is not None:
                west_deg, low_deg = grid.west_deg + first * grid.pixel_deg, grid.south_deg + row * grid.pixel_deg
                width_deg, height_deg = (last - first) * grid.pixel_deg, (end - row) * grid.pixel_deg
                yield SkyBox(west_deg, west_deg + width_deg, low_deg, low_deg + height_deg), window

    def _count(self) -> None:
        self.times_read += 1
        if self.failure is not None:
            raise self.failure

    def _window(self, first_row: int, first_column: int, shape: Shape) -> Pixels | None:
        rows = np.arange(first_row, first_row + shape[0]) - self.first_row
        columns = (np.arange(first_column, first_column + shape[1]) - self.first_column) % self.grid.columns
        on_rows = (rows >= 0) & (rows < self.pixels.shape[0])
        on_columns = columns < self.pixels.shape[1]
        if not (on_rows.any() and on_columns.any()):
            return None
        window = np.full(shape, np.nan, np.float32)
        window[np.ix_(on_rows, on_columns)] = self.pixels[np.ix_(rows[on_rows], columns[on_columns])]
        return window


def block_means(pixels: Pixels, side: int) -> Pixels:
    """Return the means of the finite pixels of each block."""
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    blocks = pixels.reshape(rows, side, columns, side).astype(np.float64)
    is_valid = ~np.isnan(blocks)
    with np.errstate(invalid="ignore"):
        means = np.where(is_valid, blocks, 0.0).sum(axis=(1, 3)) / is_valid.sum(axis=(1, 3))
    return np.asarray(means, np.float32)


def _whole(low_deg: float, high_deg: float, pixel_deg: float) -> tuple[int, int]:
    return int(np.floor(low_deg / pixel_deg + 1e-6)), int(np.ceil(high_deg / pixel_deg - 1e-6))


def full_sky(value: Value, grid: TileGrid = CELL_CENTRED) -> Twin:
    """Return a map of the whole sky whose pixels have the value of their centres; node-centred grids get their north pole."""
    has_pole = grid.south_deg < -90.0
    return Twin(sampled(value, grid, (grid.rows + has_pole, grid.columns)), grid)


def patch(value: Value, box: SkyBox, grid: TileGrid = CELL_CENTRED) -> Twin:
    """Return a map of a part of the sky, given by pixel edges of the grid."""
    first_row = round((box.south_deg - grid.south_deg) / grid.pixel_deg)
    first_column = round((box.west_deg - grid.west_deg) / grid.pixel_deg)
    shape = round(box.height_deg / grid.pixel_deg), round(box.width_deg / grid.pixel_deg)
    pixels = sampled(value, grid, shape, first_row=first_row, first_column=first_column)
    return Twin(pixels, grid, first_row, first_column)


def sampled(value: Value, grid: TileGrid, shape: Shape, *, first_row: int = 0, first_column: int = 0) -> Pixels:
    """Return the value at the centres of a grid's pixels, right ascensions in [-180, 180)."""
    ra_deg = grid.west_deg + (first_column + np.arange(shape[1]) + 0.5) * grid.pixel_deg
    dec_deg = grid.south_deg + (first_row + np.arange(shape[0]) + 0.5) * grid.pixel_deg
    return np.asarray(value(*np.meshgrid((ra_deg + 180.0) % 360.0 - 180.0, dec_deg)), np.float32)


class TwinSpec(ProviderSpec):
    """A configuration's way of naming a twin."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    twin: Twin | MapError

    def open(self, _workshop: Workshop) -> Twin:
        """Return the twin, or raise what stands in its place."""
        if isinstance(self.twin, MapError):
            raise type(self.twin)(*self.twin.args)
        return self.twin


def layer(layer_id: str, twin: Twin | MapError, **fields: object) -> LayerConfig:
    """Return a layer of a twin; other fields as in a configuration."""
    written: dict[str, Any] = {"name": layer_id, "provider": TwinSpec(twin=twin), **fields}
    return LayerConfig.model_construct(layer_id=layer_id, **written)


def band(band_id: str, *layers: LayerConfig, grant: str | None = None) -> Band:
    """Return a band."""
    return Band(band_id=band_id, name=band_id, grant=grant, layers=layers)


def sky_map(map_id: str, *bands: Band, grant: str | None = None) -> Map:
    """Return a map."""
    return Map(map_id=map_id, name=map_id, grant=grant, bands=bands)


def group(map_group_id: str, *maps: Map, grant: str | None = None) -> MapGroup:
    """Return a map group."""
    return MapGroup(map_group_id=map_group_id, name=map_group_id, grant=grant, maps=maps)


def atlas(
    *groups: MapGroup,
    boxes: Iterable[Box] = (),
    source_groups: Iterable[SourceGroupConfig] = (),
    region_groups: Iterable[RegionGroupConfig] = (),
) -> Atlas:
    """Return an atlas of twins."""
    config = Config(map_groups=groups, boxes=tuple(boxes), source_groups=tuple(source_groups), region_groups=tuple(region_groups))
    return Atlas(config, Workshop())


def atlas_of(*layers: LayerConfig) -> Atlas:
    """Return an atlas that holds these layers in one band."""
    return atlas(group("group", sky_map("map", band("band", *layers))))


class GrantsInHeader(AuthenticationBackend):
    """Believes whatever grants a request says it holds, between commas in the header ``Grants``."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
        """Return what the caller says."""
        grants = [grant.strip() for grant in conn.headers.get("grants", "").split(",")]
        return AuthCredentials([grant for grant in grants if grant]), SimpleUser("somebody")
