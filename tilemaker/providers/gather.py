"""Picking pixels at scattered places, by reading a few windows around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .pixels import Pixels, Values

Indices = npt.NDArray[np.int64]
Window = Callable[[range, range], "Pixels"]
"""Reads the pixels at these rows and columns."""

APART = 256
"""Columns further apart than this are read in windows of their own: the seam of an all-sky map lies at both of its ends."""


def gather(window: Window, rows: Indices, columns: Indices) -> npt.NDArray[np.float32] | None:
    """Return the pixels at rows and columns, NaN where either is negative, or None when no place is on the map.

    Parameters
    ----------
    window
        What to read from.
    rows, columns
        Broadcastable against each other: (n, 1) and (1, m) for plate carrée, or both (n, m).
    """
    shape = np.broadcast_shapes(rows.shape, columns.shape)
    on_map = np.broadcast_to((rows >= 0) & (columns >= 0), shape)
    if not on_map.any():
        return None
    result = np.full(shape, np.nan, np.float32)
    pick = _pick_separable if rows.shape[1] == columns.shape[0] == 1 else _pick_each
    for group in _groups(columns):
        pick(result, window, rows, np.where((columns >= group.start) & (columns < group.stop), columns, -1))
    return result


def _groups(columns: Indices) -> Iterator[range]:
    """Yield runs of columns that hold all those asked for, with gaps of more than ``APART`` between."""
    wanted = np.unique(columns[columns >= 0])
    cuts = np.flatnonzero(np.diff(wanted) > APART)
    for first, last in zip(np.r_[0, cuts + 1], np.r_[cuts, wanted.size - 1], strict=True):
        yield range(int(wanted[first]), int(wanted[last]) + 1)


def _pick_separable(result: npt.NDArray[np.float32], window: Window, rows: Indices, columns: Indices) -> None:
    row_places, column_places = np.flatnonzero(rows[:, 0] >= 0), np.flatnonzero(columns[0] >= 0)
    row_wanted, column_wanted = rows[row_places, 0], columns[0, column_places]
    if not row_wanted.size or not column_wanted.size:
        return
    pixels = _read(window, row_wanted, column_wanted)
    target = row_places, column_places
    source = row_wanted - row_wanted.min(), column_wanted - column_wanted.min()
    if all(_is_run(each) for each in (*target, *source)):
        result[_slice(target[0]), _slice(target[1])] = pixels[_slice(source[0]), _slice(source[1])]
    else:
        result[np.ix_(*target)] = pixels[np.ix_(*source)]


def _pick_each(result: npt.NDArray[np.float32], window: Window, rows: Indices, columns: Indices) -> None:
    places = (rows >= 0) & (columns >= 0)
    if not places.any():
        return
    row_wanted, column_wanted = np.broadcast_to(rows, places.shape)[places], np.broadcast_to(columns, places.shape)[places]
    pixels = _read(window, row_wanted, column_wanted)
    result[places] = pixels[row_wanted - row_wanted.min(), column_wanted - column_wanted.min()]


def _read(window: Window, rows: Indices, columns: Indices) -> Pixels:
    return window(range(int(rows.min()), int(rows.max()) + 1), range(int(columns.min()), int(columns.max()) + 1))


def single(values: Values) -> Pixels:
    """Return values in single precision; those beyond its range are no data."""
    if values.dtype == np.float32:
        return values.astype(np.float32, copy=False)
    with np.errstate(over="ignore"):
        pixels = values.astype(np.float32)
    pixels[np.isinf(pixels)] = np.nan
    return pixels


def _is_run(indices: Indices) -> bool:
    """Return whether indices count up by ones, so that a slice, which copies several times faster, says the same."""
    return bool(indices[0] >= 0 and indices[-1] - indices[0] == indices.size - 1 and (np.diff(indices) == 1).all())


def _slice(run: Indices) -> slice:
    return slice(int(run[0]), int(run[-1]) + 1)
