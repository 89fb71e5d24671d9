"""The configuration file, as pydantic models: map groups ▸ maps ▸ bands ▸ layers, lists of sources, and boxes.

The models accept exactly what ``docs/configuration.md`` describes. Ids may be left out; `tilemaker.atlas.naming` fills them in.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tilemaker.described import describe
from tilemaker.providers import AnyProvider
from tilemaker.providers.base import from_folder

from .filenames import whole_characters
from .remarks import allow_remarks, without_remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationInfo
    from pydantic.config import JsonDict


def _checked_id(text: str) -> str:
    """Refuse ids that could never be asked for, because a URL with them means something else."""
    if text in {"", ".", ".."} or any(letter in "/?#%\\" or not letter.isprintable() for letter in text):
        raise PydanticCustomError(
            "identifier", 'should be text that fits into a URL: not empty, not "." or "..", without / ? # % \\'
        )
    return text


def _checked_layer_id(text: str) -> str:
    """Refuse the one word that ``/layers/default`` already uses."""
    if text == "default":
        raise PydanticCustomError("identifier", 'should be another word: "default" is the address of the layer shown first')
    return text


def _checked_limit(value: object) -> object:
    """Answer with one sentence where a union of two types would give two."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    if value != "auto" and not is_number:
        raise PydanticCustomError("limit", 'should be a number or "auto"')
    return value


def _checked_colour_map(name: str, info: ValidationInfo) -> str:
    """Compare with the colour maps that can be drawn, where the caller said which those are."""
    known: Sequence[str] = (info.context or {}).get("colour_maps", ())
    if known and name not in known:
        raise PydanticCustomError("colour_map", "should be the name of a colour map", {"allowed": tuple(known)})
    return name


Text = Annotated[str, AfterValidator(whole_characters)]
"""What people read. Half a character, which cannot be sent to anybody, becomes a replacement character."""
Identifier = Annotated[str, AfterValidator(_checked_id), Field(json_schema_extra={"pattern": r"^[^/?#%\\]+$"})]
LayerIdentifier = Annotated[Identifier, AfterValidator(_checked_layer_id)]
Grant = Annotated[str, StringConstraints(min_length=1)]
Limit = Annotated[float | Literal["auto"], BeforeValidator(_checked_limit)]
ColourMap = Annotated[str, AfterValidator(_checked_colour_map)]
LayerProvider = Annotated[AnyProvider, BeforeValidator(without_remarks)]


def _describe(schema: JsonDict, model: type[BaseModel]) -> None:
    describe(schema, model)
    allow_remarks(schema, model)


class Node(BaseModel):
    """Any object of the file: unknown keys are mistakes, null means left out, remarks are allowed everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, json_schema_extra=_describe)
    retired_keys: ClassVar[frozenset[str]] = frozenset()
    """Keys of earlier generations, accepted and without effect: what they said is now read from the map itself."""

    comment: Text | None = None
    """A remark for people; it has no effect."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_remarks(cls, data: object) -> object:
        return without_remarks(data, cls.retired_keys)


class Listed(Node):
    """What every level of the tree has in common."""

    id_key: ClassVar[str]
    """The key that holds this level's id."""
    parts_key: ClassVar[str | None] = None
    """The key that holds the level below, None at the lowest."""

    name: Text
    """What the menu shows."""
    description: Text | None = None
    """A sentence or two for the menu's hint; searched along with the name."""
    grant: Grant | None = None
    """The grant a visitor must hold to see this and everything under it; left out: everybody may."""

    @property
    def own_id(self) -> str | None:
        """The id as configured, None where it was left out."""
        own: str | None = getattr(self, self.id_key)
        return own

    @property
    def parts(self) -> tuple[Listed, ...]:
        """The level below, in the order of the file."""
        below: tuple[Listed, ...] = getattr(self, self.parts_key) if self.parts_key else ()
        return below

    def with_parts(self, parts: Sequence[Listed]) -> Self:
        """Return the same node with another level below it."""
        return self.model_copy(update={self.parts_key: tuple(parts)}) if self.parts_key else self

    def relative_to(self, folder: Path) -> Self:
        """Return the same node with relative file names taken from ``folder``, all the way down."""
        return self.with_parts([part.relative_to(folder) for part in self.parts])


class Weights(Node):
    """The layer that says how much each pixel counts."""

    layer_id: LayerIdentifier
    """A layer of inverse variances or hits, on the pixels of the layer that is weighted. Who may see it makes no difference."""


class LayerConfig(Listed):
    """One picture of the sky: a plane of a file, or several folded into one."""

    id_key = "layer_id"
    retired_keys = frozenset(
        {"number_of_levels", "tile_size", "bounding_left", "bounding_right", "bounding_top", "bounding_bottom"}
    )

    layer_id: LayerIdentifier | None = None
    """The layer's address, unique in the whole file; derived from its place and name when left out."""
    provider: LayerProvider
    """Where the pixels come from."""
    quantity: Text | None = None
    """What the pixels measure, such as `T`, `Q`, `U` or `kappa`."""
    units: Text | None = None
    """The unit of the pixels; left out: BUNIT of the file, as written there."""
    vmin: Limit = "auto"
    """The value drawn in the lowest colour, or `auto` to take it from the pixels."""
    vmax: Limit = "auto"
    """The value drawn in the highest colour, or `auto` to take it from the pixels."""
    cmap: ColourMap = "viridis"
    """The colour map: any Matplotlib name, or `planck`, `wmap`, `cmb_hotcold`."""

    weights: Weights | None = None
    """What coarse pixels are weighted by; left out: all pixels under one count the same."""

    def relative_to(self, folder: Path) -> Self:
        """Return the same layer with its provider's relative file names taken from ``folder``."""
        return self.model_copy(update={"provider": self.provider.relative_to(folder)})


class Band(Listed):
    """The layers of one frequency, or whatever else divides a map."""

    id_key, parts_key = "band_id", "layers"

    band_id: Identifier | None = None
    """The band's address; derived from its place and name when left out."""
    layers: tuple[LayerConfig, ...]
    """The layers, in menu order."""


class Map(Listed):
    """One map of the sky, in one or more bands."""

    id_key, parts_key = "map_id", "bands"

    map_id: Identifier | None = None
    """The map's address; derived from its place and name when left out."""
    bands: tuple[Band, ...]
    """The bands, in menu order."""


class MapGroup(Listed):
    """Maps that belong together, such as a data release."""

    id_key, parts_key = "map_group_id", "maps"

    map_group_id: Identifier | None = None
    """The group's address; derived from its place and name when left out."""
    maps: tuple[Map, ...]
    """The maps, in menu order."""


FileType = Literal["json", "csv", "fits", "votable", "ecsv", "parquet", "ds9"]


class SourceFile(Node):
    """The file that holds a list of sources."""

    file_type: FileType
    """How the list is written; `fits` is a FITS table, `ds9` the points of a file of regions."""
    filename: Path
    """The file; a relative name is relative to the configuration file."""
    hdu: int | None = Field(default=None, ge=0)
    """Which HDU of a FITS file, counted from 0; left out: the first table that has positions."""

    @model_validator(mode="after")
    def _only_of_fits(self) -> Self:
        if self.hdu is not None and self.file_type != "fits":
            raise PydanticCustomError("hdu", "hdu is for FITS tables only")
        return self


class RegionFile(Node):
    """The file that holds a list of regions."""

    file_type: Literal["ds9"]
    """How the list is written."""
    filename: Path
    """The file; a relative name is relative to the configuration file."""


class RegionGroupConfig(Listed):
    """A list of regions of the sky of any shape, drawn over the maps."""

    id_key = "region_group_id"

    region_group_id: Identifier | None = None
    """The list's address; derived from its name when left out."""
    provider: RegionFile
    """Where the regions come from."""

    def relative_to(self, folder: Path) -> Self:
        """Return the same list with its relative file name taken from ``folder``."""
        moved = self.provider.model_copy(update={"filename": from_folder(folder, self.provider.filename)})
        return self.model_copy(update={"provider": moved})


class SourceGroupConfig(Listed):
    """A list of astronomical sources, drawn over the maps."""

    id_key = "source_group_id"

    source_group_id: Identifier | None = None
    """The list's address; derived from its name when left out."""
    provider: SourceFile
    """Where the sources come from."""

    def relative_to(self, folder: Path) -> Self:
        """Return the same list with its relative file name taken from ``folder``."""
        moved = self.provider.model_copy(update={"filename": from_folder(folder, self.provider.filename)})
        return self.model_copy(update={"provider": moved})


RightAscension = Annotated[float, Field(ge=-360, le=720)]
Declination = Annotated[float, Field(ge=-90, le=90)]


class Box(Node):
    """A named region of the sky, drawn over the maps."""

    name: Text
    """What is written beside the box."""
    description: Text | None = None
    """A sentence or two about it."""
    grant: Grant | None = None
    """The grant a visitor must hold to see the box; left out: everybody may."""
    top_left_ra: RightAscension
    """Right ascension of the top left corner, degrees."""
    top_left_dec: Declination
    """Declination of the top left corner, degrees."""
    bottom_right_ra: RightAscension
    """Right ascension of the bottom right corner, degrees."""
    bottom_right_dec: Declination
    """Declination of the bottom right corner, degrees."""


class Config(Node):
    """Everything one server shows."""

    map_groups: tuple[MapGroup, ...] = ()
    """The maps, in menu order."""
    source_groups: tuple[SourceGroupConfig, ...] = ()
    """Lists of sources, drawn over the maps."""
    region_groups: tuple[RegionGroupConfig, ...] = ()
    """Lists of regions of any shape, drawn over the maps."""
    boxes: tuple[Box, ...] = ()
    """Named boxes, drawn over the maps."""

    def relative_to(self, folder: Path) -> Config:
        """Return the same configuration with relative file names taken from ``folder``."""
        return self.model_copy(
            update={
                "map_groups": tuple(group.relative_to(folder) for group in self.map_groups),
                "source_groups": tuple(group.relative_to(folder) for group in self.source_groups),
                "region_groups": tuple(group.relative_to(folder) for group in self.region_groups),
            }
        )
