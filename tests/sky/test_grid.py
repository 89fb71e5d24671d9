"""The tile grid, on the cases that the viewer's twin is tested on too."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from tilemaker.sky.grid import TileAddress, TileGrid
from tilemaker.sky.place import covering_grid

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "grid_cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_tile_covers_its_own_part_of_the_sky(case: dict[str, Any]) -> None:
    grid = TileGrid(**case["grid"])
    for tile in case["tiles"]:
        at = TileAddress(tile["level"], tile["y"], tile["x"])
        expected = tuple(tile[side] for side in ("west_deg", "east_deg", "south_deg", "north_deg"))
        assert at in grid
        assert astuple(grid.box(at)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_addresses_outside_are_outside(case: dict[str, Any]) -> None:
    grid = TileGrid(**case["grid"])
    assert not [at for at in case["outside"] if TileAddress(at["level"], at["y"], at["x"]) in grid]


@pytest.mark.parametrize("pixel_deg", [1.0, 0.7, 0.5, 0.31, 1 / 60, 1 / 240, 6.9e-5, 120.0])
def test_a_covering_grid_is_no_coarser_than_asked_and_not_much_finer(pixel_deg: float) -> None:
    grid = covering_grid(pixel_deg)
    assert grid.pixel_deg <= pixel_deg * (1 + 1e-9)
    assert grid.pixel_deg > pixel_deg * 0.66
    assert grid.rows * grid.pixel_deg == pytest.approx(180.0)
    assert grid.tile_size <= 512
