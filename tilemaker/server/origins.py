"""Which pages of other origins may read answers, and under which names this service answers at all."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ANY = "*"
READABLE_HEADERS = ("ETag", "Tile-Quality", "X-Request-ID")
"""What pages of other origins may read of an answer, beside what they always may."""
SENDABLE_HEADERS = ("Authorization", "If-None-Match")
"""What they may send: scripts in pages may bring their user's token."""

REFUSAL = {
    "detail": "Nothing is shown under this host name. The operator can add it with TILEMAKER_HOSTS.",
    "type": HTTPStatus.MISDIRECTED_REQUEST.phrase.replace(" ", ""),
}
"""What is said under an unknown name."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The pages of other origins that may read answers."""

    names: tuple[str, ...] = ()
    """Origins as browsers write them; ``*`` alone is every origin."""
    pattern: str = ""
    """Regular expression that the whole of an allowed origin matches, when they are not all allowed."""
    with_credentials: bool = False
    """Whether such pages may use the login of whoever looks at them. Never for every origin."""

    @property
    def is_any(self) -> bool:
        """Whether every page there is may read answers, as nobody in particular."""
        return ANY in self.names

    @property
    def middleware(self) -> list[Middleware]:
        """What lets them."""
        if not self.names:
            return []
        return [
            Middleware(
                _AnyOrigin if self.is_any else CORSMiddleware,
                allow_origins=[ANY] if self.is_any else [],
                allow_origin_regex=None if self.is_any else self.pattern,
                allow_credentials=self.with_credentials and not self.is_any,
                allow_methods=["GET"],
                allow_headers=SENDABLE_HEADERS,
                expose_headers=READABLE_HEADERS,
            )
        ]


class _AnyOrigin(CORSMiddleware):
    """Says that every page may read an answer, in every answer, so that one copy in a cache serves all pages."""

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            MutableHeaders(scope=message).update(self.simple_headers)
        await send(message)


class KnownHosts:
    """Middleware that answers under known names only.

    A web page elsewhere can have its own name lead to this machine, once it is loaded, and then read what is served here as if it
    were its own. It cannot do that with an address instead of a name, nor with a name that is not its own.

    Parameters
    ----------
    app
        What answers.
    names
        Names of hosts; addresses always will do.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http" or self._knows(Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, send)
        else:
            await JSONResponse(REFUSAL, HTTPStatus.MISDIRECTED_REQUEST, {"Cache-Control": "no-store"})(scope, receive, send)

    def _knows(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or name.endswith(".localhost") or _is_address(name)


def local_names() -> frozenset[str]:
    """Return the names of this machine."""
    return frozenset({"localhost", socket.gethostname(), socket.getfqdn()})


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
