"""Tiles of any layer: from the cache when they are there, else read, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from tilemaker.errors import TileOutsideGrid
from tilemaker.providers.base import Sample

from .flight import Flight

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilemaker.atlas.layer import Layer
    from tilemaker.cache import Cache
    from tilemaker.providers.base import Pixels, Provider
    from tilemaker.sky.grid import Shape, TileAddress, TileGrid

Source = Literal["cache", "file", "preview"]
"""Where the pixels of a tile came from; a preview is a file's too, strided instead of averaged."""

_OFF_THE_MAP = b""
"""What is cached for a tile without a map. No tile has no bytes."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the cache knows of a tile: its pixels, or that there are none."""

    sample: Sample | None


class Tiles:
    """Hands out tiles, and sees to it that none is read twice, neither one after the other nor at once.

    Parameters
    ----------
    cache
        Where final tiles are kept: what was sent of them, and the pixels, as little-endian float32, of those that take longer to
        read again than to keep. Previews are not kept.
    on_tile
        Told of each tile that is handed out where its pixels came from.
    """

    def __init__(self, cache: Cache, on_tile: Callable[[Source], None] = lambda _: None) -> None:
        self._cache = cache
        self._on_tile = on_tile
        self._flight: Flight[Sample | None] = Flight()

    def get(self, layer: Layer, at: TileAddress) -> Sample | None:
        """Return a tile, or None where it lies off the map. The pixels are read only: several callers may hold them.

        Raises
        ------
        TileOutsideGrid
            The layer's pyramid has no such tile.
        MapError
            The layer cannot be read now. The next call tries again.
        """
        # Asked once: the layer opens another provider the moment its file is replaced, and key and pixels must be the same one's.
        provider = layer.provider
        grid = provider.extent.grid
        _check_inside(grid, at)
        key = _key(layer.layer_id, provider.fingerprint, grid, at)
        kept = self._kept(key, grid)
        if kept:
            self._on_tile("cache")
            return kept.sample
        sample = self._flight.share(key, partial(self._read, key, provider, at))
        self._on_tile("file" if sample is None or sample.is_final else "preview")
        return sample

    def sent(self, tag: str) -> bytes | None:
        """Return what was sent of a tile under an entity tag, which is that content's own; None when it is not there any more."""
        return self._counted(self._cache.get(_sent_key(tag)))

    def at_hand(self, tag: str) -> bytes | None:
        """Return what was sent of a tile, as `sent`, if it is in this process's memory."""
        return self._counted(self._cache.at_hand(_sent_key(tag)))

    def keep_sent(self, tag: str, body: bytes) -> None:
        """Keep what is sent of a final tile."""
        self._cache.put(_sent_key(tag), body)

    def _counted(self, body: bytes | None) -> bytes | None:
        if body is not None:
            self._on_tile("cache")
        return body

    def _read(self, key: str, provider: Provider, at: TileAddress) -> Sample | None:
        grid = provider.extent.grid
        # Between the look into the cache and the take-off, another flight may have landed.
        kept = self._kept(key, grid)
        if kept:
            return kept.sample
        sample = provider.read(grid.box(at), grid.tile_shape)
        if sample is not None:
            sample.pixels.setflags(write=False)
        # Of a file replaced while it was read, nobody knows which one the pixels are of.
        if (sample is None or (sample.is_final and not sample.is_quick)) and provider.is_current:
            self._cache.put(key, _OFF_THE_MAP if sample is None else _packed(sample.pixels))
        return sample

    def _kept(self, key: str, grid: TileGrid) -> _Kept | None:
        kept = self._cache.get(key)
        return None if kept is None else _unpacked(kept, grid.tile_shape)


def _check_inside(grid: TileGrid, at: TileAddress) -> None:
    if at in grid:
        return
    if not 0 <= at.level < grid.levels:
        raise TileOutsideGrid(f"There is no level {at.level}: this layer has levels 0 to {grid.levels - 1}.")
    rows = 2**at.level
    raise TileOutsideGrid(
        f"There is no tile y = {at.y}, x = {at.x} at level {at.level}: y is 0 to {rows - 1} and x is 0 to {2 * rows - 1} there."
    )


def _key(layer_id: str, version: str, grid: TileGrid, at: TileAddress) -> str:
    """Return a short text that is the tile's own, with no path in it, whatever ids and fingerprints are made of."""
    squares = f"{grid.pixel_deg} {grid.tile_size} {grid.levels} {grid.west_deg} {grid.south_deg} {at.level} {at.y} {at.x}"
    name = f"{layer_id!r} {version!r} {squares}"
    return f"tile:{hashlib.blake2b(name.encode(), digest_size=20).hexdigest()}"


def _sent_key(tag: str) -> str:
    return f"sent:{tag.strip(chr(34))}"


def _packed(pixels: Pixels) -> bytes:
    return np.ascontiguousarray(pixels, dtype="<f4").tobytes()


def _unpacked(value: bytes, shape: Shape) -> _Kept | None:
    """Return the tile without copying it (an array upon bytes is read only), or None for bytes that are not a tile."""
    if value == _OFF_THE_MAP:
        return _Kept(None)
    if len(value) != 4 * shape[0] * shape[1]:
        return None
    return _Kept(Sample(np.frombuffer(value, dtype="<f4").reshape(shape), is_final=True))
