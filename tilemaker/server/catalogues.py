"""Catalogues and regions as they are sent: a hundred thousand sources are written and compressed once, not for every visitor."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache

from tilemaker.errors import ListTooLong
from tilemaker.tiles.flight import Flight

from . import overlay_answers
from .replies import Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilemaker.atlas.catalogues import Catalogue
    from tilemaker.atlas.outlines import SkyRegion
    from tilemaker.atlas.sources import RegionGroup, SourceGroup

LISTS_KEPT = 16
MOST_SENT_WHOLE = 200_000
"""Sources of a list that is sent in one piece: 30 MB of JSON. The viewer asks for the parts of shorter ones, too."""


class WrittenLists:
    """The catalogues and lists of regions written last. One whose file has changed is written again.

    Parameters
    ----------
    most_sources
        Of a list that is sent in one piece.
    """

    def __init__(self, most_sources: int = MOST_SENT_WHOLE) -> None:
        self._most_sources = most_sources
        self._kept: LRUCache[tuple[str, str], tuple[object, Written]] = LRUCache(LISTS_KEPT)
        self._lock = Lock()
        self._flight: Flight[Written] = Flight()

    def are_sent_whole(self, catalogue: Catalogue) -> bool:
        """Whether `sources` returns these, rather than raise `ListTooLong`."""
        return len(catalogue) <= self._most_sources

    def sources(self, group: SourceGroup) -> Written:
        """Return a list of sources as JSON. Raises `MapUnreadable`, and `ListTooLong`."""
        catalogue = group.catalogue
        if not self.are_sent_whole(catalogue):
            sentence = f"The list has {len(catalogue)} sources, and no more than {self._most_sources} are sent at once"
            raise ListTooLong(f"{sentence}: ask for those in a box.")
        return self._written(("sources", group.source_group_id), catalogue, partial(_write_sources, group, catalogue))

    def regions(self, group: RegionGroup) -> Written:
        """Return a list of regions as JSON. Raises `MapUnreadable`."""
        regions = group.regions
        return self._written(("regions", group.region_group_id), regions, partial(_write_regions, group, regions))

    def _written(self, key: tuple[str, str], content: object, write: Callable[[], Written]) -> Written:
        with self._lock:
            kept = self._kept.get(key)
        # The same object, as long as the file is: no need to compare what is in it.
        if kept is not None and kept[0] is content:
            return kept[1]
        # Whoever wants the same waits for it, and nobody else does.
        written = self._flight.share(f"{id(content)} {key}", write)
        with self._lock:
            self._kept[key] = content, written
        return written


def _write_sources(group: SourceGroup, catalogue: Catalogue) -> Written:
    answer = overlay_answers.SourceGroup(
        source_group_id=group.source_group_id,
        name=group.name,
        description=group.description,
        grant=group.grant,
        sources=tuple(overlay_answers.Source.model_validate(source) for source in catalogue),
    )
    return Written(answer.model_dump_json().encode())


def _write_regions(group: RegionGroup, regions: tuple[SkyRegion, ...]) -> Written:
    answer = overlay_answers.RegionGroup(
        region_group_id=group.region_group_id,
        name=group.name,
        description=group.description,
        grant=group.grant,
        regions=tuple(_region(region) for region in regions),
    )
    return Written(answer.model_dump_json().encode())


def _region(region: SkyRegion) -> overlay_answers.Region:
    outlines = tuple(
        overlay_answers.Outline(points=line.points.tolist(), is_closed=line.is_closed, pole=line.pole) for line in region.outlines
    )
    return overlay_answers.Region(
        name=region.name,
        shape=region.shape,
        size=region.size,
        ra=region.ra_deg,
        dec=region.dec_deg,
        colour=region.colour,
        is_excluded=region.is_excluded,
        outlines=outlines,
    )
