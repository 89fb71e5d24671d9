"""Finding layers by name."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from tilemaker.server import answers
from tilemaker.server.describe import menu
from tilemaker.server.operations import Asker, Operation
from tilemaker.server.parameters import Ask
from tilemaker.server.replies import as_json
from tilemaker.server.visibility import view_of


class Words(Ask):
    """What to look for."""

    q: str = Field(min_length=1)
    """Part of a name or description, in any case."""


def get_search(request: Asker, asked: Words) -> Response:
    """Find groups, maps, bands and layers by part of their name or description.

    What matches is listed with everything under it and the way to it.
    """
    found = view_of(request).search(asked.q)
    return as_json(request, answers.SearchResult(filtered_layer_menu=menu(found.view), matched_ids=found.matched_ids))


OPERATIONS = (Operation("/search", get_search, "Atlas", Words, answers.SearchResult),)
