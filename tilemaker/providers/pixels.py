"""What pixels are, as numbers in memory, and what they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tilemaker.sky.grid import Shape

Pixels = npt.NDArray[np.float32]
"""(rows, columns) in layer units. Row 0 is the southernmost, column 0 the lowest RA. NaN where the map has no data."""

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]
"""Pixels as exactly as the file holds them: float32 where it holds float32, else float64; NaN where there is no data."""

Words = npt.NDArray[np.uint32]
"""Pixels as their bytes are in a file: the bits of big-endian float32, as a processor that is not big-endian reads them."""


class Rows(Protocol):
    """A plane in the order of the sky."""

    shape: Shape
    is_quick: bool
    """Whether pixels lie somewhere as they are, and are not worked out each time."""

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns."""
        ...


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Whole rows in the order of the file, and how they become rows of the sky."""

    words: Words
    """(rows, columns), of the file."""
    pieces: npt.NDArray[np.int64]
    """For each piece of a row of the sky that the file has: its first pixel, how many there are, which of the file's is the first
    of them, and 1 or -1, the direction in which the others follow."""
    is_row_reversed: bool


@runtime_checkable
class HasStoredRows(Protocol):
    """A plane that may lie in its file as it is."""

    def stored(self, rows: range, room: Words) -> StoredRows | None:
        """Return rows as they are in the file, in ``room`` if they fit; None when pixels have to be worked out."""
        ...
