"""What is asked in an address, where several endpoints ask the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from tilemaker.analysis.parameters import Number, OfLayer
from tilemaker.render import colour
from tilemaker.render.style import Style

COLOUR_MAPS = sorted(colour.names())


def _none_if_auto(text: object) -> object:
    return None if text == "auto" else text


Limit = Annotated[
    Number | None,
    BeforeValidator(_none_if_auto),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"const": "auto"}]}),
]
"""A limit of the colour scale; `auto` is the layer's own."""


class Ask(BaseModel):
    """Parameters of an address. Whatever else it holds is ignored: front ends of other years ask for more."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


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


class Drawing(OfLayer, Style):
    """One layer, and how it is to be drawn."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    cmap: str | None = Field(default=None, json_schema_extra={"enum": list(COLOUR_MAPS)})
    """Colour map: any Matplotlib name, or `planck`, `wmap`, `cmb_hotcold`; by default the layer's own."""
    vmin: Limit = None
    """Value drawn in the first colour, layer units; by default the layer's own."""
    vmax: Limit = None
    """Value drawn in the last colour. Below `vmin`, the colours run the other way."""
    v: str | None = None
    """The layer's `version`. While it is the current one the answer may be cached for ever."""

    @field_validator("cmap")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None and name not in COLOUR_MAPS:
            raise PydanticCustomError("colour_map", "must be a Matplotlib colour map, planck, wmap or cmb_hotcold")
        return name
