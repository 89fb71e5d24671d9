"""What passes every request: an id for it, the time it took, a line in the log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from .logs import REQUEST_ID

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .metrics import Metrics

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
NOT_ANSWERED = 499
"""Written down for a request whose client had gone before there was an answer."""
CRASHED = 500
Namer = Callable[["Scope"], str]


class Watched:
    """Middleware that counts requests, gives each an id, and logs it: at the level of debugging, unless something was wrong.

    Parameters
    ----------
    app
        What answers.
    metrics
        Where they are counted.
    route_of
        Names the route that a request was answered by.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, route_of: Namer) -> None:
        self._app, self._metrics, self._route_of = app, metrics, route_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and see what comes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _given_id(scope)
        request_id, status, began_at = given or uuid.uuid4().hex, NOT_ANSWERED, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # Else two answers that should be the same would not be.
                if given or status >= CRASHED:
                    MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        # Each request has a context of its own: the id stays for whoever logs what went wrong outside of here.
        REQUEST_ID.set(request_id)
        self._metrics.under_way.inc()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            status = CRASHED
            raise
        finally:
            self._metrics.under_way.dec()
            self._note(scope, status, time.perf_counter() - began_at)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._route_of(scope)
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if logger.isEnabledFor(logging.DEBUG):
            client = (scope.get("client") or ("",))[0]
            fields = {"route": route, "status": status, "seconds": round(seconds, 4), "client": client}
            # As it came over the wire, where a line has no break: decoded, it could pretend to be several.
            path = scope.get("raw_path") or scope["path"].encode()
            logger.debug("%s %s %d", scope["method"], path.decode("ascii", "backslashreplace"), status, extra=fields)


def _given_id(scope: Scope) -> str | None:
    """Return the id that a proxy gave the request, if it looks like one."""
    given = Headers(scope=scope).get(HEADER, "")
    return given if re.fullmatch(r"[\w.:-]{1,64}", given, re.ASCII) else None
