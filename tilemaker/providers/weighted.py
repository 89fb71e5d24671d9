"""Maps whose coarse pixels are means weighted by another map: of the inverse variance, or of hits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker.errors import UnsupportedGeometry
from tilemaker.sky.thin import block_sums, mean_of

from .counting import count
from .far import OutOfReach
from .fits import digest
from .overview import build, pieces_under
from .placed import PlacedMap, PlacedPlane
from .pyramid import PlanePyramid
from .tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Ladder, Placement

    from .base import Provider
    from .counting import Edges
    from .overview import Overview, Report
    from .pixels import Pixels, Rows, Values, Words
    from .tally import Added, Adding, Band, Divisors
    from .workshop import Workshop


def weighted(provider: Provider, weights: Provider, workshop: Workshop) -> Provider:
    """Return the same map with coarse pixels that are sums of weight times pixel over sums of weight.

    Parameters
    ----------
    provider
        The map.
    weights
        Its weights, on the same pixels. What is no number, or not above zero, has no weight.
    workshop
        Builds and keeps the overview.

    Raises
    ------
    UnsupportedGeometry
        The weights are not on the map's pixels.
    """
    if not isinstance(provider, PlacedPlane) or not isinstance(weights, PlacedPlane):
        raise UnsupportedGeometry("Only maps of rows and columns can be weighted, by maps of rows and columns.")
    if not provider.lies_as(weights):
        raise UnsupportedGeometry("The weights are not on the pixels of the map.")
    pyramid = WeightedPyramid(provider.plane, weights.plane, provider.placement, workshop.kept_pixels)
    return (OutOfReach if provider.is_too_far or weights.is_too_far else PlacedMap)(
        pyramid,
        provider.placement,
        provider.extent,
        fingerprint=digest("weighted", provider.fingerprint, weights.fingerprint),
        is_current=lambda: provider.is_current and weights.is_current,
        workshop=workshop,
    )


class WeightedPyramid(PlanePyramid):
    """Pixels in rows and columns, and weighted means of them. The rest is as for `PlanePyramid`."""

    def __init__(self, plane: Rows, weights: Rows, placement: Placement, kept_pixels: int) -> None:
        super().__init__(plane, placement, kept_pixels)
        self._weights = weights

    def build(self, levels: int, edges: Sequence[Edges], report: Report) -> Overview:
        """Average the plane in one pass."""
        span = self.first_level, max(levels, self.first_level + 1)
        return build(self._plane, WeightedTally(self._ladders, span, edges, self._weights), report)

    def _means(self, level: int, where: tuple[range, range]) -> Pixels:
        result = np.empty((len(where[0]), len(where[1])), np.float32)
        pixels, weights = (pieces_under(plane, self._ladders, level, where) for plane in (self._plane, self._weights))
        for (rows, values), (_, their_weights) in zip(pixels, weights, strict=True):
            result[rows] = mean_of(*weighted_sums(values, their_weights, 1 << level))
        return result


class WeightedTally(Tally):
    """What a pass over a map and its weights adds up: products instead of pixels, and weights instead of numbers of pixels."""

    def __init__(self, ladders: tuple[Ladder, Ladder], span: tuple[int, int], edges: Sequence[Edges], weights: Rows) -> None:
        super().__init__(ladders, span, edges)
        self._weights = weights

    def read(self, plane: Rows, band: Band, room: Words) -> Adding:
        """Read a band of both; return what adds it up."""
        del room  # pixels and weights are both worked on, so neither is added up as it is stored
        columns = range(plane.shape[1])
        return partial(self._of_both, band, plane.read(band.rows, columns), self._weights.read(band.rows, columns))

    def _no_divisors(self, shape: Shape) -> Divisors:
        return np.zeros(shape)

    def _of_both(self, band: Band, pixels: Values, weights: Values) -> Added:
        on_blocks = self._on_blocks(band, pixels), self._on_blocks(band, weights)
        return [count(pixels, each) for each in self._edges], *weighted_sums(*on_blocks, 1 << self._first)


def weighted_sums(pixels: Values, weights: Values, factor: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the sums of weight times pixel, and of weights, of square blocks: of the pixels that are there and have a weight."""
    with np.errstate(all="ignore"):
        products = pixels.astype(np.float64) * weights
    is_there = np.isfinite(products) & (weights > 0)
    return (
        block_sums(np.where(is_there, products, np.nan), factor)[0],
        block_sums(np.where(is_there, weights.astype(np.float64), np.nan), factor)[0],
    )
