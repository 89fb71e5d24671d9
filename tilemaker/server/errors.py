"""From errors to answers: the one table, and the handlers that use it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from tilemaker.errors import (
    InvalidRequest,
    LoginUnavailable,
    MapError,
    NotConfigured,
    NotFound,
    NotRecognised,
    Overload,
    TilemakerError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

STATUS: Mapping[type[TilemakerError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    MapError: HTTPStatus.SERVICE_UNAVAILABLE,
    NotConfigured: HTTPStatus.NOT_IMPLEMENTED,
    NotRecognised: HTTPStatus.UNAUTHORIZED,
    LoginUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Overload: HTTPStatus.SERVICE_UNAVAILABLE,
    TilemakerError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""What each kind of mistake is in HTTP; a class that is not here is what its nearest ancestor is."""

RETRY_AFTER_SECONDS = 30
"""When to ask again for a map that cannot be read now."""

SHORTLY_SECONDS = 2
"""When to ask again while there is too much to do."""

CHALLENGE = {"WWW-Authenticate": "Bearer"}
"""How a program may say who it is."""


def status_of(kind: type[TilemakerError]) -> HTTPStatus:
    """Return the status of the nearest ancestor in the table."""
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def on_error(request: Request, error: Exception) -> Response:
    """Answer an error of ours with its own sentence."""
    assert isinstance(error, TilemakerError)  # noqa: S101 -- what Starlette's table of handlers guarantees
    status = status_of(type(error))
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        headers = CHALLENGE if status is HTTPStatus.UNAUTHORIZED else {}
        return _answer(status, str(error), type(error).__name__, headers)
    if isinstance(error, Overload):
        # Not worth a line each: there is too much to do as it is.
        logger.debug("%s: %s", request.url.path, error)
        return _answer(status, str(error), type(error).__name__, {"Retry-After": str(SHORTLY_SECONDS)})
    # The operator needs the cause, which may name files; the caller gets the sentence alone.
    if request.state["services"].told.before(request.path_params.get("layer_id"), type(error), str(error)):
        logger.debug("%s: %s", request.url.path, error)
    else:
        logger.warning("%s: %s", request.url.path, error, exc_info=error)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return _answer(status, str(error), type(error).__name__, headers)


def on_http_exception(_request: Request, error: Exception) -> Response:
    """Answer what Starlette itself refuses (no such path, no such method) in the same form."""
    assert isinstance(error, HTTPException)  # noqa: S101 -- as above
    status = HTTPStatus(error.status_code)
    return _answer(status, f"{status.phrase}.", status.phrase.replace(" ", ""), error.headers or {})


def on_unknown_caller(_connection: HTTPConnection, error: Exception) -> Response:
    """Answer a caller whose proof of who it is does not hold."""
    return _answer(HTTPStatus.UNAUTHORIZED, str(error), type(error).__name__, CHALLENGE)


def on_crash(request: Request, error: Exception) -> Response:
    """Answer a mistake of the program's own without details, which are logged."""
    logger.error("%s failed", request.url.path, exc_info=error)
    return _answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong in the server; its log says what.", "InternalServerError"
    )


class Mishaps:
    """Middleware that answers the program's own mistakes, where headers are still to be added to the answer.

    Starlette itself does so outside of everything: such an answer would have neither an id nor what keeps browsers safe. A mistake
    in the midst of an answer is handed on, since nothing but hanging up tells the client.

    Parameters
    ----------
    app
        What may go wrong.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, in any case."""
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            if has_begun or scope["type"] != "http":
                raise
            await on_crash(Request(scope), error)(scope, receive, send)


def _answer(status: HTTPStatus, detail: str, name: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    # Without the header a cache may keep a 404, and show it to somebody who has logged in since.
    return JSONResponse({"detail": detail, "type": name}, status, {**(headers or {}), "Cache-Control": "no-store"})
