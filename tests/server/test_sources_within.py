"""Parts of long catalogues through HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.twins import atlas
from tilemaker.atlas.models import SourceFile, SourceGroupConfig
from tilemaker.server.catalogues import WrittenLists

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker
    from tilemaker.atlas.atlas import Atlas

ROWS = "name,ra,dec,snr,z\nA,10,0,5,0.1\nB,20,1,7,\nC,350,-1,6,0.3\nD,15,80,9,0.4\nE,12,0.5,,0.5\n"


@pytest.fixture
def of_list(tmp_path: Path) -> Atlas:
    path = tmp_path / "list.csv"
    path.write_text(ROWS)
    config = SourceGroupConfig(source_group_id="list", name="List", provider=SourceFile(file_type="csv", filename=path))
    return atlas(source_groups=[config])


@pytest.fixture
def sky(client: ClientMaker, of_list: Atlas) -> TestClient:
    return client(of_list)


def names(answer: dict[str, list[dict[str, str]]]) -> str:
    return "".join(source["name"] for source in answer["sources"])


def test_a_list_is_described_without_its_sources(sky: TestClient) -> None:
    answer = sky.get("/sources/list/description").json()

    assert (answer["number_of_sources"], answer["is_sent_whole"], answer["has_names"]) == (5, True, True)
    assert (answer["by"], answer["is_descending"]) == ("snr", True)
    assert [(field["name"], field["is_number"]) for field in answer["fields"]] == [("snr", True), ("z", True)]


@pytest.mark.parametrize(
    ("box", "query", "found"),
    [
        ("5/25/2/-2", "", "BAE"),
        ("340/25/2/-2", "", "BCAE"),
        ("-20/25/2/-2", "?limit=2", "BC"),
        ("-180/180/90/-90", "", "DBCAE"),
        ("-180/180/90/-90", "?descending=false", "ACBDE"),
        ("-180/180/90/-90", "?by=z", "EDCAB"),
        ("-180/180/90/-90", "?by=z&descending=false&limit=1", "A"),
        ("100/110/90/-90", "", ""),
    ],
)
def test_sources_of_a_box_come_with_those_first_that_matter_most(sky: TestClient, box: str, query: str, found: str) -> None:
    answer = sky.get(f"/sources/list/box/{box}/sources.json{query}").json()

    assert names(answer) == found
    assert answer["left_out"] == answer["found"] - len(found)


def test_a_source_of_a_part_is_as_it_is_in_the_whole_and_has_its_number(sky: TestClient) -> None:
    whole = sky.get("/sources/list").json()["sources"]

    for source in sky.get("/sources/list/box/-180/180/90/-90/sources.json").json()["sources"]:
        assert source == {"row": source["row"], **whole[source["row"]]}
        assert sky.get(f"/sources/list/rows/{source['row']}").json() == source
    assert sky.get("/sources/list/rows/5").status_code == 404


def test_the_compact_form_is_as_its_description_says(sky: TestClient) -> None:
    answer = sky.get("/sources/list/box/340/25/2/-2/sources.bin?limit=3")

    body = answer.content
    length = int.from_bytes(body[:4], "little")
    header = json.loads(body[4 : 4 + length])
    columns = {
        column["name"]: np.frombuffer(body, np.dtype(column["type"]).newbyteorder("<"), header["count"], column["offset"])
        for column in header["columns"]
    }
    assert {key: header[key] for key in ("count", "found", "left_out", "by", "is_descending")} == {
        "count": 3, "found": 4, "left_out": 1, "by": "snr", "is_descending": True,
    }  # fmt: skip
    assert all(column["offset"] % 8 == 0 for column in header["columns"])
    assert len(body) % 8 == 0
    assert columns["row"].tolist() == [1, 2, 0]
    assert columns["ra"] * 180.0 / 2**31 == pytest.approx([20.0, -10.0, 10.0], abs=1e-7)
    assert columns["dec"] * 180.0 / 2**31 == pytest.approx([1.0, -1.0, 0.0], abs=1e-7)
    assert columns["value"].tolist() == [7.0, 6.0, 5.0]


def test_sources_are_found_by_part_of_their_names(sky: TestClient) -> None:
    assert names(sky.get("/sources/list/named?q=b").json()) == "B"
    assert names(sky.get("/sources/list/named?q=zzz").json()) == ""


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("box/0/10/5/-5/sources.json?by=name", "no column of numbers called 'name'"),
        ("box/0/10/5/-5/sources.json?limit=100001", "limit"),
        ("box/0/10/5/-5/sources.xml", "ext"),
        ("box/0/east/5/-5/sources.bin", "right"),
        ("rows/-1", "row"),
        ("named?q=", "q"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_name(sky: TestClient, address: str, says: str) -> None:
    answer = sky.get(f"/sources/list/{address}")

    assert answer.status_code == 422
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(("most", "status"), [(4, 422), (5, 200)])
def test_a_list_that_is_too_long_is_not_sent_whole_and_is_said_not_to_be(
    client: ClientMaker, of_list: Atlas, most: int, status: int
) -> None:
    sky = client(of_list, lists=WrittenLists(most))

    answer, described = sky.get("/sources/list"), sky.get("/sources/list/description")

    assert answer.status_code == status
    assert ("5 sources" in answer.json().get("detail", "")) == (status == 422)
    assert described.json()["is_sent_whole"] == (status == 200)
