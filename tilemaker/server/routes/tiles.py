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
from tilemaker.server.caching import keeping_of
from tilemaker.server.operations import Asker, Operation
from tilemaker.server.parameters import Drawing
from tilemaker.server.replies import accepts_gzip
from tilemaker.server.visibility import view_of
from tilemaker.sky.grid import TileAddress

if TYPE_CHECKING:
    from tilemaker.analysis.product import Bounds
    from tilemaker.atlas.layer import Layer
    from tilemaker.providers.base import Pixels
    from tilemaker.server.caching import Keeping

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
    services = request.state["services"]
    layer = view_of(request).layer(asked.layer_id)
    is_gzip = asked.ext == "bin" and accepts_gzip(request.headers)
    keeping = _keeping(layer, asked, services.bounds, is_gzip=is_gzip)
    if asked.address in layer.grid and keeping.is_held_by(request):
        return keeping.not_modified()
    sent = services.tiles.sent(keeping.tag)
    if sent is not None:
        return _answer(sent, asked, keeping.headers, is_gzip=is_gzip)
    sample = services.tiles.get(layer, asked.address)
    body = b"" if sample is None else _written(layer, sample.pixels, asked, services.bounds)
    if is_gzip and sample is not None:
        body = gzipped(body)
    if _keeping(layer, asked, services.bounds, is_gzip=is_gzip) != keeping:
        return get_tile(request, asked)  # the file was replaced meanwhile: new pixels may not go out under the old tag
    if sample is None:
        return _off_the_map(asked, keeping)
    if not sample.is_final:
        return _answer(body, asked, keeping.headers_of_preview, is_gzip=is_gzip)
    services.tiles.keep_sent(keeping.tag, bytes(body))
    return _answer(body, asked, keeping.headers, is_gzip=is_gzip)


def _answer(body: bytes | memoryview, asked: TileAsked, headers: dict[str, str], *, is_gzip: bool) -> Response:
    encoding = {"Content-Encoding": "gzip"} if is_gzip else {}
    return Response(body, headers=headers | encoding, media_type=_media_type(asked))


def _keeping(layer: Layer, asked: TileAsked, bounds: Bounds, *, is_gzip: bool) -> Keeping:
    if asked.ext in MEDIA_TYPES:
        return keeping_of(layer, asked.v, bounds, asked.address, asked.ext, asked.style)
    return keeping_of(
        layer, asked.v, bounds, asked.address, asked.ext, is_gzip, varies_with=("Accept-Encoding",) if asked.ext == "bin" else ()
    )


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
        also=["/maps/{layer_id}/{level}/{y}/{x}/tile.{ext}"],
    ),
)
