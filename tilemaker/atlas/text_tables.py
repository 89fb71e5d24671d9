"""Tables of text: JSON, and lines of cells between commas, semicolons or tabs."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from tilemaker.errors import MapUnreadable

from .angles import MINUS, NUMBER
from .cells import ABSENT, Cell, Mixed, Numbers, Texts
from .filenames import whole_characters
from .table import Field, Table
from .unpacking import unpacked

if TYPE_CHECKING:
    from pathlib import Path

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,18})")
_RULE = re.compile(r"-+")
_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "--"})
_ROWS_AT_ONCE = 50_000


def json_table(path: Path) -> Table:
    """Read a list of objects. Raises `MapUnreadable`."""
    top = json_in(path)
    if not isinstance(top, list):
        raise MapUnreadable('The catalogue is not a list of objects such as {"ra": 10.5, "dec": -3.2, "name": "A"}.')
    rows = [_object(item) for item in top]
    remarks = [_remarks(row) for row in rows]
    return Table(_transposed(rows), _transposed(remarks), len(rows))


def json_in(path: Path) -> JsonValue:
    """Return what a JSON file says. Raises `MapUnreadable`."""
    try:
        top: JsonValue = json.loads(unpacked(path))
    except ValueError as broken:
        raise MapUnreadable(f"The catalogue is not valid JSON: {broken}.") from broken
    except RecursionError as deep:
        raise MapUnreadable("The catalogue is not a list of sources: it is nested too deeply.") from deep
    return top


def _remarks(row: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Take the object called ``extra`` out of a row, where there is one; null there says nothing."""
    inner = row.pop("extra", None)
    if inner is not None and not isinstance(inner, dict):
        row["extra"] = inner
    return inner if isinstance(inner, dict) else {}


def _transposed(rows: Sequence[dict[str, JsonValue]]) -> dict[str, Field]:
    columns: dict[str, list[Cell]] = {key: [ABSENT] * len(rows) for row in rows for key in row}
    for number, row in enumerate(rows):
        for key, value in row.items():
            columns[key][number] = value
    return {key: Field(Mixed(cells)) for key, cells in columns.items()}


def _object(item: JsonValue) -> dict[str, JsonValue]:
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


def csv_table(path: Path) -> Table:
    """Read a table of text with a line of column names first, separated by commas, semicolons or tabs. Raises `MapUnreadable`."""
    lines = _table_lines(StringIO(unpacked(path).decode("utf-8-sig", "replace"), newline=None))
    first = next(lines)
    reader = csv.reader(chain([first], lines), delimiter=_separator(first), skipinitialspace=True)
    try:
        names = [name.strip() for name in next(reader)]
        units, rows = _units_below(reader)
        columns = _read_columns(rows, len(names))
    except csv.Error as broken:
        raise MapUnreadable(f"The catalogue is not a valid CSV table: {broken}.") from broken
    fields = zip_longest(names, columns, units[: len(names)])
    return Table({name: Field(_typed(cells), unit or None) for name, cells, unit in fields}, rows=len(columns[0]))


def _units_below(rows: Iterator[list[str]]) -> tuple[list[str], Iterator[list[str]]]:
    """Return the units that stand between the names and a line of dashes, as VizieR writes them, and the rows that follow."""
    above = list(islice(rows, 2))
    for number, row in enumerate(above):
        if all(_RULE.fullmatch(cell.strip()) for cell in row):
            return [unit.strip() for unit in above[0]] if number else [], chain(above[number + 1 :], rows)
    return [], chain(above, rows)


def _read_columns(rows: Iterator[list[str]], count: int) -> list[Texts]:
    """Return the cells of each column as text, a part of the table at a time: as objects they take many times the memory."""
    parts: list[list[Texts]] = [[] for _ in range(count)]
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        cells = zip_longest(*some, fillvalue="")
        for column in parts:
            column.append(Texts.of(next(cells, ("",) * len(some))))
    return [_joined(column) for column in parts]


def _joined(parts: Sequence[Texts]) -> Texts:
    starts = np.cumsum([0, *(len(part.written) for part in parts)])
    ends = [part.ends[1:] + start for part, start in zip(parts, starts, strict=False)]
    return Texts(b"".join(part.written for part in parts), np.concatenate([np.zeros(1, np.int64), *ends]))


def _typed(cells: Texts) -> Numbers | Texts:
    """Return a column as numbers where every cell is one or says that it is none; else as it is written."""
    texts = cells.texts()
    try:
        values = _values(texts, is_plain=cells.written.isascii() and not re.search(rb"[_nN]", cells.written))
    except ValueError:
        return Texts.of("" if text.lower() in _NOTHING else text for text in texts)
    if b"." in cells.written:
        return Numbers(values)
    is_blank = np.isnan(values)
    there = [text for text, blank in zip(texts, is_blank.tolist(), strict=True) if not blank]
    if not all(map(_WHOLE.fullmatch, there)):
        return Numbers(values)
    try:
        whole = np.zeros(len(texts), np.int64)
        whole[~is_blank] = np.fromiter(map(int, there), np.int64, len(there))
    except OverflowError:  # numbers of nineteen digits that are names of something, not to be rounded
        return Texts.of("" if blank else text for text, blank in zip(texts, is_blank.tolist(), strict=True))
    return Numbers(whole, is_blank if is_blank.any() else None)


def _values(texts: Sequence[str], *, is_plain: bool) -> npt.NDArray[np.float64]:
    """Return the numbers that texts say. Raises ValueError."""
    if is_plain and "" not in texts:  # nothing that Python takes for a number and people do not
        values = np.fromiter(map(float, texts), np.float64, len(texts))
        return np.where(np.isinf(values), np.nan, values)
    return np.fromiter(map(_value, texts), np.float64, len(texts))


def _value(text: str) -> float:
    """Return a number, NaN for nothing or what is not finite. Raises ValueError, also for words that Python takes for numbers."""
    text = text.replace(MINUS, "-")
    try:
        value = float(text)
    except ValueError:
        if text.lower() in _NOTHING:
            return math.nan
        raise
    is_word = math.isinf(value) and not NUMBER.fullmatch(text)  # "inf", unlike 1e999
    if is_word or "_" in text:
        raise ValueError(text)
    return value if math.isfinite(value) else math.nan


def _table_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the line of column names and the rows, without blank lines and remarks. Raises `MapUnreadable`.

    The names may stand in a remark, as they do in many hand-made tables: then the first line that is none holds numbers already.
    """
    kept = (line for line in lines if line.strip())
    remarks: list[str] = []
    first = None
    for line in kept:
        if not line.startswith("#"):
            first = line
            break
        remarks.append(line)
    if remarks and (first is None or _holds_numbers(first)):
        yield remarks[-1].lstrip("# ")
    elif first is None:
        raise MapUnreadable("The catalogue is empty.")
    if first is not None:
        yield first
    yield from (line for line in kept if not line.startswith("#"))


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _holds_numbers(line: str) -> bool:
    return any(NUMBER.fullmatch(cell.strip()) for cell in line.split(_separator(line)))
