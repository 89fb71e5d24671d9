"""Catalogues."""

from __future__ import annotations

from starlette.responses import Response

from tilemaker.errors import MapUnreadable, SourceGroupNotFound
from tilemaker.server import answers
from tilemaker.server.caching import CALLERS_OWN
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.parameters import OfSourceGroup
from tilemaker.server.replies import as_json, send
from tilemaker.server.visibility import view_of

TAG = "Sources and boxes"


def get_source_groups(request: Asker, _asked: Nothing) -> Response:
    """List the catalogues."""
    return as_json(request, answers.SourceGroups.model_validate(view_of(request).source_groups()))


def get_source_group(request: Asker, asked: OfSourceGroup) -> Response:
    """List the sources of a catalogue."""
    group = view_of(request).source_group(asked.source_group_id)
    return send(request, request.state["services"].lists.sources(group), CALLERS_OWN)


OPERATIONS = (
    Operation("/sources", get_source_groups, TAG, Nothing, answers.SourceGroups),
    Operation(
        "/sources/{source_group_id}",
        get_source_group,
        TAG,
        OfSourceGroup,
        answers.SourceGroup,
        raises=[SourceGroupNotFound, MapUnreadable],
    ),
)
