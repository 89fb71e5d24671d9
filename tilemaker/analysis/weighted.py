"""Weighted statistics of values kept in rows, every value of a row having the same weight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_EVEN = 1e-12
"""How far from exactly half, relative, a cumulated weight may be for the median to lie between two values."""


@dataclass(frozen=True, slots=True)
class WeightedRows:
    """Some rows of values and the weight of a value in each."""

    values: npt.NDArray[np.float32]
    """(rows, columns); NaN does not count."""
    weights: npt.NDArray[np.float64]
    """(rows,), more than 0."""

    def weight_up_to(self, limit: np.float32) -> float:
        """Return the weight of the values at or below ``limit``."""
        return float(np.count_nonzero(self.values <= limit, axis=1) @ self.weights)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What weighted values come to."""

    mean: float
    std: float
    """Weighted standard deviation about the mean, without correction for the number of values."""
    median: float
    min: float
    max: float
    count: int
    weight: float


def statistics(parts: Sequence[WeightedRows]) -> Statistics | None:
    """Return the statistics of all the values together, or None when there are none.

    Works part by part in double precision and copies nothing as large as the whole.
    """
    parts = [part for part in parts if not np.isnan(part.values).all()]
    if not parts:
        return None
    weight = sum(part.weight_up_to(np.float32(np.inf)) for part in parts)
    mean = sum(float(np.nansum(part.values, axis=1, dtype=np.float64) @ part.weights) for part in parts) / weight
    variance = sum(_square_deviation(part, mean) for part in parts) / weight
    low = min(np.float32(np.nanmin(part.values)) for part in parts)
    high = max(np.float32(np.nanmax(part.values)) for part in parts)
    return Statistics(
        mean=mean,
        std=math.sqrt(variance),
        median=_median(parts, weight, low, high),
        min=float(low),
        max=float(high),
        count=sum(int(np.count_nonzero(~np.isnan(part.values))) for part in parts),
        weight=weight,
    )


def _square_deviation(part: WeightedRows, mean: float) -> float:
    return float(np.nansum(np.square(part.values.astype(np.float64) - mean), axis=1) @ part.weights)


def _median(parts: Sequence[WeightedRows], weight: float, low: np.float32, high: np.float32) -> float:
    """Return the value that half of the weight lies at or below; between two values when it is exactly half.

    Bisects the numbers that float32 has between the lowest and the highest value, at most 32 times: exact, without sorting.
    """
    half = weight / 2.0 * (1.0 - _EVEN)
    first, last = _ordinal(low), _ordinal(high)
    while first < last:
        middle = (first + last) // 2
        if sum(part.weight_up_to(_numbered(middle)) for part in parts) >= half:
            last = middle
        else:
            first = middle + 1
    median = _numbered(first)
    if sum(part.weight_up_to(median) for part in parts) > weight / 2.0 * (1.0 + _EVEN):
        return float(median)
    return (float(median) + _next_above(parts, median)) / 2.0


def _next_above(parts: Sequence[WeightedRows], limit: np.float32) -> float:
    return min(float(np.min(part.values, where=part.values > limit, initial=np.inf)) for part in parts)


def _ordinal(number: np.float32) -> int:
    """Return the place of a number among all numbers of float32, in their order."""
    bits = int(number.view(np.int32))
    return bits if bits >= 0 else -(bits & 0x7FFFFFFF)


def _numbered(ordinal: int) -> np.float32:
    """Return the number at a place: the inverse of `_ordinal`."""
    magnitude = np.float32(np.array(abs(ordinal), np.int32).view(np.float32)[()])
    return magnitude if ordinal >= 0 else np.float32(-magnitude)
