"""Numbers as people write them in an address: strict about what is a number, forgiving about which turn an angle is on."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tilemaker.described import describe
from tilemaker.wording import number_in

_WHOLE = re.compile(r"[+-]?\d{1,1000}", re.ASCII)


def _as_number(text: object) -> object:
    """Refuse what Python would take for a number and people would not: ``1_000``, ``nan``, ``infinity``."""
    if not isinstance(text, str):
        return text
    written = number_in(text)
    if written is None:
        raise PydanticCustomError("number", "should be a finite number")
    return written


def as_whole(text: object) -> object:
    """Refuse what Python would take for a whole number and people would not."""
    if isinstance(text, str) and not _WHOLE.fullmatch(text):
        raise PydanticCustomError("whole_number", "should be a whole number")
    return text


# Bounds stand before the validator: that is where they are seen by whoever describes the interface.
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_as_number)]
"""A finite number."""

Whole = Annotated[int, BeforeValidator(as_whole)]
"""A whole number, of either sign."""

RightAscension = Annotated[float, Field(ge=-360.0, le=720.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Degrees, on whichever turn: -90, 270 and 630 are the same."""

Declination = Annotated[float, Field(ge=-90.0, le=90.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Degrees."""

Radius = Annotated[float, Field(gt=0.0, le=10800.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Arcminutes; 10800 is the whole sky."""


class OfLayer(BaseModel):
    """What is asked of one layer; each analysis adds its own parameters. Whatever else an address holds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=describe)

    layer_id: str = Field(min_length=1)
    """Identifier of the layer, as listed."""
