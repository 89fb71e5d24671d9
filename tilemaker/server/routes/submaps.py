"""Cut-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from tilemaker.analysis.drawing import style_for
from tilemaker.analysis.fits_image import fits_image
from tilemaker.analysis.parameters import Number, RightAscension
from tilemaker.analysis.submap import box_between, cut_out
from tilemaker.errors import LayerNotFound, MapUnreadable, NoDataThere, RegionTooLarge
from tilemaker.render.encode import LARGEST_SIDE, MEDIA_TYPES, encode
from tilemaker.render.paint import paint
from tilemaker.server.caching import keeping_of, version_of
from tilemaker.server.operations import Asker, Operation
from tilemaker.server.parameters import Drawing
from tilemaker.server.visibility import view_of

if TYPE_CHECKING:
    from tilemaker.analysis.product import Bounds
    from tilemaker.atlas.layer import Layer
    from tilemaker.sky.boxes import SkyBox

FITS = "application/fits"


class SubmapAsked(Drawing):
    """A box on a layer."""

    left: RightAscension
    """RA of one side, degrees."""
    right: RightAscension
    """RA of the other side; the box is the short way round between the two. One that is wider than 180 degrees is named by numbers
    of which one lies below -180 or above 360: 260 and 460."""
    top: Number
    """Dec of one edge, degrees; what lies beyond a pole is left out."""
    bottom: Number
    """Dec of the other edge."""
    ext: Literal["png", "webp", "jpg", "fits"]
    """What to send."""

    @property
    def box(self) -> SkyBox:
        """Where it is on the sky. Raises `NoDataThere`."""
        return box_between((self.left, self.right), (self.top, self.bottom))


def get_submap(request: Asker, asked: SubmapAsked) -> Response:
    """Cut a box out of a layer at full resolution, as a picture or as FITS.

    The box is widened to whole pixels. The FITS image has a plate carrée WCS, the map's units and polarisation convention, and NaN
    where there is no data.
    """
    services = request.state["services"]
    layer = view_of(request).layer(asked.layer_id)
    version = version_of(layer, layer.provider, services.bounds)
    keeping = keeping_of(layer, version, asked.v, asked.box, asked.ext, asked.style, services.bounds.max_pixels)
    if keeping.is_held_by(request):
        return keeping.not_modified()
    return Response(_written(layer, asked, services.bounds), headers=keeping.headers, media_type=_media_type(asked))


def _written(layer: Layer, asked: SubmapAsked, bounds: Bounds) -> bytes:
    if asked.ext == "fits":
        return fits_image(layer, cut_out(layer, asked.box, bounds))
    submap = cut_out(layer, asked.box, bounds, largest_side=LARGEST_SIDE[asked.ext])
    picture = paint(submap.pixels, style_for(layer, asked.style, bounds))
    del submap  # four bytes a pixel, which are not to be there beside what the encoder needs
    return encode(picture, asked.ext)


def _media_type(asked: SubmapAsked) -> str:
    return FITS if asked.ext == "fits" else MEDIA_TYPES[asked.ext]


OPERATIONS = (
    Operation(
        "/layers/{layer_id}/submap/{left}/{right}/{top}/{bottom}/image.{ext}",
        get_submap,
        "Numbers",
        SubmapAsked,
        media_types=[*MEDIA_TYPES.values(), FITS],
        raises=[LayerNotFound, NoDataThere, RegionTooLarge, MapUnreadable],
        other_statuses={304: "The caller has it already."},
        also=["/maps/{layer_id}/submap/{left}/{right}/{top}/{bottom}/image.{ext}"],
        crew="regions",
    ),
)
