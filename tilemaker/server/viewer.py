"""The built viewer, or a page that says how to build it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from .caching import FOR_ALL, FOR_EVER
from .files import folder_route, send_file
from .replies import Written, send

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

INDEX = "index.html"
HERE = "./"

_NOT_BUILT = Written(
    b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>tilemaker</title></head>
<body>
<h1>tilemaker is running</h1>
<p>The viewer is not built. In a clone of the project, with Node 20 or newer, type <code>make viewer</code> (or
<code>npm ci</code> and <code>npm run build</code> in the folder <code>frontend</code>) and load this page again.</p>
<p>The <a href="docs">HTTP interface</a> works without it.</p>
</body>
</html>
""",
    "text/html",
)


def routes(static: Path, api_endpoint: str = HERE) -> list[Route]:
    """Return the routes of the viewer.

    Parameters
    ----------
    static
        Folder it is built into. When there is nothing in it the page says how to build it, as long as that is so.
    api_endpoint
        Where the viewer finds the API, relative to its own address or in full.
    """

    def get_index(request: Request) -> Response:
        return send(request, _page(static / INDEX, api_endpoint), FOR_ALL)

    pages = [Route(address, get_index) for address in ("/", f"/{INDEX}")]
    return [*pages, *_single_files(static), folder_route("/assets", static / "assets", FOR_EVER)]


def _page(index: Path, api_endpoint: str) -> Written:
    try:
        page = index.read_bytes()
    except OSError:
        return _NOT_BUILT
    if api_endpoint != HERE:
        # The viewer looks for this before it asks for anything.
        address = f'<meta name="tilemaker-api" content="{escape(api_endpoint)}" />'
        page = page.replace(b"<head>", b"<head>\n    " + address.encode(), 1)
    return Written(page, "text/html")


def _single_files(static: Path) -> list[Route]:
    """Return routes to the files beside the page, such as its icon: each its own, so that any other address is simply not there."""
    names = [path.name for path in static.iterdir() if path.is_file() and path.name != INDEX] if static.is_dir() else []
    return [_file_route(static / name) for name in names]


def _file_route(path: Path) -> Route:
    def get_file(request: Request) -> Response:
        return send_file(request, path, FOR_ALL)

    return Route(f"/{path.name}", get_file)
