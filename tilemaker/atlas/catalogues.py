"""Reading catalogues: tables of many makes in, sources out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import JsonValue

from tilemaker.errors import MapUnreadable
from tilemaker.sky.boxes import wrap_deg

from .angles import degrees, icrs_of
from .columns import Columns, columns_of
from .rows import ROWS, Row

if TYPE_CHECKING:
    from pathlib import Path

    from .models import FileType

MAX_PROBLEMS = 5
"""How many bad rows are described; the rest are counted."""
MAX_COLUMNS = 12
"""How many columns are listed where none of them is what was looked for."""


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sources of a file, and what was wrong with the rows that are not among them."""

    sources: tuple[Source, ...]
    problems: tuple[str, ...]
    """A sentence for each of the first of them."""
    left_out: int
    """How many there are."""


def read_catalogue(path: Path, file_type: FileType) -> Catalogue:
    """Read a catalogue.

    Rows without a usable position are left out and described in ``problems``. Cells that are empty or not finite become None.

    Raises
    ------
    MapUnreadable
        The file cannot be read as what it is said to be, has no columns of positions, or no row that can be used.
    """
    rows = ROWS[file_type](path)
    sources, problems = _sorted_out(rows)
    if rows and not sources:
        raise MapUnreadable(f"No row of the catalogue can be used; {problems[0]}.")
    return Catalogue(tuple(sources), tuple(problems), len(rows) - len(sources))


def _sorted_out(rows: Iterable[Row]) -> tuple[list[Source], list[str]]:
    sources: list[Source] = []
    problems: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            sources.append(_source(row))
        except ValueError as bad:
            if len(problems) < MAX_PROBLEMS:
                problems.append(f"row {number}: {bad}")
    return sources, problems


def _source(row: Row) -> Source:
    """Make a source of a row. Raises ValueError with what is wrong."""
    columns = columns_of(tuple(row))
    if columns is None:
        listed = ", ".join(islice(row, MAX_COLUMNS)) + (", …" if len(row) > MAX_COLUMNS else "")
        raise ValueError(f"there is no pair of columns ra and dec among {listed or 'none'}")
    ra_deg, dec_deg = _position(row, columns)
    name = row[columns.name] if columns.name else None
    return Source(None if name in (None, "") else str(name), ra_deg, dec_deg, _extra(row, columns))


def _extra(row: Row, columns: Columns) -> Mapping[str, JsonValue]:
    """Return everything else a row says; an object called ``extra`` is opened up."""
    used = {columns.first, columns.second, columns.name}
    extra = {key: value for key, value in row.items() if key not in used}
    inner = extra.pop("extra", None)
    return {**extra, **inner} if isinstance(inner, dict) else extra if inner is None else {**extra, "extra": inner}


def _position(row: Row, columns: Columns) -> tuple[float, float]:
    """Return RA and Dec of a row in degrees. Raises ValueError."""
    first = degrees(row[columns.first], columns.first, in_hours=not columns.is_galactic)
    second = degrees(row[columns.second], columns.second)
    if abs(second) > 90.0:
        raise ValueError(f"{columns.second} is {second:g}, allowed is -90 to 90")
    if columns.is_galactic:
        return icrs_of(first, second)
    return first if -180.0 <= first <= 360.0 else wrap_deg(first), second
