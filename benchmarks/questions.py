"""What can be asked of a server; tilemaker 3.1.0 has the same addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from tilemaker.sky.boxes import SkyBox

Ext = Literal["png", "webp", "jpg", "npy", "bin", "fits"]

COLOUR_MAP, LOW, HIGH = "RdBu_r", -500.0, 500.0
STYLE = f"cmap={COLOUR_MAP}&vmin={LOW:g}&vmax={HIGH:g}"
"""Written out, as viewers do: the two programs have different defaults."""


class Question(Protocol):
    """Something to be asked about one layer."""

    @property
    def layer_id(self) -> str:
        """The layer."""
        ...

    @property
    def path(self) -> str:
        """The address, with its query."""
        ...


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile."""

    layer_id: str
    level: int
    y: int
    x: int
    ext: Ext

    @property
    def path(self) -> str:
        """The address, with its query."""
        return f"/layers/{self.layer_id}/{self.level}/{self.y}/{self.x}/tile.{self.ext}?{STYLE}"


@dataclass(frozen=True, slots=True)
class Cutout:
    """A box of a map at full resolution."""

    layer_id: str
    box: SkyBox
    ext: Ext

    @property
    def path(self) -> str:
        """The address, with its query."""
        box = self.box
        edges = "/".join(f"{each:.6f}" for each in (box.west_deg, box.east_deg, box.north_deg, box.south_deg))
        return f"/layers/{self.layer_id}/submap/{edges}/image.{self.ext}?{STYLE}"


@dataclass(frozen=True, slots=True)
class Aperture:
    """Statistics of a circle."""

    layer_id: str
    ra_deg: float
    dec_deg: float
    radius_deg: float

    @property
    def path(self) -> str:
        """The address, with its query."""
        where = f"ra={self.ra_deg:.6f}&dec={self.dec_deg:.6f}&radius={self.radius_deg * 60:.6f}"
        return f"/analysis/aperture/{self.layer_id}?{where}"


@dataclass(frozen=True, slots=True)
class Histogram:
    """The histogram of a layer."""

    layer_id: str

    @property
    def path(self) -> str:
        """The address, with its query."""
        return f"/histograms/data/{self.layer_id}"
