"""No authentication: every visitor is the same nobody."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from .base import AuthenticationBackend, Grants, Visitor, visitor


class Nobody(AuthenticationBackend):
    """Asks nothing of anybody, and gives everybody the same grants: none, unless told otherwise.

    Parameters
    ----------
    grants
        What every visitor holds.
    """

    def __init__(self, grants: Grants = frozenset()) -> None:
        self._answer = visitor(None, grants)

    async def authenticate(self, conn: HTTPConnection) -> Visitor:
        """Return the same visitor for every request."""
        return self._answer
