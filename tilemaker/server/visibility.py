"""Who sees what: the only place where a request's grants are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tilemaker.atlas.atlas import View

    from .operations import Asker


def view_of(request: Asker) -> View:
    """Return the part of the atlas that the caller may see."""
    return request.state["services"].atlas.visible_to(frozenset(request.auth.scopes))
