"""Colour maps as pictures."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

import tilemaker
from tilemaker.errors import ColourMapNotFound
from tilemaker.render import colour
from tilemaker.server.caching import A_DAY, Keeping, tag_of
from tilemaker.server.operations import Asker, Operation
from tilemaker.server.parameters import Ask


class OfColourMap(Ask):
    """A colour map."""

    cmap: str = Field(min_length=1)
    """Its name."""


def get_colour_map(request: Asker, asked: OfColourMap) -> Response:
    """Draw a colour map as a bar of 8 x 256 pixels, the colour of `vmin` at the left."""
    bar = colour.bar(asked.cmap)
    keeping = Keeping(tag_of(asked.cmap, tilemaker.__version__), A_DAY)
    if keeping.is_held_by(request):
        return keeping.not_modified()
    return Response(bar, headers=keeping.headers, media_type="image/png")


OPERATIONS = (
    Operation(
        "/histograms/{cmap}.png",
        get_colour_map,
        "Numbers",
        OfColourMap,
        media_types=["image/png"],
        raises=[ColourMapNotFound],
    ),
)
