"""The cookies of somebody who is logged in: read by no script, and sent to this service alone, by its own site's pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import Response

from tilemaker.auth.base import ACCESS_COOKIE, REFRESH_COOKIE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tilemaker.auth.base import Tokens

ACCESS_FLAG, REFRESH_FLAG = "valid_access_token", "valid_refresh_token"
"""By these, earlier front ends know that somebody is logged in. They hold no secret, and the server never reads them."""
REFUSED = "refused_token"
"""Names the token whose renewal was refused a moment ago."""
REFUSED_SECONDS = 60
LONG_AGO = datetime.fromtimestamp(0, UTC)


def cookies_of(home: str, tokens: Tokens) -> list[str]:
    """Return the values of the headers that have a browser keep tokens.

    Parameters
    ----------
    home
        Where visitors find this service: the cookies are for that path, and where it begins with https for no other scheme.
    tokens
        What to keep, as long as they are good.
    """
    kept = {
        ACCESS_COOKIE: (tokens.access, tokens.access_until),
        REFRESH_COOKIE: (tokens.refresh, tokens.refresh_until),
        ACCESS_FLAG: ("True", tokens.access_until),
        REFRESH_FLAG: ("True", tokens.refresh_until),
    }
    return _written(home, ((name, value, until) for name, (value, until) in kept.items()))


def no_cookies(home: str) -> list[str]:
    """Return the values of the headers that have a browser forget its tokens."""
    names = (ACCESS_COOKIE, REFRESH_COOKIE, ACCESS_FLAG, REFRESH_FLAG, REFUSED)
    return _written(home, ((name, "", LONG_AGO) for name in names))


def cookies_after_refusal(home: str, held: Mapping[str, str]) -> list[str]:
    """Return the values of the headers for a browser whose token was refused: the second time in a minute, it forgets it.

    Not the first time: of two tabs that ask two workers at once, the second is refused because the first was not, and must not take
    away what the first was given.
    """
    mark = blake2b(held.get(REFRESH_COOKIE, "").encode(), digest_size=9).hexdigest()
    if held.get(REFUSED) == mark:
        return no_cookies(home)
    return _written(home, [(REFUSED, mark, datetime.now(UTC) + timedelta(seconds=REFUSED_SECONDS))])


def _written(home: str, cookies: Iterable[tuple[str, str, datetime]]) -> list[str]:
    address, jar = urlsplit(home), Response()
    for name, value, until in cookies:
        is_secret = name not in {ACCESS_FLAG, REFRESH_FLAG}
        is_secure = address.scheme == "https"
        jar.set_cookie(name, value, expires=until, path=address.path or "/", secure=is_secure, httponly=is_secret)
    return jar.headers.getlist("set-cookie")
