"""Tables of many makes as rows: a list of dictionaries from column names to numbers, texts or None."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

import numpy as np
from astropy.io import fits
from pydantic import JsonValue

from tilemaker.errors import MapUnreadable
from tilemaker.providers.files import Files
from tilemaker.providers.fits import LISTING_BYTES
from tilemaker.providers.hdus import quietly, walk

from .angles import NUMBER
from .columns import columns_of
from .filenames import whole_characters

if TYPE_CHECKING:
    from pathlib import Path

    from .models import FileType

Row = Mapping[str, JsonValue]

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "--"})


def json_rows(path: Path) -> list[Row]:
    """Read a list of objects. Raises `MapUnreadable`."""
    try:
        top: JsonValue = json.loads(path.read_bytes())
    except OSError as refused:
        raise MapUnreadable("The catalogue's file cannot be read.") from refused
    except ValueError as broken:
        raise MapUnreadable(f"The catalogue is not valid JSON: {broken}.") from broken
    except RecursionError as deep:
        raise MapUnreadable("The catalogue is not a list of sources: it is nested too deeply.") from deep
    if not isinstance(top, list):
        raise MapUnreadable('The catalogue is not a list of objects such as {"ra": 10.5, "dec": -3.2, "name": "A"}.')
    return [_object(item) for item in top]


def csv_rows(path: Path) -> list[Row]:
    """Read a table of text with a line of column names first, separated by commas, semicolons or tabs. Raises `MapUnreadable`."""
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as refused:
        raise MapUnreadable("The catalogue's file cannot be read.") from refused
    kept = _table_lines(lines)
    separator = _separator(kept[0])
    try:
        names, *rows = csv.reader(kept, delimiter=separator, skipinitialspace=True)
    except csv.Error as broken:
        raise MapUnreadable(f"The catalogue is not a valid CSV table: {broken}.") from broken
    columns = [name.strip() for name in names]
    return [dict(zip_longest(columns, map(_cell, row[: len(columns)]))) for row in rows]


def fits_rows(path: Path) -> list[Row]:
    """Read the first table of a FITS file that has columns of positions. Raises `MapUnreadable`."""
    try:
        number = _table_with_positions(path)
        with quietly(), fits.open(path, memmap=False) as hdus:
            table = hdus[number]
            return _table_rows({column.name: (table.data[column.name], column.null) for column in table.columns})
    except MapUnreadable:
        raise
    except Exception as broken:  # a broken header raises whatever astropy happens to trip over, assertions included
        raise MapUnreadable("The catalogue cannot be read as a FITS table.") from broken


def _table_with_positions(path: Path) -> int:
    """Return the number of the HDU to read, from the headers alone: a table of something else may be very large."""
    for part in walk(Files().open(path), LISTING_BYTES):
        if "TABLE" in str(part.header.get("XTENSION", "")) and columns_of(
            tuple(str(name) for name in part.header["TTYPE*"].values())
        ):
            return part.number
    raise MapUnreadable("The file holds no table with columns of positions.")


def votable_rows(path: Path) -> list[Row]:
    """Read the first table of a VOTable. Raises `MapUnreadable`."""
    # Here, because it takes longer to import than most people's catalogues to read, and few are VOTables.
    from astropy.io.votable import parse_single_table

    try:
        table = parse_single_table(path, verify="ignore")
    except Exception as broken:  # as above
        raise MapUnreadable("The catalogue cannot be read as a VOTable.") from broken
    return _table_rows({name: (np.ma.asarray(table.array[name]), None) for name in table.array.dtype.names})


ROWS: dict[FileType, Callable[[Path], list[Row]]] = {
    "json": json_rows,
    "csv": csv_rows,
    "fits": fits_rows,
    "votable": votable_rows,
}


def _table_lines(lines: list[str]) -> list[str]:
    """Return the line of column names and the rows, without blank lines and remarks. Raises `MapUnreadable`.

    The names may stand in a remark, as they do in many hand-made tables: then the first line that is none holds numbers already.
    """
    kept = [line for line in lines if line.strip()]
    remarks = list(takewhile(lambda line: line.startswith("#"), kept))
    table = [line for line in kept if not line.startswith("#")]
    if remarks and (not table or _holds_numbers(table[0])):
        table.insert(0, remarks[-1].lstrip("# "))
    if not table:
        raise MapUnreadable("The catalogue is empty.")
    return table


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _holds_numbers(line: str) -> bool:
    return any(NUMBER.fullmatch(cell.strip()) for cell in line.split(_separator(line)))


def _object(item: JsonValue) -> Row:
    """Return an object as it can be sent; anything else as an empty one, which has no position."""
    return {whole_characters(key): _sendable(value) for key, value in item.items()} if isinstance(item, dict) else {}


def _sendable(value: JsonValue) -> JsonValue:
    """Return a value with what Python's reader lets pass and JSON has no word for replaced: NaN and infinities by None."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case str():
            return whole_characters(value)
        case list():
            return [_sendable(part) for part in value]
        case dict():
            return dict(_object(value))
        case _:
            return value


def _cell(text: str) -> JsonValue:
    """Return what a cell says: a number, None for nothing or not a finite number, else the text."""
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:  # also what Python takes for a number and people do not
        return None if text.lower() in _NOTHING or NUMBER.fullmatch(text) else text
    return int(text) if number.is_integer() and _WHOLE.fullmatch(text) else number


def _table_rows(columns: Mapping[str, tuple[np.ndarray, object]]) -> list[Row]:
    """Turn columns into rows; columns of arrays are left out, since a source's card has no room for them."""
    flat = {name: _cells(values, blank) for name, (values, blank) in columns.items() if np.ndim(values) == 1}
    return [dict(zip(flat, cells, strict=True)) for cells in zip(*flat.values(), strict=True)]


def _cells(values: np.ndarray, blank: object) -> Iterable[JsonValue]:
    """Return a column's cells; single precision is read as the decimal number it was written from: 2.07, not 2.0699999."""
    exact = values.astype("U").astype(np.float64) if values.dtype.kind == "f" and values.dtype.itemsize == 4 else values
    return [_table_cell(value) if blank is None or value != blank else None for value in exact.tolist()]


def _table_cell(value: object) -> JsonValue:
    """Return a cell of a binary table as JSON has it; an empty text is nothing."""
    match value:
        case bytes():
            return value.decode("ascii", "replace").strip() or None
        case str():
            return value.strip() or None
        case bool() | int() | None:
            return value
        case float():
            return value if math.isfinite(value) else None
        case _:
            return str(value)
