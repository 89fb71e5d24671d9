"""The maps that are measured on, where they are, and the configurations that show them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from astropy.io import fits

from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.layer import Layer
from tilemaker.atlas.load import load_atlas
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileAddress

from . import pagecache, skies
from .questions import COLOUR_MAP, HIGH, LOW
from .skies import Survey

COLD_RESIDENT = 0.02
"""The most of a file that may be left in memory when it is to be cold."""
COOLING_ATTEMPTS = 3
WARM_RESIDENT = 0.99
"""The least that must be there when it is to be warm."""

FULL = Survey(43_200, first_row=-7560, rows=10_320, planes=3)
"""What people have: 0.5' pixels, three components, 5.4 GB."""
STRIP = Survey(43_200, first_row=-1352, rows=2_029, planes=3)
"""Three rows of tiles of it, 1.1 GB: the same pixels and the same length of rows, in less time."""
SKY = Survey(5_400, first_row=-1350, rows=2_701, planes=1)
"""From pole to pole."""
PATCH = Survey(43_200, first_row=-2_029, rows=4_058, planes=1, first_column=13_496, columns=4_058)
"""Six by six tiles, to be packed in several ways."""
TANGENT_SIDE = 4_058
OTHERS = ("sky.fits", "patch.fits", "tangent.fits", "gzipped.fits.gz", "compressed.fits.fz")
LISTED = Survey(360, first_row=-30, rows=60, planes=1, first_column=100, columns=90)
LISTED_COUNT = 1_000


class Unmeasurable(Exception):
    """Things are not as they have to be for a case to mean what it says."""


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane of a FITS file, and the layer that shows it."""

    layer_id: str
    path: Path
    index: int | None = None
    is_for_peer: bool = False
    """Whether tilemaker 3.1.0 can show it too."""

    @property
    def provider(self) -> dict[str, object]:
        """As both configurations have it."""
        return {"provider_type": "fits", "filename": str(self.path), "index": self.index}


@dataclass(frozen=True)
class Maps:
    """All maps of one run, in a folder of their own, but for a large one that was there before."""

    folder: Path
    main: Path
    """The large one."""

    @cached_property
    def planes(self) -> tuple[Plane, ...]:
        """Every plane that is shown, the large map's first."""
        count = self.shape[0]
        main = [Plane(f"main-{index}", self.main, index if count > 1 else None, is_for_peer=True) for index in range(count)]
        others = [Plane(path.name.partition(".")[0], path) for path in (self.folder / name for name in OTHERS)]
        return *main, *(replace(each, is_for_peer=each.layer_id == "sky") for each in others)

    @cached_property
    def main_ids(self) -> tuple[str, ...]:
        """The layers of the large map."""
        return tuple(each.layer_id for each in self.planes if each.path == self.main)

    @property
    def shape(self) -> list[int]:
        """Planes, rows and columns of the large map."""
        header = fits.getheader(self.main)
        return [int(header.get("NAXIS3", 1)), int(header["NAXIS2"]), int(header["NAXIS1"])]

    @cached_property
    def listed(self) -> Path:
        """A folder of a thousand small maps."""
        return self.folder / "listed"

    def plane(self, layer_id: str) -> Plane:
        """Return the plane that a layer shows."""
        return next(each for each in self.planes if each.layer_id == layer_id)

    @cached_property
    def config(self) -> Path:
        """The configuration of all layers, written when first asked for."""
        layers = self._layers(self.planes)
        layers.append(_layer("difference", {"provider_type": "fits_combination", "function": "-", "providers": [
            self.plane("patch").provider, self.plane("main-0").provider]}))  # fmt: skip
        return self._written("ours.json", layers)

    @cached_property
    def main_config(self) -> Path:
        """The configuration of the large map alone."""
        return self._written("main.json", self._layers(each for each in self.planes if each.path == self.main))

    @cached_property
    def peer_config(self) -> Path:
        """The same for tilemaker 3.1.0, which wants to be told what it could read off the file."""
        return self._written("peer.json", [self._layer_of_peer(each) for each in self.planes if each.is_for_peer])

    @cached_property
    def atlas(self) -> Atlas:
        """All layers, in this process."""
        return load_atlas(self.config, Workshop())

    def layer(self, layer_id: str) -> Layer:
        """Return a layer, in this process: its grid and its box, as every server has them."""
        return self.atlas.visible_to(frozenset()).layer(layer_id)

    def tiles(self, layer_id: str, level: int) -> list[TileAddress]:
        """Return the tiles of a level that lie on a map, from edge to edge; those that touch it, at levels where none does."""
        layer = self.layer(layer_id)
        every = [TileAddress(level, y, x) for y in range(1 << level) for x in range(2 << level)]
        boxes = {at: layer.grid.box(at) for at in every}
        within = [at for at, box in boxes.items() if _holds(layer.box, box, layer.grid.pixel_deg)]
        return within or [at for at, box in boxes.items() if _touch(layer.box, box)]

    def warm(self) -> None:
        """Have the system hold all files in memory, as far as there is room."""
        for path in {each.path: None for each in self.planes}:
            if pagecache.resident(path) < WARM_RESIDENT:
                pagecache.read(path)
            if pagecache.resident(path) < WARM_RESIDENT:
                print(f"{path.name} does not stay in memory: what is called warm is not", flush=True)

    def cool(self, layer_id: str) -> None:
        """Have the system forget the file of a layer. Raises `Unmeasurable` when it does not."""
        path = self.plane(layer_id).path
        for _ in range(COOLING_ATTEMPTS):
            pagecache.drop(path)
            if pagecache.resident(path) <= COLD_RESIDENT:
                return
        raise Unmeasurable(f"{path.name} stays in memory: does another program read it?")

    def _layers(self, planes: Iterable[Plane]) -> list[dict[str, object]]:
        return [_layer(each.layer_id, each.provider) for each in planes]

    def _layer_of_peer(self, plane: Plane) -> dict[str, object]:
        layer = self.layer(plane.layer_id)
        box, grid = layer.box, layer.grid
        return _layer(plane.layer_id, plane.provider | {"hdu": 0}) | {
            "description": plane.layer_id, "bounding_left": box.west_deg, "bounding_right": box.east_deg,
            "bounding_top": box.north_deg, "bounding_bottom": box.south_deg, "number_of_levels": grid.levels,
            "tile_size": grid.tile_size,
        }  # fmt: skip

    def _written(self, name: str, layers: list[dict[str, object]]) -> Path:
        node = {"name": "Benchmark", "description": "Maps to measure on"}
        band = node | {"band_id": "band", "layers": layers}
        one = node | {"map_id": "map", "bands": [band]}
        path = self.folder / name
        path.write_text(json.dumps({"map_groups": [node | {"map_group_id": "group", "maps": [one]}]}), encoding="utf-8")
        return path


def make(folder: Path, survey: Survey, main: Path | None) -> Maps:
    """Return the maps of a folder, making those that are missing.

    Parameters
    ----------
    folder
        Where to; it may hold those of an earlier run.
    survey
        What the large map is like.
    main
        The large map, when there is one already; ``survey`` is then not looked at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    large = main or folder / f"iqu_{survey.rows}_map.fits"
    tangent, patch = folder / "tangent.fits", folder / "patch.fits"
    steps = {
        large: lambda path: skies.write(path, survey),
        folder / "sky.fits": lambda path: skies.write(path, SKY),
        patch: lambda path: skies.write(path, PATCH),
        tangent: lambda path: skies.write_tangent(path, TANGENT_SIDE, PATCH.pixel_deg),
        folder / "gzipped.fits.gz": lambda path: skies.pack(patch, path),
        folder / "compressed.fits.fz": lambda path: skies.compress(patch, path),
        folder / "listed": _write_listed,
    }
    for path, write in steps.items():
        if not path.exists():
            print(f"making {path.name}", flush=True)
            unfinished = path.with_name(f"unfinished-{path.name}")
            write(unfinished)
            unfinished.rename(path)
    return Maps(folder, large)


def _write_listed(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    first = folder / "map_0000.fits"
    skies.write(first, LISTED)
    for number in range(1, LISTED_COUNT):
        (folder / f"map_{number:04d}.fits").write_bytes(first.read_bytes())


def _layer(layer_id: str, provider: dict[str, object]) -> dict[str, object]:
    return {
        "layer_id": layer_id, "name": layer_id, "provider": provider, "quantity": "T", "units": "uK",
        "vmin": LOW, "vmax": HIGH, "cmap": COLOUR_MAP,
    }  # fmt: skip


def _holds(around: SkyBox, box: SkyBox, slack_deg: float) -> bool:
    is_high_enough = around.south_deg - slack_deg <= box.south_deg and box.north_deg <= around.north_deg + slack_deg
    if around.width_deg >= 360.0 - slack_deg:
        return is_high_enough
    offset_deg = (box.west_deg - around.west_deg + slack_deg) % 360.0
    return is_high_enough and offset_deg + box.width_deg <= around.width_deg + 2 * slack_deg


def _touch(one: SkyBox, other: SkyBox) -> bool:
    offset_deg = (other.west_deg - one.west_deg) % 360.0
    return (
        one.south_deg < other.north_deg
        and other.south_deg < one.north_deg
        and (offset_deg < one.width_deg or offset_deg + other.width_deg > 360.0)
    )
