"""A plane in the order of the sky: rows from south to north, columns from low to high RA, whatever the order of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .pixels import StoredRows, Values, Words
from .planes import PlainPlane, Plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Placement


@dataclass(frozen=True, slots=True)
class Order:
    """How the file's order differs from the sky's."""

    is_row_reversed: bool = False
    is_column_reversed: bool = False
    is_transposed: bool = False
    """Whether the file's rows are our columns; the other fields are of what it is then."""
    column_offset: int = 0
    """Column, in the order of the sky, at which the file's lowest RA is found, when the columns are a whole circle."""


@dataclass(frozen=True, slots=True)
class Transposed:
    """A plane whose rows are its columns."""

    plane: Plane

    @property
    def shape(self) -> Shape:
        """(rows, columns)."""
        return self.plane.shape[1], self.plane.shape[0]

    @property
    def is_quick(self) -> bool:
        """Whether pixels lie somewhere as they are: here they do, but across."""
        return False

    def read(self, rows: range, columns: range, *, is_mirrored: bool = False) -> Values:
        """Return the pixels at these rows and columns."""
        values = self.plane.read(columns, rows).T
        return values[:, ::-1] if is_mirrored else values


class LatticePlane:
    """A plane in the order of the sky.

    Parameters
    ----------
    plane
        The image in the order of the file.
    placement
        Where its pixels are. May have more columns than the image: a whole circle, of which the image is a part and the rest has
        no data; or fewer, when the image goes round more than once.
    order
        How to turn one into the other.
    """

    def __init__(self, plane: Plane, placement: Placement, order: Order) -> None:
        self._plane = plane
        self._order = order
        self.shape: Shape = (placement.rows.count, placement.columns.count)
        self.is_quick = plane.is_quick

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns, NaN where the image has none."""
        file_rows = _mirrored(rows, self._plane.shape[0]) if self._order.is_row_reversed else rows
        if columns == range(self._plane.shape[1]) == range(self.shape[1]):
            return _turned(self._oriented(file_rows, columns), self._order.column_offset)
        pieces = [(where, self._oriented(file_rows, piece)) for where, piece in self._pieces(columns)]
        if len(pieces) == 1 and pieces[0][1].shape[1] == len(columns):
            return pieces[0][1]
        dtype = pieces[0][1].dtype if pieces else np.float32
        result: Values = np.full((len(rows), len(columns)), np.nan, dtype)
        for where, values in pieces:
            result[:, where] = values
        return result

    def stored(self, rows: range, room: Words) -> StoredRows | None:
        """Return rows as they are in the file, in ``room`` if they fit; None when pixels have to be worked out."""
        if not isinstance(self._plane, PlainPlane):
            return None
        height, width = self._plane.shape
        words = self._plane.words(_mirrored(rows, height) if self._order.is_row_reversed else rows, room)
        if words is None:
            return None
        pieces = [
            (where.start, len(piece), width - 1 - piece.start, -1)
            if self._order.is_column_reversed
            else (where.start, len(piece), piece.start, 1)
            for where, piece in self._pieces(range(self.shape[1]))
        ]
        return StoredRows(words, np.array(pieces, np.int64).reshape(-1, 4), self._order.is_row_reversed)

    def _pieces(self, columns: range) -> Iterator[tuple[slice, range]]:
        """Cut columns where the file begins and ends; yield where each piece goes and the file's columns, counted along RA."""
        offset, turn, width = self._order.column_offset, self.shape[1], self._plane.shape[1]
        for begins in (offset - turn, offset):  # one turn back, its end reaches into the circle's beginning
            first = max(0, -(-(begins - columns.start) // columns.step))
            last = min(len(columns), -(-(begins + min(width, turn) - columns.start) // columns.step))
            if first < last:
                piece = columns[first:last]
                yield slice(first, last), range(piece.start - begins, piece.stop - begins, piece.step)

    def _oriented(self, file_rows: range, columns: range) -> Values:
        is_mirrored = self._order.is_column_reversed
        values = self._plane.read(
            file_rows, _mirrored(columns, self._plane.shape[1]) if is_mirrored else columns, is_mirrored=is_mirrored
        )
        return values[::-1] if self._order.is_row_reversed else values


def _mirrored(indices: range, count: int) -> range:
    """Return, increasing, the indices counted from the other end."""
    return range(count - 1 - indices[-1], count - indices[0], indices.step)


def _turned(values: Values, columns: int) -> Values:
    """Return whole rows turned on by some columns, the last of which come first."""
    return np.concatenate([values[:, -columns:], values[:, :-columns]], axis=1) if columns else values
