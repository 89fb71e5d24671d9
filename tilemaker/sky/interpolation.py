"""Values known every few samples, and what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .grid import Shape

Floats = npt.NDArray[np.float64]

CELL = 16
"""Samples between the points at which the WCS is evaluated; between them positions are interpolated."""


def nodes_along(count: int) -> Floats:
    """Return sample indices at which to evaluate: the ends of cells that together hold every sample."""
    return np.linspace(0.0, max(count - 1, 1), -(-max(count - 1, 1) // CELL) + 1)


def middle(values: Floats) -> Floats:
    """Return what interpolation gives in the middle of each cell of nodes."""
    return np.asarray((values[1:, 1:] + values[1:, :-1] + values[:-1, 1:] + values[:-1, :-1]) / 4)


def all_corners_nan(values: Floats) -> npt.NDArray[np.bool_]:
    """Return which cells of nodes have no value at any corner."""
    is_nan = np.isnan(values)
    return np.asarray(is_nan[1:, 1:] & is_nan[1:, :-1] & is_nan[:-1, 1:] & is_nan[:-1, :-1])


def _weights(nodes: Floats, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return for each sample its cell and how far into the cell it lies, 0 to 1."""
    place = np.arange(count) / (nodes[1] - nodes[0])
    cell = np.minimum(place.astype(np.int64), nodes.size - 2)
    return cell, place - cell


def interpolated(values: Floats, nodes: tuple[Floats, ...], shape: Shape) -> Floats:
    """Return node values interpolated bilinearly at every sample."""
    (row, up), (column, along) = (_weights(each, count) for each, count in zip(nodes, shape, strict=True))
    at_rows = values[row] * (1 - up)[:, None] + values[row + 1] * up[:, None]
    return np.asarray(at_rows[:, column] * (1 - along) + at_rows[:, column + 1] * along)


def samples_of(cells: npt.NDArray[np.bool_], shape: Shape) -> npt.NDArray[np.bool_]:
    """Return which samples lie in the marked cells."""
    (row, _), (column, _) = (_weights(nodes_along(count), count) for count in shape)
    return np.asarray(cells[row][:, column])
