"""Questions in random order, none of them twice: what was asked before would come from a cache."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileAddress

from .maps import Maps
from .questions import Aperture, Cutout, Ext, Histogram, Tile


@dataclass
class Deck:
    """The questions of one sitting."""

    maps: Maps
    seed: int = 0
    _piles: dict[tuple[tuple[str, ...], int], list[tuple[str, TileAddress]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)

    def tiles(self, layer_ids: Sequence[str], ext: Ext, level: int | None = None) -> Iterator[Tile]:
        """Yield tiles that have not been asked for in this sitting, of the finest level unless another is named."""
        if level is None:
            level = self.maps.layer(layer_ids[0]).grid.levels - 1
        pile = self._pile(tuple(layer_ids), level)
        while pile:
            layer_id, at = pile.pop()
            yield Tile(layer_id, at.level, at.y, at.x, ext)

    def seam(self, layer_ids: Sequence[str], ext: Ext) -> Iterator[Tile]:
        """Yield the tiles of the finest level that RA 180 goes through."""
        level = self.maps.layer(layer_ids[0]).grid.levels - 1
        pile = self._pile(tuple(layer_ids), level)
        for layer_id, at in [each for each in pile if each[1].x == 0]:
            pile.remove((layer_id, at))
            yield Tile(layer_id, at.level, at.y, at.x, ext)

    def poles(self, layer_id: str, ext: Ext) -> Iterator[Tile]:
        """Yield the tiles of the finest level that touch a pole."""
        level = self.maps.layer(layer_id).grid.levels - 1
        pile = self._pile((layer_id,), level)
        for _, at in [each for each in pile if each[1].y in (0, (1 << level) - 1)]:
            pile.remove((layer_id, at))
            yield Tile(layer_id, at.level, at.y, at.x, ext)

    def cutouts(self, layer_id: str, size_deg: float, ext: Ext) -> Iterator[Cutout]:
        """Yield boxes anywhere on a map, of a size in RA and Dec, or as high as the map is."""
        box, pixel_deg = self.maps.layer(layer_id).box, self.maps.layer(layer_id).grid.pixel_deg
        height_deg = min(size_deg, box.height_deg - 2 * pixel_deg)
        while True:
            # Whole tenths of a degree: the edges of pixels of every map here, moved by half a pixel on maps centred on them.
            west_deg = self._random.integers(-1700, 1700 - round(10 * size_deg)) / 10 + pixel_deg / 2
            south_deg = box.south_deg + pixel_deg * int(
                self._random.integers(0, 1 + int((box.height_deg - height_deg) / pixel_deg))
            )
            yield Cutout(layer_id, SkyBox(west_deg, west_deg + size_deg, south_deg, south_deg + height_deg), ext)

    def apertures(self, layer_id: str, radius_deg: float) -> Iterator[Aperture]:
        """Yield circles anywhere on a map."""
        box = self.maps.layer(layer_id).box
        while True:
            dec_deg = self._random.uniform(box.south_deg + 2 * radius_deg, box.north_deg - 2 * radius_deg)
            yield Aperture(layer_id, self._random.uniform(-170, 170), dec_deg, radius_deg)

    def histograms(self, layer_ids: Sequence[str]) -> Iterator[Histogram]:
        """Yield the histograms of some layers, over and over: there are no others."""
        return (Histogram(each) for each in itertools.cycle(layer_ids))

    def _pile(self, layer_ids: tuple[str, ...], level: int) -> list[tuple[str, TileAddress]]:
        if (layer_ids, level) not in self._piles:
            pile = [(layer_id, at) for layer_id in layer_ids for at in self.maps.tiles(layer_id, level)]
            self._piles[layer_ids, level] = [pile[index] for index in self._random.permutation(len(pile))]
        return self._piles[layer_ids, level]
