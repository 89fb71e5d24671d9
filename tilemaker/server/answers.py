"""What the server says, as models: the JSON of every answer that is not an analysis's own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, RootModel

from tilemaker.described import describe
from tilemaker.render.quantise import Encoding


class Answer(BaseModel):
    """Anything sent as JSON. NaN and infinities become null."""

    model_config = ConfigDict(
        defer_build=True,  # until it is first used: there are many, and a start needs a few
        frozen=True,
        from_attributes=True,
        json_schema_extra=describe,
        json_schema_serialization_defaults_required=True,
    )


class Error(Answer):
    """Why a request has no other answer."""

    detail: str
    """One sentence."""
    type: str
    """Name of the mistake, such as `LayerNotFound`."""


# ── the atlas ────────────────────────────────────────────────────────────────────────────────────────────────────


class Named(Answer):
    """What every level of the atlas has."""

    name: str
    description: str | None
    grant: str | None
    """The grant that this level asks for, beside those of the levels above it."""


class MapGroupSummary(Named):
    """A map group, without its maps."""

    map_group_id: str


class MapSummary(Named):
    """A map, without its bands."""

    map_id: str


class BandSummary(Named):
    """A band, without its layers."""

    band_id: str


class LayerSummary(Named):
    """A layer's name."""

    layer_id: str


class BandMenu(BandSummary):
    """A band and its layers."""

    layers: tuple[LayerSummary, ...]


class MapMenu(MapSummary):
    """A map and what is under it."""

    bands: tuple[BandMenu, ...]


class MapGroupMenu(MapGroupSummary):
    """A map group and what is under it."""

    maps: tuple[MapMenu, ...]


class Grid(Answer):
    """The tile pyramid, in degrees.

    The centre of pixel (row r, column c) of the finest level is RA west_deg + (c + 0.5) pixel_deg, Dec
    south_deg + (r + 0.5) pixel_deg.
    """

    pixel_deg: float
    tile_size: int
    levels: int
    west_deg: float
    south_deg: float


class LayerAsConfigured(LayerSummary):
    """What is known of a layer without opening its map."""

    map_group_id: str
    map_id: str
    band_id: str
    quantity: str | None
    vmin: float | Literal["auto"]
    """Recommended lower limit; `auto` is resolved by the histogram."""
    vmax: float | Literal["auto"]
    """Recommended upper limit."""
    cmap: str
    """Recommended colour map."""


class OfMapFile(Answer):
    """What the map itself says; null while it cannot be read."""

    units: str | None = None
    polarisation: str | None = None
    """The convention that U is counted in, `IAU` or `COSMO`, as POLCCONV has it; null where the file does not say."""
    number_of_levels: int | None = None
    """Levels of the tile pyramid; the finest is one less."""
    tile_size: int | None = None
    """Pixels along a tile's side."""
    bounding_left: float | None = None
    """Lowest RA of the map, degrees, in -180..180."""
    bounding_right: float | None = None
    """Highest RA of the map, degrees; above 180 when the map lies across RA 180."""
    bounding_top: float | None = None
    """Highest Dec, degrees."""
    bounding_bottom: float | None = None
    """Lowest Dec, degrees."""
    grid: Grid | None = None
    version: str | None = None
    """Changes whenever a tile may have changed. Tiles asked for with `?v=` and this text may be cached for ever."""
    encoding: Encoding | None = None
    """How number tiles (`tile.bin`) are to be read. Null in `/maps`, which would have to look into every map for it."""
    is_final: bool = False
    """Whether coarse tiles are means of all their pixels; until the overview is built they are previews."""
    progress: float = 0.0
    """How much of the overview is built, 0 to 1."""
    available: bool = True
    """Whether the map can be read."""
    reason: str | None = None
    """Why it cannot."""


class Layer(OfMapFile, LayerAsConfigured):
    """A layer in full."""


class BandTree(BandSummary):
    """A band and its layers in full."""

    layers: tuple[Layer, ...]


class MapTree(MapSummary):
    """A map and everything under it."""

    bands: tuple[BandTree, ...]


class MapGroupTree(MapGroupSummary):
    """A map group and everything under it."""

    maps: tuple[MapTree, ...]


class DefaultLayer(Answer):
    """Where to begin."""

    layer: Layer | None
    """The first layer that the caller may see."""
    default_layer_menu: tuple[MapGroupMenu, ...]
    """Every map group; maps, bands and layers are listed along the way to the layer only."""


class SearchResult(Answer):
    """What a search found."""

    filtered_layer_menu: tuple[MapGroupMenu, ...]
    """The tree, with only what matches, what is under it, and the way to it."""
    matched_ids: tuple[str, ...]
    """The groups, maps, bands and layers that match by themselves."""


class MapGroups(RootModel[tuple[MapGroupSummary, ...]]):
    """Every map group."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Maps(RootModel[tuple[MapSummary, ...]]):
    """The maps of a group."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Bands(RootModel[tuple[BandSummary, ...]]):
    """The bands of a map."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Layers(RootModel[tuple[LayerSummary, ...]]):
    """The layers of a band."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class AtlasTree(RootModel[tuple[MapGroupTree, ...]]):
    """Everything the caller may see."""

    model_config = ConfigDict(defer_build=True)


# ── the service itself ───────────────────────────────────────────────────────────────────────────────────────────


class Health(Answer):
    """The server answers."""

    status: Literal["ok"]
    version: str


class LoginState(Answer):
    """Who the caller is, as far as this service knows."""

    can_log_in: bool
    """Whether there is anything to log in to."""
    logged_in: bool
    name: str | None
    """What to call whoever is logged in."""
    expires_at: datetime | None
    """When the login has to be renewed. A browser renews it by asking for this, or for the page, in the second half of its time."""
    login_url: str | None
    """Where to send the browser to log in, relative to this service. `?next=` names the page to come back to, relative too."""
    logout_url: str | None
    """Where to send it to log out."""


class LayerState(Answer):
    """How one layer is."""

    layer_id: str
    state: Literal["ready", "building", "unavailable"]
    progress: float
    reason: str | None


class Readiness(Answer):
    """How every layer that the caller may see is."""

    ready: bool
    layers: tuple[LayerState, ...]
