"""Catalogues as they are sent: a hundred thousand sources are written and compressed once, not for every visitor."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache

from tilemaker.tiles.flight import Flight

from . import answers
from .replies import Written

if TYPE_CHECKING:
    from tilemaker.atlas.catalogues import Catalogue
    from tilemaker.atlas.sources import SourceGroup

CATALOGUES_KEPT = 16


class WrittenCatalogues:
    """The catalogues written last. A catalogue whose file has changed is written again."""

    def __init__(self) -> None:
        self._kept: LRUCache[str, tuple[Catalogue, Written]] = LRUCache(CATALOGUES_KEPT)
        self._lock = Lock()
        self._flight: Flight[Written] = Flight()

    def written(self, group: SourceGroup) -> Written:
        """Return a list of sources as JSON. Raises `MapUnreadable`."""
        catalogue = group.catalogue
        with self._lock:
            kept = self._kept.get(group.source_group_id)
        # The same object, as long as the file is: no need to compare what is in it.
        if kept is not None and kept[0] is catalogue:
            return kept[1]
        # Whoever wants the same waits for it, and nobody else does.
        written = self._flight.share(f"{id(catalogue)} {group.source_group_id}", partial(_write, group, catalogue))
        with self._lock:
            self._kept[group.source_group_id] = catalogue, written
        return written


def _write(group: SourceGroup, catalogue: Catalogue) -> Written:
    answer = answers.SourceGroup(
        source_group_id=group.source_group_id,
        name=group.name,
        description=group.description,
        grant=group.grant,
        sources=tuple(answers.Source.model_validate(source) for source in catalogue),
    )
    return Written(answer.model_dump_json().encode())
