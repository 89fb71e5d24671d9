"""Cut-outs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.responses import Response

from tilemaker.analysis.parameters import Number, RightAscension
from tilemaker.errors import LayerNotFound, MapUnreadable, NoDataThere, RegionTooLarge
from tilemaker.server.operations import AnyOperation, Asker, Operation
from tilemaker.server.parameters import Drawing

MEDIA_TYPES = ("image/png", "image/webp", "image/jpeg", "application/fits")


class SubmapAsked(Drawing):
    """A box on a layer."""

    left: RightAscension
    """RA of one side, degrees."""
    right: RightAscension
    """RA of the other side; the box is the short way round between the two."""
    top: Number
    """Dec of one edge, degrees; the part of a box beyond a pole is left out."""
    bottom: Number
    """Dec of the other edge."""
    ext: Literal["jpg", "webp", "png", "fits"] = Field(description="What to send.")


def get_submap(request: Asker, asked: SubmapAsked) -> Response:
    """Cut a box out of a layer at full resolution, as a picture or as FITS.

    The box is widened to whole pixels. The FITS image has a plate carrée WCS, the map's units and polarisation convention, and NaN
    where there is no data.
    """
    raise NotImplementedError


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        "/layers/{layer_id}/submap/{left}/{right}/{top}/{bottom}/image.{ext}",
        get_submap,
        "Numbers",
        SubmapAsked,
        media_types=MEDIA_TYPES,
        raises=[LayerNotFound, NoDataThere, RegionTooLarge, MapUnreadable],
        other_statuses={304: "The caller has it already."},
        also=["/maps/{layer_id}/submap/{left}/{right}/{top}/{bottom}/image.{ext}"],
    ),
)
