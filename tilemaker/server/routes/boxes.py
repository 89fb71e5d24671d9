"""Named parts of the sky."""

from __future__ import annotations

from starlette.responses import Response

from tilemaker.server import overlay_answers
from tilemaker.server.describe import named_box
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.replies import as_json
from tilemaker.server.visibility import view_of


def get_boxes(request: Asker, _asked: Nothing) -> Response:
    """List the named boxes."""
    return as_json(request, overlay_answers.Boxes(tuple(named_box(box) for box in view_of(request).boxes())))


OPERATIONS = (Operation("/highlights/boxes", get_boxes, "Sources and boxes", Nothing, overlay_answers.Boxes),)
