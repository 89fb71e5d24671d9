"""Text sent in one piece: compressed where that is taken, and not sent again to whoever has it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from starlette.responses import Response

from tilemaker.render.quantise import gzipped

from .caching import CALLERS_OWN, Keeping, tag_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.datastructures import Headers

    from .caching import Caller, Policy

WORTH_COMPRESSING = 1024
"""Bytes below which compression gains nothing."""


@dataclass(frozen=True)
class Written:
    """An answer as bytes; what it takes to send it is worked out once, however often it is sent."""

    body: bytes
    media_type: str = "application/json"
    is_compressible: bool = True

    @cached_property
    def digest(self) -> bytes:
        """What tells it from every other."""
        return blake2b(self.body, digest_size=16).digest()

    @cached_property
    def compressed(self) -> bytes | None:
        """The same through gzip, or None where that gains nothing."""
        return gzipped(self.body) if self.is_compressible and len(self.body) >= WORTH_COMPRESSING else None


def as_json(request: Caller, answer: BaseModel) -> Response:
    """Send a model, which may depend on who is asking."""
    return send(request, Written(answer.model_dump_json().encode()), CALLERS_OWN)


def send(request: Caller, written: Written, policy: Policy) -> Response:
    """Send what is written."""
    body = written.compressed if accepts_gzip(request.headers) else None
    varies_with = ("Accept-Encoding",) if written.is_compressible else ()
    keeping = Keeping(tag_of(written.digest, body is not None), policy, varies_with)
    if keeping.is_held_by(request):
        return keeping.not_modified()
    if body is None:
        return Response(written.body, headers=keeping.headers, media_type=written.media_type)
    return Response(body, headers=keeping.headers | {"Content-Encoding": "gzip"}, media_type=written.media_type)


def accepts_gzip(headers: Headers) -> bool:
    """Whether the caller takes gzip: named, or covered by ``*``, with a weight other than zero."""
    weights = dict(_weight(coding) for coding in headers.get("accept-encoding", "").split(","))
    return weights.get("gzip", weights.get("*", 0.0)) > 0.0


def _weight(coding: str) -> tuple[str, float]:
    name, _, parameter = coding.partition(";")
    try:
        weight = float(parameter.partition("=")[2]) if parameter else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower(), weight
