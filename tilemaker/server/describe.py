"""Layers, groups and menus as the server describes them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tilemaker.analysis.drawing import encoding_of
from tilemaker.errors import MapError, MapStalled
from tilemaker.sky.boxes import short_way_round

from . import answers, overlay_answers
from .caching import version_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tilemaker.analysis.product import Bounds
    from tilemaker.atlas.atlas import View
    from tilemaker.atlas.layer import Layer
    from tilemaker.atlas.models import Box
    from tilemaker.atlas.tree import BandNode, GroupNode, MapNode

    from .services import Services

TOGETHER_SECONDS = 2.0
"""How long all layers together may take to be described before they are asked one by one: a thousand take a third of a second."""


def layer_in_full(layer: Layer, services: Services, *, with_encoding: bool = True) -> answers.Layer:
    """Describe a layer, whether or not its map can be read.

    Parameters
    ----------
    layer
        The layer.
    services
        How it is asked, and what its limits depend on beside.
    with_encoding
        Whether to say how number tiles are read, for which the map is looked into once.
    """
    ask = partial(_of_map, layer, services.bounds, with_encoding=with_encoding)
    return _described(layer, partial(services.attention.to, (layer, with_encoding), ask))


def _described(layer: Layer, ask: Callable[[], answers.OfMapFile]) -> answers.Layer:
    configured = answers.LayerAsConfigured.model_validate(layer)
    try:
        of_map = ask()
    except MapError as error:
        of_map = answers.OfMapFile(available=False, reason=str(error))
    return answers.Layer(**vars(configured), **vars(of_map))


def _of_map(layer: Layer, bounds: Bounds, *, with_encoding: bool) -> answers.OfMapFile:
    provider = layer.provider
    grid, box, progress = provider.extent.grid, provider.extent.box, provider.progress
    # A map all the way round begins half a pixel from RA -180, or anywhere: whoever frames it wants the circle.
    west_deg, east_deg = (-180.0, 180.0) if box.width_deg >= 360.0 else (box.west_deg, box.east_deg)
    return answers.OfMapFile(
        units=layer.units_in(provider.extent),
        polarisation=provider.extent.polarisation,
        number_of_levels=grid.levels,
        tile_size=grid.tile_size,
        bounding_left=west_deg,
        bounding_right=east_deg,
        bounding_top=box.north_deg,
        bounding_bottom=box.south_deg,
        grid=answers.Grid.model_validate(grid),
        version=version_of(layer, provider, bounds),
        encoding=encoding_of(layer) if with_encoding else None,
        progress=progress,
        is_final=progress >= 1.0,
    )


def whole_tree(view: View, services: Services) -> answers.AtlasTree:
    """Describe everything in view, layers in full."""
    layers = _all_in_full(view, services)
    return answers.AtlasTree(tuple(_group_in_full(group, layers) for group in view.groups))


def _all_in_full(view: View, services: Services) -> Mapping[Layer, answers.Layer]:
    """Describe every layer in view: all in one go, or one by one those that are left when that takes long: one may never answer."""
    described: dict[Layer, answers.Layer] = {}

    def describe_all() -> Mapping[Layer, answers.Layer]:
        for layer in view.layers():
            described[layer] = _described(layer, partial(_of_map, layer, services.bounds, with_encoding=False))
        return described

    try:
        return services.attention.to((view, "all"), describe_all, TOGETHER_SECONDS)
    except MapStalled:
        return {layer: described.get(layer) or layer_in_full(layer, services, with_encoding=False) for layer in view.layers()}


def _group_in_full(group: GroupNode, layers: Mapping[Layer, answers.Layer]) -> answers.MapGroupTree:
    summary = answers.MapGroupSummary.model_validate(group)
    return answers.MapGroupTree(**vars(summary), maps=tuple(_map_in_full(below, layers) for below in group.maps))


def _map_in_full(node: MapNode, layers: Mapping[Layer, answers.Layer]) -> answers.MapTree:
    summary = answers.MapSummary.model_validate(node)
    return answers.MapTree(**vars(summary), bands=tuple(_band_in_full(below, layers) for below in node.bands))


def _band_in_full(band: BandNode, layers: Mapping[Layer, answers.Layer]) -> answers.BandTree:
    summary = answers.BandSummary.model_validate(band)
    return answers.BandTree(**vars(summary), layers=tuple(layers[layer] for layer in band.layers))


def menu(view: View) -> tuple[answers.MapGroupMenu, ...]:
    """List everything in view by name."""
    return tuple(answers.MapGroupMenu.model_validate(group) for group in view.groups)


def menu_towards(view: View, layer: Layer | None) -> tuple[answers.MapGroupMenu, ...]:
    """List every group, and what is under it only along the way to a layer."""
    way = (layer.map_group_id, layer.map_id, layer.band_id) if layer else ()
    return tuple(_group_on(way, group) for group in menu(view))


def _group_on(way: Sequence[str], group: answers.MapGroupMenu) -> answers.MapGroupMenu:
    maps = tuple(_map_on(way, below) for below in group.maps) if group.map_group_id in way[:1] else ()
    return group.model_copy(update={"maps": maps})


def _map_on(way: Sequence[str], node: answers.MapMenu) -> answers.MapMenu:
    bands = tuple(_band_on(way, below) for below in node.bands) if node.map_id in way[1:2] else ()
    return node.model_copy(update={"bands": bands})


def _band_on(way: Sequence[str], band: answers.BandMenu) -> answers.BandMenu:
    return band if band.band_id in way[2:] else band.model_copy(update={"layers": ()})


def named_box(box: Box) -> overlay_answers.Box:
    """Describe a box with its lowest RA at the left, whichever way round it was written.

    Front ends draw it from the left eastward to the right and from the bottom to the top, and fail on one that is inside out.
    """
    left_deg, right_deg = short_way_round(box.top_left_ra, box.bottom_right_ra)
    bottom_deg, top_deg = sorted((box.top_left_dec, box.bottom_right_dec))
    return overlay_answers.Box(
        name=box.name,
        description=box.description,
        top_left_ra=left_deg,
        top_left_dec=top_deg,
        bottom_right_ra=right_deg,
        bottom_right_dec=bottom_deg,
        grant=box.grant,
    )
