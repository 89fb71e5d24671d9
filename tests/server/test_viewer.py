"""The viewer's files and the interface's description, built or not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.twins import atlas_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import ClientMaker

PAGE = """<!doctype html>
<html>
<head>
<title>tilemaker</title></head>
<body><script src="./assets/index-abc.js"></script></body></html>"""


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a folder like that of a built viewer."""
    for name, text in {
        "index.html": PAGE, "favicon.svg": "<svg/>", "assets/index-abc.js": "export const x = 1;\n" * 200,
        "assets/map.wasm": "\0asm", "docs/swagger-ui-bundle.js": "window.SwaggerUIBundle = 1", "docs/swagger-ui.css": "body {}",
    }.items():  # fmt: skip
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return tmp_path / "static"


@pytest.mark.parametrize("path", ["/", "/index.html", "/?x=1", "/index.html?layer=a&ra=3"])
def test_every_address_of_the_page_shows_it(client: ClientMaker, built: Path, path: str) -> None:
    answer = client(atlas_of(), viewer=built).get(path)

    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert client(atlas_of(), viewer=built).get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    ("path", "media_type", "cache_control"),
    [
        ("/assets/index-abc.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/map.wasm", "application/wasm", "public, max-age=31536000, immutable"),
        ("/favicon.svg", "image/svg+xml", "public, no-cache"),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8", "public, no-cache"),
    ],
)
def test_its_files_are_of_their_type_and_kept_when_their_name_changes_with_them(
    client: ClientMaker, built: Path, path: str, media_type: str, cache_control: str
) -> None:
    answer = client(atlas_of(), viewer=built, swagger=built / "docs").get(path)

    assert answer.status_code == 200
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (media_type, cache_control)


def test_its_files_are_compressed_for_whoever_takes_it(client: ClientMaker, built: Path) -> None:
    answer = client(atlas_of(), viewer=built).get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 1000


@pytest.mark.parametrize(
    "path",
    [
        "/assets/nosuch.js",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e",
        "/docs/..%2findex.html",
        "/secret.txt",
        "/..%2fsecret.txt",
        "/assets",
        "/assets/",
        "/assets/%00",
        f"/assets/{'a' * 5000}",
        "/nosuch",
        "/nosuch.html",
    ],
)
def test_no_other_file_can_be_had(client: ClientMaker, built: Path, path: str) -> None:
    answer = client(atlas_of(), viewer=built, swagger=built / "docs").get(path)

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found.", "type": "NotFound"}


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_a_viewer_that_is_not_built_says_how_to_build_it_and_the_rest_works(client: ClientMaker, tmp_path: Path, path: str) -> None:
    server = client(atlas_of(), viewer=tmp_path / "nosuch")

    answer = server.get(path)

    assert answer.status_code == 200
    assert "make viewer" in answer.text
    assert server.get("/map-groups").status_code == 200
    assert server.get("/docs").status_code == 200


def test_a_viewer_built_while_the_server_runs_is_shown_at_once(client: ClientMaker, tmp_path: Path) -> None:
    server = client(atlas_of(), viewer=tmp_path)
    server.get("/")

    (tmp_path / "index.html").write_text(PAGE, "utf-8")

    assert server.get("/").text == PAGE


def test_without_a_viewer_there_is_the_interface_alone(client: ClientMaker) -> None:
    server = client(atlas_of())

    assert server.get("/").status_code == 404
    assert server.get("/map-groups").status_code == 200


def test_the_page_is_told_where_the_interface_is_when_that_is_elsewhere(client: ClientMaker, built: Path) -> None:
    page = client(atlas_of(), viewer=built, api_endpoint='https://maps.example.org/"api"/').get("/").text

    assert '<meta name="tilemaker-api" content="https://maps.example.org/&quot;api&quot;/" />' in page


def test_the_description_loads_nothing_from_elsewhere_and_nothing_by_an_absolute_path(client: ClientMaker, built: Path) -> None:
    server = client(atlas_of(), swagger=built / "docs")
    page = server.get("/docs").text + server.get("/docs/start.js").text

    addresses = re.findall(r"""(?:src|href|url)[=:]\s*["']([^"']+)""", page)
    assert {"docs/swagger-ui-bundle.js", "docs/swagger-ui.css", "openapi.json"} <= set(addresses)
    assert not [address for address in addresses if address.startswith(("/", "http"))]


def test_the_description_says_so_when_its_pages_are_not_built(client: ClientMaker, tmp_path: Path) -> None:
    page = client(atlas_of(), swagger=tmp_path).get("/docs").text

    assert "not built" in page
    assert '<a href="openapi.json">' in page
