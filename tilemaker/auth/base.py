"""Who is asking, as a set of grants.

A backend is a Starlette `AuthenticationBackend` whose scopes are the grants its visitor holds: whole strings, compared as they are.
What a grant opens is decided elsewhere, by `tilemaker.atlas.atlas.View` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser, SimpleUser, UnauthenticatedUser

Grants = frozenset[str]
"""What a visitor may see; each grant is a whole string."""

Visitor = tuple[AuthCredentials, BaseUser]
"""What a backend answers: the grants, as scopes, and who holds them."""


@dataclass(frozen=True, slots=True)
class AuthOptions:
    """What the operator chose for authentication; each backend reads what concerns it."""

    mock_grants: Grants = field(default_factory=frozenset)
    """The grants that `mock` gives to everybody: for trying out what a member of a collaboration sees."""


def visitor(name: str | None, grants: Grants) -> Visitor:
    """Return what a backend answers for a visitor: named, or None for one who has not logged in."""
    if isinstance(grants, str):
        raise TypeError("grants are a set of strings; one string would be taken apart into letters")
    return AuthCredentials(sorted(grants)), SimpleUser(name) if name else UnauthenticatedUser()


__all__ = ["AuthOptions", "AuthenticationBackend", "Grants", "Visitor", "visitor"]
