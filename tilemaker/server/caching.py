"""How long answers may be kept, and whether the caller holds the current one already."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

import tilemaker

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from tilemaker.atlas.atlas import Layer

A_YEAR_SECONDS = 365 * 24 * 3600
A_WHILE_SECONDS = 60
"""How long an address without a version is believed before it is asked for again."""

WHO_IS_ASKING = ("Authorization", "Cookie")
"""The headers by which a caller is recognised."""


def version_of(layer: Layer) -> str:
    """Return a short text that changes whenever any tile of the layer may: the map, its recommended look, or this program."""
    return _digest(layer.version, layer.cmap, layer.vmin, layer.vmax, tilemaker.__version__)


def tag_of(*parts: object) -> str:
    """Return a strong entity tag for an answer that depends on ``parts`` and nothing else."""
    return f'"{_digest(*parts)}"'


def _digest(*parts: object) -> str:
    return blake2b("\n".join(map(repr, parts)).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How an answer may be kept."""

    tag: str
    """Strong entity tag."""
    is_private: bool
    """Whether only the caller's own cache may keep it: as soon as a grant was needed."""
    is_immutable: bool = False
    """Whether its address names the version, so that it need never be asked for again."""
    seconds: int = 0
    """How long it is believed otherwise."""
    varies_with: tuple[str, ...] = ()
    """Request headers that it depends on."""

    @property
    def headers(self) -> dict[str, str]:
        """What says so."""
        varies_with = self.varies_with + (WHO_IS_ASKING if self.is_private else ())
        headers = {"ETag": self.tag, "Cache-Control": self._cache_control}
        return headers | {"Vary": ", ".join(varies_with)} if varies_with else headers

    @property
    def _cache_control(self) -> str:
        who = "private" if self.is_private else "public"
        if self.is_immutable:
            return f"{who}, max-age={A_YEAR_SECONDS}, immutable"
        return f"{who}, max-age={self.seconds}, must-revalidate" if self.seconds else f"{who}, no-cache"

    def is_held_by(self, caller: HTTPConnection) -> bool:
        """Whether the caller has this very answer, by its ``If-None-Match``: a list of tags, weak or not, or ``*``."""
        held = caller.headers.get("if-none-match", "")
        return held.strip() == "*" or self.tag in (tag.strip().removeprefix("W/") for tag in held.split(","))

    def not_modified(self) -> Response:
        """Say that the caller has it."""
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=self.headers)


def keeping_of(layer: Layer, version: str | None, *parts: object, varies_with: tuple[str, ...] = ()) -> Keeping:
    """Return how an answer about a layer may be kept.

    Parameters
    ----------
    layer
        The layer; opened, no pixels read.
    version
        The version its address names, if any.
    parts
        What else it depends on.
    varies_with
        The request headers it depends on; what they came to belongs to ``parts``.
    """
    current = version_of(layer)
    return Keeping(
        tag=tag_of(current, layer.layer_id, *parts),
        is_private=bool(layer.required),
        is_immutable=version == current,
        seconds=A_WHILE_SECONDS,
        varies_with=varies_with,
    )


PREVIEW = {"Cache-Control": "no-store", "Tile-Quality": "preview"}
"""Headers of what is drawn from a sample, until the overview is built."""
