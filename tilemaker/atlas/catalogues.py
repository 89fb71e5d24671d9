"""Reading catalogues: tables of many makes in, sources out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from tilemaker.errors import BadParameter, MapUnreadable

from .binary_tables import ecsv_table, fits_table, parquet_table, votable_table
from .cells import ABSENT, Cell, Column, Mixed, Rows, Texts
from .columns import Columns, Order, columns_of, order_of
from .positions import on_the_sky, positions_of, problem_of
from .region_files import points_table
from .skyindex import SkyIndex, foremost, keys_of
from .table import Field, Table
from .text_tables import csv_table, json_table

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.sky.boxes import SkyBox

    from .models import FileType

MAX_PROBLEMS = 5
"""How many bad rows are described; the rest are counted."""
MAX_COLUMNS = 12
"""How many columns are listed where none of them is what was looked for."""

READERS: dict[FileType, Callable[[Path], Table]] = {
    "json": json_table,
    "csv": csv_table,
    "fits": fits_table,
    "votable": votable_table,
    "ecsv": ecsv_table,
    "parquet": parquet_table,
    "ds9": points_table,
}


@dataclass(frozen=True, slots=True)
class Source:
    """One astronomical source."""

    name: str | None
    ra_deg: float
    """Right ascension, as written, or brought into -180 to 180 when it was beyond -180 to 360."""
    dec_deg: float
    """Declination."""
    extra: Mapping[str, JsonValue]
    """Whatever else the catalogue says, finite numbers, texts and null."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The sources of a file as columns, and what was wrong with the rows that are not among them.

    Walking through it makes a `Source` of each row; nothing that may be asked of a million rows should.
    """

    ra_deg: npt.NDArray[np.float64]
    """As `Source.ra_deg`."""
    dec_deg: npt.NDArray[np.float64]
    names: Texts | None = None
    """None where no column has names."""
    extra: Mapping[str, Field] = field(default_factory=dict)
    """The other columns, by name."""
    problems: tuple[str, ...] = ()
    """A sentence for each of the first of the rows that were left out."""
    left_out: int = 0
    """How many were."""

    def __len__(self) -> int:
        return len(self.ra_deg)

    def __iter__(self) -> Iterator[Source]:
        return iter(self.sources_at(np.arange(len(self))))

    def __getitem__(self, row: int) -> Source:
        return self.sources_at(np.arange(len(self))[row : row + 1 or None])[0]

    def sources_at(self, rows: Rows) -> list[Source]:
        """Return some of the sources."""
        names: list[str | None] = self.names.take(rows).listed() if self.names else [None] * len(rows)
        places = zip(names, self.ra_deg[rows].tolist(), self.dec_deg[rows].tolist(), strict=True)
        columns: list[tuple[str, Sequence[Cell]]] = [(key, each.cells.take(rows).listed()) for key, each in self.extra.items()]
        return [
            Source(name, ra_deg, dec_deg, {key: cell for key, cells in columns if (cell := cells[number]) is not ABSENT})
            for number, (name, ra_deg, dec_deg) in enumerate(places)
        ]

    @cached_property
    def order(self) -> Order | None:
        """Which column says how bright or significant a source is, where one does."""
        numbers = {key: each.ucd for key, each in self.extra.items() if keys_of(each.cells, is_descending=True) is not None}
        return order_of(numbers)

    def order_by(self, column: str, *, is_descending: bool) -> Order:
        """Return an order by a column. Raises `BadParameter` where it is none of numbers."""
        if column not in self.extra or keys_of(self.extra[column].cells, is_descending=is_descending) is None:
            raise BadParameter("by", f"there is no column of numbers called {column!r} in this catalogue.")
        return Order(column, is_descending)

    def within(self, box: SkyBox, order: Order | None, limit: int) -> tuple[Rows, int]:
        """Return the rows in a box that matter most by some order, those first, at most so many; and how many there are in all."""
        rows = self._index.within(box)
        return foremost(rows, self._keys(order), limit), len(rows)

    def named(self, words: str, limit: int) -> Rows:
        """Return the first rows whose names hold some words, in any case, at most so many."""
        return self.names.holding(words, limit) if self.names else np.zeros(0, np.int64)

    @cached_property
    def _index(self) -> SkyIndex:
        return SkyIndex(self.ra_deg, self.dec_deg)

    def _keys(self, order: Order | None) -> npt.NDArray[np.float64] | None:
        if order is None:
            return None
        return self._own_keys if order == self.order else keys_of(self.extra[order.by].cells, is_descending=order.is_descending)

    @cached_property
    def _own_keys(self) -> npt.NDArray[np.float64] | None:
        own = self.order
        return keys_of(self.extra[own.by].cells, is_descending=own.is_descending) if own else None

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about."""
        columns = [each.cells for each in self.extra.values()] + ([self.names] if self.names else [])
        return self.ra_deg.nbytes + self.dec_deg.nbytes + sum(column.nbytes for column in columns)


def read_catalogue(path: Path, file_type: FileType, hdu: int | None = None) -> Catalogue:
    """Read a catalogue.

    Rows without a usable position are left out and described in ``problems``. Cells that are empty or not finite become None.

    Parameters
    ----------
    path
        The file.
    file_type
        How it is written.
    hdu
        Which HDU of a FITS file; None for the first with positions.

    Raises
    ------
    MapUnreadable
        The file cannot be read as what it is said to be, has no columns of positions, or no row that can be used.
    """
    table = READERS[file_type](path) if hdu is None else fits_table(path, hdu)
    if not table.rows:
        return Catalogue(np.zeros(0), np.zeros(0))
    columns = columns_of({name: each.ucd for name, each in table.fields.items()})
    if columns is None:
        listed = ", ".join(islice(table.fields, MAX_COLUMNS)) + (", …" if len(table.fields) > MAX_COLUMNS else "")
        raise MapUnreadable(
            f"No row of the catalogue can be used; there is no pair of columns ra and dec among {listed or 'none'}."
        )
    return _catalogue(table, columns)


def _catalogue(table: Table, columns: Columns) -> Catalogue:
    first_deg, second_deg = positions_of(table, columns)
    bad = np.flatnonzero(np.isnan(first_deg))
    problems = tuple(f"row {row + 1}: {problem_of(table, columns, row)}" for row in bad[:MAX_PROBLEMS].tolist())
    if len(bad) == table.rows:
        raise MapUnreadable(f"No row of the catalogue can be used; {problems[0]}.")
    good = np.flatnonzero(~np.isnan(first_deg)) if len(bad) else None
    if good is not None:
        first_deg, second_deg = first_deg[good], second_deg[good]
    ra_deg, dec_deg = on_the_sky(first_deg, second_deg, columns)
    names = _names(table.fields[columns.name].cells, good) if columns.name else None
    return Catalogue(ra_deg, dec_deg, names, _extra(table, columns, good), problems, len(bad))


def _names(cells: Column, rows: Rows | None) -> Texts:
    kept = _kept(cells, rows)
    if isinstance(kept, Texts):
        return kept
    return Texts.of("" if cell in (ABSENT, None) else str(cell) for cell in kept.listed())


def _extra(table: Table, columns: Columns, rows: Rows | None) -> dict[str, Field]:
    """Return everything else a table says; what is said under one name in two places, as the remarks have it."""
    used = {columns.first, columns.second, columns.name}
    extra = {key: each for key, each in table.fields.items() if key not in used}
    for key, each in table.remarks.items():
        extra[key] = Field(_preferring(each.cells, extra[key].cells)) if key in extra else each
    return {key: replace(each, cells=_kept(each.cells, rows)) for key, each in extra.items()}


def _preferring(cells: Column, others: Column) -> Mixed:
    return Mixed([other if cell is ABSENT else cell for cell, other in zip(cells.listed(), others.listed(), strict=True)])


def _kept(cells: Column, rows: Rows | None) -> Column:
    return cells if rows is None else cells.take(rows)
