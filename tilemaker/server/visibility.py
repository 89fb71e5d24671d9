"""Who sees what: the only place where a request's grants are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilemaker.auth.base import Lapsed
from tilemaker.errors import LoginExpired

if TYPE_CHECKING:
    from tilemaker.atlas.atlas import View

    from .operations import Asker


def view_of(request: Asker) -> View:
    """Return the part of the atlas that the caller may see.

    Raises
    ------
    LoginExpired
        The caller's browser thinks that it is logged in. To answer as to anybody would make what it shows vanish piece by piece.
    """
    if isinstance(request.user, Lapsed):
        raise LoginExpired("The login has expired: ask for the login state to have it renewed.")
    return request.state["services"].atlas.visible_to(frozenset(request.auth.scopes))
