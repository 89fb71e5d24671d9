"""The atlas through HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.skies import waves
from tests.support.twins import CELL_CENTRED, NODE_CENTRED, atlas, atlas_of, band, full_sky, group, layer, patch, sky_map
from tilemaker.errors import MapUnreadable
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker
    from tilemaker.sky.grid import TileGrid

LAYER_FIELDS = {
    "layer_id",
    "name",
    "description",
    "grant",
    "map_group_id",
    "map_id",
    "band_id",
    "quantity",
    "units",
    "number_of_levels",
    "tile_size",
    "vmin",
    "vmax",
    "cmap",
    "bounding_left",
    "bounding_right",
    "bounding_top",
    "bounding_bottom",
    "grid",
    "version",
    "encoding",
    "is_final",
    "available",
    "reason",
}


@pytest.fixture
def two_groups(client: ClientMaker) -> TestClient:
    """Return a client of an atlas with two of everything."""
    maps = [
        sky_map(
            f"map{number}", *(band(f"band{number}{letter}", layer(f"layer{number}{letter}", full_sky(waves))) for letter in "ab")
        )
        for number in range(4)
    ]
    return client(atlas(group("first", *maps[:2]), group("second", *maps[2:])))


def ids(nodes: list[dict[str, str]], key: str) -> list[str]:
    return [node[key] for node in nodes]


def test_the_atlas_is_listed_level_by_level(two_groups: TestClient) -> None:
    assert two_groups.get("/map-groups").json() == [
        {"map_group_id": name, "name": name, "description": None, "grant": None} for name in ("first", "second")
    ]
    assert ids(two_groups.get("/map-groups/second/maps").json(), "map_id") == ["map2", "map3"]
    assert ids(two_groups.get("/maps/map1/bands").json(), "band_id") == ["band1a", "band1b"]
    assert two_groups.get("/bands/band3b/layers").json() == [
        {"layer_id": "layer3b", "name": "layer3b", "description": None, "grant": None}
    ]


def test_the_default_layer_comes_with_the_way_to_it_and_nothing_else(two_groups: TestClient) -> None:
    found = two_groups.get("/layers/default").json()

    assert found["layer"]["layer_id"] == "layer0a"
    first, second = found["default_layer_menu"]
    assert (first["map_group_id"], second["map_group_id"], second["maps"]) == ("first", "second", [])
    assert ids(first["maps"], "map_id") == ["map0", "map1"]
    assert first["maps"][1]["bands"] == []
    assert ids(first["maps"][0]["bands"], "band_id") == ["band0a", "band0b"]
    assert ids(first["maps"][0]["bands"][0]["layers"], "layer_id") == ["layer0a"]
    assert first["maps"][0]["bands"][1]["layers"] == []


def test_an_empty_atlas_has_no_default_layer(client: ClientMaker) -> None:
    assert client(atlas()).get("/layers/default").json() == {"layer": None, "default_layer_menu": []}


def test_a_layer_says_everything_about_itself(client: ClientMaker) -> None:
    twin = patch(waves, SkyBox(150.0, 210.0, -10.0, 30.0))
    described = (
        client(atlas_of(layer("sky", twin, vmin=-5.0, quantity="T", description="A map.", cmap="planck"))).get("/layers/sky").json()
    )

    assert described.keys() >= LAYER_FIELDS
    assert described["grid"] == {"pixel_deg": 1.0, "tile_size": 45, "levels": 3, "west_deg": -180.0, "south_deg": -90.0}
    assert (described["number_of_levels"], described["tile_size"], described["units"], described["quantity"]) == (3, 45, "uK", "T")
    assert (described["vmin"], described["vmax"], described["cmap"]) == (-5.0, "auto", "planck")
    edges = [described[f"bounding_{side}"] for side in ("left", "right", "top", "bottom")]
    assert edges == [150.0, 210.0, 30.0, -10.0]
    assert described["encoding"]["kind"] in {"linear", "asinh"}
    assert (described["available"], described["reason"], described["is_final"], described["progress"]) == (True, None, True, 1.0)


@pytest.mark.parametrize("grid", [CELL_CENTRED, NODE_CENTRED])
def test_a_map_all_the_way_round_reaches_from_minus_180_to_180(client: ClientMaker, grid: TileGrid) -> None:
    described = client(atlas_of(layer("sky", full_sky(waves, grid)))).get("/layers/sky").json()

    assert (described["bounding_left"], described["bounding_right"]) == (-180.0, 180.0)


def test_a_layer_whose_overview_is_being_built_is_not_final(client: ClientMaker) -> None:
    twin = full_sky(waves)
    twin.progress = 0.25

    described = client(atlas_of(layer("sky", twin))).get("/layers/sky").json()

    assert (described["is_final"], described["progress"]) == (False, 0.25)


@pytest.mark.parametrize("path", ["/layers/broken", "/maps", "/layers/default"])
def test_a_layer_that_cannot_be_read_is_listed_with_the_reason(client: ClientMaker, path: str) -> None:
    broken = client(atlas_of(layer("broken", MapUnreadable("The file is not there.")), layer("well", full_sky(waves))))

    answer = broken.get(path).json()

    described = {
        "/layers/broken": lambda: answer,
        "/maps": lambda: answer[0]["maps"][0]["bands"][0]["layers"][0],
        "/layers/default": lambda: answer["layer"],
    }[path]()
    assert described.keys() >= LAYER_FIELDS
    assert (described["available"], described["reason"], described["grid"]) == (False, "The file is not there.", None)


def test_the_whole_tree_has_every_layer_in_full_and_samples_none(client: ClientMaker) -> None:
    twins = [full_sky(waves, NODE_CENTRED), full_sky(waves)]
    tree = client(atlas_of(*(layer(f"sky{number}", twin) for number, twin in enumerate(twins)))).get("/maps").json()

    layers = tree[0]["maps"][0]["bands"][0]["layers"]
    assert [one["layer_id"] for one in layers] == ["sky0", "sky1"]
    assert all(one.keys() >= LAYER_FIELDS for one in layers)
    assert all(twin.times_read == 0 for twin in twins)


def test_a_search_keeps_what_matches_what_is_under_it_and_the_way_to_it(two_groups: TestClient) -> None:
    found = two_groups.get("/search", params={"q": "BAND2"}).json()

    assert found["matched_ids"] == ["band2a", "band2b"]
    (kept,) = found["filtered_layer_menu"]
    assert kept["map_group_id"] == "second"
    assert [bands["layers"][0]["layer_id"] for bands in kept["maps"][0]["bands"]] == ["layer2a", "layer2b"]


def test_a_search_that_finds_nothing_is_empty(two_groups: TestClient) -> None:
    assert two_groups.get("/search", params={"q": "no such thing %&?#"}).json() == {"filtered_layer_menu": [], "matched_ids": []}


@pytest.mark.parametrize("path", ["/search", "/search?q="])
def test_a_search_for_nothing_is_refused(two_groups: TestClient, path: str) -> None:
    answer = two_groups.get(path)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("q: ")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/map-groups/nosuch/maps", "GroupNotFound"),
        ("/maps/nosuch/bands", "MapNotFound"),
        ("/bands/nosuch/layers", "BandNotFound"),
        ("/layers/nosuch", "LayerNotFound"),
        ("/sources/nosuch", "SourceGroupNotFound"),
        ("/layers/nosuch/0/0/0/tile.png", "LayerNotFound"),
        ("/maps/nosuch/0/0/0/tile.png", "LayerNotFound"),
        ("/histograms/data/nosuch", "LayerNotFound"),
        ("/histograms/nosuch.png", "ColourMapNotFound"),
        ("/analysis/aperture/nosuch?ra=0&dec=0&radius=1", "LayerNotFound"),
        ("/layers/nosuch/value?ra=0&dec=0", "LayerNotFound"),
        ("/layers/nosuch/submap/0/1/1/0/image.fits", "LayerNotFound"),
    ],
)
def test_what_does_not_exist_is_not_found(two_groups: TestClient, path: str, name: str) -> None:
    answer = two_groups.get(path)

    assert answer.status_code == 404
    assert answer.json()["type"] == name
    assert answer.headers["cache-control"] == "no-store"


def test_numbers_that_are_none_are_null(client: ClientMaker) -> None:
    twin = full_sky(lambda ra_deg, _dec_deg: np.full_like(ra_deg, np.nan))
    sky = client(atlas_of(layer("sky", twin)))

    for path in (
        "/layers/sky",
        "/histograms/data/sky",
        "/analysis/aperture/sky?ra=0&dec=0&radius=300",
        "/layers/sky/value?ra=0&dec=0",
    ):
        json.loads(sky.get(path).text, parse_constant=pytest.fail)
