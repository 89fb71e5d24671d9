"""What is refused before anybody looks at it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from .errors import on_http_exception

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class ShortAddresses:
    """Middleware that refuses addresses longer than any of ours could be.

    Parameters
    ----------
    app
        What answers the others.
    limit
        The longest that are not refused, bytes, query included.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 414, or let the application answer."""
        if scope["type"] == "http" and len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limit:
            await on_http_exception(Request(scope), HTTPException(HTTPStatus.REQUEST_URI_TOO_LONG))(scope, receive, send)
        else:
            await self._app(scope, receive, send)
