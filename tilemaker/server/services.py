"""What the server is made of, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from tilemaker.analysis.product import Bounds

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.authentication import AuthenticationBackend

    from tilemaker.atlas.atlas import Atlas
    from tilemaker.cache import Cache
    from tilemaker.providers.workshop import Workshop
    from tilemaker.tiles.tiles import Tiles


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that endpoints work with. Tests put in-memory twins in place of any of it."""

    atlas: Atlas
    tiles: Tiles
    cache: Cache
    """For analyses and other answers that are dear to make."""
    auth: AuthenticationBackend
    """Who is asking; the scopes of the credentials are the grants."""
    bounds: Bounds = Bounds()
    viewer: Path | None = None
    """Folder of the built viewer, or None to serve the API alone."""
    origins: str | None = None
    """Regular expression of the origins whose pages may read the API, or None for no other than its own."""
    workshop: Workshop | None = None
    """Closed when the server ends."""
    request_threads: int = 8
    """Number of requests worked on at once."""
    precaches: bool = False
    """Whether every map's overview is asked for at start."""


class State(TypedDict):
    """What every request carries: ``request.state["services"]``."""

    services: Services
