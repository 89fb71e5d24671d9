"""In-memory twins of what the atlas works with, and short ways to write configurations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tilemaker.atlas.layer import Layer
from tilemaker.atlas.models import Band, Config, LayerConfig, Map, MapGroup
from tilemaker.errors import MapError
from tilemaker.providers import FitsSpec
from tilemaker.providers.base import Counts, MapExtent, Pixels, PixelValue, Provider, ProviderSpec, Sample, Summary
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import Shape, TileGrid

EXTENT = MapExtent(SkyBox(-10.0, 10.0, -5.0, 5.0), TileGrid(1.0, 180, 1, -180.0, -90.0), "K")


def trouble_of(layer: Layer) -> MapError | None:
    """Return why a layer is unavailable now; None when it is well."""
    try:
        _ = layer.provider
    except MapError as failed:
        return failed
    return None


@dataclass
class Shelf:
    """Stands in for the disk: what opening a file gives just now, and how often it was tried."""

    error: MapError | None = None
    version: int = 1
    opened: list[MemoryProvider] = field(default_factory=list)
    attempts: int = 0


class MemoryProvider:
    """A provider without pixels, current as long as the shelf has the version it was opened from."""

    extent = EXTENT
    progress = 1.0
    is_too_far = False

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.version = shelf.version

    @property
    def fingerprint(self) -> str:
        return f"version-{self.version}"

    @property
    def is_current(self) -> bool:
        return self.version == self._shelf.version

    def prepare(self, edges: npt.NDArray[np.float64]) -> None:
        """Nothing is prepared."""

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        return None

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        return None

    def summary(self) -> Summary:
        return Summary(np.zeros(0, np.float32), 0.0, 0, 0)

    def counts(self, edges: npt.NDArray[np.float64]) -> Counts:
        return Counts(np.zeros(len(edges) - 1, np.int64), is_final=True)

    def bands(self, box: SkyBox) -> Iterator[tuple[SkyBox, Pixels]]:
        return iter(())


class MemorySpec(ProviderSpec):
    """Opens what is on a shelf."""

    model_config = {"arbitrary_types_allowed": True}

    shelf: Shelf

    def relative_to(self, folder: Path) -> MemorySpec:
        return self

    def open(self, workshop: Workshop) -> Provider:
        self.shelf.attempts += 1
        if self.shelf.error is not None:
            raise self.shelf.error
        self.shelf.opened.append(MemoryProvider(self.shelf))
        return self.shelf.opened[-1]


def layer(name: str = "I", *, layer_id: str | None = None, grant: str | None = None, description: str | None = None) -> LayerConfig:
    """Return the entry of a layer whose file does not exist."""
    return LayerConfig(
        name=name, layer_id=layer_id, grant=grant, description=description, provider=FitsSpec(filename=Path("absent.fits"))
    )


def band(*layers: LayerConfig, name: str = "f150", band_id: str | None = None, grant: str | None = None) -> Band:
    """Return a band."""
    return Band(name=name, band_id=band_id, grant=grant, layers=layers or (layer(),))


def sky_map(*bands: Band, name: str = "Coadd", map_id: str | None = None, grant: str | None = None) -> Map:
    """Return a map."""
    return Map(name=name, map_id=map_id, grant=grant, bands=bands or (band(),))


def group(*maps: Map, name: str = "ACT", grant: str | None = None) -> MapGroup:
    """Return a map group."""
    return MapGroup(name=name, grant=grant, maps=maps or (sky_map(),))


def config(*groups: MapGroup) -> Config:
    """Return a configuration of maps alone."""
    return Config(map_groups=groups)
