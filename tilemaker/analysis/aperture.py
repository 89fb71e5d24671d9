"""Statistics of the pixels around a position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from .parameters import Declination, Number, OfLayer, RightAscension
from .product import Bounds, Finding, Product

if TYPE_CHECKING:
    from tilemaker.atlas.atlas import Layer


class ApertureAsked(OfLayer):
    """A circle on a layer."""

    ra: RightAscension = Field(description="Right ascension of the centre, degrees.")
    dec: Declination = Field(description="Declination of the centre, degrees.")
    radius: Annotated[Number, Field(gt=0.0, le=10800.0)] = Field(description="Radius, arcminutes; 10800 is the whole sky.")


class Aperture(Finding):
    """The pixels whose centres lie within a circle on the sphere, each weighted by its solid angle; null when none holds data."""

    ra: float
    """RA of the centre, degrees, as asked."""
    dec: float
    """Dec of the centre, degrees."""
    radius: float
    """Radius, arcminutes."""
    mean: float | None
    std: float | None
    """Standard deviation about the mean, of the pixels themselves (no correction for their number)."""
    median: float | None
    """The value that half of the solid angle lies below."""
    min: float | None
    max: float | None
    n_pixels: int
    """Number of pixels of the map whose centres lie within the radius."""
    n_valid: int
    """Number of those that hold data."""
    solid_angle_sr: float
    """Solid angle of those that hold data, steradians."""
    units: str | None


def aperture(layer: Layer, asked: ApertureAsked, bounds: Bounds) -> Aperture:
    """Measure the pixels within a circle."""
    raise NotImplementedError


APERTURE = Product("/analysis/aperture/{layer_id}", ApertureAsked, Aperture, aperture)
