"""What the server says, as models: the JSON of every answer that is not an analysis's own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from tilemaker.render.quantise import Encoding


class Answer(BaseModel):
    """Anything sent as JSON. NaN and infinities become null."""

    model_config = ConfigDict(
        frozen=True, from_attributes=True, use_attribute_docstrings=True, json_schema_serialization_defaults_required=True
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

    model_config = ConfigDict(from_attributes=True)


class Maps(RootModel[tuple[MapSummary, ...]]):
    """The maps of a group."""

    model_config = ConfigDict(from_attributes=True)


class Bands(RootModel[tuple[BandSummary, ...]]):
    """The bands of a map."""

    model_config = ConfigDict(from_attributes=True)


class Layers(RootModel[tuple[LayerSummary, ...]]):
    """The layers of a band."""

    model_config = ConfigDict(from_attributes=True)


class AtlasTree(RootModel[tuple[MapGroupTree, ...]]):
    """Everything the caller may see."""


# ── sources and boxes ────────────────────────────────────────────────────────────────────────────────────────────


class SourceGroupSummary(Answer):
    """A list of sources, by name."""

    source_group_id: str
    name: str
    description: str | None


class SourceGroups(RootModel[tuple[SourceGroupSummary, ...]]):
    """Every list of sources."""

    model_config = ConfigDict(from_attributes=True)


class Source(Answer):
    """One source."""

    name: str | None
    ra: float = Field(validation_alias="ra_deg")
    """Right ascension, degrees."""
    dec: float = Field(validation_alias="dec_deg")
    """Declination, degrees."""
    extra: dict[str, JsonValue]
    """Whatever else the catalogue says."""


class SourceGroup(SourceGroupSummary):
    """A list of sources."""

    grant: str | None
    sources: tuple[Source, ...]


class Box(Answer):
    """A named part of the sky."""

    name: str
    description: str | None
    top_left_ra: float
    """Lowest RA, degrees, in -180..180."""
    top_left_dec: float
    """Highest Dec, degrees."""
    bottom_right_ra: float
    """Highest RA, degrees; above 180 when the box lies across RA 180."""
    bottom_right_dec: float
    """Lowest Dec, degrees."""
    grant: str | None


class Boxes(RootModel[tuple[Box, ...]]):
    """Every named part of the sky."""


class SourceField(Answer):
    """What a catalogue says of each source, beside its name and place."""

    name: str
    unit: str | None
    ucd: str | None
    """What it is, in the words of the Virtual Observatory, as the file has it."""
    is_number: bool
    """Whether sources can be ordered by it."""


class SourceGroupDescription(SourceGroupSummary):
    """A list of sources, without the sources."""

    grant: str | None
    number_of_sources: int
    is_sent_whole: bool
    """Whether `/sources/{source_group_id}` sends all of them. Of longer lists, parts are sent."""
    has_names: bool
    by: str | None
    """The field that says which sources matter most: their magnitude, flux or significance, say; null for the order of the file."""
    is_descending: bool
    """Whether the greatest matter most, as for a flux; of magnitudes the least do."""
    fields: tuple[SourceField, ...]


class NumberedSource(Source):
    """A source of a list of which a part is sent."""

    row: int
    """Its number in the list, from 0."""


class SourcesWithin(Answer):
    """The sources in a box that matter most, those first."""

    found: int
    """How many there are in the box."""
    left_out: int
    """How many of them are not among these."""
    by: str | None
    """The field that they are ordered by; null for the order of the file."""
    is_descending: bool
    sources: tuple[NumberedSource, ...]


class SourcesNamed(Answer):
    """The first sources whose names hold some words."""

    sources: tuple[NumberedSource, ...]


class RegionGroupSummary(Answer):
    """A list of regions, by name."""

    region_group_id: str
    name: str
    description: str | None


class RegionGroups(RootModel[tuple[RegionGroupSummary, ...]]):
    """Every list of regions."""

    model_config = ConfigDict(from_attributes=True)


class Outline(Answer):
    """A line, to be drawn straight from point to point in RA and Dec."""

    points: tuple[tuple[float, float], ...]
    """RA and Dec, degrees. RA runs on without a jump, its lowest in -180..180. A closed line ends where it begins, or 360 degrees
    from there when it goes round a pole."""
    is_closed: bool
    """Whether it goes round an area."""
    pole: Literal[-90, 90] | None
    """Dec of the pole that lies in that area."""


class Region(Answer):
    """A part of the sky of any shape."""

    name: str | None
    shape: str
    """What it is, such as `circle`, `ellipse`, `box`, `polygon`, `annulus`, `line` or `text`."""
    size: str
    """How large it is, for people; may be empty."""
    ra: float
    """Where its name belongs, degrees."""
    dec: float
    """The same, degrees."""
    colour: str | None
    """What it is to be drawn in, as HTML has it."""
    is_excluded: bool
    """Whether it marks what is not meant."""
    outlines: tuple[Outline, ...]
    """Two of an annulus, none of a text. They stray from the true shape by less than a four-thousandth of its size."""


class RegionGroup(RegionGroupSummary):
    """A list of regions."""

    grant: str | None
    regions: tuple[Region, ...]


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
