"""How long answers may be kept, and whether the caller holds the current one already."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.requests import HTTPConnection
from starlette.responses import Response

import tilemaker

if TYPE_CHECKING:
    from tilemaker.analysis.product import Bounds
    from tilemaker.atlas.layer import Layer
    from tilemaker.providers.base import Provider

Caller: TypeAlias = HTTPConnection[Any]
"""Who asks, whatever the application keeps beside."""

A_YEAR_SECONDS = 365 * 24 * 3600
A_WHILE_SECONDS = 60
"""How long a tile whose address has no version is believed before it is asked for again."""

WHO_IS_ASKING = ("Authorization", "Cookie")
"""The headers by which a caller is recognised."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may keep an answer, and for how long it is believed."""

    is_private: bool = False
    """Whether only the caller's own cache may keep it: as soon as a grant was needed."""
    is_immutable: bool = False
    """Whether it need never be asked for again, because its address names the version."""
    seconds: int = 0
    """How long it is believed otherwise; 0 to ask each time whether it is still the same."""

    def __str__(self) -> str:
        who = "private" if self.is_private else "public"
        if self.is_immutable:
            return f"{who}, max-age={A_YEAR_SECONDS}, immutable"
        return f"{who}, max-age={self.seconds}, must-revalidate" if self.seconds else f"{who}, no-cache"


CALLERS_OWN = Policy(is_private=True)
"""For what depends on who is asking."""
FOR_EVER = Policy(is_immutable=True)
"""For what has its version in its name."""
A_DAY = Policy(seconds=24 * 3600)
"""For what is the same for everybody, and whose change nobody would mind to miss for a day."""
FOR_ALL = Policy()
"""For what is the same for everybody, until the program changes."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one answer may be kept."""

    tag: str
    """Strong entity tag."""
    policy: Policy
    varies_with: tuple[str, ...] = ()
    """Request headers that it depends on, beside who is asking."""

    @property
    def headers(self) -> dict[str, str]:
        """What says so."""
        return {"ETag": self.tag, "Cache-Control": str(self.policy)} | self._vary

    @property
    def headers_of_preview(self) -> dict[str, str]:
        """What says that this is drawn from a sample, until the overview is built, and not to be kept at all."""
        return {"Cache-Control": "no-store", "Tile-Quality": "preview"} | self._vary

    @property
    def _vary(self) -> dict[str, str]:
        varies_with = self.varies_with + (WHO_IS_ASKING if self.policy.is_private else ())
        return {"Vary": ", ".join(varies_with)} if varies_with else {}

    def is_held_by(self, caller: Caller) -> bool:
        """Whether the caller has this very answer, by its ``If-None-Match``: a list of tags, weak or not, or ``*``."""
        held = ",".join(caller.headers.getlist("if-none-match"))
        return held.strip() == "*" or self.tag in (tag.strip().removeprefix("W/") for tag in held.split(","))

    def not_modified(self) -> Response:
        """Say that the caller has it."""
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=self.headers)


def tag_of(*parts: object) -> str:
    """Return a strong entity tag for an answer that depends on ``parts`` and nothing else."""
    return f'"{_digest(*parts)}"'


def version_of(layer: Layer, provider: Provider, bounds: Bounds) -> str:
    """Return a short text that changes whenever anything sent of the layer may: its map, what is said of it, or this program."""
    said = layer.name, layer.units_in(provider.extent), layer.cmap, layer.vmin, layer.vmax
    return _digest(provider.fingerprint, *said, bounds.tail_percent, tilemaker.__version__)


def keeping_of(layer: Layer, version: str, named: str | None, *parts: object, varies_with: tuple[str, ...] = ()) -> Keeping:
    """Return how an answer about a layer may be kept.

    Parameters
    ----------
    layer
        The layer.
    version
        Its version, as `version_of` has it.
    named
        The version that the address names, if any.
    parts
        What else it depends on.
    varies_with
        The request headers it depends on; what follows from them belongs to ``parts``.
    """
    policy = Policy(is_private=bool(layer.required), is_immutable=named == version, seconds=A_WHILE_SECONDS)
    return Keeping(tag_of(version, layer.layer_id, *parts), policy, varies_with)


def _digest(*parts: object) -> str:
    return blake2b("\n".join(map(repr, parts)).encode(), digest_size=9).hexdigest()
