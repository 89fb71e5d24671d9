"""How a layer is drawn, and how it is sent as numbers."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache, cached

from tilemaker.render.encoding import Encoding, encoding_for
from tilemaker.render.style import resolve

from .limits import limits_of

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer
    from tilemaker.render.style import ResolvedStyle, Style

    from .product import Bounds


def style_for(layer: Layer, style: Style, bounds: Bounds) -> ResolvedStyle:
    """Fill in what a style leaves to the layer. Its pixels are sampled only where they are needed. Raises `MapError`."""
    if style.vmin is not None and style.vmax is not None:
        own = style.vmin, style.vmax
    else:
        limits = limits_of(layer, bounds.tail_percent)
        own = limits.vmin, limits.vmax
    population = layer.provider.summary().sorted_values if style.stretch == "histeq" else None
    return resolve(style, cmap=layer.cmap, limits=own, population=population)


def _version(layer: Layer) -> str:
    return layer.version


@cached(LRUCache(4096), key=_version, lock=Lock())
def encoding_of(layer: Layer) -> Encoding:
    """Return how the layer's number tiles are quantised; chosen once for each version of the map. Raises `MapError`."""
    return encoding_for(layer.provider.summary())
