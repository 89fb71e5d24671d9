"""The API's own description: ``/openapi.json``, and ``/docs`` to read it in."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .caching import FOR_ALL
from .files import folder_route
from .replies import Written, send

if TYPE_CHECKING:
    from pathlib import Path

# Every address is relative: the page works under any path.
_PAGE = Written(
    b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tilemaker: the HTTP interface</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
""",
    "text/html",
)

# In a file, because pages of this service run no other scripts.
_START = Written(
    b'SwaggerUIBundle({url: "openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null});\n', "text/javascript"
)

_PAGE_WITHOUT = Written(
    b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>tilemaker: the HTTP interface</title></head>
<body>
<h1>The HTTP interface</h1>
<p>The pages that show it come with the viewer, which is not built here. The same for programs is in
<a href="openapi.json">openapi.json</a>.</p>
</body>
</html>
""",
    "text/html",
)


def routes(swagger: Path) -> list[Route]:
    """Return the routes of the description.

    Parameters
    ----------
    swagger
        Folder of the files of Swagger UI. When they are not in it the page says so, as long as that is so.
    """

    def get_docs(request: Request) -> Response:
        is_built = (swagger / "swagger-ui-bundle.js").is_file()
        return send(request, _PAGE if is_built else _PAGE_WITHOUT, FOR_ALL)

    def get_start(request: Request) -> Response:
        return send(request, _START, FOR_ALL)

    pages = [Route("/openapi.json", get_openapi), Route("/docs", get_docs), Route("/docs/start.js", get_start)]
    return [*pages, folder_route("/docs", swagger, FOR_ALL)]


def get_openapi(request: Request) -> Response:
    """Send the OpenAPI document."""
    return send(request, _document(), FOR_ALL)


@cache
def _document() -> Written:
    from .openapi import document  # and with it what describes models, which few ever ask for

    return Written(document().encode())
