"""What is asked in an address, where several endpoints ask the same."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from tilemaker.analysis.parameters import OfLayer
from tilemaker.described import describe
from tilemaker.errors import ColourMapNotFound
from tilemaker.render.colour import palette
from tilemaker.render.style import ColourMapName, Style

COLOUR_MAP_SCHEMA = "ColourMap"
"""Name under which the OpenAPI document lists the colour maps."""


def _known(name: str | None) -> str | None:
    try:
        if name is not None:
            palette(name)
    except ColourMapNotFound as unknown:
        raise PydanticCustomError("colour_map", "{sentence}", {"sentence": str(unknown).rstrip(".")}) from None
    return name


def _refer(generated: JsonDict) -> None:
    generated["x-schema"] = COLOUR_MAP_SCHEMA


KnownColourMap = Annotated[ColourMapName, AfterValidator(_known), Field(json_schema_extra=_refer)]
"""The name of a colour map that exists, or None for the layer's own."""


class Ask(BaseModel):
    """Parameters of an address. Whatever else it holds is ignored: front ends of other years ask for more."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=describe)


class OfGroup(Ask):
    """One map group."""

    map_group_id: str = Field(min_length=1)
    """Identifier of the map group, as listed."""


class OfMap(Ask):
    """One map."""

    map_id: str = Field(min_length=1)
    """Identifier of the map, as listed."""


class OfBand(Ask):
    """One band."""

    band_id: str = Field(min_length=1)
    """Identifier of the band, as listed."""


class OfSourceGroup(Ask):
    """One list of sources."""

    source_group_id: str = Field(min_length=1)
    """Identifier of the list of sources."""


class OfRegionGroup(Ask):
    """One list of regions."""

    region_group_id: str = Field(min_length=1)
    """Identifier of the list of regions."""


class Drawing(Style, OfLayer):
    """One layer, and how it is to be drawn."""

    cmap: KnownColourMap = None
    """Colour map: any Matplotlib name, `_r` for reversed, or `planck`, `wmap`, `cmb_hotcold`. By default the layer's own."""
    v: str | None = None
    """The layer's `version`. While it is the current one the answer may be cached for ever."""

    @cached_property
    def style(self) -> Style:
        """How it is to be drawn, alone."""
        return Style.model_validate(self.model_dump(include=set(Style.model_fields)))
