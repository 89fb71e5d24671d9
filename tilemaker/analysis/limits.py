"""The limits that a layer is best drawn between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cached

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer

DIVERGING = frozenset(
    {"BrBG", "PRGn", "PiYG", "PuOr", "RdBu", "RdGy", "RdYlBu", "RdYlGn", "Spectral", "berlin", "bwr", "cmb_hotcold", "coolwarm"}
    | {"managua", "planck", "seismic", "vanimo", "wmap"}
)
"""Colour maps that are meant for values on both sides of zero; reversed they are as well."""

_LARGEST = 1e300
"""Limits beyond this leave no room for arithmetic."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The values drawn in the first and the last colour, layer units.

    ``vmin`` lies above ``vmax`` where the configuration says so.
    """

    vmin: float
    vmax: float


def _depends_on(layer: Layer, tail_percent: float) -> tuple[object, ...]:
    return layer.version, layer.vmin, layer.vmax, layer.cmap, tail_percent


@cached(LRUCache(4096), key=_depends_on, lock=Lock())
def limits_of(layer: Layer, tail_percent: float) -> Limits:
    """Return the layer's limits, those it leaves open ("auto") taken from its pixels.

    Parameters
    ----------
    layer
        The layer. Its pixels are sampled only when a limit is open.
    tail_percent
        Percentage of the finite pixels that an open limit leaves outside, 0 to 50.

    Raises
    ------
    MapError
        The pixels are needed and cannot be read.

    Notes
    -----
    Where both limits are open and the colour map has a neutral middle, they are made symmetric about zero. A map of a single value,
    or of none, gets limits a little apart.
    """
    if layer.vmin != "auto" and layer.vmax != "auto":
        return Limits(layer.vmin, layer.vmax)
    low, high = _robust_range(layer, tail_percent)
    if layer.vmin == "auto" and layer.vmax == "auto":
        return Limits(low, high)
    vmin = low if layer.vmin == "auto" else layer.vmin
    vmax = high if layer.vmax == "auto" else layer.vmax
    # A written limit beyond all the pixels must not turn the colours round.
    if vmin < vmax:
        return Limits(vmin, vmax)
    return Limits(vmax - _margin(vmax), vmax) if layer.vmin == "auto" else Limits(vmin, vmin + _margin(vmin))


def _robust_range(layer: Layer, tail_percent: float) -> tuple[float, float]:
    summary = layer.provider.summary()
    low = max(summary.percentile(tail_percent), -_LARGEST)
    high = min(summary.percentile(100.0 - tail_percent), _LARGEST)
    if layer.cmap.removesuffix("_r") in DIVERGING:
        high = max(abs(low), abs(high))
        low = -high
    return (low, high) if high > low else (low - _margin(low), high + _margin(high))


def _margin(value: float) -> float:
    """Return a distance that is visible beside ``value``."""
    return abs(value) / 2.0 if math.isfinite(value) and value else 1.0
