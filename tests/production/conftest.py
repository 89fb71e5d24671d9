"""A small service: two maps, one of them large enough for an overview."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.skies import car, write_sky

if TYPE_CHECKING:
    from pathlib import Path

PLACES = {"small": ("0/0/0", "0/0/1"), "large": ("0/0/1", "1/1/2", "2/1/3")}
TILES = [f"/layers/{name}/{place}/tile.{ext}" for name, places in PLACES.items() for place in places for ext in ("png", "bin")]
"""Four of the small map, and then six of the large one."""


def configuration(**layers: str) -> str:
    """Return a configuration whose layers, by their ids, show these files."""
    listed = [
        {"layer_id": name, "name": name, "vmin": -100, "vmax": 100, "provider": {"provider_type": "fits", "filename": file}}
        for name, file in layers.items()
    ]
    bands = [{"name": "band", "layers": listed}]
    return json.dumps({"map_groups": [{"name": "group", "maps": [{"name": "map", "bands": bands}]}]})


def write_service(folder: Path) -> Path:
    """Write two maps and the configuration that names them, and return that."""
    write_sky(folder / "small.fits", car(180, 360, 1.0))
    write_sky(folder / "large.fits", car(1500, 3000, 0.12))
    path = folder / "sky.json"
    path.write_text(configuration(small="small.fits", large="large.fits"), "utf-8")
    return path


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the configuration file of a service that nobody may change."""
    return write_service(tmp_path_factory.mktemp("original"))


def copied(original: Path, folder: Path) -> Path:
    """Return the configuration file of a copy that may be changed."""
    shutil.copytree(original.parent, folder, dirs_exist_ok=True)
    return folder / original.name


@pytest.fixture
def config(original: Path, tmp_path: Path) -> Path:
    """Return a configuration file that a test may change, and the maps beside it too."""
    return copied(original, tmp_path)
