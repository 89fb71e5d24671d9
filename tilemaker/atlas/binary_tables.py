"""Tables whose columns have types, units and UCDs: FITS, VOTable, ECSV, Parquet."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker.errors import MapUnreadable, TilemakerError
from tilemaker.providers.cards import Cards
from tilemaker.providers.files import Files
from tilemaker.providers.fits import parts_of
from tilemaker.providers.hdus import MISREAD
from tilemaker.providers.quiet import quietly

from .cells import Column, Mixed, Numbers, Texts
from .columns import columns_of
from .table import Field, Table

if TYPE_CHECKING:
    from pathlib import Path

    from astropy.io import fits

    from tilemaker.providers.hdus import Hdu

MOST_PARTS = 16
"""Cells that are lists are kept up to this length: a card has no room for more."""


def fits_table(path: Path, hdu: int | None = None) -> Table:
    """Read a table of a FITS file.

    Parameters
    ----------
    path
        The file.
    hdu
        Which HDU, counted from 0; None for the first table that has columns of positions.

    Raises
    ------
    MapUnreadable
        There is no such table, or it cannot be read.
    """
    from astropy.io import fits

    try:
        number = position_tables(path)[0].number if hdu is None else hdu
        with quietly(), fits.open(path, memmap=False) as hdus:
            table = hdus[number]
            if not isinstance(table, fits.BinTableHDU | fits.TableHDU):
                raise MapUnreadable(f"HDU {number} is not a table.")
            return _of_arrays({name: _fits_field(table, name) for name in table.columns.names})
    except TilemakerError:
        raise
    except IndexError as short:
        raise MapUnreadable(f"The file has no HDU {hdu}.") from short
    except Exception as broken:  # a broken header raises whatever astropy happens to trip over, assertions included
        raise MapUnreadable("The catalogue cannot be read as a FITS table.") from broken


def position_tables(path: Path) -> list[Hdu]:
    """Return the tables of a FITS file that have columns of positions, from the headers alone: one of something else may be large.

    Raises
    ------
    MapUnreadable
        There are none, or the file cannot be read.
    """
    try:
        found = [part for part in parts_of(Files().open(path)) if "TABLE" in part.extension and columns_of(_ucds(part.header))]
    except MISREAD as misread:
        raise MapUnreadable("The header of a table cannot be understood.") from misread
    if not found:
        raise MapUnreadable("The file holds no table with columns of positions.")
    return found


def _ucds(header: Cards) -> dict[str, str | None]:
    names = {key.removeprefix("TTYPE"): str(header[key]) for key in header if key.startswith("TTYPE")}
    return {name: _text(header.get(f"TUCD{number}")) for number, name in names.items()}


def _fits_field(table: fits.BinTableHDU, name: str) -> Field | None:
    column, header = table.columns[name], table.header
    values = np.ma.asarray(np.asarray(table.data[name]))
    if column.null not in (None, "") and values.dtype.kind in "iu":
        values = np.ma.masked_equal(values, column.null)
    number = 1 + table.columns.names.index(name)
    return _field(values, _text(column.unit), _text(header.get(f"TUCD{number}")))


def votable_table(path: Path) -> Table:
    """Read the first table of a VOTable that has columns of positions, else the first. Raises `MapUnreadable`."""
    # Here, because it takes longer to import than most people's catalogues to read, and few are VOTables.
    from astropy.io.votable import parse

    try:
        with quietly():
            tables = list(parse(path, verify="ignore").iter_tables())
        table = next((each for each in tables if columns_of({field.ID: _text(field.ucd) for field in each.fields})), tables[0])
        values = table.array
        return _of_arrays({part.ID: _field(values[part.ID], _text(part.unit), _text(part.ucd)) for part in table.fields})
    except Exception as broken:  # as above
        raise MapUnreadable("The catalogue cannot be read as a VOTable.") from broken


def ecsv_table(path: Path) -> Table:
    """Read a table in astropy's enhanced CSV. Raises `MapUnreadable`."""
    from astropy.table import QTable

    try:
        with quietly():
            table = QTable.read(path, format="ascii.ecsv")
        return _of_arrays(dict(_ecsv_fields(table)))
    except Exception as broken:  # as above
        raise MapUnreadable("The catalogue cannot be read as an ECSV table.") from broken


def _ecsv_fields(table: Mapping[str, object]) -> Iterator[tuple[str, Field | None]]:
    """Yield columns; one of positions as a pair of columns, since it says itself which frame it is in."""
    for name in table.keys():  # noqa: SIM118  a table is walked through row by row
        column = table[name]
        if (icrs := getattr(column, "icrs", None)) is not None:
            yield "ra", _field(np.ma.asarray(icrs.ra.deg), "deg", "pos.eq.ra;meta.main")
            yield "dec", _field(np.ma.asarray(icrs.dec.deg), "deg", "pos.eq.dec;meta.main")
        else:
            ucd = getattr(getattr(column, "info", None), "meta", None) or {}
            yield name, _field(_plain(column), _text(getattr(column, "unit", None)), _text(ucd.get("ucd")))


def _plain(column: object) -> np.ma.MaskedArray:
    """Return the numbers of a quantity, or the texts of a time."""
    mask = getattr(column, "mask", False)
    values = getattr(column, "unmasked", column)
    values = getattr(values, "value", values)
    return np.ma.array(np.asarray(values), mask=np.asarray(mask, bool) if np.ndim(mask) else False)


def parquet_table(path: Path) -> Table:
    """Read a Parquet table. Raises `MapUnreadable`, also where what reads such files is not installed."""
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as missing:
        raise MapUnreadable(
            "Parquet tables need pyarrow, which is not installed here: pip install 'tilemaker[parquet]'."
        ) from missing
    try:
        table = parquet.read_table(path)
        return _of_arrays(
            {name: _parquet_field(table.column(name), table.schema.field(name).metadata) for name in table.column_names}
        )
    except Exception as broken:  # as above
        raise MapUnreadable("The catalogue cannot be read as a Parquet table.") from broken


def _parquet_field(column: object, metadata: Mapping[bytes, bytes] | None) -> Field | None:
    is_null = np.asarray(column.is_null())  # type: ignore[attr-defined]  # pyarrow has no types
    values = np.ma.array(column.to_numpy(), mask=is_null)  # type: ignore[attr-defined]  # as above
    said = {key.decode().lower(): value.decode("utf-8", "replace") for key, value in (metadata or {}).items()}
    return _field(values, said.get("unit"), said.get("ucd"))


def _of_arrays(fields: Mapping[str, Field | None]) -> Table:
    kept = {name: field for name, field in fields.items() if field is not None}
    return Table(kept, rows=next((len(field.cells) for field in kept.values()), 0))


def _field(values: np.ma.MaskedArray, unit: str | None, ucd: str | None) -> Field | None:
    """Return a column; None for one of pictures, spectra and the like, which are no part of a list."""
    cells = _cells(np.ma.asarray(values))
    return None if cells is None else Field(cells, unit, ucd)


def _cells(values: np.ma.MaskedArray) -> Column | None:
    if values.ndim > 2 or (values.ndim == 2 and (values.shape[1] > MOST_PARTS or values.dtype.kind not in "bfiu")):
        return None
    plain, mask = np.asarray(values.data), np.ma.getmaskarray(values)
    match values.dtype.kind:
        case "b" | "i" | "u" | "f":
            native = np.ascontiguousarray(plain.astype(plain.dtype.newbyteorder("="), copy=False))
            return Numbers(native, mask if mask.any() else None)
        case "S":
            return Texts.of_fixed(np.where(mask, b"", plain))
        case "U":
            return Texts.of(np.where(mask, "", plain).tolist())
        case "O":
            return _objects(plain, mask)
        case "M":
            return Texts.of(np.where(mask, "", plain.astype("U")).tolist())
        case _:
            return None


def _objects(values: npt.NDArray[np.object_], mask: npt.NDArray[np.bool_]) -> Column | None:
    """Return texts, or lists of numbers that are of different lengths."""
    cells = [None if blank else value for value, blank in zip(values.tolist(), mask.tolist(), strict=True)]
    if all(cell is None or isinstance(cell, str | bytes) for cell in cells):
        return Texts.of(cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell or "" for cell in cells)
    if all(cell is None or (np.ndim(cell) == 1 and len(cell) <= MOST_PARTS) for cell in cells):
        return Mixed([None if cell is None else Numbers(np.asarray(cell)).listed() for cell in cells])
    return None


def _text(said: object) -> str | None:
    """Return what a header says, None for nothing."""
    return str(said).strip() or None if said is not None else None
