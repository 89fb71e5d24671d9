"""Files sent as they are, from memory: a built viewer is small."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.routing import Route

from .replies import Written, send

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from .caching import Policy

FILES_KEPT = 128

_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/wasm", "image/svg+xml")
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
"""The types that a system's own table may have wrong."""


def folder_route(address: str, folder: Path, policy: Policy) -> Route:
    """Return a route to the files of one folder, and to nothing above or below it."""

    def get_file(request: Request) -> Response:
        return send_file(request, folder / request.path_params["name"], policy)

    return Route(f"{address}/{{name}}", get_file)


def send_file(request: Request, path: Path, policy: Policy) -> Response:
    """Send a file; 404 when it is none. The last part of its path may be anything that a caller asked for."""
    try:
        written = _written(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):  # not there, a folder, a name that no file could have
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return send(request, written, policy)


@lru_cache(maxsize=FILES_KEPT)
def _written(path: Path, _modified_ns: int) -> Written:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Written(path.read_bytes(), media_type, is_compressible=media_type.startswith(_COMPRESSIBLE))
