"""The value of one pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parameters import Declination, OfLayer, RightAscension
from .product import Bounds, Finding, Product

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer


class ValueAsked(OfLayer):
    """A position on a layer."""

    ra: RightAscension
    """Right ascension, degrees."""
    dec: Declination
    """Declination, degrees."""


class Value(Finding):
    """One pixel of a map."""

    value: float | None
    """Exactly what the map holds there; null where it has no data and off the map."""
    units: str | None
    ra: float
    """RA of the centre of that pixel, degrees; off the map, the RA that was asked for."""
    dec: float
    """Dec of the centre of that pixel, degrees; off the map, the Dec that was asked for."""


def value(layer: Layer, asked: ValueAsked, _bounds: Bounds) -> Value:
    """Read the pixel that a position falls in."""
    pixel = layer.provider.value(asked.ra, asked.dec)
    if pixel is None:
        return Value(layer_id=asked.layer_id, value=None, units=layer.units, ra=asked.ra, dec=asked.dec)
    return Value(layer_id=asked.layer_id, value=pixel.value, units=layer.units, ra=pixel.ra_deg, dec=pixel.dec_deg)


VALUE = Product("/layers/{layer_id}/value", ValueAsked, Value, value, is_kept=False)
