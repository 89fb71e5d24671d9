"""What there is to look at, and the part of it each visitor may see.

An `Atlas` hands out nothing itself: it makes a `View` for the grants a visitor holds, and everything else is reached through that.
What a view does not hold cannot be asked for, so nobody further down needs to check grants, or can forget to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from tilemaker.errors import BandNotFound, GroupNotFound, LayerNotFound, MapNotFound, RegionGroupNotFound, SourceGroupNotFound

from .layer import Grants, Layer
from .naming import with_ids
from .searching import Pruning, matched_ids, matcher
from .sources import RegionGroup, SourceGroup
from .tree import BandNode, GroupNode, Groups, MapNode, layers_of, may_see, tree_of, visible_part

if TYPE_CHECKING:
    from tilemaker.providers.workshop import Workshop

    from .models import Box, Config

VIEWS_KEPT = 256
"""How many different sets of grants have their view kept ready."""


class Atlas:
    """Everything this server knows. Immutable; a changed configuration makes a new one.

    Parameters
    ----------
    config
        The configuration, its file names absolute or relative to the working directory. Ids may be missing.
    workshop
        What the providers share.

    Raises
    ------
    ConfigurationError
        Two layers have the same id.
    """

    def __init__(self, config: Config, workshop: Workshop) -> None:
        named = with_ids(config)
        sources = tuple(SourceGroup(group) for group in named.source_groups)
        regions = tuple(RegionGroup(group) for group in named.region_groups)
        self._everything = View(tree_of(named, workshop), Overlays(named.boxes, sources, regions))
        self._view = lru_cache(maxsize=VIEWS_KEPT)(self._everything.part_for)
        self._known_grants = self._everything.grants_asked_for()

    def visible_to(self, grants: Grants) -> View:
        """Return what a visitor with these grants may see. Grants that nothing here asks for make no difference."""
        held = grants & self._known_grants
        return self._everything if held == self._known_grants else self._view(held)

    def all_layers(self) -> Iterator[Layer]:
        """Yield every layer, hidden ones too, in menu order: for work at the start of the server, never for an answer."""
        return layers_of(self._everything.groups)


@dataclass(frozen=True, slots=True)
class Overlays:
    """What is drawn over maps."""

    boxes: tuple[Box, ...] = ()
    source_groups: tuple[SourceGroup, ...] = ()
    region_groups: tuple[RegionGroup, ...] = ()

    def part_for(self, grants: Grants) -> Overlays:
        """Return those that ask for no other grants than these."""
        return Overlays(
            tuple(box for box in self.boxes if may_see(box.grant, grants)),
            tuple(group for group in self.source_groups if may_see(group.grant, grants)),
            tuple(group for group in self.region_groups if may_see(group.grant, grants)),
        )

    def grants_asked_for(self) -> set[str | None]:
        """Return every grant that any of them asks for."""
        groups: tuple[SourceGroup | RegionGroup, ...] = (*self.source_groups, *self.region_groups)
        return {box.grant for box in self.boxes} | {group.grant for group in groups}


class View:
    """The part of an atlas one visitor may see. Nothing outside it can be reached through it.

    What is hidden and what does not exist raise the same error with the same words.

    Parameters
    ----------
    groups
        The tree, cut back to what may be seen.
    overlays
        What is drawn over maps, as far as it may be seen.
    """

    def __init__(self, groups: Groups, overlays: Overlays) -> None:
        self.groups = groups
        self._overlays = overlays

    def layer(self, layer_id: str) -> Layer:
        """Return a layer. Raises `LayerNotFound`."""
        try:
            return self._layers[layer_id]
        except KeyError:
            raise LayerNotFound("There is no such layer.") from None

    def map_group(self, map_group_id: str) -> GroupNode:
        """Return a map group. Raises `GroupNotFound`."""
        for group in self.groups:
            if group.map_group_id == map_group_id:
                return group
        raise GroupNotFound("There is no such map group.")

    def map(self, map_id: str) -> MapNode:
        """Return a map. Raises `MapNotFound`."""
        for group in self.groups:
            for node in group.maps:
                if node.map_id == map_id:
                    return node
        raise MapNotFound("There is no such map.")

    def band(self, band_id: str) -> BandNode:
        """Return a band. Raises `BandNotFound`."""
        for node in (node for group in self.groups for node in group.maps):
            for band in node.bands:
                if band.band_id == band_id:
                    return band
        raise BandNotFound("There is no such band.")

    def boxes(self) -> tuple[Box, ...]:
        """Return the boxes, in the order of the file."""
        return self._overlays.boxes

    def source_groups(self) -> tuple[SourceGroup, ...]:
        """Return the lists of sources, in the order of the file."""
        return self._overlays.source_groups

    def source_group(self, source_group_id: str) -> SourceGroup:
        """Return a list of sources. Raises `SourceGroupNotFound`."""
        for group in self._overlays.source_groups:
            if group.source_group_id == source_group_id:
                return group
        raise SourceGroupNotFound("There is no such list of sources.")

    def region_groups(self) -> tuple[RegionGroup, ...]:
        """Return the lists of regions, in the order of the file."""
        return self._overlays.region_groups

    def region_group(self, region_group_id: str) -> RegionGroup:
        """Return a list of regions. Raises `RegionGroupNotFound`."""
        for group in self._overlays.region_groups:
            if group.region_group_id == region_group_id:
                return group
        raise RegionGroupNotFound("There is no such list of regions.")

    def layers(self) -> Iterator[Layer]:
        """Yield the layers, in menu order."""
        return layers_of(self.groups)

    def default_layer(self) -> Layer | None:
        """Return the layer to show first: the first in menu order, None when there is none."""
        return next(self.layers(), None)

    def search(self, words: str) -> Found:
        """Return what is left of the tree when only what holds the words is kept.

        Parameters
        ----------
        words
            Part of a name or description, in any case. A node that holds them is kept with all that hangs under it.
        """
        matches = matcher(words)
        remaining = View(Pruning(matches).groups(self.groups), self._overlays)
        return Found(remaining, tuple(matched_ids(self.groups, matches)))

    def part_for(self, grants: Grants) -> View:
        """Return the part of this view that asks for no other grants than these."""
        return View(visible_part(self.groups, grants), self._overlays.part_for(grants))

    def grants_asked_for(self) -> Grants:
        """Return every grant that anything in this view asks for."""
        asked_for = {thing.grant for thing in self.groups}
        asked_for |= self._overlays.grants_asked_for()
        for node in (node for group in self.groups for node in group.maps):
            asked_for |= {node.grant, *(band.grant for band in node.bands)}
        asked_for |= {layer.grant for layer in self.layers()}
        return frozenset(grant for grant in asked_for if grant is not None)

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        return {layer.layer_id: layer for layer in self.layers()}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leaves."""

    view: View
    """The part of the view that matches."""
    matched_ids: tuple[str, ...]
    """The ids of the groups, maps, bands and layers that match themselves, in menu order."""
