"""The tree of maps as a visitor sees it: groups ▸ maps ▸ bands ▸ layers, as plain values, and what remains of it for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tilemaker.errors import ConfigurationError

from .layer import Grants, Layer, LayerPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tilemaker.providers.workshop import Workshop

    from .models import Band, Config, LayerConfig, Map, MapGroup


@dataclass(frozen=True, slots=True)
class BandNode:
    """A band, and the layers of it that may be seen."""

    band_id: str
    name: str
    description: str | None
    grant: str | None
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map, and the bands of it that may be seen."""

    map_id: str
    name: str
    description: str | None
    grant: str | None
    bands: tuple[BandNode, ...]


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A map group, and the maps of it that may be seen."""

    map_group_id: str
    name: str
    description: str | None
    grant: str | None
    maps: tuple[MapNode, ...]


Groups = tuple[GroupNode, ...]


def layers_of(groups: Groups) -> Iterator[Layer]:
    """Yield every layer, in menu order."""
    return (layer for group in groups for node in group.maps for band in node.bands for layer in band.layers)


def may_see(grant: str | None, grants: Grants) -> bool:
    """Tell whether a visitor with these grants may see something that asks for one, or for none."""
    return grant is None or grant in grants


def visible_part(groups: Groups, grants: Grants) -> Groups:
    """Return the tree without the branches whose grant is not held.

    A branch goes with everything on it, so what remains required only grants that are held, from the group down. A group, map or
    band that may itself be seen stays even when nothing under it may be: its grant says who sees its name, and a list of it is
    then empty.
    """

    def of_map(node: MapNode) -> MapNode:
        bands = (band for band in node.bands if may_see(band.grant, grants))
        return replace(node, bands=tuple(replace(band, layers=_visible(band.layers, grants)) for band in bands))

    def of_group(group: GroupNode) -> GroupNode:
        return replace(group, maps=tuple(of_map(node) for node in group.maps if may_see(node.grant, grants)))

    return tuple(of_group(group) for group in groups if may_see(group.grant, grants))


def _visible(layers: tuple[Layer, ...], grants: Grants) -> tuple[Layer, ...]:
    return tuple(layer for layer in layers if may_see(layer.grant, grants))


def tree_of(config: Config, workshop: Workshop) -> Groups:
    """Make the whole tree of a configuration in which every node has its id.

    Raises
    ------
    ConfigurationError
        A layer is weighted by one that there is not.
    """
    layers = {layer.layer_id or "": layer for layer in _layers_of(config)}
    unknown = [layer for layer in layers.values() if layer.weights and layer.weights.layer_id not in layers]
    if unknown:
        raise ConfigurationError(*(f'layer "{layer.layer_id}": "weights" names a layer that there is not' for layer in unknown))
    planting = _Planting(workshop, layers)
    return tuple(planting.group(group) for group in config.map_groups)


def _layers_of(config: Config) -> Iterator[LayerConfig]:
    bands = (band for group in config.map_groups for node in group.maps for band in node.bands)
    return (layer for band in bands for layer in band.layers)


@dataclass(frozen=True, slots=True)
class _Planting:
    """Makes nodes from the top down, carrying along what the layers need to know of the nodes above them."""

    workshop: Workshop
    layers: Mapping[str, LayerConfig]
    """All of them, by their ids."""

    def group(self, group: MapGroup) -> GroupNode:
        """Make a group and everything under it."""
        place = LayerPlace(group.map_group_id or "", "", "", _and(group.grant))
        maps = tuple(self.map(part, place) for part in group.maps)
        return GroupNode(place.map_group_id, group.name, group.description, group.grant, maps)

    def map(self, node: Map, above: LayerPlace) -> MapNode:
        """Make a map and everything under it."""
        place = LayerPlace(above.map_group_id, node.map_id or "", "", _and(node.grant, above.required))
        bands = tuple(self.band(part, place) for part in node.bands)
        return MapNode(place.map_id, node.name, node.description, node.grant, bands)

    def band(self, band: Band, above: LayerPlace) -> BandNode:
        """Make a band and its layers."""
        place = LayerPlace(above.map_group_id, above.map_id, band.band_id or "", _and(band.grant, above.required))
        layers = tuple(self.layer(part, place) for part in band.layers)
        return BandNode(place.band_id, band.name, band.description, band.grant, layers)

    def layer(self, layer: LayerConfig, above: LayerPlace) -> Layer:
        """Make a layer; its file stays closed."""
        weights = self.layers[layer.weights.layer_id] if layer.weights else None
        place = above if layer.grant is None else replace(above, required=_and(layer.grant, above.required))
        return Layer(layer, place, self.workshop, weights=weights)


def _and(grant: str | None, required: Grants = frozenset()) -> Grants:
    """Return the grants required so far and one more; a grant is one whole string, however many letters it has."""
    return required if grant is None else required | {grant}
