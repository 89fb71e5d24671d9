"""Positions of sources, from the columns that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from tilemaker.errors import MapUnreadable
from tilemaker.sky.boxes import wrap_deg

from .angles import DEGREES_IN, NUMBER, degrees, icrs_of, name_and_unit
from .cells import ABSENT, Cell, Numbers

if TYPE_CHECKING:
    from .columns import Columns
    from .table import Field, Table

Degrees = npt.NDArray[np.float64]

IN_HOURS = frozenset({"equatorial", "fk4"})
"""Frames whose longitudes are counted in hours where they are written in sixtieths."""


def positions_of(table: Table, columns: Columns) -> tuple[Degrees, Degrees]:
    """Return both angles of every row in degrees, as the table has them; NaN where there is none that can be used.

    Raises
    ------
    MapUnreadable
        A column is in a unit that is none of angles.
    """
    first = _angles(table.fields[columns.first], columns.first, in_hours=columns.frame in IN_HOURS)
    second = _angles(table.fields[columns.second], columns.second, in_hours=False)
    with np.errstate(invalid="ignore"):
        is_good = np.isfinite(first) & (np.abs(second) <= 90.0)
    return np.where(is_good, first, np.nan), np.where(is_good, second, np.nan)


def on_the_sky(first_deg: Degrees, second_deg: Degrees, columns: Columns) -> tuple[Degrees, Degrees]:
    """Return RA and Dec: RA as written, or brought into -180 to 180 when it is beyond -180 to 360."""
    ra_deg, dec_deg = icrs_of(first_deg, second_deg, columns.frame)
    return np.where((ra_deg < -180.0) | (ra_deg > 360.0), wrap_deg(ra_deg), ra_deg), dec_deg


def problem_of(table: Table, columns: Columns, row: int) -> str:
    """Say what is wrong with the position of a row."""
    at = np.asarray([row])
    cells = [_plain(table.fields[name].cells.take(at).listed()[0]) for name in (columns.first, columns.second)]
    try:
        degrees(cells[0], columns.first)
        second_deg = degrees(cells[1], columns.second)
    except ValueError as bad:
        return str(bad)
    return f"{columns.second} is {second_deg:g}, allowed is -90 to 90"


def _angles(angles: Field, name: str, *, in_hours: bool) -> Degrees:
    unit = angles.unit or name_and_unit(name)[1] or ""
    size = DEGREES_IN.get(unit.strip().strip('"').lower())
    if size is None:
        raise MapUnreadable(f"The column {name} is in {angles.unit}, which is not a unit of angles.")
    if isinstance(angles.cells, Numbers) and (numbers := angles.cells.as_floats()) is not None:
        return numbers * size if size != 1.0 else numbers
    cells = map(_plain, angles.cells.listed())
    return np.asarray([_angle(cell, name, size, in_hours=in_hours) for cell in cells], np.float64)


def _angle(cell: JsonValue, name: str, size: float, *, in_hours: bool) -> float:
    """Return an angle in degrees, NaN for what is none; what is written in sixtieths says its unit itself."""
    is_number = not isinstance(cell, str) or NUMBER.fullmatch(cell.strip())
    try:
        return degrees(cell, name, in_hours=in_hours) * (size if is_number else 1.0)
    except ValueError:
        return np.nan


def _plain(cell: Cell) -> JsonValue:
    return None if cell is ABSENT else cell
