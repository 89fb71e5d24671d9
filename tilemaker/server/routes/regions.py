"""Regions of any shape."""

from __future__ import annotations

from starlette.responses import Response

from tilemaker.errors import MapUnreadable, RegionGroupNotFound
from tilemaker.server import overlay_answers
from tilemaker.server.caching import CALLERS_OWN
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.parameters import OfRegionGroup
from tilemaker.server.replies import as_json, send
from tilemaker.server.visibility import view_of

TAG = "Sources and boxes"


def get_region_groups(request: Asker, _asked: Nothing) -> Response:
    """List the lists of regions."""
    return as_json(request, overlay_answers.RegionGroups.model_validate(view_of(request).region_groups()))


def get_region_group(request: Asker, asked: OfRegionGroup) -> Response:
    """List the regions of a list, as lines that can be drawn on a map in RA and Dec."""
    group = view_of(request).region_group(asked.region_group_id)
    return send(request, request.state["services"].lists.regions(group), CALLERS_OWN)


OPERATIONS = (
    Operation("/regions", get_region_groups, TAG, Nothing, overlay_answers.RegionGroups),
    Operation(
        "/regions/{region_group_id}",
        get_region_group,
        TAG,
        OfRegionGroup,
        overlay_answers.RegionGroup,
        raises=[RegionGroupNotFound, MapUnreadable],
    ),
)
