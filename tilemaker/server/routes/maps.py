"""The atlas, level by level and as a whole."""

from __future__ import annotations

from starlette.responses import Response

from tilemaker.analysis.parameters import OfLayer
from tilemaker.errors import BandNotFound, GroupNotFound, LayerNotFound, MapNotFound
from tilemaker.server import answers
from tilemaker.server.describe import layer_in_full, menu_towards, whole_tree
from tilemaker.server.operations import Asker, Nothing, Operation
from tilemaker.server.parameters import OfBand, OfGroup, OfMap
from tilemaker.server.replies import as_json
from tilemaker.server.visibility import view_of

TAG = "Atlas"


def get_map_groups(request: Asker, _asked: Nothing) -> Response:
    """List the map groups."""
    return as_json(request, answers.MapGroups.model_validate(view_of(request).groups))


def get_maps(request: Asker, asked: OfGroup) -> Response:
    """List the maps of a group."""
    return as_json(request, answers.Maps.model_validate(view_of(request).map_group(asked.map_group_id).maps))


def get_bands(request: Asker, asked: OfMap) -> Response:
    """List the bands of a map."""
    return as_json(request, answers.Bands.model_validate(view_of(request).map(asked.map_id).bands))


def get_layers(request: Asker, asked: OfBand) -> Response:
    """List the layers of a band."""
    return as_json(request, answers.Layers.model_validate(view_of(request).band(asked.band_id).layers))


def get_default_layer(request: Asker, _asked: Nothing) -> Response:
    """Describe the layer to begin with, and list the way to it."""
    view = view_of(request)
    layer = view.default_layer()
    described = layer_in_full(layer, request.state["services"]) if layer else None
    return as_json(request, answers.DefaultLayer(layer=described, default_layer_menu=menu_towards(view, layer)))


def get_layer(request: Asker, asked: OfLayer) -> Response:
    """Describe a layer."""
    return as_json(request, layer_in_full(view_of(request).layer(asked.layer_id), request.state["services"]))


def get_tree(request: Asker, _asked: Nothing) -> Response:
    """Describe everything at once, layers in full.

    Opens every map; a viewer does better to walk level by level.
    """
    return as_json(request, whole_tree(view_of(request), request.state["services"]))


OPERATIONS = (
    Operation("/map-groups", get_map_groups, TAG, Nothing, answers.MapGroups),
    Operation("/map-groups/{map_group_id}/maps", get_maps, TAG, OfGroup, answers.Maps, raises=[GroupNotFound]),
    Operation("/maps/{map_id}/bands", get_bands, TAG, OfMap, answers.Bands, raises=[MapNotFound]),
    Operation("/bands/{band_id}/layers", get_layers, TAG, OfBand, answers.Layers, raises=[BandNotFound]),
    # Before the address of a layer, which it would otherwise be taken for.
    Operation("/layers/default", get_default_layer, TAG, Nothing, answers.DefaultLayer),
    Operation("/layers/{layer_id}", get_layer, TAG, OfLayer, answers.Layer, raises=[LayerNotFound]),
    Operation("/maps", get_tree, TAG, Nothing, answers.AtlasTree),
)
