"""Columns of tables as they are kept in memory: a million cells as one array, not as a million objects."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from pydantic import JsonValue


class _Absent(Enum):
    TOKEN = 0


ABSENT: Final = _Absent.TOKEN
"""What a row says of a column that it does not have, as rows of JSON may; null is something else."""
Cell: TypeAlias = "JsonValue | Literal[_Absent.TOKEN]"
Rows: TypeAlias = npt.NDArray[np.int64]
"""Numbers of rows, counted from 0."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers or truth values."""

    values: npt.NDArray[np.generic]
    """Shape (rows,), or (rows, n) where each cell is a list."""
    is_blank: npt.NDArray[np.bool_] | None = None
    """Where there is nothing; NaN and infinities are nothing too."""

    def __len__(self) -> int:
        return len(self.values)

    def listed(self) -> list[JsonValue]:
        """Return every cell as JSON has it."""
        flat = _numbers(self.values.reshape(-1))
        if self.is_blank is not None:
            flat = [None if blank else cell for cell, blank in zip(flat, self.is_blank.reshape(-1).tolist(), strict=True)]
        if self.values.ndim == 1:
            return flat
        width = self.values.shape[1]
        return [flat[start : start + width] for start in range(0, len(flat), width)] if width else [[]] * len(self)

    def take(self, rows: Rows) -> Numbers:
        """Return some of the rows."""
        return Numbers(self.values[rows], None if self.is_blank is None else self.is_blank[rows])

    def as_floats(self) -> npt.NDArray[np.float64] | None:
        """Return the numbers, NaN where there is nothing; None where cells are lists."""
        if self.values.ndim != 1:
            return None
        floats = exactly(self.values)
        return floats if self.is_blank is None else np.where(self.is_blank, np.nan, floats)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.values.nbytes + (0 if self.is_blank is None else self.is_blank.nbytes)


@dataclass(frozen=True, eq=False)
class Texts:
    """A column of text, one after another in UTF-8; an empty one is nothing."""

    written: bytes
    ends: npt.NDArray[np.int64]
    """Where each begins and ends: 0, then the end of each."""

    @classmethod
    def of(cls, cells: Iterable[str]) -> Texts:
        """Return texts, without the blanks around them."""
        stripped = list(map(str.strip, cells))
        written = "".join(stripped)
        # Where every letter is a byte, there is no need to look at each text by itself.
        encoded = stripped if written.isascii() else [cell.encode("utf-8", "replace") for cell in stripped]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls(written.encode("utf-8", "replace"), _ends(lengths))

    @classmethod
    def of_fixed(cls, cells: npt.NDArray[np.bytes_]) -> Texts:
        """Return texts of as many bytes each, filled up with blanks or zeros."""
        if not cells.dtype.itemsize or not cells.size:
            return cls.of([""] * len(cells))
        stripped = np.ascontiguousarray(np.strings.strip(cells))
        lengths = np.strings.str_len(stripped).astype(np.int64)
        letters = stripped.view(np.uint8).reshape(len(cells), -1)
        return cls(letters[np.arange(letters.shape[1]) < lengths[:, None]].tobytes(), _ends(lengths))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def listed(self) -> list[str | None]:
        """Return every text, None for empty ones."""
        return [text or None for text in self.texts()]

    def texts(self) -> list[str]:
        """Return every text, empty ones too."""
        places = self.ends.tolist()
        if self.written.isascii():
            letters = self.written.decode("ascii")
            return [letters[begin:end] for begin, end in pairwise(places)]
        return [self.written[begin:end].decode("utf-8", "replace") for begin, end in pairwise(places)]

    def take(self, rows: Rows) -> Texts:
        """Return some of the rows."""
        begins, ends = self.ends[rows].tolist(), self.ends[rows + 1].tolist()
        parts = [self.written[begin:end] for begin, end in zip(begins, ends, strict=True)]
        return Texts(b"".join(parts), _ends(np.fromiter(map(len, parts), np.int64, len(parts))))

    def as_floats(self) -> None:
        """Return None: there are no numbers here."""

    def holding(self, words: str, limit: int) -> Rows:
        """Return the first rows whose text holds some words, in any case."""
        wanted = words.lower().encode("utf-8", "replace")
        rows: list[int] = []
        at = self._lowered.find(wanted) if wanted else -1
        while at >= 0 and len(rows) < limit:
            row = int(np.searchsorted(self.ends, at, "right")) - 1
            if at + len(wanted) <= self.ends[row + 1]:
                rows.append(row)
                at = self.ends[row + 1] - 1
            at = self._lowered.find(wanted, at + 1)  # what runs from one text into the next is not in either
        return np.asarray(rows, np.int64)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return len(self.written) + self.ends.nbytes

    @cached_property
    def _lowered(self) -> bytes:
        """The same in small letters; of letters beyond ASCII only as far as both take as many bytes."""
        lowered = self.written.decode("utf-8", "replace").lower().encode("utf-8", "replace")
        return lowered if len(lowered) == len(self.written) else self.written.lower()


@dataclass(frozen=True, eq=False)
class Mixed:
    """A column of anything that JSON can say."""

    cells: Sequence[Cell]
    """One for each row."""

    def __len__(self) -> int:
        return len(self.cells)

    def listed(self) -> list[Cell]:
        """Return every cell."""
        return list(self.cells)

    def take(self, rows: Rows) -> Mixed:
        """Return some of the rows."""
        return Mixed([self.cells[row] for row in rows.tolist()])

    def as_floats(self) -> npt.NDArray[np.float64] | None:
        """Return the numbers, NaN where there is something else; None where there are none."""
        is_number = [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in self.cells]
        if not any(is_number):
            return None
        return np.asarray([cell if number else math.nan for cell, number in zip(self.cells, is_number, strict=True)], np.float64)

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about."""
        return 64 * len(self.cells)


Column: TypeAlias = Numbers | Texts | Mixed


def exactly(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Return numbers in double precision; single precision is read as the decimals it was written from: 2.07, not 2.0699999."""
    if values.dtype.kind == "f" and values.dtype.itemsize < 8:
        return values.astype("U").astype(np.float64)
    return values.astype(np.float64)


def _numbers(values: npt.NDArray[np.generic]) -> list[JsonValue]:
    if values.dtype.kind != "f":
        plain: list[JsonValue] = values.tolist()
        return plain
    return [value if math.isfinite(value) else None for value in exactly(values).tolist()]


def _ends(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
