"""Histograms of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import kernels

if TYPE_CHECKING:
    from collections.abc import Callable

    from .pixels import Rows, Values

Edges = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

MOST_BINS = 252
"""As many bins as the loops count in: their tables of pairs grow with the square."""

BAND_PIXELS = 1 << 20
"""Pixels that are counted at once."""


def count(pixels: Values, edges: Edges) -> Counts:
    """Count pixels in evenly spaced bins, as `numpy.histogram`; NaN is not counted."""
    loops = kernels.loops()
    if loops is None or pixels.dtype != np.float32 or not is_told_apart(edges):
        return _count(pixels, edges)
    counts = np.zeros(edges.size - 1, np.int64)
    loops.count(np.ascontiguousarray(np.atleast_2d(pixels)), edges, counts)
    return counts


def _count(pixels: Values, edges: Edges) -> Counts:
    # In double precision: bins may be narrower than single precision tells apart, or reach beyond what it holds.
    present = pixels[~np.isnan(pixels)].astype(np.float64, copy=False)
    return np.histogram(present, edges.size - 1, (float(edges[0]), float(edges[-1])))[0].astype(np.int64)


def is_told_apart(edges: Edges) -> bool:
    """Whether the loops can count: single precision places a value among the bins to a quarter of a thousandth of one."""
    bins, width = edges.size - 1, float(edges[-1] - edges[0])
    return bins <= MOST_BINS and 1e-30 < width < 1e30 and abs(float(edges[0])) * bins / width < 512


def count_plane(plane: Rows, edges: Edges, report: Callable[[float], None]) -> Counts:
    """Count all pixels of a plane between edges; tell the fraction done."""
    rows, columns = plane.shape
    step = max(1, BAND_PIXELS // columns)
    total = np.zeros(edges.size - 1, np.int64)
    for first in range(0, rows, step):
        total += count(plane.read(range(first, min(first + step, rows)), range(columns)), edges)
        report(first / rows)
    return total
