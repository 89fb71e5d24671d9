"""Catalogues and boxes through HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.twins import atlas
from tilemaker.atlas.models import Box, SourceFile, SourceGroupConfig
from tilemaker.server.catalogues import WrittenLists

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker
    from tilemaker.atlas.atlas import Atlas


def catalogue_at(path: Path, rows: list[dict[str, object]]) -> Atlas:
    path.write_text(json.dumps(rows), "utf-8")
    file = SourceFile(file_type="json", filename=path)
    return atlas(source_groups=[SourceGroupConfig(source_group_id="stars", name="Stars", description="Bright.", provider=file)])


def catalogue_of(client: ClientMaker, path: Path, rows: list[dict[str, object]]) -> TestClient:
    return client(catalogue_at(path, rows))


def test_catalogues_are_listed_without_their_files(client: ClientMaker, tmp_path: Path) -> None:
    answer = catalogue_of(client, tmp_path / "stars.json", []).get("/sources")

    assert answer.json() == [{"source_group_id": "stars", "name": "Stars", "description": "Bright."}]


def test_a_catalogue_has_every_source_with_all_that_is_known_of_it(client: ClientMaker, tmp_path: Path) -> None:
    row = {"name": "Vega", "ra": 279.2347, "dec": 38.7837, "extra": {"V": 0.03, "B-V": float("nan"), "type": "A0 Va"}}

    found = catalogue_of(client, tmp_path / "stars.json", [row]).get("/sources/stars").json()

    assert {key: found[key] for key in ("source_group_id", "name", "description", "grant")} == {
        "source_group_id": "stars", "name": "Stars", "description": "Bright.", "grant": None,
    }  # fmt: skip
    (source,) = found["sources"]
    assert (source["name"], source["ra"], source["dec"]) == ("Vega", 279.2347, 38.7837)
    assert source["extra"] == {"V": 0.03, "B-V": None, "type": "A0 Va"}


def test_many_sources_are_sent_compressed(client: ClientMaker, tmp_path: Path) -> None:
    sky = catalogue_of(
        client, tmp_path / "many.json", [{"name": f"J{n}", "ra": n % 360, "dec": n % 180 - 89.5} for n in range(20_000)]
    )

    answer = sky.get("/sources/stars")

    assert len(answer.json()["sources"]) == 20_000
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 5


def test_a_catalogue_is_written_and_compressed_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    (group,) = catalogue_at(path, [{"name": "one", "ra": 1, "dec": 1}]).visible_to(frozenset()).source_groups()
    lists = WrittenLists()

    first = lists.sources(group)
    again = lists.sources(group)
    path.write_text(json.dumps([{"name": "another one", "ra": 1, "dec": 1}]), "utf-8")
    changed = lists.sources(group)

    assert again is first
    assert b"another one" in changed.body


def test_a_catalogue_that_changes_is_read_again(client: ClientMaker, tmp_path: Path) -> None:
    path = tmp_path / "stars.json"
    sky = catalogue_of(client, path, [{"name": "one", "ra": 1, "dec": 1}])
    before = sky.get("/sources/stars")

    path.write_text(json.dumps([{"name": "another one", "ra": 1, "dec": 1}]), "utf-8")

    after = sky.get("/sources/stars", headers={"If-None-Match": before.headers["etag"]})
    assert [source["name"] for source in after.json()["sources"]] == ["another one"]


@pytest.mark.parametrize("content", [None, b"not json", b"{}"])
def test_a_catalogue_that_cannot_be_read_is_unavailable_and_its_path_stays_here(
    client: ClientMaker, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "hush.json"
    sky = catalogue_of(client, path, [])
    path.unlink() if content is None else path.write_bytes(content)

    answer = sky.get("/sources/stars")

    assert answer.status_code == 503
    assert "hush" not in answer.text
    assert sky.get("/sources").status_code == 200


@pytest.mark.parametrize(
    ("left", "right", "west", "east"),
    [
        (-10, 10, -10, 10),
        (10, -10, -10, 10),
        (350, 10, -10, 10),
        (-200, -120, 160, 240),
        (172, -172, 172, 188),
        (-172, 172, 172, 188),
        (-100, 100, 100, 260),
        (260, 460, -100, 100),
        (460, 260, -100, 100),
    ],
)
def test_boxes_are_listed_west_first_whichever_way_round_they_are_written(
    client: ClientMaker, left: float, right: float, west: float, east: float
) -> None:
    box = Box(name="D56", description=None, top_left_ra=left, top_left_dec=-2.5, bottom_right_ra=right, bottom_right_dec=2.5)

    assert client(atlas(boxes=[box])).get("/highlights/boxes").json() == [
        {
            "name": "D56", "description": None, "top_left_ra": west, "top_left_dec": 2.5, "bottom_right_ra": east,
            "bottom_right_dec": -2.5, "grant": None,
        }
    ]  # fmt: skip
