"""How many pixels of a map have which value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .limits import Limits, limits_of
from .parameters import OfLayer
from .product import Bounds, Finding, Product

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer

BINS = 128
WIDTH_IN_LIMITS = 4.0
"""Range of the bins over the distance between the recommended limits."""


class HistogramAsked(OfLayer):
    """A layer."""


class Histogram(Finding):
    """The values of a map's pixels."""

    edges: tuple[float, ...]
    """Where the bins begin and end, layer units, increasing: one more than there are bins."""
    histogram: tuple[int, ...]
    """Number of pixels in each bin. Pixels without data are not counted."""
    vmin: float
    """Recommended lower limit, resolved when the layer's is `auto`."""
    vmax: float
    """Recommended upper limit."""


def histogram(layer: Layer, asked: HistogramAsked, bounds: Bounds) -> Histogram:
    """Count the pixels of a map by value.

    The 128 bins are equally wide and cover four times the distance between the recommended limits, centred on their middle. The
    counts are those of all pixels once the overview is built; until then they are a sample's, scaled up, and not final.
    """
    limits = limits_of(layer, bounds.tail_percent)
    edges = bin_edges(limits)
    counted = layer.provider.counts(edges)
    return Histogram(
        layer_id=asked.layer_id,
        is_final=counted.is_final,
        edges=tuple(edges.tolist()),
        histogram=tuple(counted.counts.tolist()),
        vmin=limits.vmin,
        vmax=limits.vmax,
    )


def prepare(layer: Layer, bounds: Bounds) -> None:
    """Ask for the layer's overview, in the background, with its histogram in the same pass over the map. Raises `MapError`."""
    layer.provider.prepare(bin_edges(limits_of(layer, bounds.tail_percent)))


def bin_edges(limits: Limits) -> npt.NDArray[np.float64]:
    """Return the 129 strictly increasing edges for a pair of limits, in either order, equal or not."""
    centre = limits.vmin / 2.0 + limits.vmax / 2.0
    half = WIDTH_IN_LIMITS * abs(limits.vmax / 2.0 - limits.vmin / 2.0)
    # Limits that are equal, or nearly, would make bins narrower than the numbers can tell apart.
    half = max(half, 1e-9 * abs(centre))
    half = half if half > 1e-300 else 1.0
    # Half the largest number on each side leaves the arithmetic of the edges finite.
    largest = np.finfo(np.float64).max / 4.0
    centre = math.copysign(min(abs(centre), largest), centre)
    return np.linspace(centre - min(half, largest), centre + min(half, largest), BINS + 1)


HISTOGRAM = Product("/histograms/data/{layer_id}", HistogramAsked, Histogram, histogram)
