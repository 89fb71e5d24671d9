"""Catalogues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from tilemaker.analysis.parameters import Number, RightAscension, as_whole
from tilemaker.atlas.skyindex import keys_of
from tilemaker.errors import ListTooLong, MapUnreadable, SourceGroupNotFound, SourceNotFound
from tilemaker.server import overlay_answers
from tilemaker.server.caching import CALLERS_OWN
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.packed_sources import LAYOUT, packed
from tilemaker.server.parameters import OfSourceGroup
from tilemaker.server.replies import Written, as_json, send
from tilemaker.server.visibility import view_of
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from tilemaker.atlas.catalogues import Catalogue
    from tilemaker.atlas.cells import Rows
    from tilemaker.atlas.columns import Order
    from tilemaker.atlas.sources import SourceGroup
    from tilemaker.server.catalogues import WrittenLists

TAG = "Sources and boxes"
OCTETS = "application/octet-stream"
MOST_AT_ONCE = 100_000
"""Sources in one answer about a part of the sky."""


class Within(OfSourceGroup):
    """A part of the sky."""

    left: RightAscension
    """RA where the box begins, degrees."""
    right: RightAscension
    """RA where it ends, going east from where it begins: a smaller number is on the next turn, 360 more is all the way round."""
    top: Number
    """Its highest Dec, degrees."""
    bottom: Number
    """Its lowest Dec."""
    ext: Literal["json", "bin"]
    """What to send."""
    by: str | None = Field(default=None, min_length=1)
    """The field of numbers by which to choose; by default the list's own."""
    descending: bool | None = None
    """Whether the greatest come first; by default so, unless it is the list's own field, which knows."""
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE), BeforeValidator(as_whole)] = 10_000
    """How many sources to send at most."""

    @property
    def box(self) -> SkyBox:
        """Where it is on the sky."""
        width_deg = self.right - self.left
        width_deg = 360.0 if width_deg >= 360.0 else width_deg % 360.0
        return SkyBox(self.left, self.left + width_deg, self.bottom, self.top)


class OfRow(OfSourceGroup):
    """One source."""

    row: Annotated[int, Field(ge=0), BeforeValidator(as_whole)]
    """Its number in the list, from 0."""


class Named(OfSourceGroup):
    """Part of a name."""

    q: str = Field(min_length=1)
    """Part of a name, in any case."""
    limit: Annotated[int, Field(ge=1, le=1000), BeforeValidator(as_whole)] = 20
    """How many sources to send at most."""


def get_source_groups(request: Asker, _asked: Nothing) -> Response:
    """List the catalogues."""
    return as_json(request, overlay_answers.SourceGroups.model_validate(view_of(request).source_groups()))


def get_source_group(request: Asker, asked: OfSourceGroup) -> Response:
    """List the sources of a catalogue."""
    group = view_of(request).source_group(asked.source_group_id)
    return send(request, request.state["services"].lists.sources(group), CALLERS_OWN)


def get_source_group_description(request: Asker, asked: OfSourceGroup) -> Response:
    """Describe a catalogue: how many sources it has, and what it says of each."""
    group = view_of(request).source_group(asked.source_group_id)
    return as_json(request, _described(group, request.state["services"].lists))


def get_sources_within(request: Asker, asked: Within) -> Response:
    """List the sources in a box that matter most: the brightest, or the most significant, as far as the catalogue says so."""
    catalogue = view_of(request).source_group(asked.source_group_id).catalogue
    order = _order(catalogue, asked)
    rows, found = catalogue.within(asked.box, order, asked.limit)
    if asked.ext == "bin":
        return send(request, Written(packed(catalogue, rows, found, order), OCTETS), CALLERS_OWN)
    answer = overlay_answers.SourcesWithin(
        found=found,
        left_out=found - len(rows),
        by=order.by if order else None,
        is_descending=bool(order and order.is_descending),
        sources=_numbered(catalogue, rows),
    )
    return as_json(request, answer)


def get_source(request: Asker, asked: OfRow) -> Response:
    """Tell everything that a catalogue says of one source."""
    catalogue = view_of(request).source_group(asked.source_group_id).catalogue
    if asked.row >= len(catalogue):
        raise SourceNotFound("There is no such source in this list.")
    (source,) = _numbered(catalogue, np.asarray([asked.row]))
    return as_json(request, source)


def get_sources_named(request: Asker, asked: Named) -> Response:
    """Find sources of a catalogue by part of their names."""
    catalogue = view_of(request).source_group(asked.source_group_id).catalogue
    return as_json(request, overlay_answers.SourcesNamed(sources=_numbered(catalogue, catalogue.named(asked.q, asked.limit))))


def _order(catalogue: Catalogue, asked: Within) -> Order | None:
    own = catalogue.order
    if asked.by is None and (own is None or asked.descending is None):
        return own
    by = asked.by or (own.by if own else "")
    is_descending = own.is_descending if own and own.by == by else True
    return catalogue.order_by(by, is_descending=is_descending if asked.descending is None else asked.descending)


def _numbered(catalogue: Catalogue, rows: Rows) -> tuple[overlay_answers.NumberedSource, ...]:
    return tuple(
        overlay_answers.NumberedSource(
            row=row, name=source.name, ra_deg=source.ra_deg, dec_deg=source.dec_deg, extra=dict(source.extra)
        )
        for row, source in zip(rows.tolist(), catalogue.sources_at(rows), strict=True)
    )


def _described(group: SourceGroup, lists: WrittenLists) -> overlay_answers.SourceGroupDescription:
    catalogue = group.catalogue
    order = catalogue.order
    fields = tuple(
        overlay_answers.SourceField(
            name=name, unit=each.unit, ucd=each.ucd, is_number=keys_of(each.cells, is_descending=True) is not None
        )
        for name, each in catalogue.extra.items()
    )
    return overlay_answers.SourceGroupDescription(
        source_group_id=group.source_group_id,
        name=group.name,
        description=group.description,
        grant=group.grant,
        number_of_sources=len(catalogue),
        is_sent_whole=lists.are_sent_whole(catalogue),
        has_names=catalogue.names is not None,
        by=order.by if order else None,
        is_descending=bool(order and order.is_descending),
        fields=fields,
    )


OF_A_LIST = [SourceGroupNotFound, MapUnreadable]
OPERATIONS = (
    Operation("/sources", get_source_groups, TAG, Nothing, overlay_answers.SourceGroups),
    Operation(
        "/sources/{source_group_id}",
        get_source_group,
        TAG,
        OfSourceGroup,
        overlay_answers.SourceGroup,
        raises=[*OF_A_LIST, ListTooLong],
    ),
    Operation(
        "/sources/{source_group_id}/description",
        get_source_group_description,
        TAG,
        OfSourceGroup,
        overlay_answers.SourceGroupDescription,
        raises=OF_A_LIST,
    ),
    Operation(
        "/sources/{source_group_id}/box/{left}/{right}/{top}/{bottom}/sources.{ext}",
        get_sources_within,
        TAG,
        Within,
        overlay_answers.SourcesWithin,
        media_types=["application/json", OCTETS],
        raises=OF_A_LIST,
        details=LAYOUT,
    ),
    Operation("/sources/{source_group_id}/named", get_sources_named, TAG, Named, overlay_answers.SourcesNamed, raises=OF_A_LIST),
    Operation(
        "/sources/{source_group_id}/rows/{row}",
        get_source,
        TAG,
        OfRow,
        overlay_answers.NumberedSource,
        raises=[*OF_A_LIST, SourceNotFound],
    ),
)
