"""Answers in JSON: in one piece, compressed where that is taken, not sent again to whoever has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from .caching import Keeping, tag_of
from .compression import accepts_gzip, gzipped

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .operations import Asker

WORTH_COMPRESSING = 1024
"""Bytes below which compression gains nothing."""


def as_json(request: Asker, answer: BaseModel) -> Response:
    """Send a model. What an atlas holds depends on who asks, so only the caller's own cache may keep it."""
    return json_bytes(request, answer.model_dump_json().encode())


def json_bytes(request: Asker, body: bytes, compressed: bytes | None = None) -> Response:
    """Send JSON that is written already, and compressed already if ``compressed`` is given."""
    is_gzip = len(body) >= WORTH_COMPRESSING and accepts_gzip(request.headers)
    keeping = Keeping(tag_of(body, is_gzip), is_private=True, varies_with=("Accept-Encoding",))
    if keeping.is_held_by(request):
        return keeping.not_modified()
    if not is_gzip:
        return Response(body, headers=keeping.headers, media_type="application/json")
    headers = keeping.headers | {"Content-Encoding": "gzip"}
    return Response(compressed or gzipped(body), headers=headers, media_type="application/json")
