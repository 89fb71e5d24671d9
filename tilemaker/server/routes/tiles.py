"""Tiles, as pictures and as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field
from starlette.responses import Response

from tilemaker.analysis.parameters import Whole
from tilemaker.errors import LayerNotFound, MapUnreadable, TileOutsideGrid
from tilemaker.server.operations import AnyOperation, Asker, Operation
from tilemaker.server.parameters import Drawing

MEDIA_TYPES = ("image/png", "image/webp", "image/jpeg", "application/octet-stream")


class TileAsked(Drawing):
    """One tile of a layer."""

    level: Whole
    """Level of the pyramid: 0 is the whole sky in two tiles, each level doubles the resolution."""
    y: Whole
    """Row of the tile, from the south."""
    x: Whole
    """Column of the tile, from RA -180 in increasing RA."""
    ext: Literal["png", "webp", "jpg", "npy", "bin"] = Field(description="What to send.")


def get_tile(request: Asker, asked: TileAsked) -> Response:
    """Send one tile of a layer, as a picture or as numbers.

    `png`, `webp` and `jpg` are pictures with north at the top, transparent (`jpg`: grey) where there is no data.

    `npy` is a float32 array in NumPy's format: exact values, C order, row 0 south, NaN where there is no data.

    `bin` is the viewer's number tile: one little-endian 16-bit step for each pixel, row 0 south, -32768 where there is no data. Steps are turned into
    units by the layer's `encoding`.
    """
    raise NotImplementedError


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}",
        get_tile,
        "Tiles",
        TileAsked,
        media_types=MEDIA_TYPES,
        raises=[LayerNotFound, TileOutsideGrid, MapUnreadable],
        other_statuses={204: "A number tile that the map does not reach.", 304: "The caller has it already."},
        also=["/maps/{layer_id}/{level}/{y}/{x}/tile.{ext}"],
    ),
)
