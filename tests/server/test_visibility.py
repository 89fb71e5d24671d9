"""What may not be seen does not exist: asked of every address there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast, get_args

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tests.support.skies import waves
from tests.support.twins import atlas, band, full_sky, group, layer, sky_map
from tilemaker.atlas.models import Box, RegionFile, RegionGroupConfig, SourceFile, SourceGroupConfig
from tilemaker.server import login
from tilemaker.server.operations import AnyOperation, parts_of
from tilemaker.server.routes import OPERATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker
    from tilemaker.atlas.atlas import Atlas
    from tilemaker.auth.base import LoginBackend

SEARCHING = {"If-None-Match": "*", "Range": "bytes=0-10", "Accept-Encoding": "gzip", "Origin": "https://elsewhere.example"}
"""Headers by which an answer might tell more than it should."""
OF_NO_MAP = {
    "/", "/index.html", "/assets/{name}", "/docs", "/docs/{name}", "/docs/start.js", "/openapi.json", "/login", "/callback",
    "/logout",
}  # fmt: skip
"""What there is beside the interface: the same for everybody, whatever the configuration says."""
LEVELS = ("group", "map", "band", "layer")
IDS = {"map_group_id": "group", "map_id": "map", "band_id": "band", "layer_id": "layer"}
IDS |= {"source_group_id": "sources", "region_group_id": "regions"}
"""The parts of addresses that name something, and what is hidden under them."""
VALUES = {"level": "1", "y": "0", "x": "2", "left": "10", "right": "20", "top": "5", "bottom": "0", "cmap": "viridis", "row": "0"}
QUERY = {"q": "secret", "ra": "15", "dec": "2", "radius": "300"}
ABSENT = "nosuch"
STRANGERS = ("member", "members2", "m,e,m,b,e,r,s", "MEMBERS")
"""Grants that are not the one that it takes."""
METHODS = ("GET", "HEAD", "OPTIONS")


def asking(turn: int) -> list[tuple[str, str]]:
    """Return who asks, and how: somebody without grants by every method, and one of the strangers, in turn."""
    return [*(("", method) for method in METHODS), (STRANGERS[turn % len(STRANGERS)], "GET")]


def addresses(operation: AnyOperation) -> Iterator[str]:
    """Yield every address of an operation, in every format, with the ids still to be filled in."""
    formats = get_args(operation.asks.model_fields["ext"].annotation) if "ext" in operation.asks.model_fields else ("",)
    for path in operation.paths:
        known = {part: VALUES.get(part, "{" + part + "}") for part in parts_of(path)}
        query = "&".join(f"{name}={value}" for name, value in QUERY.items() if name in operation.asks.model_fields)
        yield from (path.format(**{**known, "ext": ext}) + (f"?{query}" if query else "") for ext in formats)


EVERY_ADDRESS = [address for operation in OPERATIONS for address in addresses(operation)]
OF_SOMETHING = [(address, part) for address in EVERY_ADDRESS for part in parts_of(address)]
OF_EVERYTHING = [address for address in EVERY_ADDRESS if not parts_of(address) and address != "/metrics"]


def hidden_at(level: str, catalogue: Path, *, is_there: bool = True) -> Atlas:
    """Return an atlas with a part that asks for a grant, at one level; or the same without that part."""
    grants = {name: "members" if name == level else None for name in LEVELS}
    layers = [layer("layer", full_sky(waves), name="secret", grant=grants["layer"])] if is_there or level != "layer" else []
    bands = [band("band", *layers, grant=grants["band"])] if is_there or level != "band" else []
    maps = [sky_map("map", *bands, grant=grants["map"])] if is_there or level != "map" else []
    groups = [group("group", *maps, grant=grants["group"])] if is_there or level != "group" else []
    public = group("public", sky_map("public-map", band("public-band", layer("public-layer", PUBLIC))))
    box = Box(name="secret", grant="members", top_left_ra=1, top_left_dec=2, bottom_right_ra=3, bottom_right_dec=1)
    file = SourceFile(file_type="json", filename=catalogue)
    sources = SourceGroupConfig(source_group_id="sources", name="secret", grant="members", provider=file)
    shapes = RegionFile(file_type="ds9", filename=catalogue.with_suffix(".reg"))
    regions = RegionGroupConfig(region_group_id="regions", name="secret", grant="members", provider=shapes)
    return atlas(*groups, public, boxes=[box] * is_there, source_groups=[sources] * is_there, region_groups=[regions] * is_there)


PUBLIC = full_sky(waves)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Return a list of one source, beside one of one region."""
    path = tmp_path / "sources.json"
    path.with_suffix(".reg").write_text("icrs;circle(15,2,1) # text={secret}", "utf-8")
    path.write_text(json.dumps([{"ra": 15.0, "dec": 2.0, "name": "secret", "extra": {}}]), "utf-8")
    return path


def filled(sky: TestClient) -> TestClient:
    """Have somebody who may see everything ask for everything."""
    for address in EVERY_ADDRESS:
        answer = sky.get(address.format(**IDS), headers={"Grants": "members"})
        assert answer.status_code == 200, address
    return sky


def is_hidden(part: str, level: str) -> bool:
    return part in ("source_group_id", "region_group_id") or LEVELS.index(IDS[part]) >= LEVELS.index(level)


def everything(answer_of: TestClient, address: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    answer = answer_of.request(method, address, headers=headers)
    return answer.status_code, answer.content, dict(answer.headers)


def test_every_route_there_is_is_asked_here(client: ClientMaker, tmp_path: Path) -> None:
    """One that is added is asked too, or has to be explained above."""
    app = client(atlas(), viewer=tmp_path).app
    assert isinstance(app, Starlette)
    of_login = login.routes(cast("LoginBackend", None))
    paths = {route.path for route in (*app.routes, *of_login) if isinstance(route, Route)}

    assert len(app.routes) == len([route for route in app.routes if isinstance(route, Route)])
    assert paths - OF_NO_MAP == {path for operation in OPERATIONS for path in operation.paths}
    assert paths >= OF_NO_MAP


def test_the_table_of_ids_knows_every_part_that_names_something() -> None:
    assert {part for _, part in OF_SOMETHING} == IDS.keys()


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_hidden_is_answered_as_what_is_absent(client: ClientMaker, catalogue: Path, level: str) -> None:
    """Before and after somebody who may see it has filled the caches, and to one who knows its tag."""
    sky = client(hidden_at(level, catalogue))
    hidden_addresses = [(address, part) for address, part in OF_SOMETHING if is_hidden(part, level)]
    for _ in ("cold", "warm"):
        for turn, (address, part) in enumerate(hidden_addresses, LEVELS.index(level)):
            for grants, method in asking(turn):
                hidden, absent = (
                    everything(sky, address.format(**{part: name}), method, Grants=grants, **SEARCHING)
                    for name in (IDS[part], ABSENT)
                )
                assert hidden == absent, (grants, method, address)
                assert hidden[0] == (405 if method == "OPTIONS" else 404), (grants, method, address)
        filled(sky)


@pytest.mark.parametrize("level", LEVELS)
def test_lists_do_not_show_what_is_hidden(client: ClientMaker, catalogue: Path, level: str) -> None:
    """Whatever lists things answers as if the hidden part were not in the configuration."""
    sky, without = filled(client(hidden_at(level, catalogue))), client(hidden_at(level, catalogue, is_there=False))

    for address in OF_EVERYTHING:
        assert everything(sky, address) == everything(without, address), address


def test_whoever_holds_the_grant_sees_it(client: ClientMaker, catalogue: Path) -> None:
    sky = client(hidden_at("group", catalogue), ["members"])

    assert sky.get("/layers/default").json()["layer"]["layer_id"] == "layer"
    assert sky.get("/search?q=secret").json()["matched_ids"] == ["layer"]
    assert len(sky.get("/highlights/boxes").json()) == len(sky.get("/sources").json()) == len(sky.get("/regions").json()) == 1


def test_a_tile_seen_by_one_caller_is_not_kept_for_another(client: ClientMaker, catalogue: Path) -> None:
    """The tag that one caller was given opens nothing to another."""
    sky = client(hidden_at("layer", catalogue))
    tag = sky.get("/layers/layer/0/0/0/tile.png", headers={"Grants": "members"}).headers["etag"]

    assert sky.get("/layers/layer/0/0/0/tile.png", headers={"If-None-Match": tag}).status_code == 404
