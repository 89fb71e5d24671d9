"""Who is asking, as a set of grants.

A backend is a Starlette `AuthenticationBackend` whose scopes are the grants its visitor holds: whole strings, compared as they are.
What a grant opens is decided elsewhere, by `tilemaker.atlas.atlas.View` alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, SimpleUser, UnauthenticatedUser

Grants = frozenset[str]
"""What a visitor may see; each grant is a whole string."""

Visitor = tuple[AuthCredentials, BaseUser]
"""What a backend answers: the grants, as scopes, and who holds them."""

ACCESS_COOKIE = "access_token"
REFRESH_COOKIE = "refresh_token"
"""Where browsers keep their tokens: the names that clients of SOAuth use too."""


@dataclass(frozen=True, slots=True)
class SOAuthOptions:
    """What has to be known of a SOAuth server, and by which name it knows us."""

    base_url: str
    """Where visitors find this service, without a slash at the end."""
    auth_url: str
    """Where they and we find SOAuth, without a slash at the end."""
    app_id: str
    client_secret: str = field(repr=False)
    public_key: str
    """PEM."""
    key_pair_type: str = "Ed25519"


@dataclass(frozen=True, slots=True)
class AuthOptions:
    """What the operator chose for authentication; each backend reads what concerns it."""

    mock_grants: Grants = field(default_factory=frozenset)
    """The grants that `mock` gives to everybody: for trying out what a member of a collaboration sees."""
    soauth: SOAuthOptions | None = None


class Member(SimpleUser):
    """Somebody who has logged in.

    Parameters
    ----------
    name
        What to call them.
    since, until
        When the login was confirmed, and when it has to be confirmed again.
    """

    def __init__(self, name: str, since: datetime, until: datetime) -> None:
        super().__init__(name)
        self.since = since
        self.until = until

    @property
    def is_ageing(self) -> bool:
        """Whether half of the time is over, so that this is a good moment to renew the login."""
        return datetime.now(UTC) > self.since + (self.until - self.since) / 2


class Lapsed(UnauthenticatedUser):
    """Somebody who had logged in, in a browser, and whose login has to be renewed before they are asked anything else."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one who has logged in is known by, from now on."""

    access: str = field(repr=False)
    access_until: datetime
    refresh: str = field(repr=False)
    """Good for one renewal."""
    refresh_until: datetime
    return_to: str | None = None
    """The page that the login service thinks they came from."""


class LoginBackend(AuthenticationBackend, ABC):
    """A backend whose visitors can log in, at a service elsewhere that sends them back with a code.

    Its methods that ask that service raise `LoginRefused` and `LoginUnavailable`.
    """

    home: str
    """Where visitors find this service, without a slash at the end."""

    @abstractmethod
    def login_url(self, then: str) -> str:
        """Return the address to send a browser to; ``then``, relative to `home`, is the page to come back to."""

    @abstractmethod
    async def exchange(self, code: str) -> Tokens:
        """Return what a visitor who came back with a code is known by."""

    @abstractmethod
    async def renew(self, refresh: str) -> Tokens:
        """Return what takes the place of tokens that end. Asked again soon with the same, it answers the same."""

    @abstractmethod
    async def forget(self, refresh: str) -> None:
        """Have the login ended everywhere."""

    @abstractmethod
    def visitor_of(self, access: str) -> Visitor:
        """Return whose token it is. Raises `LoginExpired` and `LoginRefused`."""


def visitor(name: str | None, grants: Grants) -> Visitor:
    """Return what a backend answers for a visitor: named, or None for one who has not logged in."""
    if isinstance(grants, str):
        raise TypeError("grants are a set of strings; one string would be taken apart into letters")
    return AuthCredentials(sorted(grants)), SimpleUser(name) if name else UnauthenticatedUser()


__all__ = [
    "ACCESS_COOKIE",
    "REFRESH_COOKIE",
    "AuthOptions",
    "AuthenticationBackend",
    "Grants",
    "Lapsed",
    "LoginBackend",
    "Member",
    "SOAuthOptions",
    "Tokens",
    "Visitor",
    "visitor",
]
