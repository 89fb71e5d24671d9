"""Logging in, staying logged in and logging out, where the way of recognising visitors knows such a thing."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from pydantic import Field, field_validator
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tilemaker.auth.base import REFRESH_COOKIE, Lapsed, LoginBackend, Member
from tilemaker.errors import LoginRefused, LoginUnavailable

from .cookies import cookies_after_refusal, cookies_of, no_cookies
from .operations import asked
from .parameters import Ask
from .services import State

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

STATE_ADDRESS = "/login-state"
RENEWING_ADDRESSES = frozenset({"/", "/index.html", STATE_ADDRESS})
"""What a browser asks for once, not in dozens at the same time: a refresh token is good for one renewal."""

Asker: TypeAlias = Request[State]


class LoginAsked(Ask):
    """Where to go after the login."""

    next: str = Field("", max_length=2000)

    @field_validator("next")
    @classmethod
    def _stays_here(cls, text: str) -> str:
        if text.startswith("/") or any(one in text for one in ("\\", "..")) or not text.isprintable():
            raise ValueError("is an address relative to this service")
        return text


class CodeAsked(Ask):
    """What SOAuth sends a browser back with."""

    code: str = Field(min_length=1, max_length=500)


def routes(login: LoginBackend) -> list[Route]:
    """Return the routes of a way to log in."""

    def get_login(request: Asker) -> Response:
        return _to(login.login_url(asked(LoginAsked, request).next))

    async def get_callback(request: Asker) -> Response:
        tokens = await login.exchange(asked(CodeAsked, request).code)
        login.visitor_of(tokens.access)  # what we would not recognise is not worth keeping
        response = _to(_back(login.home, tokens.return_to))
        _add(response.headers, cookies_of(login.home, tokens))
        return response

    async def end_login(request: Asker) -> Response:
        response = _to(f"{login.home}/")
        # A page elsewhere may send a browser here, but not have it logged out.
        if request.headers.get("sec-fetch-site") != "cross-site":
            await _forget(login, request.cookies.get(REFRESH_COOKIE))
            _add(response.headers, no_cookies(login.home))
        return response

    return [
        Route("/login", get_login, methods=["GET"]),
        Route("/callback", get_callback, methods=["GET"]),
        Route("/logout", end_login, methods=["GET", "POST"]),
    ]


async def _forget(login: LoginBackend, refresh: str | None) -> None:
    """Revoke a login, if that is possible: the browser forgets it in any case."""
    try:
        if refresh:
            await login.forget(refresh)
    except (LoginRefused, LoginUnavailable) as reason:
        logger.warning("A login was ended here, and not at the login service: %s", reason)


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


def _back(home: str, address: str | None) -> str:
    """Return the address to go back to: never one outside this service, whatever the login service says."""
    return address if address is not None and address.startswith(f"{home}/") else f"{home}/"


class KeepsLoggedIn:
    """Renews a login that is half over, or over, when its browser opens a page or asks for the state of the login.

    Stands behind the authentication. Data are never waited for: whoever asks for them with an expired login is told so.

    Parameters
    ----------
    app
        What is behind.
    login
        Who renews logins.
    """

    def __init__(self, app: ASGIApp, login: LoginBackend) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Renew the login if it is time to, then answer."""
        if scope["type"] == "http" and scope["method"] == "GET" and _path_of(scope) in RENEWING_ADDRESSES:
            send = await self._renewed(scope, send)
        await self._app(scope, receive, send)

    async def _renewed(self, scope: Scope, send: Send) -> Send:
        held = HTTPConnection(scope).cookies
        refresh = held.get(REFRESH_COOKIE)
        user = scope["user"]
        is_lapsed = isinstance(user, Lapsed)
        if not refresh or not (is_lapsed or (isinstance(user, Member) and user.is_ageing)):
            return send
        try:
            tokens = await self._login.renew(refresh)
            scope["auth"], scope["user"] = self._login.visitor_of(tokens.access)
        except LoginRefused:
            return _with_cookies(send, cookies_after_refusal(self._login.home, held)) if is_lapsed else send
        except LoginUnavailable as reason:
            logger.warning("A login could not be renewed: %s", reason)
            return send
        return _with_cookies(send, cookies_of(self._login.home, tokens))


def _path_of(scope: Scope) -> str:
    """Return the path as the routes see it, whether or not a proxy leaves its prefix in place."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def _with_cookies(send: Send, cookies: list[str]) -> Send:
    async def send_with_cookies(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add(MutableHeaders(scope=message), cookies)
        await send(message)

    return send_with_cookies


def _add(headers: MutableHeaders, cookies: list[str]) -> None:
    headers["Cache-Control"] = "no-store"
    for cookie in cookies:
        headers.append("Set-Cookie", cookie)
