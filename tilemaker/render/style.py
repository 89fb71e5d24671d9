"""How a picture is drawn: what a request says, and what is made of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated, get_args

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from tilemaker.described import describe
from tilemaker.wording import number_in

from .colour import reverse
from .stretch import StretchName

UNSET_WORDS = ("", "auto", "null", "undefined")
"""What front ends write when they leave a parameter to the layer."""

_WRITTEN_LIMIT = "^(-?[0-9]{1,30}([.][0-9]{1,30})?|auto|null|undefined|)$"
"""What may stand in an address, where a number is text as well: for the description, which would else call `vmin=0.5` wrong."""
_WRITTEN_SWITCH = "^(0|1|f|false|n|no|off|on|t|true|y|yes|auto|null|undefined|)$"
"""What says no, yes or nothing in an address."""
_LARGEST_LIMIT = 1e37
"""Limits are held within this, so that single precision can hold their difference."""
_POPULATION_KEPT = 1 << 16
"""How many values ranks are taken from, at most: 256 for each colour."""
_DECADES_SHOWN = 3
"""How far below its upper limit a logarithmic picture reaches when the lower limit has no logarithm."""


def _unless_unset(text: object) -> object:
    return None if isinstance(text, str) and text.strip().lower() in UNSET_WORDS else text


def _as_limit(text: object) -> object:
    """Read a number, refusing what Python would take for one and people would not (``1_000``), and what has no place on a scale."""
    text = _unless_unset(text)
    if not isinstance(text, str):
        return text
    written = number_in(text)
    if written is None:
        raise PydanticCustomError("limit", "should be a finite number, or 'auto' for the layer's own")
    return written


def _shown_as(**schema: JsonValue) -> object:
    """Describe a parameter as it is written in an address, where there is no null: left out is what None is here."""

    def rewrite(generated: JsonDict) -> None:
        for key in ("anyOf", "default", "type"):
            generated.pop(key, None)
        generated.update(schema)

    return Field(json_schema_extra=rewrite)


Limit = Annotated[
    Annotated[float, Field(allow_inf_nan=False)] | None,
    BeforeValidator(_as_limit),
    _shown_as(anyOf=[{"type": "number"}, {"type": "string", "pattern": _WRITTEN_LIMIT}]),
]
"""A limit of the colour scale in the layer's units, or None for the layer's own."""

ColourMapName = Annotated[
    Annotated[str, Field(max_length=64)] | None,
    BeforeValidator(_unless_unset),
    _shown_as(type="string", maxLength=64, examples=["planck", "RdBu_r", "viridis"]),
]
"""A colour map's name, or None for the layer's own. Whether it exists is found out when it is used."""

ChosenStretch = Annotated[
    StretchName | None,
    BeforeValidator(_unless_unset),
    _shown_as(type="string", enum=[*get_args(StretchName), *UNSET_WORDS]),
]
"""A stretch, or None for what ``log_norm`` says."""

Switch = Annotated[
    bool,
    BeforeValidator(lambda text: False if _unless_unset(text) is None else text),
    _shown_as(anyOf=[{"type": "boolean"}, {"type": "string", "pattern": _WRITTEN_SWITCH}]),
]
"""Yes or no, and no when nothing is said."""


class Style(BaseModel):
    """How a picture is drawn: the query parameters of tiles and cut-outs."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=describe)

    cmap: ColourMapName = None
    """Colour map: any Matplotlib name, `_r` for reversed, or `planck`, `wmap`, `cmb_hotcold`. By default the layer's own."""
    vmin: Limit = None
    """Value of the first colour, in the layer's units. By default, or as `auto`, the layer's own."""
    vmax: Limit = None
    """Value of the last colour. When it is below `vmin`, the colour map is drawn reversed."""
    log_norm: Switch = False
    """Short for `stretch=log`; `stretch`, when given, has the last word."""
    abs: Switch = False
    """Draw the absolute value; limits that are not given then begin at zero."""
    clip: Switch = False
    """Accepted for older clients, and makes no difference: values outside the limits always take the end colours."""
    flip: Switch = False
    """Mirror, so that RA increases to the left."""
    stretch: ChosenStretch = None
    """How values between the limits are spread over the colours: `linear` unless `log_norm` says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedStyle:
    """How a picture is drawn, with nothing left open. Made by `resolve`."""

    cmap: str
    """Name of the colour map, not yet known to exist."""
    low: float
    """Value of the first colour."""
    high: float
    """Value of the last colour, above ``low`` by enough for single precision to tell."""
    stretch: StretchName = "linear"
    """Name of the stretch; ``low`` is positive when it is ``log``."""
    absolute: bool = False
    """Whether absolute values are drawn."""
    flip: Switch = False
    """Whether the picture is mirrored, RA increasing to the left."""
    population: npt.NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    """What ``histeq`` takes its ranks from; None for the picture's own pixels. It follows from the layer: not compared."""


def resolve(
    style: Style, *, cmap: str, limits: tuple[float, float], population: npt.NDArray[np.float32] | None = None
) -> ResolvedStyle:
    """Fill in what a request left to the layer, and make sense of what it said. Nothing is an error.

    Parameters
    ----------
    style
        What was asked.
    cmap
        The layer's own colour map.
    limits
        The layer's own limits, in its units; in either order, as those of the request.
    population
        A sample of the layer's values, for pictures whose histogram is equalised; thinned here to what that needs.

    Returns
    -------
    ResolvedStyle
        Limits in decreasing order have become a reversed colour map; equal ones a step at that value. A logarithm whose lower
        limit is not positive begins three decades below the upper one; when that is not positive either, it is a symmetric one.
    """
    name, (low, high) = style.cmap or cmap, _limits_of(style, limits)
    if low > high:
        name, low, high = reverse(name), high, low
    stretch, low, high = _stretched(_stretch_named(style), *_apart(low, high))
    return ResolvedStyle(
        cmap=name,
        low=low,
        high=high,
        stretch=stretch,
        absolute=style.abs,
        flip=style.flip,
        population=None if population is None else _thinned(np.abs(population) if style.abs else population),
    )


def _thinned(population: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return population[:: -(-population.size // _POPULATION_KEPT) or 1]


def _stretch_named(style: Style) -> StretchName:
    return style.stretch or ("log" if style.log_norm else "linear")


def _limits_of(style: Style, own: tuple[float, float]) -> tuple[float, float]:
    # A map without a single finite pixel has no limits, and nothing to be drawn between them.
    low, high = own if all(map(math.isfinite, own)) else (0.0, 1.0)
    if style.abs:
        low, high = 0.0, max(math.fabs(low), math.fabs(high))
    return _held(low if style.vmin is None else style.vmin), _held(high if style.vmax is None else style.vmax)


def _held(limit: float) -> float:
    return min(max(limit, -_LARGEST_LIMIT), _LARGEST_LIMIT)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Move limits apart that single precision cannot tell from each other, about their middle."""
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    least = max(1e-6 * abs(middle), 1e-30)
    return (low, high) if half >= least else (middle - least, middle + least)


def _stretched(stretch: StretchName, low: float, high: float) -> tuple[StretchName, float, float]:
    """Give a logarithm limits it can live with, or another stretch."""
    if stretch != "log" or low >= 1e-30:
        return stretch, low, high
    return ("log", high * 10.0**-_DECADES_SHOWN, high) if high >= 1e-30 else ("symlog", low, high)
