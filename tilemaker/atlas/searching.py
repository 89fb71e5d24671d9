"""Finding nodes of the tree by what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .tree import BandNode, GroupNode, Groups, MapNode

if TYPE_CHECKING:
    from .layer import Layer

Node = GroupNode | MapNode | BandNode
Matches = Callable[["Node | Layer"], bool]


def matcher(words: str) -> Matches:
    """Return a test for nodes whose name or description holds the words, in one piece and in any case."""
    wanted = words.casefold()
    return lambda node: wanted in node.name.casefold() or wanted in (node.description or "").casefold()


@dataclass(frozen=True, slots=True)
class Pruning:
    """Cuts a tree back to the nodes that match, what hangs under them, and what they hang on."""

    matches: Matches

    def groups(self, groups: Groups) -> Groups:
        """Return what remains of the groups."""
        return tuple(kept for group in groups if (kept := self._group(group)))

    def _group(self, group: GroupNode) -> GroupNode | None:
        if self.matches(group):
            return group
        maps = tuple(kept for node in group.maps if (kept := self._map(node)))
        return replace(group, maps=maps) if maps else None

    def _map(self, node: MapNode) -> MapNode | None:
        if self.matches(node):
            return node
        bands = tuple(kept for band in node.bands if (kept := self._band(band)))
        return replace(node, bands=bands) if bands else None

    def _band(self, band: BandNode) -> BandNode | None:
        if self.matches(band):
            return band
        layers = tuple(layer for layer in band.layers if self.matches(layer))
        return replace(band, layers=layers) if layers else None


def matched_ids(groups: Groups, matches: Matches) -> Iterator[str]:
    """Yield the ids of the nodes that match themselves, in menu order."""
    for group in groups:
        yield from [group.map_group_id] if matches(group) else []
        for node in group.maps:
            yield from [node.map_id] if matches(node) else []
            for band in node.bands:
                yield from [band.band_id] if matches(band) else []
                yield from (layer.layer_id for layer in band.layers if matches(layer))
