"""Values known every few samples, and what lies between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .grid import Shape

Floats = npt.NDArray[np.float64]

CELL = 16
"""Samples of a cell, along each side, at whose corners, middles of sides and middle the WCS is evaluated."""


def nodes_along(count: int) -> Floats:
    """Return sample indices at which to evaluate: the ends and middles of cells that together hold every sample."""
    last = max(count - 1, 1)
    return np.linspace(0.0, last, 2 * -(-last // CELL) + 1)


def missed(values: Floats) -> Floats:
    """Return by how much interpolation between the corners of each cell misses what is known within it; NaN where any is.

    On its sides as well as in its middle: about a saddle, what is missed on one side and on the other cancels there.
    """
    down = np.abs(values[1::2, ::2] - (values[2::2, ::2] + values[:-1:2, ::2]) / 2)
    along = np.abs(values[::2, 1::2] - (values[::2, 2::2] + values[::2, :-1:2]) / 2)
    corners = values[2::2, 2::2] + values[2::2, :-1:2] + values[:-1:2, 2::2] + values[:-1:2, :-1:2]
    within = np.abs(values[1::2, 1::2] - corners / 4)
    return np.asarray(np.maximum.reduce([down[:, 1:], down[:, :-1], along[1:], along[:-1], within]))


def all_nan(values: Floats) -> npt.NDArray[np.bool_]:
    """Return which cells have no value at any node."""
    is_nan = np.isnan(values)
    of_three = is_nan[2::2] & is_nan[1::2] & is_nan[:-1:2]
    return np.asarray(of_three[:, 2::2] & of_three[:, 1::2] & of_three[:, :-1:2])


def _weights(nodes: Floats, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return for each sample which nodes it lies between and how far it is from the one to the other, 0 to 1."""
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
    (row, _), (column, _) = (_weights(nodes_along(count)[::2], count) for count in shape)
    return np.asarray(cells[row][:, column])
