"""What is counted and what is logged of requests."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.support.skies import waves
from tests.support.twins import atlas_of, full_sky, layer
from tilemaker.errors import MapUnreadable

if TYPE_CHECKING:
    from tests.server.conftest import ClientMaker

TILE = "/layers/sky/0/0/0/tile.png"
ROUTE = "/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}"


def test_requests_are_counted_by_route_and_status(client: ClientMaker) -> None:
    server = client(atlas_of(layer("sky", full_sky(waves))))
    for path in (TILE, TILE, "/layers/nosuch/0/0/0/tile.png", "/nosuch"):
        server.get(path)

    numbers = server.get("/metrics").text.splitlines()

    assert f'tilemaker_requests_total{{route="{ROUTE}",status="200"}} 2.0' in numbers
    assert f'tilemaker_requests_total{{route="{ROUTE}",status="404"}} 1.0' in numbers
    assert 'tilemaker_requests_total{route="none",status="404"} 1.0' in numbers
    assert f'tilemaker_request_seconds_count{{route="{ROUTE}"}} 3.0' in numbers
    assert "tilemaker_requests_under_way 1.0" in numbers


def test_numbers_name_nothing_that_is_hidden(client: ClientMaker) -> None:
    server = client(atlas_of(layer("confidential", full_sky(waves), grant="members")))
    server.get("/layers/confidential", headers={"Grants": "members"})

    answer = server.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "confidential" not in answer.text
    assert "members" not in answer.text


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("", False), ("a b", False), ("x" * 65, False), ("<x>", False)])
def test_a_request_has_an_id(client: ClientMaker, given: str, *, kept: bool) -> None:
    """That of the proxy in front, if it looks like one."""
    server = client(atlas_of(layer("sky", MapUnreadable("Gone."))))
    headers = {"X-Request-ID": given}

    assert server.get("/nosuch", headers=headers).headers.get("x-request-id") == (given if kept else None)
    # What somebody may want to report has one in any case.
    assert server.get(TILE, headers=headers).headers["x-request-id"]


def _ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Return what the program wrote; the test's client has a log of its own."""
    return [record for record in caplog.records if record.name.startswith("tilemaker")]


def test_no_request_is_worth_a_line_unless_debugging(client: ClientMaker, caplog: pytest.LogCaptureFixture) -> None:
    server = client(atlas_of(layer("sky", full_sky(waves))))

    with caplog.at_level(logging.INFO, "tilemaker"):
        server.get(TILE)
    assert not _ours(caplog)

    with caplog.at_level(logging.DEBUG, "tilemaker"):
        server.get(TILE)
    (record,) = _ours(caplog)
    assert (vars(record)["route"], vars(record)["status"]) == (ROUTE, 200)


def test_a_broken_map_is_explained_once(client: ClientMaker, caplog: pytest.LogCaptureFixture) -> None:
    server = client(atlas_of(layer("sky", MapUnreadable("Gone."))))

    with caplog.at_level(logging.WARNING, "tilemaker"):
        answers = [server.get(f"/layers/sky/1/0/{x}/tile.png") for x in range(4)]

    assert [answer.status_code for answer in answers] == [503] * 4
    assert [bool(record.exc_info) for record in _ours(caplog)] == [True]


def test_a_request_that_crashes_the_program_is_counted_and_named_in_the_log(
    client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    twin = full_sky(waves)
    twin.failure = ZeroDivisionError("oh")
    server = client(atlas_of(layer("sky", twin)), raises=False)

    server.get(TILE)

    assert f'tilemaker_requests_total{{route="{ROUTE}",status="500"}} 1.0' in server.get("/metrics").text
    assert "ZeroDivisionError" in caplog.text
