"""Tiles, as pictures and as numbers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from tilemaker.analysis.drawing import encoding_of, style_for
from tilemaker.analysis.parameters import Whole
from tilemaker.errors import LayerNotFound, MapUnreadable, TileOutsideGrid
from tilemaker.render.encode import MEDIA_TYPES, encode, transparent
from tilemaker.render.paint import paint
from tilemaker.render.quantise import LAYOUT, gzipped, npy, quantise
from tilemaker.server.caching import keeping_of, version_of
from tilemaker.server.operations import Asker, Operation
from tilemaker.server.parameters import Drawing
from tilemaker.server.replies import accepts_gzip
from tilemaker.server.visibility import view_of
from tilemaker.sky.grid import TileAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilemaker.analysis.product import Bounds
    from tilemaker.atlas.layer import Layer
    from tilemaker.providers.base import Pixels, Provider
    from tilemaker.server.caching import Keeping
    from tilemaker.sky.grid import TileGrid

OCTETS = "application/octet-stream"


class TileAsked(Drawing):
    """One tile of a layer."""

    level: Whole
    """Level of the pyramid: 0 is the whole sky in two tiles, and each level doubles the resolution."""
    y: Whole
    """Row of the tile, from the south."""
    x: Whole
    """Column of the tile, from RA -180 in increasing RA; in a flipped picture from the left, where RA is greatest."""
    ext: Literal["png", "webp", "jpg", "npy", "bin"]
    """What to send."""

    @property
    def address(self) -> TileAddress:
        """Where the tile is on the sky. Numbers are never flipped."""
        is_flipped = self.flip and self.ext in MEDIA_TYPES
        return TileAddress(self.level, self.y, unflipped(self.level, self.x) if is_flipped else self.x)


def unflipped(level: int, x: int) -> int:
    """Return the column of the sky that a column of the flipped sky shows mirrored; ``x`` itself where there is no such column.

    The flipped sky has RA 360 at its left edge, and each of its halves is one half of the sky turned round.
    """
    half = 1 << min(max(level, 0), 62)
    if not 0 <= x < 2 * half:
        return x
    return half - 1 - x if x < half else 3 * half - 1 - x


def get_tile(request: Asker, asked: TileAsked) -> Response:
    """Send one tile of a layer, as a picture or as numbers.

    `png`, `webp` and `jpg` are pictures with north at the top, transparent (`jpg`: grey) where there is no data.

    `npy` is a float32 array in NumPy's format: exact values, C order, row 0 south, NaN where there is no data.

    `bin` is the viewer's number tile, sent with `Content-Encoding: gzip` to whoever takes it.
    """
    layer = view_of(request).layer(asked.layer_id)
    provider = layer.provider
    services, keeping = request.state["services"], _keeping(request, layer, provider, asked)
    kept = _kept(request, asked, keeping, services.tiles.sent, provider.extent.grid)
    if kept is not None:
        return kept
    sample = services.tiles.get(layer, asked.address)
    body = b"" if sample is None else _written(layer, sample.pixels, asked, services.bounds)
    if sample is not None and _is_packed(request, asked):
        body = gzipped(body)
    if not provider.is_current:
        return get_tile(request, asked)  # the file was replaced meanwhile: new pixels may not go out under the old tag
    if sample is None:
        return _off_the_map(asked, keeping)
    if not sample.is_final:
        return _answer(request, asked, body, keeping.headers_of_preview)
    services.tiles.keep_sent(keeping.tag, bytes(body))
    return _answer(request, asked, body, keeping.headers)


def get_tile_at_once(request: Asker, asked: TileAsked) -> Response | None:
    """Send a tile that is in memory, of a map that was seen to be there a moment ago; None for any other."""
    layer = view_of(request).layer(asked.layer_id)
    provider = layer.glanced
    if provider is None:
        return None
    keeping = _keeping(request, layer, provider, asked)
    if not (keeping.policy.is_immutable or asked.v is None):
        return None  # whoever names another version may have it from a process that has looked at the file since
    return _kept(request, asked, keeping, request.state["services"].tiles.at_hand, provider.extent.grid)


def _kept(
    request: Asker, asked: TileAsked, keeping: Keeping, find: Callable[[str], bytes | None], grid: TileGrid
) -> Response | None:
    """Return the answer if it has been given before, to this caller, or to one for whom it was kept."""
    if asked.address in grid and keeping.is_held_by(request):
        return keeping.not_modified()
    sent = find(keeping.tag)
    return None if sent is None else _answer(request, asked, sent, keeping.headers)


def _is_packed(request: Asker, asked: TileAsked) -> bool:
    return asked.ext == "bin" and accepts_gzip(request.headers)


def _answer(request: Asker, asked: TileAsked, body: bytes | memoryview, headers: dict[str, str]) -> Response:
    encoding = {"Content-Encoding": "gzip"} if _is_packed(request, asked) else {}
    return Response(body, headers=headers | encoding, media_type=_media_type(asked))


def _keeping(request: Asker, layer: Layer, provider: Provider, asked: TileAsked) -> Keeping:
    version = version_of(layer, provider, request.state["services"].bounds)
    if asked.ext in MEDIA_TYPES:
        return keeping_of(layer, version, asked.v, asked.address, asked.ext, asked.style)
    varies_with = ("Accept-Encoding",) if asked.ext == "bin" else ()
    is_packed = _is_packed(request, asked)
    return keeping_of(layer, version, asked.v, asked.address, asked.ext, is_packed, varies_with=varies_with)


def _off_the_map(asked: TileAsked, keeping: Keeping) -> Response:
    if asked.ext == "npy" or asked.ext == "bin":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=keeping.headers)
    return Response(transparent(asked.ext), headers=keeping.headers, media_type=MEDIA_TYPES[asked.ext])


def _written(layer: Layer, pixels: Pixels, asked: TileAsked, bounds: Bounds) -> bytes | memoryview:
    if asked.ext == "npy":
        return npy(pixels)
    if asked.ext == "bin":
        return quantise(pixels, encoding_of(layer))
    return encode(paint(pixels, style_for(layer, asked.style, bounds)), asked.ext)


def _media_type(asked: TileAsked) -> str:
    return OCTETS if asked.ext == "npy" or asked.ext == "bin" else MEDIA_TYPES[asked.ext]


OPERATIONS = (
    Operation(
        "/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}",
        get_tile,
        "Tiles",
        TileAsked,
        media_types=[*MEDIA_TYPES.values(), OCTETS],
        raises=[LayerNotFound, TileOutsideGrid, MapUnreadable],
        other_statuses={204: "A number tile that the map does not reach.", 304: "The caller has it already."},
        details=LAYOUT,
        at_once=get_tile_at_once,
        also=["/maps/{layer_id}/{level}/{y}/{x}/tile.{ext}"],
    ),
)
