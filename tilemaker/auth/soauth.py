"""Members of a collaboration, by SOAuth: it signs a token that says who somebody is and what they may see, which we check.

No request for a map asks SOAuth anything. It is asked when somebody logs in, when a page is opened with a login that is half over,
and when somebody logs out. Imported only when it is chosen: the package ``soauth`` is an extra.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from soauth.core.cryptography import EncryptionSerializationError, UnsupportedEncryptionMethod, deserialize_public_key
from soauth.core.models import KeyRefreshResponse
from soauth.core.tokens import match_key_pair_type_to_pyjwt_algorithm
from soauth.core.user import UserData
from soauth.core.uuid import UUID
from starlette.authentication import AuthCredentials, AuthenticationError

from tilemaker.errors import ConfigurationError, LoginExpired, LoginRefused, LoginUnavailable, NotRecognised

from .base import ACCESS_COOKIE, REFRESH_COOKIE, Lapsed, LoginBackend, Member, SOAuthOptions, Tokens, Visitor, visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import HTTPConnection

T = TypeVar("T")

ASKING_SECONDS = 5.0
"""How long SOAuth may take to answer."""
REMEMBERED_SECONDS = 60.0
"""How long a renewal is remembered: several tabs of one browser may ask for it at once, and only the first can get it."""
CHECKED_SECONDS = 60.0
"""How long a signature need not be checked again, which takes a fifth of a millisecond."""
LEEWAY_SECONDS = 10
"""By how much the clocks may differ."""
NOT_OURS = "The token is not one of this service's."
_KEPT = 1024


class SOAuth(LoginBackend):
    """Knows visitors by the tokens of a SOAuth server.

    Scripts send ``Authorization: Bearer`` and are refused when the token is not good. Browsers send cookies; one whose cookie is
    not good is a visitor like any other, or `Lapsed` when there is a login to renew.

    Parameters
    ----------
    options
        The SOAuth server and what it calls us.
    transport
        How it is reached; by default through the network.

    Raises
    ------
    ConfigurationError
        Id, key or kind of key are none.
    """

    def __init__(self, options: SOAuthOptions, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # It logs addresses, and SOAuth wants the secret in one.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self.home = options.base_url.rstrip("/")
        self._auth_url = options.auth_url.rstrip("/")
        self._secret = options.client_secret
        self._app_id = _understood(UUID, "APP_ID", options.app_id)
        self._algorithm = _understood(match_key_pair_type_to_pyjwt_algorithm, "KEY_PAIR_TYPE", options.key_pair_type)
        self._key = _understood(_key, "PUBLIC_KEY", options.public_key)
        self._transport = transport
        self._renewals: TTLCache[str, asyncio.Task[Tokens]] = TTLCache(_KEPT, REMEMBERED_SECONDS)
        self._checked: TTLCache[str, Visitor] = TTLCache(_KEPT, CHECKED_SECONDS)

    async def authenticate(self, conn: HTTPConnection) -> Visitor:
        """Return who is asking. Raises `AuthenticationError` for a bearer's token that is not good."""
        scheme, _, token = conn.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                return self.visitor_of(token.strip())
            except NotRecognised as reason:
                raise AuthenticationError(str(reason)) from reason
        return self._visitor_with_cookies(conn.cookies)

    def _visitor_with_cookies(self, cookies: Mapping[str, str]) -> Visitor:
        try:
            if ACCESS_COOKIE in cookies:
                return self.visitor_of(cookies[ACCESS_COOKIE])
        except LoginExpired:
            return AuthCredentials(), Lapsed()
        except LoginRefused:
            pass  # another service's, perhaps: hosts are shared
        can_renew = self._is_ours(cookies.get(REFRESH_COOKIE, ""))
        return (AuthCredentials(), Lapsed()) if can_renew else visitor(None, frozenset())

    def visitor_of(self, access: str) -> Visitor:
        """Return whose token it is. Raises `LoginExpired` and `LoginRefused`."""
        known = self._checked.get(access)
        if known is None:
            known = self._checked[access] = self._read(access)
        member = known[1]
        if isinstance(member, Member) and datetime.now(UTC) > member.until:
            raise LoginExpired("The login has expired.")
        return known

    def _read(self, access: str) -> Visitor:
        said = self._decoded(access)
        try:
            user = UserData.model_validate(said)
        except ValidationError as wrong:
            raise LoginRefused(NOT_OURS) from wrong
        since, until = (datetime.fromtimestamp(said[claim], UTC) for claim in ("iat", "exp"))
        return AuthCredentials(sorted(user.grants or ())), Member(user.full_name or user.user_name, since, until)

    def _is_ours(self, refresh: str) -> bool:
        """Whether SOAuth gave this token to one of our visitors; what anybody could have written is not worth asking about."""
        try:
            return bool(refresh and self._decoded(refresh))
        except NotRecognised:
            return False

    def _decoded(self, token: str) -> dict[str, Any]:
        """Return what SOAuth says in a token that it signed for this service."""
        try:
            whole = jwt.decode_complete(
                token, self._key, algorithms=[self._algorithm], leeway=LEEWAY_SECONDS, options={"require": ["exp", "iat"]}
            )
            is_for_us = UUID(hex=str(whole["header"].get("aid"))) == self._app_id
        except jwt.ExpiredSignatureError as old:
            raise LoginExpired("The login has expired.") from old
        except (jwt.InvalidTokenError, ValueError) as wrong:
            raise LoginRefused(NOT_OURS) from wrong
        if not is_for_us:
            raise LoginRefused(NOT_OURS)
        said: dict[str, Any] = whole["payload"]
        return said

    def login_url(self, then: str) -> str:
        """Return the address of SOAuth's login."""
        # Without "next", SOAuth would go by the Referer, which a browser may keep to itself.
        return f"{self._auth_url}/login/{self._app_id}?next={quote(then, safe='')}"

    async def exchange(self, code: str) -> Tokens:
        """Exchange the code of a login for tokens."""
        answer = await self._ask(f"code/{self._app_id}", params={"code": code, "secret": self._secret})
        return _tokens(answer)

    async def renew(self, refresh: str) -> Tokens:
        """Exchange a refresh token for another, and for an access token."""
        asked = self._renewals.get(refresh)
        if asked is None or (asked.done() and isinstance(asked.exception(), LoginUnavailable)):
            asked = self._renewals[refresh] = asyncio.create_task(self._renew(refresh))
        # One who goes away must not take the answer from the others, nor lose the only token that is left.
        return await asyncio.shield(asked)

    async def _renew(self, refresh: str) -> Tokens:
        return _tokens(await self._ask("exchange", json={"refresh_token": refresh}))

    async def forget(self, refresh: str) -> None:
        """Revoke a refresh token."""
        self._renewals.pop(refresh, None)
        await self._ask("expire", json={"refresh_token": refresh})

    async def _ask(
        self, what: str, *, params: Mapping[str, str] | None = None, json: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=ASKING_SECONDS, transport=self._transport) as http:
                answer = await http.post(f"{self._auth_url}/{what}", params=params, json=json)
        except httpx.HTTPError as unreachable:
            # The cause is not kept: it holds the address, and that the secret.
            raise LoginUnavailable(f"The login service cannot be reached ({type(unreachable).__name__}).") from None
        if answer.is_server_error:
            raise LoginUnavailable("The login service has a problem of its own.")
        if not answer.is_success:
            raise LoginRefused("The login is no longer good.")
        return answer


def _understood(understand: Callable[[str], T], setting: str, text: str) -> T:
    try:
        return understand(text)
    except (ValueError, EncryptionSerializationError, UnsupportedEncryptionMethod):
        raise ConfigurationError(f"TILEMAKER_SOAUTH_{setting}: is not what SOAuth calls by that name.") from None


def _key(pem: str) -> Ed25519PublicKey:
    key = deserialize_public_key(pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise UnsupportedEncryptionMethod
    return key


def _tokens(answer: httpx.Response) -> Tokens:
    try:
        said = KeyRefreshResponse.model_validate_json(answer.content)
    except ValidationError:
        raise LoginUnavailable("The login service answers what nobody understands.") from None
    return Tokens(
        access=said.access_token,
        access_until=_in_utc(said.access_token_expires),
        refresh=said.refresh_token,
        refresh_until=_in_utc(said.refresh_token_expires),
        return_to=said.redirect,
    )


def _in_utc(when: datetime) -> datetime:
    """Return a time with its zone; what a database forgot the zone of was UTC."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
