"""Numbers as people write them in an address: strict about what is a number, forgiving about which turn an angle is on."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,1000}", re.ASCII)


def _as_number(text: object) -> object:
    """Refuse what Python would take for a number and people would not: ``1_000``, ``nan``, ``infinity``."""
    if not isinstance(text, str):
        return text
    # A plus sign that was not percent-encoded in a query arrives as a space: 1e+21 as "1e 21".
    written = text.replace("e ", "e+").replace("E ", "E+").strip()
    if not _NUMBER.fullmatch(written):
        raise PydanticCustomError("number", "should be a finite number")
    return written


def _as_whole(text: object) -> object:
    if isinstance(text, str) and not _WHOLE.fullmatch(text):
        raise PydanticCustomError("whole_number", "should be a whole number")
    return text


# Bounds stand before the validator: that is where they are seen by whoever describes the interface.
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_as_number)]
"""A finite number."""

Whole = Annotated[int, BeforeValidator(_as_whole)]
"""A whole number, of either sign."""

RightAscension = Annotated[float, Field(ge=-360.0, le=720.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Degrees, on whichever turn: -90, 270 and 630 are the same."""

Declination = Annotated[float, Field(ge=-90.0, le=90.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Degrees."""

Radius = Annotated[float, Field(gt=0.0, le=10800.0, allow_inf_nan=False), BeforeValidator(_as_number)]
"""Arcminutes; 10800 is the whole sky."""


class OfLayer(BaseModel):
    """What is asked of one layer; each analysis adds its own parameters. Whatever else an address holds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    layer_id: str = Field(min_length=1)
    """Identifier of the layer, as listed."""
