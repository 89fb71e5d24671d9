"""Statistics of the pixels around a position."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.errors import RegionTooLarge

from .circle import Circle, row_solid_angles_sr
from .parameters import Declination, OfLayer, Radius, RightAscension
from .product import Bounds, Finding, Product
from .weighted import Statistics, WeightedRows, statistics

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer
    from tilemaker.providers.base import Pixels
    from tilemaker.sky.boxes import SkyBox


class ApertureAsked(OfLayer):
    """A circle on a layer."""

    ra: RightAscension
    """Right ascension of the centre, degrees."""
    dec: Declination
    """Declination of the centre, degrees."""
    radius: Radius
    """Radius, arcminutes; 10800 is the whole sky."""


class Aperture(Finding):
    """The pixels whose centres lie within a circle on the sphere, each weighted by its solid angle; null when none holds data."""

    ra: float
    """RA of the centre, degrees, as asked."""
    dec: float
    """Dec of the centre, degrees."""
    radius: float
    """Radius, arcminutes."""
    mean: float | None = None
    std: float | None = None
    """Standard deviation about the mean, of the pixels themselves (no correction for their number)."""
    median: float | None = None
    """The value that half of the solid angle lies at or below."""
    min: float | None = None
    max: float | None = None
    n_pixels: int
    """Number of pixels of the map whose centres lie within the radius; where the map is resampled, of its grid."""
    n_valid: int = 0
    """Number of those that hold data."""
    solid_angle_sr: float = 0.0
    """Solid angle of those that hold data, steradians."""
    units: str | None


def aperture(layer: Layer, asked: ApertureAsked, bounds: Bounds) -> Aperture:
    """Measure the pixels whose centres lie within an angular distance of a position, weighted by their solid angle.

    Every statistic is weighted, the median too: a row of pixels near a pole counts for as little as it covers. Where no pixel
    with data lies within, the statistics are null.
    """
    circle = Circle(asked.ra, asked.dec, asked.radius / 60.0)
    pixel_deg = layer.grid.pixel_deg
    box = circle.box(margin_deg=pixel_deg)
    _refuse_if_too_large(box, pixel_deg, bounds)
    parts, n_pixels = [], 0
    for band, pixels in layer.provider.bands(box):
        part, n_inside = _within(circle, band, pixels, layer.box)
        parts.append(part)
        n_pixels += n_inside
    measured = Aperture(
        layer_id=asked.layer_id, ra=asked.ra, dec=asked.dec, radius=asked.radius, n_pixels=n_pixels, units=layer.units
    )
    found = statistics(parts)
    return measured if found is None else measured.model_copy(update=_figures(found))


def _figures(found: Statistics) -> dict[str, float]:
    figures = asdict(found)
    return figures | {"n_valid": figures.pop("count"), "solid_angle_sr": figures.pop("weight")}


def _refuse_if_too_large(box: SkyBox, pixel_deg: float, bounds: Bounds) -> None:
    size = int(box.width_deg / pixel_deg) * int(box.height_deg / pixel_deg)
    if size > bounds.max_pixels:
        raise RegionTooLarge(f"radius: {size:,} pixels would have to be read, and this server reads {bounds.max_pixels:,} at most.")


def _within(circle: Circle, band: SkyBox, pixels: Pixels, reach: SkyBox) -> tuple[WeightedRows, int]:
    """Return the pixels of a band with those outside the circle blotted out, and how many of the map's are inside.

    A band has only rows that the map ``reach``es, and columns that it does not.
    """
    rows, columns = pixels.shape
    dec_edges_deg = np.linspace(band.south_deg, band.north_deg, rows + 1)
    ra_edges_deg = np.linspace(band.west_deg, band.east_deg, columns + 1)
    weights_sr = row_solid_angles_sr(dec_edges_deg, band.width_deg / columns)
    ra_deg = (ra_edges_deg[1:] + ra_edges_deg[:-1]) / 2.0
    inside = circle.holds(ra_deg, (dec_edges_deg[1:] + dec_edges_deg[:-1]) / 2.0)
    # A row wholly beyond a pole is not on the sky; a grid whose pixels do not divide 180 degrees may have one.
    inside &= (weights_sr > 0.0)[:, np.newaxis]
    is_on_map = (ra_deg - reach.west_deg) % 360.0 <= reach.width_deg
    return WeightedRows(np.where(inside, pixels, np.float32(np.nan)), weights_sr), int(np.count_nonzero(inside[:, is_on_map]))


APERTURE = Product("/analysis/aperture/{layer_id}", ApertureAsked, Aperture, aperture, is_quick=False)
