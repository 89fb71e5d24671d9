"""Reading catalogues: tables of many makes in, sources out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import JsonValue

from tilemaker.errors import MapUnreadable
from tilemaker.sky.boxes import wrap_deg

from .angles import degrees, icrs_of
from .rows import ROWS, Row

if TYPE_CHECKING:
    from pathlib import Path

    from .models import FileType

RA_KEYS = ("ra", "radeg", "raj2000", "raicrs", "raj2000deg", "alphaj2000", "rightascension", "alpha")
DEC_KEYS = ("dec", "decdeg", "decj2000", "dej2000", "deicrs", "dej2000deg", "deltaj2000", "declination", "delta", "de", "dedeg")
LONGITUDE_KEYS = ("l", "glon", "lii", "gallon")
LATITUDE_KEYS = ("b", "glat", "bii", "gallat")
NAME_KEYS = ("name", "sourcename", "objectname", "designation", "object", "id", "sourceid", "identifier", "name1", "hip")
"""Names of columns, best first, in lower case and without punctuation."""

MAX_PROBLEMS = 100
"""How many bad rows are described; the rest are counted."""


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
        raise MapUnreadable(f"No row of the catalogue can be used; {problems[0]}")
    return Catalogue(tuple(sources), tuple(problems))


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
    columns = _columns(tuple(row))
    ra_deg, dec_deg = _position(row, columns)
    name = row[columns.name] if columns.name else None
    used = {columns.first, columns.second, columns.name, "extra"}
    extra = row.get("extra")
    more = extra if isinstance(extra, Mapping) else {"extra": extra} if extra is not None else {}
    own = {key: value for key, value in row.items() if key not in used}
    return Source(None if name in (None, "") else str(name), ra_deg, dec_deg, {**own, **more})


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which keys of a row hold what."""

    frame: Literal["icrs", "galactic"]
    first: str
    second: str
    name: str | None


@lru_cache(maxsize=64)
def _columns(keys: tuple[str, ...]) -> _Columns:
    """Find the columns of a row by their names. Raises ValueError when there is no position among them."""
    plain = {re.sub(r"[^a-z0-9]", "", key.lower()): key for key in reversed(keys)}

    def first_of(wanted: tuple[str, ...]) -> str | None:
        return next((plain[word] for word in wanted if word in plain), None)

    name = first_of(NAME_KEYS)
    ra, dec = first_of(RA_KEYS), first_of(DEC_KEYS)
    if ra and dec:
        return _Columns("icrs", ra, dec, name)
    longitude, latitude = first_of(LONGITUDE_KEYS), first_of(LATITUDE_KEYS)
    if longitude and latitude:
        return _Columns("galactic", longitude, latitude, name)
    raise ValueError(f"there is no pair of columns ra and dec among {', '.join(keys) or 'none'}")


def _position(row: Row, columns: _Columns) -> tuple[float, float]:
    """Return RA and Dec of a row in degrees. Raises ValueError."""
    first = degrees(row[columns.first], columns.first, in_hours=columns.frame == "icrs")
    second = degrees(row[columns.second], columns.second)
    if abs(second) > 90.0:
        raise ValueError(f"{columns.second} is {second:g}, allowed is -90 to 90")
    if columns.frame == "galactic":
        return icrs_of(first, second)
    return first if -180.0 <= first <= 360.0 else wrap_deg(first), second
