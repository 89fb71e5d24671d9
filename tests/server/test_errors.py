"""How mistakes are answered: the caller's, the maps' and the program's own."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest
from starlette.authentication import AuthenticationBackend, AuthenticationError

from tests.support.skies import waves
from tests.support.twins import atlas_of, full_sky, layer
from tilemaker.errors import MapUnreadable, NotConfigured
from tilemaker.server.operations import parts_of
from tilemaker.server.origins import Origins
from tilemaker.server.routes import OPERATIONS

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from tests.server.conftest import ClientMaker

PATHS = [path for operation in OPERATIONS for path in operation.paths]


UNKNOWN = [
    "/nosuch", "/layers", "/layers/", "/map-groups/", "/layers/sky/0/0/tile.png", "/assets/x.js", "//", "/layers//0/0/0/tile.png",
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_an_unknown_address_is_not_found_by_any_method(client: ClientMaker, method: str) -> None:
    server = client(atlas_of(layer("sky", full_sky(waves))))
    for path in UNKNOWN:
        answer = server.request(method, f"http://testserver{path}")

        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/json", path
        if method != "HEAD":
            assert answer.json() == {"detail": "Not Found.", "type": "NotFound"}, path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_done_but_read(client: ClientMaker, method: str) -> None:
    server = client(atlas_of())
    for path in [*PATHS, "/openapi.json", "/docs"]:
        answer = server.request(method, path.format(**dict.fromkeys(parts_of(path), "x")))

        assert answer.status_code == 405, path
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}, path
        assert answer.json() == {"detail": "Method Not Allowed.", "type": "MethodNotAllowed"}, path


@pytest.mark.parametrize("path", ["/layers/sky/0/0/0/tile.png?vmin=x", "/layers/nosuch", "/nosuch", "/search"])
def test_a_refusal_is_a_sentence_with_a_name(client: ClientMaker, path: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(path)

    assert answer.json().keys() == {"detail", "type"}
    assert re.fullmatch(r"[^\n]+\.", answer.json()["detail"])
    assert answer.headers["cache-control"] == "no-store"


def test_what_an_operator_should_know_of_a_broken_map_is_logged_and_not_told(
    client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    twin = full_sky(waves)
    twin.failure = MapUnreadable("The map cannot be read now.")
    twin.failure.__cause__ = OSError("/secret/path/map.fits: Input/output error")

    with caplog.at_level(logging.WARNING):
        answer = client(atlas_of(layer("sky", twin))).get("/layers/sky/0/0/0/tile.png")

    assert "secret" not in answer.text
    assert "/secret/path/map.fits" in caplog.text


def test_a_mistake_of_the_program_is_logged_and_answered_without_details(
    client: ClientMaker, caplog: pytest.LogCaptureFixture
) -> None:
    twin = full_sky(waves)
    twin.failure = ZeroDivisionError("in /secret/path")

    headers = {"Origin": "https://elsewhere.example", "X-Request-ID": "abc-1"}
    answer = client(atlas_of(layer("sky", twin)), origins=Origins(("*",))).get("/layers/sky/0/0/0/tile.png", headers=headers)

    assert answer.status_code == 500
    assert answer.json()["type"] == "InternalServerError"
    assert (answer.headers["x-request-id"], answer.headers["x-content-type-options"]) == ("abc-1", "nosniff")
    assert (answer.headers["cache-control"], answer.headers["access-control-allow-origin"]) == ("no-store", "*")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" in caplog.text


class Distracted(AuthenticationBackend):
    """Makes a mistake."""

    async def authenticate(self, conn: HTTPConnection) -> None:
        """Fail."""
        raise ZeroDivisionError("in /secret/path")


@pytest.mark.parametrize("address", ["/healthz", "/", "/metrics", "/nosuch"])
def test_a_mistake_before_anything_is_looked_at_is_answered_like_any_other(client: ClientMaker, address: str) -> None:
    answer = client(atlas_of(), auth=Distracted()).get(address)

    assert (answer.status_code, answer.json()["type"]) == (500, "InternalServerError")
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret" not in answer.text


class Suspicious(AuthenticationBackend):
    """Believes nobody."""

    async def authenticate(self, conn: HTTPConnection) -> None:
        """Refuse."""
        raise AuthenticationError("Your login has expired.")


def test_a_caller_whose_login_does_not_hold_is_told_so(client: ClientMaker) -> None:
    answer = client(atlas_of(), auth=Suspicious()).get("/map-groups")

    assert answer.status_code == 401
    assert answer.json() == {"detail": "Your login has expired.", "type": "AuthenticationError"}
    assert answer.headers["cache-control"] == "no-store"


def test_a_part_that_is_switched_off_is_not_implemented(client: ClientMaker) -> None:
    twin = full_sky(waves)
    twin.failure = NotConfigured("Switched off here.")

    assert client(atlas_of(layer("sky", twin))).get("/layers/sky/0/0/0/tile.png").status_code == 501


@pytest.mark.parametrize(
    "text", ["%00", "%FF%FE", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%94%AD", "a" * 500, "{x}", "%25", "'\"<script>"]
)
def test_no_text_in_an_address_upsets_the_server(client: ClientMaker, text: str) -> None:
    server = client(atlas_of(layer("sky", full_sky(waves))))
    for path in (path for path in PATHS if parts_of(path)):
        address = path.format(**dict.fromkeys(parts_of(path), text))

        answer = server.get(f"{address}?q={text}&ra={text}&cmap={text}&vmin={text}&v={text}")

        assert answer.status_code in {404, 422}, path
        assert answer.json().keys() == {"detail", "type"}, path
